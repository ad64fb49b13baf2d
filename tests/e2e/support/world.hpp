#pragma once
// A small world for whole-program tests: three repositories with one issue each, a tracker, a configuration and a
// scripted agent, all below one folder and with fixed names, so that two runs of the same story give the same names.
//
//   acme/one#1, acme/two#1   the agent makes the change; checks pass; the work lands
//   acme/three#1             the agent asks a question, and the run is parked
//
// Agents wait until the world's gate is opened. Each start is logged, and two agents of one run at a time are seen.

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace afk::test {

// Content by name.
using Files = std::map<std::string, std::string>;

struct ProgramOutcome {
  int exit_code = 0;
  std::string output; // stdout and stderr
};

class World {
 public:
  // Builds everything below `root`, which must not exist.
  static World create(const std::string& root);

  // One that lies there already.
  explicit World(std::string root) : root_(std::move(root)) {}

  [[nodiscard]] const std::string& root() const { return root_; }

  [[nodiscard]] std::string tracker() const { return root_ + "/tracker"; }

  [[nodiscard]] std::string configuration() const { return root_ + "/afk.toml"; }

  // The environment that every program of this world gets.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> environment() const;

  // Runs $AFK_PROGRAM with these arguments and the world's configuration, to its end.
  [[nodiscard]] ProgramOutcome afk(const std::vector<std::string>& arguments) const;

  // From now on agents do not wait any more; closed again with the object. Copies of the world have gates of their own.
  class OpenGate {
   public:
    explicit OpenGate(const World& world);
    OpenGate(OpenGate&& other) noexcept;
    OpenGate(const OpenGate&) = delete;
    OpenGate& operator=(const OpenGate&) = delete;
    OpenGate& operator=(OpenGate&&) = delete;
    ~OpenGate();

   private:
    int descriptor_ = -1;
  };

  [[nodiscard]] OpenGate open_gate() const { return OpenGate(*this); }

  // Waits until no process works in the world: no agent, supervisor or git. Throws after half a minute.
  void wait_until_idle() const;

  // How often each turn's agent was started, and whether two agents of a run were ever alive together.
  [[nodiscard]] std::map<std::string, int> starts() const;
  [[nodiscard]] bool saw_two_alive() const;

  // Everything that must be the same in two runs of one story, by the issue it belongs to ("" = to none): file by file,
  // with times, process numbers, random ids and hashes of them replaced. Git's own folders count by their refs.
  [[nodiscard]] std::map<std::string, Files> snapshot() const;

  // The part of it that survives a redispatch: state and labels of the issues, heads of the repositories.
  [[nodiscard]] std::map<std::string, Files> outcome() const;

  // Replaces this world by a copy of another one that stood at the same place.
  void restore(const std::string& saved) const;
  void save(const std::string& saved) const;

 private:
  std::string root_;
};

// The names of the world's repositories, each with issue 1: "one", "two", "three".
[[nodiscard]] const std::vector<std::string>& world_repositories();

// What two snapshots do not share, with its content; "" when they are equal.
[[nodiscard]] std::string describe_difference(const Files& expected, const Files& actual);

} // namespace afk::test
