#include <afk/core/phase.hpp>
#include <support/catch.hpp>

#include <functional>
#include <set>
#include <string>

using namespace afk;

namespace {

// "claimed+ tests-red~ pushed": + is evident, ~ is reported.
std::string render(const PhaseView& view) {
  std::string text;
  for (const PhaseBox& box : view.boxes) {
    const char* const mark = box.mark == PhaseMark::evident ? "+" : box.mark == PhaseMark::reported ? "~" : "";
    text += (text.empty() ? "" : " ") + std::string(render_phase(box.phase)) + mark;
  }
  return text + " | " + std::string(render_phase(view.current));
}

PhaseInput running() {
  PhaseInput input;
  input.turns_ordered = 1;
  return input;
}

PhaseInput pull_request(LastStage last_stage) {
  PhaseInput input = running();
  input.landing = {.landing = LandingMode::pull_request, .last_stage = last_stage};
  return input;
}

TurnView turn_with(std::optional<ReportedPhase> phase) {
  TurnView turn;
  turn.report = AgentReport{};
  turn.report->phase = phase;
  return turn;
}

} // namespace

TEST_CASE("Boxes are ticked on evidence, and marked where only the agent says so") {
  struct Case {
    std::string name;
    PhaseInput base;
    std::function<void(PhaseInput&)> change;
    std::string boxes;
  };

  using Published = Situation::Published;
  using Verdict = Situation::Verdict;

  const auto test = GENERATE(values<Case>({
      {"just started", running(), [](PhaseInput&) {}, "claimed+ tests-red tests-green pushed checks done | claimed"},
      {"no agent yet", running(),
       [](PhaseInput& input) {
         input.state = CardState::dispatch_failing;
         input.turns_ordered = 0;
       },
       "claimed tests-red tests-green pushed checks done | claimed"},
      {"announced, not started", running(), [](PhaseInput& input) { input.state = CardState::starting; },
       "claimed tests-red tests-green pushed checks done | claimed"},
      {"taken back before anything began", running(),
       [](PhaseInput& input) {
         input.state = CardState::ended;
         input.ending = Ending::stood_down;
         input.turns_ordered = 0;
       },
       "claimed tests-red tests-green pushed checks done | claimed"},
      {"the agent says that it works", running(), [](PhaseInput& input) { input.reported = ReportedPhase::working; },
       "claimed+ tests-red tests-green pushed checks done | claimed"},
      {"red tests reported", running(), [](PhaseInput& input) { input.reported = ReportedPhase::tests_red; },
       "claimed+ tests-red~ tests-green pushed checks done | tests-red"},
      {"green tests reported", running(), [](PhaseInput& input) { input.reported = ReportedPhase::tests_green; },
       "claimed+ tests-red~ tests-green~ pushed checks done | tests-green"},
      {"a push reported and not seen", running(), [](PhaseInput& input) { input.reported = ReportedPhase::pushed; },
       "claimed+ tests-red~ tests-green~ pushed~ checks done | pushed"},
      {"the checks of the workspace's head passed", running(),
       [](PhaseInput& input) {
         input.reported = ReportedPhase::tests_red;
         input.verdict = Verdict::green;
       },
       "claimed+ tests-red~ tests-green+ pushed checks+ done | checks"},
      {"red checks tick nothing", running(), [](PhaseInput& input) { input.verdict = Verdict::red; },
       "claimed+ tests-red tests-green pushed checks done | claimed"},
      {"the tests alone were seen red", running(),
       [](PhaseInput& input) {
         input.test_only_commit = PhaseInput::TestOnlyCommit::red;
         input.verdict = Verdict::green;
       },
       "claimed+ tests-red+ tests-green+ pushed checks+ done | checks"},
      {"nobody checks: green is no evidence", running(),
       [](PhaseInput& input) {
         input.checks = PhaseInput::Checks::none;
         input.verdict = Verdict::green;
       },
       "claimed+ tests-red tests-green pushed done | claimed"},
      {"on the base", running(),
       [](PhaseInput& input) {
         input.published = Published::on_base;
         input.verdict = Verdict::green;
       },
       "claimed+ tests-red tests-green+ pushed+ checks+ done | checks"},
      {"landed", running(),
       [](PhaseInput& input) {
         input.published = Published::on_base;
         input.verdict = Verdict::green;
         input.state = CardState::ended;
         input.ending = Ending::done;
       },
       "claimed+ tests-red tests-green+ pushed+ checks+ done+ | done"},
      {"frozen is not done", running(),
       [](PhaseInput& input) {
         input.published = Published::on_base;
         input.verdict = Verdict::red;
         input.state = CardState::ended;
         input.ending = Ending::frozen;
       },
       "claimed+ tests-red tests-green pushed+ checks done | pushed"},
      {"parked", running(), [](PhaseInput& input) { input.state = CardState::parked; },
       "claimed+ tests-red tests-green pushed checks done | claimed"},
      {"a branch", pull_request(LastStage::merged), [](PhaseInput& input) { input.published = Published::branch; },
       "claimed+ tests-red tests-green pushed+ checks merged done | pushed"},
      {"merged, nobody looked at the checks", pull_request(LastStage::merged),
       [](PhaseInput& input) { input.published = Published::merged; },
       "claimed+ tests-red tests-green pushed+ checks merged+ done | merged"},
      {"merged and deployed", pull_request(LastStage::deployed),
       [](PhaseInput& input) {
         input.published = Published::merged;
         input.verdict = Verdict::green;
         input.deployment = PhaseInput::Deployment::seen;
       },
       "claimed+ tests-red tests-green+ pushed+ checks+ merged+ deployed+ done | deployed"},
      {"handed over for review", pull_request(LastStage::review),
       [](PhaseInput& input) {
         input.published = Published::open;
         input.verdict = Verdict::green;
         input.state = CardState::ended;
         input.ending = Ending::review;
       },
       "claimed+ tests-red tests-green+ pushed+ checks+ done+ | done"},
  }));
  CAPTURE(test.name);
  PhaseInput input = test.base;
  test.change(input);
  CHECK(render(derive_phases(input)) == test.boxes);
}

TEST_CASE("The furthest reported phase of all turns counts") {
  CHECK(!derive_reported_phase({}).has_value());
  AttemptView first;
  first.turns = {turn_with(ReportedPhase::tests_green), turn_with(std::nullopt), TurnView{}};
  AttemptView second;
  second.turns = {turn_with(ReportedPhase::working)};
  const std::vector<AttemptView> attempts{first, second};
  CHECK(derive_reported_phase(attempts) == ReportedPhase::tests_green);
}

TEST_CASE("Each phase has a name of its own") {
  std::set<std::string_view> names;
  for (unsigned phase = 0; phase <= static_cast<unsigned>(Phase::done); ++phase) {
    names.insert(render_phase(static_cast<Phase>(phase)));
  }
  CHECK(names.size() == 8);
}
