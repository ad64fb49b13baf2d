// What several issues do to each other: order, slots, caps and turns. What a single issue meets is held to
// tests/reference/policy.toml.

#include <afk/core/dispatch_policy.hpp>

#include <support/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace {

using namespace afk;

const Timestamp now{std::chrono::hours(1000)};

RepositoryName make_repository_name(const std::string& name) {
  return {.owner = "acme", .name = name};
}

// An issue that nothing stands in the way of.
Candidate make_candidate(const std::string& repository, std::int64_t number, std::vector<std::string> labels = {}) {
  Candidate candidate;
  candidate.issue = {.repository = make_repository_name(repository), .number = number};
  candidate.title = "An issue";
  candidate.labels = std::move(labels);
  candidate.labels.emplace_back("ready-for-agent");
  candidate.arming = ArmingInput{.id = {"1700000000:7:" + std::to_string(number)},
                                 .time = now - std::chrono::hours(1),
                                 .earlier = EarlierArming::none,
                                 .spent = ArmingSpent::no,
                                 .labeler = {.verdict = ActorVerdict::trusted, .reason = "may write"},
                                 .content = {.verdict = ContentVerdict::valid, .reason = "unchanged"},
                                 .run = {"afk-" + repository + std::to_string(number)},
                                 .card = CardKnowledge::none,
                                 .executor = ExecutorKnowledge::never_heard};
  candidate.agent = RoutedAgent{.name = "claude", .model = "", .reason = "the default"};
  return candidate;
}

RepositoryInput make_repository(const std::string& name, int slots, std::vector<Candidate> candidates) {
  RepositoryInput repository;
  repository.repository = make_repository_name(name);
  repository.allowlist = AllowlistVerdict::listed;
  repository.listing.state = ListState::State::complete;
  repository.slots = slots;
  repository.hours = HoursState::open;
  repository.base = BaseState::green;
  repository.candidates = std::move(candidates);
  return repository;
}

PolicyInput make_input(std::vector<RepositoryInput> repositories) {
  PolicyInput input;
  input.now = now;
  input.tick_deadline = std::chrono::seconds(90);
  input.kill_switch = KillSwitch::off;
  input.live_runs.state = ListState::State::complete;
  input.agents = {{.name = "claude", .max_concurrent = 100}, {.name = "codex", .max_concurrent = 100}};
  input.repositories = std::move(repositories);
  return input;
}

LiveRun make_live(const std::string& repository, std::int64_t number, LiveRun::Park park = LiveRun::Park::no) {
  return {.issue = {.repository = make_repository_name(repository), .number = number},
          .run = {"afk-live" + repository + std::to_string(number)},
          .agent = "codex",
          .park = park};
}

Candidate armed(Candidate candidate, std::chrono::minutes ago) {
  candidate.arming->time = now - ago;
  return candidate;
}

Candidate parked(Candidate candidate) {
  candidate.arming->card = CardKnowledge::parked;
  return candidate;
}

Candidate with_agent(Candidate candidate, const std::string& agent) {
  candidate.agent->name = agent;
  return candidate;
}

// "anvil#1 dispatch", in the order of the effects.
std::vector<std::string> list_chosen(const PolicyInput& input) {
  std::vector<std::string> chosen;
  for (const PlannedIssue& planned : derive_dispatch_plan(input).chosen) {
    std::string text = planned.issue.repository.name + "#" + std::to_string(planned.issue.number);
    if (planned.action != PollAction::dispatch) {
      text += " " + std::string(render_poll_action(planned.action));
    }
    chosen.push_back(std::move(text));
  }
  return chosen;
}

const IssueVerdict& find_verdict(const DispatchPlan& plan, const std::string& repository, std::int64_t number) {
  const auto found = std::find_if(plan.issues.begin(), plan.issues.end(), [&](const IssueVerdict& verdict) {
    return verdict.issue.repository.name == repository && verdict.issue.number == number;
  });
  REQUIRE(found != plan.issues.end());
  return *found;
}

