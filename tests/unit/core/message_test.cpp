#include <afk/core/message.hpp>
#include <afk/core/text.hpp>
#include <support/catch.hpp>
#include <support/golden.hpp>
#include <support/hostile_text.hpp>

#include <set>
#include <string>

using namespace afk;

namespace {

MessageFacts sample_facts() {
  return {.issue = {.repository = {.owner = "octo", .name = "parser"}, .number = 12},
          .issue_title = "Numbers with a leading zero are read as octal",
          .run = {.text = "afk-k3j7x2abcdefghijklmnopqrst"},
          .agent = "claude",
          .reason = "verify turn 2: 3 of 120 tests failed",
          .question = "Shall 010 be an error or ten?\n\nBoth are easy to do.",
          .link = "https://forge.example/octo/parser/pulls/7",
          .labels = {}};
}

template <typename Visit>
void for_each_ending(Visit visit) {
  for (unsigned ending = 0; ending <= static_cast<unsigned>(Ending::stood_down); ++ending) {
    visit(static_cast<Ending>(ending));
  }
}

} // namespace

TEST_CASE("Each kind has its own title, text and next step, as the golden files have them") {
  test::GoldenFolder golden("messages");
  std::set<std::string_view> titles;
  std::set<std::string_view> headlines;
  for_each_ending([&](Ending ending) {
    const Message message = derive_message(ending, sample_facts());
    golden.check(std::string(render_ending(ending)) + ".txt", message.title + "\n\n" + message.text);
    titles.insert(render_ending_title(ending));
    headlines.insert(render_ending_headline(ending));
    CHECK_FALSE(render_next_step(ending, sample_facts()).empty());
  });
  CHECK(titles.size() == 22);
  CHECK(headlines.size() == 22);
  golden.check_all_used();
}

TEST_CASE("What is not known is not said") {
  MessageFacts facts;
  facts.issue = sample_facts().issue;
  const Message message = derive_message(Ending::question, facts);
  CHECK(message.title == "Question: octo/parser#12 (no title)");
  CHECK(message.text == "The agent asks a question; the run waits for the answer and holds no slot.\n"
                        "Next: Answer in a comment on the issue, then take the label `needs-info` off.\n");
}

TEST_CASE("The question stands in no message but its own") {
  for_each_ending([](Ending ending) {
    const bool asks = derive_message(ending, sample_facts()).text.find("Shall 010") != std::string::npos;
    CHECK(asks == (ending == Ending::question));
  });
}

TEST_CASE("The configured labels are the ones that people are told to use") {
  MessageFacts facts = sample_facts();
  facts.labels.question = "frage";
  facts.labels.human = "mensch";
  facts.labels.ready = "bereit";
  CHECK(render_next_step(Ending::question, facts) ==
        "Answer in a comment on the issue, then take the label `frage` off.");
  CHECK(
      render_next_step(Ending::trust, facts) ==
      "Read the issue as it is now, comments and hidden text included. To start a new run with fresh budgets, run `afk "
      "requeue octo/parser#12`, or take the label `mensch` off and put `bereit` on again.");
  CHECK(render_next_step(Ending::stood_down, facts) ==
        "To hand it to an agent again, run `afk requeue octo/parser#12`, "
        "or put the label `bereit` on again.");
}

TEST_CASE("A long title is shortened at a whole character") {
  const std::string title = render_title_for_people(std::string(75, 'a') + "\xF0\x9F\x98\x80\xF0\x9F\x98\x80");
  CHECK(title.size() <= longest_shown_title);
  CHECK(title == std::string(75, 'a') + " …");
}

TEST_CASE("Hostile text neither breaks a line, nor pings, closes or commands") {
  for (const std::string& text : test::hostile_texts()) {
    MessageFacts facts = sample_facts();
    facts.issue_title = text;
    facts.reason = text;
    facts.question = text;
    facts.link = text;
    facts.agent = text;
    const Message message = derive_message(Ending::question, facts);
    CAPTURE(quote_for_display(text));
    CHECK(message.title.find('\n') == std::string::npos);
    CHECK(contains_hidden_characters(message.title) == HiddenCharacters::none);
    CHECK(contains_hidden_characters(message.text) == HiddenCharacters::none);
    const std::string own = "Question: octo/parser#12 ";
    REQUIRE(message.title.starts_with(own));
    const std::string line = render_line_for_people(text);
    const std::string shown = message.title.substr(own.size()) + "\n" + render_quote_for_people(text) + "| " + line;
    CHECK(line.find('\n') == std::string::npos);
    CHECK(shown.find("@octocat") == std::string::npos);
    CHECK(shown.find("@org") == std::string::npos);
    CHECK(shown.find("#12") == std::string::npos);
    CHECK(shown.find("<!--") == std::string::npos);
    CHECK(shown.find("\n/") == std::string::npos);
  }
}

TEST_CASE("A question without an end is cut") {
  const std::string quoted = render_quote_for_people(std::string(100'000, 'q'));
  CHECK(quoted.size() < 1'600);
  CHECK(quoted.ends_with(" …\n"));
}

TEST_CASE("Every reason to wait and every action is said in words") {
  std::string text;
  std::set<std::string_view> reasons;
  for (unsigned reason = 0; reason <= static_cast<unsigned>(WaitReason::deployment); ++reason) {
    text += render_action_explanation(Wait{static_cast<WaitReason>(reason)}) + "\n";
    reasons.insert(render_wait_explanation(static_cast<WaitReason>(reason)));
  }
  CHECK(reasons.size() == 11);
  text += render_action_explanation(ReportForeignLock{}) + "\n";
  for (const auto cause : {InterruptCause::stalled, InterruptCause::run_limit, InterruptCause::budget}) {
    text += render_action_explanation(Interrupt{cause}) + "\n";
  }
  text += render_action_explanation(Park{}) + "\n";
  for (unsigned kind = 0; kind <= static_cast<unsigned>(TurnKind::verify); ++kind) {
    text += render_action_explanation(OrderTurn{static_cast<TurnKind>(kind), Attempt::counts}) + "\n";
  }
  text += render_action_explanation(OrderTurn{TurnKind::rebase, Attempt::free}) + "\n";
  text += render_action_explanation(RepeatTurn{}) + "\n";
  text += render_action_explanation(Push{}) + "\n";
  text += render_action_explanation(OpenPullRequest{PullRequestForm::draft}) + "\n";
  text += render_action_explanation(OpenPullRequest{PullRequestForm::ready}) + "\n";
  text += render_action_explanation(RerunChecks{}) + "\n";
  text += render_action_explanation(MarkReady{}) + "\n";
  text += render_action_explanation(Merge{}) + "\n";
  for_each_ending([&](Ending ending) { text += render_action_explanation(End{ending}) + "\n"; });
  test::GoldenFolder golden("actions");
  golden.check("explanations.txt", text);
  golden.check_all_used();
}
