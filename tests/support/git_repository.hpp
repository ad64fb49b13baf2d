#pragma once
// A real Git repository for one test, driven as a person would drive it, with an identity and times of its own: the
// same calls give the same object ids everywhere. For suites that link afk::adapter.

#include <afk/adapter/commands_posix.hpp>

#include <support/files.hpp>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace afk::test {

// Runs git with `arguments` in `folder` and answers what it printed, without the last line feed. Throws when it fails.
inline std::string run_git(const std::string& folder, const std::vector<std::string>& arguments) {
  CommandLine command;
  command.argv = {"git", "-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                         {"HOME", "/nonexistent"},
                         {"LC_ALL", "C"},
                         {"GIT_CONFIG_NOSYSTEM", "1"},
                         {"GIT_AUTHOR_NAME", "Ada"},
                         {"GIT_AUTHOR_EMAIL", "ada@example.org"},
                         {"GIT_AUTHOR_DATE", "@1700000000 +0000"},
                         {"GIT_COMMITTER_NAME", "Ada"},
                         {"GIT_COMMITTER_EMAIL", "ada@example.org"},
                         {"GIT_COMMITTER_DATE", "@1700000000 +0000"}};
  command.working_folder = folder;
  adapter::PosixCommands commands;
  const auto output = commands.run(command);
  if (!output.ok()) {
    throw std::runtime_error(output.error().message);
  }
  if (output->exit_code != 0) {
    throw std::runtime_error("git " + arguments.front() + ": " + output->standard_error);
  }
  std::string text = output->standard_output;
  while (text.ends_with('\n')) {
    text.pop_back();
  }
  return text;
}

class GitRepository {
 public:
  enum class Form { with_work_tree, bare };

  explicit GitRepository(std::string path, Form form = Form::with_work_tree) : path_(std::move(path)) {
    std::filesystem::create_directories(path_);
    form == Form::bare ? git({"init", "--quiet", "--bare"}) : git({"init", "--quiet"});
  }

  // One that exists already.
  static GitRepository at(std::string path) { return GitRepository(std::move(path), Existing{}); }

  [[nodiscard]] const std::string& path() const { return path_; }

  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  std::string git(const std::vector<std::string>& arguments) const { return run_git(path_, arguments); }

  // Writes the file and commits everything that changed; answers the new head.
  std::string commit(const std::string& file, const std::string& bytes, const std::string& message = "A change") const {
    put_file(path_ + "/" + file, bytes);
    git({"add", "--all"});
    git({"commit", "--quiet", "--message", message});
    return head();
  }

  [[nodiscard]] std::string head(const std::string& revision = "HEAD") const {
    return git({"rev-parse", "--verify", revision});
  }

 private:
  struct Existing {};

  GitRepository(std::string path, Existing /*form*/) : path_(std::move(path)) {}

  std::string path_;
};

} // namespace afk::test
