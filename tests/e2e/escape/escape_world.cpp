#include <e2e/escape/escape_world.hpp>

#include <afk/adapter/commands_posix.hpp>
#include <afk/adapter/process_identity.hpp>
#include <afk/adapter/relay.hpp>
#include <afk/adapter/sandbox_host.hpp>
#include <afk/adapter/spawn.hpp>
#include <afk/adapter/supervisor_cgroup.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/git_repository.hpp>
#include <support/skip.hpp>
#include <support/temporary_folder.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <thread>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace afk::test {

namespace {

namespace fs = std::filesystem;

constexpr const char* word = "REACHED";
constexpr const char* first_word = "the agent has begun"; // one that was never started would be contained as well
constexpr unsigned other_user = 65534;                    // nobody
constexpr int most_looks = 4;                             // verify, see it green, publish

enum class User : std::uint8_t { own, other };
enum class Way : std::uint8_t { sandboxed, unsandboxed, plain };

// A service of this machine that nobody but its own programs should reach.
struct LoopbackService {
  adapter::UniqueFd listener = adapter::listen_on_loopback(0).value();

  [[nodiscard]] int port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }
};

class EscapeWorld {
 public:
  EscapeWorld(const Attempt& attempt, User user, Way way) : attempt_(attempt), user_(user), way_(way) {
    fs::permissions(root(), fs::perms(0755));
    fs::create_directories(root() + "/home/.ssh");
    fs::create_directories(root() + "/home/.claude");
    fs::create_directories(root() + "/tmp");
    put_secret("home/.netrc");
    put_secret("home/.ssh/id_ed25519");
    put_secret("home/.claude/settings.json");
    put_secret("forge-token");
    put_secret("other-agents-key");
    put_secret("card-key");
    put_file(root() + "/kill-switch", "off\n");
    agent_socket_ = adapter::listen_at_path(adapter::Folder::open(root() + "/home/.ssh").value(), "agent").value();
    // The program may stand where another user cannot go.
    fs::copy_file(std::getenv("AFK_PROGRAM"), program());
    create_repository();
    put_file(root() + "/afk.toml", render_configuration());
    fs::permissions(root() + "/afk.toml", fs::perms::owner_read | fs::perms::owner_write);
    if (user_ == User::other) {
      run_here({"chown", "-R", "65534:65534", root()});
    }
    start_sibling();
  }

  EscapeWorld(const EscapeWorld&) = delete;
  EscapeWorld& operator=(const EscapeWorld&) = delete;

  ~EscapeWorld() {
    kill(sibling_, SIGKILL);
    waitpid(sibling_, nullptr, 0);
    for (const auto& process : adapter::list_processes()) { // what an attempt without a sandbox left behind
      if (adapter::try_read_variable(process.id, "ESCAPE_WORLD") == root()) {
        kill(process.id, SIGKILL);
      }
    }
  }

  // Whether the attempt got out; `output()` says what happened.
  bool run() {
    if (way_ == Way::plain) {
      run_plainly();
    } else {
      run_afk();
    }
    std::this_thread::sleep_for(std::chrono::seconds(attempt_.seconds_later));
    const std::string canary = fill_in(attempt_.canary);
    has_begun_ = output_.find(first_word) != std::string::npos;
    const std::string found = canary.empty() ? output_ : fs::exists(canary) ? get_file(canary) : "";
    return found.find(word) != std::string::npos;
  }

  [[nodiscard]] const std::string& output() const { return output_; }

  [[nodiscard]] bool has_begun() const { return has_begun_; }

  // Whether the agent's commit is on the base: then afk's own git went through the whole of the clone.
  [[nodiscard]] bool has_landed() const { return fs::exists(root() + "/app/work.txt"); }

 private:
  [[nodiscard]] const std::string& root() const { return folder_.path(); }

  [[nodiscard]] std::string program() const { return root() + "/afk"; }

  void put_secret(const std::string& name) const {
    put_file(root() + "/" + name, std::string(word) + " and 32 characters more, for a key\n");
    fs::permissions(root() + "/" + name, fs::perms::owner_read | fs::perms::owner_write);
  }

  void create_repository() const {
    const GitRepository app(root() + "/app");
    put_file(app / "check.sh", "#!/bin/sh\nexit 0\n");
    fs::permissions(app / "check.sh", fs::perms(0755));
    app.commit("README", "first\n", "Begin");
  }

