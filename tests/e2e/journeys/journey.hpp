#pragma once
// One story of one issue, told by the real program on real files, Git and processes, and written down as it happens:
// every command with its output, then what is left of it. Names and times that differ by themselves are replaced, so
// that the transcript can be compared byte by byte.

#include <e2e/support/world.hpp>

#include <support/temporary_folder.hpp>

#include <string>
#include <utility>
#include <vector>

namespace afk::test {

struct Story {
  // What the agent does, in the run's clone. $WORLD is the folder of the story, $ORDER the one with the prompt.
  std::string agent = "echo hello > greeting.txt\ngit add --all\ngit commit --quiet --message 'Say hello'\n";
  std::string check = "grep hello greeting.txt\n"; // check.sh of the repository
  std::string executor = {}; // the tables of agent "script" and of its executor; "" = a process with the
                             // agent above. ROOT is the folder of the story
  std::string turn_end_grace = "0s";
  std::string lifecycle;       // more lines for [lifecycle]
  std::string settings;        // more lines at the end of the configuration
  Files secrets = {};          // private files beside the configuration
  std::string labeler = "ada"; // who armed acme/app#1; ada alone is trusted
};

class Journey {
 public:
  explicit Journey(const Story& story);

  [[nodiscard]] std::string root() const { return world_.root(); }

  [[nodiscard]] std::string issue_file(int number = 1) const;

  // Another issue with the same title and text, armed by ada; `front_matter` are further lines of its own.
  void add_issue(int number, const std::string& front_matter);

  // Runs the program, waits until its agents are over, writes both down; answers the exit code.
  int afk(const std::vector<std::string>& arguments);

  // The same without the waiting: an agent of this story does not end by itself.
  int afk_beside_agents(const std::vector<std::string>& arguments);

  // Polls, and the run of issue 1 begins. Throws when it does not.
  void start();

  // Looks `times` times.
  void watch(int times = 1);

  // Looks until the in-progress label of issue 1 is off, which an ending takes off last. Throws when it stays.
  void watch_until_over();

  // A person's deed in a shell, in the folder of the story, with its output. Throws when it fails.
  void person(const std::string& deed, const std::string& shell);

  void wait_until_idle() const { world_.wait_until_idle(); }

  // The name of a run whose arming got a random id: replaced in the transcript, the short form of it too.
  void hide_run(const std::string& run);

  // A text that differs from run to run, and its name in the transcript.
  void hide(const std::string& text, const std::string& name) { replaced_.emplace_back(text, name); }

  // Everything so far and what is left of issue 1 (the log of the base, its work tree, the issue's file, comments and
  // log) against a golden file of tests/golden/journeys.
  void check_transcript(const std::string& name);

  [[nodiscard]] bool has_label(const std::string& label, int number = 1) const;
  [[nodiscard]] bool is_closed(int number = 1) const;

  // What was written down so far.
  [[nodiscard]] const std::string& transcript() const { return transcript_; }

  // All comments of issue 1 behind each other.
  [[nodiscard]] std::string comments() const;

 private:
  void look_at_the_end();
  [[nodiscard]] std::string run_shell(const std::string& shell) const;
  void create_repository(const Story& story) const;

  TemporaryFolder folder_;
  World world_;
  std::string transcript_;
  std::vector<std::pair<std::string, std::string>> replaced_; // in the transcript, in this order: text and its name
};

} // namespace afk::test
