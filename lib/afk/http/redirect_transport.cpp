#include <afk/http/redirect_transport.hpp>

#include <afk/http/redirect.hpp>
#include <afk/http/subset.hpp>

#include <fmt/format.h>

#include <utility>

namespace afk::http {
namespace {

constexpr int most_redirects = 3;

// Those of `asked` whose answers send them on; the others have their results.
Subset follow(const Subset& asked, std::vector<Result<Response>>& results) {
  Subset next;
  for (std::size_t index = 0; index < asked.places.size(); ++index) {
    auto& result = results[asked.places[index]];
    if (!result.ok()) {
      continue;
    }
    const Request& request = asked.requests[index];
    auto target = derive_redirect(request, *result);
    if (!target.ok()) {
      result = std::move(target).error();
    } else if (*target) {
      next.add(request, asked.places[index]);
      next.requests.back().url = **std::move(target);
    }
  }
  return next;
}

} // namespace

std::vector<Result<Response>> RedirectTransport::exchange(std::span<const Request> requests) {
  auto results = inner_.exchange(requests);
  Subset asked;
  for (std::size_t index = 0; index < requests.size(); ++index) {
    asked.add(requests[index], index);
  }
  for (int followed = 0;; ++followed) {
    asked = follow(asked, results);
    if (asked.places.empty() || followed == most_redirects) {
      break;
    }
    asked.exchange(inner_, results);
    for (std::size_t index = 0; index < asked.places.size(); ++index) {
      if (auto& result = results[asked.places[index]]; result.ok()) {
        result->moved_to = asked.requests[index].url;
      }
    }
  }
  for (std::size_t index = 0; index < asked.places.size(); ++index) {
    results[asked.places[index]] =
        Error{.kind = ErrorKind::refused,
              .message = fmt::format("{}: more than {} redirects", render_origin(asked.requests[index].url.origin),
                                     most_redirects)};
  }
  return results;
}

} // namespace afk::http
