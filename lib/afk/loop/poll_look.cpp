#include <afk/loop/poll_look.hpp>

#include <afk/core/routing.hpp>
#include <afk/core/text.hpp>
#include <afk/loop/actor_judge.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace afk::loop {

namespace {

AllowlistVerdict derive_allowlist_verdict(const Config& config, const RepositoryName& repository,
                                          const std::string& repository_id) {
  if (derive_allowed(config, repository, repository_id) == Allowed::yes)
    return AllowlistVerdict::listed;
  const bool named = std::ranges::any_of(
      config.allowlist, [&](const AllowlistEntry& entry) { return same_repository(entry.repository, repository); });
  return named ? AllowlistVerdict::other_id : AllowlistVerdict::not_listed;
}

DispatchCaps derive_caps(const PolicySettings& policy) {
  return {policy.max_per_tick, policy.max_in_flight, policy.max_dispatches_per_day};
}

ListState to_list_state(const Result<RepositoryListing>& listing) {
  if (!listing)
    return {ListState::State::failed, listing.error().message};
  if (listing->completeness == Completeness::truncated)
    return {ListState::State::truncated, "the list of issues was not read to its end"};
  return {ListState::State::complete, ""};
}

// Labels that count for routing: there at the arming, or put on by somebody who is trusted.
std::vector<std::string> derive_counting_labels(const TickContext& context, const IssueRecord& record,
                                                const ArmingRecord& arming) {
  std::vector<std::string> counting;
  for (const std::string& label : record.labels) {
    const IssueEvent* put_on = nullptr;
    std::size_t position = 0;
    for (std::size_t i = 0; i < record.events.size(); ++i) {
      if (record.events[i].kind != IssueEventKind::labeled || !equal_ascii_folded(record.events[i].label, label))
        continue;
      put_on = &record.events[i];
      position = i;
    }
    if (put_on == nullptr)
      continue; // nobody is known to have put it on
    if (position < arming.position || judge_actor(context, put_on->actor).verdict == ActorVerdict::trusted)
      counting.push_back(label);
  }
  return counting;
}

CardKnowledge derive_card_knowledge(const TickContext& context, const ReadyIssue& ready, const RunName& run,
                                    Timestamp now) {
  const FoundCard* found = ready.history.find_card(run);
  if (found == nullptr)
    return ready.history.card_problems.empty() ? CardKnowledge::none : CardKnowledge::unreadable;
  switch (found->card.state) {
  case CardState::dispatch_failing:
    return CardKnowledge::dispatch_failing;
  case CardState::starting: {
    const Timestamp ordered = found->card.turns.empty() ? now : found->card.turns.back().ordered_at;
    return now - ordered > context.config.limits.tick_deadline ? CardKnowledge::starting_overdue
                                                               : CardKnowledge::starting;
  }
  case CardState::running:
    // A parked run goes on: its card says so before its label does, and a tick may be cut off in between.
    return derive_announced_label(ready.record, found->card, context.config.labels.in_progress) ==
                   AnnouncedLabel::still_to_be_put_on
               ? CardKnowledge::parked
               : CardKnowledge::running;
  case CardState::parked:
    return CardKnowledge::parked;
  case CardState::ended:
    return CardKnowledge::ended;
  }
  return CardKnowledge::unreadable;
}

// What the executors say of the runs of all newest armings: one batch each.
class ExecutorMemory {
 public:
  ExecutorMemory(const TickContext& context, const ExecutorLooks& looks, std::span<const AttemptName> attempts) {
    for (const auto& [name, look] : looks) {
      if (!look) {
        silent_.insert(name);
        continue;
      }
      identities_[name] = look->identity.text;
      auto views = context.executors.at(name)->observe(attempts);
      for (std::size_t i = 0; i < views.size(); ++i) {
        if (!views[i])
          silent_.insert(name);
        else if (views[i]->has_value())
          known_.insert(attempts[i].run);
      }
    }
  }

