// The configuration of each overlay, read by the program as a pod of it reads it.

#include <afk/adapter/commands_posix.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/temporary_folder.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace afk::test {
namespace {

namespace fs = std::filesystem;

const std::string overlays = std::string(AFK_SOURCE_DIR) + "/deploy/kubernetes/overlays";

// A copy whose secrets lie in the same folder, each with a text of its own.
void copy_configuration(const std::string& overlay, const TemporaryFolder& folder) {
  const std::string mount = "/run/afk/secrets/";
  std::string text = get_file(overlays + "/" + overlay + "/afk.toml");
  for (auto at = text.find(mount); at != std::string::npos; at = text.find(mount, at)) {
    text.erase(at, mount.size());
    const std::string path = folder / text.substr(at, text.find('"', at) - at);
    put_file(path, "a-secret-that-is-long-enough-for-a-key-of-cards\n");
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  }
  put_file(folder / "afk.toml", text);
  fs::permissions(folder / "afk.toml", fs::perms::owner_read | fs::perms::owner_write);
}

CommandOutput run_afk(const TemporaryFolder& folder, std::vector<std::string> arguments) {
  CommandLine command;
  command.argv = {std::getenv("AFK_PROGRAM")};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.argv.insert(command.argv.end(), {"--config", folder / "afk.toml"});
  command.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", folder.path()}, {"LANG", "C.UTF-8"}};
  adapter::PosixCommands commands;
  return commands.run(command).value();
}

} // namespace

TEST_CASE("the configuration of each overlay is right") {
  int seen = 0;
  for (const auto& overlay : fs::directory_iterator(overlays)) {
    if (!fs::exists(overlay.path() / "afk.toml")) {
      continue; // it takes another one's
    }
    ++seen;
    DYNAMIC_SECTION(overlay.path().filename().string()) {
      const TemporaryFolder folder;
      copy_configuration(overlay.path().filename().string(), folder);
      const auto shown = run_afk(folder, {"config", "show"});
      INFO(shown.standard_output << shown.standard_error);
      CHECK(shown.exit_code == 0);
      CHECK(shown.standard_output.find("kill_switch = true") != std::string::npos);
      CHECK(shown.standard_output.find("allowlist = []") != std::string::npos);
    }
  }
  CHECK(seen >= 4);
}

// When this fails because Forgejo works, the overlay is to be tried further than this.
TEST_CASE("the overlay for Forgejo waits for its tracker") {
  const TemporaryFolder folder;
  copy_configuration("forgejo-t3", folder);
  const auto polled = run_afk(folder, {"poll"});
  INFO(polled.standard_output << polled.standard_error);
  CHECK(polled.exit_code == 2);
  CHECK(polled.standard_error.find("tracker.kind = \"forgejo\": this version of afk works on the directory tracker and "
                                   "on GitHub") != std::string::npos);
}

} // namespace afk::test
