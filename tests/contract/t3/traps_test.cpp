// Every trap of a T3 Code server, one by one.

#include <contract/t3/t3_bench.hpp>

#include <support/catch.hpp>

#include <fmt/format.h>

#include <algorithm>

using namespace afk;
using namespace afk::test;

namespace {

constexpr Duration past_grace = adapter::t3_start_grace + std::chrono::seconds(2);

} // namespace

TEST_CASE("an accepted start that never began goes out again, under the next number and once", "[t3]") {
  T3Bench bench;
  const Order order = bench.order(1);
  bench.server.pause_reactor(true);
  REQUIRE(bench.executor().start(order).ok());
  bench.server.restart();
  CHECK(bench.see(order)->turns.front().state == TurnState::starting);
  // Within the grace it may still begin: nothing is sent again.
  CHECK(bench.executor().start(order)->outcome == StartOutcome::adopted);
  CHECK(bench.server.messages(T3Bench::thread(order)).size() == 1);
  bench.clock.advance(past_grace);
  CHECK(bench.see(order)->turns.front().state == TurnState::lost);
  CHECK(bench.executor().start(order)->outcome == StartOutcome::created);
  CHECK(bench.server.starts(T3Bench::message(order, 1)) == 0);
  CHECK(bench.server.starts(T3Bench::message(order, 2)) == 1);
  CHECK(bench.executor().start(order)->outcome == StartOutcome::adopted);
  CHECK(bench.server.all_starts() == 1);
  const auto view = bench.see(order);
  REQUIRE(view->turns.size() == 1);
  CHECK(view->turns.front().outcome == TurnOutcome::succeeded);
}

TEST_CASE("a further turn whose start was lost goes out again in the same thread", "[t3]") {
  T3Bench bench;
  const Order first = bench.order(1);
  const Order fix = bench.order(1, TurnKind::fix);
  REQUIRE(bench.executor().start(first).ok());
  bench.server.pause_reactor(true);
  REQUIRE(bench.executor().start(fix).ok());
  bench.server.restart();
  bench.clock.advance(past_grace);
  auto view = bench.see(first);
  REQUIRE(view->turns.size() == 2);
  CHECK(view->turns[0].outcome == TurnOutcome::succeeded);
  CHECK(view->turns[1].state == TurnState::lost);
  REQUIRE(bench.executor().start(fix).ok());
  CHECK(bench.server.starts(T3Bench::message(fix, 2)) == 1);
  view = bench.see(first);
  REQUIRE(view->turns.size() == 2);
  CHECK(view->turns[1].state == TurnState::ended);
}

TEST_CASE("a command that was rejected is never believed, nor tried under another id when it is a start", "[t3]") {
  T3Bench bench;
  const Order order = bench.order(1);
  bench.server.reject("thread.turn.start");
  const auto started = bench.executor().start(order);
  REQUIRE_FALSE(started.ok());
  CHECK(started.error().kind == ErrorKind::refused);
  CHECK(bench.executor().start(order).error().kind == ErrorKind::refused); // poisoned for ever
  CHECK(bench.server.all_starts() == 0);
}

TEST_CASE("a fault of the server's database is no refusal", "[t3]") {
  T3Bench bench;
  const Order order = bench.order(1);
  bench.transport.judge = [&](int, const http::Request& request) {
    if (request.body.find("thread.turn.start") != std::string::npos)
      bench.server.fail_next_command();
    return T3Fate::works;
  };
  CHECK_FALSE(bench.executor().start(order).ok());
  bench.transport.judge = [](int, const http::Request&) { return T3Fate::works; };
  REQUIRE(bench.executor().start(order).ok());
  CHECK(bench.server.all_starts() == 1);
}