std::string deciding_gate(const PolicyInput& input, const std::string& repository, std::int64_t number) {
  return find_verdict(derive_dispatch_plan(input), repository, number).gate;
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("the order is priority, arming time, number", "[core][policy]") {
  PolicyInput input = make_input({make_repository("anvil", 10,
                                                  {
                                                      make_candidate("anvil", 9, {"priority:90"}),
                                                      make_candidate("anvil", 7),
                                                      make_candidate("anvil", 3),
                                                      armed(make_candidate("anvil", 8), std::chrono::minutes(90)),
                                                      make_candidate("anvil", 5, {"Priority:10"}),
                                                      make_candidate("anvil", 4, {"priority:urgent"}),
                                                      make_candidate("anvil", 6, {"priority:80", "priority:20"}),
                                                  })});
  CHECK(list_chosen(input) == Names{"anvil#5", "anvil#6", "anvil#8", "anvil#3", "anvil#4", "anvil#7", "anvil#9"});

  input.repositories[0].default_priority = 5;
  CHECK(list_chosen(input) == Names{"anvil#8", "anvil#3", "anvil#4", "anvil#7", "anvil#5", "anvil#6", "anvil#9"});

  std::reverse(input.repositories[0].candidates.begin(), input.repositories[0].candidates.end());
  CHECK(list_chosen(input).front() == "anvil#8");
}

TEST_CASE("a slot is given to the first in order", "[core][policy]") {
  const PolicyInput input = make_input(
      {make_repository("anvil", 1, {make_candidate("anvil", 2), make_candidate("anvil", 1)}),
       make_repository("bellows", 2,
                       {make_candidate("bellows", 1), make_candidate("bellows", 2), make_candidate("bellows", 3)})});
  CHECK(list_chosen(input) == Names{"anvil#1", "bellows#1", "bellows#2"});

  const DispatchPlan plan = derive_dispatch_plan(input);
  const IssueVerdict& refused = find_verdict(plan, "anvil", 2);
  CHECK((refused.action == PollAction::skip));
  CHECK(refused.gate == "slots");
  CHECK(refused.reason == "the repository's slots are taken: 1 of 1");
  CHECK(refused.change == "a run of the repository ends, or raise slots_per_repository");
}

TEST_CASE("what counts as taking a slot", "[core][policy]") {
  struct Case {
    std::string name;
    void (*take)(PolicyInput&);
    int left; // of three slots
  };

  const auto each = GENERATE(values<Case>({
      {"nothing", [](PolicyInput&) {}, 3},
      {"an issue with the in-progress label",
       [](PolicyInput& input) { input.repositories[0].in_progress = {make_live("anvil", 50).issue}; }, 2},
      {"a live run whose issue has no label yet", [](PolicyInput& input) { input.live = {make_live("anvil", 50)}; }, 2},
      {"a live run whose issue has the label, once",
       [](PolicyInput& input) {
         input.repositories[0].in_progress = {make_live("anvil", 50).issue};
         input.live = {make_live("anvil", 50)};
       },
       2},
      {"a run and its redispatch, once",
       [](PolicyInput& input) { input.live = {make_live("anvil", 50), make_live("anvil", 50)}; }, 2},
      {"two runs", [](PolicyInput& input) { input.live = {make_live("anvil", 50), make_live("anvil", 51)}; }, 1},
      {"a parked run, not at all",
       [](PolicyInput& input) { input.live = {make_live("anvil", 50, LiveRun::Park::parked)}; }, 3},
      {"a run of another repository, not at all", [](PolicyInput& input) { input.live = {make_live("bellows", 50)}; },
       3},
      {"a run under another spelling of the repository",
       [](PolicyInput& input) { input.live = {make_live("Anvil", 50)}; }, 2},
  }));
  DYNAMIC_SECTION(each.name) {
    PolicyInput input = make_input({make_repository("anvil", 3,
                                                    {make_candidate("anvil", 1), make_candidate("anvil", 2),
                                                     make_candidate("anvil", 3), make_candidate("anvil", 4)})});
    each.take(input);
    CHECK(list_chosen(input).size() == static_cast<std::size_t>(each.left));
  }
}

TEST_CASE("repositories take turns where a cap that they share binds", "[core][policy]") {
  PolicyInput input = make_input({
      make_repository("anvil", 5,
                      {make_candidate("anvil", 1, {"priority:1"}), make_candidate("anvil", 2, {"priority:2"}),
                       make_candidate("anvil", 3, {"priority:3"})}),
      make_repository("bellows", 5, {make_candidate("bellows", 1), make_candidate("bellows", 2)}),
      make_repository("chisel", 5, {make_candidate("chisel", 1, {"priority:40"})}),
  });
  SECTION("no cap: by priority alone") {
    CHECK(list_chosen(input) == Names{"anvil#1", "anvil#2", "anvil#3", "chisel#1", "bellows#1", "bellows#2"});
  }
  SECTION("a cap with room for all of them: by priority alone") {
    input.caps.per_tick = 6;
    CHECK(list_chosen(input) == Names{"anvil#1", "anvil#2", "anvil#3", "chisel#1", "bellows#1", "bellows#2"});
  }
  SECTION("per tick") {
    input.caps.per_tick = 4;
    CHECK(list_chosen(input) == Names{"anvil#1", "chisel#1", "bellows#1", "anvil#2"});
    CHECK(deciding_gate(input, "anvil", 3) == "per-tick");
    CHECK(deciding_gate(input, "bellows", 2) == "per-tick");
  }
  SECTION("in flight, with what is there already") {
    input.caps.in_flight = 4;
    input.in_flight_elsewhere = 1;
    input.repositories[2].in_progress = {make_live("chisel", 9).issue};
    CHECK(list_chosen(input) == Names{"anvil#1", "chisel#1"});
    CHECK(deciding_gate(input, "bellows", 1) == "in-flight");
  }
  SECTION("per day") {
    input.caps.per_day = 10;
    input.dispatches_in_a_day = 8;
    CHECK(list_chosen(input) == Names{"anvil#1", "chisel#1"});
    CHECK(deciding_gate(input, "anvil", 2) == "per-day");
  }
  SECTION("an agent") {
    input.agents[0].max_concurrent = 2;
    CHECK(list_chosen(input) == Names{"anvil#1", "chisel#1"});
    CHECK(deciding_gate(input, "bellows", 2) == "agent-load");
  }
}

TEST_CASE("a cap of one repository binds there alone", "[core][policy]") {
  PolicyInput input = make_input({
      make_repository("anvil", 5, {make_candidate("anvil", 1), make_candidate("anvil", 2)}),
      make_repository("bellows", 5, {make_candidate("bellows", 1), make_candidate("bellows", 2)}),
  });
  DispatchCaps& caps = input.repositories[0].caps;
  const auto check_refusal = [&](const std::string& gate) {
    CHECK(list_chosen(input) == Names{"anvil#1", "bellows#1", "bellows#2"});
    const IssueVerdict verdict = find_verdict(derive_dispatch_plan(input), "anvil", 2);
    CHECK(verdict.gate == gate);
    CHECK(verdict.reason.find("in this repository") != std::string::npos);
  };
  SECTION("per tick") {
    caps.per_tick = 1;
    check_refusal("per-tick");
  }
  SECTION("per day") {
    caps.per_day = 4;
    input.repositories[0].dispatches_in_a_day = 3;
    check_refusal("per-day");
  }
  SECTION("in flight") {
    caps.in_flight = 2;
    input.live = {make_live("anvil", 50)};
    check_refusal("in-flight");
  }
}

TEST_CASE("an agent takes no more than it may", "[core][policy]") {
  PolicyInput input = make_input({
      make_repository("anvil", 5, {make_candidate("anvil", 1), with_agent(make_candidate("anvil", 2), "codex")}),
      make_repository("bellows", 5, {with_agent(make_candidate("bellows", 1), "codex")}),
  });
  SECTION("of what this tick chooses") {
    input.agents[1].max_concurrent = 1;
    CHECK(list_chosen(input) == Names{"anvil#1", "bellows#1"});
  }
  SECTION("of what lives already, anywhere") {
    input.agents[1].max_concurrent = 2;
    input.live = {make_live("chisel", 1)};
    CHECK(list_chosen(input) == Names{"anvil#1", "bellows#1"});
  }
  SECTION("parked runs apart") {
    input.agents[1].max_concurrent = 2;
    input.live = {make_live("chisel", 1, LiveRun::Park::parked)};
    CHECK(list_chosen(input) == Names{"anvil#1", "bellows#1", "anvil#2"});
  }
  SECTION("one whose capacity is not known takes nothing") {
    input.agents.pop_back();
    CHECK(list_chosen(input) == Names{"anvil#1"});
    CHECK(deciding_gate(input, "bellows", 1) == "agent-load");
  }
}

TEST_CASE("a parked run takes its slot again before anything new", "[core][policy]") {
  PolicyInput input = make_input({make_repository(
      "anvil", 1, {make_candidate("anvil", 1, {"priority:1"}), parked(make_candidate("anvil", 2, {"priority:90"}))})});
  SECTION("when a slot is free") {
    CHECK(list_chosen(input) == Names{"anvil#2 stamp-parked"});
    CHECK(deciding_gate(input, "anvil", 1) == "slots");
  }
  SECTION("whatever may be started") {
    input.caps = {.per_tick = 0, .in_flight = 4, .per_day = 0};
    input.agents.clear();
    input.repositories[0].hours = HoursState::closed;
    CHECK(list_chosen(input) == Names{"anvil#2 stamp-parked"});
  }
  SECTION("not without a slot") {
    input.live = {make_live("anvil", 50)};
    CHECK(list_chosen(input).empty());
    CHECK(deciding_gate(input, "anvil", 2) == "slots");
  }
  SECTION("not above the cap on runs in flight") {
    input.caps.in_flight = 3;
    input.in_flight_elsewhere = 3;
    CHECK(list_chosen(input).empty());
    CHECK(deciding_gate(input, "anvil", 2) == "in-flight");
  }
}

TEST_CASE("what a crash or a person left behind is put right first, whatever the caps say", "[core][policy]") {
  Candidate adopted = make_candidate("anvil", 5, {"priority:99"});
  adopted.arming->executor = ExecutorKnowledge::knows_run;
  Candidate stopped = make_candidate("bellows", 6);
  stopped.arming->card = CardKnowledge::running;
  stopped.arming->spent = ArmingSpent::yes;
  PolicyInput input = make_input({
      make_repository("anvil", 1, {make_candidate("anvil", 1), adopted}),
      make_repository("bellows", 1, {make_candidate("bellows", 1), stopped}),
  });
  SECTION("and a run that is stamped holds its slot, live or not") {
    CHECK(list_chosen(input) == Names{"bellows#6 stand-down", "anvil#5 stamp-new", "bellows#1"});
    input.live = {{.issue = adopted.issue, .run = adopted.arming->run, .agent = "claude"}};
    CHECK(list_chosen(input) == Names{"bellows#6 stand-down", "anvil#5 stamp-new", "bellows#1"});
  }
  SECTION("and it is counted once") {
    input.repositories[0].slots = 2;
    CHECK(list_chosen(input) == Names{"bellows#6 stand-down", "anvil#5 stamp-new", "anvil#1", "bellows#1"});
    input.live = {{.issue = adopted.issue, .run = adopted.arming->run, .agent = "claude"}};
    CHECK(list_chosen(input) == Names{"bellows#6 stand-down", "anvil#5 stamp-new", "anvil#1", "bellows#1"});
  }
  SECTION("and no cap stands in its way") {
    input.caps = {.per_tick = 0, .in_flight = 0, .per_day = 0};
    CHECK(list_chosen(input) == Names{"bellows#6 stand-down", "anvil#5 stamp-new"});
  }
}

TEST_CASE("trouble in one repository stays there", "[core][policy]") {
  PolicyInput input = make_input({make_repository("anvil", 1, {make_candidate("anvil", 1)}),
                                  make_repository("bellows", 1, {make_candidate("bellows", 1)})});
  SECTION("a list that was cut short") {
    input.repositories[0].listing.state = ListState::State::truncated;
    CHECK(list_chosen(input) == Names{"bellows#1"});
  }
  SECTION("a red base") {
    input.repositories[0].base = BaseState::red;
    CHECK(list_chosen(input) == Names{"bellows#1"});
  }
  SECTION("an allowlist that does not name it") {
    input.repositories[0].allowlist = AllowlistVerdict::not_listed;
    CHECK(list_chosen(input) == Names{"bellows#1"});
  }
  SECTION("executors that can not be asked stop both") {
    input.live_runs = {.state = ListState::State::failed, .problem = "connection refused"};
    CHECK(list_chosen(input).empty());
    const IssueVerdict verdict = find_verdict(derive_dispatch_plan(input), "bellows", 1);
    CHECK(verdict.reason ==
          "the list of live runs could not be read, so that every slot counts as taken: connection refused");
  }
}

TEST_CASE("every issue carries every gate's word, and what would change it", "[core][policy]") {
  Candidate blocked = make_candidate("anvil", 2, {"paused"});
  blocked.blockers = {{.issue = {.repository = make_repository_name("bellows"), .number = 4},
                       .state = BlockerState::closed_not_planned},
                      {.issue = make_candidate("anvil", 1).issue, .state = BlockerState::open}};
  blocked.open_pull_request = "https://forge.example/14\x1b[2Jx";
  const DispatchPlan plan =
      derive_dispatch_plan(make_input({make_repository("anvil", 1, {make_candidate("anvil", 1), blocked})}));
  const IssueVerdict& chosen = find_verdict(plan, "anvil", 1);
  const IssueVerdict& refused = find_verdict(plan, "anvil", 2);
  REQUIRE(chosen.gates.size() == 32);
  REQUIRE(refused.gates.size() == 32);
  std::set<std::string> failing;
  for (std::size_t gate = 0; gate < chosen.gates.size(); ++gate) {
    CHECK(chosen.gates[gate].name == refused.gates[gate].name);
    CHECK((chosen.gates[gate].state == GateState::pass));
    if (refused.gates[gate].state == GateState::fail) {
      failing.insert(refused.gates[gate].name + ": " + refused.gates[gate].reason + " -> " +
                     refused.gates[gate].change);
    }
  }
  CHECK(chosen.gate.empty());
  CHECK(refused.gate == "paused");
  CHECK(failing == std::set<std::string>{
                       "paused: the label paused is on -> take paused off",
                       "blockers: blocked: acme/bellows#4 was closed without being done, acme/anvil#1 is open -> "
                       "a person takes out what it can not wait for",
                       "pull-request: a pull request for the issue is open: https://forge.example/14x -> "
                       "merge or close it",
                       "slots: the repository's slots are taken: 1 of 1 -> a run of the repository ends, or raise "
                       "slots_per_repository",
                   });
}

TEST_CASE("an issue in flight does not stand in its own way", "[core][policy]") {
  PolicyInput input = make_input({make_repository("anvil", 1, {make_candidate("anvil", 1, {"agent-in-progress"})})});
  input.repositories[0].in_progress = {make_candidate("anvil", 1).issue};
  const DispatchPlan plan = derive_dispatch_plan(input);
  CHECK(plan.chosen.empty());
  for (const GateVerdict& gate : plan.issues[0].gates) {
    INFO(gate.name);
    CHECK((gate.state == (gate.name == "in-progress" ? GateState::fail : GateState::pass)));
  }
}

TEST_CASE("an input that nobody filled in starts nothing", "[core][policy]") {
  CHECK(derive_dispatch_plan(PolicyInput{}).chosen.empty());
  PolicyInput input;
  input.repositories.emplace_back();
  input.repositories[0].candidates.emplace_back();
  input.repositories[0].candidates[0].arming = ArmingInput{};
  input.repositories[0].candidates[0].agent = RoutedAgent{};
  const DispatchPlan plan = derive_dispatch_plan(input);
  CHECK(plan.chosen.empty());
  std::set<std::string> failing;
  for (const GateVerdict& gate : plan.issues[0].gates) {
    if (gate.state == GateState::fail) {
      failing.insert(gate.name);
    }
  }
  CHECK(failing == std::set<std::string>{"kill-switch", "allowlist", "card", "trust", "content", "hours", "base",
                                         "executor", "listing", "live-runs", "agent-load"});
}

namespace {

// A world with random issues, runs and caps; every gate that is not about room is open or closed by a coin.
PolicyInput make_random_input(std::mt19937& random) {
  const auto roll = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most + 1)); };
  const auto cap = [&](int most) { return roll(2) == 0 ? std::nullopt : std::optional<int>(roll(most)); };
  PolicyInput input = make_input({});
  for (const char* name : {"anvil", "bellows", "chisel"}) {
    std::vector<Candidate> candidates;
    for (int number = roll(5); number > 0; --number) {
      Candidate candidate = make_candidate(name, number, {"priority:" + std::to_string(roll(3))});
      candidate.arming->card = roll(4) == 0 ? CardKnowledge::parked : CardKnowledge::none;
      candidate.agent->name = roll(1) == 0 ? "claude" : "codex";
      if (roll(4) == 0) {
        candidate.labels.emplace_back("paused");
      }
      candidates.push_back(std::move(candidate));
    }
    RepositoryInput repository = make_repository(name, roll(3), std::move(candidates));
    repository.caps = {.per_tick = cap(3), .in_flight = cap(3), .per_day = cap(3)};
    repository.dispatches_in_a_day = roll(2);
    for (int number = roll(2); number > 0; --number) {
      input.live.push_back(make_live(name, 100 + number, roll(1) == 0 ? LiveRun::Park::no : LiveRun::Park::parked));
    }
    input.repositories.push_back(std::move(repository));
  }
  input.caps = {.per_tick = cap(5), .in_flight = cap(8), .per_day = cap(5)};
  input.dispatches_in_a_day = roll(2);
  input.agents[0].max_concurrent = roll(3);
  input.agents[1].max_concurrent = roll(3);
  return input;
}

