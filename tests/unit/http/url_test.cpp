#include <afk/http/url.hpp>

#include <support/catch.hpp>

#include <string>

namespace afk::http {
namespace {

struct UrlCase {
  const char* name;
  std::string text;
  Url url;
  std::string origin;
};

TEST_CASE("addresses that afk may talk to", "[url]") {
  const auto row = GENERATE(values<UrlCase>({
      {"plain", "https://api.example.org/v1", {{"https", "api.example.org", 443}, "/v1"}, "https://api.example.org"},
      {"no path", "https://example.org", {{"https", "example.org", 443}, "/"}, "https://example.org"},
      {"query alone", "https://example.org?a=b", {{"https", "example.org", 443}, "/?a=b"}, "https://example.org"},
      {"case", "HTTPS://Example.ORG/Path", {{"https", "example.org", 443}, "/Path"}, "https://example.org"},
      {"port", "https://example.org:8443/", {{"https", "example.org", 8443}, "/"}, "https://example.org:8443"},
      {"usual port", "https://example.org:443/", {{"https", "example.org", 443}, "/"}, "https://example.org"},
      {"escapes and dots", "https://e.org/a%20b/../c", {{"https", "e.org", 443}, "/a%20b/../c"}, "https://e.org"},
      {"at sign behind the host", "https://e.org/@me", {{"https", "e.org", 443}, "/@me"}, "https://e.org"},
      {"loopback", "http://127.0.0.1:3000/x", {{"http", "127.0.0.1", 3000}, "/x"}, "http://127.0.0.1:3000"},
      {"another loopback", "http://127.8.9.1/", {{"http", "127.8.9.1", 80}, "/"}, "http://127.8.9.1"},
      {"loopback by name", "http://localhost/", {{"http", "localhost", 80}, "/"}, "http://localhost"},
      {"IPv6 loopback", "http://[::1]:3000/", {{"http", "::1", 3000}, "/"}, "http://[::1]:3000"},
      {"IPv6", "https://[2001:DB8::1]/", {{"https", "2001:db8::1", 443}, "/"}, "https://[2001:db8::1]"},
  }));
  CAPTURE(row.name);
  const auto url = parse_url(row.text);
  REQUIRE(url.ok());
  CHECK(*url == row.url);
  CHECK(render_origin(url->origin) == row.origin);
  CHECK(parse_url(render_url(*url)).value() == *url);
}

struct WrongCase {
  const char* name;
  std::string text;
};

TEST_CASE("addresses that afk does not talk to, and does not repeat", "[url]") {
  const auto row = GENERATE(values<WrongCase>({
      {"empty", ""},
      {"no scheme", "example.org/canary"},
      {"another scheme", "ftp://example.org/canary"},
      {"a file", "file:///canary"},
      {"javascript", "javascript://canary"},
      {"unencrypted elsewhere", "http://example.org/canary"},
      {"a host that begins like loopback", "http://127.0.0.1.example.org/canary"},
      {"a number that is no loopback address", "http://127.1/canary"},
      {"any address", "http://0.0.0.0/canary"},
      {"the metadata service", "http://169.254.169.254/canary"},
      {"a password", "https://me:canary@example.org/"},
      {"a user", "https://canary@example.org/"},
      {"a fragment", "https://example.org/#canary"},
      {"a blank", "https://example.org/a canary"},
      {"a line feed", "https://example.org/\ncanary"},
      {"a carriage return", "https://example.org/\rcanary"},
      {"not ASCII", "https://example.org/canary\xc3\xa4"},
      {"a quote", "https://example.org/\"canary"},
      {"a backslash", "https://example.org\\canary/"},
      {"no host", "https:///canary"},
      {"an option as host", "https://-canary/"},
      {"a dot as host", "https://.canary/"},
      {"bracket left open", "https://[::1/canary"},
      {"no address in brackets", "https://[canary]/"},
      {"empty brackets", "https://[]/canary"},
      {"something behind the brackets", "https://[::1]canary/"},
      {"port zero", "https://example.org:0/canary"},
      {"port too high", "https://example.org:65536/canary"},
      {"port with a sign", "https://example.org:+1/canary"},
      {"port empty", "https://example.org:/canary"},
      {"port with a letter", "https://example.org:1a/canary"},
      {"too long", "https://example.org/canary" + std::string(9000, 'a')},
      {"host too long", "https://canary" + std::string(300, 'a') + "/"},
  }));
  CAPTURE(row.name);
  const auto url = parse_url(row.text);
  REQUIRE_FALSE(url.ok());
  CHECK(url.error().kind == ErrorKind::configuration);
  CHECK(url.error().message.find("canary") == std::string::npos);
}

} // namespace
} // namespace afk::http
