#include <e2e/kubernetes/cluster_world.hpp>

#include <afk/adapter/commands_posix.hpp>

#include <support/files.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace afk::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* configuration = R"(kill_switch = false
allowlist = ["acme/widget"]
[tracker]
kind = "directory"
url = "tracker"
[trust]
labelers = ["ada"]
[policy]
max_in_flight = 1000
slots_per_repository = 1000
[limits]
tick_deadline = "5m"
[agents.script]
executor = "cluster"
argv = ["ROOT/agent.sh"]
max_concurrent = 1000
[routing]
default_agent = "script"
[executors.cluster]
kind = "kubernetes"
namespace = "afk-agents"
kubeconfig = "kubeconfig"
image = "registry.invalid/agent:1"
carrier_image = "registry.invalid/afk:1"
[lifecycle]
turn_end_grace = "0s"
[checks]
mode = "commands"
commands = ["./check.sh"]
[repositories."acme/widget"]
clone_url = "ROOT/origin"
)";

std::string replace_all(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

// The hashes are those of the title and the text: whoever changes one changes the other.
void create_issue(const std::string& root, int number) {
  const std::string issue = fmt::format("{}/tracker/acme/widget/{}", root, number);
  put_file(issue + ".md",
           "+++\ntitle = \"Say hello\"\nlabels = [\"ready-for-agent\"]\nevents = 1\n+++\n\nPlease say hello.\n");
  put_file(issue + ".events.jsonl",
           fmt::format(R"({{"id":"arming-{}","time":"2026-01-01T00:00:00.000Z","by":"ada","kind":"labeled",)"
                       R"("label":"ready-for-agent",)"
                       R"("title":"6d995dba1af0373913b98421f7b825327673d9870e4227386600e9d929f2c90c",)"
                       R"("body":"3f79eae06d503b5d96fa16716a2b05d5654ebbe3a2df74f28e64b577e4332455"}})"
                       "\n",
                       number));
}

} // namespace

ClusterWorld::ClusterWorld(const ClusterWorldSettings& settings) {
  const std::string& root = folder_.path();
  fs::create_directories(root + "/node");
  fs::create_directories(root + "/home");
  cluster_ = std::make_unique<FakeKubernetes>(
      FakeKubernetesSettings{.node = settings.node, .folder = root + "/node", .carrier = std::getenv("AFK_PROGRAM")});
  origin_ = std::make_unique<GitRepository>(root + "/origin");
  put_file(*origin_ / "check.sh", "#!/bin/sh\ngrep -q hello greeting.txt\n");
  fs::permissions(*origin_ / "check.sh", fs::perms::owner_all);
  origin_->commit("greeting.txt", "nothing\n", "Begin");
  put_file(root + "/agent.sh", "#!/bin/sh\n" + settings.agent + "\n");
  fs::permissions(root + "/agent.sh", fs::perms::owner_all);
  put_file(
      root + "/kubeconfig",
      fmt::format("current-context: c\ncontexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n"
                  "clusters: [{{name: c, cluster: {{server: \"{}\"}}}}]\nusers: [{{name: u, user: {{token: {}}}}}]\n",
                  cluster_->url(), FakeKubernetes::token));
  fs::permissions(root + "/kubeconfig", fs::perms::owner_read | fs::perms::owner_write);
  put_file(root + "/afk.toml", replace_all(configuration + settings.configuration, "ROOT", root));
  fs::permissions(root + "/afk.toml", fs::perms::owner_read | fs::perms::owner_write);
  const Outcome made = afk({"init"});
  if (made.exit_code != 0) {
    throw std::runtime_error("afk init: " + made.output);
  }
  for (int number = 1; number <= settings.issues; ++number) {
    create_issue(root, number);
  }
}

ClusterWorld::Outcome ClusterWorld::afk(const std::vector<std::string>& arguments, const Variables& further) const {
  CommandLine command;
  command.argv = {std::getenv("AFK_PROGRAM")};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.argv.insert(command.argv.end(), {"--config", folder_ / "afk.toml", "--log-level", "info"});
  command.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", folder_ / "home"}, {"LANG", "C.UTF-8"}};
  command.environment.insert(command.environment.end(), further.begin(), further.end());
  command.timeout = std::chrono::minutes(5);
  adapter::PosixCommands commands;
  const auto output = commands.run(command);
  if (!output) {
    return {.exit_code = -1, .output = output.error().message};
  }
  return {.exit_code = output->exit_code, .output = output->standard_output + output->standard_error};
}

std::string ClusterWorld::issue_text(int number) const {
  return get_file(folder_ / fmt::format("tracker/acme/widget/{}.md", number));
}

std::string ClusterWorld::card(int number) const {
  std::string text;
  const std::string folder = folder_ / fmt::format("tracker/acme/widget/{}.comments", number);
  if (fs::exists(folder)) {
    for (const std::string& name : names_in(folder)) {
      text += get_file(folder + "/" + name);
    }
  }
  return text;
}

} // namespace afk::test
