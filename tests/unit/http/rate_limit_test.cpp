#include <afk/http/rate_limit.hpp>

#include <support/catch.hpp>
#include <support/fake_clock.hpp>
#include <support/scripted_transport.hpp>

namespace afk::http {
namespace {

using std::chrono::seconds;
using test::make_response;

constexpr Timestamp now = test::FakeClock::start; // 2026-11-20T12:00:00Z, 1795176000

RateLimit parse(std::vector<Header> headers) {
  return parse_rate_limit(make_response(200, std::move(headers)), now);
}

TEST_CASE("GitHub's headers", "[rate_limit]") {
  const auto known = parse({{"x-ratelimit-limit", "5000"},
                            {"x-ratelimit-remaining", "4987"},
                            {"x-ratelimit-used", "13"},
                            {"x-ratelimit-reset", "1795176600"},
                            {"x-ratelimit-resource", "graphql"}});
  CHECK(known == RateLimit{.resource = "graphql",
                           .limit = 5000,
                           .remaining = 4987,
                           .reset = now + seconds(600),
                           .retry_after = std::nullopt});
}

TEST_CASE("a clock that is wrong by an hour waits no hour more", "[rate_limit]") {
  const auto known = parse({{"date", "Fri, 20 Nov 2026 13:00:00 GMT"},
                            {"x-ratelimit-remaining", "0"},
                            {"x-ratelimit-reset", "1795180200"}, // 13:10:00
                            {"retry-after", "Fri, 20 Nov 2026 13:00:30 GMT"}});
  CHECK(known.reset == now + seconds(600));
  CHECK(known.retry_after == seconds(30));
}

TEST_CASE("the headers of the IETF draft", "[rate_limit]") {
  CHECK(parse({{"ratelimit", "\"baseline\";r=1990;t=600"}, {"ratelimit-policy", "\"baseline\";q=2000;w=600"}}) ==
        RateLimit{.resource = "baseline",
                  .limit = 2000,
                  .remaining = 1990,
                  .reset = now + seconds(600),
                  .retry_after = std::nullopt});
  SECTION("of several policies the one with the least left") {
    const auto known = parse({{"ratelimit", R"("a,b;c";r=70;t=60, "day";r=5;t=999999999, plain;r=9)"},
                              {"ratelimit-policy", R"("day";q=10;w=86400, "a,b;c";q=100)"}});
    CHECK(known.resource == "day");
    CHECK(known.limit == 10);
    CHECK(known.remaining == 5);
    CHECK(known.reset == now + std::chrono::hours(24));
  }
}

struct LieCase {
  const char* name;
  const char* header;
  const char* value;
};

TEST_CASE("what makes no sense is not known", "[rate_limit]") {
  const auto row = GENERATE(values<LieCase>({
      {"negative", "x-ratelimit-remaining", "-1"},
      {"no number", "x-ratelimit-remaining", "many"},
      {"empty", "x-ratelimit-remaining", ""},
      {"a fraction", "x-ratelimit-remaining", "1.5"},
      {"more than 64 bits", "x-ratelimit-remaining", "99999999999999999999"},
      {"with a sign", "x-ratelimit-remaining", "+5"},
      {"a limit that is none", "x-ratelimit-limit", "0x10"},
      {"a reset beyond every calendar", "x-ratelimit-reset", "9223372036854775807"},
      {"a wait that is none", "retry-after", "soon"},
      {"a negative wait", "retry-after", "-5"},
      {"a policy without numbers", "ratelimit", "\"a\";r;t="},
      {"a quotation that does not end", "ratelimit", "\"a;r=5"},
      {"nothing but separators", "ratelimit", ",;,;="},
  }));
  CAPTURE(row.name);
  CHECK(parse({{row.header, row.value}}) == RateLimit{});
}

TEST_CASE("no wait is longer than a day, and none ends before it begins", "[rate_limit]") {
  CHECK(parse({{"retry-after", "999999999999"}}).retry_after == std::chrono::hours(24));
  CHECK(parse({{"retry-after", "Fri, 20 Nov 2099 13:00:30 GMT"}}).retry_after == std::chrono::hours(24));
  CHECK(parse({{"retry-after", "Fri, 20 Nov 1999 13:00:30 GMT"}}).retry_after == seconds(0));
  CHECK(parse({{"x-ratelimit-reset", "253402300799"}}).reset == now + std::chrono::hours(24));
  CHECK(parse({{"x-ratelimit-reset", "1"}}).reset == now);
  CHECK(parse({{"x-ratelimit-limit", "60"}, {"x-ratelimit-remaining", "9999999"}}).remaining == 60);
}

struct ReserveCase {
  const char* name;
  RateLimit known;
  std::int64_t needed;
  bool allowed;
};

TEST_CASE("the reserve is for people", "[rate_limit]") {
  const Timestamp later = now + seconds(600);
  const auto row = GENERATE_COPY(values<ReserveCase>({
      {"nothing known", {}, 1, true},
      {"plenty", {"core", 5000, 4000, later, {}}, 100, true},
      {"exactly enough", {"core", 5000, 600, later, {}}, 100, true},
      {"one too many", {"core", 5000, 599, later, {}}, 100, false},
      {"into the reserve already", {"core", 5000, 10, later, {}}, 1, false},
      {"nothing left", {"core", 5000, 0, later, {}}, 1, false},
      {"nothing left, but renewed by now", {"core", 5000, 0, now, {}}, 1, true},
      {"a small limit keeps a half", {"core", 60, 31, later, {}}, 1, true},
      {"the other half of it", {"core", 60, 30, later, {}}, 1, false},
      {"no time of reset", {"core", 5000, 10, {}, {}}, 1, false},
      {"no limit said", {"", {}, 600, later, {}}, 100, true},
      {"needs more than there can be", {"core", 5000, 5000, later, {}}, 9'000'000'000'000'000'000, false},
  }));
  CAPTURE(row.name);
  const auto error =
      check_rate_limit(row.known, {.who = "github.com", .needed = row.needed, .reserve = 500, .now = now});
  CHECK(error.has_value() != row.allowed);
  if (error) {
    CHECK(error->kind == ErrorKind::rate_limited);
    CHECK(error->retry_after == (row.known.reset ? seconds(600) : seconds(60)));
    CHECK(error->message.starts_with("github.com (core): "));
    CHECK((error->message.find("2026-11-20T12:10:00Z") != std::string::npos) == row.known.reset.has_value());
  }
}

struct AnswerCase {
  const char* name;
  Response response;
  std::optional<ErrorKind> kind;
  std::optional<seconds> retry_after;
};

TEST_CASE("a rate limit is told apart from a refusal", "[rate_limit]") {
  const auto row = GENERATE(values<AnswerCase>({
      {"200", make_response(200), {}, {}},
      {"200 with nothing left", make_response(200, {{"x-ratelimit-remaining", "0"}}), {}, {}},
      {"403", make_response(403), ErrorKind::forbidden, {}},
      {"403 with plenty left",
       make_response(403, {{"x-ratelimit-remaining", "4000"}}, "Resource not accessible by integration"),
       ErrorKind::forbidden,
       {}},
      {"403 with Retry-After", make_response(403, {{"retry-after", "30"}}), ErrorKind::rate_limited, seconds(30)},
      {"403 with nothing left",
       make_response(403, {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1795176045"}}),
       ErrorKind::rate_limited, seconds(45)},
      {"403 that says so in its text",
       make_response(403, {}, R"({"message":"You have exceeded a secondary rate limit."})"), ErrorKind::rate_limited,
       seconds(60)},
      {"429", make_response(429), ErrorKind::rate_limited, seconds(60)},
      {"429 with a date", make_response(429, {{"retry-after", "Fri, 20 Nov 2026 12:02:00 GMT"}}),
       ErrorKind::rate_limited, seconds(120)},
      {"503 with Retry-After", make_response(503, {{"retry-after", "7"}}), ErrorKind::unreachable, seconds(7)},
      {"404 that talks of a rate limit", make_response(404, {}, "rate limit"), ErrorKind::not_found, {}},
  }));
  CAPTURE(row.name);
  const auto error = derive_answer_error(row.response, "github.com", now);
  REQUIRE(error.has_value() == row.kind.has_value());
  if (!error) {
    return;
  }
  CHECK(error->kind == *row.kind);
  CHECK(error->retry_after == row.retry_after);
  CHECK(error->http_status == row.response.status);
  if (error->kind == ErrorKind::rate_limited) {
    CHECK(error->message.find(render_timestamp(now + *row.retry_after)) != std::string::npos);
  }
}

} // namespace
} // namespace afk::http
