#include <afk/config/url_rules.hpp>

#include <afk/core/text.hpp>

#include <algorithm>
#include <charconv>

namespace afk::config {
namespace {

struct UrlParts {
  std::string_view scheme;
  std::string_view authority;
  std::string_view rest; // from the first of / ? # on
};

std::optional<UrlParts> split_url(std::string_view url) {
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos || colon == 0) {
    return std::nullopt;
  }
  const std::string_view behind = url.substr(colon + 3);
  const std::size_t end = std::min(behind.find_first_of("/?#"), behind.size());
  return UrlParts{.scheme = url.substr(0, colon), .authority = behind.substr(0, end), .rest = behind.substr(end)};
}

bool is_port(std::string_view text) {
  int port = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), port);
  return status == std::errc{} && end == text.data() + text.size() && port > 0 && port <= 65535 && text.front() != '-';
}

// The host without its port; nothing where it is no host.
std::optional<std::string_view> parse_host(std::string_view authority) {
  std::string_view host = authority;
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) {
      return std::nullopt;
    }
    host = authority.substr(0, close + 1);
    port = authority.substr(close + 1);
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    host = authority.substr(0, colon);
    port = authority.substr(colon);
  }
  if (!port.empty() && (port.front() != ':' || port.size() < 2 || !is_port(port.substr(1)))) {
    return std::nullopt;
  }
  const bool bracketed = host.starts_with('[');
  const std::string_view name = bracketed ? host.substr(1, host.size() - 2) : host;
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
  constexpr std::string_view hexadecimal = "0123456789abcdefABCDEF:.";
  const std::string_view legal = bracketed ? hexadecimal : letters;
  if (name.empty() || name.find_first_not_of(legal) != std::string_view::npos) {
    return std::nullopt;
  }
  return host;
}

bool is_loopback(std::string_view host) {
  if (equal_ascii_folded(host, "localhost") || host == "[::1]") {
    return true;
  }
  return host.starts_with("127.") && std::ranges::count(host, '.') == 3 &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool holds_blank(std::string_view text) {
  return text.find_first_of(" \t\\") != std::string_view::npos;
}

UrlRefusal password_refusal() {
  return UrlRefusal{.message = "credentials do not belong into an address",
                    .hint = "put them into a file of their own"};
}

} // namespace

std::optional<UrlRefusal> check_service_url(std::string_view url) {
  const auto parts = split_url(url);
  if (!parts || holds_blank(url)) {
    return UrlRefusal{.message = "this is not a URL", .hint = "write https://host/path"};
  }
  if (parts->authority.find('@') != std::string_view::npos) {
    return password_refusal();
  }
  const auto host = parse_host(parts->authority);
  if (!host) {
    return UrlRefusal{.message = "the URL has no valid host and port", .hint = "write https://host/path"};
  }
  if (parts->rest.find_first_of("?#") != std::string_view::npos) {
    return UrlRefusal{.message = "the URL has a query or a fragment", .hint = "write the address up to its path"};
  }
  if (parts->scheme == "https" || (parts->scheme == "http" && is_loopback(*host))) {
    return std::nullopt;
  }
  if (parts->scheme == "http") {
    return UrlRefusal{.message = "http carries the credential in the clear, beyond this machine",
                      .hint = "write https://, or the address of this machine"};
  }
  return UrlRefusal{.message = "only https URLs are spoken here", .hint = "write https://host/path"};
}

bool is_scp_address(std::string_view text) {
  const std::size_t colon = text.find(':');
  return colon != std::string_view::npos && colon > 0 && text.find('/') > colon &&
         text.find("://") == std::string_view::npos;
}

std::optional<UrlRefusal> check_clone_url(std::string_view url) {
  const auto parts = split_url(url);
  const std::string_view authority = parts ? parts->authority : url.substr(0, url.find(':'));
  if (authority.starts_with('-') || authority.find("@-") != std::string_view::npos) {
    return UrlRefusal{.message = "git or ssh would take this for an option", .hint = "write ./ in front of a path"};
  }
  if (url.find("::") < url.find("://")) {
    return UrlRefusal{.message = "a transport of git that runs a program is refused",
                      .hint = "write an https, ssh or file URL, or a path"};
  }
  if (!parts || parts->scheme == "file") {
    return std::nullopt;
  }
  if (parts->scheme == "ssh" || parts->scheme == "git+ssh") {
    const std::size_t at = parts->authority.find('@');
    const bool password = at != std::string_view::npos && parts->authority.substr(0, at).find(':') < at;
    return password ? std::optional<UrlRefusal>(password_refusal()) : std::nullopt;
  }
  return check_service_url(url);
}

} // namespace afk::config