  [[nodiscard]] ExecutorKnowledge knowledge(const RunName& run, const FoundCard* card) const {
    if (known_.contains(run))
      return ExecutorKnowledge::knows_run;
    if (!silent_.empty())
      return ExecutorKnowledge::cannot_tell;
    const bool named_elsewhere =
        card != nullptr && !card->card.executor_identity.empty() &&
        std::ranges::none_of(identities_, [&](const auto& one) { return one.second == card->card.executor_identity; });
    return named_elsewhere ? ExecutorKnowledge::cannot_tell : ExecutorKnowledge::never_heard;
  }

 private:
  std::set<std::string> silent_;
  std::map<std::string, std::string> identities_;
  std::set<RunName> known_;
};

ArmingInput derive_arming_input(const TickContext& context, const ReadyIssue& ready, const ExecutorMemory& memory,
                                Timestamp now) {
  const ArmingRecord& arming = ready.history.armings.back();
  const FoundCard* card = ready.history.find_card(arming.run);
  ArmingInput input;
  input.id = arming.event.id;
  input.time = arming.event.time;
  input.earlier = ready.history.armings.size() > 1 ? EarlierArming::exists : EarlierArming::none;
  const auto acts = derive_person_acts(ready.record, ready.history, arming, context.config.labels);
  input.spent = derive_spent(acts) == Spent::yes ? ArmingSpent::yes : ArmingSpent::no;
  input.labeler = judge_arming_actor(context, ready.history, arming);
  input.content = judge_content(context, ready.record, arming, ContentFacts::Stage::before_dispatch,
                                card == nullptr ? "" : card->card.content_hash);
  input.run = arming.run;
  input.card = derive_card_knowledge(context, ready, arming.run, now);
  input.executor = memory.knowledge(arming.run, card);
  return input;
}

Candidate derive_candidate(const TickContext& context, const ReadyIssue& ready, const ExecutorMemory& memory,
                           Timestamp now) {
  const IssueRecord& record = ready.record;
  Candidate candidate;
  candidate.issue = record.issue;
  candidate.title = record.title;
  candidate.labels = record.labels;
  candidate.blockers = record.blockers;
  candidate.open_sub_issues = record.open_sub_issues;
  candidate.open_pull_request = record.open_pull_request;
  if (ready.history.armings.empty()) {
    candidate.arming_problem = has_label(record.labels, context.config.labels.ready)
                                   ? "the log names nobody who put the ready label on"
                                   : "the ready label is not on";
    candidate.agent_problem = "the issue is not armed";
    return candidate;
  }
  candidate.arming = derive_arming_input(context, ready, memory, now);
  const auto counting = derive_counting_labels(context, record, ready.history.armings.back());
  Route route = derive_route({counting, context.config.agents, context.config.routing});
  candidate.agent = std::move(route.agent);
  candidate.agent_problem = std::move(route.problem);
  return candidate;
}

void add_live_runs(PollLook& look, const std::set<IssueRef>& parked) {
  PolicyInput& input = look.input;
  input.live_runs = {ListState::State::complete, ""};
  for (const auto& [name, one] : look.executors) {
    if (!one) {
      input.live_runs = {ListState::State::failed, fmt::format("executor {}: {}", name, one.error().message)};
      look.errors.push_back({std::nullopt, with_context("executor " + name, one.error())});
      continue;
    }
    input.dispatches_in_a_day += static_cast<int>(one->recent_starts.size());
    for (const LiveAttempt& live : one->live) {
      const auto park = parked.contains(live.issue) ? LiveRun::Park::parked : LiveRun::Park::no;
      const auto repository = std::ranges::find_if(input.repositories, [&](const RepositoryInput& each) {
        return same_repository(each.repository, live.issue.repository);
      });
      if (repository == input.repositories.end() && park == LiveRun::Park::no)
        ++input.in_flight_elsewhere;
      // Also of repositories that are not listed: they use up their agent's capacity.
      input.live.push_back({live.issue, live.attempt.run, live.agent, park});
    }
    for (RepositoryInput& repository : input.repositories)
      repository.dispatches_in_a_day +=
          static_cast<int>(std::ranges::count_if(one->recent_starts, [&](const auto& start) {
            return same_repository(start.issue.repository, repository.repository);
          }));
  }
}

PolicyInput start_input(const TickContext& context, Timestamp now) {
  PolicyInput input;
  input.now = now;
  input.tick_deadline = context.config.limits.tick_deadline;
  input.kill_switch = context.gate.read_kill_switch() == TickGate::KillSwitch::on ? KillSwitch::on : KillSwitch::off;
  const LabelSettings& labels = context.config.labels;
  input.labels = {labels.in_progress, labels.human, labels.question, labels.paused, "fixes-base"};
  input.caps = derive_caps(context.config.policy);
  for (const auto& [name, agent] : context.config.agents)
    input.agents.push_back({name, agent.max_concurrent});
  return input;
}

Result<RepositoryInput> derive_repository_input(const TickContext& context, const RepositoryName& repository,
                                                const Result<RepositoryListing>& listing, Timestamp now) {
  auto settings = derive_settings(context, repository);
  if (!settings)
    return std::move(settings).error();
  const PolicySettings& policy = settings->policy;
  RepositoryInput input;
  input.repository = listing ? listing->repository : repository;
  input.allowlist = derive_allowlist_verdict(context.config, repository, listing ? listing->repository_id : "");
  input.listing = to_list_state(listing);
  input.slots = policy.slots_per_repository;
  input.hours = is_open(policy.hours, now);
  // A tracker without checks of its own has nobody who judges the base.
  input.base = context.config.tracker.kind == TrackerKind::directory ? BaseState::unmeasured : BaseState::unreadable;
  input.red_base = policy.red_base == PolicySettings::RedBase::ignore ? RedBasePolicy::ignore : RedBasePolicy::hold;
  input.exclude_labels = policy.exclude_labels;
  input.require_labels = policy.require_labels;
  input.default_priority = policy.default_priority;
  input.caps = derive_caps(policy);
  if (listing)
    for (const IssueSummary& issue : listing->issues)
      if (has_label(issue.labels, context.config.labels.in_progress))
        input.in_progress.push_back(issue.issue);
  return input;
}

// The first stage: who is ready, who is in flight, who is parked.
struct Listed {
  std::vector<IssueRef> ready;
  std::set<IssueRef> parked;
};

Listed take_listings(const TickContext& context, std::span<const RepositoryName> repositories,
                     std::span<const Result<RepositoryListing>> listings, PollLook& look) {
  Listed listed;
  for (std::size_t i = 0; i < listings.size(); ++i) {
    const auto& listing = listings[i];
    auto input = derive_repository_input(context, repositories[i], listing, look.input.now);
    if (!input) {
      look.errors.push_back({std::nullopt, std::move(input).error()});
      continue;
    }
    look.input.repositories.push_back(std::move(*input));
    if (!listing) {
      look.errors.push_back({std::nullopt, with_context(render_repository_name(repositories[i]), listing.error())});
      continue;
    }
    for (const auto& [issue, error] : listing->broken)
      look.errors.push_back({issue, error});
    for (const IssueSummary& issue : listing->issues) {
      if (has_label(issue.labels, context.config.labels.ready) && issue.state == IssueState::open)
        listed.ready.push_back(issue.issue);
      if (has_label(issue.labels, context.config.labels.question))
        listed.parked.insert(issue.issue);
    }
  }
  return listed;
}

void note_unrecorded(const TickContext& context, const IssueRecord& record, PollLook& look) {
  const bool unrecorded = std::ranges::any_of(record.events, [&](const IssueEvent& event) {
    return !event.recorded && event.kind == IssueEventKind::labeled &&
           has_label({{event.label}}, context.config.labels.ready);
  });
  if (unrecorded)
    look.unrecorded.push_back(record.issue);
}

// The second stage: the ready issues whole, with their history.
void read_ready_issues(const TickContext& context, std::span<const IssueRef> issues, PollLook& look) {
  auto records = context.tracker.fetch_issues(issues);
  for (std::size_t i = 0; i < records.size(); ++i) {
    auto settings = derive_settings(context, issues[i].repository);
    if (!records[i] || !settings) {
      look.errors.push_back({issues[i], records[i] ? settings.error() : records[i].error()});
      continue;
    }
    note_unrecorded(context, *records[i], look);
    ReadyIssue ready{std::move(*records[i]), {}, std::move(*settings)};
    ready.history = derive_issue_history(ready.record, derive_history_context(context, look.host));
    look.ready.insert_or_assign(issues[i], std::move(ready));
  }
}

// The third stage: what the executors know, and everything put together.
void judge_ready_issues(const TickContext& context, const Listed& listed, PollLook& look) {
  look.executors = look_at_executors(context);
  add_live_runs(look, listed.parked);
  std::vector<AttemptName> attempts;
  for (const auto& [issue, ready] : look.ready)
    if (!ready.history.armings.empty())
      for (int k = 0; k <= ready.settings.lifecycle.redispatch_max; ++k)
        attempts.push_back({ready.history.armings.back().run, k});
  const ExecutorMemory memory(context, look.executors, attempts);
  for (const IssueRef& issue : listed.ready) {
    const auto repository = std::ranges::find_if(look.input.repositories, [&](const RepositoryInput& each) {
      return same_repository(each.repository, issue.repository);
    });
    if (repository == look.input.repositories.end())
      continue;
    const auto ready = look.ready.find(issue);
    if (ready != look.ready.end()) {
      repository->candidates.push_back(derive_candidate(context, ready->second, memory, look.input.now));
      continue;
    }
    Candidate unreadable;
    unreadable.issue = issue;
    unreadable.record_problem = "the issue could not be read; the error stands in the report";
    repository->candidates.push_back(std::move(unreadable));
  }
}

Result<PollLook> start_look(const TickContext& context) {
  PollLook look;
  auto host = context.tracker.fetch_host();
  if (!host)
    return std::move(host).error();
  auto now = context.tracker.fetch_time();
  if (!now)
    return std::move(now).error();
  look.host = std::move(*host);
  look.input = start_input(context, *now);
  return look;
}

ListingQuery listing_query(const LabelSettings& labels) {
  return {{labels.ready, labels.in_progress, labels.question}, ListingQuery::States::open_only};
}

} // namespace

