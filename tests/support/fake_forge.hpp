#pragma once
// A forge in memory beside the executor's repository: pull requests by their head, checks by commit, one deployment.
// People, jobs and deployments do what the test has them do. A read may be stale, and a call may be lost.

#include <afk/port/checks.hpp>
#include <afk/port/clock.hpp>
#include <afk/port/deployments.hpp>
#include <afk/port/pull_requests.hpp>

#include <support/fake_executor.hpp>
#include <support/faults.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace afk::test {

class FakeForge final : public PullRequests, public Checks, public Deployments {
 public:
  FakeForge(Clock& clock, Faults& faults, FakeExecutor& executor)
      : clock_(clock), faults_(faults), executor_(executor) {}

  struct Pull {
    NewPullRequest order;
    PullRequestEvidence evidence;
  };

  // What people and jobs do.

  std::function<bool()> is_stale = [] { return false; }; // asked once per pull request that is read
  ReviewState review = ReviewState::none;
  DeploymentEvidence deployment;
  std::string job_output = "FAIL: the greeting is wrong\n";
  bool reruns_are_possible = true;

  void check(const std::string& head, const std::string& name, CheckState state) {
    auto& results = checks_[head];
    const auto found = std::ranges::find(results, name, &CheckResult::name);
    CheckResult& result = found == results.end() ? results.emplace_back() : *found;
    result.name = name;
    result.state = state;
    result.id = name;
    result.rerun = reruns_are_possible ? CheckResult::Rerun::possible : CheckResult::Rerun::not_possible;
    result.link = "https://forge.example/" + head + "/" + name;
    result.completed_at = clock_.now();
  }

  [[nodiscard]] bool was_judged(const std::string& head) const { return checks_.contains(head); }

  // The newest one; absent while there is none.
  [[nodiscard]] std::optional<Pull> newest() const {
    return pulls_.empty() ? std::nullopt : std::optional(pulls_.back());
  }

  [[nodiscard]] const std::vector<Pull>& all() const { return pulls_; }

  [[nodiscard]] int reruns() const { return reruns_; }

  [[nodiscard]] std::size_t merges() const { return merges_; }

  [[nodiscard]] std::size_t openings() const { return pulls_.size(); }

  void close(std::int64_t number) { pull(number).evidence.state = PullRequestState::closed_unmerged; }

  // By a person or by afk: the head as it is now becomes the base.
  void merge_now(std::int64_t number) {
    Pull& one = pull(number);
    if (one.evidence.state == PullRequestState::merged)
      return;
    refresh(one);
    one.evidence.state = PullRequestState::merged;
    one.evidence.merged_at = clock_.now();
    one.evidence.merge_commit = executor_.merge_branch(one.order.issue.repository, one.order.branch);
    ++merges_;
  }

  // Pull requests.

  std::vector<Result<std::optional<PullRequestEvidence>>> inspect(std::span<const PullRequestQuery> queries) override {
    std::vector<Result<std::optional<PullRequestEvidence>>> answers;
    for (const PullRequestQuery& query : queries)
      answers.push_back(faults_.carry_out("inspect_pull_requests", [&] {
        return Result<std::optional<PullRequestEvidence>>(find_evidence(query.branch));
      }));
    return answers;
  }

  Result<PullRequestEvidence> open(const NewPullRequest& order) override {
    return faults_.carry_out("open_pull_request", [&]() -> Result<PullRequestEvidence> {
      for (Pull& one : pulls_)
        if (one.order.branch == order.branch && is_open(one.evidence.state))
          return one.evidence;
      if (executor_.branch_head(order.branch) != order.head)
        return Error{ErrorKind::conflict, "the branch is elsewhere"};
      Pull one{order, {}};
      one.evidence.number = static_cast<std::int64_t>(100 + pulls_.size());
      one.evidence.state = order.form == NewPullRequest::Form::draft ? PullRequestState::draft : PullRequestState::open;
      one.evidence.link = "https://forge.example/pull/" + std::to_string(one.evidence.number);
      one.evidence.created_at = clock_.now();
      pulls_.push_back(std::move(one));
      refresh(pulls_.back());
      return pulls_.back().evidence;
    });
  }

  Result<void> mark_ready(const PullRequestRef& reference) override {
    return faults_.carry_out("mark_ready", [&] {
      if (pull(reference.number).evidence.state == PullRequestState::draft)
        pull(reference.number).evidence.state = PullRequestState::open;
      return Result<void>();
    });
  }