  [[nodiscard]] std::string render_configuration() const {
    const std::string sandbox = way_ == Way::sandboxed ? "bubblewrap" : "none";
    return "kill_switch = false\nkill_switch_file = \"kill-switch\"\nallowlist = [\"acme/app\"]\n"
           "[tracker]\nkind = \"directory\"\nurl = \"tracker\"\n[trust]\nlabelers = [\"hand\"]\n"
           "[card]\nkey_file = \"card-key\"\n"
           "[agents.hostile]\nargv = [\"" +
           root() + "/agent.sh\"]\nconfiguration_paths = [\"home/.claude\"]\n" +
           "[agents.other]\nargv = [\"/bin/true\"]\ncredentials_env = [\"OTHER_AGENTS_TOKEN\"]\n"
           "credential_files = [\"other-agents-key\"]\n"
           "[routing]\ndefault_agent = \"hostile\"\n"
           "[executors.local]\nkind = \"process\"\nworkspace_root = \"work\"\ntimeout = \"60s\"\nsandbox = \"" +
           sandbox + "\"\n" + (way_ == Way::sandboxed ? attempt_.settings : "") +
           "[repositories.\"acme/app\"]\nclone_url = \"app\"\n[lifecycle]\nturn_end_grace = \"0s\"\n"
           "[checks]\nmode = \"commands\"\ncommands = [\"./check.sh\"]\n";
  }

  [[nodiscard]] adapter::EnvironmentVariables environment() const {
    return {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
            {"HOME", root() + "/home"},
            {"TMPDIR", root() + "/tmp"},
            {"FORGE_TOKEN", word},
            {"OTHER_AGENTS_TOKEN", word},
            {"SSH_AUTH_SOCK", root() + "/home/.ssh/agent"},
            {"GIT_AUTHOR_NAME", "a"},
            {"GIT_AUTHOR_EMAIL", "a@b"},
            {"GIT_COMMITTER_NAME", "a"},
            {"GIT_COMMITTER_EMAIL", "a@b"},
            {"ESCAPE_WORLD", root()}};
  }

  // A process of the same user, as an editor or another tick is one.
  void start_sibling() {
    const auto child = adapter::spawn({.program = "/usr/bin/setpriv",
                                       .argv = as_user({"/usr/bin/sleep", "1000"}),
                                       .environment = environment(),
                                       .working_folder = "/"});
    if (!child) {
      throw std::runtime_error(child.error().message);
    }
    sibling_ = *child;
  }

  [[nodiscard]] std::vector<std::string> as_user(std::vector<std::string> command) const {
    std::vector<std::string> argv{"/usr/bin/setpriv"};
    if (user_ == User::other) {
      const std::string id = std::to_string(other_user);
      argv.insert(argv.end(), {"--reuid", id, "--regid", id, "--clear-groups"});
    }
    argv.emplace_back("--");
    argv.insert(argv.end(), command.begin(), command.end());
    return argv;
  }

  std::string run_here(const std::vector<std::string>& argv, const std::string& folder = "/") {
    CommandLine command;
    command.argv = argv;
    command.environment = environment();
    command.working_folder = folder;
    command.timeout = std::chrono::seconds(90);
    const auto output = commands_.run(command);
    if (!output) {
      throw std::runtime_error(argv.front() + ": " + output.error().message);
    }
    return output->standard_output + output->standard_error;
  }

  std::string afk(const std::string& command) {
    return run_here(as_user({program(), command, "--config", root() + "/afk.toml"}), root());
  }

  [[nodiscard]] std::string fill_in(std::string text) const {
    const std::vector<std::pair<std::string, std::string>> values{{"{root}", root()},
                                                                  {"{home}", root() + "/home"},
                                                                  {"{app}", root() + "/app"},
                                                                  {"{run}", run_folder_},
                                                                  {"{turn}", turn_folder_},
                                                                  {"{mirror}", root() + "/work/mirrors/acme/app.git"},
                                                                  {"{sibling}", std::to_string(sibling_)},
                                                                  {"{port}", std::to_string(service_.port())}};
    for (const auto& [name, value] : values) {
      for (auto at = text.find(name); at != std::string::npos; at = text.find(name)) {
        text.replace(at, name.size(), value);
      }
    }
    return text;
  }

  void put_agent() const {
    // The turn's folder is known to the agent alone before it begins.
    put_file(root() + "/agent.sh", std::string("#!/bin/sh\necho ") + first_word +
                                       "\nturn=$(dirname \"$(dirname \"$AFK_PROMPT_FILE\")\")\n"
                                       "run=$(dirname \"$(dirname \"$turn\")\")\n" +
                                       fill_in(attempt_.script) + "\n");
    fs::permissions(root() + "/agent.sh", fs::perms(0755));
  }

  void run_afk() {
    put_agent();
    output_ = afk("init");
    put_file(root() + "/tracker/acme/app/1.md",
             "+++\ntitle = \"Be good\"\nlabels = [\"ready-for-agent\"]\n+++\n\nPlease.\n");
    if (user_ == User::other) {
      run_here({"chown", "-R", "65534:65534", root() + "/tracker"});
    }
    output_ = afk("poll");
    find_turn();
    if (turn_folder_.empty()) {
      throw std::runtime_error("nothing was started: " + output_);
    }
    wait_for_turn();
    read_log();
    if (*attempt_.host != '\0') { // afk is the host: it looks at the clone, imports, verifies, publishes
      for (int look = 0; look < most_looks && !has_landed(); ++look) {
        const std::string said = afk("watch");
        wait_for_turns();
        output_ += said;
      }
    }
  }

