#pragma once
// What a status code means for whoever asked.
//
//   2xx       no error
//   3xx       refused: the service moved, its address must be changed by a person
//   401       unauthorized        403       forbidden         404, 410  not_found
//   409       conflict            413       too_large         429       rate_limited
//   408, 425  unreachable         5xx       unreachable       other     refused

#include <afk/http/message.hpp>

#include <optional>
#include <string_view>

namespace afk::http {

// Absent for success. The message reads "<who> answered 404 Not Found"; the status and Retry-After (seconds, at most a
// day) come along.
[[nodiscard]] std::optional<Error> derive_status_error(const Response& response, std::string_view who);

} // namespace afk::http
