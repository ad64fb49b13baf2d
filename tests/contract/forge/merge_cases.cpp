#include <contract/forge/forge_contract.hpp>

namespace afk::test {

namespace {

struct Ready {
  std::string head;
  PullRequestRef which;
};

Ready make_ready(ForgeWorld& world, ContractRun& run, NewPullRequest::Form form = NewPullRequest::Form::ready) {
  Ready ready{.head = world.push(work_branch, world.base), .which = {}};
  const auto opened = world.pull_requests().open(world.order(ready.head, form));
  run.require_ok(opened);
  ready.which = {.repository = work_home, .number = opened->number};
  return ready;
}

void merge_shows(ForgeWorld& world, ContractRun& run) {
  const Ready ready = make_ready(world, run);
  run.require_ok(world.pull_requests().merge({.pull_request = ready.which, .head = ready.head}));
  const auto found = world.look(run);
  run.require(found.has_value(), "a pull request");
  run.expect(found->state == PullRequestState::merged && found->merged_at.has_value(), "merged, and when");
  run.expect(found->head == ready.head, "its head");
  run.expect(found->merge_commit == world.git().branch("main").value(), "the commit that is on the base now");
}

void merged_twice_is_once(ForgeWorld& world, ContractRun& run) {
  const Ready ready = make_ready(world, run);
  const PinnedPullRequest order{.pull_request = ready.which, .head = ready.head};
  run.require_ok(world.pull_requests().merge(order));
  const std::string base = world.git().branch("main").value();
  run.require_ok(world.pull_requests().merge(order));
  run.expect(world.git().branch("main").value() == base, "one merge commit");
}

void other_head_is_a_conflict(ForgeWorld& world, ContractRun& run) {
  const Ready ready = make_ready(world, run);
  world.push(work_branch, ready.head, "sneaked in");
  run.expect_error(world.pull_requests().merge({.pull_request = ready.which, .head = ready.head}), ErrorKind::conflict);
  run.expect(world.git().branch("main").value() == world.base, "nothing merged");
}

void draft_is_refused(ForgeWorld& world, ContractRun& run) {
  const Ready ready = make_ready(world, run, NewPullRequest::Form::draft);
  run.expect_error(world.pull_requests().merge({.pull_request = ready.which, .head = ready.head}), ErrorKind::refused);
  run.expect(world.git().branch("main").value() == world.base, "nothing merged");
}

void conflicting_is_not_merged(ForgeWorld& world, ContractRun& run) {
  const Ready ready = make_ready(world, run);
  const std::string moved = world.push("main", world.base, "otherwise");
  run.expect(!world.pull_requests().merge({.pull_request = ready.which, .head = ready.head}).ok(), "an error");
  run.expect(world.git().branch("main").value() == moved, "nothing merged");
}

void missing_review_is_refused(ForgeWorld& world, ContractRun& run) {
  const Ready ready = make_ready(world, run);
  world.github.change([](github::State& state) {
    github::find_repository(state, "acme", "widgets")->protections["main"].required_reviews = 1;
  });
  run.expect_error(world.pull_requests().merge({.pull_request = ready.which, .head = ready.head}), ErrorKind::refused);
  world.github.review(work_home, ready.which.number, "APPROVED", "bob");
  run.require_ok(world.pull_requests().merge({.pull_request = ready.which, .head = ready.head}));
}

void merge_with_a_lost_answer(ForgeWorld& world, ContractRun& run) {
  const Ready ready = make_ready(world, run);
  world.github.inject({.fault = FakeFault::lost_after, .match = "/merge"});
  run.require_ok(world.pull_requests().merge({.pull_request = ready.which, .head = ready.head}));
  run.expect(world.look(run)->state == PullRequestState::merged, "merged");
}

void merge_that_never_arrived(ForgeWorld& world, ContractRun& run) {
  const Ready ready = make_ready(world, run);
  world.github.inject({.fault = FakeFault::lost_before, .match = "/merge"});
  run.expect_error(world.pull_requests().merge({.pull_request = ready.which, .head = ready.head}),
                   ErrorKind::unreachable);
  run.expect(world.git().branch("main").value() == world.base, "nothing merged");
}

void merge_closes_the_issue(ForgeWorld& world, ContractRun& run) {
  const Ready ready = make_ready(world, run);
  run.require_ok(world.pull_requests().merge({.pull_request = ready.which, .head = ready.head}));
  bool closed = false;
  world.github.change([&](github::State& state) {
    closed = !github::find_issue(state, *github::find_repository(state, "acme", "widgets"), 1)->open;
  });
  run.expect(closed, "the issue that its text says it closes");
}

void branch_is_deleted_at_its_head(ForgeWorld& world, ContractRun& run) {
  const std::string head = world.push(work_branch, world.base);
  const PullRequests::BranchAtHead order{.repository = work_home, .branch = work_branch, .head = head};
  run.require_ok(world.pull_requests().delete_branch(order));
  run.expect(!world.git().branch(work_branch).has_value(), "no branch");
  run.require_ok(world.pull_requests().delete_branch(order));
}

void moved_branch_stays(ForgeWorld& world, ContractRun& run) {
  const std::string head = world.push(work_branch, world.base);
  const std::string moved = world.push(work_branch, head, "more");
  run.expect_error(world.pull_requests().delete_branch({.repository = work_home, .branch = work_branch, .head = head}),
                   ErrorKind::conflict);
  run.expect(world.git().branch(work_branch) == moved, "the branch as it was");
}

} // namespace

std::vector<ForgeCase> merge_cases() {
  constexpr std::string_view group = "merges";
  return {
      {group, "a merge shows, with its commit", merge_shows},
      {group, "merging twice is merging once", merged_twice_is_once},
      {group, "another head than the verified one is a conflict", other_head_is_a_conflict},
      {group, "a draft is refused", draft_is_refused},
      {group, "what conflicts is not merged", conflicting_is_not_merged},
      {group, "a missing review is refused, and no more once it is there", missing_review_is_refused},
      {group, "a merge whose answer is lost is read back", merge_with_a_lost_answer},
      {group, "a merge that never arrived is no merge", merge_that_never_arrived},
      {group, "a merge closes the issue that its text names", merge_closes_the_issue},
      {group, "a branch is deleted at its head, twice as well as once", branch_is_deleted_at_its_head},
      {group, "a branch that has moved stays", moved_branch_stays},
  };
}

} // namespace afk::test
