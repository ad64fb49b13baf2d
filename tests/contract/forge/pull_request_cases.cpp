#include <contract/forge/forge_contract.hpp>

#include <algorithm>

namespace afk::test {

namespace {

using enum PullRequestState;

void none_is_none(ForgeWorld& world, ContractRun& run) {
  world.push(work_branch, world.base);
  run.expect(!world.look(run).has_value(), "no pull request");
}

void found_by_head(ForgeWorld& world, ContractRun& run) {
  const std::string head = world.push(work_branch, world.base);
  world.push("other", world.base, "else");
  world.github.open_pull(work_home, "other", "main", "afk/1-abcdefgh", "alice");
  const std::int64_t number = world.github.open_pull(work_home, work_branch, "main", "", "alice");
  const auto found = world.look(run);
  run.require(found.has_value(), "a pull request");
  run.expect(found->number == number, "its number");
  run.expect(found->state == open, "its state");
  run.expect(found->head == head, "its head");
  run.expect(found->base_branch == "main", "its base");
  run.expect(found->author.login == "alice" && found->author.kind == ActorKind::person, "its author");
  run.expect(!found->link.empty() && found->created_at.has_value(), "a link and a time");
  run.expect(found->merge_commit.empty() && !found->merged_at && !found->closed_by, "nothing of an end");
}

void open_before_closed(ForgeWorld& world, ContractRun& run) {
  world.push(work_branch, world.base);
  const std::int64_t first = world.github.open_pull(work_home, work_branch, "main", "", "alice");
  world.clock.advance(std::chrono::seconds(1));
  world.push("next", world.base, "other");
  const std::int64_t second = world.github.open_pull(work_home, work_branch, "next", "", "alice");
  world.github.close({.repository = work_home, .number = second}, "", "alice");
  const auto found = world.look(run);
  run.require(found.has_value(), "a pull request");
  run.expect(found->number == first && found->state == open, "the open one, though it is older");
}

void closed_by_a_person(ForgeWorld& world, ContractRun& run) {
  world.push(work_branch, world.base);
  const std::int64_t number = world.github.open_pull(work_home, work_branch, "main", "", "alice");
  world.github.close({.repository = work_home, .number = number}, "", "bob");
  const auto found = world.look(run);
  run.require(found.has_value(), "a pull request");
  run.expect(found->state == closed_unmerged, "closed without a merge");
  run.expect(found->closed_by && found->closed_by->login == "bob", "by whom");
}

void push_shows(ForgeWorld& world, ContractRun& run) {
  const std::string first = world.push(work_branch, world.base);
  world.github.open_pull(work_home, work_branch, "main", "", "alice");
  run.expect(world.look(run)->head == first, "the first head");
  const std::string second = world.push_from_a_clone(work_branch, first);
  run.expect(world.look(run)->head == second, "the next one at once");
}

void mergeability_is_computed_late(ForgeWorld& world, ContractRun& run) {
  world.push(work_branch, world.base);
  world.github.open_pull(work_home, work_branch, "main", "", "alice");
  run.expect(world.look(run)->mergeability == Mergeability::unknown, "not known at the first look");
  run.expect(world.look(run)->mergeability == Mergeability::mergeable, "known at the second");
}

void conflict_shows(ForgeWorld& world, ContractRun& run) {
  world.push(work_branch, world.base, "one");
  world.push("main", world.base, "two");
  world.github.open_pull(work_home, work_branch, "main", "", "alice");
  static_cast<void>(world.look(run));
  run.expect(world.look(run)->mergeability == Mergeability::conflicting, "a conflict");
}

void reviews_show(ForgeWorld& world, ContractRun& run) {
  world.push(work_branch, world.base);
  const std::int64_t number = world.github.open_pull(work_home, work_branch, "main", "", "alice");
  world.github.review(work_home, number, "CHANGES_REQUESTED", "bob");
  run.expect(world.look(run)->review == ReviewState::changes_requested, "that changes are wanted");
}

void opened_is_found(ForgeWorld& world, ContractRun& run) {
  const std::string head = world.push(work_branch, world.base);
  const auto opened = world.pull_requests().open(world.order(head));
  run.require_ok(opened);
  run.expect(opened->state == open && opened->head == head, "state and head");
  const auto found = world.look(run);
  run.require(found.has_value(), "a pull request");
  run.expect(found->number == opened->number, "the same one");
  run.expect(found->author.kind == ActorKind::own_account, "that it is ours");
}

void opened_as_draft(ForgeWorld& world, ContractRun& run) {
  const std::string head = world.push(work_branch, world.base);
  run.require_ok(world.pull_requests().open(world.order(head, NewPullRequest::Form::draft)));
  run.expect(world.look(run)->state == draft, "a draft");
}

void opened_twice_is_once(ForgeWorld& world, ContractRun& run) {
  const std::string head = world.push(work_branch, world.base);
  const auto first = world.pull_requests().open(world.order(head));
  const auto second = world.pull_requests().open(world.order(head));
  run.require_ok(first);
  run.require_ok(second);
  run.expect(first->number == second->number, "one pull request");
}

void opening_with_a_lost_answer(ForgeWorld& world, ContractRun& run) {
  const std::string head = world.push(work_branch, world.base);
  world.github.inject({.fault = FakeFault::lost_after, .match = "POST /repos/Acme/widgets/pulls"});
  const auto opened = world.pull_requests().open(world.order(head));
  run.require_ok(opened);
  run.expect(world.look(run)->number == opened->number, "the one that was made");
  std::int64_t count = 0;
  world.github.change([&](github::State& state) {
    count = std::ranges::count_if(state.issues, [](const auto& entry) { return entry.second.pull.has_value(); });
  });
  run.expect(count == 1, "a single one");
}

void opening_without_commits_is_refused(ForgeWorld& world, ContractRun& run) {
  run.expect(world.git().move_branch(work_branch, world.base, "") == github::Git::Outcome::done, "a branch");
  run.expect_error(world.pull_requests().open(world.order(world.base)), ErrorKind::refused);
}

void draft_becomes_ready(ForgeWorld& world, ContractRun& run) {
  const std::string head = world.push(work_branch, world.base);
  const auto opened = world.pull_requests().open(world.order(head, NewPullRequest::Form::draft));
  run.require_ok(opened);
  const PullRequestRef which{.repository = work_home, .number = opened->number};
  run.require_ok(world.pull_requests().mark_ready(which));
  run.expect(world.look(run)->state == open, "no draft any more");
  run.require_ok(world.pull_requests().mark_ready(which));
}

void batch_stands_in_order(ForgeWorld& world, ContractRun& run) {
  world.push("afk/2-bbbbbbbb", world.base, "two");
  const std::int64_t number = world.github.open_pull(work_home, "afk/2-bbbbbbbb", "main", "", "alice");
  std::vector<PullRequestQuery> queries{world.query(), world.query(), world.query()};
  queries[1].branch = "afk/2-bbbbbbbb";
  queries[2].issue.repository = {.owner = "nobody", .name = "nothing"};
  const auto answers = world.pull_requests().inspect(queries);
  run.require(answers.size() == 3, "an answer for each");
  run.require_ok(answers[0]);
  run.require_ok(answers[1]);
  run.expect(!answers[0]->has_value(), "nothing for the first");
  run.expect(answers[1]->has_value() && (*answers[1])->number == number, "the second");
  run.expect(!answers[2].ok(), "an error for a repository that is not there");
}

void branch_that_is_gone_closes(ForgeWorld& world, ContractRun& run) {
  const std::string head = world.push(work_branch, world.base);
  run.require_ok(world.pull_requests().open(world.order(head)));
  run.expect(world.git().delete_branch(work_branch) == github::Git::Outcome::done, "the branch deleted");
  const auto found = world.look(run);
  run.require(found.has_value(), "a pull request");
  run.expect(found->state == closed_unmerged && found->head == head, "closed, its head still known");
}

} // namespace

std::vector<ForgeCase> pull_request_cases() {
  constexpr std::string_view group = "pull requests";
  return {
      {group, "a branch without one has none", none_is_none},
      {group, "one is found by its head and nothing else", found_by_head},
      {group, "an open one comes before a newer closed one", open_before_closed},
      {group, "one that a person closed says who", closed_by_a_person},
      {group, "a push shows at once", push_shows},
      {group, "mergeability is unknown until it is computed", mergeability_is_computed_late},
      {group, "a conflict shows", conflict_shows},
      {group, "reviews show", reviews_show},
      {group, "one that was opened is found and ours", opened_is_found},
      {group, "a draft is opened as one", opened_as_draft},
      {group, "opening twice is opening once", opened_twice_is_once},
      {group, "an answer lost while opening makes no second one", opening_with_a_lost_answer},
      {group, "a branch without commits of its own is refused", opening_without_commits_is_refused},
      {group, "a draft becomes ready, twice as well as once", draft_becomes_ready},
      {group, "a batch is answered in the order asked", batch_stands_in_order},
      {group, "one whose branch is gone is closed", branch_that_is_gone_closes},
  };
}

} // namespace afk::test
