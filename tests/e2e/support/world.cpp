#include <e2e/support/normalise.hpp>
#include <e2e/support/world.hpp>

#include <afk/adapter/commands_posix.hpp>

#include <support/files.hpp>
#include <support/git_repository.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace afk::test {

namespace {

namespace fs = std::filesystem;

constexpr const char* agent_script = R"(#!/bin/sh
# The agent of the tests: waits for the gate, then does what its repository asks for.
world=$(dirname "$0")
export GIT_AUTHOR_DATE=2026-01-02T00:00:00Z GIT_COMMITTER_DATE=2026-01-02T00:00:00Z
echo "$AFK_TURN" >> "$world/starts.log"
exec 9> "$world/alive/${AFK_RUN%-r[0-9]}"
flock --nonblock 9 || echo "$AFK_TURN" >> "$world/two-alive.log"
: < "$world/gate"
cat > /dev/null
if [ -f ask.txt ]; then
  printf '{"result": "blocked", "question": "Which word?"}' > "$AFK_REPORT"
  exit 0
fi
echo hello > greeting.txt
git add -A
git diff --cached --quiet || git commit -q -m "Say hello"
)";

std::string render_configuration(const std::string& root) {
  std::string text = R"(kill_switch = false
allowlist = ["acme/one", "acme/two", "acme/three"]
[tracker]
kind = "directory"
url = "tracker"
[trust]
labelers = ["ada"]
[agents.script]
argv = ["ROOT/agent.sh"]
max_concurrent = 4
[routing]
default_agent = "script"
[executors.local]
kind = "process"
workspace_root = "work"
sandbox = "none"
[lifecycle]
turn_end_grace = "0s"
[checks]
mode = "commands"
commands = ["./check.sh"]
)";
  for (const std::string& name : world_repositories())
    text += "[repositories.\"acme/" + name + "\"]\nclone_url = \"repositories/" + name + "\"\n";
  const std::string placeholder = "ROOT";
  return text.replace(text.find(placeholder), placeholder.size(), root);
}

void create_repository(const std::string& root, const std::string& name) {
  const GitRepository repository(root + "/repositories/" + name);
  put_file(repository / "check.sh", "#!/bin/sh\ngrep -q hello greeting.txt\n");
  fs::permissions(repository / "check.sh", fs::perms::owner_all);
  if (name == "three")
    put_file(repository / "ask.txt", "Ask which word.\n");
  repository.commit("greeting.txt", "nothing\n", "Begin");
}

void create_issue(const std::string& root, const std::string& name, int number) {
  const std::string issue = root + "/tracker/acme/" + name + "/1";
  put_file(issue + ".md",
           "+++\ntitle = \"Say hello\"\nlabels = [\"ready-for-agent\"]\nevents = 1\n+++\n\nPlease say hello.\n");
  // The hashes are those of the title and the text above: whoever changes one changes the other.
  put_file(issue + ".events.jsonl",
           R"({"id":"arming-)" + std::to_string(number) +
               R"(","time":"2026-01-01T00:00:00.000Z","by":"ada","kind":"labeled","label":"ready-for-agent",)"
               R"("title":"6d995dba1af0373913b98421f7b825327673d9870e4227386600e9d929f2c90c",)"
               R"("body":"3f79eae06d503b5d96fa16716a2b05d5654ebbe3a2df74f28e64b577e4332455"})"
               "\n");
}

bool is_git_folder(const fs::path& path) {
  return path.filename() == ".git" || path.extension() == ".git" || path.filename() == "checkout";
}

