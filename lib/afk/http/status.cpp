#include <afk/http/status.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace afk::http {
namespace {

struct Meaning {
  int status;
  ErrorKind kind;
  std::string_view words;
};

constexpr auto meanings = std::to_array<Meaning>({
    {301, ErrorKind::refused, "Moved Permanently"},
    {302, ErrorKind::refused, "Found"},
    {303, ErrorKind::refused, "See Other"},
    {307, ErrorKind::refused, "Temporary Redirect"},
    {308, ErrorKind::refused, "Permanent Redirect"},
    {400, ErrorKind::refused, "Bad Request"},
    {401, ErrorKind::unauthorized, "Unauthorized"},
    {403, ErrorKind::forbidden, "Forbidden"},
    {404, ErrorKind::not_found, "Not Found"},
    {405, ErrorKind::refused, "Method Not Allowed"},
    {408, ErrorKind::unreachable, "Request Timeout"},
    {409, ErrorKind::conflict, "Conflict"},
    {410, ErrorKind::not_found, "Gone"},
    {413, ErrorKind::too_large, "Content Too Large"},
    {422, ErrorKind::refused, "Unprocessable Content"},
    {425, ErrorKind::unreachable, "Too Early"},
    {429, ErrorKind::rate_limited, "Too Many Requests"},
    {500, ErrorKind::unreachable, "Internal Server Error"},
    {502, ErrorKind::unreachable, "Bad Gateway"},
    {503, ErrorKind::unreachable, "Service Unavailable"},
    {504, ErrorKind::unreachable, "Gateway Timeout"},
});

constexpr int first_success = 200;
constexpr int first_redirect = 300;
constexpr int first_server_error = 500;

std::optional<std::chrono::seconds> try_retry_after(const Response& response) {
  const auto text = find_header(response, "retry-after");
  if (!text) {
    return std::nullopt;
  }
  const std::string_view digits = trim_ascii(*text);
  unsigned seconds = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size()) {
    return std::nullopt;
  }
  constexpr std::chrono::seconds longest = std::chrono::hours(24);
  return std::min(std::chrono::seconds(seconds), longest);
}

} // namespace

std::optional<Error> derive_status_error(const Response& response, std::string_view who) {
  if (response.status >= first_success && response.status < first_redirect) {
    return std::nullopt;
  }
  const auto known = std::ranges::find(meanings, response.status, &Meaning::status);
  const bool is_known = known != meanings.end();
  const ErrorKind other = response.status >= first_server_error ? ErrorKind::unreachable : ErrorKind::refused;
  return Error{.kind = is_known ? known->kind : other,
               .message = fmt::format("{} answered {}{}{}", who, response.status, is_known ? " " : "",
                                      is_known ? known->words : ""),
               .retry_after = try_retry_after(response),
               .http_status = response.status};
}

} // namespace afk::http
