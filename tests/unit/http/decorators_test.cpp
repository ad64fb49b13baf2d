// The transports around the transport, each on a scripted one.

#include <afk/http/redirect.hpp>
#include <afk/http/transport_stack.hpp>

#include <support/catch.hpp>
#include <support/fake_clock.hpp>
#include <support/scripted_transport.hpp>

#include <array>

namespace afk::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::FakeClock;
using test::FakeRandom;
using test::make_request;
using test::make_response;
using test::make_unreachable;
using test::ScriptedTransport;

const std::string here = "https://forge.example/a";
const std::string get_here = "GET " + here;

// As a clock is whose process was asked to stop: it wakes up at once.
class StoppedClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return FakeClock::start; }

  [[nodiscard]] Duration monotonic() const override { return {}; }

  void sleep_for(Duration /*duration*/) override {}
};

Response redirect_to(const std::string& location, int status = 302) {
  return make_response(status, {{"location", location}});
}

struct RedirectCase {
  const char* name;
  Method method;
  std::optional<Effect> effect;
  std::array<bool, 5> followed; // 301, 302, 303, 307, 308
};

TEST_CASE("which redirects are followed", "[redirect]") {
  const auto row = GENERATE(values<RedirectCase>({
      {"GET", Method::get, {}, {true, true, true, true, true}},
      {"HEAD", Method::head, {}, {true, true, true, true, true}},
      {"a query by POST", Method::post, Effect::read, {false, false, false, true, true}},
      {"POST", Method::post, {}, {false, false, false, true, true}},
      {"POST that creates", Method::post, Effect::creates_content, {false, false, false, true, true}},
      {"PUT", Method::put, {}, {false, false, false, true, true}},
      {"PATCH", Method::patch, {}, {false, false, false, true, true}},
      {"DELETE", Method::delete_, {}, {false, false, false, true, true}},
  }));
  Request request = make_request(here, row.method);
  request.effect = row.effect;
  constexpr std::array statuses{301, 302, 303, 307, 308};
  for (std::size_t index = 0; index < statuses.size(); ++index) {
    CAPTURE(row.name, statuses[index]);
    const auto target = derive_redirect(request, redirect_to("/b", statuses[index]));
    REQUIRE(target.ok());
    CHECK(target->has_value() == row.followed[index]);
    if (row.followed[index]) {
      CHECK(render_url(**target) == "https://forge.example/b");
      CHECK(derive_redirect(request, redirect_to("https://evil.example/b", statuses[index])).error().kind ==
            ErrorKind::refused);
    }
  }
  for (const int status : {200, 204, 300, 304, 305, 306, 309, 400, 500}) {
    CHECK_FALSE(derive_redirect(request, redirect_to("/b", status))->has_value());
  }
}

struct TargetCase {
  const char* name;
  std::vector<Header> headers;
  std::optional<ErrorKind> kind;
};

TEST_CASE("where redirects may lead", "[redirect]") {
  const auto row = GENERATE(values<TargetCase>({
      {"a path", {{"location", "/b"}}, {}},
      {"the whole address", {{"location", "https://forge.example/b"}}, {}},
      {"the usual port written out", {{"location", "https://FORGE.example:443/b"}}, {}},
      {"a fragment is dropped", {{"location", "/b#c"}}, {}},
      {"the same twice", {{"location", "/b"}, {"location", "/b"}}, {}},
      {"nowhere", {}, ErrorKind::malformed},
      {"two places", {{"location", "/b"}, {"location", "/c"}}, ErrorKind::malformed},
      {"an empty place", {{"location", ""}}, ErrorKind::malformed},
      {"another host", {{"location", "https://evil.example/b"}}, ErrorKind::refused},
      {"another host without a scheme", {{"location", "//evil.example/b"}}, ErrorKind::refused},
      {"another port", {{"location", "https://forge.example:8443/b"}}, ErrorKind::refused},
      {"this machine", {{"location", "http://127.0.0.1:80/b"}}, ErrorKind::refused},
      {"without encryption", {{"location", "http://forge.example/b"}}, ErrorKind::malformed},
      {"a name before the host", {{"location", "https://forge.example@evil.example/"}}, ErrorKind::malformed},
      {"a file", {{"location", "file:///etc/passwd"}}, ErrorKind::malformed},
      {"a script", {{"location", "javascript:alert(1)"}}, ErrorKind::malformed},
      {"a blank inside", {{"location", "/b c"}}, ErrorKind::malformed},
      {"a backslash", {{"location", "\\\\evil.example\\b"}}, ErrorKind::malformed},
  }));
  CAPTURE(row.name);
  const auto target = derive_redirect(make_request(here), make_response(302, row.headers));
  CHECK(target.ok() == !row.kind);
  if (row.kind) {
    CHECK(target.error().kind == *row.kind);
    CHECK(target.error().message.find("/b") == std::string::npos);
  } else {
    CHECK(render_url(**target) == "https://forge.example/b");
  }
}

