// What systemd itself says of the units that are shipped, and of units with something wrong planted into them.

#include <afk/adapter/commands_posix.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/skip.hpp>
#include <support/temporary_folder.hpp>

#include <chrono>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace afk::test {
namespace {

constexpr const char* analyze = "/usr/bin/systemd-analyze";

struct Fault {
  const char* name;
  const char* from;
  const char* to;
};

// The units with a program that is there in place of one that need not be installed.
class Units {
 public:
  Units() {
    for (const std::string name : {"afk.service", "afk.timer"}) {
      std::string text = get_file(std::string(AFK_SOURCE_DIR) + "/deploy/systemd/" + name);
      replace(text, "ExecStart=/usr/bin/afk ", "ExecStart=/usr/bin/true ");
      put_file(folder_ / name, text);
    }
  }

  void plant(const Fault& fault) {
    std::string text = get_file(folder_ / "afk.service");
    REQUIRE(replace(text, fault.from, fault.to));
    put_file(folder_ / "afk.service", text);
  }

  // What systemd has against them; what an older one does not know yet and passes over is not among it.
  [[nodiscard]] std::vector<std::string> verify() const {
    const auto output = run({analyze, "verify", "--man=no", folder_ / "afk.service", folder_ / "afk.timer"});
    std::vector<std::string> problems;
    std::istringstream lines(output.standard_error + output.standard_output);
    for (std::string line; std::getline(lines, line);) {
      if (line.find("'DelegateSubgroup'") == std::string::npos) {
        problems.push_back(line);
      }
    }
    if (output.exit_code != 0) {
      problems.push_back("exit code " + std::to_string(output.exit_code));
    }
    return problems;
  }

  // From 0, which is nothing, to 10.
  [[nodiscard]] double measure_exposure() const {
    const auto output = run({analyze, "security", "--offline=true", "--no-pager", folder_ / "afk.service"});
    const std::string sign = "Overall exposure level for afk.service: ";
    const auto at = output.standard_output.find(sign);
    INFO(output.standard_output << output.standard_error);
    REQUIRE(at != std::string::npos);
    return std::stod(output.standard_output.substr(at + sign.size()));
  }

 private:
  static bool replace(std::string& text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    if (at == std::string::npos) {
      return false;
    }
    text.replace(at, from.size(), to);
    return true;
  }

  static CommandOutput run(std::vector<std::string> argv) {
    adapter::PosixCommands commands;
    CommandLine command;
    command.argv = std::move(argv);
    command.environment = {{"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C.UTF-8"}};
    command.working_folder = "/";
    command.timeout = std::chrono::seconds(60);
    auto output = commands.run(command);
    REQUIRE(output.ok());
    return *output;
  }

  TemporaryFolder folder_;
};

bool is_there() {
  if (std::filesystem::exists(analyze)) {
    return true;
  }
  skip("no systemd-analyze here");
  return false;
}

TEST_CASE("systemd takes the units as they are") {
  if (!is_there()) {
    return;
  }
  CHECK(Units().verify() == std::vector<std::string>{});
  for (const Fault& fault : {Fault{"a misspelt key", "NoNewPrivileges=", "NoNewPrivilege="},
                             Fault{"a value that is none", "\nKillMode=process\n", "\nKillMode=proces\n"},
                             Fault{"a program that is not there", "/usr/bin/true", "/usr/bin/absent-afk"}}) {
    INFO(fault.name);
    Units units;
    units.plant(fault);
    CHECK_FALSE(units.verify().empty());
  }
}

TEST_CASE("the service leaves little open, and agents get control groups of their own") {
  if (!is_there()) {
    return;
  }
  constexpr double most = 4.0; // namespaces, a network, and interpreters that compile: agents need them
  CHECK(Units().measure_exposure() <= most);
  Units units;
  units.plant({"capabilities", "CapabilityBoundingSet=\n", ""});
  CHECK(units.measure_exposure() > most);
  const std::string service = get_file(std::string(AFK_SOURCE_DIR) + "/deploy/systemd/afk.service");
  CHECK(service.find("\nDelegate=yes\n") != std::string::npos);
  CHECK(service.find("\nDelegateSubgroup=afk\n") != std::string::npos);
  CHECK(service.find("\nProtectControlGroups=yes") == std::string::npos); // would make them read-only
}

} // namespace
} // namespace afk::test
