#include <afk/loop/run_look.hpp>

#include <afk/core/content_pin.hpp>
#include <afk/loop/forge_look.hpp>
#include <afk/loop/run_trust.hpp>
#include <afk/loop/turn_orders.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace afk::loop {

namespace {

// Repositories to list: those of the allowlist and those that a live run names, so that a run whose repository was
// taken off the allowlist is not forgotten.
std::vector<RepositoryName> derive_repositories(const Config& config, const ExecutorLooks& looks) {
  std::vector<RepositoryName> repositories;
  const auto add = [&](const RepositoryName& repository) {
    if (std::ranges::none_of(repositories, [&](const auto& one) { return same_repository(one, repository); }))
      repositories.push_back(repository);
  };
  for (const AllowlistEntry& entry : config.allowlist)
    add(entry.repository);
  for (const auto& [name, look] : looks)
    if (look)
      for (const LiveAttempt& live : look->live)
        add(live.issue.repository);
  return repositories;
}

std::vector<IssueRef> derive_issues(std::span<const Result<RepositoryListing>> listings, const ExecutorLooks& looks,
                                    std::vector<ReportedError>& errors) {
  std::set<IssueRef> issues;
  for (const auto& listing : listings) {
    if (!listing) {
      errors.push_back({std::nullopt, listing.error()});
      continue;
    }
    for (const IssueSummary& issue : listing->issues)
      issues.insert(issue.issue);
    for (const auto& [issue, error] : listing->broken)
      errors.push_back({issue, error});
    if (listing->completeness == Completeness::truncated)
      errors.push_back({std::nullopt, Error{ErrorKind::too_large,
                                            fmt::format("{}: the list of issues in flight is not complete; runs beyond "
                                                        "its end are looked at when others are over",
                                                        render_repository_name(listing->repository))}});
  }
  for (const auto& [name, look] : looks)
    if (look)
      for (const LiveAttempt& live : look->live)
        issues.insert(live.issue);
  return {issues.begin(), issues.end()};
}

// An issue whose run is being searched.
struct SearchedIssue {
  IssueRecord record;
  IssueHistory history;
  RepositorySettings settings;
};

std::vector<SearchedIssue> derive_candidates(const TickContext& context, const TrackerHost& host,
                                             std::span<const IssueRef> issues, std::vector<ReportedError>& errors) {
  std::vector<SearchedIssue> candidates;
  auto records = context.tracker.fetch_runs(issues);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!records[i]) {
      errors.push_back({issues[i], records[i].error()});
      continue;
    }
    auto settings = derive_settings(context, issues[i].repository);
    if (!settings) {
      errors.push_back({issues[i], settings.error()});
      continue;
    }
    SearchedIssue candidate{std::move(*records[i]), {}, std::move(*settings)};
    candidate.history = derive_issue_history(candidate.record, derive_history_context(context, host));
    for (const Error& problem : candidate.history.card_problems)
      errors.push_back({issues[i], problem});
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

// Attempts to ask for: every arming's run and its possible redispatches. An executor answers for those it knows.
std::vector<AttemptName> derive_attempts(const SearchedIssue& candidate) {
  std::vector<AttemptName> attempts;
  for (const ArmingRecord& arming : candidate.history.armings) {
    const FoundCard* found = candidate.history.find_card(arming.run);
    const int on_card = found == nullptr ? 0 : found->card.redispatches;
    for (int k = 0; k <= std::max(on_card, candidate.settings.lifecycle.redispatch_max); ++k)
      attempts.push_back({arming.run, k});
  }
  return attempts;
}

// What one executor knows of all candidates' runs; one batch.
using KnownAttempts = std::map<RunName, std::vector<AttemptView>>;

struct ExecutorKnowledge {
  std::optional<Error> problem;
  std::string identity;
  KnownAttempts known;
  std::map<RunName, Error> unseen; // runs with an attempt that cannot be looked at; the others are as they are seen
};

ExecutorKnowledge ask_executor(Executor& executor, const Result<ExecutorLook>& look,
                               std::span<const AttemptName> attempts) {
  if (!look)
    return {look.error(), "", {}, {}};
  ExecutorKnowledge knowledge{std::nullopt, look->identity.text, {}, {}};
  auto views = executor.observe(attempts);
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (!views[i])
      knowledge.unseen.emplace(attempts[i].run, views[i].error());
    else if (views[i]->has_value())
      knowledge.known[attempts[i].run].push_back(std::move(**views[i]));
  }
  return knowledge;
}

