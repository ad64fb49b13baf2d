#include "single_issue.hpp"

namespace reference {

namespace {

using I = SingleIssue;

const afk::RepositoryName repository{"acme", "anvil"};
const afk::Timestamp now{std::chrono::hours(1000)};
const afk::Duration tick_deadline = std::chrono::seconds(90);

afk::IssueRef make_issue(std::int64_t number) {
  return {.repository = repository, .number = number};
}

afk::RunName make_run(const char* letters) {
  return {.text = std::string("afk-") + letters};
}

void add_tick_inputs(Space<I>& space) {
  using List = afk::ListState::State;
  space.add("kill_switch", &I::kill_switch, {{"off", I::Switch::off}, {"on", I::Switch::on}});
  space.add("allowlist", &I::allowlist,
            {{"listed", I::Allowlist::listed},
             {"other_id", I::Allowlist::other_id},
             {"not_listed", I::Allowlist::not_listed}});
  space.add("listing", &I::listing,
            {{"complete", List::complete}, {"truncated", List::truncated}, {"failed", List::failed}});
  space.add("live_runs", &I::live_runs,
            {{"complete", List::complete}, {"truncated", List::truncated}, {"failed", List::failed}});
  space.add("hours", &I::hours, {{"open", afk::HoursState::open}, {"closed", afk::HoursState::closed}});
  space.add("base", &I::base,
            {{"green", afk::BaseState::green},
             {"unmeasured", afk::BaseState::unmeasured},
             {"red", afk::BaseState::red},
             {"unreadable", afk::BaseState::unreadable}});
  space.add("red_base", &I::red_base, {{"hold", afk::RedBasePolicy::hold}, {"ignore", afk::RedBasePolicy::ignore}});
}

void add_arming_inputs(Space<I>& space) {
  using Card = afk::CardKnowledge;
  using Actor = afk::ActorVerdict;
  space.add("record", &I::record, {{"readable", I::Record::readable}, {"unreadable", I::Record::unreadable}});
  space.add("arming", &I::arming, {{"found", I::Arming::found}, {"missing", I::Arming::missing}});
  space.add("card", &I::card,
            {{"none", Card::none},
             {"dispatch_failing", Card::dispatch_failing},
             {"starting", Card::starting},
             {"starting_overdue", Card::starting_overdue},
             {"running", Card::running},
             {"parked", Card::parked},
             {"ended", Card::ended},
             {"unreadable", Card::unreadable}});
  space.add("executor", &I::executor,
            {{"never_heard", afk::ExecutorKnowledge::never_heard},
             {"knows_run", afk::ExecutorKnowledge::knows_run},
             {"cannot_tell", afk::ExecutorKnowledge::cannot_tell}});
  space.add("spent", &I::spent, {{"no", afk::ArmingSpent::no}, {"yes", afk::ArmingSpent::yes}});
  space.add("earlier", &I::earlier,
            {{"none", I::Earlier::none}, {"rested", I::Earlier::rested}, {"resting", I::Earlier::resting}});
  space.add("labeler", &I::labeler,
            {{"trusted", Actor::trusted},
             {"untrusted", Actor::untrusted},
             {"not_listed", Actor::not_listed},
             {"permission_unknown", Actor::permission_unknown},
             {"bot", Actor::bot},
             {"ghost", Actor::ghost},
             {"own_account_unrecorded", Actor::own_account_unrecorded}});
  space.add("content", &I::content,
            {{"valid", afk::ContentVerdict::valid},
             {"voided", afk::ContentVerdict::voided},
             {"unknown", afk::ContentVerdict::unknown}});
}

void add_issue_inputs(Space<I>& space) {
  space.add("in_progress", &I::in_progress,
            {{"off", I::InProgress::off}, {"labelled", I::InProgress::labelled}, {"listed", I::InProgress::listed}});
  space.add("human", &I::human, {{"off", I::Switch::off}, {"on", I::Switch::on}});
  space.add("question", &I::question, {{"off", I::Switch::off}, {"on", I::Switch::on}});
  space.add("paused", &I::paused, {{"off", I::Switch::off}, {"on", I::Switch::on}});
  space.add("exclude_labels", &I::exclude_labels, {{"absent", I::Presence::absent}, {"present", I::Presence::present}});
  space.add("require_labels", &I::require_labels, {{"all", I::Required::all}, {"missing", I::Required::missing}});
  space.add("fixes_base", &I::fixes_base, {{"off", I::Switch::off}, {"on", I::Switch::on}});
  space.add("parts", &I::parts,
            {{"none", I::Parts::none}, {"epic", I::Parts::epic}, {"open_sub_issue", I::Parts::open_sub_issue}});
  space.add("blocker", &I::blocker,
            {{"none", I::Blocking::none},
             {"closed", I::Blocking::closed},
             {"open", I::Blocking::open},
             {"closed_not_planned", I::Blocking::closed_not_planned},
             {"missing", I::Blocking::missing},
             {"foreign", I::Blocking::foreign},
             {"cyclic", I::Blocking::cyclic}});
  space.add("pull_request", &I::pull_request, {{"none", I::Link::none}, {"open", I::Link::open}});
  space.add("agent", &I::agent, {{"chosen", I::Agent::chosen}, {"none", I::Agent::none}});
  space.add("cooldown", &I::cooldown,
            {{"none", I::Cooldown::none}, {"over", I::Cooldown::over}, {"running", I::Cooldown::running}});
}

void add_capacity_inputs(Space<I>& space) {
  using Cap = I::Cap;
  space.add("other_run", &I::other_run, {{"none", I::OtherRun::none}, {"live", I::OtherRun::live}});
  space.add("slots", &I::slots,
            {{"free", I::Slots::free},
             {"parked", I::Slots::parked},
             {"labelled", I::Slots::labelled},
             {"live", I::Slots::live}});
  space.add("in_flight", &I::in_flight,
            {{"below", Cap::below}, {"at_cap", Cap::at_cap}, {"at_repository_cap", Cap::at_repository_cap}});
  space.add("agent_load", &I::agent_load, {{"below", I::Load::below}, {"full", I::Load::full}});
  space.add("per_day", &I::per_day,
            {{"below", Cap::below}, {"at_cap", Cap::at_cap}, {"at_repository_cap", Cap::at_repository_cap}});
  space.add("per_tick", &I::per_tick,
            {{"below", Cap::below}, {"at_cap", Cap::at_cap}, {"at_repository_cap", Cap::at_repository_cap}});
}

afk::BlockerState to_state(I::Blocking blocking) {
  switch (blocking) {
  case I::Blocking::none:
  case I::Blocking::closed:
    return afk::BlockerState::closed;
  case I::Blocking::open:
    return afk::BlockerState::open;
  case I::Blocking::closed_not_planned:
    return afk::BlockerState::closed_not_planned;
  case I::Blocking::missing:
    return afk::BlockerState::missing;
  case I::Blocking::foreign:
    return afk::BlockerState::foreign;
  case I::Blocking::cyclic:
    return afk::BlockerState::cyclic;
  }
  return afk::BlockerState::cyclic;
}

std::vector<std::string> make_labels(const I& issue) {
  std::vector<std::string> labels = {"ready-for-agent", "bug"};
  const auto put = [&](bool on, const char* label) {
    if (on) {
      labels.emplace_back(label);
    }
  };
  put(issue.in_progress == I::InProgress::labelled, "Agent-In-Progress");
  put(issue.human == I::Switch::on, "ready-for-human");
  put(issue.question == I::Switch::on, "Needs-Info");
  put(issue.paused == I::Switch::on, "paused");
  put(issue.exclude_labels == I::Presence::present, "WIP");
  put(issue.require_labels == I::Required::all, "Triaged");
  put(issue.fixes_base == I::Switch::on, "fixes-base");
  put(issue.parts == I::Parts::epic, "Epic");
  return labels;
}

afk::ArmingInput make_arming(const I& issue) {
  const bool resting = issue.earlier == I::Earlier::resting;
  return {.id = {"1700000000:583231:0"},
          .time = resting ? now - tick_deadline + std::chrono::milliseconds(1) : now - tick_deadline,
          .earlier = issue.earlier == I::Earlier::none ? afk::EarlierArming::none : afk::EarlierArming::exists,
          .spent = issue.spent,
          .labeler = {.verdict = issue.labeler, .reason = "octocat may or may not"},
          .content = {.verdict = issue.content, .reason = "the text is or is not what was armed"},
          .run = make_run("own"),
          .card = issue.card,
          .executor = issue.executor};
}

afk::Candidate make_candidate(const I& issue) {
  afk::Candidate candidate;
  candidate.issue = make_issue(12);
  candidate.title = "The parser drops the last line";
  candidate.labels = make_labels(issue);
  if (issue.record == I::Record::unreadable) {
    candidate.record_problem = "line 3 is not TOML";
  }
  if (issue.arming == I::Arming::found) {
    candidate.arming = make_arming(issue);
  }
  if (issue.blocker != I::Blocking::none) {
    candidate.blockers = {{.issue = make_issue(3), .state = afk::BlockerState::closed},
                          {.issue = make_issue(4), .state = to_state(issue.blocker)}};
  }
  if (issue.parts == I::Parts::open_sub_issue) {
    candidate.open_sub_issues = {make_issue(13)};
  }
  if (issue.pull_request == I::Link::open) {
    candidate.open_pull_request = "https://forge.example/acme/anvil/pulls/14";
  }
  if (issue.agent == I::Agent::chosen) {
    candidate.agent = afk::RoutedAgent{.name = "claude", .model = "", .reason = "the default"};
  }
  if (issue.cooldown != I::Cooldown::none) {
    candidate.cooldown_until = issue.cooldown == I::Cooldown::over ? now : now + std::chrono::milliseconds(1);
  }
  return candidate;
}

// Two of a kind, which is as many as the repository has slots.
void take_slots(const I& issue, afk::PolicyInput& input) {
  const auto live = [&](std::int64_t number, afk::LiveRun::Park park) {
    const char* letters = number == 20 ? "twenty" : "twentyone";
    input.live.push_back({.issue = make_issue(number), .run = make_run(letters), .agent = "codex", .park = park});
  };
  switch (issue.slots) {
  case I::Slots::free:
    break;
  case I::Slots::parked:
    live(20, afk::LiveRun::Park::parked);
    live(21, afk::LiveRun::Park::parked);
    break;
  case I::Slots::labelled:
    input.repositories[0].in_progress.push_back(make_issue(20));
    input.repositories[0].in_progress.push_back(make_issue(21));
    break;
  case I::Slots::live:
    live(20, afk::LiveRun::Park::no);
    live(21, afk::LiveRun::Park::no);
    break;
  }
}

void use_up_caps(const I& issue, afk::PolicyInput& input) {
  constexpr int elsewhere = 50; // more than anything in this repository can add
  afk::RepositoryInput& here = input.repositories[0];
  input.in_flight_elsewhere = elsewhere;
  input.caps.in_flight = issue.in_flight == I::Cap::at_cap ? elsewhere : 2 * elsewhere;
  here.caps.in_flight = issue.in_flight == I::Cap::at_repository_cap ? 0 : elsewhere;
  input.dispatches_in_a_day = 7;
  input.caps.per_day = issue.per_day == I::Cap::at_cap ? 7 : 8;
  here.dispatches_in_a_day = 3;
  here.caps.per_day = issue.per_day == I::Cap::at_repository_cap ? 3 : 4;
  input.caps.per_tick = issue.per_tick == I::Cap::at_cap ? 0 : 1;
  here.caps.per_tick = issue.per_tick == I::Cap::at_repository_cap ? 0 : 1;
  input.agents = {{.name = "codex", .max_concurrent = 1}, {.name = "claude", .max_concurrent = 1}};
  if (issue.agent_load == I::Load::full) {
    input.live.push_back({.issue = {.repository = {"acme", "bellows"}, .number = 1},
                          .run = make_run("elsewhere"),
                          .agent = "claude",
                          .park = afk::LiveRun::Park::no});
  }
}

// Runs of the issue itself: its own one never stands in its way, another one does.
void add_runs_of_the_issue(const I& issue, afk::PolicyInput& input) {
  if (issue.executor == afk::ExecutorKnowledge::knows_run) {
    input.live.push_back(
        {.issue = make_issue(12),
         .run = make_run("own"),
         .agent = "claude",
         .park = issue.card == afk::CardKnowledge::parked ? afk::LiveRun::Park::parked : afk::LiveRun::Park::no});
  }
  if (issue.other_run == I::OtherRun::live) {
    input.live.push_back(
        {.issue = make_issue(12), .run = make_run("other"), .agent = "codex", .park = afk::LiveRun::Park::no});
  }
}

afk::AllowlistVerdict to_verdict(I::Allowlist allowlist) {
  switch (allowlist) {
  case I::Allowlist::listed:
    return afk::AllowlistVerdict::listed;
  case I::Allowlist::other_id:
    return afk::AllowlistVerdict::other_id;
  case I::Allowlist::not_listed:
    break;
  }
  return afk::AllowlistVerdict::not_listed;
}

} // namespace

Space<SingleIssue> make_single_issue_space() {
  Space<I> space;
  add_tick_inputs(space);
  add_arming_inputs(space);
  add_issue_inputs(space);
  add_capacity_inputs(space);
  return space;
}

afk::PolicyInput make_policy_input(const SingleIssue& issue) {
  afk::PolicyInput input;
  input.now = now;
  input.tick_deadline = tick_deadline;
  input.kill_switch = issue.kill_switch == I::Switch::on ? afk::KillSwitch::on : afk::KillSwitch::off;
  input.live_runs = {.state = issue.live_runs, .problem = "timeout"};

  afk::RepositoryInput here;
  here.repository = repository;
  here.allowlist = to_verdict(issue.allowlist);
  here.listing = {.state = issue.listing, .problem = "timeout"};
  if (issue.in_progress == I::InProgress::listed) {
    here.in_progress.push_back({.repository = {"Acme", "Anvil"}, .number = 12});
  }
  here.slots = 2;
  here.hours = issue.hours;
  here.base = issue.base;
  here.red_base = issue.red_base;
  here.base_problem = "the check unit";
  here.exclude_labels = {"later", "wip"};
  here.require_labels = {"triaged"};
  here.candidates.push_back(make_candidate(issue));
  input.repositories.push_back(std::move(here));

  take_slots(issue, input);
  add_runs_of_the_issue(issue, input);
  use_up_caps(issue, input);
  return input;
}

} // namespace reference
