#include <afk/loop/poll_look.hpp>

#include <afk/core/dispatch_policy.hpp>
#include <afk/core/routing.hpp>
#include <afk/core/text.hpp>
#include <afk/loop/actor_judge.hpp>
#include <afk/loop/base_look.hpp>
#include <afk/loop/counting_labels.hpp>
#include <afk/loop/people.hpp>
#include <afk/loop/refusal.hpp>

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

// What a first look does not know does not stand in the way of a second one, which judges it.
void expect_the_best(ArmingInput& input) {
  if (input.labeler.verdict == ActorVerdict::permission_unknown)
    input.labeler = {ActorVerdict::trusted, "the permission is asked for when the issue is read whole"};
  if (input.content.verdict == ContentVerdict::unknown)
    input.content = {ContentVerdict::valid, "the text is read when the issue is read whole"};
}

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
  input.labeler = judge_arming_actor(context, ready.record, ready.history, arming);
  input.content = judge_content(context, ready.record, arming, ContentFacts::Stage::before_dispatch,
                                card == nullptr ? "" : card->card.content_hash);
  input.run = arming.run;
  input.card = derive_card_knowledge(context, ready, arming.run, now);
  input.executor = memory.knowledge(arming.run, card);
  if (ready.record.depth == IssueDepth::arming)
    expect_the_best(input);
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
  // A repository that was renamed answers under its old name too: the name that it has now must be listed.
  input.allowlist = derive_allowlist_verdict(context.config, input.repository, listing ? listing->repository_id : "");
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
  std::map<IssueRef, std::string> titles;
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
      listed.titles[issue.issue] = issue.title;
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

Result<ReadyIssue> derive_ready(const TickContext& context, const TrackerHost& host, const IssueRef& issue,
                                Result<IssueRecord> record) {
  auto settings = derive_settings(context, issue.repository);
  if (!record || !settings)
    return record ? settings.error() : std::move(record).error();
  ReadyIssue ready{std::move(*record), {}, std::move(*settings)};
  ready.history = derive_issue_history(ready.record, derive_history_context(context, host));
  return ready;
}

void take_records(const TickContext& context, std::span<const IssueRef> issues,
                  std::vector<Result<IssueRecord>> records, PollLook& look) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    auto ready = derive_ready(context, look.host, issues[i], std::move(records[i]));
    if (!ready) {
      look.ready.erase(issues[i]); // what a first look saw of it counts no more
      look.errors.push_back({issues[i], std::move(ready).error()});
      continue;
    }
    note_unrecorded(context, ready->record, look);
    look.ready.insert_or_assign(issues[i], std::move(*ready));
  }
}

std::vector<PermissionQuery> gather_people(const TickContext& context, const PollLook& look,
                                           std::span<const IssueRef> issues) {
  std::vector<PermissionQuery> people;
  for (const IssueRef& issue : issues) {
    const auto ready = look.ready.find(issue);
    if (ready == look.ready.end() || ready->second.history.armings.empty())
      continue;
    const ReadyIssue& one = ready->second;
    std::ranges::copy(derive_people_to_ask(context, one.record, one.history.armings.back(), Heard::log),
                      std::back_inserter(people));
  }
  return people;
}

// The issues in flight whose cards were not read yet: what they say of usage limits concerns everybody.
std::vector<IssueRef> find_unread_in_flight(const PollLook& look) {
  constexpr std::size_t most_read = 50; // the rest is beyond every sensible max_in_flight
  std::vector<IssueRef> unread;
  for (const RepositoryInput& repository : look.input.repositories) {
    for (const IssueRef& issue : repository.in_progress) {
      const auto ready = look.ready.find(issue);
      const bool is_read = ready != look.ready.end() && ready->second.record.depth == IssueDepth::whole;
      if (!is_read && unread.size() < most_read)
        unread.push_back(issue);
    }
  }
  return unread;
}

// Issues whole, with their history, and what the people in it may do. What is in flight is read along with them.
void read_whole(const TickContext& context, std::span<const IssueRef> issues, PollLook& look) {
  if (context.people != nullptr) // as far as a first look has seen them
    context.people->expect(gather_people(context, look, issues));
  std::vector<IssueRef> batch(issues.begin(), issues.end());
  for (const IssueRef& issue : find_unread_in_flight(look))
    if (std::ranges::find(batch, issue) == batch.end())
      batch.push_back(issue);
  take_records(context, batch, context.tracker.fetch_issues(batch), look);
  if (context.people != nullptr)
    context.people->ask(gather_people(context, look, issues));
}

ExecutorMemory ask_about_runs(const TickContext& context, const PollLook& look) {
  std::vector<AttemptName> attempts;
  for (const auto& [issue, ready] : look.ready)
    if (!ready.history.armings.empty())
      for (int k = 0; k <= ready.settings.lifecycle.redispatch_max; ++k)
        attempts.push_back({ready.history.armings.back().run, k});
  return {context, look.executors, attempts};
}

