#include <contract/tracker/tracker_contract.hpp>

#include <fmt/format.h>

namespace afk::test {

namespace {

void expect_blocker(TrackerWorld& world, ContractRun& run, const IssueRef& issue, const Blocker& expected) {
  const auto blockers = fetch(world, run, issue).blockers;
  run.require(blockers.size() == 1, fmt::format("one blocker, not {}", blockers.size()));
  run.expect(blockers[0].issue == expected.issue, "which issue it is");
  run.expect(blockers[0].state == expected.state,
             fmt::format("its state, not {}", static_cast<int>(blockers[0].state)));
}

void dependency_is_open(TrackerWorld& world, ContractRun& run) {
  const IssueRef blocker = make_issue(world);
  const IssueRef issue = world.create_issue(home);
  world.add_dependency(issue, blocker);
  expect_blocker(world, run, issue, {.issue = blocker, .state = BlockerState::open});
  run.expect(fetch(world, run, blocker).blockers.empty(), "nothing at the blocker itself");
}

void dependency_is_closed(TrackerWorld& world, ContractRun& run) {
  const IssueRef blocker = make_issue(world);
  const IssueRef issue = world.create_issue(home);
  world.add_dependency(issue, blocker);
  world.close(blocker, IssueState::closed, "alice");
  expect_blocker(world, run, issue, {.issue = blocker, .state = BlockerState::closed});
}

void dependency_is_not_planned(TrackerWorld& world, ContractRun& run) {
  const IssueRef blocker = make_issue(world);
  const IssueRef issue = world.create_issue(home);
  world.add_dependency(issue, blocker);
  world.close(blocker, IssueState::closed_not_planned, "alice");
  expect_blocker(world, run, issue, {.issue = blocker, .state = BlockerState::closed_not_planned});
}

void dependency_follows_reopening(TrackerWorld& world, ContractRun& run) {
  const IssueRef blocker = make_issue(world);
  const IssueRef issue = world.create_issue(home);
  world.add_dependency(issue, blocker);
  world.close(blocker, IssueState::closed, "alice");
  world.reopen(blocker, "alice");
  expect_blocker(world, run, issue, {.issue = blocker, .state = BlockerState::open});
}

void line_in_the_text(TrackerWorld& world, ContractRun& run) {
  const IssueRef blocker = make_issue(world);
  const IssueRef issue = world.create_issue(home, {.body = fmt::format("Text.\n\nBlocked by #{}\n", blocker.number)});
  expect_blocker(world, run, issue, {.issue = blocker, .state = BlockerState::open});
}

void line_with_a_full_name(TrackerWorld& world, ContractRun& run) {
  world.create_repository(other);
  const IssueRef blocker = world.create_issue(other);
  make_issue(world);
  const IssueRef issue = world.create_issue(home, {.body = fmt::format("Blocked by {}\n", render_issue_ref(blocker))});
  expect_blocker(world, run, issue, {.issue = blocker, .state = BlockerState::open});
}

void missing_blocker(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world, {.body = "Blocked by #4711\n"});
  expect_blocker(world, run, issue, {.issue = {.repository = home, .number = 4711}, .state = BlockerState::missing});
}

void foreign_blocker(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world, {.body = "Blocked by nobody/nothing#3\n"});
  expect_blocker(
      world, run, issue,
      {.issue = {.repository = {.owner = "nobody", .name = "nothing"}, .number = 3}, .state = BlockerState::foreign});
}

void named_twice_is_one(TrackerWorld& world, ContractRun& run) {
  const IssueRef blocker = make_issue(world);
  const IssueRef issue =
      world.create_issue(home, {.body = fmt::format("Blocked by #{0}\nBlocked by acme/WIDGETS#{0}\n", blocker.number)});
  world.add_dependency(issue, blocker);
  expect_blocker(world, run, issue, {.issue = blocker, .state = BlockerState::open});
}

void several_blockers(TrackerWorld& world, ContractRun& run) {
  const IssueRef first = make_issue(world);
  const IssueRef second = world.create_issue(home);
  const IssueRef issue =
      world.create_issue(home, {.body = fmt::format("Blocked by #{}, #{}\n", first.number, second.number)});
  world.close(first, IssueState::closed, "alice");
  const auto blockers = fetch(world, run, issue).blockers;
  run.require(blockers.size() == 2, "two blockers");
  run.expect(blockers[0] == Blocker{.issue = first, .state = BlockerState::closed}, "the first");
  run.expect(blockers[1] == Blocker{.issue = second, .state = BlockerState::open}, "the second");
}

