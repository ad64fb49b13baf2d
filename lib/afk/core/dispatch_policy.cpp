#include <afk/core/check.hpp>
#include <afk/core/dispatch_policy.hpp>
#include <afk/core/dispatch_policy_capacity.hpp>
#include <afk/core/dispatch_policy_gates.hpp>
#include <afk/core/labels.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

namespace afk {

namespace {

// What a candidate calls for before slots and caps are looked at, and the gate that says so.
struct Calling {
  PollAction action = PollAction::skip;
  std::string gate; // "" where every gate passes
};

// A candidate on its way through the policy. Points into the input.
struct Entry {
  GateContext context;
  std::vector<GateVerdict> gates;
  Calling calling;
  int priority = 0;
};

bool needs_room(const Entry& entry) {
  return entry.calling.action == PollAction::dispatch || entry.calling.action == PollAction::stamp_parked;
}

bool is_never_started(CardKnowledge card) {
  return card == CardKnowledge::none || card == CardKnowledge::dispatch_failing;
}

// A person put an end to the arming. A run that may exist is stood down, which concludes it; one that says already how
// it ended is brought to its end; where nothing was started the ready label is all that is left to take off.
Calling call_for_spent(const ArmingInput& arming) {
  if (arming.card == CardKnowledge::ended) {
    return {PollAction::finish_ending, "spent"};
  }
  if (is_never_started(arming.card) && arming.executor != ExecutorKnowledge::knows_run) {
    return {PollAction::spend, "spent"};
  }
  return {PollAction::stand_down, "spent"};
}

Calling call_for_parked(const std::vector<GateVerdict>& gates) {
  for (const std::string_view name : {"question", "other-run", "listing", "live-runs"}) {
    if (find_gate(gates, name).state == GateState::fail) {
      return {PollAction::skip, std::string(name)};
    }
  }
  return {PollAction::stamp_parked, "run"};
}

// The arming has its run, and the issue does not carry the in-progress label.
Calling call_for_known_run(const ArmingInput& arming, const std::vector<GateVerdict>& gates) {
  const bool shown = arming.executor == ExecutorKnowledge::knows_run;
  switch (arming.card) {
  case CardKnowledge::none:
  case CardKnowledge::dispatch_failing:
    return {PollAction::stamp_new, "run"};
  case CardKnowledge::starting:
    return {shown ? PollAction::stamp_starting : PollAction::skip, "run"};
  case CardKnowledge::starting_overdue:
    return {shown ? PollAction::stamp_starting : PollAction::escalate_dispatch_unknown, "run"};
  case CardKnowledge::running:
    return {PollAction::stand_down, "run"};
  case CardKnowledge::parked:
    return call_for_parked(gates);
  case CardKnowledge::ended:
    return {PollAction::finish_ending, "run"};
  case CardKnowledge::unreadable:
    break;
  }
  return {PollAction::skip, "card"};
}

Calling derive_calling(const Candidate& candidate, const std::vector<GateVerdict>& gates) {
  const GateVerdict* failing = find_failing_gate(gates);
  if (failing == nullptr) {
    return {PollAction::dispatch, ""};
  }
  if (failing->name == "spent") {
    return call_for_spent(*candidate.arming);
  }
  if (failing->name == "run") {
    return call_for_known_run(*candidate.arming, gates);
  }
  return {PollAction::skip, failing->name};
}

// What was begun goes before what is new; then the more urgent, the one that waits longer, the lower number.
auto derive_turn(const Entry& entry) {
  const Candidate& candidate = entry.context.candidate;
  const bool resumed = entry.calling.action == PollAction::stamp_parked;
  const Timestamp armed = candidate.arming ? candidate.arming->time : Timestamp::max();
  return std::make_tuple(resumed ? 0 : 1, entry.priority, armed, candidate.issue.number, candidate.issue.repository);
}

std::vector<Entry> judge_everything(const PolicyInput& input) {
  std::vector<Entry> entries;
  for (const RepositoryInput& repository : input.repositories) {
    for (const Candidate& candidate : repository.candidates) {
      const GateContext context{input, repository, candidate};
      std::vector<GateVerdict> gates = judge_candidate(context);
      Calling calling = derive_calling(candidate, gates);
      const int priority = derive_priority(candidate.labels).priority.value_or(repository.default_priority);
      entries.push_back({context, std::move(gates), std::move(calling), priority});
    }
  }
  return entries;
}

using Sequence = std::vector<const Entry*>;

Sequence order_by_turn(const std::vector<Entry>& entries) {
  Sequence sequence;
  for (const Entry& entry : entries) {
    sequence.push_back(&entry);
  }
  std::ranges::sort(sequence,
                    [](const Entry* left, const Entry* right) { return derive_turn(*left) < derive_turn(*right); });
  return sequence;
}

Sequence group_by_repository(Sequence sequence) {
  std::ranges::stable_sort(sequence, std::less<>{}, [](const Entry* entry) { return &entry->context.repository; });
  return sequence;
}

// The first of each repository, then the second of each, and so on.
Sequence take_turns(const Sequence& by_turn) {
  std::map<const RepositoryInput*, std::size_t> seen;
  std::vector<std::pair<std::size_t, const Entry*>> rounds;
  for (const Entry* entry : by_turn) {
    rounds.emplace_back(seen[&entry->context.repository]++, entry);
  }
  std::ranges::stable_sort(rounds, {}, &std::pair<std::size_t, const Entry*>::first);
  Sequence sequence;
  for (const auto& [round, entry] : rounds) {
    sequence.push_back(entry);
  }
  return sequence;
}

// A parked run takes a slot again, but starts nothing that caps on starts are about.
std::string find_refusing_gate(const Entry& entry, const std::vector<GateVerdict>& capacity) {
  const bool dispatch = entry.calling.action == PollAction::dispatch;
  for (const GateVerdict& gate : capacity) {
    const bool binds = dispatch || gate.name == "slots" || gate.name == "in-flight";
    if (binds && gate.state != GateState::pass) {
      return gate.name;
    }
  }
  return "";
}

struct Selection {
  Sequence chosen;
  Chosen counts;
  std::map<const Entry*, std::vector<GateVerdict>> capacity; // as it was when the entry's turn came
  std::map<const Entry*, std::string> refused_by;
  SharedCap shared_cap = SharedCap::has_room;
};

void choose(const Entry& entry, Selection& selection) {
  selection.chosen.push_back(&entry);
  Chosen::Count& here = selection.counts.repositories[&entry.context.repository];
  ++selection.counts.everywhere.runs;
  ++here.runs;
  if (entry.calling.action == PollAction::dispatch) {
    ++selection.counts.everywhere.dispatches;
    ++here.dispatches;
    ++selection.counts.agents[entry.context.candidate.agent->name];
  }
}

bool is_shown_live(const Entry& entry) {
  return std::ranges::any_of(entry.context.input.live, [&](const LiveRun& live) {
    return live.park == LiveRun::Park::no && live.run == entry.context.candidate.arming->run;
  });
}

// A run that is stamped in this tick holds its slot from now on. While it is live the input counts it already.
void count_stamped(const Sequence& by_turn, Selection& selection) {
  for (const Entry* entry : by_turn) {
    const PollAction action = entry->calling.action;
    const bool stamped = action == PollAction::stamp_new || action == PollAction::stamp_starting;
    if (stamped && !is_shown_live(*entry)) {
      ++selection.counts.everywhere.runs;
      ++selection.counts.repositories[&entry->context.repository].runs;
    }
  }
}

Selection select(const Sequence& by_turn, const Sequence& contenders) {
  Selection selection;
  count_stamped(by_turn, selection);
  for (const Entry* entry : contenders) {
    auto capacity = judge_capacity(entry->context, selection.counts);
    std::string refusing = find_refusing_gate(*entry, capacity);
    selection.capacity.emplace(entry, std::move(capacity));
    if (refusing.empty()) {
      choose(*entry, selection);
      continue;
    }
    selection.refused_by.emplace(entry, std::move(refusing));
    if (derive_shared_cap(entry->context, selection.counts) == SharedCap::binds) {
      selection.shared_cap = SharedCap::binds;
    }
  }
  return selection;
}

Selection select_fairly(const Sequence& by_turn) {
  Sequence contenders;
  std::ranges::copy_if(by_turn, std::back_inserter(contenders), [](const Entry* entry) { return needs_room(*entry); });
  Selection selection = select(by_turn, contenders);
  return selection.shared_cap == SharedCap::has_room ? selection : select(by_turn, take_turns(contenders));
}

PlannedIssue plan(const Entry& entry) {
  const Candidate& candidate = entry.context.candidate;
  const bool dispatch = entry.calling.action == PollAction::dispatch;
  return {.issue = candidate.issue,
          .run = candidate.arming->run,
          .action = entry.calling.action,
          .agent = dispatch ? candidate.agent : std::nullopt};
}

IssueVerdict conclude(const Entry& entry, const Selection& selection) {
  const auto capacity = selection.capacity.find(&entry);
  const auto refused = selection.refused_by.find(&entry);
  std::vector<GateVerdict> gates = entry.gates;
  const auto rest =
      capacity != selection.capacity.end() ? capacity->second : judge_capacity(entry.context, selection.counts);
  gates.insert(gates.end(), rest.begin(), rest.end());
  const bool is_refused = refused != selection.refused_by.end();
  IssueVerdict verdict{.issue = entry.context.candidate.issue,
                       .action = is_refused ? PollAction::skip : entry.calling.action,
                       .gate = is_refused ? refused->second : entry.calling.gate,
                       .reason = {},
                       .change = {},
                       .priority = entry.priority,
                       .gates = std::move(gates)};
  if (!verdict.gate.empty()) {
    const GateVerdict& gate = find_gate(verdict.gates, verdict.gate);
    verdict.reason = gate.reason;
    verdict.change = gate.change;
  }
  return verdict;
}

} // namespace

DispatchPlan derive_dispatch_plan(const PolicyInput& input) {
  const std::vector<Entry> entries = judge_everything(input);
  const Sequence by_turn = order_by_turn(entries);
  const Selection selection = select_fairly(by_turn);
  DispatchPlan result;
  for (const Entry* entry : by_turn) {
    if (entry->calling.action != PollAction::skip && !needs_room(*entry)) {
      result.chosen.push_back(plan(*entry));
    }
  }
  for (const Entry* entry : selection.chosen) {
    result.chosen.push_back(plan(*entry));
  }
  for (const Entry* entry : group_by_repository(by_turn)) {
    result.issues.push_back(conclude(*entry, selection));
  }
  return result;
}

std::string_view render_poll_action(PollAction action) {
  switch (action) {
  case PollAction::skip:
    return "skip";
  case PollAction::dispatch:
    return "dispatch";
  case PollAction::stamp_new:
    return "stamp-new";
  case PollAction::stamp_starting:
    return "stamp-starting";
  case PollAction::stamp_parked:
    return "stamp-parked";
  case PollAction::finish_ending:
    return "finish-ending";
  case PollAction::stand_down:
    return "stand-down";
  case PollAction::spend:
    return "spend";
  case PollAction::escalate_dispatch_unknown:
    return "escalate-dispatch-unknown";
  }
  fail_check("a poll action without a name", std::source_location::current());
}

} // namespace afk
