#include <afk/core/check_verdict.hpp>
#include <afk/core/observation.hpp>
#include <afk/loop/base_look.hpp>

#include <algorithm>

namespace afk::loop {

namespace {

// A repository whose base is asked for.
struct AskedBase {
  RepositoryInput* input = nullptr;
  CheckRule rule;
};

bool concerns(const RepositoryInput& repository, std::span<const IssueRef> issues) {
  return std::ranges::any_of(
      issues, [&](const IssueRef& issue) { return same_repository(issue.repository, repository.repository); });
}

void take_verdict(const Result<HeadChecks>& checks, const CheckRule& rule, RepositoryInput& input) {
  if (!checks) {
    input.base_problem = checks.error().message;
    return;
  }
  const CheckVerdict verdict = derive_check_verdict(*checks, rule);
  switch (verdict.verdict) {
  case Situation::Verdict::green:
    input.base = BaseState::green;
    return;
  case Situation::Verdict::red:
    input.base = BaseState::red;
    input.base_problem = render_check_names(verdict.failed);
    return;
  case Situation::Verdict::missing:
  case Situation::Verdict::pending:
    input.base = BaseState::unmeasured;
    return;
  }
}

// The first of the places that runs land in: each of them sees the same remotes.
Landing* find_any_landing(const TickContext& context) {
  return context.landings.empty() ? nullptr : context.landings.begin()->second;
}

// Adds the question about one repository, or says why there is none.
void ask_about(const TickContext& context, Landing& landing, RepositoryInput& input, std::vector<CheckQuery>& queries,
               std::vector<AskedBase>& asked) {
  const auto settings = derive_settings(context, input.repository);
  if (!settings)
    return;
  if (input.red_base == RedBasePolicy::ignore || derive_forge_checks(*settings) == ForgeChecks::not_asked) {
    input.base = BaseState::unmeasured;
    return;
  }
  auto head = landing.fetch_base_head(input.repository);
  if (!head) {
    input.base_problem = head.error().message;
    return;
  }
  queries.push_back({input.repository, std::move(*head), settings->base});
  asked.push_back({&input, {settings->check_mode, settings->checks.required}});
}

} // namespace

void look_at_bases(const TickContext& context, std::span<const IssueRef> issues, PollLook& look) {
  Landing* landing = find_any_landing(context);
  if (context.checks == nullptr || landing == nullptr)
    return;
  std::vector<CheckQuery> queries;
  std::vector<AskedBase> asked;
  for (RepositoryInput& input : look.input.repositories)
    if (concerns(input, issues))
      ask_about(context, *landing, input, queries, asked);
  if (queries.empty())
    return;
  const auto answers = context.checks->inspect(queries);
  for (std::size_t i = 0; i < answers.size(); ++i)
    take_verdict(answers[i], asked[i].rule, *asked[i].input);
}

} // namespace afk::loop
