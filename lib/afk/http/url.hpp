#pragma once
// Addresses of HTTP services: where they are, and whether afk may talk to them at all.
//
// https everywhere; http on this machine's own loopback addresses alone. No messages of this room show more of an
// address than its origin, because a webhook's path is its password.

#include <afk/core/result.hpp>

#include <compare>
#include <string>
#include <string_view>

namespace afk::http {

// Scheme, host and port: what a credential belongs to.
struct Origin {
  std::string scheme; // "https", "http"
  std::string host;   // lower case; an IPv6 address without its brackets
  int port = 443;

  friend auto operator<=>(const Origin&, const Origin&) = default;
};

// "https://forge.example:8443", without the scheme's own port.
[[nodiscard]] std::string render_origin(const Origin& origin);

struct Url {
  Origin origin;
  std::string target; // path and query, beginning with "/"

  friend auto operator<=>(const Url&, const Url&) = default;
};

// Fails with `configuration`, without repeating the text: not an absolute http or https address, plain http to another
// machine, a credential before the host, a fragment, or characters that must be percent-encoded.
Result<Url> parse_url(std::string_view text);

// parse_url(render_url(url)) == url
[[nodiscard]] std::string render_url(const Url& url);

} // namespace afk::http
