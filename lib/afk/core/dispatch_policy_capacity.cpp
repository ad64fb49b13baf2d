#include <afk/core/dispatch_policy_capacity.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace afk {

namespace {

using Context = GateContext;

bool is_in_progress(const RepositoryInput& repository, const IssueRef& issue) {
  return std::ranges::any_of(repository.in_progress, [&](const IssueRef& one) { return same_issue(one, issue); });
}

bool is_own(const Context& context, const LiveRun& run) {
  return context.candidate.arming && run.run == context.candidate.arming->run;
}

// Issues with the in-progress label, and live runs of issues without it: what stands for two in both lists is one.
int count_runs(const Context& context, const RepositoryInput& repository) {
  std::set<std::string> runs;
  for (const LiveRun& run : context.input.live) {
    const bool here = same_repository(run.issue.repository, repository.repository);
    const bool counts = here && run.park == LiveRun::Park::no && !is_own(context, run);
    if (counts && !is_in_progress(repository, run.issue)) {
      runs.insert(run.run.text);
    }
  }
  const auto labelled = std::ranges::count_if(
      repository.in_progress, [&](const IssueRef& issue) { return !same_issue(issue, context.candidate.issue); });
  return static_cast<int>(runs.size()) + static_cast<int>(labelled);
}

int count_runs_everywhere(const Context& context) {
  int runs = context.input.in_flight_elsewhere;
  for (const RepositoryInput& repository : context.input.repositories) {
    runs += count_runs(context, repository);
  }
  return runs;
}

int count_agent_runs(const Context& context, const std::string& agent) {
  std::set<std::string> runs;
  for (const LiveRun& run : context.input.live) {
    if (run.agent == agent && run.park == LiveRun::Park::no && !is_own(context, run)) {
      runs.insert(run.run.text);
    }
  }
  return static_cast<int>(runs.size());
}

Chosen::Count chosen_here(const Context& context, const Chosen& chosen) {
  const auto found = chosen.repositories.find(&context.repository);
  return found == chosen.repositories.end() ? Chosen::Count{} : found->second;
}

// One cap and what of it is used up. Absent limit: no cap.
struct Level {
  std::optional<int> limit;
  int used = 0;

  [[nodiscard]] bool full() const { return limit && used >= *limit; }
};

struct Levels {
  Level slots;
  Level in_flight;
  Level in_flight_here;
  Level agent;
  Level per_day;
  Level per_day_here;
  Level per_tick;
  Level per_tick_here;
};

Level derive_agent_level(const Context& context, const Chosen& chosen) {
  if (!context.candidate.agent) {
    return {};
  }
  const std::string& name = context.candidate.agent->name;
  const auto capacity = std::ranges::find(context.input.agents, name, &AgentCapacity::name);
  const auto more = chosen.agents.find(name);
  return {.limit = capacity == context.input.agents.end() ? 0 : capacity->max_concurrent,
          .used = count_agent_runs(context, name) + (more == chosen.agents.end() ? 0 : more->second)};
}

Levels derive_levels(const Context& context, const Chosen& chosen) {
  const PolicyInput& input = context.input;
  const RepositoryInput& repository = context.repository;
  const Chosen::Count here = chosen_here(context, chosen);
  const int runs_here = count_runs(context, repository) + here.runs;
  const int runs = count_runs_everywhere(context) + chosen.everywhere.runs;
  return {
      .slots = {.limit = repository.slots, .used = runs_here},
      .in_flight = {.limit = input.caps.in_flight, .used = runs},
      .in_flight_here = {.limit = repository.caps.in_flight, .used = runs_here},
      .agent = derive_agent_level(context, chosen),
      .per_day = {.limit = input.caps.per_day, .used = input.dispatches_in_a_day + chosen.everywhere.dispatches},
      .per_day_here = {.limit = repository.caps.per_day, .used = repository.dispatches_in_a_day + here.dispatches},
      .per_tick = {.limit = input.caps.per_tick, .used = chosen.everywhere.dispatches},
      .per_tick_here = {.limit = repository.caps.per_tick, .used = here.dispatches},
  };
}

GateVerdict pass(std::string_view name) {
  return {.name = std::string(name), .state = GateState::pass, .reason = {}, .change = {}};
}

struct Words {
  std::string_view name;
  std::string what;   // "… of … used up"
  std::string change; // of the gate that fails
};

GateVerdict judge(const Level& level, const Words& words) {
  if (!level.full()) {
    return pass(words.name);
  }
  return {.name = std::string(words.name),
          .state = GateState::fail,
          .reason = fmt::format("{}: {} of {}", words.what, level.used, *level.limit),
          .change = words.change};
}

// The cap over everything has the first word, then that of the repository.
GateVerdict judge_both(const Level& everywhere, const Level& here, const Words& words) {
  if (everywhere.full() || !here.full()) {
    return judge(everywhere, words);
  }
  return judge(here, {.name = words.name, .what = words.what + " in this repository", .change = words.change});
}

} // namespace

std::vector<GateVerdict> judge_capacity(const GateContext& context, const Chosen& chosen) {
  const Levels levels = derive_levels(context, chosen);
  const std::string agent = context.candidate.agent ? context.candidate.agent->name : "";
  return {
      judge(levels.slots, {"slots", "the repository's slots are taken",
                           "a run of the repository ends, or raise slots_per_repository"}),
      judge_both(levels.in_flight, levels.in_flight_here,
                 {"in-flight", "as many runs as allowed are in flight", "a run ends, or raise max_in_flight"}),
      context.candidate.agent
          ? judge(levels.agent, {"agent-load", fmt::format("the agent {} has as much as it may take", agent),
                                 "one of its runs ends, or raise its max_concurrent"})
          : GateVerdict{.name = "agent-load",
                        .state = GateState::not_evaluated,
                        .reason = "no agent was chosen",
                        .change = {}},
      judge_both(levels.per_day, levels.per_day_here,
                 {"per-day", "as much as allowed was started within a day", "wait, or raise max_dispatches_per_day"}),
      judge_both(levels.per_tick, levels.per_tick_here,
                 {"per-tick", "this tick starts as much as it may", "the next tick goes on"}),
  };
}

SharedCap derive_shared_cap(const GateContext& context, const Chosen& chosen) {
  const Levels levels = derive_levels(context, chosen);
  const bool binds = levels.in_flight.full() || levels.agent.full() || levels.per_day.full() || levels.per_tick.full();
  return binds ? SharedCap::binds : SharedCap::has_room;
}

} // namespace afk
