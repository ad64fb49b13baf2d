#include <contract/forge/forge_contract.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace afk::test {

namespace {

using App = FakeGithub::NewCheck::App;
using Start = FakeGithub::NewCheck::Start;

const CheckResult* find(const HeadChecks& checks, std::string_view name) {
  const auto found = std::ranges::find(checks.results, name, &CheckResult::name);
  return found == checks.results.end() ? nullptr : &*found;
}

void no_checks(ForgeWorld& world, ContractRun& run) {
  const HeadChecks checks = world.look_at_checks(run, world.base);
  run.expect(checks.head == world.base && checks.results.empty() && checks.required_by_forge.empty(), "nothing");
}

ForgeCase conclusion_case(std::string_view conclusion, CheckState expected) {
  return {"checks", fmt::format("a check run that is completed as {}", conclusion),
          [conclusion, expected](ForgeWorld& world, ContractRun& run) {
            world.github.add_check(work_home, world.base, {.name = "build", .conclusion = std::string(conclusion)});
            const HeadChecks checks = world.look_at_checks(run, world.base);
            run.require(checks.results.size() == 1, "one result");
            run.expect(checks.results.front().name == "build" && checks.results.front().state == expected,
                       "its name and state");
            run.expect(checks.results.front().source == CheckResult::Source::check_run, "what it is");
          }};
}

ForgeCase progress_case(std::string_view status) {
  return {"checks", fmt::format("a check run that is {}", status), [status](ForgeWorld& world, ContractRun& run) {
            world.github.add_check(work_home, world.base, {.name = "build", .status = std::string(status)});
            const HeadChecks checks = world.look_at_checks(run, world.base);
            run.require(checks.results.size() == 1, "one result");
            run.expect(checks.results.front().state == CheckState::pending, "that it is pending");
          }};
}

ForgeCase status_case(std::string_view state, CheckState expected) {
  return {"checks", fmt::format("a commit status that is {}", state),
          [state, expected](ForgeWorld& world, ContractRun& run) {
            world.github.add_status(work_home, world.base, "ci/old", state);
            const HeadChecks checks = world.look_at_checks(run, world.base);
            run.require(checks.results.size() == 1, "one result");
            const CheckResult& result = checks.results.front();
            run.expect(result.name == "ci/old" && result.state == expected, "its name and state");
            run.expect(result.source == CheckResult::Source::commit_status, "what it is");
            run.expect(result.rerun == CheckResult::Rerun::not_possible, "that nobody can run it again");
          }};
}

void both_kinds_together(ForgeWorld& world, ContractRun& run) {
  world.github.add_check(work_home, world.base, {.name = "build"});
  world.github.add_check(work_home, world.base, {.name = "scan", .app = App::other});
  world.github.add_status(work_home, world.base, "ci/old", "success");
  const HeadChecks checks = world.look_at_checks(run, world.base);
  run.expect(checks.results.size() == 3, "all three");
  run.expect(find(checks, "build") != nullptr && find(checks, "scan") != nullptr && find(checks, "ci/old") != nullptr,
             "each by its name");
}

void newest_counts(ForgeWorld& world, ContractRun& run) {
  world.github.add_check(work_home, world.base, {.name = "build", .conclusion = "failure"});
  world.github.add_status(work_home, world.base, "ci/old", "failure");
  world.clock.advance(std::chrono::seconds(5));
  world.github.add_check(work_home, world.base, {.name = "build", .conclusion = "success"});
  world.github.add_status(work_home, world.base, "ci/old", "success");
  const HeadChecks checks = world.look_at_checks(run, world.base);
  run.require(checks.results.size() == 2, "one of each name");
  run.expect(
      std::ranges::all_of(checks.results, [](const CheckResult& one) { return one.state == CheckState::passed; }),
      "the newer ones");
}

// The states of all results of one name.
std::multiset<CheckState> states_of(const HeadChecks& checks, std::string_view name) {
  std::multiset<CheckState> states;
  for (const CheckResult& result : checks.results) {
    if (result.name == name) {
      states.insert(result.state);
    }
  }
  return states;
}

void workflows_are_told_apart(ForgeWorld& world, ContractRun& run) {
  world.github.add_check(work_home, world.base, {.name = "build", .conclusion = "failure", .workflow = "ci"});
  world.clock.advance(std::chrono::seconds(5));
  world.github.add_check(work_home, world.base, {.name = "build", .conclusion = "success", .workflow = "release"});
  const HeadChecks checks = world.look_at_checks(run, world.base);
  run.expect(states_of(checks, "build") == std::multiset{CheckState::passed, CheckState::failed},
             "a job of that name from each workflow");
}

void not_begun_is_not_old(ForgeWorld& world, ContractRun& run) {
  world.github.add_check(work_home, world.base, {.name = "build", .conclusion = "success", .workflow = "ci"});
  world.clock.advance(std::chrono::seconds(5));
  world.github.add_check(work_home, world.base,
                         {.name = "build", .status = "queued", .workflow = "ci", .start = Start::not_yet});
  const HeadChecks checks = world.look_at_checks(run, world.base);
  run.expect(states_of(checks, "build") == std::multiset{CheckState::pending}, "the one that is queued");
}

void heads_are_told_apart(ForgeWorld& world, ContractRun& run) {
  const std::string head = world.push(work_branch, world.base);
  world.github.add_check(work_home, head, {.name = "build", .conclusion = "failure"});
  world.github.add_check(work_home, world.base, {.name = "build"});
  const std::vector<CheckQuery> queries{world.check_query(head), world.check_query(world.base)};
  const auto answers = world.checks().inspect(queries);
  run.require(answers.size() == 2, "two answers");
  run.require_ok(answers[0]);
  run.require_ok(answers[1]);
  run.expect(answers[0]->results.front().state == CheckState::failed, "the head");
  run.expect(answers[1]->results.front().state == CheckState::passed, "the base");
}

void more_than_a_page(ForgeWorld& world, ContractRun& run) {
  for (int count = 0; count < 105; ++count) {
    world.github.add_check(work_home, world.base, {.name = fmt::format("job {:03}", count)});
  }
  world.clock.advance(std::chrono::seconds(1));
  world.github.add_check(work_home, world.base, {.name = "zzz", .conclusion = "failure"});
  const HeadChecks checks = world.look_at_checks(run, world.base);
  run.expect(checks.results.size() == 106, "every check");
  const CheckResult* const last = find(checks, "zzz");
  run.expect(last != nullptr && last->state == CheckState::failed, "the last of them");
}

void required_by_the_forge(ForgeWorld& world, ContractRun& run) {
  world.github.add_check(work_home, world.base, {.name = "build"});
  world.github.change([](github::State& state) {
    github::find_repository(state, "acme", "widgets")->protections["main"].required_checks = {"build", "deploy"};
  });
  const HeadChecks checks = world.look_at_checks(run, world.base);
  run.expect(checks.required_by_forge == std::vector<std::string>{"build", "deploy"}, "what the protection names");
}

void rerun_makes_a_new_one(ForgeWorld& world, ContractRun& run) {
  world.github.add_check(work_home, world.base, {.name = "build", .conclusion = "failure"});
  world.github.add_check(work_home, world.base, {.name = "lint"});
  const HeadChecks before = world.look_at_checks(run, world.base);
  const CheckResult* const build = find(before, "build");
  run.require(build != nullptr && build->rerun == CheckResult::Rerun::possible, "that it can be run again");
  run.require_ok(world.checks().rerun_failed(world.check_query(world.base), std::span(build, 1)));
  const HeadChecks after = world.look_at_checks(run, world.base);
  const CheckResult* const again = find(after, "build");
  run.require(again != nullptr && after.results.size() == 2, "still one of each name");
  run.expect(again->state == CheckState::pending, "that it is pending");
  run.expect(find(after, "lint")->state == CheckState::passed, "the other as it was");
}

void others_are_not_run_again(ForgeWorld& world, ContractRun& run) {
  world.github.add_status(work_home, world.base, "ci/old", "failure");
  const HeadChecks checks = world.look_at_checks(run, world.base);
  run.expect_error(world.checks().rerun_failed(world.check_query(world.base), checks.results), ErrorKind::refused);
}

std::string excerpt(ForgeWorld& world, ContractRun& run, std::size_t limit) {
  const HeadChecks checks = world.look_at_checks(run, world.base);
  auto text = world.checks().fetch_failure_excerpt(world.check_query(world.base), checks.results, limit);
  run.require_ok(text);
  return text.value();
}

void log_of_a_failure(ForgeWorld& world, ContractRun& run) {
  world.github.add_check(work_home, world.base,
                         {.name = "build", .conclusion = "failure", .log = "compiling\nerror: it broke\n"});
  run.expect(excerpt(world, run, 4000).find("error: it broke") != std::string::npos, "what it said");
}

void log_is_bounded(ForgeWorld& world, ContractRun& run) {
  world.github.add_check(
      work_home, world.base,
      {.name = "build", .conclusion = "failure", .log = "beginning" + std::string(100'000, 'x') + "error: the end\n"});
  const std::string text = excerpt(world, run, 2000);
  run.expect(text.size() <= 2000, "no more than was asked for");
  run.expect(text.find("error: the end") != std::string::npos, "the end");
  run.expect(text.find("beginning") == std::string::npos, "not the beginning");
}

void log_sees_no_credential(ForgeWorld& world, ContractRun& run) {
  // The fake's storage refuses whoever brings a credential.
  world.github.add_check(work_home, world.base, {.name = "build", .conclusion = "failure", .log = "fetched"});
  run.expect(excerpt(world, run, 4000).find("fetched") != std::string::npos, "the log");
}

void unreachable_is_no_verdict(ForgeWorld& world, ContractRun& run) {
  world.github.add_check(work_home, world.base, {.name = "build"});
  world.github.inject({.fault = FakeFault::server_error, .times = 100});
  const auto asked = world.check_query(world.base);
  const auto answers = world.checks().inspect(std::span(&asked, 1));
  run.expect_error(answers.front(), ErrorKind::unreachable);
}

void limits_are_named(ForgeWorld& world, ContractRun& run) {
  world.github.inject({.fault = FakeFault::secondary_403, .times = 100});
  const auto asked = world.check_query(world.base);
  const auto answers = world.checks().inspect(std::span(&asked, 1));
  run.expect_error(answers.front(), ErrorKind::rate_limited);
}

} // namespace

std::vector<ForgeCase> check_cases() {
  constexpr std::string_view group = "checks";
  return {
      {group, "a commit without any has an empty list", no_checks},
      conclusion_case("success", CheckState::passed),
      conclusion_case("neutral", CheckState::passed),
      conclusion_case("skipped", CheckState::passed),
      conclusion_case("failure", CheckState::failed),
      conclusion_case("timed_out", CheckState::failed),
      conclusion_case("cancelled", CheckState::failed),
      conclusion_case("action_required", CheckState::pending),
      progress_case("queued"),
      progress_case("in_progress"),
      progress_case("waiting"),
      status_case("success", CheckState::passed),
      status_case("failure", CheckState::failed),
      status_case("error", CheckState::failed),
      status_case("pending", CheckState::pending),
      {group, "check runs and statuses come together", both_kinds_together},
      {group, "the newest of a name counts", newest_counts},
      {group, "jobs of one name in two workflows both count", workflows_are_told_apart},
      {group, "a job that has not begun is newer than one that has", not_begun_is_not_old},
      {group, "heads are told apart", heads_are_told_apart},
      {group, "more than fit on a page are all there", more_than_a_page},
      {group, "what the base's protection asks for is named", required_by_the_forge},
      {group, "a failed job is run again, the others stay", rerun_makes_a_new_one},
      {group, "what nobody can run again is refused", others_are_not_run_again},
      {group, "the log of a failed job is fetched", log_of_a_failure},
      {group, "a long log is cut to its end", log_is_bounded},
      {group, "the storage of logs sees no credential", log_sees_no_credential},
      {group, "what cannot be reached is no verdict", unreachable_is_no_verdict},
      {group, "a limit is named as one", limits_are_named},
  };
}

} // namespace afk::test
