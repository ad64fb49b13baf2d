// The agents' own programs, from a ready issue to a landed commit. They are big and come from npm, so that they are
// looked for in a cache: AFK_AGENTS_CACHE says where, AFK_REQUIRE_AGENTS=1 makes a missing one a failure.

#include <e2e/agents/agents_world.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/skip.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <set>

using namespace afk::test;

namespace {

struct AgentCounts {
  std::set<std::string> run;
  std::set<std::string> skipped;

  ~AgentCounts() { std::cout << "agents: " << run.size() << " run, " << skipped.size() << " skipped" << std::endl; }
};

AgentCounts& counts() {
  static AgentCounts the_counts;
  return the_counts;
}

std::optional<std::string> find_or_skip(const std::string& name) {
  auto cache = find_agents_cache(name);
  if (cache) {
    counts().run.insert(name);
    return cache;
  }
  counts().skipped.insert(name);
  const char* const required = std::getenv("AFK_REQUIRE_AGENTS");
  if (required != nullptr && std::string(required) == "1") {
    FAIL("the program of " << name << " is not in the cache, and AFK_REQUIRE_AGENTS=1 asks for it");
  }
  skip("the program of " + name + " is not in $AFK_AGENTS_CACHE; tests/support/fetch_agents.sh puts it there");
  return std::nullopt;
}

// Whoever wants to read how it went names a folder.
void keep_transcript(const AgentsWorld& world, const std::string& name) {
  if (const char* const folder = std::getenv("AFK_AGENTS_TRANSCRIPTS"); folder != nullptr) {
    put_file(std::string(folder) + "/agent-" + name + ".txt", world.transcript());
  }
}

std::string render_cost(double usd) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "- Cost: $%.2f ", usd);
  return text.data();
}

void check_landed(AgentsWorld& world, const std::string& name, std::optional<double> cost) {
  world.tick_until_over(240);
  keep_transcript(world, name);
  INFO(world.transcript());
  CHECK(world.issue().find("state = \"closed\"") != std::string::npos);
  CHECK(world.greeting() == "hello");

  // The first turn and the fix turn, each read to its end, in one session.
  const auto activities = world.turn_files("activity.json");
  REQUIRE(activities.size() == 2);
  const auto first = nlohmann::json::parse(activities[0]);
  const auto second = nlohmann::json::parse(activities[1]);
  CHECK(first.at("result") == "success");
  CHECK(second.at("result") == "success");
  CHECK_FALSE(first.at("session").get<std::string>().empty());
  CHECK(first.at("session") == second.at("session"));
  CHECK_FALSE(first.at("step").get<std::string>().empty());
  CHECK(first.at("message") == "All done.");
  CHECK(world.model().remembered() > 0);

  // What both turns cost stands on the card, each token once; codex says its sum again in the second turn.
  const double said = first.at("cost_usd").get<double>() + second.at("cost_usd").get<double>();
  CHECK(said > 0.01);
  CHECK(world.card().find(render_cost(cost.value_or(said))) != std::string::npos);
  CHECK(world.card().find("wrote greeting.txt") != std::string::npos);
}

} // namespace

TEST_CASE("claude takes an issue to a landed commit", "[agents]") {
  if (const auto cache = find_or_skip("claude")) {
    AgentsWorld world("claude", *cache);
    check_landed(world, "claude", std::nullopt);
  }
}

TEST_CASE("codex takes an issue to a landed commit", "[agents]") {
  if (const auto cache = find_or_skip("codex")) {
    AgentsWorld world("codex", *cache);
    check_landed(world, "codex", 0.36 * 1.25 + 0.08 * 10); // 40,000 tokens come from the cache
  }
}

TEST_CASE("gemini takes an issue to a landed commit", "[agents]") {
  if (const auto cache = find_or_skip("gemini")) {
    AgentsWorld world("gemini", *cache);
    check_landed(world, "gemini", 0.4 * 1.25 + 0.08 * 10);
  }
}

TEST_CASE("an agent at its provider's limit waits, and so do all with its credential", "[agents]") {
  for (const std::string name : {"claude", "codex", "gemini"}) {
    DYNAMIC_SECTION(name) {
      const auto cache = find_or_skip(name);
      if (!cache) {
        return;
      }
      AgentsWorld world(name, *cache);
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      world.model().limit_until(std::chrono::duration_cast<std::chrono::seconds>(now).count() + 7200);
      world.tick_until_card_says("It goes on after", 120);
      keep_transcript(world, name + "-limit");
      INFO(world.transcript());
      CHECK(world.card().find("It goes on after") != std::string::npos);
      CHECK(world.card().find("Corrective attempts: 0") != std::string::npos);
      const auto ended = world.turn_files("ended.json");
      REQUIRE(ended.size() == 1);
      CHECK(nlohmann::json::parse(ended[0]).at("outcome") == "usage-limited");

      const int asked = world.model().answered();
      world.arm(2);
      world.afk({"tick"});
      CHECK(world.issue(2).find("agent-in-progress") == std::string::npos);
      CHECK(world.afk({"why", "acme/app#2"}).find("cooling down until") != std::string::npos);
      CHECK(world.model().answered() == asked);
    }
  }
}
