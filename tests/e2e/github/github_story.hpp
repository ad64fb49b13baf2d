#pragma once
// The real program against the fake GitHub: a folder with its configuration, token and agent, the forge that it talks
// to, and what it said.

#include <support/fake_github.hpp>
#include <support/fake_github_git.hpp>
#include <support/temporary_folder.hpp>

#include <string>
#include <utility>
#include <vector>

namespace afk::test {

// The time of the machine, which the program's executor lives by as well.
class MachineClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override;

  [[nodiscard]] Duration monotonic() const override { return now().time_since_epoch(); }

  void sleep_for(Duration duration) override;
};

class GithubStory {
 public:
  struct ProgramOutput {
    int exit_code = 0;
    std::string output;
    std::string errors;
  };

  // The forge's clock outlives the story: a MachineClock where agents run, since executors live by the machine's.
  explicit GithubStory(const Clock& clock);

  TemporaryFolder folder;
  FakeGithub github;

  // Writes the file, readable by us alone.
  void put_private(const std::string& name, const std::string& text) const;

  // "url" and "token_file" of [tracker].
  [[nodiscard]] std::string tracker_lines() const;

  // The program to its end; its agents may still run.
  [[nodiscard]] ProgramOutput afk(const std::vector<std::string>& arguments) const;

  // Until no process works in the folder any more. Throws after half a minute.
  void wait_until_idle() const;
};

} // namespace afk::test