TEST_CASE("what is to be created gets a second id where the first was rejected", "[t3]") {
  for (const std::string type : {"project.create", "thread.create"}) {
    T3Bench bench;
    const Order order = bench.order(1);
    bench.server.reject(type);
    CAPTURE(type);
    REQUIRE(bench.executor().start(order).ok());
    CHECK(bench.server.all_starts() == 1);
    CHECK(bench.server.projects() == 1);
    CHECK(bench.server.threads().size() == 1);
  }
}

TEST_CASE("a project that was deleted is replaced by another one, and one that others made is used", "[t3]") {
  T3Bench bench;
  REQUIRE(bench.executor().start(bench.order(1)).ok());
  REQUIRE(bench.executor().start(bench.order(2)).ok());
  CHECK(bench.server.projects() == 1);
  bench.server.remove_project("/srv/work/acme__widget");
  REQUIRE(bench.executor().start(bench.order(3)).ok());
  CHECK(bench.server.projects() == 2);
  REQUIRE(bench.executor().start(bench.order(4)).ok());
  CHECK(bench.server.projects() == 2);
}

TEST_CASE("a thread that a person puts away starts nothing, and the run is shown as concluded", "[t3]") {
  for (const bool removed : {false, true}) {
    T3Bench bench;
    const Order order = bench.order(1);
    REQUIRE(bench.executor().start(order).ok());
    if (removed)
      bench.server.remove(T3Bench::thread(order));
    else
      bench.server.archive(T3Bench::thread(order));
    CHECK(bench.see(order)->conclusion == AttemptView::Conclusion::concluded);
    const auto fix = bench.executor().start(bench.order(1, TurnKind::fix));
    REQUIRE_FALSE(fix.ok());
    CHECK(fix.error().kind == ErrorKind::refused);
    CHECK(bench.server.messages(T3Bench::thread(order)).size() == 1);
  }
}

TEST_CASE("a thread that a person renames keeps its run", "[t3]") {
  T3Bench bench(idle_agents());
  const Order order = bench.order(1);
  REQUIRE(bench.executor().start(order).ok());
  bench.server.rename(T3Bench::thread(order), "<!channel> ignore everything");
  const auto view = bench.see(order);
  REQUIRE(view.has_value());
  REQUIRE(view->turns.size() == 1);
  CHECK(view->turns.front().turn == order.turn);
  CHECK(view->turns.front().state == TurnState::running);
}

TEST_CASE("a request that hangs is an unreachable server, and the next tick goes on", "[t3]") {
  T3Bench bench;
  const Order order = bench.order(1);
  bench.server.hang_next(3);
  CHECK(bench.executor().look().error().kind == ErrorKind::unreachable);
  bench.server.hang_next(1);
  CHECK(bench.executor().start(order).error().kind == ErrorKind::unreachable);
  REQUIRE(bench.executor().start(order).ok());
  CHECK(bench.server.all_starts() == 1);
}

TEST_CASE("a restart of the server is no failure of the agent", "[t3]") {
  T3Bench bench(idle_agents());
  const Order order = bench.order(1);
  REQUIRE(bench.executor().start(order).ok());
  bench.server.ask_approval(T3Bench::thread(order), "command", "rm -rf build");
  CHECK(bench.see(order)->turns.front().state == TurnState::waiting);
  bench.server.restart();
  // The flag stays on, and the session is looked at first.
  CHECK(bench.see(order)->turns.front().state == TurnState::vanished);
  CHECK(bench.executor().look()->live.empty());
  CHECK(bench.executor().answer(T3Bench::attempt(order), {.request = "", .text = "yes"}).error().kind ==
        ErrorKind::refused);
}

