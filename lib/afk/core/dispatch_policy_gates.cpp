#include <afk/core/check.hpp>
#include <afk/core/dispatch_policy_arming.hpp>
#include <afk/core/dispatch_policy_gates.hpp>
#include <afk/core/dispatch_policy_words.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

namespace afk {

namespace {

using Context = GateContext;

GateVerdict judge_kill_switch(const Context& context) {
  if (context.input.kill_switch == KillSwitch::off) {
    return pass_gate();
  }
  return fail_gate({"the kill switch is on", "turn kill_switch off, and kill_switch_file where there is one"});
}

GateVerdict judge_allowlist(const Context& context) {
  const std::string repository = render_repository_name(context.repository.repository);
  switch (context.repository.allowlist) {
  case AllowlistVerdict::listed:
    return pass_gate();
  case AllowlistVerdict::other_id:
    return fail_gate({fmt::format("the allowlist names {} with another repository id", repository),
                      "look whether this is still the same repository, then write its id into the allowlist"});
  case AllowlistVerdict::not_listed:
    break;
  }
  return fail_gate({fmt::format("{} is not on the allowlist", repository), "write it into the allowlist"});
}

GateVerdict judge_record(const Context& context) {
  if (is_read(context.candidate)) {
    return pass_gate();
  }
  if (context.candidate.record_problem.empty()) {
    return fail_gate({with_problem("not looked at in this tick", context.candidate.left_unread),
                      "a slot becomes free; `afk why` looks at it whatever is free"});
  }
  return fail_gate({with_problem("the issue could not be read", context.candidate.record_problem),
                    "mend what could not be read; every tick tries again"});
}

GateVerdict judge_in_progress(const Context& context) {
  const std::string& label = context.input.labels.in_progress;
  const bool listed = std::ranges::any_of(context.repository.in_progress, [&](const IssueRef& issue) {
    return same_issue(issue, context.candidate.issue);
  });
  if (!listed && !carries_label(context.candidate, label)) {
    return pass_gate();
  }
  return fail_gate(
      {fmt::format("the label {} is on: the issue is in flight", label), "the run ends, or `afk stop` ends it"});
}

GateVerdict judge_label_is_off(const Context& context, const std::string& label) {
  if (!carries_label(context.candidate, label)) {
    return pass_gate();
  }
  return fail_gate({fmt::format("the label {} is on", label), fmt::format("take {} off", label)});
}

GateVerdict judge_human(const Context& context) {
  return judge_label_is_off(context, context.input.labels.human);
}

GateVerdict judge_question(const Context& context) {
  return judge_label_is_off(context, context.input.labels.question);
}

GateVerdict judge_paused(const Context& context) {
  return judge_label_is_off(context, context.input.labels.paused);
}

GateVerdict judge_exclude_labels(const Context& context) {
  for (const std::string& label : context.repository.exclude_labels) {
    if (carries_label(context.candidate, label)) {
      return fail_gate(
          {fmt::format("the label {} is excluded by policy.exclude_labels", label), fmt::format("take {} off", label)});
    }
  }
  return pass_gate();
}

GateVerdict judge_require_labels(const Context& context) {
  std::vector<std::string> missing;
  for (const std::string& label : context.repository.require_labels) {
    if (!carries_label(context.candidate, label)) {
      missing.push_back(label);
    }
  }
  if (missing.empty()) {
    return pass_gate();
  }
  const std::string labels = fmt::format("{}", fmt::join(missing, ", "));
  return fail_gate({fmt::format("policy.require_labels asks for {}", labels), fmt::format("put {} on", labels)});
}

std::string render_issues(const std::vector<IssueRef>& issues) {
  std::string text;
  for (const IssueRef& issue : issues) {
    text += (text.empty() ? "" : ", ") + render_issue_ref(issue);
  }
  return text;
}

// What trackers without a type of their own for it write as a label.
bool is_epic(const Candidate& candidate) {
  constexpr auto names = std::to_array<std::string_view>({"epic", "type:epic", "type/epic", "kind:epic", "kind/epic"});
  return std::ranges::any_of(names, [&](std::string_view name) { return carries_label(candidate, name); });
}

GateVerdict judge_sub_issues(const Context& context) {
  if (is_epic(context.candidate)) {
    return fail_gate({"the issue is an epic: it is done when its parts are", "arm its parts"});
  }
  if (!is_read(context.candidate)) {
    return leave_unread();
  }
  if (context.candidate.open_sub_issues.empty()) {
    return pass_gate();
  }
  return fail_gate({fmt::format("open sub-issues: {}", render_issues(context.candidate.open_sub_issues)),
                    "close them, or arm them instead"});
}

std::string_view describe_blocker(BlockerState state) {
  switch (state) {
  case BlockerState::open:
    return "is open";
  case BlockerState::closed:
    return "is done";
  case BlockerState::closed_not_planned:
    return "was closed without being done";
  case BlockerState::missing:
    return "does not exist";
  case BlockerState::foreign:
    return "is in a repository that can not be judged from here";
  case BlockerState::cyclic:
    return "waits for this issue in turn";
  }
  fail_check("a blocker in no state", std::source_location::current());
}

GateVerdict judge_blockers(const Context& context) {
  if (!is_read(context.candidate)) {
    return leave_unread();
  }
  std::string blocking;
  bool waits_only = true;
  for (const Blocker& blocker : context.candidate.blockers) {
    if (blocker.state == BlockerState::closed) {
      continue;
    }
    waits_only = waits_only && blocker.state == BlockerState::open;
    blocking += fmt::format("{}{} {}", blocking.empty() ? "" : ", ", render_issue_ref(blocker.issue),
                            describe_blocker(blocker.state));
  }
  if (blocking.empty()) {
    return pass_gate();
  }
  return fail_gate({fmt::format("blocked: {}", blocking),
                    waits_only ? "finish what it waits for" : "a person takes out what it can not wait for"});
}

GateVerdict judge_pull_request(const Context& context) {
  if (!is_read(context.candidate)) {
    return leave_unread();
  }
  if (!context.candidate.open_pull_request) {
    return pass_gate();
  }
  return fail_gate(
      {fmt::format("a pull request for the issue is open: {}", clean_single_line(*context.candidate.open_pull_request)),
       "merge or close it"});
}

GateVerdict judge_agent(const Context& context) {
  if (context.candidate.agent) {
    return pass_gate(clean_single_line(context.candidate.agent->reason));
  }
  return fail_gate({with_problem("no agent was chosen", context.candidate.agent_problem),
                    "name a configured agent by the label agent:<name>, or set routing.default_agent"});
}

GateVerdict judge_hours(const Context& context) {
  if (context.repository.hours == HoursState::open) {
    return pass_gate();
  }
  return fail_gate({"outside of policy.hours", "wait for them"});
}

GateVerdict judge_cooldown(const Context& context) {
  const auto& until = context.candidate.cooldown_until;
  if (!until || context.input.now >= *until) {
    return pass_gate();
  }
  return fail_gate({fmt::format("cooling down until {}", render_timestamp(*until)), "wait until then"});
}

GateVerdict judge_base(const Context& context) {
  if (context.repository.red_base == RedBasePolicy::ignore) {
    return pass_gate("policy.red_base ignores the state of the base branch");
  }
  if (carries_label(context.candidate, context.input.labels.fixes_base)) {
    return pass_gate(fmt::format("the label {} is on", context.input.labels.fixes_base));
  }
  switch (context.repository.base) {
  case BaseState::green:
    return pass_gate();
  case BaseState::unmeasured:
    return pass_gate("nothing judges the base branch");
  case BaseState::red:
    return fail_gate({with_problem("the base branch is red", context.repository.base_problem),
                      fmt::format("make it green; an issue labelled {} passes", context.input.labels.fixes_base)});
  case BaseState::unreadable:
    break;
  }
  return fail_gate({with_problem("the state of the base branch could not be read", context.repository.base_problem),
                    "every tick tries again"});
}

GateVerdict judge_list(const ListState& list, std::string_view name) {
  switch (list.state) {
  case ListState::State::complete:
    return pass_gate();
  case ListState::State::truncated:
    return fail_gate(
        {fmt::format("{} was cut short, so that every slot counts as taken", name), "every tick tries again"});
  case ListState::State::failed:
    break;
  }
  return fail_gate(
      {with_problem(fmt::format("{} could not be read, so that every slot counts as taken", name), list.problem),
       "every tick tries again"});
}

GateVerdict judge_listing(const Context& context) {
  return judge_list(context.repository.listing, "the list of the repository's issues");
}

GateVerdict judge_live_runs(const Context& context) {
  return judge_list(context.input.live_runs, "the list of live runs");
}

struct Gate {
  std::string_view name;
  GateVerdict (*judge)(const Context&);
};

constexpr auto gates_of_a_candidate = std::to_array<Gate>({
    {"kill-switch", judge_kill_switch},
    {"allowlist", judge_allowlist},
    {"record", judge_record},
    {"in-progress", judge_in_progress},
    {"card", judge_card},
    {"arming", judge_arming},
    {"spent", judge_spent},
    {"run", judge_run},
    {"other-run", judge_other_run},
    {"resting", judge_resting},
    {"trust", judge_trust},
    {"content", judge_content},
    {"human", judge_human},
    {"question", judge_question},
    {"paused", judge_paused},
    {"exclude-labels", judge_exclude_labels},
    {"require-labels", judge_require_labels},
    {"sub-issues", judge_sub_issues},
    {"blockers", judge_blockers},
    {"pull-request", judge_pull_request},
    {"agent", judge_agent},
    {"hours", judge_hours},
    {"cooldown", judge_cooldown},
    {"base", judge_base},
    {"executor", judge_executor},
    {"listing", judge_listing},
    {"live-runs", judge_live_runs},
});

} // namespace

std::vector<GateVerdict> judge_candidate(const GateContext& context) {
  std::vector<GateVerdict> verdicts;
  for (const Gate& gate : gates_of_a_candidate) {
    GateVerdict verdict = gate.judge(context);
    verdict.name = gate.name;
    verdicts.push_back(std::move(verdict));
  }
  return verdicts;
}

const GateVerdict* find_failing_gate(const std::vector<GateVerdict>& gates) {
  const auto failing = std::ranges::find(gates, GateState::fail, &GateVerdict::state);
  return failing == gates.end() ? nullptr : &*failing;
}

const GateVerdict& find_gate(const std::vector<GateVerdict>& gates, std::string_view name) {
  const auto found = std::ranges::find(gates, name, &GateVerdict::name);
  check(found != gates.end(), "a gate that does not exist");
  return *found;
}

bool same_issue(const IssueRef& left, const IssueRef& right) {
  return left.number == right.number && same_repository(left.repository, right.repository);
}

bool carries_label(const Candidate& candidate, std::string_view label) {
  return std::ranges::any_of(candidate.labels, [&](const std::string& one) { return equal_ascii_folded(one, label); });
}

} // namespace afk
