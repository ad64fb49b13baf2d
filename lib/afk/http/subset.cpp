#include <afk/http/subset.hpp>

#include <afk/core/check.hpp>

#include <utility>

namespace afk::http {

void Subset::exchange(Transport& transport, std::vector<Result<Response>>& results) const {
  if (requests.empty()) {
    return;
  }
  auto answers = transport.exchange(requests);
  check(answers.size() == places.size(), "a transport answers every request");
  for (std::size_t index = 0; index < places.size(); ++index) {
    results[places[index]] = std::move(answers[index]);
  }
}

std::vector<Result<Response>> make_unsent(std::size_t count) {
  return {count, Error{.kind = ErrorKind::interrupted, .message = "the request was not sent"}};
}

} // namespace afk::http
