// Whatever happens to any one exchange with the server: every turn starts at most once, no two agents live, and clean
// ticks bring the run to where it would have been.

#include <contract/t3/t3_bench.hpp>

#include <support/catch.hpp>
#include <support/loop_world.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

using namespace afk;
using namespace afk::test;

namespace {

constexpr Duration between_ticks = std::chrono::minutes(4); // past the grace of a start

// Where the commits of agents at a server are: names, as in FakeExecutor.
class T3Landing final : public Landing {
 public:
  void commit(const std::string& thread) { heads_[thread] = "commit-" + std::to_string(++last_commit_); }

  [[nodiscard]] const std::vector<std::string>& base() const { return base_; }

  std::vector<Result<WorkEvidence>> inspect(std::span<const WorkQuery> queries) override {
    std::vector<Result<WorkEvidence>> answers;
    for (const WorkQuery& query : queries) {
      WorkEvidence work;
      work.base_branch = "main";
      work.base_head = base_.back();
      const auto head = heads_.find(derive_attempt_name(query.run, query.redispatch));
      if (head != heads_.end()) {
        const bool landed = std::ranges::find(base_, head->second) != base_.end();
        work.run_head = work.candidate_head = head->second;
        work.commits = work.unpublished = landed ? 0 : 1;
        work.changed_paths = {"greeting.txt"};
        if (landed) {
          work.published.state = PublishedState::on_base;
          work.published.head = work.published.landed = head->second;
        }
      }
      answers.emplace_back(work);
    }
    return answers;
  }

  Result<std::string> fetch_base_head(const RepositoryName&) override { return base_.back(); }

  std::vector<Result<Descent>> compare(std::span<const DescentQuery> queries) override {
    return std::vector<Result<Descent>>(queries.size(), Descent::yes);
  }

  Result<void> keep_candidate(const WorkQuery&, const WorkEvidence&) override { return {}; }

  Result<void> push(const WorkQuery&, const WorkEvidence& work) override {
    if (std::ranges::find(base_, work.candidate_head) == base_.end())
      base_.push_back(work.candidate_head);
    return {};
  }

 private:
  std::map<std::string, std::string> heads_;
  std::vector<std::string> base_{"begin"};
  int last_commit_ = 0;
};

// The story: the first turn commits and ends in an error, a second one finishes the work, which lands.
struct MatrixWorld {
  MatrixWorld() : server(setup("the-server")), other(setup("another-server")), transport(server, &other) {
    loop.config.checks.commands.clear();
    loop.config.checks.mode = CheckSettings::Mode::none;
    issue = loop.arm(1);
  }

  FakeT3::Setup setup(const std::string& environment) {
    FakeT3::Setup setup;
    setup.environment = environment;
    setup.now = [this] { return loop.clock.now(); };
    setup.agent = [this](FakeT3& at, const FakeT3::Turn& turn) {
      landing.commit(turn.thread);
      if (turn.message.find(":finish-") == std::string::npos)
        at.fail(turn.thread, "the model gave up");
      else
        at.finish(turn.thread);
    };
    return setup;
  }

  // A poll and a watch, each a program of its own.
  void round() {
    for (const bool polls : {true, false}) {
      T3Tick tick(transport, digest);
      loop::TickContext context = loop.context();
      context.executors = {{"local", &tick.executor()}};
      context.landings = {{"local", &landing}};
      loop.gate.start_tick();
      static_cast<void>(polls ? loop::poll_tick(context) : loop::watch_tick(context));
      transport.deliver_delayed();
      loop.clock.advance(between_ticks);
    }
  }

  [[nodiscard]] bool is_over() const {
    return loop.tracker.look(issue).state == IssueState::closed &&
           !loop.tracker.has(issue, loop.config.labels.in_progress) && server.live_threads().empty();
  }

