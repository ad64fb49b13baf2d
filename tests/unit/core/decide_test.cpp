// What the reference (tests/reference/decide.toml) cannot see, because it compares what is rendered: which orders count
// as an attempt, and how decide behaves where its input contradicts itself or holds no value of an enum.

#include <afk/core/decide.hpp>

#include <support/catch.hpp>

#include <array>

namespace {

using namespace afk;
using S = Situation;

// A run under landing = pull_request whose agent is done and whose green pull request a person looks at.
Situation make_situation() {
  Situation situation;
  situation.turn = S::Turn::clean;
  situation.landing = S::Landing::pull_request;
  situation.last_stage = S::LastStage::merged;
  situation.published = S::Published::open;
  situation.verdict = S::Verdict::green;
  return situation;
}

struct Case {
  std::string name;
  void (*change)(Situation&);
  Decision decision;
};

void check_cases(const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    DYNAMIC_SECTION(each.name) {
      Situation situation = make_situation();
      each.change(situation);
      const Decision decision = decide(situation);
      INFO("row " << decision.row << " " << render_action(decision.action));
      CHECK((decision == each.decision));
    }
  }
}

} // namespace

TEST_CASE("orders that count as an attempt", "[core][decide]") {
  check_cases({
      {"a fix", [](S& s) { s.verdict = S::Verdict::red; }, {20, OrderTurn{TurnKind::fix, Attempt::counts}}},
      {"a rebase because of a conflict",
       [](S& s) { s.conflict = S::Conflict::conflicting; },
       {17, OrderTurn{TurnKind::rebase, Attempt::counts}}},
      {"a finish of what is published",
       [](S& s) { s.turn = S::Turn::failed; },
       {24, OrderTurn{TurnKind::finish, Attempt::counts}}},
      {"a finish of what is in the workspace",
       [](S& s) {
         s.published = S::Published::nothing;
         s.local = S::Local::unfinished;
         s.verdict = S::Verdict::missing;
       },
       {14, OrderTurn{TurnKind::finish, Attempt::counts}}},
  });
}

TEST_CASE("orders that are free", "[core][decide]") {
  check_cases({
      {"an answer",
       [](S& s) {
         s.turn = S::Turn::waiting;
         s.answer = S::Answer::trusted;
       },
       {10, OrderTurn{TurnKind::answer, Attempt::free}}},
      {"a redispatch",
       [](S& s) {
         s.published = S::Published::nothing;
         s.verdict = S::Verdict::missing;
         s.turn = S::Turn::vanished;
       },
       {13, OrderTurn{TurnKind::redispatch, Attempt::free}}},
      {"a verification",
       [](S& s) {
         s.local = S::Local::finished;
         s.verdict = S::Verdict::missing;
       },
       {15, OrderTurn{TurnKind::verify, Attempt::free}}},
      {"a rebase onto a base that is not red any more",
       [](S& s) {
         s.verdict = S::Verdict::red;
         s.base_red = S::BaseRed::at_merge_base;
       },
       {18, OrderTurn{TurnKind::rebase, Attempt::free}}},
  });
}

TEST_CASE("a situation that contradicts itself goes to a person", "[core][decide]") {
  // Green and clean on a branch under landing = push, which knows no branches of its own on the forge.
  Situation situation = make_situation();
  situation.landing = S::Landing::push;
  situation.last_stage = S::LastStage::checks;
  situation.published = S::Published::branch;
  CHECK((decide(situation) == Decision{27, End{Ending::needs_human}}));
}

TEST_CASE("a safety input with a value outside of its enum starts nothing", "[core][decide]") {
  struct Unknown {
    std::string name;
    void (*change)(Situation&);
  };

  const auto cases = std::to_array<Unknown>({
      {"person", [](S& s) { s.person = static_cast<S::Person>(9); }},
      {"lock", [](S& s) { s.lock = static_cast<S::Lock>(9); }},
      {"arming", [](S& s) { s.arming = static_cast<S::Arming>(9); }},
      {"question label", [](S& s) { s.question_label = static_cast<S::Label>(9); }},
      {"reach", [](S& s) { s.reach = static_cast<S::Reach>(9); }},
      {"protected paths", [](S& s) { s.protected_paths = static_cast<S::Protected>(9); }},
      {"hold", [](S& s) { s.hold = static_cast<S::Hold>(9); }},
  });
  Situation draft = make_situation();
  draft.published = S::Published::draft;
  REQUIRE((decide(draft).action == Action{MarkReady{}}));
  for (const Unknown& each : cases) {
    DYNAMIC_SECTION(each.name) {
      Situation situation = draft;
      each.change(situation);
      CHECK((derive_effect(decide(situation).action) == Effect::none));
    }
  }
}