using Knowledge = std::map<std::string, ExecutorKnowledge>;

Knowledge ask_executors(const TickContext& context, const ExecutorLooks& looks,
                        std::span<const SearchedIssue> candidates) {
  std::vector<AttemptName> attempts;
  for (const SearchedIssue& candidate : candidates)
    std::ranges::copy(derive_attempts(candidate), std::back_inserter(attempts));
  Knowledge knowledge;
  for (const auto& [name, look] : looks)
    knowledge.emplace(name, ask_executor(*context.executors.at(name), look, attempts));
  return knowledge;
}

std::optional<std::string> find_knowing_executor(const Knowledge& knowledge, const RunName& run) {
  for (const auto& [name, one] : knowledge)
    if (!one.problem && !one.unseen.contains(run) && one.known.contains(run))
      return name;
  return std::nullopt;
}

// The newest arming with a card of a run, or whose run an executor knows.
const ArmingRecord* find_run(const SearchedIssue& candidate, const Knowledge& knowledge) {
  const auto& armings = candidate.history.armings;
  const auto found = std::find_if(armings.rbegin(), armings.rend(), [&](const ArmingRecord& arming) {
    const FoundCard* card = candidate.history.find_card(arming.run);
    const bool started = card != nullptr && card->card.state != CardState::dispatch_failing;
    return started || find_knowing_executor(knowledge, arming.run).has_value();
  });
  return found == armings.rend() ? nullptr : &*found;
}

std::string derive_executor(const TickContext& context, const Knowledge& knowledge, const RunLook& look) {
  if (const auto knowing = find_knowing_executor(knowledge, look.arming.run))
    return *knowing;
  const AgentSettings* agent = find_agent(context, look.card.agent);
  return agent != nullptr && context.executors.contains(agent->executor) ? agent->executor : "";
}

ExecutorEvidence derive_evidence(const Knowledge& knowledge, const RunLook& look) {
  using Reach = ExecutorEvidence::Reach;
  if (look.executor.empty())
    return {Reach::unreachable, fmt::format("agent {} has no executor in the configuration", look.card.agent), {}};
  const ExecutorKnowledge& one = knowledge.at(look.executor);
  if (one.problem)
    return {Reach::unreachable, one.problem->message, {}};
  if (!look.card.executor_identity.empty() && one.identity != look.card.executor_identity)
    return {Reach::other_identity,
            fmt::format("the run is at executor {}, and {} answers as {}", look.card.executor_identity, look.executor,
                        one.identity),
            {}};
  if (const auto unseen = one.unseen.find(look.arming.run); unseen != one.unseen.end())
    return {Reach::unreachable, unseen->second.message, {}};
  const auto known = one.known.find(look.arming.run);
  return {Reach::known, "", known == one.known.end() ? std::vector<AttemptView>{} : known->second};
}

// What the dispatch wrote onto the card, or was killed before it could: it follows from the same issue again.
void fill_in_dispatch(const TickContext& context, const RunLook& look, RunCard& card, const AttemptView& newest) {
  card.content_hash = derive_content_hash({look.record.title, look.record.body}, context.digest);
  card.configuration_digest = derive_configuration_digest(context, look.settings);
  const auto first = order_first_turn(context, {look.record, look.arming, look.settings, newest.agent, newest.model,
                                                look.settings.base, look.arming.event.time});
  if (!first)
    return; // the watcher does without: these are for people and for comparisons
  card.prompt_hash = first->prompt_hash;
  card.template_version = first->template_version;
  card.turns.push_back(first->on_card);
}