TEST_CASE("three redirects are followed and no fourth", "[redirect]") {
  ScriptedTransport inner;
  RedirectTransport transport(inner);
  for (const char* step : {"a", "b", "c"}) {
    inner.expect(std::string("GET https://forge.example/") + step, redirect_to(std::string("/") + char(step[0] + 1)));
  }

  SECTION("the third leads to an answer") {
    inner.expect("GET https://forge.example/d", make_response(200, {}, "found"));
    const auto answers = transport.exchange(std::array{make_request(here)});
    CHECK(answers.at(0)->body == "found");
    CHECK(render_url(answers.at(0)->moved_to.value()) == "https://forge.example/d");
  }
  SECTION("the third leads to a fourth") {
    inner.expect("GET https://forge.example/d", redirect_to("/e"));
    const auto answers = transport.exchange(std::array{make_request(here)});
    CHECK(answers.at(0).error().kind == ErrorKind::refused);
  }
  inner.check_all_used();
}

TEST_CASE("redirects of one exchange are followed together and spoil no others", "[redirect]") {
  ScriptedTransport inner;
  RedirectTransport transport(inner);
  inner.expect("GET https://forge.example/1", redirect_to("/x"));
  inner.expect("GET https://forge.example/2", make_response(200, {}, "two"));
  inner.expect("GET https://forge.example/3", redirect_to("https://evil.example/"));
  inner.expect("DELETE https://forge.example/4", redirect_to("/y", 307));
  inner.expect("GET https://forge.example/5", make_unreachable());
  inner.expect("GET https://forge.example/x", make_response(200, {}, "one"));
  inner.expect("DELETE https://forge.example/y", make_response(204));
  const auto answers = transport.exchange(
      std::array{make_request("https://forge.example/1"), make_request("https://forge.example/2"),
                 make_request("https://forge.example/3"), make_request("https://forge.example/4", Method::delete_),
                 make_request("https://forge.example/5")});
  inner.check_all_used();
  CHECK(inner.batches.size() == 2);
  CHECK(answers.at(0)->body == "one");
  CHECK(answers.at(1)->body == "two");
  CHECK_FALSE(answers.at(1)->moved_to.has_value());
  CHECK(answers.at(2).error().message.find("https://evil.example") != std::string::npos);
  CHECK(answers.at(3)->status == 204);
  CHECK(answers.at(4).error().kind == ErrorKind::unreachable);
}

struct TimeCase {
  const char* name;
  Method method;
  Duration asked;
  Duration left;
  std::optional<Duration> got;
};

TEST_CASE("the time of a request", "[deadline]") {
  const auto row = GENERATE(values<TimeCase>({
      {"a read gets a third", Method::get, seconds(600), seconds(90), seconds(30)},
      {"a read gets what it asked for", Method::get, seconds(5), seconds(90), seconds(5)},
      {"a read gets what is left", Method::get, seconds(30), seconds(2), seconds(2)},
      {"the last moment", Method::get, seconds(30), milliseconds(1), milliseconds(1)},
      {"a read too late", Method::get, seconds(30), milliseconds(0), {}},
      {"a read much too late", Method::get, seconds(30), seconds(-10), {}},
      {"a write gets what it asked for", Method::post, seconds(60), seconds(90), seconds(60)},
      {"a write gets what is left", Method::post, seconds(60), seconds(40), seconds(40)},
      {"a write that can just be seen", Method::post, seconds(60), seconds(5), seconds(5)},
      {"a write whose answer would be too late", Method::post, seconds(60), milliseconds(4999), {}},
  }));
  CAPTURE(row.name);
  Request request = make_request(here, row.method);
  request.limits.total = row.asked;
  CHECK(derive_time(request, {.left = row.left, .longest_request = seconds(30)}) == row.got);
}

