#pragma once
// What happens to a call of a fake port: it works, it never arrives, or it is carried out and its answer is lost. A
// test decides for each call; by default everything works.

#include <afk/core/error.hpp>
#include <afk/core/result.hpp>

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

namespace afk::test {

enum class Fate : std::uint8_t { works, never_arrives, answer_lost };

struct Faults {
  std::function<Fate(std::string_view call)> judge = [](std::string_view) { return Fate::works; };
  Error error{ErrorKind::unreachable, "the other side does not answer"}; // of a call that never arrives

  // Carries `call` out as its fate says. `body` answers a Result.
  template <typename Body>
  auto carry_out(std::string_view name, Body body) -> decltype(body()) {
    const Fate fate = judge(name);
    if (fate == Fate::never_arrives)
      return error;
    auto answer = body();
    if (fate == Fate::answer_lost)
      return Error{ErrorKind::unreachable, "the answer did not come"};
    return answer;
  }
};

} // namespace afk::test
