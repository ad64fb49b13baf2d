#include <afk/http/url.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace afk::http {
namespace {

constexpr std::size_t longest_url = 8000;
constexpr std::size_t longest_host = 253;
constexpr int https_port = 443;
constexpr int http_port = 80;
constexpr int highest_port = 65535;

Error wrong(std::string_view why) {
  return Error{.kind = ErrorKind::configuration,
               .message = fmt::format("the address {}; right is https://host/path", why)};
}

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

bool is_alphanumeric(char character) {
  return is_digit(character) || (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

// RFC 3986: what may stand in a path or a query as it is.
bool is_target_character(char character) {
  return is_alphanumeric(character) ||
         std::string_view("-._~!$&'()*+,;=:@/?%").find(character) != std::string_view::npos;
}

bool is_name(std::string_view host) {
  return !host.empty() && host.size() <= longest_host && host.front() != '-' && host.front() != '.' &&
         std::ranges::all_of(host, [](char character) {
           return is_alphanumeric(character) || character == '-' || character == '.' || character == '_';
         });
}

bool is_ipv6(std::string_view host) {
  return host.find(':') != std::string_view::npos && host.size() <= 45 && std::ranges::all_of(host, [](char character) {
           return is_digit(character) || (character >= 'a' && character <= 'f') || character == ':' || character == '.';
         });
}

// 127.0.0.0/8, ::1 and the name that every resolver of this machine gives them. A longer name that begins the same way
// is somebody else's.
bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "::1") {
    return true;
  }
  return host.starts_with("127.") && std::ranges::count(host, '.') == 3 && !host.ends_with('.') &&
         host.find("..") == std::string_view::npos &&
         std::ranges::all_of(host, [](char character) { return is_digit(character) || character == '.'; });
}

std::optional<int> try_port(std::string_view text) {
  int port = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool right = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() && text.size() <= 5 &&
                     is_digit(text.empty() ? ' ' : text.front()) && port >= 1 && port <= highest_port;
  return right ? std::optional(port) : std::nullopt;
}

Result<Origin> parse_origin(std::string_view scheme, std::string_view authority) {
  if (authority.find('@') != std::string_view::npos) {
    return wrong("carries a credential before its host");
  }
  Origin origin{.scheme = std::string(scheme), .host = {}, .port = scheme == "https" ? https_port : http_port};
  std::string_view port;
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    origin.host = fold_ascii(authority.substr(1, end == std::string_view::npos ? 0 : end - 1));
    port = end == std::string_view::npos ? std::string_view() : authority.substr(end + 1);
    if (!is_ipv6(origin.host)) {
      return wrong("has no valid host");
    }
  } else {
    const auto colon = std::min(authority.find(':'), authority.size());
    origin.host = fold_ascii(authority.substr(0, colon));
    port = authority.substr(colon);
    if (!is_name(origin.host)) {
      return wrong("has no valid host");
    }
  }
  if (!port.empty()) {
    const auto number = port.starts_with(':') ? try_port(port.substr(1)) : std::nullopt;
    if (!number) {
      return wrong("has no valid port");
    }
    origin.port = *number;
  }
  if (scheme == "http" && !is_loopback(origin.host)) {
    return wrong("is not encrypted; http is for this machine alone");
  }
  return origin;
}

} // namespace

std::string render_origin(const Origin& origin) {
  const std::string host = origin.host.find(':') == std::string::npos ? origin.host : fmt::format("[{}]", origin.host);
  const bool usual = origin.port == (origin.scheme == "https" ? https_port : http_port);
  return usual ? fmt::format("{}://{}", origin.scheme, host)
               : fmt::format("{}://{}:{}", origin.scheme, host, origin.port);
}

Result<Url> parse_url(std::string_view text) {
  if (text.size() > longest_url) {
    return wrong(fmt::format("is longer than {} bytes", longest_url));
  }
  const auto colon = text.find("://");
  const std::string scheme = colon == std::string_view::npos ? std::string() : fold_ascii(text.substr(0, colon));
  if (scheme != "https" && scheme != "http") {
    return wrong("does not begin with https://");
  }
  const std::string_view rest = text.substr(colon + 3);
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  auto origin = parse_origin(scheme, rest.substr(0, end));
  if (!origin.ok()) {
    return std::move(origin).error();
  }
  std::string target(rest.substr(end));
  if (!target.starts_with('/')) {
    target.insert(0, "/");
  }
  if (target.find('#') != std::string::npos) {
    return wrong("has a fragment (#), which is never sent");
  }
  if (!std::ranges::all_of(target, is_target_character)) {
    return wrong("has characters after its host that must be percent-encoded");
  }
  return Url{.origin = std::move(origin).value(), .target = std::move(target)};
}

std::string render_url(const Url& url) {
  return render_origin(url.origin) + url.target;
}

} // namespace afk::http
