#include <contract/executor/process_world.hpp>

#include <support/files.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace afk::test {
namespace {

constexpr std::chrono::seconds longest_wait{20};

std::string quote(const std::string& text) {
  std::string quoted = "'";
  for (const char character : text) {
    quoted += character == '\'' ? std::string("'\\''") : std::string(1, character);
  }
  return quoted + "'";
}

RunName name_run(int run) {
  return {.text = fmt::format("afk-abcdefghijklmnopqrstuvwx{:c}2", 'a' + run)};
}

} // namespace

void await(const std::string& what, const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + longest_wait;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("waited in vain for " + what);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

bool is_process_there(pid_t id) {
  const auto status = adapter::try_read_process(id);
  return status && status->state != 'Z' && status->state != 'X';
}

ProcessWorld::ProcessWorld(ProcessExecutorSettings::Sandbox sandbox)
    : origin_(folder_ / "origin"), workspace_(git_, adapter::WorkspaceLayout(folder_ / "workspace")) {
  origin_.commit("README", "first\n", "First");
  std::filesystem::create_directories(folder_ / "control");
  std::filesystem::create_directories(folder_ / "home");
  put_file(control_path("agent"), fmt::format("#!/bin/sh\necho \"agent started $AFK_TURN\"\n"
                                              "if test -e {0}/$AFK_TURN; then . {0}/$AFK_TURN; fi\n",
                                              folder_ / "control"));
  std::filesystem::permissions(control_path("agent"), std::filesystem::perms::owner_all);

  setup_.settings.workspace_root.text = folder_ / "workspace";
  setup_.settings.sandbox = sandbox;
  setup_.settings.timeout = std::chrono::minutes(5);
  setup_.agents["scripted"] = {.argv = {control_path("agent"), "{prompt_file}"},
                               .environment = {"SCRIPTED_KEY"},
                               .read_only_paths = {folder_ / "control"}};
  setup_.derive_source = [this](const RepositoryName& repository) {
    return Result<adapter::RepositorySource>(adapter::RepositorySource{
        .repository = repository, .clone_url = origin_.path(), .base = "", .push_credential_file = {}});
  };
  setup_.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                        {"HOME", folder_ / "home"},
                        {"LANG", "C.UTF-8"},
                        {"USER", "tester"},
                        {"SCRIPTED_KEY", "for the agent"},
                        {"TRACKER_TOKEN", "not for the agent"}};
  setup_.machine_id = "machine one";
  setup_.program = AFK_SUPERVISE_PROGRAM;
  setup_.stop_grace = std::chrono::seconds(5);
  setup_.watch_interval = std::chrono::milliseconds(20);
  executor_ = make_executor(setup_);
}

ProcessWorld::~ProcessWorld() {
  for (const auto& process : adapter::list_processes()) {
    const auto run = adapter::try_read_variable(process.id, "HOME");
    if (run == folder_ / "home" && process.id != getpid()) {
      kill(process.id, SIGKILL);
    }
  }
}

std::unique_ptr<Executor> ProcessWorld::make_executor(adapter::ProcessExecutorSetup setup) {
  return std::make_unique<adapter::ProcessExecutor>(
      std::move(setup),
      adapter::ProcessExecutorParts{
          .workspace = workspace_, .commands = commands_, .clock = clock_, .random = random_, .digest = digest_});
}

std::unique_ptr<Executor> ProcessWorld::make_stranger() {
  adapter::ProcessExecutorSetup other = setup_;
  other.machine_id = "machine two"; // the workspace was copied there
  return make_executor(std::move(other));
}

Order ProcessWorld::make_order(int run, TurnKind kind) const {
  Order order;
  order.run = name_run(run);
  order.issue = {.repository = {.owner = "acme", .name = "widget"}, .number = run};
  order.kind = kind;
  order.turn = derive_turn_name({.run = order.run, .kind = kind, .cause = "a cause", .ordinal = 0}, digest_);
  order.agent = kind == TurnKind::verify ? "" : "scripted";
  order.model = "small";
  order.branch = derive_branch_name(run, order.run);
  order.prompt = "The prompt.\n";
  order.files = {{.name = "ISSUE.md", .bytes = "The issue.\n"}};
  return order;
}

void ProcessWorld::script_agent(const TurnName& turn, const std::string& script) {
  put_file(control_path(turn.text), script + "\n");
}