TEST_CASE("a short tick still writes", "[deadline]") {
  const Request request = make_request(here, Method::post);
  CHECK(derive_time(request, {.left = seconds(2), .longest_request = seconds(2)}) == seconds(2));
  CHECK_FALSE(derive_time(request, {.left = milliseconds(1999), .longest_request = seconds(2)}));
}

TEST_CASE("nothing starts past the deadline", "[deadline]") {
  ScriptedTransport inner;
  FakeClock clock;
  TickDeadline deadline(clock, seconds(90));
  DeadlineTransport transport(inner, deadline);
  const std::array requests{make_request(here), make_request(here, Method::post)};
  inner.expect(get_here, make_response(200));
  inner.expect("POST " + here, make_response(201));
  clock.advance(std::chrono::hours(1)); // before any tick
  CHECK(transport.exchange(requests).at(1).ok());
  CHECK(inner.sent.at(0).limits.total == seconds(30));

  deadline.start();
  clock.advance(seconds(87));
  inner.expect(get_here, make_response(200));
  auto answers = transport.exchange(requests);
  CHECK(answers.at(0).ok());
  CHECK(inner.sent.back().limits.total == seconds(3));
  CHECK(answers.at(1).error().kind == ErrorKind::interrupted);

  clock.advance(seconds(3));
  answers = transport.exchange(requests);
  CHECK(answers.at(0).error().kind == ErrorKind::interrupted);
  CHECK(answers.at(1).error().kind == ErrorKind::interrupted);
  CHECK(inner.batches.size() == 2);

  deadline.rest();
  inner.expect(get_here, make_response(200));
  CHECK(transport.exchange(std::array{requests[0]}).at(0).ok());
  inner.check_all_used();
}

struct Retrying {
  ScriptedTransport inner;
  FakeClock clock;
  FakeRandom random;
  TickDeadline deadline{clock, seconds(90)};
  RetryTransport transport{{.inner = inner, .clock = clock, .random = random, .deadline = deadline}};

  Retrying() { deadline.start(); }
};

TEST_CASE("reads that found nobody are sent again", "[retry]") {
  Retrying world;
  world.inner.expect(get_here, make_unreachable());
  world.inner.expect(get_here, make_response(503));
  world.inner.expect(get_here, make_response(200, {}, "there"));
  CHECK(world.transport.exchange(std::array{make_request(here)}).at(0)->body == "there");
  world.inner.check_all_used();
  CHECK(world.clock.monotonic() >= milliseconds(750)); // half of 500 and half of 1000 at least
  CHECK(world.clock.monotonic() <= milliseconds(1500));
}

TEST_CASE("the last answer stands", "[retry]") {
  Retrying world;
  world.inner.expect(get_here, make_response(502));
  world.inner.expect(get_here, make_unreachable());
  world.inner.expect(get_here, make_response(504));
  CHECK(world.transport.exchange(std::array{make_request(here)}).at(0)->status == 504);
  world.inner.check_all_used();
}

TEST_CASE("a service that names a time gets it", "[retry]") {
  Retrying world;
  world.inner.expect(get_here, make_response(503, {{"retry-after", "20"}}));
  world.inner.expect(get_here, make_response(200));
  CHECK(world.transport.exchange(std::array{make_request(here)}).at(0)->status == 200);
  CHECK(world.clock.monotonic() == seconds(20));
}

TEST_CASE("nothing is sent again for an answer past the deadline", "[retry]") {
  Retrying world;
  world.inner.expect(get_here, make_response(503, {{"retry-after", "86"}}));
  CHECK(world.transport.exchange(std::array{make_request(here)}).at(0)->status == 503);
  CHECK(world.clock.monotonic() == seconds(0));
  world.inner.expect(get_here, make_response(503, {{"retry-after", "85"}}));
  world.inner.expect(get_here, make_response(200));
  CHECK(world.transport.exchange(std::array{make_request(here)}).at(0)->status == 200);
}

struct OnceCase {
  const char* name;
  Method method;
  std::optional<Effect> effect;
  Result<Response> answer;
};

