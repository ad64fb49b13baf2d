#pragma once
// The same machine with one run on it: its clone, and the landing that looks at it.

#include "world.hpp"

#include <afk/adapter/landing_git.hpp>

#include <support/catch.hpp>

#include <array>
#include <map>
#include <memory>
#include <sstream>

#include <sys/stat.h>

namespace afk::test {

struct LandingWorld : World {
  LandingMode mode = LandingMode::push;
  adapter::ImportLimits limits;

  explicit LandingWorld(GitRepository::Form form = GitRepository::Form::with_work_tree) : World(form) {
    std::filesystem::create_directories(folder / "scratch");
    if (form == GitRepository::Form::bare) {
      const GitRepository seed(folder / "seed");
      seed.commit("README", "first\n", "First");
      seed.git({"push", "--quiet", origin.path(), "HEAD:refs/heads/main"});
      std::filesystem::remove_all(seed.path());
    }
  }

  // With a clone in which the run has done nothing yet.
  static std::unique_ptr<LandingWorld> prepared(GitRepository::Form form = GitRepository::Form::with_work_tree) {
    auto world = std::make_unique<LandingWorld>(form);
    const auto clone = world->workspace.prepare_clone(world->order());
    if (!clone.ok()) {
      throw std::runtime_error(clone.error().message);
    }
    return world;
  }

  [[nodiscard]] adapter::LandingGit landing() {
    return {git, workspace,
            adapter::LandingGitSettings{
                .find_repository = [this](const RepositoryName& name) -> Result<adapter::LandingRepository> {
                  if (!same_repository(name, source().repository)) {
                    return Error{.kind = ErrorKind::configuration, .message = "no such repository"};
                  }
                  return adapter::LandingRepository{.source = source(), .landing = mode};
                },
                .scratch_root = folder / "scratch",
                .import_limits = limits}};
  }

  [[nodiscard]] WorkQuery query() const {
    return {.issue = {.repository = source().repository, .number = 7},
            .run = world_run,
            .redispatch = attempt.redispatch,
            .branch = world_branch};
  }

  [[nodiscard]] Result<WorkEvidence> look() {
    auto answers = landing().inspect(std::array{query()});
    return std::move(answers.at(0));
  }

  // One that must work.
  [[nodiscard]] WorkEvidence evidence() {
    auto answer = look();
    if (!answer.ok()) {
      throw std::runtime_error(answer.error().message);
    }
    return std::move(answer).value();
  }

  // Every file of the machine with its bytes and time of change; what git touches without changing (the access time)
  // is left out.
  [[nodiscard]] std::map<std::string, std::string> snapshot() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path())) {
      struct stat status = {};
      REQUIRE(::lstat(entry.path().c_str(), &status) == 0);
      std::ostringstream text;
      text << status.st_mode << ' ' << status.st_ino << ' ' << status.st_mtim.tv_sec << '.' << status.st_mtim.tv_nsec;
      if (entry.is_regular_file() && !entry.is_symlink()) {
        text << ' ' << get_file(entry.path().string());
      }
      files[entry.path().string()] = text.str();
    }
    files.erase(folder / "scratch"); // folders were made in it and removed again
    return files;
  }
};

} // namespace afk::test
