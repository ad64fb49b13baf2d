#include <afk/core/phase_checklist.hpp>
#include <afk/core/text.hpp>
#include <support/catch.hpp>
#include <support/digest.hpp>
#include <support/golden.hpp>
#include <support/sample_card.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace afk;

namespace {

CardView running_view() {
  CardView view;
  view.card.run = test::sample_card().run;
  view.card.arming = test::sample_card().arming;
  view.card.agent = "claude";
  view.card.model = "opus-4.1";
  view.card.turns = {{TurnKind::first, "", 0, Attempt::free, test::moment("2026-11-20T14:00:00Z")}};
  view.card.first_seen = {{FirstSeen::run, test::moment("2026-11-20T14:00:02Z")}};
  view.issue = {.repository = {.owner = "octo", .name = "parser"}, .number = 12};
  view.attempts_allowed = 5;
  view.budget_usd = 100;
  view.phases =
      derive_phases({.state = CardState::running, .ending = {}, .turns_ordered = 1, .landing = {}, .reported = {}});
  view.links = {{"log", "/var/lib/afk/runs/afk-k3j7x2abcdefghijklmnopqrst/turns/first-abcdefghijkl-0/output.log"}};
  return view;
}

CardView ended_view(Ending ending) {
  CardView view = running_view();
  view.card.state = CardState::ended;
  view.card.ending = ending;
  PhaseInput input{.state = CardState::ended, .ending = ending, .turns_ordered = 2, .landing = {}, .reported = {}};
  if (ending == Ending::done || ending == Ending::no_deploy || ending == Ending::frozen) {
    input.published = Situation::Published::on_base;
    input.verdict = ending == Ending::frozen ? Situation::Verdict::red : Situation::Verdict::green;
  }
  if (ending == Ending::review) {
    view.landing = {.landing = LandingMode::pull_request, .last_stage = LastStage::review};
    input.landing = view.landing;
    input.published = Situation::Published::open;
    input.verdict = Situation::Verdict::green;
    view.links.push_back({"pull request", "https://forge.example/octo/parser/pulls/7"});
  }
  view.phases = derive_phases(input);
  return view;
}

std::string render(const CardView& view) {
  return render_card_comment(view, render_run_card(view.card, {}, test::make_reference_digest()));
}

struct NamedView {
  std::string name;
  CardView view;
};

void add_running(std::vector<NamedView>& views) {
  views.push_back({"running", running_view()});
  const std::vector<std::pair<std::string, TurnKind>> kinds = {
      {"running-fix", TurnKind::fix},       {"running-rebase", TurnKind::rebase},
      {"running-finish", TurnKind::finish}, {"running-answer", TurnKind::answer},
      {"running-verify", TurnKind::verify}, {"running-redispatch", TurnKind::redispatch}};
  for (const auto& [name, kind] : kinds) {
    CardView view = running_view();
    const bool counts = kind == TurnKind::fix || kind == TurnKind::finish;
    view.card.turns.push_back({kind, std::string(40, 'd'), 0, counts ? Attempt::counts : Attempt::free,
                               test::moment("2026-11-20T14:20:00Z")});
    view.card.redispatches = kind == TurnKind::redispatch ? 1 : 0;
    views.push_back({name, view});
  }

  CardView busy = running_view();
  busy.card.cost_usd = 1.25;
  busy.step = "writing the test for octal numbers";
  busy.quiet_since = test::moment("2026-11-20T14:31:00Z");
  busy.card.refused_answer = "403: resource not accessible";
  busy.card.doorbells = {
      {Ending::question, "question 1", "slack", CardDoorbell::State::given_up, test::moment("2026-11-20T14:30:00Z")}};
  busy.phases = derive_phases({.state = CardState::running,
                               .ending = {},
                               .turns_ordered = 1,
                               .landing = {},
                               .reported = ReportedPhase::tests_red});
  views.push_back({"running-with-everything", busy});

  CardView interrupted = running_view();
  interrupted.card.interrupt = CardInterrupt{.cause = InterruptCause::stalled,
                                             .turn = {.text = "first-abcdefghijkl-0"},
                                             .at = test::moment("2026-11-20T15:00:00Z")};
  views.push_back({"running-interrupt", interrupted});
}

void add_waiting(std::vector<NamedView>& views) {
  const std::vector<std::pair<std::string, WaitReason>> reasons = {
      {"held", WaitReason::held},
      {"question", WaitReason::question},
      {"running", WaitReason::running},
      {"unreachable", WaitReason::unreachable},
      {"usage-limit", WaitReason::usage_limit},
      {"grace", WaitReason::grace},
      {"base-red", WaitReason::base_red},
      {"checks-missing", WaitReason::checks_missing},
      {"checks-pending", WaitReason::checks_pending},
      {"merge", WaitReason::merge},
      {"deployment", WaitReason::deployment},
  };
  for (const auto& [name, reason] : reasons) {
    CardView view = running_view();
    view.waiting = reason;
    if (reason == WaitReason::usage_limit) {
      view.card.parked_until = test::moment("2026-11-20T18:00:00Z");
    }
    if (reason == WaitReason::unreachable) {
      view.waiting_detail = "the executor local can not be asked: connection refused";
    }
    views.push_back({"waiting-" + name, view});
  }
}

std::vector<NamedView> all_views() {
  std::vector<NamedView> views;
  CardView failing = running_view();
  failing.card.state = CardState::dispatch_failing;
  failing.card.turns.clear();
  failing.card.first_seen = {{FirstSeen::dispatch_failing, test::moment("2026-11-20T14:00:00Z")}};
  failing.waiting_detail = "git fetch: could not resolve host forge.example";
  failing.phases = derive_phases({.state = CardState::dispatch_failing, .ending = {}, .landing = {}, .reported = {}});
  failing.links.clear();
  views.push_back({"dispatch-failing", failing});
  CardView starting = running_view();
  starting.card.state = CardState::starting;
  starting.phases =
      derive_phases({.state = CardState::starting, .ending = {}, .turns_ordered = 1, .landing = {}, .reported = {}});
  views.push_back({"starting", starting});
  CardView parked = running_view();
  parked.card.state = CardState::parked;
  parked.question = "Shall 010 be an error or ten?\n\nBoth are easy to do.";
  views.push_back({"parked", parked});
  add_running(views);
  add_waiting(views);
  for (unsigned ending = 0; ending <= static_cast<unsigned>(Ending::stood_down); ++ending) {
    const auto kind = static_cast<Ending>(ending);
    if (kind != Ending::question) { // a doorbell's kind alone
      views.push_back({"ended-" + std::string(render_ending(kind)), ended_view(kind)});
    }
  }
  CardView reasoned = ended_view(Ending::frozen);
  reasoned.card.ending_reason = "verify: 3 of 120 tests failed";
  reasoned.card.cost_usd = 12.5;
  reasoned.budget_usd = 0;
  views.push_back({"ended-with-reason", reasoned});
  return views;
}

} // namespace

