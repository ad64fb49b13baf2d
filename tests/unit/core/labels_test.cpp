#include <afk/core/labels.hpp>
#include <support/catch.hpp>

#include <string>
#include <vector>

using namespace afk;

TEST_CASE("The lowest legal priority label counts") {
  struct Case {
    std::string name;
    std::vector<std::string> labels;
    std::optional<int> priority;
    std::vector<std::string> ignored;
  };

  const auto test = GENERATE(values<Case>({
      {"none", {"bug", "priority", "my-priority:3"}, std::nullopt, {}},
      {"one", {"bug", "priority:10"}, 10, {}},
      {"zero", {"priority:0"}, 0, {}},
      {"highest number", {"priority:1000000"}, 1'000'000, {}},
      {"capitals and a blank", {"Priority: 7"}, 7, {}},
      {"several", {"priority:30", "priority:5", "priority:20"}, 5, {}},
      {"not numbers",
       {"priority:high", "priority:", "priority:-1", "priority:1.5", "priority:1000001",
        "priority:99999999999999999999", "priority:5x", "priority:+3"},
       std::nullopt,
       {"priority:high", "priority:", "priority:-1", "priority:1.5", "priority:1000001",
        "priority:99999999999999999999", "priority:5x", "priority:+3"}},
      {"a legal one beside another", {"priority:high", "priority:3"}, 3, {"priority:high"}},
  }));
  DYNAMIC_SECTION(test.name) {
    const PriorityLabels found = derive_priority(test.labels);
    CHECK(found.priority == test.priority);
    CHECK(found.ignored == test.ignored);
  }
}

TEST_CASE("A label names an agent and its model") {
  struct Case {
    std::string name;
    std::vector<std::string> labels;
    std::optional<AgentLabel> expected;
  };

  const auto test = GENERATE(values<Case>({
      {"none", {"bug", "agent", "my-agent:claude"}, std::nullopt},
      {"name", {"agent:claude"}, AgentLabel{"claude", ""}},
      {"capitals", {"AGENT:Claude"}, AgentLabel{"claude", ""}},
      {"blank behind the colon", {"agent: claude "}, AgentLabel{"claude", ""}},
      {"model", {"agent:claude:Opus-4.5"}, AgentLabel{"claude", "Opus-4.5"}},
      {"model with colons and slashes",
       {"agent:local:qwen/qwen2.5-coder:7b"},
       AgentLabel{"local", "qwen/qwen2.5-coder:7b"}},
      {"the same twice", {"agent:claude", "Agent:CLAUDE"}, AgentLabel{"claude", ""}},
  }));
  DYNAMIC_SECTION(test.name) {
    const auto agent = derive_agent_label(test.labels);
    REQUIRE(agent.ok());
    CHECK(agent.value() == test.expected);
  }
}

TEST_CASE("A label that names no agent or two is not guessed at") {
  SECTION("malformed") {
    const std::string label = GENERATE(
        values<std::string>({"agent:", "agent: ", "agent::opus", "agent:claude:", "agent:a b", "agent:-x",
                             "agent:$(reboot)", "agent:a/b", "agent:claude:a b", "agent:claude:-v", "agent:claude:;rm",
                             "agent:\xC3\xA4", "agent:" + std::string(65, 'a'), "agent:a:" + std::string(129, 'm')}));
    CAPTURE(label);
    const auto agent = derive_agent_label(std::vector{label});
    REQUIRE_FALSE(agent.ok());
    CHECK(agent.error().kind == ErrorKind::malformed);
    CHECK(agent.error().audience == ErrorAudience::author_of_issue);
  }
  SECTION("two") {
    const auto labels = GENERATE(values<std::vector<std::string>>(
        {{"agent:claude", "agent:codex"}, {"agent:claude", "agent:claude:opus"}, {"agent:a:x", "agent:a:X"}}));
    const auto agent = derive_agent_label(labels);
    REQUIRE_FALSE(agent.ok());
    CHECK(agent.error().kind == ErrorKind::conflict);
  }
  SECTION("a malformed one is not hidden by a good one") {
    CHECK_FALSE(derive_agent_label(std::vector<std::string>{"agent:claude", "agent:?"}).ok());
  }
}
