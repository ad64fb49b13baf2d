#include <e2e/github/github_story.hpp>

#include <afk/adapter/commands_posix.hpp>
#include <support/files.hpp>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace afk::test {

namespace {

namespace fs = std::filesystem;

// Whoever works in a story was started with a path of it, or stands in it.
bool has_process(const std::string& root) {
  for (const auto& entry : fs::directory_iterator("/proc", fs::directory_options::skip_permission_denied)) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    std::error_code gone;
    const std::string folder = fs::read_symlink(entry.path() / "cwd", gone).string() + "/";
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    const std::string command((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (command.find(root + "/") != std::string::npos || (!gone && folder.starts_with(root + "/"))) {
      return true;
    }
  }
  return false;
}

} // namespace

Timestamp MachineClock::now() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

void MachineClock::sleep_for(Duration duration) {
  std::this_thread::sleep_for(duration);
}

GithubStory::GithubStory(const Clock& clock) : github(clock, {.git_folder = folder.path() + "/forge"}) {
  fs::create_directories(folder.path() + "/tmp");
  fs::create_directories(folder.path() + "/forge");
  put_private("token", github.settings().token + "\n");
}

void GithubStory::put_private(const std::string& name, const std::string& text) const {
  const std::string path = folder.path() + "/" + name;
  put_file(path, text);
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
}

std::string GithubStory::tracker_lines() const {
  return "kind = \"github\"\nurl = \"" + github.url() + "\"\ntoken_file = \"token\"\n";
}

GithubStory::ProgramOutput GithubStory::afk(const std::vector<std::string>& arguments) const {
  const char* const program = std::getenv("AFK_PROGRAM");
  if (program == nullptr || *program == '\0') {
    throw std::runtime_error("AFK_PROGRAM does not name the program");
  }
  CommandLine command;
  command.argv = {program};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.argv.insert(command.argv.end(), {"--config", folder.path() + "/afk.toml"});
  command.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                         {"HOME", folder.path()},
                         {"TMPDIR", folder.path() + "/tmp"},
                         {"LC_ALL", "C"}};
  command.working_folder = folder.path();
  command.timeout = std::chrono::minutes(2);
  adapter::PosixCommands commands;
  const auto output = commands.run(command);
  if (!output.ok()) {
    throw std::runtime_error(output.error().message);
  }
  return {.exit_code = output->exit_code, .output = output->standard_output, .errors = output->standard_error};
}

void GithubStory::wait_until_idle() const {
  for (int round = 0; round < 1500; ++round) {
    if (!has_process(folder.path())) {
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  throw std::runtime_error("processes go on working in " + folder.path());
}

} // namespace afk::test