std::string read_quietly(const fs::path& path) {
  const std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

// Read as they lie there: asking git would take as long as everything else together.
std::string render_refs(const fs::path& folder) {
  std::map<std::string, std::string> heads;
  std::istringstream packed(read_quietly(folder / "packed-refs"));
  for (std::string line; std::getline(packed, line);)
    if (const auto space = line.find(' '); space == 40)
      heads[line.substr(space + 1)] = line.substr(0, space);
  if (fs::exists(folder / "refs"))
    for (const auto& entry : fs::recursive_directory_iterator(folder / "refs"))
      if (entry.is_regular_file())
        heads[fs::relative(entry.path(), folder).string()] = read_quietly(entry.path()).substr(0, 40);
  std::string text;
  for (const auto& [name, head] : heads)
    text += name + " " + head + "\n";
  return text;
}

} // namespace

const std::vector<std::string>& world_repositories() {
  static const std::vector<std::string> names{"one", "two", "three"};
  return names;
}

World World::create(const std::string& root) {
  World world(root);
  fs::create_directories(root + "/alive");
  fs::create_directories(root + "/tmp");
  for (const std::string& name : world_repositories())
    create_repository(root, name);
  put_file(root + "/agent.sh", agent_script);
  fs::permissions(root + "/agent.sh", fs::perms::owner_all);
  put_file(world.configuration(), render_configuration(root));
  fs::permissions(world.configuration(), fs::perms::owner_read | fs::perms::owner_write);
  if (::mkfifo((root + "/gate").c_str(), 0600) != 0)
    throw std::runtime_error("mkfifo");
  const ProgramOutcome initialised = world.afk({"init"});
  if (initialised.exit_code != 0)
    throw std::runtime_error("afk init: " + initialised.output);
  int number = 0;
  for (const std::string& name : world_repositories())
    create_issue(root, name, ++number);
  return world;
}

std::vector<std::pair<std::string, std::string>> World::environment() const {
  return {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"HOME", root_}, {"TMPDIR", root_ + "/tmp"}, {"LC_ALL", "C"}};
}

ProgramOutcome World::afk(const std::vector<std::string>& arguments) const {
  CommandLine command;
  command.argv = {std::getenv("AFK_PROGRAM")};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.argv.insert(command.argv.end(), {"--config", configuration()});
  command.environment = environment();
  command.working_folder = root_;
  adapter::PosixCommands commands;
  const auto output = commands.run(command);
  if (!output.ok())
    throw std::runtime_error(output.error().message);
  return {output->exit_code, output->standard_output + output->standard_error};
}

World::OpenGate::OpenGate(const World& world) : descriptor_(::open((world.root() + "/gate").c_str(), O_RDWR)) {}

World::OpenGate::OpenGate(OpenGate&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

World::OpenGate::~OpenGate() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

namespace {

// Whoever works in a world was started with a path of it, or stands in it. A process that is over has neither.
bool has_process(const std::string& root) {
  const std::string prefix = root + "/";
  for (const auto& entry : fs::directory_iterator("/proc", fs::directory_options::skip_permission_denied)) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos)
      continue;
    std::error_code gone;
    const fs::path folder = fs::read_symlink(entry.path() / "cwd", gone);
    if (read_quietly(entry.path() / "cmdline").find(prefix) != std::string::npos ||
        (!gone && (folder.string() + "/").starts_with(prefix)))
      return true;
  }
  return false;
}

std::string label_lines(const std::string& front_matter) {
  std::string kept;
  std::istringstream lines(front_matter);
  std::string line;
  while (std::getline(lines, line))
    if (line.starts_with("labels") || line.starts_with("state"))
      kept += line + "\n";
  return kept;
}

} // namespace

