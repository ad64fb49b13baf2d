#include <afk/core/ending.hpp>
#include <support/catch.hpp>

#include <set>
#include <string>

using namespace afk;

// Operators' scripts hold on to these names.
TEST_CASE("The names of endings are stable") {
  struct Case {
    Ending ending;
    std::string name;
  };

  const auto test = GENERATE(values<Case>({
      {Ending::done, "done"},
      {Ending::review, "review"},
      {Ending::question, "question"},
      {Ending::frozen, "frozen"},
      {Ending::needs_human, "needs-human"},
      {Ending::nothing_to_do, "nothing-to-do"},
      {Ending::stalled, "stalled"},
      {Ending::run_limit, "run-limit"},
      {Ending::budget, "budget"},
      {Ending::trust, "trust"},
      {Ending::unreachable, "unreachable"},
      {Ending::conflict, "conflict"},
      {Ending::base_red, "base-red"},
      {Ending::ci_missing, "ci-missing"},
      {Ending::no_verdict, "no-verdict"},
      {Ending::no_merge, "no-merge"},
      {Ending::no_deploy, "no-deploy"},
      {Ending::protected_path, "protected-path"},
      {Ending::refused, "refused"},
      {Ending::dispatch_unknown, "dispatch-unknown"},
      {Ending::dispatch_failed, "dispatch-failed"},
      {Ending::stood_down, "stood-down"},
  }));
  CHECK(render_ending(test.ending) == test.name);
  CHECK(parse_ending(test.name).value() == test.ending);
}

TEST_CASE("What is no ending is malformed and the known ones are named") {
  for (const std::string text : {"", "Done", "needs_human", "done "}) {
    const auto ending = parse_ending(text);
    REQUIRE_FALSE(ending.ok());
    CHECK(ending.error().kind == ErrorKind::malformed);
    CHECK(ending.error().message.find("protected-path") != std::string::npos);
  }
}