Candidate derive_unread_candidate(const Listed& listed, const PollLook& look, const IssueRef& issue) {
  Candidate unread;
  unread.issue = issue;
  unread.agent_problem = "the issue was not read";
  if (const auto left = look.left_unread.find(issue); left != look.left_unread.end()) {
    unread.left_unread = left->second;
    unread.title = listed.titles.at(issue);
  } else {
    unread.record_problem = "the issue could not be read; the error stands in the report";
  }
  return unread;
}

// A listing by label does not show the other labels of an issue.
void note_parked(const TickContext& context, PollLook& look) {
  for (LiveRun& live : look.input.live) {
    const auto ready = look.ready.find(live.issue);
    if (ready != look.ready.end() && has_label(ready->second.record.labels, context.config.labels.question))
      live.park = LiveRun::Park::parked;
  }
}

void note_cooldowns(const TickContext& context, PollLook& look) {
  for (const RepositoryInput& repository : look.input.repositories) {
    for (const IssueRef& issue : repository.in_progress) {
      const auto ready = look.ready.find(issue);
      if (ready != look.ready.end())
        look.cooldowns.add(context, ready->second.history);
    }
  }
}

// Everything put together for the policy.
void judge_ready_issues(const TickContext& context, const Listed& listed, PollLook& look) {
  note_parked(context, look);
  const ExecutorMemory memory = ask_about_runs(context, look);
  for (RepositoryInput& repository : look.input.repositories)
    repository.candidates.clear();
  for (const IssueRef& issue : listed.ready) {
    const auto repository = std::ranges::find_if(look.input.repositories, [&](const RepositoryInput& each) {
      return same_repository(each.repository, issue.repository);
    });
    if (repository == look.input.repositories.end())
      continue;
    const auto ready = look.ready.find(issue);
    const bool is_read = ready != look.ready.end() && !look.left_unread.contains(issue);
    repository->candidates.push_back(is_read ? derive_candidate(context, ready->second, memory, look.input.now)
                                             : derive_unread_candidate(listed, look, issue));
    Candidate& candidate = repository->candidates.back();
    if (candidate.agent)
      candidate.cooldown_until = look.cooldowns.find(context, candidate.agent->name, look.input.now);
  }
}

void look_at_live_runs(const TickContext& context, const Listed& listed, PollLook& look) {
  look.executors = look_at_executors(context);
  add_live_runs(look, listed.parked);
}

// The issues that a first look is worth: those that could take a slot, or whose run lives and has lost its label.
std::vector<IssueRef> choose_first_look(const TickContext& context, const Listed& listed, PollLook& look) {
  const std::set<IssueRef> ready(listed.ready.begin(), listed.ready.end());
  std::vector<IssueRef> chosen;
  for (const RepositoryInput& repository : look.input.repositories) {
    std::set<IssueRef> busy(repository.in_progress.begin(), repository.in_progress.end());
    std::set<IssueRef> living;
    for (const LiveRun& live : look.input.live) {
      living.insert(live.issue);
      const bool elsewhere = !same_repository(live.issue.repository, repository.repository);
      if (!elsewhere && live.park == LiveRun::Park::no && !ready.contains(live.issue))
        busy.insert(live.issue);
    }
    const bool has_room = std::cmp_less(busy.size(), repository.slots);
    for (const IssueRef& issue : listed.ready) {
      if (!same_repository(issue.repository, repository.repository))
        continue;
      if (std::ranges::find(repository.in_progress, issue) != repository.in_progress.end())
        look.left_unread[issue] = fmt::format("the label {} is on: it is in flight", context.config.labels.in_progress);
      else if (repository.allowlist != AllowlistVerdict::listed)
        look.left_unread[issue] = "its repository is not on the allowlist as it is now";
      else if (!has_room && !living.contains(issue))
        look.left_unread[issue] = "every slot of the repository is taken";
      else
        chosen.push_back(issue);
    }
  }
  return chosen;
}

// What the policy would act on if everything unread were well.
std::vector<IssueRef> find_worth_reading(const PollLook& look) {
  std::vector<IssueRef> worth;
  for (const PlannedIssue& planned : derive_dispatch_plan(look.input).chosen) {
    const auto ready = look.ready.find(planned.issue);
    if (ready != look.ready.end() && ready->second.record.depth == IssueDepth::arming)
      worth.push_back(planned.issue);
  }
  return worth;
}

// People have to be told once why an arming was refused, which takes the comments to see whether they were.
std::vector<IssueRef> find_worth_telling(const TickContext& context, const PollLook& look) {
  constexpr std::size_t most_told = 5;
  std::vector<IssueRef> worth;
  const DispatchPlan plan = derive_dispatch_plan(look.input);
  for (const RepositoryInput& repository : look.input.repositories) {
    for (const Candidate& candidate : repository.candidates) {
      const auto ready = look.ready.find(candidate.issue);
      const auto verdict = std::ranges::find(plan.issues, candidate.issue, &IssueVerdict::issue);
      if (worth.size() < most_told && ready != look.ready.end() && verdict != plan.issues.end() &&
          ready->second.record.depth == IssueDepth::arming &&
          derive_worth_telling(context, candidate, *verdict) == WorthTelling::yes)
        worth.push_back(candidate.issue);
    }
  }
  return worth;
}

