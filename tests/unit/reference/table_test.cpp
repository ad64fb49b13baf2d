// The reader of references refuses what a reference must not contain: a spelling mistake would otherwise weaken a test
// in silence.

#include "table.hpp"

#include <support/catch.hpp>

namespace {

using namespace reference;

const Vocabulary& vocabulary() {
  static const Vocabulary vocabulary = {{.name = "light", .values = {"red", "amber", "green"}},
                                        {.name = "road", .values = {"dry", "wet"}}};
  return vocabulary;
}

const std::string rest = R"(
[[row]]
number = 2
prose = "everything else"
when = {}
then = [{ action = "go" }]
[[never]]
when = { light = "amber", road = "wet" }
because = "the light is broken when it rains"
[[promise]]
when = { light = "red" }
forbids = ["go"]
prose = "red means stop"
[[slice]]
name = "all"
when = {}
)";

std::string with_row(const std::string& row) {
  return "[[row]]\nnumber = 1\nprose = \"a row\"\n" + row + rest;
}

std::string problem_of(const std::string& text) {
  try {
    static_cast<void>(parse_table(text, vocabulary()));
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

struct Case {
  std::string name;
  std::string row;
  std::string problem;
};

} // namespace

TEST_CASE("a reference is read, and its first match wins", "[reference]") {
  const Table table = parse_table(with_row(R"(
when = { light = "red|amber" }
then = [{ when = { road = "wet" }, action = "stop early" }, { action = "stop", effect = true }]
)"),
                                  vocabulary());
  REQUIRE(table.rows.size() == 2);
  const auto answer = [&](std::uint8_t light, std::uint8_t road) {
    Values values{};
    values[0] = light;
    values[1] = road;
    const auto expected = evaluate(table, values);
    return expected ? expected->then->action : "nothing";
  };
  CHECK(answer(0, 0) == "stop");
  CHECK(answer(0, 1) == "stop early");
  CHECK(answer(1, 1) == "stop early");
  CHECK(answer(2, 0) == "go");
  CHECK(forbids(table.promises[0], table.rows[1].then[0]));
  CHECK_FALSE(forbids(table.promises[0], table.rows[0].then[1]));
}

TEST_CASE("a reference with a mistake is refused", "[reference]") {
  const auto each = GENERATE(values<Case>({
      {"an unknown input", "when = { lamp = \"red\" }\nthen = [{ action = \"stop\" }]", "there is no input lamp"},
      {"an unknown value", "when = { light = \"red|blue\" }\nthen = [{ action = \"stop\" }]", "has no value \"blue\""},
      {"a value twice", "when = { light = \"red|red\" }\nthen = [{ action = \"stop\" }]", "stands here twice"},
      {"an empty value", "when = { light = \"\" }\nthen = [{ action = \"stop\" }]", "has no value \"\""},
      {"no condition", "then = [{ action = \"stop\" }]", "`when` is missing"},
      {"a misspelt key", "when = {}\nthan = [{ action = \"stop\" }]", "unknown key than"},
      {"no entry without a condition", "when = {}\nthen = [{ when = { road = \"dry\" }, action = \"stop\" }]",
       "the last entry of `then` has no condition"},
      {"an entry that nothing reaches", "when = {}\nthen = [{ action = \"stop\" }, { action = \"wait\" }]",
       "nothing gets past the entry before"},
      {"an entry without an action", "when = {}\nthen = [{ effect = true }]", "`action` is missing"},
  }));
  DYNAMIC_SECTION(each.name) {
    const std::string problem = problem_of(with_row(each.row));
    INFO(problem);
    CHECK(problem.find(each.problem) != std::string::npos);
  }
}

TEST_CASE("rows that are not numbered in order, or do not end in a catch-all, are refused", "[reference]") {
  CHECK(problem_of(rest).find("numbered from 1") != std::string::npos);
  const std::string open_ended = R"(
[[row]]
number = 1
prose = "a row"
when = { light = "red" }
then = [{ action = "stop" }]
)";
  CHECK(problem_of(open_ended).find("the last row has no condition") != std::string::npos);
}

TEST_CASE("a promise about an action that no row takes is refused", "[reference]") {
  std::string text = with_row("when = { light = \"red\" }\nthen = [{ action = \"stop\" }]");
  text.replace(text.find("[\"go\"]"), 6, "[\"gone\"]");
  CHECK(problem_of(text).find("no row takes the action \"gone\"") != std::string::npos);
}
