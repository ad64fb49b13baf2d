// watch --wait: what a pipeline learns from the exit code.

#include <e2e/journeys/journey.hpp>

#include <support/catch.hpp>

using namespace afk::test;

namespace {

struct Case {
  const char* name;
  const char* agent;
  const char* lifecycle;
  int exit_code;
};

} // namespace

TEST_CASE("watch --wait tells how the run ended", "[wait]") {
  const auto example = GENERATE(values<Case>({
      {"landed", "echo hello > greeting.txt\ngit commit --quiet --all --message 'Say hello'\n", "", 0},
      {"nothing to do", "printf '{\"result\": \"nothing-to-do\"}' > \"$AFK_REPORT\"\n", "", 4},
      {"frozen", "echo helo >> greeting.txt\ngit commit --quiet --all --message 'Say helo'\n",
       "fix_forward_max_attempts = 0\n", 5},
  }));
  INFO(example.name);
  Story story;
  story.agent = example.agent;
  story.lifecycle = example.lifecycle;
  Journey journey{story};
  journey.start();
  CHECK(journey.afk({"watch", "--wait", "--interval", "100ms", "--timeout", "50s"}) == example.exit_code);
  CHECK_FALSE(journey.has_label("agent-in-progress"));
}

TEST_CASE("watch --wait gives up after its timeout, and the run goes on", "[wait]") {
  Story story;
  story.agent = "while [ ! -e \"$WORLD/go\" ]; do sleep 0.05; done\necho hello > greeting.txt\n"
                "git commit --quiet --all --message 'Say hello'\n";
  Journey journey{story};
  journey.afk_beside_agents({"poll"});
  CHECK(journey.afk_beside_agents({"watch", "--wait", "--interval", "100ms", "--timeout", "1s"}) == 6);
  CHECK(journey.has_label("agent-in-progress"));
  journey.person("the agent need not wait any more", "touch go");
  journey.watch_until_over();
  CHECK(journey.is_closed());
}

TEST_CASE("watch --wait for an issue that has no run says so", "[wait]") {
  Journey journey{Story{}};
  CHECK(journey.afk({"watch", "--wait", "--only", "acme/app#1", "--interval", "100ms", "--timeout", "20s"}) == 1);
}