// What can be known of a card that is lost: everything but the first-seen times and the turns after the first.
RunCard rebuild_card(const TickContext& context, const RunLook& look, const Knowledge& knowledge) {
  RunCard card;
  card.afk_version = context.version;
  card.run = look.arming.run;
  card.arming = look.arming.event.id;
  card.state = CardState::running;
  if (const auto name = find_knowing_executor(knowledge, look.arming.run)) {
    const ExecutorKnowledge& one = knowledge.at(*name);
    card.executor_identity = one.identity;
    const AttemptView& newest = one.known.at(look.arming.run).back();
    card.agent = newest.agent;
    card.model = newest.model;
    card.redispatches = newest.attempt.redispatch;
    fill_in_dispatch(context, look, card, newest);
  }
  return card;
}

RunLook make_look(const TickContext& context, SearchedIssue candidate, const ArmingRecord& arming,
                  const Knowledge& knowledge) {
  RunLook look{std::move(candidate.record),
               std::move(candidate.history),
               arming,
               std::move(candidate.settings),
               std::nullopt,
               {},
               "",
               {},
               {}};
  if (const FoundCard* found = look.history.find_card(look.arming.run))
    look.found = *found;
  look.card = look.found ? look.found->card : rebuild_card(context, look, knowledge);
  look.executor = derive_executor(context, knowledge, look);
  look.evidence = derive_evidence(knowledge, look);
  return look;
}

// Also of a run that its executor has forgotten: what it published is still its own, and must not be done again.
bool needs_landing(const RunLook& look) {
  const bool was_started = !look.evidence.attempts.empty() || (look.found && !look.card.turns.empty());
  if (look.evidence.reach != ExecutorEvidence::Reach::known || look.record.state == IssueState::gone || !was_started)
    return false;
  for (const AttemptView& attempt : look.evidence.attempts)
    for (const TurnView& turn : attempt.turns)
      if (turn.state == TurnState::starting || turn.state == TurnState::running || turn.state == TurnState::waiting)
        return false;
  return true; // of an ended run too: a later look that finishes the ending shows the same evidence on the card
}

// Where the commits are: asked in one batch per executor, for the runs that have no live turn.
void look_at_work_of(Landing& landing_port, const std::string& executor, std::vector<RunLook>& runs) {
  std::vector<WorkQuery> queries;
  std::vector<RunLook*> asking;
  for (RunLook& look : runs) {
    if (look.executor != executor || !needs_landing(look))
      continue;
    const auto& attempts = look.evidence.attempts;
    queries.push_back({look.record.issue, look.arming.run,
                       attempts.empty() ? look.card.redispatches : attempts.back().attempt.redispatch,
                       derive_branch_name(look.record.issue.number, look.arming.run)});
    asking.push_back(&look);
  }
  auto answers = landing_port.inspect(queries);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    LandingEvidence& landing = asking[i]->landing;
    if (answers[i])
      landing = {LandingEvidence::Reach::known, "", std::move(*answers[i])};
    else
      landing = {LandingEvidence::Reach::unreachable, answers[i].error().message, {}};
  }
}

void look_at_work(const TickContext& context, std::vector<RunLook>& runs) {
  for (const auto& [executor, landing] : context.landings)
    look_at_work_of(*landing, executor, runs);
}

bool holds_label(const TickContext& context, const IssueRecord& record) {
  return has_label(record.labels, context.config.labels.in_progress);
}

// An executor that does not show now whether it has a run of the issue; absent when all of them do.
std::optional<Error> find_silence(const SearchedIssue& candidate, const Knowledge& knowledge) {
  for (const auto& [name, one] : knowledge) {
    if (one.problem)
      return with_context("executor " + name, *one.problem);
    for (const ArmingRecord& arming : candidate.history.armings)
      if (const auto unseen = one.unseen.find(arming.run); unseen != one.unseen.end())
        return with_context("executor " + name, unseen->second);
  }
  return std::nullopt;
}