// A tracker may answer a first look with whole issues: these are not read a second time.
void ask_about_people_of_whole(const TickContext& context, std::span<const IssueRef> issues, const PollLook& look) {
  std::vector<IssueRef> whole;
  std::ranges::copy_if(issues, std::back_inserter(whole), [&](const IssueRef& issue) {
    const auto ready = look.ready.find(issue);
    return ready != look.ready.end() && ready->second.record.depth == IssueDepth::whole;
  });
  if (context.people != nullptr)
    context.people->ask(gather_people(context, look, whole));
}

// Where every issue read costs, they are read in stages: who armed them for those that could take a slot, and the whole
// for those that would. An issue that is refused then gives its place to the next one, a few times in a tick.
void read_in_stages(const TickContext& context, const Listed& listed, PollLook& look) {
  constexpr int most_rounds = 3;
  look_at_live_runs(context, listed, look);
  const auto first = choose_first_look(context, listed, look);
  take_records(context, first, context.tracker.fetch_armings(first), look);
  ask_about_people_of_whole(context, first, look);
  look_at_bases(context, first, look);
  judge_ready_issues(context, listed, look);
  for (int round = 0; round < most_rounds; ++round) {
    auto worth = find_worth_reading(look);
    if (round == 0)
      std::ranges::copy(find_worth_telling(context, look), std::back_inserter(worth));
    if (worth.empty())
      break;
    read_whole(context, worth, look);
    if (round == 0)
      note_cooldowns(context, look);
    judge_ready_issues(context, listed, look);
  }
  for (const auto& [issue, ready] : look.ready)
    if (ready.record.depth == IssueDepth::arming)
      look.left_unread.emplace(issue, "others are before it, and no slot is left for it");
  judge_ready_issues(context, listed, look);
}

void read_at_once(const TickContext& context, const Listed& listed, PollLook& look) {
  read_whole(context, listed.ready, look);
  look_at_live_runs(context, listed, look);
  look_at_bases(context, listed.ready, look);
  note_cooldowns(context, look);
  judge_ready_issues(context, listed, look);
}

bool reads_in_stages(const TickContext& context) {
  return context.config.tracker.kind != TrackerKind::directory;
}

struct Started {
  PollLook look;
  Listed listed;
};

ListingQuery listing_query(const TickContext& context) {
  const LabelSettings& labels = context.config.labels;
  ListingQuery query{{labels.ready, labels.in_progress}, ListingQuery::States::open_only};
  if (!reads_in_stages(context)) // elsewhere a parked issue is found among the ready ones: each label costs
    query.labels.push_back(labels.question);
  return query;
}

// The first stage. The time is asked for behind it: a service tells it with its answer.
Result<Started> list_ready_issues(const TickContext& context, std::span<const RepositoryName> repositories) {
  if (context.people != nullptr)
    context.people->forget();
  const auto listings = context.tracker.list_issues(repositories, listing_query(context));
  if (!listings.empty() && std::ranges::none_of(listings, [](const auto& one) { return one.ok(); }))
    return listings.front().error();
  Started started;
  auto host = context.tracker.fetch_host();
  if (!host)
    return std::move(host).error();
  auto now = context.tracker.fetch_time();
  if (!now)
    return std::move(now).error();
  started.look.host = std::move(*host);
  started.look.input = start_input(context, *now);
  started.listed = take_listings(context, repositories, listings, started.look);
  return started;
}

} // namespace

Result<PollLook> look_at_ready_issues(const TickContext& context) {
  std::vector<RepositoryName> repositories;
  for (const AllowlistEntry& entry : context.config.allowlist)
    repositories.push_back(entry.repository);
  auto started = list_ready_issues(context, repositories);
  if (!started)
    return std::move(started).error();
  Listed& listed = started->listed;
  if (context.only)
    std::erase_if(listed.ready, [&](const IssueRef& issue) { return issue != *context.only; });
  if (listed.ready.empty())
    return std::move(started->look);
  if (reads_in_stages(context))
    read_in_stages(context, listed, started->look);
  else
    read_at_once(context, listed, started->look);
  return std::move(started->look);
}

Result<PollLook> look_at_issue(const TickContext& context, const IssueRef& issue) {
  auto started = list_ready_issues(context, std::span(&issue.repository, 1));
  if (!started)
    return std::move(started).error();
  started->listed.ready = {issue};
  read_at_once(context, started->listed, started->look);
  return std::move(started->look);
}

} // namespace afk::loop
