#pragma once
// One executor of kind "t3" with everything that belongs to it.

#include <afk/adapter/executor_process.hpp>
#include <afk/adapter/executor_t3.hpp>
#include <afk/adapter/landing_git.hpp>
#include <afk/cli/commands.hpp>
#include <afk/core/config.hpp>
#include <afk/core/prompt.hpp>
#include <afk/loop/report.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace afk::cli {

// Built in this order and gone in the other one.
struct T3Parts {
  T3Parts(adapter::Git& git, const std::string& root) : workspace(git, adapter::WorkspaceLayout(root)) {}

  // With clone = "afk" it lies at workspace_root; else it is where this machine looks at what agents have pushed.
  adapter::Workspace workspace;
  std::unique_ptr<adapter::T3Client> client;
  std::unique_ptr<adapter::T3Workspace> clones;       // with clone = "afk"
  std::unique_ptr<adapter::ProcessExecutor> verifier; // likewise
  std::unique_ptr<adapter::T3Executor> executor;
  std::unique_ptr<Landing> landing;
  Publisher publisher = Publisher::afk;
};

// What the session shares with it; all of it outlives the parts.
struct T3Surroundings {
  Invocation& invocation;
  const Config& config;
  adapter::Git& git;
  Commands& commands;
  http::Transport& transport;
  const Digest& digest;
  loop::TickReport::Mode mode;
  Duration patience; // of one step
  std::function<Result<adapter::LandingRepository>(const RepositoryName& repository)> find_repository;
};

// Says on the console that a token ends soon. Fails with `configuration` for an address that cannot be used, and where
// check commands have no clone on this machine to run in. Makes no request.
Result<std::unique_ptr<T3Parts>> open_t3(const T3Surroundings& surroundings, const std::string& name,
                                         const T3ExecutorSettings& settings, const Secret& token);

} // namespace afk::cli