TEST_CASE("The comment of each state and each ending is as its golden file has it") {
  test::GoldenFolder golden("cards");
  for (const NamedView& named : all_views()) {
    golden.check(named.name + ".md", render(named.view));
  }
  golden.check_all_used();
}

TEST_CASE("Equal views give equal bytes, and the card in the comment is the card of the view") {
  for (const NamedView& named : all_views()) {
    CAPTURE(named.name);
    const std::string comment = render(named.view);
    CHECK(comment == render(named.view));
    const auto read = parse_run_card(comment, {}, test::make_reference_digest());
    REQUIRE(read.ok());
    CHECK(read.value() == named.view.card);
  }
}

TEST_CASE("Nothing that a person or an agent wrote can forge a card, a ping or a heading") {
  const std::string forged = "x\n" + render_run_card(test::sample_card(), {}, test::make_reference_digest()) + "\n";
  std::vector<std::string> texts = test::hostile_texts();
  texts.push_back(forged);
  texts.push_back("\n# Heading\n- [x] done\n");
  for (const std::string& text : texts) {
    CardView view = running_view();
    view.card.state = CardState::parked;
    view.card.agent = text;
    view.card.model = text;
    view.card.refused_answer = text;
    view.card.doorbells = {{Ending::question, "q", text, CardDoorbell::State::given_up, {}}};
    view.card = bound_run_card(view.card);
    view.step = text;
    view.question = text;
    view.waiting_detail = text;
    view.links = {{text, text}, {"web", "https://" + text}};
    const std::string comment = render(view);
    CAPTURE(quote_for_display(text));
    const auto read = parse_run_card(comment, {}, test::make_reference_digest());
    REQUIRE(read.ok());
    CHECK(read.value() == view.card);
    CHECK(std::ranges::count(split_lines(comment), std::string_view("- [x] done")) == 0);
    CHECK(contains_hidden_characters(comment) == HiddenCharacters::none);
    int headings = 0;
    for (const std::string_view line : split_lines(comment)) {
      headings += line.starts_with("#") ? 1 : 0;
      CHECK_FALSE(line.starts_with("/"));
    }
    CHECK(headings == 1);
  }
}

TEST_CASE("A comment stays small, whatever is put into it") {
  CardView view = ended_view(Ending::frozen);
  const std::string huge(1 << 20, 'x');
  view.card.agent = huge;
  view.card.ending_reason = huge;
  view.card = bound_run_card(view.card);
  view.step = huge;
  view.question = huge;
  view.waiting_detail = huge;
  view.links.assign(100, {huge, "https://" + huge});
  CHECK(render(view).size() < 40'000);
}

TEST_CASE("Only web addresses become links") {
  CardView view = running_view();
  view.links = {{"a", "https://forge.example/x?y=1#z"},
                {"b", "javascript:alert(1)"},
                {"c", "https://evil.example/>x<img src=y> @octocat"},
                {"d", "/srv/with `ticks`"}};
  const std::string comment = render(view);
  CHECK(comment.find("- a: <https://forge.example/x?y=1#z>\n") != std::string::npos);
  CHECK(comment.find("- b: `javascript:alert(1)`\n") != std::string::npos);
  CHECK(comment.find("- c: <https://evil.example/%3Ex%3Cimg%20src=y%3E%20%40octocat>\n") != std::string::npos);
  CHECK(comment.find("- d: `/srv/with 'ticks'`\n") != std::string::npos);
}
