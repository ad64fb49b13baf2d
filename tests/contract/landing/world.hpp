#pragma once
// One machine with a repository somewhere on it and a workspace of afk: what the suites of this folder act on.

#include <afk/adapter/commands_posix.hpp>
#include <afk/adapter/git.hpp>
#include <afk/adapter/workspace.hpp>

#include <support/files.hpp>
#include <support/git_repository.hpp>
#include <support/temporary_folder.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace afk::test {

// Passes commands on, remembers them, and lets a test step in before each.
class WatchedCommands final : public Commands {
 public:
  std::vector<CommandLine> seen;
  // Answers instead of the program where it gives an error.
  std::function<Result<void>(const CommandLine& command)> before = [](const CommandLine&) { return Result<void>(); };

  Result<CommandOutput> run(const CommandLine& command) override {
    seen.push_back(command);
    if (auto allowed = before(command); !allowed.ok()) {
      return std::move(allowed).error();
    }
    return real_.run(command);
  }

  // The git commands that ran: "fetch", "ls-remote" and so on.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& command : seen) {
      std::size_t index = 1;
      while (index + 1 < command.argv.size() && command.argv[index] == "-c") {
        index += 2;
      }
      found.push_back(command.argv.at(index));
    }
    return found;
  }

 private:
  adapter::PosixCommands real_;
};

inline const RunName world_run{"afk-abcdefghijklmnopqrstuvwxyz"};
inline const std::string world_branch = "afk/7-abcdefgh";

struct World {
  TemporaryFolder folder;
  WatchedCommands commands;
  adapter::Git git{commands};
  adapter::Workspace workspace{git, adapter::WorkspaceLayout(folder / "workspace")};
  GitRepository origin;
  std::filesystem::path credential; // of the remote; empty = none
  AttemptName attempt{.run = world_run, .redispatch = 0};

  explicit World(GitRepository::Form form = GitRepository::Form::with_work_tree) : origin(folder / "origin", form) {
    std::filesystem::create_directories(folder / "workspace");
    if (form == GitRepository::Form::with_work_tree) {
      origin.commit("README", "first\n", "First");
    }
  }

  [[nodiscard]] adapter::RepositorySource source() const {
    return {.repository = {.owner = "Acme", .name = "Widget"},
            .clone_url = origin.path(),
            .base = {},
            .push_credential_file = credential};
  }

  [[nodiscard]] adapter::CloneOrder order() const {
    return {.source = source(), .attempt = attempt, .branch = world_branch};
  }

  [[nodiscard]] GitRepository mirror() const {
    return GitRepository::at(workspace.layout().mirror(source().repository).string());
  }

  [[nodiscard]] GitRepository clone() const { return GitRepository::at(workspace.layout().clone(attempt).string()); }
};

} // namespace afk::test