TEST_CASE("what is sent once", "[retry]") {
  const auto row = GENERATE(values<OnceCase>({
      {"a write that found nobody", Method::post, {}, make_unreachable()},
      {"a write with 503", Method::put, {}, make_response(503)},
      {"a comment", Method::post, Effect::creates_content, make_unreachable()},
      {"a deletion", Method::delete_, {}, make_unreachable()},
      {"a rate limit", Method::get, {}, make_response(429, {{"retry-after", "1"}})},
      {"a rate limit as 403", Method::get, {}, make_response(403, {{"retry-after", "1"}})},
      {"a refusal", Method::get, {}, make_response(403)},
      {"nothing there", Method::get, {}, make_response(404)},
      {"no HTTP", Method::get, {}, Error{ErrorKind::malformed, "garbage"}},
      {"too much", Method::get, {}, Error{ErrorKind::too_large, "much"}},
      {"the deadline", Method::get, {}, Error{ErrorKind::interrupted, "late"}},
  }));
  CAPTURE(row.name);
  Retrying world;
  Request request = make_request(here, row.method);
  request.effect = row.effect;
  world.inner.expect(ScriptedTransport::render(request), row.answer);
  CHECK(world.transport.exchange(std::array{request}).at(0).ok() == row.answer.ok());
  CHECK(world.inner.batches.size() == 1);
}

TEST_CASE("a query by POST is a read", "[retry]") {
  Retrying world;
  Request request = make_request(here, Method::post);
  request.effect = Effect::read;
  world.inner.expect("POST " + here, make_unreachable());
  world.inner.expect("POST " + here, make_response(200));
  CHECK(world.transport.exchange(std::array{request}).at(0)->status == 200);
}

TEST_CASE("who asks for more time holds up no other", "[retry]") {
  Retrying world;
  world.inner.expect("GET https://forge.example/1", make_unreachable());
  world.inner.expect("GET https://forge.example/2", make_response(503, {{"retry-after", "10"}}));
  world.inner.expect("GET https://forge.example/3", make_response(200));
  world.inner.expect("GET https://forge.example/4", make_unreachable());
  for (const char* path : {"1", "2", "4"}) {
    world.inner.expect(std::string("GET https://forge.example/") + path, make_response(200));
  }
  const auto answers = world.transport.exchange(
      std::array{make_request("https://forge.example/1"), make_request("https://forge.example/2"),
                 make_request("https://forge.example/3"), make_request("https://forge.example/4")});
  world.inner.check_all_used();
  for (const auto& answer : answers) {
    CHECK(answer->status == 200);
  }
  REQUIRE(world.inner.batches.size() == 3);
  CHECK(world.inner.batches[1].size() == 2);
  CHECK(world.inner.batches[2] == std::vector<std::string>{"GET https://forge.example/2"});
  CHECK(world.clock.monotonic() == seconds(10));
}

TEST_CASE("who is asked to stop sends nothing again", "[retry]") {
  ScriptedTransport inner;
  StoppedClock clock;
  FakeRandom random;
  TickDeadline deadline(clock, seconds(90));
  RetryTransport transport({.inner = inner, .clock = clock, .random = random, .deadline = deadline});
  inner.expect(get_here, make_unreachable());
  CHECK(transport.exchange(std::array{make_request(here)}).at(0).error().kind == ErrorKind::unreachable);
  CHECK(inner.batches.size() == 1);
}

Request comment(const std::string& url) {
  Request request = make_request(url, Method::post);
  request.effect = Effect::creates_content;
  return request;
}

TEST_CASE("content at one origin is a second apart", "[paced]") {
  ScriptedTransport inner;
  FakeClock clock;
  PacedTransport transport(inner, clock);
  for (const char* url :
       {"GET https://forge.example/r", "PUT https://forge.example/w", "POST https://forge.example/1",
        "POST https://forge.example/2", "POST https://forge.example/3", "POST https://other.example/1"}) {
    inner.expect(url, make_response(200, {}, url));
  }
  const auto answers = transport.exchange(
      std::array{make_request("https://forge.example/r"), comment("https://forge.example/1"),
                 comment("https://forge.example/2"), make_request("https://forge.example/w", Method::put),
                 comment("https://other.example/1"), comment("https://forge.example/3")});
  inner.check_all_used();
  CHECK(inner.batches ==
        std::vector<std::vector<std::string>>{{"GET https://forge.example/r", "PUT https://forge.example/w",
                                               "POST https://forge.example/1", "POST https://other.example/1"},
                                              {"POST https://forge.example/2"},
                                              {"POST https://forge.example/3"}});
  CHECK(clock.monotonic() == seconds(2));
  CHECK(answers.at(2)->body == "POST https://forge.example/2");
  CHECK(answers.at(5)->body == "POST https://forge.example/3");

  SECTION("also from one exchange to the next") {
    clock.advance(milliseconds(400));
    inner.expect("POST https://forge.example/4", make_response(201));
    CHECK(transport.exchange(std::array{comment("https://forge.example/4")}).at(0).ok());
    CHECK(clock.monotonic() == seconds(3));
  }
  SECTION("and whoever waited anyway waits no more") {
    clock.advance(seconds(5));
    inner.expect("POST https://forge.example/4", make_response(201));
    CHECK(transport.exchange(std::array{comment("https://forge.example/4")}).at(0).ok());
    CHECK(clock.monotonic() == seconds(7));
  }
}

