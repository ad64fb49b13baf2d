#include <afk/adapter/agent_report_codec.hpp>
#include <support/catch.hpp>

#include <string>

using namespace afk;

namespace {

std::string nested(std::size_t depth) {
  return R"({"result":"done","x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

} // namespace

TEST_CASE("A report is read from its file") {
  const auto report = adapter::parse_agent_report(
      R"({"result": "blocked", "question": "Which\ncurrency?", "phase": "tests-red", "step": "asks", "cost_usd": 1.5})");
  REQUIRE(report.ok());
  CHECK(report->result == DeclaredResult::blocked);
  CHECK(report->question == "Which\ncurrency?");
  CHECK(report->phase == ReportedPhase::tests_red);
  CHECK(report->step == "asks");
  CHECK(report->cost_usd == 1.5);
  CHECK(report->notes.empty());
}

TEST_CASE("Small reports are reports too") {
  struct Case {
    std::string name;
    std::string bytes;
    AgentReport expected;
  };

  AgentReport free_of_charge;
  free_of_charge.cost_usd = 0;
  AgentReport integer;
  integer.cost_usd = 3;
  const auto test = GENERATE_COPY(values<Case>({
      {"empty object", "{}", {}},
      {"blanks around it", " \n{ }\n", {}},
      {"null is absent", R"({"result": null, "question": null, "phase": null, "step": null, "cost_usd": null})", {}},
      {"whole number", R"({"cost_usd": 3})", integer},
      {"negative zero", R"({"cost_usd": -0})", free_of_charge},
  }));
  DYNAMIC_SECTION(test.name) {
    const auto report = adapter::parse_agent_report(test.bytes);
    REQUIRE(report.ok());
    CHECK(report.value() == test.expected);
  }
}

TEST_CASE("Unknown keys are ignored, and it is said") {
  const auto report = adapter::parse_agent_report(
      R"({"summary": {"result": "blocked", "list": [1, "a", null, true, 2.5]}, "result": "done", "tool\u001b": []})");
  REQUIRE(report.ok());
  CHECK(report->result == DeclaredResult::done);
  REQUIRE(report->notes.size() == 2);
  CHECK(report->notes[0] == R"(the unknown key "summary" was ignored)");
  CHECK(report->notes[1] == R"(the unknown key "tool\u{1b}" was ignored)");
}

TEST_CASE("The number of notes is bounded") {
  std::string bytes = "{";
  for (int index = 0; index < 1000; ++index) {
    bytes += "\"key" + std::to_string(index) + "\": 1,";
  }
  const auto report = adapter::parse_agent_report(bytes + R"("result": "done"})");
  REQUIRE(report.ok());
  CHECK(report->result == DeclaredResult::done);
  CHECK(report->notes.size() == 8);
}

TEST_CASE("What is no strict report is malformed") {
  struct Case {
    std::string name;
    std::string bytes;
    std::string said;
  };

  const auto test = GENERATE(values<Case>({
      {"nothing", "", "expected one JSON object"},
      {"blanks", " \n", "expected one JSON object"},
      {"text", "BLOCKED: which currency?", "expected one JSON object"},
      {"array", "[]", "this is an array"},
      {"string", R"("done")", "this is a string"},
      {"number", "1", "this is a number"},
      {"null", "null", "this is null"},
      {"boolean", "true", "this is a boolean"},
      {"cut off", R"({"result": "done")", "expected one JSON object"},
      {"two objects", R"({"result": "done"} {})", "expected one JSON object"},
      {"comma at the end", R"({"result": "done",})", "expected one JSON object"},
      {"comment", "{} // done", "expected one JSON object"},
      {"single quotes", "{'result': 'done'}", "expected one JSON object"},
      {"not a number", R"({"cost_usd": NaN})", "expected one JSON object"},
      {"number beyond all bounds", R"({"cost_usd": 1e999})", "expected one JSON object"},
      {"number above the highest", R"({"cost_usd": 1e7})", "cost_usd"},
      {"duplicate key", R"({"result": "done", "result": "blocked"})", R"(the key "result" stands there twice)"},
      {"duplicate key by escape", R"({"result": "done", "r\u0065sult": "done"})", R"(the key "result" stands)"},
      {"duplicate unknown key", R"({"a": 1, "a": 2})", R"(the key "a" stands there twice)"},
      {"duplicate key inside", R"({"a": {"b": 1, "b": 2}})", R"(the key "b" stands there twice)"},
      {"invalid UTF-8", "{\"step\": \"\xFF\"}", "expected one JSON object"},
      {"overlong UTF-8", "{\"step\": \"\xC0\xAF\"}", "expected one JSON object"},
      {"lone surrogate", R"({"step": "\ud800"})", "expected one JSON object"},
      {"control character in a string", "{\"step\": \"a\nb\"}", "expected one JSON object"},
      {"result of the wrong type", R"({"result": true})", R"("result" is a boolean, expected a string)"},
      {"question of the wrong type", R"({"question": ["a"]})", R"("question" is an array, expected a string)"},
      {"phase of the wrong type", R"({"phase": {}})", R"("phase" is an object, expected a string)"},
      {"step of the wrong type", R"({"step": 1})", R"("step" is a number, expected a string)"},
      {"cost of the wrong type", R"({"cost_usd": "1.5"})", R"("cost_usd" is a string, expected a number)"},
      {"unknown result", R"({"result": "finished"})", "done, nothing-to-do or blocked"},
      {"blocked without a question", R"({"result": "blocked"})", "asks nothing"},
  }));
  DYNAMIC_SECTION(test.name) {
    const auto report = adapter::parse_agent_report(test.bytes);
    REQUIRE_FALSE(report.ok());
    CHECK(report.error().kind == ErrorKind::malformed);
    CAPTURE(report.error().message);
    CHECK(report.error().message.find(test.said) != std::string::npos);
  }
}

TEST_CASE("Size and depth are bounded") {
  CHECK(adapter::parse_agent_report(nested(adapter::deepest_agent_report - 1)).ok());
  CHECK(adapter::parse_agent_report(nested(adapter::deepest_agent_report)).error().kind == ErrorKind::too_large);
  CHECK(adapter::parse_agent_report(nested(30'000)).error().kind == ErrorKind::too_large);
  const std::string object = R"({"result": "done"})";
  const std::string largest = object + std::string(adapter::longest_agent_report - object.size(), ' ');
  CHECK(adapter::parse_agent_report(largest).ok());
  CHECK(adapter::parse_agent_report(largest + " ").error().kind == ErrorKind::too_large);
}