struct Totals {
  std::map<std::string, int> runs;       // by repository, "" for all
  std::map<std::string, int> dispatches; // the same
  std::map<std::string, int> agents;
};

Totals add_up(const PolicyInput& input, const DispatchPlan& plan) {
  Totals totals;
  for (const LiveRun& live : input.live) {
    if (live.park == LiveRun::Park::no) {
      ++totals.runs[""];
      ++totals.runs[live.issue.repository.name];
      ++totals.agents[live.agent];
    }
  }
  for (const PlannedIssue& planned : plan.chosen) {
    ++totals.runs[""];
    ++totals.runs[planned.issue.repository.name];
    if (planned.action == PollAction::dispatch) {
      ++totals.dispatches[""];
      ++totals.dispatches[planned.issue.repository.name];
      ++totals.agents[planned.agent->name];
    }
  }
  return totals;
}

int count_in(const std::map<std::string, int>& counts, const std::string& name) {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

// Whether so much is more than the tick may have brought about: what was there before it is nobody's fault.
bool exceeds(int total, std::optional<int> limit, int added) {
  return limit && added > 0 && total > *limit;
}

bool is_within_caps(const PolicyInput& input, const DispatchPlan& plan) {
  const Totals before = add_up(input, {});
  const Totals after = add_up(input, plan);
  const auto runs_within = [&](const std::string& name, std::optional<int> limit) {
    const int runs = count_in(after.runs, name);
    return !exceeds(runs, limit, runs - count_in(before.runs, name));
  };
  const auto caps_within = [&](const std::string& name, const DispatchCaps& caps, int in_a_day) {
    const int started = count_in(after.dispatches, name);
    return runs_within(name, caps.in_flight) && !exceeds(started, caps.per_tick, started) &&
           !exceeds(started + in_a_day, caps.per_day, started);
  };
  const bool repositories_within =
      std::all_of(input.repositories.begin(), input.repositories.end(), [&](const RepositoryInput& repository) {
        const std::string& name = repository.repository.name;
        return runs_within(name, repository.slots) &&
               caps_within(name, repository.caps, repository.dispatches_in_a_day);
      });
  const bool agents_within = std::all_of(input.agents.begin(), input.agents.end(), [&](const AgentCapacity& agent) {
    const int runs = count_in(after.agents, agent.name);
    return !exceeds(runs, agent.max_concurrent, runs - count_in(before.agents, agent.name));
  });
  return caps_within("", input.caps, input.dispatches_in_a_day) && repositories_within && agents_within;
}

// The plan with an issue in it that it refused.
DispatchPlan force(const PolicyInput& input, DispatchPlan plan, const IssueRef& issue) {
  for (const RepositoryInput& repository : input.repositories) {
    for (const Candidate& candidate : repository.candidates) {
      if (candidate.issue == issue) {
        const bool resumes = candidate.arming->card == CardKnowledge::parked;
        plan.chosen.push_back({.issue = candidate.issue,
                               .run = candidate.arming->run,
                               .action = resumes ? PollAction::stamp_parked : PollAction::dispatch,
                               .agent = candidate.agent});
      }
    }
  }
  return plan;
}

} // namespace

TEST_CASE("no slot and no cap is ever exceeded, and nothing is left free that somebody could use", "[core][policy]") {
  std::mt19937 random(20240607); // NOLINT: the same worlds in every run
  const std::set<std::string> room = {"slots", "in-flight", "agent-load", "per-day", "per-tick"};
  std::size_t chosen = 0;
  std::size_t refused = 0;
  for (int world = 0; world < 3000; ++world) {
    const PolicyInput input = make_random_input(random);
    const DispatchPlan plan = derive_dispatch_plan(input);
    INFO("world " << world);
    REQUIRE(is_within_caps(input, plan));
    chosen += plan.chosen.size();
    for (const IssueVerdict& verdict : plan.issues) {
      if (room.contains(verdict.gate)) {
        ++refused;
        REQUIRE_FALSE(is_within_caps(input, force(input, plan, verdict.issue)));
      }
    }
  }
  CHECK(chosen > 1000);
  CHECK(refused > 1000);
}
