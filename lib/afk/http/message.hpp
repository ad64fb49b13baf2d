#pragma once
// Requests and responses as values.

#include <afk/core/secret.hpp>
#include <afk/core/time.hpp>
#include <afk/http/url.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk::http {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_ };

[[nodiscard]] std::string_view render_method(Method method);

// What a request does to the service. Reads may be sent again and follow redirects; the others are sent once, and one
// of them without an answer has to be read back by whoever sent it.
enum class Effect : std::uint8_t {
  read,
  write,
  creates_content, // a write that the service tells people of (comments, issues, pull requests): a second apart
};

// In a request the name is a token of RFC 9110 and the value holds no CR, LF or NUL: anything else is refused before it
// is sent. In a response names are lower case.
struct Header {
  std::string name;
  std::string value;

  friend bool operator==(const Header&, const Header&) = default;
};

// A header that only one origin may ever see.
struct Credential {
  Origin origin;
  std::string header;
  Secret value; // the whole value: "Bearer ..."
};

// Certificates of one origin, where the system's authorities are not those to believe or the server asks who we are.
struct TlsIdentity {
  Origin origin;
  std::string authorities = {}; // PEM; empty: the system's
  std::string certificate = {}; // PEM, the client's own and what leads to it; empty: none
  Secret key = {};              // PEM, of that certificate
};

struct Limits {
  Duration connect = std::chrono::seconds(10);
  Duration total = std::chrono::seconds(30);     // from the call to the last byte, connecting included
  std::size_t body_bytes = std::size_t{1} << 20; // after decompression
  std::size_t header_bytes = std::size_t{300} << 10;
  std::size_t header_count = 5000;
};

struct Request {
  Method method = Method::get;
  std::optional<Effect> effect = std::nullopt; // absent: read for GET and HEAD, else write. A query by POST says read
  Url url;
  std::vector<Header> headers;
  std::string body;                       // GET and HEAD have none
  const Credential* credential = nullptr; // outlives the exchange; of another origin: not sent, an error
  const TlsIdentity* tls = nullptr;       // likewise; its connections serve no request with another one
  Limits limits;
};

struct Response {
  int status = 0; // 100 to 599: every answer that is HTTP, errors and redirects too
  std::vector<Header> headers;
  std::string body;                           // empty for HEAD
  std::optional<Url> moved_to = std::nullopt; // where redirects of the same origin led, if any were followed
};

[[nodiscard]] Effect derive_effect(const Request& request);

// The first header of that name (lower case); absent when there is none.
[[nodiscard]] std::optional<std::string_view> find_header(const Response& response, std::string_view name);

// Nothing where the request may be sent. Fails with `malformed` (headers, a body where none may be) and `refused` (a
// credential or certificates of another origin).
Result<void> check_request(const Request& request);

} // namespace afk::http