TEST_CASE("who is asked to stop writes nothing more", "[paced]") {
  ScriptedTransport inner;
  StoppedClock clock;
  PacedTransport transport(inner, clock);
  inner.expect("POST https://forge.example/1", make_response(201));
  const auto answers =
      transport.exchange(std::array{comment("https://forge.example/1"), comment("https://forge.example/2")});
  CHECK(answers.at(0).ok());
  CHECK(answers.at(1).error().kind == ErrorKind::interrupted);
}

TEST_CASE("what goes over the network is counted, and bounded for each tick", "[counting]") {
  ScriptedTransport inner;
  CountingTransport transport(inner, 3);
  for (int count = 0; count < 4; ++count) {
    inner.expect(get_here, make_response(200));
  }
  inner.expect("GET https://other.example/", make_response(200));
  const auto first = transport.exchange(std::array{make_request(here), make_request("https://other.example/")});
  CHECK(first.at(1).ok());
  const auto second = transport.exchange(std::array{make_request(here), make_request(here)});
  CHECK(second.at(0).ok());
  CHECK(second.at(1).error().kind == ErrorKind::interrupted);
  CHECK_FALSE(transport.exchange(std::array{make_request(here)}).at(0).ok());
  CHECK(transport.round_trips() == 2);
  transport.start_tick();
  CHECK(transport.exchange(std::array{make_request(here)}).at(0).ok());
  CHECK(transport.by_host() == std::map<std::string, int>{{"forge.example", 3}, {"other.example", 1}});
  CHECK(transport.round_trips() == 3);
}

TEST_CASE("the whole stack", "[stack]") {
  ScriptedTransport inner;
  FakeClock clock;
  FakeRandom random;
  TransportStack stack({.inner = inner, .clock = clock, .random = random},
                       {.tick_deadline = seconds(60), .requests_per_tick = 6, .retry = {}});
  stack.start_tick();
  inner.expect(get_here, make_unreachable());
  inner.expect(get_here, redirect_to("/b"));
  inner.expect("GET https://forge.example/b", make_response(200, {}, "b"));
  CHECK(stack.exchange(std::array{make_request(here)}).at(0)->body == "b");
  CHECK(stack.counts().round_trips() == 3);
  CHECK(stack.counts().by_host().at("forge.example") == 3);
  CHECK(inner.sent.at(0).limits.total == seconds(20));

  inner.expect("POST https://forge.example/a", make_response(201));
  inner.expect("POST https://forge.example/a", make_unreachable());
  const Duration before = clock.monotonic();
  const auto comments = stack.exchange(std::array{comment(here), comment(here)});
  CHECK(comments.at(0).ok());
  CHECK_FALSE(comments.at(1).ok());
  CHECK(clock.monotonic() - before == seconds(1));

  inner.expect(get_here, redirect_to("/a"));
  CHECK(stack.exchange(std::array{make_request(here)}).at(0).error().kind == ErrorKind::interrupted);
  CHECK(stack.counts().by_host().at("forge.example") == 6);

  stack.start_tick();
  clock.advance(seconds(60));
  CHECK(stack.exchange(std::array{make_request(here)}).at(0).error().kind == ErrorKind::interrupted);
  stack.rest();
  inner.expect(get_here, make_response(200));
  CHECK(stack.exchange(std::array{make_request(here)}).at(0).ok());
  inner.check_all_used();
}

} // namespace
} // namespace afk::http