  // Rounds until the story is over; 0 when it never is.
  int play(int most_rounds) {
    for (int round_number = 1; round_number <= most_rounds; ++round_number) {
      round();
      if (is_over())
        return round_number;
    }
    return 0;
  }

  Digest digest = adapter::make_digest();
  LoopWorld loop;
  T3Landing landing;
  FakeT3 server;
  FakeT3 other;
  FakeT3Transport transport;
  IssueRef issue;
};

struct NamedFate {
  std::string_view name;
  T3Fate fate;
};

constexpr std::array fates{
    NamedFate{"server killed before it is applied", T3Fate::killed_before},
    NamedFate{"server killed after it is applied", T3Fate::killed_after},
    NamedFate{"response lost", T3Fate::answer_lost},
    NamedFate{"delayed past the timeout", T3Fate::delayed},
    NamedFate{"wrong server answers", T3Fate::wrong_server},
    NamedFate{"no answer, nothing done", T3Fate::hangs},
};

// Over-starts of a message, more than one thread that lives, a message that reached a turn which was running.
void check_one_agent(const MatrixWorld& world) {
  for (const std::string& thread : world.server.threads())
    for (const std::string& message : world.server.messages(thread))
      CHECK(world.server.starts(message) <= 1);
  CHECK(world.server.steers() == 0);
  CHECK(world.other.all_starts() == 0);
}

} // namespace

TEST_CASE("every exchange of a run's polls and watches may fail in every way", "[t3][matrix]") {
  MatrixWorld clean;
  const int rounds = clean.play(12);
  REQUIRE(rounds > 0);
  const int exchanges = clean.transport.requests();
  const int starts = clean.server.all_starts();
  REQUIRE(starts == 2);
  REQUIRE(clean.landing.base().size() == 2);

  int cases = 0;
  std::map<int, int> extra_rounds;
  for (const NamedFate& row : fates) {
    int converged = 0;
    for (int exchange = 1; exchange <= exchanges; ++exchange) {
      CAPTURE(row.name, exchange);
      MatrixWorld world;
      world.transport.judge = [&](int number, const http::Request&) {
        return number == exchange ? row.fate : T3Fate::works;
      };
      // A tick is a poll or a watch; a round has one of each, so that two clean ticks of the kind that failed are two.
      const int played = world.play(rounds + 2);
      CHECK(played > 0);
      check_one_agent(world);
      CHECK(world.server.all_starts() == starts);
      CHECK(world.landing.base().size() == 2);
      CHECK(world.loop.tracker.look(world.issue).comments.size() == 1);
      ++cases;
      converged += played > 0 ? 1 : 0;
      ++extra_rounds[played - rounds];
    }
    fmt::print("T3 exchange matrix: {}: {} of {} exchanges converged\n", row.name, converged, exchanges);
  }
  for (const auto& [extra, count] : extra_rounds)
    fmt::print("T3 exchange matrix: {} more polls and watches than without a fault: {} cases\n", extra, count);
  fmt::print("T3 exchange matrix: {} exchanges of {} polls and watches, {} cases\n", exchanges, rounds, cases);
}

TEST_CASE("two exchanges in a row may fail in every way", "[t3][matrix]") {
  MatrixWorld clean;
  const int rounds = clean.play(12);
  REQUIRE(rounds > 0);
  const int exchanges = clean.transport.requests();
  int cases = 0;
  for (const NamedFate& one : fates)
    for (const NamedFate& two : fates)
      for (int exchange = 1; exchange < exchanges; ++exchange) {
        CAPTURE(one.name, two.name, exchange);
        MatrixWorld world;
        world.transport.judge = [&](int number, const http::Request&) {
          return number == exchange ? one.fate : number == exchange + 1 ? two.fate : T3Fate::works;
        };
        CHECK(world.play(rounds + 3) > 0);
        check_one_agent(world);
        ++cases;
      }
  fmt::print("T3 exchange matrix, two faults in a row: {} cases\n", cases);
}
