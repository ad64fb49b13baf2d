// Noise of every kind into everything that reads what a server wrote: whatever comes out keeps its promises.

#include <afk/http/date.hpp>
#include <afk/http/header_syntax.hpp>
#include <afk/http/paging.hpp>
#include <afk/http/rate_limit.hpp>
#include <afk/http/redirect.hpp>
#include <afk/http/response_head.hpp>

#include <support/catch.hpp>
#include <support/fake_clock.hpp>
#include <support/scripted_transport.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <string>

namespace afk::http {
namespace {

constexpr int rounds = 20'000;
constexpr Timestamp now = test::FakeClock::start;

// Pieces of what belongs there, in a wrong order, with bytes turned.
class Noise {
 public:
  explicit Noise(unsigned seed) : random_(seed) {}

  std::string make(std::span<const std::string_view> pieces) {
    std::string text;
    for (std::size_t count = pick(8); count > 0; --count) {
      text += pieces[pick(pieces.size())];
    }
    for (std::size_t count = pick(3); count > 0 && !text.empty(); --count) {
      text[pick(text.size())] = static_cast<char>(pick(256));
    }
    return text;
  }

 private:
  std::size_t pick(std::size_t below) { return random_() % below; }

  std::mt19937 random_;
};

constexpr auto address_pieces = std::to_array<std::string_view>({"<",
                                                                 ">",
                                                                 ";",
                                                                 ",",
                                                                 "\"",
                                                                 "rel=",
                                                                 "next",
                                                                 "prev",
                                                                 " ",
                                                                 "=",
                                                                 "https://forge.example/",
                                                                 "https://",
                                                                 "//",
                                                                 "/",
                                                                 "?page=2",
                                                                 "forge.example",
                                                                 "evil.example",
                                                                 ":443",
                                                                 ":444",
                                                                 "@",
                                                                 "#",
                                                                 "\\",
                                                                 "http://127.0.0.1/",
                                                                 "[::1]",
                                                                 "%2e",
                                                                 ".."});

TEST_CASE("no noise leads to another origin", "[noise]") {
  Noise noise(1);
  const Request request = test::make_request("https://forge.example/a?b");
  int led = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::string text = noise.make(address_pieces);
    CAPTURE(text);
    const auto next = find_next_page(request.url, test::make_response(200, {{"link", text}}));
    const auto target = derive_redirect(request, test::make_response(302, {{"location", text}}));
    for (const auto* found : {&next, &target}) {
      if (found->ok() && **found) {
        ++led;
        REQUIRE((**found)->origin == request.url.origin);
        REQUIRE(parse_url(render_url(***found)).ok());
      }
    }
  }
  CHECK(led > 100); // the noise is not so wild that nothing is ever read
}

TEST_CASE("no noise makes a limit without sense", "[noise]") {
  constexpr auto pieces =
      std::to_array<std::string_view>({"\"a\"", ";", ",", "r=", "t=", "q=", "w=", "5", "0", "-", "+", "99999999999",
                                       " ", "=", "1795176600", "e", "Fri, 20 Nov 2026 13:00:00 GMT"});
  Noise noise(2);
  int known_count = 0;
  for (int round = 0; round < rounds; ++round) {
    Response response = test::make_response(403);
    for (const char* name : {"ratelimit", "ratelimit-policy", "x-ratelimit-limit", "x-ratelimit-remaining",
                             "x-ratelimit-reset", "x-ratelimit-resource", "retry-after", "date"}) {
      response.headers.push_back({name, noise.make(pieces)});
    }
    const RateLimit known = parse_rate_limit(response, now);
    known_count += known.remaining ? 1 : 0;
    REQUIRE(known.remaining.value_or(0) >= 0);
    REQUIRE(known.limit.value_or(0) >= 0);
    if (known.limit && known.remaining) {
      REQUIRE(*known.remaining <= *known.limit);
    }
    REQUIRE(known.reset.value_or(now) >= now);
    REQUIRE(known.reset.value_or(now) <= now + std::chrono::hours(24));
    const auto error = derive_answer_error(response, "github.com", now);
    REQUIRE(error.has_value());
    REQUIRE(error->retry_after.value_or(std::chrono::seconds(0)) >= std::chrono::seconds(0));
    REQUIRE(error->retry_after.value_or(std::chrono::seconds(0)) <= std::chrono::hours(24));
    REQUIRE(is_header_value(error->message));
  }
  CHECK(known_count > 100);
}

TEST_CASE("no noise becomes a header that is none", "[noise]") {
  constexpr auto pieces = std::to_array<std::string_view>(
      {"HTTP/1.1 ", "200", "103", " OK", "\r\n", "\n", "\r", "X-Name", ":", " ", "value", "\t", "Content-Length", "5",
       "Transfer-Encoding", "chunked", "\r\n\r\n", "X: y\r\n", "HTTP/1.1 200 OK\r\n"});
  Noise noise(3);
  const Limits limits;
  int whole = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::string text = "HTTP/1.1 200 OK\r\n" + noise.make(pieces) + "\r\n\r\n";
    ResponseHead head(limits);
    bool taken = true;
    for (std::size_t start = 0; taken && start < text.size();) {
      const std::size_t end = text.find('\n', start) + 1;
      taken = head.take(std::string_view(text).substr(start, end - start)).ok();
      start = end;
    }
    if (!head.is_whole()) {
      continue;
    }
    ++whole;
    for (const Header& header : std::move(head).headers()) {
      REQUIRE(is_header_name(header.name));
      REQUIRE(is_header_value(header.value));
    }
  }
  CHECK(whole > 100);
}

TEST_CASE("no noise is a date that cannot be written again", "[noise]") {
  constexpr auto pieces = std::to_array<std::string_view>(
      {"Sun, ", "06 ", "Nov ", "1994 ", "08:49:37 ", "GMT", "31 ", "Feb ", "0000 ", "9999 ", "24:00:00 ", " ", "UTC"});
  Noise noise(4);
  for (int round = 0; round < rounds; ++round) {
    if (const auto date = try_date(noise.make(pieces))) {
      REQUIRE(parse_timestamp(render_timestamp(*date)).value() == *date);
    }
  }
}

} // namespace
} // namespace afk::http
