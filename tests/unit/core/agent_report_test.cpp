#include <afk/core/agent_report.hpp>
#include <afk/core/text.hpp>
#include <support/catch.hpp>
#include <support/hostile_text.hpp>

#include <limits>
#include <string>

using namespace afk;

TEST_CASE("A whole report keeps what it says") {
  const auto report = derive_agent_report(
      {.result = "done", .question = std::nullopt, .phase = "tests-green", .step = "sums the cart", .cost_usd = 0.75});
  REQUIRE(report.ok());
  CHECK(report->result == DeclaredResult::done);
  CHECK(report->phase == ReportedPhase::tests_green);
  CHECK(report->step == "sums the cart");
  CHECK(report->cost_usd == 0.75);
  CHECK(report->question.empty());
  CHECK(report->notes.empty());
}

TEST_CASE("An empty report says nothing") {
  const auto report = derive_agent_report({});
  REQUIRE(report.ok());
  CHECK(report.value() == AgentReport{});
}

TEST_CASE("Questions and results fit each other") {
  struct Case {
    std::string name;
    std::optional<std::string> result;
    std::optional<std::string> question;
    std::optional<DeclaredResult> expected; // absent: malformed
  };

  const auto test = GENERATE(values<Case>({
      {"blocked with its question", "blocked", "Which currency?", DeclaredResult::blocked},
      {"a question alone is blocked", std::nullopt, "Which currency?", DeclaredResult::blocked},
      {"done with an empty question", "done", "", DeclaredResult::done},
      {"nothing to do", "nothing-to-do", std::nullopt, DeclaredResult::nothing_to_do},
      {"blocked without a question", "blocked", std::nullopt, std::nullopt},
      {"blocked with blanks", "blocked", " \n\t", std::nullopt},
      {"blocked with hidden characters alone", "blocked", "\xE2\x80\x8B\x1B[0m", std::nullopt},
      {"done with a question", "done", "Which currency?", std::nullopt},
      {"nothing to do with a question", "nothing-to-do", "Which currency?", std::nullopt},
      {"unknown result", "finished", std::nullopt, std::nullopt},
      {"result in capitals", "DONE", std::nullopt, std::nullopt},
      {"empty result", "", std::nullopt, std::nullopt},
  }));
  DYNAMIC_SECTION(test.name) {
    AgentReportFields fields;
    fields.result = test.result;
    fields.question = test.question;
    const auto report = derive_agent_report(fields);
    REQUIRE(report.ok() == test.expected.has_value());
    if (report.ok()) {
      CHECK(report->result == test.expected);
    } else {
      CHECK(report.error().kind == ErrorKind::malformed);
    }
  }
}

TEST_CASE("Phases come from a closed list") {
  for (const ReportedPhase phase :
       {ReportedPhase::working, ReportedPhase::tests_red, ReportedPhase::tests_green, ReportedPhase::pushed}) {
    CHECK(parse_reported_phase(render_reported_phase(phase)).value() == phase);
  }
  const std::string claim = GENERATE(values<std::string>({"", "merged", "done", "Tests-Red", "tests red", "deployed"}));
  AgentReportFields fields;
  fields.phase = claim;
  const auto report = derive_agent_report(fields);
  REQUIRE_FALSE(report.ok());
  CHECK(report.error().kind == ErrorKind::malformed);
  CHECK(report.error().message.find("tests-green") != std::string::npos);
}

TEST_CASE("Declared results have stable names") {
  for (const DeclaredResult result : {DeclaredResult::done, DeclaredResult::nothing_to_do, DeclaredResult::blocked}) {
    CHECK(parse_declared_result(render_declared_result(result)).value() == result);
  }
  CHECK(render_declared_result(DeclaredResult::nothing_to_do) == "nothing-to-do");
}

TEST_CASE("Costs are numbers that can be") {
  AgentReportFields fields;
  SECTION("legal") {
    fields.cost_usd = GENERATE(values<double>({0.0, 0.0001, 1e6}));
    CHECK(derive_agent_report(fields)->cost_usd == fields.cost_usd);
  }
  SECTION("others") {
    fields.cost_usd = GENERATE(values<double>(
        {-0.01, 1e6 + 1, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}));
    REQUIRE_FALSE(derive_agent_report(fields).ok());
    CHECK(derive_agent_report(fields).error().kind == ErrorKind::malformed);
  }
}

TEST_CASE("Text in a report is cleaned and bounded") {
  AgentReportFields fields;
  SECTION("length") {
    fields.question = std::string(longest_question + 1, 'q');
    fields.step = std::string(longest_step - 1, 's') + "\xE2\x82\xAC";
    const auto report = derive_agent_report(fields);
    REQUIRE(report.ok());
    CHECK(report->question.size() == longest_question);
    CHECK(report->question.ends_with(" [cut]"));
    CHECK(report->step.size() <= longest_step);
    CHECK(report->step.ends_with("s [cut]"));
    CHECK(report->notes.size() == 2);
  }
  SECTION("as long as it may be") {
    fields.question = std::string(longest_question, 'q');
    fields.step = std::string(longest_step, 's');
    CHECK(derive_agent_report(fields)->notes.empty());
  }
  SECTION("hostile") {
    for (const std::string& text : test::hostile_texts()) {
      fields.question = "Which? " + text;
      fields.step = text;
      const auto report = derive_agent_report(fields);
      REQUIRE(report.ok());
      CHECK(contains_hidden_characters(report->question) == HiddenCharacters::none);
      CHECK(contains_hidden_characters(report->step) == HiddenCharacters::none);
      CHECK(report->step.find('\n') == std::string::npos);
    }
  }
}
