#pragma once
// What goes into a thread as text, and what comes out of one: the order as a message, the report at the end of an
// answer, a request for a person and that person's answer. Pure.

#include <afk/adapter/executor_t3_values.hpp>
#include <afk/core/digest.hpp>
#include <afk/port/executor.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk::adapter {

// The server takes more and fails later, after it has accepted the turn. It counts as JavaScript does, in UTF-16.
inline constexpr std::size_t longest_t3_text = 120'000;

[[nodiscard]] std::size_t count_utf16_units(std::string_view text);

// Where an agent finds what belongs to its order; both empty where the server shares no files with afk: then the files
// travel inside the text.
struct T3Delivery {
  std::string clone;
  std::string files;
};

// The order's prompt, and before it how it reached the agent: there are no variables, and the report is the end of the
// answer. Fails with `refused` where that is too long for the server.
Result<std::string> derive_t3_text(const Order& order, const T3Delivery& delivery, const Digest& digest);

// The JSON between "```afk-report" and "```" that stands last in an answer.
[[nodiscard]] std::optional<std::string> find_t3_report(std::string_view answer);

// What the agent waits for: the oldest request that nobody has answered.
struct T3Request {
  enum class Kind : std::uint8_t { approval, input } kind = Kind::approval;
  std::string id;
  std::string text; // for people: clean lines, bounded
  std::vector<T3Question> questions;
};

// What nobody has answered yet, oldest first; the agent waits for all of it at once.
[[nodiscard]] std::vector<T3Request> find_t3_requests(const T3Detail& detail);

// The name of a request beyond this server's files: its id may be anything.
[[nodiscard]] std::string derive_t3_request_name(std::string_view id, const Digest& digest);

[[nodiscard]] std::optional<T3Request> find_t3_request(const T3Detail& detail);

// "accept" where the answer begins with a plain yes, else "decline": what is not clear is not allowed.
[[nodiscard]] std::string_view derive_t3_decision(std::string_view answer);

// An answer for each question: the option that it names, else the answer itself.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> derive_t3_answers(const T3Request& request,
                                                                                 std::string_view answer);

} // namespace afk::adapter