  void wait_for_turn() {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(90);
    while (!fs::exists(turn_folder_ + "/ended.json")) {
      if (std::chrono::steady_clock::now() > give_up) {
        throw std::runtime_error("the agent does not end: " + output_);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  void wait_for_turns() const {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    const auto is_over = [&] {
      for (const auto& turn : fs::directory_iterator(run_folder_ + "/turns")) {
        if (fs::exists(turn.path() / "started") && !fs::exists(turn.path() / "ended.json")) {
          return false;
        }
      }
      return true;
    };
    while (!is_over()) {
      if (std::chrono::steady_clock::now() > give_up) {
        throw std::runtime_error("a turn does not end");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  void find_turn() {
    if (!fs::exists(root() + "/work/runs")) {
      return;
    }
    for (const auto& run : fs::directory_iterator(root() + "/work/runs")) {
      if (!fs::exists(run.path() / "turns")) {
        continue;
      }
      for (const auto& turn : fs::directory_iterator(run.path() / "turns")) {
        if (turn.path().filename().string().starts_with("first-")) {
          run_folder_ = run.path().string();
          turn_folder_ = turn.path().string();
        }
      }
    }
  }

  void read_log() {
    const std::string log = turn_folder_ + "/output.log";
    output_ = fs::exists(log) ? get_file(log) : "";
  }

  // No afk at all: the script in a clone, then a host that suspects nothing.
  void run_plainly() {
    run_folder_ = root() + "/plain";
    turn_folder_ = run_folder_ + "/turns/first";
    fs::create_directories(turn_folder_ + "/files");
    fs::create_directories(turn_folder_ + "/report");
    if (user_ == User::other) {
      run_here({"chown", "-R", "65534:65534", run_folder_});
    }
    run_here(as_user({"/usr/bin/git", "clone", "--quiet", root() + "/app", run_folder_ + "/clone"}));
    put_agent();
    const std::string begin = "export AFK_PROMPT_FILE=" + turn_folder_ + "/files/prompt.md AFK_REPORT=" + turn_folder_ +
                              "/report/report.json\n";
    const std::string clone = run_folder_ + "/clone";
    output_ = run_here(as_user({"/bin/sh", "-c", begin + "exec timeout 20 " + root() + "/agent.sh"}), clone);
    if (*attempt_.host != '\0') {
      output_ += run_here(as_user({"/bin/sh", "-c", fill_in(attempt_.host)}), clone);
    }
  }

  const Attempt& attempt_;
  User user_;
  Way way_;
  TemporaryFolder folder_;
  adapter::PosixCommands commands_;
  adapter::UniqueFd agent_socket_;
  LoopbackService service_;
  pid_t sibling_ = 0;
  std::string run_folder_;
  std::string turn_folder_;
  std::string output_;
  bool has_begun_ = false;
};

// Both users in the long run; one after the other in the slice, so that each kind of user makes every second attempt.
std::vector<User> list_root_and_other() {
  static int attempts = 0;
  if (std::getenv("AFK_LONG") != nullptr)
    return {User::own, User::other};
  return {++attempts % 2 == 0 ? User::own : User::other};
}

std::vector<User> list_users(const Attempt& attempt) {
  const bool is_root = geteuid() == 0;
  switch (attempt.as) {
  case Attempt::As::root:
    return is_root ? std::vector{User::own} : std::vector<User>{};
  case Attempt::As::somebody_else:
    return {is_root ? User::other : User::own};
  case Attempt::As::anybody:
    break;
  }
  return is_root ? list_root_and_other() : std::vector{User::own};
}

std::string render_user(User user) {
  return user == User::other ? "nobody" : geteuid() == 0 ? "root" : "this user";
}

} // namespace

void try_escape(const Attempt& attempt) {
  adapter::PosixCommands commands;
  if (const auto works = adapter::probe_sandbox(commands, {}); !works) {
    std::cout << "escape: " << attempt.name << ": not run: " << works.error().message << "\n";
    skip(works.error().message);
    return;
  }
  const auto users = list_users(attempt);
  if (users.empty()) {
    skip("only root can make this attempt");
    return;
  }
  for (const User user : users) {
    INFO(attempt.name << " as " << render_user(user));
    EscapeWorld free_world(attempt, user, attempt.without == Attempt::Without::afk ? Way::plain : Way::unsandboxed);
    if (!free_world.run()) {
      std::cout << "escape: " << attempt.name << " as " << render_user(user)
                << ": not run, without the sandbox it does not succeed either: " << free_world.output() << "\n";
      skip("without the sandbox it does not succeed either");
      continue;
    }
    EscapeWorld world(attempt, user, Way::sandboxed);
    const bool got_out = world.run();
    INFO(world.output());
    CHECK(world.has_begun());
    CHECK_FALSE(got_out);
    if (*attempt.host != '\0') {
      CHECK(world.has_landed()); // a trap that nobody walks over shows nothing
    }
    std::cout << "escape: " << attempt.name << " as " << render_user(user) << ": "
              << (got_out ? "GOT OUT" : "contained") << "; without the sandbox it succeeds"
              << (world.has_landed() ? "; its work has landed" : "") << std::endl;
  }
}

} // namespace afk::test