// An in-progress label without a run of ours. While an executor cannot be asked, a stamp of our own may be the proof
// that is missing: then nothing is said about whose lock it is.
void note_without_run(const TickContext& context, SearchedIssue candidate, const Knowledge& knowledge,
                      RunLooks& looks) {
  if (!holds_label(context, candidate.record))
    return;
  auto silence = find_silence(candidate, knowledge);
  if (silence && derive_own_stamp(candidate.record, context.config.labels) == OwnStamp::seen)
    looks.errors.push_back({candidate.record.issue, *std::move(silence)});
  else
    looks.foreign_locks.push_back(std::move(candidate.record));
}

// Whether an arming newer than the run that was found may have a run that only the silent executor knows: then the
// older run is not the issue's, and its ending must not touch the newer one's labels.
bool may_hide_newer(const SearchedIssue& candidate, const ArmingRecord* found) {
  return found != nullptr && found->position != candidate.history.armings.back().position &&
         candidate.history.find_card(candidate.history.armings.back().run) == nullptr;
}

Result<RunLooks> look_at(const TickContext& context, const ExecutorLooks& executors, std::vector<IssueRef> issues,
                         std::vector<ReportedError> errors) {
  RunLooks looks;
  looks.errors = std::move(errors);
  auto host = context.tracker.fetch_host();
  if (!host)
    return std::move(host).error();
  auto now = context.tracker.fetch_time();
  if (!now)
    return std::move(now).error();
  looks.host = *host;
  looks.now = *now;
  for (const auto& [name, look] : executors) {
    if (!look)
      looks.errors.push_back({std::nullopt, with_context("executor " + name, look.error())});
    else
      for (const auto& start : look->recent_starts)
        looks.dispatched_today.push_back(start.issue.repository);
  }

  auto candidates = derive_candidates(context, looks.host, issues, looks.errors);
  const Knowledge knowledge = ask_executors(context, executors, candidates);
  for (SearchedIssue& candidate : candidates) {
    const ArmingRecord* arming = find_run(candidate, knowledge);
    auto silence = find_silence(candidate, knowledge);
    if (silence && may_hide_newer(candidate, arming))
      looks.errors.push_back({candidate.record.issue, *std::move(silence)});
    else if (arming == nullptr)
      note_without_run(context, std::move(candidate), knowledge, looks);
    else if (candidate.history.find_card(arming->run) != nullptr || candidate.history.card_problems.empty())
      looks.runs.push_back(make_look(context, std::move(candidate), ArmingRecord(*arming), knowledge));
  }
  ask_about_people(context, looks.runs);
  look_at_work(context, looks.runs);
  look_at_forge(context, looks.runs);
  return looks;
}

} // namespace

ExecutorLooks look_at_executors(const TickContext& context) {
  ExecutorLooks looks;
  for (const auto& [name, executor] : context.executors)
    looks.emplace(name, executor->look());
  return looks;
}

Result<RunLooks> look_at_runs(const TickContext& context) {
  const ExecutorLooks executors = look_at_executors(context);
  const auto repositories = derive_repositories(context.config, executors);
  const LabelSettings& labels = context.config.labels;
  const ListingQuery query{{labels.in_progress, labels.question}, ListingQuery::States::any};
  const auto listings = context.tracker.list_issues(repositories, query);
  if (!listings.empty() && std::ranges::none_of(listings, [](const auto& one) { return one.ok(); }))
    return listings.front().error();
  std::vector<ReportedError> errors;
  auto issues = derive_issues(listings, executors, errors);
  if (context.only)
    std::erase_if(issues, [&](const IssueRef& issue) { return issue != *context.only; });
  return look_at(context, executors, std::move(issues), std::move(errors));
}

Result<RunLooks> look_at_runs_of(const TickContext& context, std::span<const IssueRef> issues) {
  return look_at(context, look_at_executors(context), {issues.begin(), issues.end()}, {});
}

} // namespace afk::loop
