#include <contract/executor/kubernetes_world.hpp>

#include <support/files.hpp>

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace afk::test {
namespace {

constexpr std::chrono::seconds longest_wait{20};

void wait_for(const std::string& what, const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + longest_wait;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("waited in vain for " + what);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

std::string quote(const std::string& text) {
  std::string quoted = "'";
  for (const char character : text) {
    quoted += character == '\'' ? std::string("'\\''") : std::string(1, character);
  }
  return quoted + "'";
}

// An executor with what it works on.
class OwnedExecutor final : public Executor {
 public:
  OwnedExecutor(adapter::KubernetesExecutorSetup setup, adapter::KubernetesAccess access, Clock& clock)
      : api_(transport_, std::move(access), std::chrono::seconds(20)), executor_(std::move(setup), api_, clock) {}

  Result<ExecutorLook> look() override { return executor_.look(); }

  std::vector<Result<std::optional<AttemptView>>> observe(std::span<const AttemptName> attempts) override {
    return executor_.observe(attempts);
  }

  Result<Started> start(const Order& order) override { return executor_.start(order); }

  Result<void> interrupt(const AttemptName& attempt, Stop stop) override { return executor_.interrupt(attempt, stop); }

  Result<void> answer(const AttemptName& attempt, const TurnAnswer& answer) override {
    return executor_.answer(attempt, answer);
  }

 private:
  http::CurlTransport transport_;
  adapter::KubernetesApi api_;
  adapter::KubernetesExecutor executor_;
};

} // namespace

KubernetesWorld::KubernetesWorld()
    : origin_(folder_ / "origin"),
      cluster_({.node = FakeKubernetesSettings::Node::on, .folder = folder_ / "node", .carrier = AFK_CARRY_PROGRAM}) {
  origin_.commit("README", "first\n", "First");
  std::filesystem::create_directories(folder_ / "control");
  std::filesystem::create_directories(folder_ / "node");
  put_file(control_path("agent"), fmt::format("#!/bin/sh\necho \"agent started $AFK_TURN\"\n"
                                              "if test -e {0}/$AFK_TURN; then . {0}/$AFK_TURN; fi\n",
                                              folder_ / "control"));
  std::filesystem::permissions(control_path("agent"), std::filesystem::perms::owner_all);
  executor_ = make_executor(setup());
}

adapter::KubernetesExecutorSetup KubernetesWorld::setup() const {
  adapter::KubernetesExecutorSetup setup;
  setup.jobs.job_namespace = space;
  setup.jobs.carrier_image = "registry.invalid/afk:1";
  setup.jobs.agent_image = "registry.invalid/agent:1";
  setup.agents["scripted"].argv = {control_path("agent"), "{prompt_file}"};
  const std::string path = origin_.path();
  setup.derive_source = [path](const RepositoryName& /*repository*/) {
    return Result<adapter::PodSource>(
        adapter::PodSource{.clone_url = path, .base = "", .protected_paths = {".github/**"}});
  };
  setup.check_head = [path](const Order& order) -> Result<void> {
    try {
      run_git(path, {"cat-file", "-e", order.verify_head});
      return {};
    } catch (const std::runtime_error&) {
      return Error{.kind = ErrorKind::conflict, .message = "nobody has " + order.verify_head};
    }
  };
  return setup;
}

std::unique_ptr<Executor> KubernetesWorld::make_executor(adapter::KubernetesExecutorSetup setup) {
  adapter::KubernetesAccess access;
  access.server = http::parse_url(cluster_.url()).value();
  access.tls.origin = access.server.origin;
  access.token = Secret(std::string_view(FakeKubernetes::token));
  return std::make_unique<OwnedExecutor>(std::move(setup), std::move(access), clock_);
}

std::unique_ptr<Executor> KubernetesWorld::make_stranger() {
  adapter::KubernetesExecutorSetup other = setup();
  other.jobs.job_namespace = "elsewhere";
  return make_executor(std::move(other));
}

Order KubernetesWorld::make_order(int run, TurnKind kind) const {
  Order order;
  order.run.text = fmt::format("afk-abcdefghijklmnopqrstuvwx{:c}2", 'a' + run);
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

void KubernetesWorld::plan_agent(const TurnName& turn, const AgentPlan& plan) {
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
    script +=
        fmt::format("mkdir -p $(dirname {0}) && echo work > {0} && git add {0} && git commit -q -m {0} || exit 9\n",
                    quote(plan.commits));
  }
  if (!plan.reports.empty()) {
    script += fmt::format("printf '%s' {} > \"$AFK_REPORT\"\n", quote(plan.reports));
  }
  script_agent(turn, script + fmt::format("exit {}\n", plan.exit_code));
}

void KubernetesWorld::script_agent(const TurnName& turn, const std::string& script) {
  put_file(control_path(turn.text), script);
}

void KubernetesWorld::release(const Order& order) {
  const std::string path = control_path(order.turn.text + ".fifo");
  wait_for("a reader of " + path, [&] {
    const int fifo = open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    const bool is_heard = fifo >= 0 && write(fifo, "\n", 1) == 1;
    if (fifo >= 0) {
      close(fifo);
    }
    return is_heard;
  });
}

int KubernetesWorld::count_agent_starts(const Order& order) {
  const std::string log = cluster_.log_of(order.turn.text);
  const std::string line = "agent started " + order.turn.text + "\n";
  int count = 0;
  for (std::size_t at = log.find(line); at != std::string::npos; at = log.find(line, at + line.size())) {
    ++count;
  }
  return count;
}

std::string KubernetesWorld::base_head() {
  return origin_.head("main");
}

std::string KubernetesWorld::make_head_with(const std::string& file) {
  if (origin_.git({"branch", "--list", "candidate"}).empty()) {
    origin_.git({"checkout", "--quiet", "-b", "candidate"});
    origin_.commit(file, "to be verified\n", "A candidate");
    origin_.git({"checkout", "--quiet", "main"});
  }
  return origin_.head("candidate");
}

std::string KubernetesWorld::job_of(const Order& order) const {
  std::string name;
  for (const auto& job : cluster_.jobs(space)) {
    const auto& labels = job["metadata"]["labels"];
    if (labels.value("afk/turn", "") == order.turn.text && labels.value("afk/entry", "") == "turn") {
      name = job["metadata"]["name"].get<std::string>();
    }
  }
  return name;
}

void KubernetesWorld::make_vanish(const Order& order) {
  cluster_.lose_node_of(space, job_of(order));
}

void KubernetesWorld::make_lost(const Order& order) {
  adapter::KubernetesExecutorSetup broken = setup();
  broken.derive_source = [](const RepositoryName& /*repository*/) {
    return Result<adapter::PodSource>(
        adapter::PodSource{.clone_url = "/nonexistent", .base = "", .protected_paths = {}});
  };
  if (!make_executor(std::move(broken))->start(order).ok()) {
    throw std::runtime_error("a Job whose clone will fail was not created");
  }
  wait_for("the clone to fail", [&] { return see_turn(executor(), order).state == TurnState::lost; });
}

} // namespace afk::test