void two_that_wait_for_each_other(TrackerWorld& world, ContractRun& run) {
  const IssueRef first = make_issue(world);
  const IssueRef second = world.create_issue(home);
  world.add_dependency(first, second);
  world.add_dependency(second, first);
  expect_blocker(world, run, first, {.issue = second, .state = BlockerState::cyclic});
  expect_blocker(world, run, second, {.issue = first, .state = BlockerState::cyclic});
}

void three_in_a_circle(TrackerWorld& world, ContractRun& run) {
  const IssueRef first = make_issue(world);
  const IssueRef second = world.create_issue(home);
  const IssueRef third = world.create_issue(home, {.body = fmt::format("Blocked by #{}\n", first.number)});
  world.add_dependency(first, second);
  world.add_dependency(second, third);
  expect_blocker(world, run, first, {.issue = second, .state = BlockerState::cyclic});
  world.close(third, IssueState::closed, "alice");
  expect_blocker(world, run, first, {.issue = second, .state = BlockerState::open});
}

void one_that_waits_for_itself(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.change_body(issue, fmt::format("Blocked by #{}\n", issue.number), "alice");
  expect_blocker(world, run, issue, {.issue = issue, .state = BlockerState::cyclic});
}

void circle_elsewhere_is_not_ours(TrackerWorld& world, ContractRun& run) {
  const IssueRef first = make_issue(world);
  const IssueRef second = world.create_issue(home);
  const IssueRef issue = world.create_issue(home, {.body = fmt::format("Blocked by #{}\n", first.number)});
  world.add_dependency(first, second);
  world.add_dependency(second, first);
  expect_blocker(world, run, issue, {.issue = first, .state = BlockerState::open});
}

void quotes_code_and_negations(TrackerWorld& world, ContractRun& run) {
  const IssueRef blocker = make_issue(world);
  const IssueRef issue = world.create_issue(
      home, {.body = fmt::format("> Blocked by #{0}\n\n```\nBlocked by #{0}\n```\n\nThis is not blocked by #{0}.\n",
                                 blocker.number)});
  run.expect(fetch(world, run, issue).blockers.empty(), "no blocker");
}

void blocker_in_a_batch(TrackerWorld& world, ContractRun& run) {
  const IssueRef blocker = make_issue(world);
  std::vector<IssueRef> waiting;
  for (int count = 0; count < 5; ++count) {
    waiting.push_back(world.create_issue(home, {.body = fmt::format("Blocked by #{}\n", blocker.number)}));
  }
  const auto records = world.tracker().fetch_issues(waiting);
  run.require(records.size() == 5, "five records");
  for (const auto& record : records) {
    run.require_ok(record);
    run.expect(record->blockers == std::vector{Blocker{.issue = blocker, .state = BlockerState::open}}, "its blocker");
  }
}

} // namespace

std::vector<ContractCase> blocker_cases() {
  constexpr std::string_view group = "blockers";
  return {
      {group, "a dependency on an open issue", dependency_is_open},
      {group, "a dependency on a closed issue", dependency_is_closed},
      {group, "a dependency on an issue that was not planned", dependency_is_not_planned},
      {group, "a dependency on an issue that was reopened", dependency_follows_reopening},
      {group, "a line in the text", line_in_the_text},
      {group, "a line with the name of another repository", line_with_a_full_name},
      {group, "a blocker that is missing", missing_blocker},
      {group, "a blocker that the tracker does not have", foreign_blocker},
      {group, "a blocker named three times is one", named_twice_is_one},
      {group, "several blockers in the order named", several_blockers},
      {group, "two that wait for each other", two_that_wait_for_each_other},
      {group, "three in a circle, until one is closed", three_in_a_circle},
      {group, "one that waits for itself", one_that_waits_for_itself},
      {group, "a circle of others", circle_elsewhere_is_not_ours},
      {group, "quotes, code and negations name nothing", quotes_code_and_negations},
      {group, "blockers of a batch", blocker_in_a_batch},
  };
}

} // namespace afk::test
