// The hardened git itself: what it is told, what it may know, and what its failures are called.

#include <afk/adapter/commands_posix.hpp>
#include <afk/adapter/git.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/temporary_folder.hpp>

#include <string>

namespace afk::test {
namespace {

using adapter::Git;
using adapter::GitCall;
using adapter::GitRemote;

GitRemote remote_of(const std::string& url, const std::string& credential_file = "") {
  auto parsed = adapter::parse_git_url(url);
  REQUIRE(parsed.ok());
  return {.url = std::move(parsed).value(), .credential_file = credential_file};
}

// Remembers the command and answers what it was given.
class ScriptedCommands final : public Commands {
 public:
  Result<CommandOutput> answer = CommandOutput{};
  CommandLine seen;

  Result<CommandOutput> run(const CommandLine& command) override {
    seen = command;
    return answer;
  }

  [[nodiscard]] std::string variable(const std::string& name) const {
    for (const auto& [key, value] : seen.environment) {
      if (key == name) {
        return value;
      }
    }
    return "(unset)";
  }
};

TEST_CASE("git gets one transport and no home", "[git]") {
  struct Case {
    const char* url;
    const char* protocol;
  };

  const auto row = GENERATE(values<Case>({{"/srv/a", "file"},
                                          {"https://forge.example/a", "https"},
                                          {"http://localhost:3000/a", "http"},
                                          {"git@forge.example:a", "ssh"}}));
  ScriptedCommands commands;
  Git git(commands);
  GitCall call;
  call.remote = remote_of(row.url);
  call.arguments = {"fetch"};
  REQUIRE(git.read(call).ok());
  CHECK(commands.variable("GIT_ALLOW_PROTOCOL") == row.protocol);
  CHECK(commands.variable("HOME") == "/nonexistent");
  CHECK(commands.variable("GIT_CONFIG_GLOBAL") == "/dev/null");
  CHECK(commands.variable("GIT_CONFIG_NOSYSTEM") == "1");
  CHECK(commands.variable("GIT_TERMINAL_PROMPT") == "0");
  CHECK(commands.variable("GIT_DIR") == "(unset)");
  CHECK(commands.variable("https_proxy") == "(unset)");
  CHECK(commands.seen.timeout == adapter::GitSettings{}.remote_timeout);
}

TEST_CASE("a credential is in no argument and no environment", "[git]") {
  const TemporaryFolder folder;
  put_file(folder / "token", "canary-5ec7e7\n");
  for (const std::string url : {"https://forge.example/a", "git@forge.example:a", "/srv/a"}) {
    ScriptedCommands commands;
    Git git(commands);
    GitCall call;
    call.remote = remote_of(url, folder / "token");
    call.arguments = {"fetch"};
    REQUIRE(git.read(call).ok());
    for (const auto& argument : commands.seen.argv) {
      CHECK(argument.find("canary") == std::string::npos);
    }
    for (const auto& [name, value] : commands.seen.environment) {
      CHECK(value.find("canary") == std::string::npos);
    }
    const bool is_key = commands.variable("GIT_SSH_COMMAND").find(folder / "token") != std::string::npos;
    CHECK(is_key == url.starts_with("git@"));
  }
}

TEST_CASE("a credential is given to its origin alone", "[git]") {
  struct Case {
    const char* name;
    const char* asked; // what git would ask its helpers for
    bool given;
  };

  const auto row = GENERATE(values<Case>({
      {"its origin", "protocol=https\nhost=forge.example:8443\n", true},
      {"another port", "protocol=https\nhost=forge.example\n", false},
      {"another host", "protocol=https\nhost=evil.example:8443\n", false},
      {"a host that ends the same", "protocol=https\nhost=evilforge.example:8443\n", false},
      {"without encryption", "protocol=http\nhost=forge.example:8443\n", false},
  }));
  CAPTURE(row.name);
  const TemporaryFolder folder;
  const std::string file = folder / "it's a \"$(token)\" file";
  put_file(file, "canary-5ec7e7\nsecond line\n");
  adapter::PosixCommands commands;
  Git git(commands);
  GitCall call;
  call.remote = remote_of("https://forge.example:8443/a", file);
  call.arguments = {"credential", "fill"};
  call.standard_input = std::string(row.asked) + "\n";
  const auto output = git.run(call);
  REQUIRE(output.ok());
  CHECK((output->standard_output.find("password=canary-5ec7e7\n") != std::string::npos) == row.given);
  CHECK(output->standard_output.find("second line") == std::string::npos);
}

struct FailureCase {
  const char* name;
  const char* said;
  ErrorKind of_remote;
};

TEST_CASE("what git says becomes a kind of error", "[git]") {
  const auto row = GENERATE(values<FailureCase>({
      {"owner", "fatal: detected dubious ownership in repository at '/srv/a'", ErrorKind::configuration},
      {"password", "fatal: Authentication failed for 'https://forge.example/a/'", ErrorKind::unauthorized},
      {"no credential", "fatal: could not read Username for 'https://forge.example': terminal prompts disabled",
       ErrorKind::unauthorized},
      {"key", "git@forge.example: Permission denied (publickey).\nfatal: Could not read from remote repository.",
       ErrorKind::unauthorized},
      {"forbidden", "fatal: unable to access 'https://forge.example/a/': The requested URL returned error: 403",
       ErrorKind::forbidden},
      {"absent at a forge", "remote: Repository not found.\nfatal: repository 'https://forge.example/a/' not found",
       ErrorKind::not_found},
      {"absent here", "fatal: '/srv/a' does not appear to be a git repository", ErrorKind::not_found},
      {"name", "fatal: unable to access 'https://forge.example/a/': Could not resolve host: forge.example",
       ErrorKind::unreachable},
      {"refused", "fatal: unable to access 'https://forge.example/a/': Failed to connect to forge.example port 443",
       ErrorKind::unreachable},
      {"server", "fatal: unable to access 'https://forge.example/a/': The requested URL returned error: 502",
       ErrorKind::unreachable},
      {"cut off", "fatal: early EOF", ErrorKind::unreachable},
      {"nothing", "", ErrorKind::unreachable},
  }));
  CAPTURE(row.name);
  ScriptedCommands commands;
  commands.answer = CommandOutput{.exit_code = 128, .standard_output = "", .standard_error = row.said};
  Git git(commands);
  GitCall call;
  call.arguments = {"fetch"};
  CHECK(git.read(call).error().kind == ErrorKind::io);
  call.remote = remote_of("https://forge.example/a");
  const auto failed = git.read(call);
  CHECK(failed.error().kind == row.of_remote);
  CHECK(failed.error().message.starts_with("git fetch: "));
}

TEST_CASE("messages of git are cleaned and bounded", "[git]") {
  const CommandOutput output{
      .exit_code = 1, .standard_output = "", .standard_error = std::string(5000, 'x') + "\nremote: \x1b[2Jboo\n"};
  const std::string message = adapter::render_git_message(output);
  CHECK(message.size() < 700);
  CHECK(message.find('\x1b') == std::string::npos);
  CHECK(message.find('\n') == std::string::npos);
  CHECK(message.ends_with("boo"));
}

TEST_CASE("an answer past its limit is not taken for a whole one", "[git]") {
  ScriptedCommands commands;
  Git git(commands);
  GitCall call;
  call.arguments = {"diff-tree"};
  call.output_limit = 10;
  commands.answer = CommandOutput{.exit_code = 0, .standard_output = std::string(9, 'x'), .standard_error = ""};
  CHECK(git.read(call).ok());
  commands.answer = CommandOutput{.exit_code = 0, .standard_output = std::string(10, 'x'), .standard_error = ""};
  CHECK(git.read(call).error().kind == ErrorKind::too_large);
  CHECK(commands.seen.output_limit == 10);
}

TEST_CASE("a program that cannot be started is said to be git", "[git]") {
  adapter::PosixCommands commands;
  Git git(commands, {.program = "git-that-is-not-there"});
  GitCall call;
  call.arguments = {"fetch"};
  const auto failed = git.read(call);
  CHECK(failed.error().kind == ErrorKind::not_found);
}

TEST_CASE("words of a shell are quoted whole", "[git]") {
  CHECK(adapter::quote_for_shell("plain") == "'plain'");
  CHECK(adapter::quote_for_shell("it's $(x)") == "'it'\\''s $(x)'");
  CHECK(adapter::quote_for_shell("") == "''");
}

} // namespace
} // namespace afk::test
