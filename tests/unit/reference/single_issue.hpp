#pragma once
// The inputs of tests/reference/policy.toml, and the policy's input that they stand for: one repository with one issue,
// and around it what takes its slot or uses up a cap.

#include "explore.hpp"

#include <afk/core/policy_input.hpp>

namespace reference {

struct SingleIssue {
  enum class Switch { off, on };
  enum class Allowlist { listed, other_id, not_listed };
  enum class Record { readable, unreadable };
  enum class InProgress { off, labelled, listed };
  enum class Arming { found, missing };
  enum class Earlier { none, rested, resting };
  enum class Presence { absent, present };
  enum class Required { all, missing };
  enum class Parts { none, epic, open_sub_issue };
  enum class Blocking { none, closed, open, closed_not_planned, missing, foreign, cyclic };
  enum class Link { none, open };
  enum class Agent { chosen, none };
  enum class Cooldown { none, over, running };
  enum class OtherRun { none, live };
  enum class Slots { free, parked, labelled, live };
  enum class Cap { below, at_cap, at_repository_cap };
  enum class Load { below, full };

  Switch kill_switch = Switch::off;
  Allowlist allowlist = Allowlist::listed;
  Record record = Record::readable;
  InProgress in_progress = InProgress::off;
  Arming arming = Arming::found;
  afk::CardKnowledge card = afk::CardKnowledge::none;
  afk::ExecutorKnowledge executor = afk::ExecutorKnowledge::never_heard;
  afk::ArmingSpent spent = afk::ArmingSpent::no;
  OtherRun other_run = OtherRun::none;
  Earlier earlier = Earlier::none;
  afk::ActorVerdict labeler = afk::ActorVerdict::trusted;
  afk::ContentVerdict content = afk::ContentVerdict::valid;
  Switch human = Switch::off;
  Switch question = Switch::off;
  Switch paused = Switch::off;
  Presence exclude_labels = Presence::absent;
  Required require_labels = Required::all;
  Parts parts = Parts::none;
  Blocking blocker = Blocking::none;
  Link pull_request = Link::none;
  Agent agent = Agent::chosen;
  afk::HoursState hours = afk::HoursState::open;
  Cooldown cooldown = Cooldown::none;
  afk::BaseState base = afk::BaseState::green;
  afk::RedBasePolicy red_base = afk::RedBasePolicy::hold;
  Switch fixes_base = Switch::off;
  afk::ListState::State listing = afk::ListState::State::complete;
  afk::ListState::State live_runs = afk::ListState::State::complete;
  Slots slots = Slots::free;
  Cap in_flight = Cap::below;
  Load agent_load = Load::below;
  Cap per_day = Cap::below;
  Cap per_tick = Cap::below;
};

Space<SingleIssue> make_single_issue_space();

afk::PolicyInput make_policy_input(const SingleIssue& issue);

} // namespace reference
