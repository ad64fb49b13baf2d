#include <afk/http/response_head.hpp>

#include <support/catch.hpp>

namespace afk::http {
namespace {

// Absent: all lines were taken.
std::optional<Error> take(ResponseHead& head, std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
    if (auto taken = head.take(text.substr(0, end)); !taken.ok()) {
      return std::move(taken).error();
    }
    text.remove_prefix(end);
  }
  return std::nullopt;
}

TEST_CASE("the head of an answer", "[response_head]") {
  const Limits limits;
  ResponseHead head(limits);
  REQUIRE_FALSE(take(head, "HTTP/1.1 103 Early\r\nLink: early\r\n\r\nHTTP/1.1 200 OK\r\nX-One:  a \r\nx-two:\r\n"));
  CHECK_FALSE(head.is_whole());
  REQUIRE_FALSE(take(head, "\r\nLink: trailer\r\nHTTP/1.1 404 no\r\n no header at all\r\n"));
  CHECK(head.is_whole());
  CHECK(std::move(head).headers() == std::vector<Header>{{"x-one", "a"}, {"x-two", ""}});
}

struct HeadCase {
  const char* name;
  std::string_view text;
};

TEST_CASE("one answer does not look like two", "[response_head]") {
  using namespace std::string_view_literals;
  const auto row = GENERATE(values<HeadCase>({
      {"no status", "X: y\r\n"sv},
      {"a status without a number", "HTTP/1.1\r\n"sv},
      {"no status behind an interim one", "HTTP/1.1 100 Continue\r\n\r\nX: y\r\n"sv},
      {"folded", "HTTP/1.1 200 OK\r\nX: y\r\n Location: https://evil.example\r\n"sv},
      {"folded by a tab", "HTTP/1.1 200 OK\r\nX: y\r\n\tLink: z\r\n"sv},
      {"no colon", "HTTP/1.1 200 OK\r\nHTTP/1.1 404 Not Found\r\n"sv},
      {"a blank before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n"sv},
      {"no name", "HTTP/1.1 200 OK\r\n: 5\r\n"sv},
      {"a name of other letters", "HTTP/1.1 200 OK\r\nX\xc3\xa4: 5\r\n"sv},
      {"a carriage return inside", "HTTP/1.1 200 OK\r\nX: a\rLocation: b\r\n"sv},
      {"a NUL inside", "HTTP/1.1 200 OK\r\nX: a\0b\r\n"sv},
      {"an escape inside", "HTTP/1.1 200 OK\r\nX: \x1b[2J\r\n"sv},
      {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"sv},
      {"a length and a coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n"sv},
  }));
  CAPTURE(row.name);
  const Limits limits;
  ResponseHead head(limits);
  const auto error = take(head, row.text);
  REQUIRE(error.has_value());
  CHECK(error->kind == ErrorKind::malformed);
  CHECK_FALSE(head.is_whole());
}

TEST_CASE("the same length twice is one", "[response_head]") {
  const Limits limits;
  ResponseHead head(limits);
  CHECK_FALSE(take(head, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n"));
  CHECK(head.is_whole());
}

TEST_CASE("heads are bounded, interim answers and trailers included", "[response_head]") {
  Limits limits;
  limits.header_count = 6;
  limits.header_bytes = 200;
  for (const char* text : {"HTTP/1.1 200 OK\r\na:1\r\nb:2\r\nc:3\r\nd:4\r\ne:5\r\nf:6\r\n",
                           "HTTP/1.1 100 OK\r\n\r\nHTTP/1.1 100 OK\r\n\r\nHTTP/1.1 100 OK\r\n\r\nHTTP/1.1 100 OK\r\n",
                           "HTTP/1.1 200 OK\r\n\r\na:1\r\nb:2\r\nc:3\r\nd:4\r\ne:5\r\nf:6\r\n"}) {
    CAPTURE(text);
    ResponseHead head(limits);
    CHECK(take(head, text)->kind == ErrorKind::too_large);
  }
  ResponseHead head(limits);
  CHECK(take(head, "HTTP/1.1 200 OK\r\nx: " + std::string(200, 'x') + "\r\n")->kind == ErrorKind::too_large);
}

} // namespace
} // namespace afk::http
