#include <afk/core/action.hpp>

#include <support/catch.hpp>

#include <set>

namespace {

using namespace afk;

struct Case {
  Action action;
  std::string text;
  Effect effect;
};

std::vector<Case> every_wait() {
  return {
      {Wait{WaitReason::held}, "wait held", Effect::none},
      {Wait{WaitReason::question}, "wait question", Effect::none},
      {Wait{WaitReason::running}, "wait running", Effect::none},
      {Wait{WaitReason::unreachable}, "wait unreachable", Effect::none},
      {Wait{WaitReason::usage_limit}, "wait usage-limit", Effect::none},
      {Wait{WaitReason::grace}, "wait grace", Effect::none},
      {Wait{WaitReason::base_red}, "wait base-red", Effect::none},
      {Wait{WaitReason::checks_missing}, "wait checks-missing", Effect::none},
      {Wait{WaitReason::checks_pending}, "wait checks-pending", Effect::none},
      {Wait{WaitReason::merge}, "wait merge", Effect::none},
      {Wait{WaitReason::deployment}, "wait deployment", Effect::none},
  };
}

std::vector<Case> every_other() {
  return {
      {ReportForeignLock{}, "foreign-lock", Effect::none},
      {Interrupt{InterruptCause::stalled}, "interrupt stalled", Effect::none},
      {Interrupt{InterruptCause::run_limit}, "interrupt run-limit", Effect::none},
      {Interrupt{InterruptCause::budget}, "interrupt budget", Effect::none},
      {Park{}, "park", Effect::none},
      {OrderTurn{TurnKind::fix, Attempt::counts}, "order fix", Effect::starts_work},
      {OrderTurn{TurnKind::rebase, Attempt::counts}, "order rebase", Effect::starts_work},
      {OrderTurn{TurnKind::rebase, Attempt::free}, "order rebase free", Effect::starts_work},
      {OrderTurn{TurnKind::finish, Attempt::counts}, "order finish", Effect::starts_work},
      {OrderTurn{TurnKind::answer, Attempt::free}, "order answer", Effect::starts_work},
      {OrderTurn{TurnKind::redispatch, Attempt::free}, "order redispatch", Effect::starts_work},
      {OrderTurn{TurnKind::verify, Attempt::free}, "order verify", Effect::starts_work},
      {RepeatTurn{}, "repeat", Effect::starts_work},
      {Push{}, "push", Effect::starts_work},
      {OpenPullRequest{PullRequestForm::draft}, "open draft", Effect::starts_work},
      {OpenPullRequest{PullRequestForm::ready}, "open ready", Effect::starts_work},
      {RerunChecks{}, "rerun", Effect::starts_work},
      {MarkReady{}, "mark-ready", Effect::starts_work},
      {Merge{}, "merge", Effect::starts_work},
      {End{Ending::done}, "end done", Effect::none},
      {End{Ending::frozen}, "end frozen", Effect::none},
      {End{Ending::stood_down}, "end stood-down", Effect::none},
      {End{Ending::nothing_to_do}, "end nothing-to-do", Effect::none},
  };
}

} // namespace

TEST_CASE("an action has one name, and no two actions share one", "[core][action]") {
  std::vector<Case> cases = every_wait();
  for (Case& each : every_other()) {
    cases.push_back(std::move(each));
  }
  std::set<std::string> texts;
  for (const Case& each : cases) {
    DYNAMIC_SECTION(each.text) {
      CHECK(render_action(each.action) == each.text);
      CHECK((derive_effect(each.action) == each.effect));
    }
    CHECK(texts.insert(each.text).second);
  }
}

TEST_CASE("every kind of action is named above", "[core][action]") {
  std::set<std::size_t> kinds = {Action{Wait{}}.index()};
  for (const Case& each : every_other()) {
    kinds.insert(each.action.index());
  }
  CHECK(kinds.size() == std::variant_size_v<Action>);
}

TEST_CASE("an interrupt cause survives its text", "[core][action]") {
  for (const InterruptCause cause : {InterruptCause::stalled, InterruptCause::run_limit, InterruptCause::budget}) {
    const auto parsed = parse_interrupt_cause(render_interrupt_cause(cause));
    REQUIRE(parsed.ok());
    CHECK((parsed.value() == cause));
  }
  for (const char* text : {"", "Stalled", "run_limit", "stalled ", "needs-human"}) {
    INFO(text);
    const auto parsed = parse_interrupt_cause(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK((parsed.error().kind == ErrorKind::malformed));
  }
}
