#pragma once
// The one way afk runs git: with nothing of the machine's, the user's or a repository's settings that could start
// another program.
//
// Every command gets an environment of its own (no GIT_* of the caller, no home folder, no proxy, C locale), no system
// or global configuration, no hooks, no fsmonitor, no attributes, no credential helpers, no pager, editor or prompt, no
// replace refs, no lazy fetching, no submodule recursion, no background maintenance, and may speak the one transport
// that its remote needs. What a repository's own configuration says still counts, so a command's GIT_DIR must be one
// that afk made (landing_git_import.hpp carries objects out of those it did not make).
//
// Errors: `unreachable` (no answer, timed out), `unauthorized`, `not_found`, `configuration` (a repository of another
// user), `too_large` (the answer passed its limit), `io`.

#include <afk/adapter/git_names.hpp>
#include <afk/core/result.hpp>
#include <afk/core/time.hpp>
#include <afk/port/commands.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace afk::adapter {

// The name under which afk itself commits: neutral, and the same everywhere, so that what it commits has one id.
inline constexpr std::string_view git_identity_name = "afk";
inline constexpr std::string_view git_identity_email = "afk@localhost";

struct GitSettings {
  std::string program = "git";
  std::string path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; // PATH of git and its helpers
  Duration local_timeout = std::chrono::seconds(120);
  Duration remote_timeout = std::chrono::seconds(60); // of one fetch, push or look
};

// Where a command works; empty members are not set.
struct GitPlace {
  std::filesystem::path git_dir;
  std::filesystem::path work_tree;
  std::filesystem::path objects; // new objects go here instead of into git_dir
  std::vector<std::filesystem::path> borrowed_objects;
};

// A repository that a command contacts, and the file with the credential for it: for https a token (one line), for ssh
// a private key. The credential reaches git through a helper that reads the file; it is in no argument and no
// environment.
struct GitRemote {
  GitUrl url;
  std::filesystem::path credential_file; // empty = none
};

struct GitCall {
  GitPlace place;
  std::vector<std::string> settings; // further "key=value", for this command alone
  std::vector<std::string> arguments;
  std::string standard_input;
  std::optional<GitRemote> remote;         // of fetch, push and ls-remote
  std::optional<std::int64_t> commit_time; // of commit-tree: seconds since 1970, UTC
  std::size_t output_limit = 16 << 20;
};

class Git {
 public:
  // `commands` outlives it.
  explicit Git(Commands& commands, GitSettings settings = {});

  // The answer as it is; a non-zero exit code is an answer too.
  Result<CommandOutput> run(const GitCall& call);

  // Standard output of a command that must succeed.
  Result<std::string> read(const GitCall& call);

 private:
  Commands& commands_;
  GitSettings settings_;
};

// What a command that failed said, as an Error: by the words of git for a remote (C locale), else `io`.
[[nodiscard]] Error derive_git_error(const GitCall& call, const CommandOutput& output);

// The message of git for people: its last lines, cleaned and bounded.
[[nodiscard]] std::string render_git_message(const CommandOutput& output);

// `text` as one word of a shell.
[[nodiscard]] std::string quote_for_shell(std::string_view text);

} // namespace afk::adapter
