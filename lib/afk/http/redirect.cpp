#include <afk/http/redirect.hpp>

#include <afk/http/paging.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace afk::http {
namespace {

bool is_followed(const Request& request, int status) {
  constexpr auto same_again = std::to_array({307, 308});
  constexpr auto look_there = std::to_array({301, 302, 303});
  if (std::ranges::find(same_again, status) != same_again.end()) {
    return true;
  }
  const bool looks = request.method == Method::get || request.method == Method::head;
  return looks && derive_effect(request) == Effect::read && std::ranges::find(look_there, status) != look_there.end();
}

} // namespace

Result<std::optional<Url>> derive_redirect(const Request& request, const Response& response) {
  if (!is_followed(request, response.status)) {
    return std::optional<Url>();
  }
  const std::string origin = render_origin(request.url.origin);
  const auto location = find_header(response, "location");
  const bool is_one = location && std::ranges::all_of(response.headers, [&](const Header& header) {
                        return header.name != "location" || header.value == *location;
                      });
  if (!is_one) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("{}: a redirect that does not say where to", origin),
                 .http_status = response.status};
  }
  auto target = resolve_reference(request.url, *location);
  if (!target.ok()) {
    return with_context(origin, std::move(target).error());
  }
  if (target->origin != request.url.origin) {
    return Error{.kind = ErrorKind::refused,
                 .message =
                     fmt::format("{}: a redirect to {} is not followed; if the service moved, change its address "
                                 "in the configuration",
                                 origin, render_origin(target->origin)),
                 .http_status = response.status};
  }
  return std::optional(std::move(target).value());
}

} // namespace afk::http