void World::wait_until_idle() const {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  // Twice: a process may have been born behind the back of the first look.
  while (has_process(root_) || has_process(root_)) {
    if (std::chrono::steady_clock::now() > give_up)
      throw std::runtime_error("the agents of " + root_ + " do not end");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

std::map<std::string, int> World::starts() const {
  std::map<std::string, int> counts;
  std::ifstream log(root_ + "/starts.log");
  std::string turn;
  while (std::getline(log, turn))
    ++counts[turn];
  return counts;
}

bool World::saw_two_alive() const {
  return fs::exists(root_ + "/two-alive.log");
}

namespace {

Files take_snapshot(const std::string& root) {
  Files files;
  for (const std::string part : {"tracker", "work"}) {
    const fs::path top = root + "/" + part;
    if (!fs::exists(top))
      continue;
    for (auto entry = fs::recursive_directory_iterator(top); entry != fs::recursive_directory_iterator(); ++entry) {
      const std::string name = normalise(fs::relative(entry->path(), root).string());
      if (entry->is_directory() && is_git_folder(entry->path())) {
        entry.disable_recursion_pending();
        files[name] = entry->path().filename() == "checkout" ? "" : render_refs(entry->path());
      } else if (entry->is_regular_file()) {
        files[name] = normalise(get_file(entry->path().string()));
      } else {
        files[name] = "";
      }
    }
  }
  for (const std::string& name : world_repositories())
    files["repositories/" + name] = render_refs(root + "/repositories/" + name + "/.git");
  return files;
}

// Run folders by the repository of their issue.
std::map<std::string, std::string> find_runs(const std::string& root) {
  std::map<std::string, std::string> runs;
  const fs::path folder = root + "/work/runs";
  if (!fs::exists(folder))
    return runs;
  for (const auto& run : fs::directory_iterator(folder)) {
    const std::string document = read_quietly(run.path() / "run.json");
    for (const std::string& name : world_repositories())
      if (document.find("acme/" + name + "#1") != std::string::npos)
        runs["work/runs/" + run.path().filename().string()] = name;
  }
  return runs;
}

} // namespace

std::map<std::string, Files> World::snapshot() const {
  const auto runs = find_runs(root_);
  std::map<std::string, Files> parts;
  for (auto& [name, content] : take_snapshot(root_)) {
    std::string owner;
    for (const std::string& repository : world_repositories())
      for (const std::string& place :
           {"tracker/acme/" + repository, "work/mirrors/acme/" + repository, "repositories/" + repository})
        if (name.starts_with(place))
          owner = repository;
    for (const auto& [run, repository] : runs)
      if (name.starts_with(run))
        owner = repository;
    parts[owner][name] = std::move(content);
  }
  return parts;
}

std::map<std::string, Files> World::outcome() const {
  std::map<std::string, Files> facts;
  for (const std::string& name : world_repositories()) {
    facts[name]["issue"] = label_lines(get_file(tracker() + "/acme/" + name + "/1.md"));
    facts[name]["refs"] = render_refs(root_ + "/repositories/" + name + "/.git");
  }
  return facts;
}

namespace {

// Everything, pipes and times included, so that the copy cannot be told from the world.
void copy_world(const std::string& from, const std::string& to) {
  adapter::PosixCommands commands;
  CommandLine command;
  command.environment = {{"PATH", "/usr/bin:/bin"}};
  command.working_folder = "/";
  for (const auto& argv : {std::vector<std::string>{"rm", "-rf", to}, {"cp", "--archive", from, to}}) {
    command.argv = argv;
    const auto output = commands.run(command);
    if (!output.ok() || output->exit_code != 0)
      throw std::runtime_error(argv.front() + ": " + (output.ok() ? output->standard_error : output.error().message));
  }
}

} // namespace

void World::save(const std::string& saved) const {
  fs::create_directories(fs::path(saved).parent_path());
  copy_world(root_, saved);
}

void World::restore(const std::string& saved) const {
  copy_world(saved, root_);
}

std::string describe_difference(const Files& expected, const Files& actual) {
  std::string text;
  for (const auto& [name, content] : expected) {
    const auto found = actual.find(name);
    if (found == actual.end())
      text += "missing: " + name + "\n";
    else if (found->second != content)
      text += "differs: " + name + "\n--- expected\n" + content + "\n--- actual\n" + found->second + "\n";
  }
  for (const auto& [name, content] : actual)
    if (!expected.contains(name))
      text += "unexpected: " + name + "\n";
  return text;
}

} // namespace afk::test