Result<PollLook> look_at_ready_issues(const TickContext& context) {
  auto look = start_look(context);
  if (!look)
    return look;
  std::vector<RepositoryName> repositories;
  for (const AllowlistEntry& entry : context.config.allowlist)
    repositories.push_back(entry.repository);
  const auto listings = context.tracker.list_issues(repositories, listing_query(context.config.labels));
  if (!listings.empty() && std::ranges::none_of(listings, [](const auto& one) { return one.ok(); }))
    return listings.front().error();
  Listed listed = take_listings(context, repositories, listings, *look);
  if (context.only)
    std::erase_if(listed.ready, [&](const IssueRef& issue) { return issue != *context.only; });
  if (listed.ready.empty())
    return look;
  read_ready_issues(context, listed.ready, *look);
  judge_ready_issues(context, listed, *look);
  return look;
}

Result<PollLook> look_at_issue(const TickContext& context, const IssueRef& issue) {
  auto look = start_look(context);
  if (!look)
    return look;
  const std::vector<RepositoryName> repositories{issue.repository};
  const auto listings = context.tracker.list_issues(repositories, listing_query(context.config.labels));
  Listed listed = take_listings(context, repositories, listings, *look);
  listed.ready = {issue};
  read_ready_issues(context, listed.ready, *look);
  judge_ready_issues(context, listed, *look);
  return look;
}

} // namespace afk::loop
