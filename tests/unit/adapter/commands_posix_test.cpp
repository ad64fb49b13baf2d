#include <afk/adapter/commands_posix.hpp>
#include <afk/adapter/process_identity.hpp>

#include <support/catch.hpp>

#include <string>

namespace afk::adapter {
namespace {

CommandLine shell(std::string script) {
  return {.argv = {"sh", "-c", std::move(script)},
          .environment = {{"PATH", "/usr/bin:/bin"}},
          .working_folder = "",
          .standard_input = ""};
}

CommandOutput run_well(const CommandLine& command) {
  PosixCommands commands;
  auto output = commands.run(command);
  REQUIRE(output.ok());
  return std::move(output).value();
}

ErrorKind run_badly(const CommandLine& command) {
  PosixCommands commands;
  const auto output = commands.run(command);
  REQUIRE_FALSE(output.ok());
  INFO(output.error().message);
  return output.error().kind;
}

TEST_CASE("a command's exit code is an answer") {
  struct Case {
    const char* name;
    const char* script;
    int exit_code;
  };

  const auto row = GENERATE(values<Case>({{"success", "exit 0", 0},
                                          {"failure", "exit 7", 7},
                                          {"ended by a signal", "kill -TERM $$", 143},
                                          {"killed", "kill -KILL $$", 137}}));
  DYNAMIC_SECTION(row.name) {
    CHECK(run_well(shell(row.script)).exit_code == row.exit_code);
  }
}

TEST_CASE("a command's streams are kept apart and its input is fed") {
  CommandLine command = shell("cat; echo problem >&2");
  command.standard_input = std::string(300'000, 'x'); // more than a pipe holds
  const CommandOutput output = run_well(command);
  CHECK(output.standard_output == command.standard_input);
  CHECK(output.standard_error == "problem\n");
}

TEST_CASE("a command that does not read its input ends by its own exit code") {
  CommandLine command = shell("exec <&-; exit 3");
  command.standard_input = std::string(300'000, 'x');
  CHECK(run_well(command).exit_code == 3);
}

TEST_CASE("what is over the output limit is read and dropped") {
  CommandLine command = shell("head -c 1000000 /dev/zero; head -c 20 /dev/zero >&2");
  command.output_limit = 100;
  const CommandOutput output = run_well(command);
  CHECK(output.exit_code == 0);
  CHECK(output.standard_output.size() == 100);
  CHECK(output.standard_error.size() == 20);
}

TEST_CASE("a command has exactly the environment that it was given") {
  CommandLine command = shell("env | grep -v -e '^PWD=' -e '^_=' -e '^SHLVL=' | sort");
  command.environment.emplace_back("AFK_SAMPLE", "one two");
  CHECK(run_well(command).standard_output == "AFK_SAMPLE=one two\nPATH=/usr/bin:/bin\n");
}

TEST_CASE("a command inherits no descriptor above 2") {
  const CommandLine command{.argv = {"ls", "/proc/self/fd"},
                            .environment = {{"PATH", "/usr/bin:/bin"}},
                            .working_folder = "",
                            .standard_input = ""};
  CHECK(run_well(command).standard_output == "0\n1\n2\n3\n"); // 3 is the folder that ls reads
}

TEST_CASE("a command runs in the folder that it was given") {
  CommandLine command = shell("pwd");
  command.working_folder = "/usr/bin";
  CHECK(run_well(command).standard_output == "/usr/bin\n");
}

TEST_CASE("a command that cannot be started is an error for people") {
  CommandLine command = shell("true");
  SECTION("no such program") {
    command.argv = {"afk-no-such-program"};
    CHECK(run_badly(command) == ErrorKind::not_found);
  }
  SECTION("no such path") {
    command.argv = {"/afk/no/such/program"};
    CHECK(run_badly(command) == ErrorKind::not_found);
  }
  SECTION("an empty command line") {
    command.argv = {};
    CHECK(run_badly(command) == ErrorKind::not_found);
  }
  SECTION("a folder in PATH that is relative, which a hostile checkout could fill") {
    command.argv = {"sh"};
    command.environment = {{"PATH", "bin:."}};
    command.working_folder = "/usr";
    CHECK(run_badly(command) == ErrorKind::not_found);
  }
  SECTION("no such working folder") {
    command.working_folder = "/afk/no/such/folder";
    CHECK(run_badly(command) == ErrorKind::not_found);
  }
}

TEST_CASE("a command that takes too long is killed with its group") {
  CommandLine command = shell("sleep 1000 & echo $!; exec sleep 1000");
  command.timeout = Duration(0);
  PosixCommands commands;
  const auto output = commands.run(command);
  REQUIRE_FALSE(output.ok());
  CHECK(output.error().kind == ErrorKind::unreachable);
  CHECK(output.error().message.find("did not end within 0s") != std::string::npos);
}

TEST_CASE("what a command leaves behind in its group is killed") {
  const CommandOutput output = run_well(shell("sleep 1000 >/dev/null 2>&1 & echo $!"));
  const auto left_behind = static_cast<pid_t>(std::stol(output.standard_output));
  const auto is_gone = [&] {
    const auto status = try_read_process(left_behind);
    return !status || status->state == 'Z'; // init takes note of it when it likes
  };
  for (int attempt = 0; attempt < 100'000 && !is_gone(); ++attempt) {
  }
  CHECK(is_gone());
}

} // namespace
} // namespace afk::adapter