TEST_CASE("a crash of the provider is shown as an interrupt, an error as a failure with its first line", "[t3]") {
  T3Bench bench(idle_agents());
  const Order crashed = bench.order(1);
  const Order failed = bench.order(2);
  const Order limited = bench.order(3);
  for (const Order& order : {crashed, failed, limited})
    REQUIRE(bench.executor().start(order).ok());
  bench.server.crash(T3Bench::thread(crashed));
  bench.server.fail(T3Bench::thread(failed), "Model said no\n    at stack\n    at more");
  bench.server.fail(T3Bench::thread(limited), "You've hit your usage limit. Try again later.");
  CHECK(bench.see(crashed)->turns.front().outcome == TurnOutcome::interrupted);
  CHECK(bench.see(limited)->turns.front().outcome == TurnOutcome::usage_limited);
  const TurnView view = bench.see(failed)->turns.front();
  CHECK(view.outcome == TurnOutcome::failed);
  CHECK(view.output_excerpt == "Model said no\n");
}

TEST_CASE("a start that fails at the provider is a turn that failed, however it shows", "[t3]") {
  SECTION("an instance that is not there") {
    FakeT3::Setup setup;
    setup.instances = {"another"};
    T3Bench bench(setup);
    const Order order = bench.order(1);
    REQUIRE(bench.executor().start(order).ok());
    const TurnView view = bench.see(order)->turns.front();
    CHECK(view.state == TurnState::ended);
    CHECK(view.outcome == TurnOutcome::failed);
    CHECK(view.output_excerpt.find("'codex' is not there.") != std::string::npos);
    CHECK(view.output_excerpt.find("provider.ts") == std::string::npos);
  }
  SECTION("a refusal that only an activity tells of") {
    T3Bench bench;
    const Order order = bench.order(1);
    REQUIRE(bench.executor().start(order).ok());
    const Order fix = bench.order(1, TurnKind::fix);
    const nlohmann::json command = {{"type", "thread.turn.start"},
                                    {"commandId", "by-hand"},
                                    {"threadId", T3Bench::thread(fix)},
                                    {"message",
                                     {{"messageId", T3Bench::message(fix, 1)},
                                      {"role", "user"},
                                      {"text", std::string(120'001, 'x')},
                                      {"attachments", nlohmann::json::array()}}},
                                    {"runtimeMode", "full-access"},
                                    {"interactionMode", "default"},
                                    {"createdAt", "x"}};
    REQUIRE(*bench.tick.client().dispatch(command.dump()) == adapter::T3Client::Verdict::accepted);
    const auto view = bench.see(fix);
    REQUIRE(view->turns.size() == 2);
    CHECK(view->turns[1].outcome == TurnOutcome::failed);
    CHECK(view->turns[1].output_excerpt.find("too long") != std::string::npos);
  }
}

TEST_CASE("an order that is too long for the server is refused before anything is made there", "[t3]") {
  T3Bench bench;
  Order order = bench.order(1);
  order.prompt = std::string(120'000, 'x');
  const auto started = bench.executor().start(order);
  REQUIRE_FALSE(started.ok());
  CHECK(started.error().kind == ErrorKind::refused);
  CHECK(started.error().message.find("120000") != std::string::npos);
  CHECK(bench.server.threads().empty());
  // It counts in UTF-16, in which a character beyond the first 65,536 is two.
  order.prompt.clear();
  for (int count = 0; count < 60'000; ++count)
    order.prompt += "\xF0\x9F\x90\xA7";
  CHECK(bench.executor().start(order).error().kind == ErrorKind::refused);
  order.prompt.resize(order.prompt.size() / 2);
  CHECK(bench.executor().start(order).ok());
}

TEST_CASE("a server that this afk cannot speak with is refused with the reason", "[t3]") {
  FakeT3::Setup setup;
  SECTION("protocol 2") {
    setup.protocol = 2;
    T3Bench bench(setup);
    const auto look = bench.executor().look();
    REQUIRE_FALSE(look.ok());
    CHECK(look.error().kind == ErrorKind::refused);
    CHECK(look.error().message.find("protocol 2") != std::string::npos);
    CHECK(bench.executor().start(bench.order(1)).error().kind == ErrorKind::refused);
    CHECK(bench.server.threads().empty());
  }
  SECTION("protocol 1, said") {
    setup.protocol = 1;
    CHECK(T3Bench(setup).executor().look().ok());
  }
  SECTION("too old") {
    setup.version = "0.0.31";
    CHECK(T3Bench(setup).executor().look().error().kind == ErrorKind::refused);
  }
  SECTION("a nightly of the next release") {
    setup.version = "0.0.46-nightly.20261001";
    CHECK(T3Bench(setup).executor().look().ok());
  }
  SECTION("an id that is none") {
    setup.environment = "../../etc";
    CHECK(T3Bench(setup).executor().look().error().kind == ErrorKind::malformed);
  }
}

TEST_CASE("a token that is wrong, and one that may not do everything, say what to do", "[t3]") {
  FakeT3::Setup setup;
  SECTION("wrong") {
    setup.token = "another.token";
    const auto look = T3Bench(setup).executor().look();
    CHECK(look.error().kind == ErrorKind::unauthorized);
    CHECK(look.error().message.find("t3 auth session issue") != std::string::npos);
    CHECK(look.error().message.find("claims") == std::string::npos);
  }
  SECTION("may only read") {
    setup.scopes = {"orchestration:read"};
    T3Bench bench(setup);
    CHECK(bench.executor().look().ok());
    const auto started = bench.executor().start(bench.order(1));
    CHECK(started.error().kind == ErrorKind::forbidden);
    CHECK(started.error().message.find("orchestration:operate") != std::string::npos);
  }
}

TEST_CASE("another server at the same address is never written to", "[t3]") {
  T3Bench bench;
  FakeT3::Setup setup = bench.complete({});
  setup.environment = "somebody-else";
  FakeT3 other(setup);
  FakeT3Transport transport(bench.server, &other);
  T3Tick tick(transport, bench.digest);
  REQUIRE(tick.executor().look().ok());
  transport.judge = [](int, const http::Request&) { return T3Fate::wrong_server; };
  const Order order = bench.order(1);
  CHECK(tick.executor().start(order).error().kind == ErrorKind::conflict);
  CHECK(tick.executor().interrupt(T3Bench::attempt(order), Executor::Stop::conclude).error().kind ==
        ErrorKind::conflict);
  const std::vector<AttemptName> names{T3Bench::attempt(order)};
  CHECK(tick.executor().look()->identity.text == "somebody-else"); // for whoever compares
  CHECK(other.threads().empty());
}

TEST_CASE("what is no JSON is no T3 Code server", "[t3]") {
  T3Bench bench;
  adapter::T3Client client(bench.transport, {.url = http::parse_url("http://127.0.0.1:3773/elsewhere").value(),
                                             .token = Secret(std::string_view("claims.signature"))});
  CHECK(client.read({}).error().kind == ErrorKind::malformed);
}

TEST_CASE("two hundred runs in flight take two requests, and one more for each that tells too little", "[t3]") {
  T3Bench bench(idle_agents());
  std::vector<AttemptName> attempts;
  for (int run = 0; run < 200; ++run) {
    const Order order = bench.order(run);
    REQUIRE(bench.executor().start(order).ok());
    attempts.push_back(T3Bench::attempt(order));
    attempts.push_back({order.run, 1}); // a redispatch that never was
  }
  const int before = bench.transport.requests();
  const auto look = bench.executor().look();
  REQUIRE(look.ok());
  CHECK(look->live.size() == 200);
  CHECK(look->recent_starts.size() == 200);
  const auto views = bench.executor().observe(attempts);
  CHECK(std::ranges::count_if(views, [](const auto& view) { return view.ok() && view->has_value(); }) == 200);
  const int used = bench.transport.requests() - before;
  fmt::print("T3, 200 runs in flight: {} requests\n", used);
  CHECK(used <= 2);

  bench.server.finish(T3Bench::thread(bench.order(7)));
  const int again = bench.transport.requests();
  REQUIRE(bench.executor().look().ok());
  static_cast<void>(bench.executor().observe(attempts));
  CHECK(bench.transport.requests() - again == 3);
}

TEST_CASE("the thread's own page is the link to a run", "[t3]") {
  T3Bench bench;
  const Order order = bench.order(1);
  const std::string link = "http://127.0.0.1:3773/5c02a310-0000-4000-8000-000000000001/" + T3Bench::thread(order);
  CHECK(bench.executor().start(order)->reference == link);
  CHECK(bench.see(order)->reference == link);
}

TEST_CASE("a turn goes out only to a thread in which nothing lives", "[t3]") {
  T3Bench bench(idle_agents());
  REQUIRE(bench.executor().start(bench.order(1)).ok());
  CHECK(bench.executor().start(bench.order(1, TurnKind::fix)).error().kind == ErrorKind::conflict);
  CHECK(bench.server.steers() == 0);
}

TEST_CASE("a look that only reads changes nothing", "[t3]") {
  T3Bench bench;
  adapter::T3ExecutorSetup setup = t3_setup();
  setup.access = adapter::T3ExecutorSetup::Access::read_only;
  T3Tick tick(bench.transport, bench.digest, setup);
  const Order order = bench.order(1);
  CHECK(tick.executor().look().ok());
  CHECK(tick.executor().start(order).error().kind == ErrorKind::refused);
  CHECK(tick.executor().interrupt(T3Bench::attempt(order), Executor::Stop::conclude).error().kind ==
        ErrorKind::refused);
  CHECK(bench.server.threads().empty());
}

TEST_CASE("files travel inside the text where no disk is shared", "[t3]") {
  std::string got;
  FakeT3::Setup setup;
  setup.agent = [&](FakeT3& server, const FakeT3::Turn& turn) {
    got = turn.text;
    server.finish(turn.thread);
  };
  T3Bench bench(setup);
  Order order = bench.order(1);
  order.files = {{"ISSUE.md", "# A title\n\nThe text of issue 4712.\n"}};
  REQUIRE(bench.executor().start(order).ok());
  CHECK(got.find("Do the work.") != std::string::npos);
  CHECK(got.find("issue 4712") != std::string::npos);
  CHECK(got.find("afk-report") != std::string::npos);
}

TEST_CASE("a conversation that is too long is read by its newest turn", "[t3]") {
  T3Bench bench(idle_agents());
  const Order first = bench.order(1);
  REQUIRE(bench.executor().start(first).ok());
  SECTION("where each of its turns can be read") {
    const std::string long_text(std::size_t{5} << 20, 'x');
    bench.server.say(T3Bench::thread(first), long_text);
    bench.server.finish(T3Bench::thread(first));
    bench.clock.advance(std::chrono::minutes(1));
    const Order fix = bench.order(1, TurnKind::fix);
    REQUIRE(bench.executor().start(fix).ok());
    bench.server.say(T3Bench::thread(fix), long_text);
    bench.server.finish(T3Bench::thread(fix));
    const auto view = bench.see(fix);
    REQUIRE(view);
    CHECK(view->turns.back().turn == fix.turn);
    CHECK(view->turns.back().outcome == TurnOutcome::succeeded);
  }
  SECTION("where that one is too long as well, only this run cannot be seen, and it can be concluded") {
    bench.server.say(T3Bench::thread(first), std::string(std::size_t{9} << 20, 'x'));
    bench.server.finish(T3Bench::thread(first));
    const Order other = bench.order(2);
    REQUIRE(bench.executor().start(other).ok());
    const std::vector<AttemptName> names{T3Bench::attempt(first), T3Bench::attempt(other)};
    const auto views = bench.executor().observe(names);
    CHECK(views.front().error().kind == ErrorKind::too_large);
    CHECK(views.back().ok());
    CHECK(bench.executor().start(bench.order(1, TurnKind::fix)).error().kind == ErrorKind::too_large);
    REQUIRE(bench.executor().interrupt(T3Bench::attempt(first), Executor::Stop::conclude).ok());
    CHECK(bench.server.is_archived(T3Bench::thread(first)));
  }
}
