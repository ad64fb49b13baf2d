#include <afk/core/decide.hpp>

#include <array>

namespace afk {

namespace {

using S = Situation;

struct Row {
  int number;
  bool (*applies)(const Situation&);
  Action (*act)(const Situation&);
};

bool asks(const S& s) {
  return s.turn == S::Turn::waiting || s.turn == S::Turn::blocked;
}

// Safety inputs are compared with the one value that lets work go on, so that any other closes the way.
bool held(const S& s) {
  return s.hold != S::Hold::none;
}

bool landed(const S& s) {
  return s.published == S::Published::merged || s.published == S::Published::on_base;
}

// `merged` is the word of landing = pr: a head that landing = push has put onto the base is still waiting for its
// checks, because they judge it there.
bool not_merged(const S& s) {
  return s.published != S::Published::merged;
}

Action wait(WaitReason reason) {
  return Wait{reason};
}

Action end(Ending ending) {
  return End{ending};
}

// What starts work or changes a repository gives way while the situation is held; nothing else does.
Action unless_held(const S& s, const Action& action) {
  return held(s) ? wait(WaitReason::held) : action;
}

Action order(TurnKind kind) {
  return OrderTurn{kind, Attempt::counts};
}

Action order_free(TurnKind kind) {
  return OrderTurn{kind, Attempt::free};
}

Action wait_with_patience(const S& s, WaitReason reason, Ending ending) {
  return s.patience == S::Patience::left ? wait(reason) : end(ending);
}

Action limit_live_turn(const S& s) {
  const bool overdue = s.interrupt == S::Interrupt::overdue;
  switch (s.overrun) {
  case S::Overrun::stalled:
    return overdue ? end(Ending::stalled) : Interrupt{InterruptCause::stalled};
  case S::Overrun::run_limit:
    return overdue ? end(Ending::run_limit) : Interrupt{InterruptCause::run_limit};
  case S::Overrun::budget:
    return overdue ? end(Ending::budget) : Interrupt{InterruptCause::budget};
  case S::Overrun::none:
    break;
  }
  return wait(WaitReason::running);
}

Action start_again(const S& s) {
  if (held(s)) {
    return wait(WaitReason::held);
  }
  if (s.gates != S::Gates::pass) {
    return end(Ending::needs_human);
  }
  return s.turn == S::Turn::limit_over ? Action{RepeatTurn{}} : order_free(TurnKind::redispatch);
}

// How a run ends whose turn left nothing to publish: the cause that stopped it, else what the agent declared.
Ending derive_empty_ending(const S& s) {
  switch (s.overrun) {
  case S::Overrun::stalled:
    return Ending::stalled;
  case S::Overrun::run_limit:
    return Ending::run_limit;
  case S::Overrun::budget:
    return Ending::budget;
  case S::Overrun::none:
    break;
  }
  return s.declared == S::Declared::nothing_to_do ? Ending::nothing_to_do : Ending::needs_human;
}

Action finish_or_end_empty(const S& s) {
  if (s.grace == S::Grace::running) {
    return wait(WaitReason::grace);
  }
  if (s.local == S::Local::unfinished && s.budget == S::Budget::left) {
    return unless_held(s, order(TurnKind::finish));
  }
  return end(derive_empty_ending(s));
}

Action verify_then_push(const S& s) {
  if (s.protected_paths != S::Protected::untouched) {
    return end(Ending::protected_path);
  }
  return unless_held(s, s.verdict == S::Verdict::green ? Action{Push{}} : order_free(TurnKind::verify));
}

Action open_pull_request(const S& s) {
  return unless_held(s, OpenPullRequest{s.turn == S::Turn::clean ? PullRequestForm::ready : PullRequestForm::draft});
}

Action rebase_onto_base(const S& s) {
  return s.budget == S::Budget::left ? unless_held(s, order(TurnKind::rebase)) : end(Ending::conflict);
}

Action wait_for_red_base(const S& s) {
  if (s.base_red == S::BaseRed::at_head) {
    return wait(WaitReason::base_red);
  }
  if (s.base_red == S::BaseRed::at_head_too_long) {
    return end(Ending::base_red);
  }
  return unless_held(s, order_free(TurnKind::rebase));
}

Action fix_forward(const S& s) {
  return s.grace == S::Grace::running ? wait(WaitReason::grace) : unless_held(s, order(TurnKind::fix));
}

Action finish_green(const S& s) {
  return s.budget == S::Budget::left ? unless_held(s, order(TurnKind::finish)) : end(Ending::needs_human);
}

Action complete_pull_request(const S& s) {
  if (s.protected_paths != S::Protected::untouched) {
    return end(Ending::protected_path);
  }
  if (s.published == S::Published::draft) {
    return unless_held(s, MarkReady{});
  }
  if (s.auto_merge == S::AutoMerge::on) {
    return unless_held(s, Merge{});
  }
  if (s.last_stage == S::LastStage::review) {
    return end(Ending::review);
  }
  return wait_with_patience(s, WaitReason::merge, Ending::no_merge);
}

// Whose the issue is, and whether something lives there (rows 1 to 10). The order is the meaning: first match wins.
constexpr std::array<Row, 10> rows_of_the_issue = {{
    {1, [](const S& s) { return s.issue == S::Issue::closed || s.issue == S::Issue::gone; },
     [](const S&) { return end(Ending::stood_down); }},
    {2, [](const S& s) { return s.person != S::Person::absent; }, [](const S&) { return end(Ending::stood_down); }},
    {3, [](const S& s) { return s.lock != S::Lock::ours; }, [](const S&) { return Action{ReportForeignLock{}}; }},
    {4, [](const S& s) { return s.arming != S::Arming::valid; }, [](const S&) { return end(Ending::trust); }},
    {5, [](const S& s) { return s.turn == S::Turn::running && s.overrun != S::Overrun::none; }, limit_live_turn},
    {6, [](const S& s) { return s.question_label != S::Label::off; },
     [](const S&) { return wait(WaitReason::question); }},
    {7, [](const S& s) { return asks(s) && s.answer == S::Answer::none; }, [](const S&) { return Action{Park{}}; }},
    {8, [](const S& s) { return s.turn == S::Turn::running; }, [](const S&) { return wait(WaitReason::running); }},
    {9, [](const S& s) { return s.reach != S::Reach::everything; },
     [](const S& s) {
       return s.reach == S::Reach::missing_too_long ? end(Ending::unreachable) : wait(WaitReason::unreachable);
     }},
    {10, asks, [](const S& s) { return unless_held(s, order_free(TurnKind::answer)); }},
}};

// What the run has brought about so far, and what it still lacks (rows 11 to 26).
constexpr std::array<Row, 16> rows_of_the_work = {{
    {11, [](const S& s) { return s.stage == S::Stage::reached; }, [](const S&) { return end(Ending::done); }},
    {12, [](const S& s) { return s.turn == S::Turn::limited; }, [](const S&) { return wait(WaitReason::usage_limit); }},
    {13,
     [](const S& s) {
       return s.local == S::Local::none && s.published == S::Published::nothing &&
              (s.turn == S::Turn::vanished || s.turn == S::Turn::limit_over);
     },
     start_again},
    {14, [](const S& s) { return s.published == S::Published::nothing && s.local != S::Local::finished; },
     finish_or_end_empty},
    {15, [](const S& s) { return s.local == S::Local::finished && s.verdict != S::Verdict::red; }, verify_then_push},
    {16, [](const S& s) { return s.landing == S::Landing::pull_request && s.published == S::Published::branch; },
     open_pull_request},
    {17, [](const S& s) { return s.conflict == S::Conflict::conflicting; }, rebase_onto_base},
    {18, [](const S& s) { return s.verdict == S::Verdict::red && s.base_red != S::BaseRed::no; }, wait_for_red_base},
    {19, [](const S& s) { return s.verdict == S::Verdict::red && s.rerun == S::Rerun::possible; },
     [](const S& s) { return unless_held(s, RerunChecks{}); }},
    {20, [](const S& s) { return s.verdict == S::Verdict::red && s.budget == S::Budget::left; }, fix_forward},
    {21, [](const S& s) { return s.verdict == S::Verdict::red; }, [](const S&) { return end(Ending::frozen); }},
    {22, [](const S& s) { return s.verdict == S::Verdict::missing && not_merged(s); },
     [](const S& s) { return wait_with_patience(s, WaitReason::checks_missing, Ending::ci_missing); }},
    {23, [](const S& s) { return s.verdict == S::Verdict::pending && not_merged(s); },
     [](const S& s) { return wait_with_patience(s, WaitReason::checks_pending, Ending::no_verdict); }},
    {24, [](const S& s) { return s.verdict == S::Verdict::green && not_merged(s) && s.turn != S::Turn::clean; },
     finish_green},
    {25,
     [](const S& s) {
       return s.verdict == S::Verdict::green &&
              (s.published == S::Published::draft || s.published == S::Published::open);
     },
     complete_pull_request},
    {26, landed, [](const S& s) { return wait_with_patience(s, WaitReason::deployment, Ending::no_deploy); }},
}};

} // namespace

Decision decide(const Situation& situation) {
  for (const Row& row : rows_of_the_issue) {
    if (row.applies(situation)) {
      return {row.number, row.act(situation)};
    }
  }
  for (const Row& row : rows_of_the_work) {
    if (row.applies(situation)) {
      return {row.number, row.act(situation)};
    }
  }
  // The reference test proves that no consistent situation gets here. An inconsistent one comes from outside, and
  // input never aborts: a person looks at it.
  return {27, end(Ending::needs_human)};
}

} // namespace afk