  Result<void> merge(const PinnedPullRequest& order) override {
    return faults_.carry_out("merge", [&]() -> Result<void> {
      Pull& one = pull(order.pull_request.number);
      if (one.evidence.state == PullRequestState::merged)
        return {};
      refresh(one);
      if (one.evidence.head != order.head)
        return Error{ErrorKind::conflict, "the head is another one"};
      if (!is_green(order.head))
        ++unverified_merges;
      if (one.evidence.state != PullRequestState::open || one.evidence.mergeability != Mergeability::mergeable)
        return Error{ErrorKind::refused, "it cannot be merged"};
      merge_now(order.pull_request.number);
      return {};
    });
  }

  Result<void> delete_branch(const BranchAtHead& order) override {
    return faults_.carry_out("delete_branch", [&] {
      if (executor_.branch_head(order.branch) == order.head)
        executor_.remove_branch(order.branch);
      return Result<void>();
    });
  }

  // Checks.

  std::vector<Result<HeadChecks>> inspect(std::span<const CheckQuery> queries) override {
    std::vector<Result<HeadChecks>> answers;
    for (const CheckQuery& query : queries)
      answers.push_back(faults_.carry_out("inspect_checks", [&] {
        const auto found = checks_.find(query.head);
        return Result<HeadChecks>(
            HeadChecks{query.head, found == checks_.end() ? std::vector<CheckResult>{} : found->second, {}});
      }));
    return answers;
  }

  Result<void> rerun_failed(const CheckQuery& query, std::span<const CheckResult>) override {
    return faults_.carry_out("rerun", [&] {
      ++reruns_;
      rerun_heads.push_back(query.head);
      for (CheckResult& result : checks_[query.head])
        if (result.state == CheckState::failed)
          result.state = CheckState::pending;
      return Result<void>();
    });
  }

  Result<std::string> fetch_failure_excerpt(const CheckQuery&, std::span<const CheckResult>,
                                            std::size_t limit) override {
    return faults_.carry_out("fetch_failure_excerpt", [&] { return Result<std::string>(job_output.substr(0, limit)); });
  }

  // Deployments.

  std::vector<Result<DeploymentEvidence>> inspect(std::span<const DeploymentQuery> queries) override {
    std::vector<Result<DeploymentEvidence>> answers;
    for (std::size_t i = 0; i < queries.size(); ++i)
      answers.push_back(
          faults_.carry_out("inspect_deployments", [&] { return Result<DeploymentEvidence>(deployment); }));
    return answers;
  }

  std::vector<std::string> rerun_heads;
  int unverified_merges = 0; // that afk asked for

 private:
  [[nodiscard]] bool is_green(const std::string& head) const {
    const auto found = checks_.find(head);
    return found != checks_.end() &&
           std::ranges::all_of(found->second, [](const CheckResult& one) { return one.state == CheckState::passed; });
  }

  static bool is_open(PullRequestState state) {
    return state == PullRequestState::draft || state == PullRequestState::open;
  }

  Pull& pull(std::int64_t number) {
    return *std::ranges::find_if(pulls_, [&](const Pull& one) { return one.evidence.number == number; });
  }

  // What the forge computes of one that is open.
  void refresh(Pull& one) {
    if (!is_open(one.evidence.state))
      return;
    one.evidence.head = executor_.branch_head(one.order.branch);
    one.evidence.review = review;
    one.evidence.mergeability = executor_.conflicts(one.order.issue.repository, one.evidence.head)
                                    ? Mergeability::conflicting
                                    : Mergeability::mergeable;
  }

  std::optional<PullRequestEvidence> find_evidence(const std::string& branch) {
    for (auto one = pulls_.rbegin(); one != pulls_.rend(); ++one) {
      if (one->order.branch != branch)
        continue;
      if (!is_stale()) {
        refresh(*one);
        shown_[one->evidence.number] = one->evidence;
      }
      const auto known = shown_.find(one->evidence.number);
      return known == shown_.end() ? std::nullopt : std::optional(known->second);
    }
    return std::nullopt;
  }

  Clock& clock_;
  Faults& faults_;
  FakeExecutor& executor_;
  std::vector<Pull> pulls_;
  std::map<std::int64_t, PullRequestEvidence> shown_; // as it was read last: what a stale replica answers
  std::map<std::string, std::vector<CheckResult>> checks_;
  int reruns_ = 0;
  std::size_t merges_ = 0;
};

} // namespace afk::test
