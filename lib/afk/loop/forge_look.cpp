#include <afk/core/check_verdict.hpp>
#include <afk/core/published_work.hpp>
#include <afk/loop/forge_look.hpp>

#include <utility>

namespace afk::loop {

namespace {

bool knows_work(const RunLook& look) {
  return look.landing.reach == LandingEvidence::Reach::known;
}

bool lands_by_pull_request(const RunLook& look) {
  return look.settings.landing.landing == LandingMode::pull_request;
}

// A branch that is there, was there, or may have been pushed from a workspace that afk does not see.
bool may_have_pull_request(const WorkEvidence& work) {
  return !work.branch_head.empty() || work.delivery == WorkEvidence::Delivery::pushed || work.run_head.empty();
}

template <typename Value>
void fail(Seen<Value>& seen, std::string problem) {
  seen.reach = ForgeReach::unreachable;
  seen.problem = std::move(problem);
}

template <typename Value>
void take(Result<Value> answer, Seen<Value>& seen) {
  if (!answer) {
    fail(seen, answer.error().message);
    return;
  }
  seen.reach = ForgeReach::known;
  seen.value = std::move(*answer);
}

PullRequestQuery derive_pull_request_query(const RunLook& look) {
  const WorkEvidence& work = look.landing.work;
  return {look.record.issue, derive_branch_name(look.record.issue.number, look.arming.run), work.base_branch,
          work.branch_head};
}

void complete_published(RunLook& look) {
  auto& pull_request = look.forge.pull_request; // of one that could not be read: Git's word alone
  PublishedWork work = derive_published_work(look.landing.work, pull_request.value);
  look.landing.work.published = std::move(work.published);
  if (!work.problem.empty())
    fail(pull_request, std::move(work.problem));
}

void look_at_pull_requests(const TickContext& context, std::vector<RunLook>& runs) {
  std::vector<PullRequestQuery> queries;
  std::vector<RunLook*> asking;
  for (RunLook& look : runs) {
    if (!knows_work(look) || !lands_by_pull_request(look))
      continue;
    if (context.pull_requests == nullptr || !may_have_pull_request(look.landing.work)) {
      complete_published(look);
      continue;
    }
    queries.push_back(derive_pull_request_query(look));
    asking.push_back(&look);
  }
  if (queries.empty())
    return;
  auto answers = context.pull_requests->inspect(queries);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    take(std::move(answers[i]), asking[i]->forge.pull_request);
    complete_published(*asking[i]);
  }
}

// Questions about commits with the places where the answers go.
class CheckBatch {
 public:
  void add(const RunLook& look, const std::string& head, Seen<HeadChecks>& into) {
    if (head.empty() || into.reach != ForgeReach::not_needed)
      return;
    queries_.push_back({look.record.issue.repository, head, look.landing.work.base_branch});
    into_.push_back(&into);
  }

  void ask(Checks& checks) {
    if (queries_.empty())
      return;
    auto answers = checks.inspect(queries_);
    for (std::size_t i = 0; i < answers.size(); ++i)
      take(std::move(answers[i]), *into_[i]);
  }

 private:
  std::vector<CheckQuery> queries_;
  std::vector<Seen<HeadChecks>*> into_;
};

// A branch without a pull request gets one first; its checks are asked for afterwards.
bool needs_checks(const RunLook& look) {
  const PublishedState state = look.landing.work.published.state;
  return knows_work(look) && derive_forge_checks(look.settings) == ForgeChecks::judge &&
         state != PublishedState::nothing && state != PublishedState::branch;
}

void look_at_checks(Checks& checks, std::vector<RunLook>& runs) {
  CheckBatch heads;
  for (RunLook& look : runs) {
    if (!needs_checks(look))
      continue;
    const WorkEvidence& work = look.landing.work;
    heads.add(look, work.published.head, look.forge.head);
    if (work.test_commit != work.published.head)
      heads.add(look, work.test_commit, look.forge.test_commit);
    if (!lands_by_pull_request(look) && work.base_head != work.published.head)
      heads.add(look, work.base_head, look.forge.base_head);
  }
  heads.ask(checks);

  CheckBatch bases;
  for (RunLook& look : runs) {
    const CheckRule rule{look.settings.check_mode, look.settings.checks.required};
    if (look.forge.head.reach != ForgeReach::known || look.landing.work.merge_base.empty() ||
        derive_check_verdict(look.forge.head.value, rule).verdict != Situation::Verdict::red)
      continue;
    bases.add(look, look.landing.work.merge_base, look.forge.merge_base);
    bases.add(look, look.landing.work.base_head, look.forge.base_head);
  }
  bases.ask(checks);
}

bool needs_deployment(const RunLook& look) {
  return knows_work(look) && look.settings.landing.last_stage == LastStage::deployed &&
         !look.landing.work.published.landed.empty();
}

// Whether what is deployed contains what landed: asked in one batch per executor, whose mirror can tell.
void compare_deployments(const std::string& executor, Landing& landing, std::span<RunLook* const> runs) {
  std::vector<DescentQuery> queries;
  std::vector<RunLook*> asking;
  for (RunLook* look : runs) {
    const auto& seen = look->forge.deployment;
    if (look->executor != executor || seen.reach != ForgeReach::known || seen.value.evidence.revision.empty())
      continue;
    queries.push_back(
        {look->record.issue.repository, look->landing.work.published.landed, seen.value.evidence.revision});
    asking.push_back(look);
  }
  if (queries.empty())
    return;
  auto answers = landing.compare(queries);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    auto& seen = asking[i]->forge.deployment;
    if (!answers[i])
      fail(seen, answers[i].error().message);
    else if (*answers[i] == Descent::yes)
      seen.value.landed_head = DeploymentSeen::Contains::yes;
  }
}

void look_at_deployments(const TickContext& context, std::vector<RunLook>& runs) {
  std::vector<DeploymentQuery> queries;
  std::vector<RunLook*> asking;
  for (RunLook& look : runs) {
    if (!needs_deployment(look))
      continue;
    queries.push_back({look.record.issue.repository, look.landing.work.published.landed});
    asking.push_back(&look);
  }
  if (queries.empty())
    return;
  auto answers = context.deployments->inspect(queries);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    auto& seen = asking[i]->forge.deployment;
    if (!answers[i]) {
      fail(seen, answers[i].error().message);
      continue;
    }
    seen.reach = ForgeReach::known;
    seen.value.evidence = std::move(*answers[i]);
  }
  for (const auto& [executor, landing] : context.landings)
    compare_deployments(executor, *landing, asking);
}

} // namespace

void look_at_forge(const TickContext& context, std::vector<RunLook>& runs) {
  look_at_pull_requests(context, runs);
  if (context.checks != nullptr)
    look_at_checks(*context.checks, runs);
  if (context.deployments != nullptr)
    look_at_deployments(context, runs);
}

} // namespace afk::loop