void ProcessWorld::plan_agent(const TurnName& turn, const AgentPlan& plan) {
  std::string script;
  if (plan.waits == AgentPlan::Waits::until_released) {
    const std::string fifo = control_path(turn.text + ".fifo");
    if (mkfifo(fifo.c_str(), 0600) != 0) {
      throw std::runtime_error("mkfifo failed");
    }
    script += fmt::format("read line < {}\n", fifo);
  }
  if (!plan.prints.empty()) {
    script += fmt::format("echo {}\n", quote(plan.prints));
  }
  if (plan.shows == AgentPlan::Shows::what_it_got) {
    script += "cat; cat \"$1\" \"$AFK_ISSUE_FILE\"; ls \"$(dirname \"$AFK_PROMPT_FILE\")\"\n";
  }
  if (!plan.commits.empty()) {
    script += fmt::format("echo work > {0} && git add {0} && git commit -q -m {0} || exit 9\n", quote(plan.commits));
  }
  if (!plan.reports.empty()) {
    script += fmt::format("printf '%s' {} > \"$AFK_REPORT\"\n", quote(plan.reports));
  }
  script_agent(turn, script + fmt::format("exit {}", plan.exit_code));
}

void ProcessWorld::write_to_fifo(const std::string& path) const {
  await("a reader of " + path, [&] {
    const adapter::UniqueFd fifo(open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
    return fifo.valid() && write(fifo.get(), "\n", 1) == 1;
  });
}

void ProcessWorld::release(const Order& order) {
  write_to_fifo(control_path(order.turn.text + ".fifo"));
}

std::string ProcessWorld::attempt_path(const Order& order) const {
  return layout().run_folder(attempt_of(order)).string();
}

std::string ProcessWorld::turn_path(const Order& order) const {
  return fmt::format("{}/turns/{}", attempt_path(order), order.turn.text);
}

std::string ProcessWorld::in_turn(const Order& order, std::string_view entry) const {
  return fmt::format("{}/{}", turn_path(order), entry);
}

std::string ProcessWorld::log_of(const Order& order) const {
  const std::string path = in_turn(order, adapter::turn_entry::output);
  return std::filesystem::exists(path) ? get_file(path) : "";
}

int ProcessWorld::count_agent_starts(const Order& order) {
  const std::string log = log_of(order);
  const std::string line = "agent started " + order.turn.text + "\n";
  int count = 0;
  for (std::size_t at = log.find(line); at != std::string::npos; at = log.find(line, at + line.size())) {
    ++count;
  }
  return count;
}

std::string ProcessWorld::base_head() {
  return origin_.head("main");
}

std::string ProcessWorld::make_head_with(const std::string& file) {
  const Order order = make_order(1, TurnKind::verify);
  const auto source = setup_.derive_source(order.issue.repository);
  if (!source || !workspace_.fetch_base(*source)) {
    throw std::runtime_error("there is no mirror");
  }
  if (origin_.git({"branch", "--list", "candidate"}).empty()) {
    origin_.git({"checkout", "--quiet", "-b", "candidate"});
    origin_.commit(file, "to be verified\n", "A candidate");
    origin_.git({"checkout", "--quiet", "main"});
  }
  const std::string head = origin_.head("candidate");
  run_git(layout().mirror(order.issue.repository).string(),
          {"fetch", "--quiet", origin_.path(),
           fmt::format("+refs/heads/candidate:refs/afk/{}/candidate/{}", order.run.text, head)});
  return head;
}

pid_t ProcessWorld::supervisor_of(const Order& order) const {
  const auto started = adapter::parse_started_document(get_file(in_turn(order, adapter::turn_entry::started)));
  if (!started) {
    throw std::runtime_error(started.error().message);
  }
  return started->supervisor.id;
}

void ProcessWorld::make_vanish(const Order& order) {
  const pid_t supervisor = supervisor_of(order);
  kill(supervisor, SIGKILL);
  await("the supervisor to be gone", [&] { return !is_process_there(supervisor); });
}

void ProcessWorld::make_lost(const Order& order) {
  const std::string program = control_path("killed-supervisor");
  put_file(program, "#!/bin/sh\n: > \"$2/supervisor.lock\"\nkill -9 $$\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  adapter::ProcessExecutorSetup broken = setup_;
  broken.program = program;
  if (make_executor(std::move(broken))->start(order).ok()) {
    throw std::runtime_error("a supervisor that was killed has started");
  }
}

} // namespace afk::test
