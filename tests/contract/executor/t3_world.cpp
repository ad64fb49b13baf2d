#include <contract/executor/t3_world.hpp>

#include <afk/adapter/executor_t3_names.hpp>
#include <afk/adapter/executor_t3_view.hpp>

#include <support/files.hpp>
#include <support/git_repository.hpp>

#include <stdexcept>
#include <utility>

namespace afk::test {
namespace {

// An executor together with everything that it works with.
class WholeExecutor final : public Executor {
 public:
  WholeExecutor(http::Transport& transport, ProcessWorld& process, const Digest& digest)
      : client_(transport, {.url = http::parse_url("http://127.0.0.1:3773").value(),
                            .token = Secret(std::string_view("claims.signature"))}),
        workspace_(process.workspace(), process.setup().derive_source, std::chrono::seconds(20)),
        verifier_(process.make_executor(process.setup())),
        executor_({.settings = {.url = "http://127.0.0.1:3773",
                                .instance_id = "codex",
                                .model = "gpt-5.6-sol",
                                .workspace_root = process.layout().root().string()},
                   .agents = {"scripted"},
                   .day = adapter::T3Client::History::wanted},
                  {.client = client_,
                   .digest = digest,
                   .local = adapter::T3Local{.workspace = workspace_, .verifier = *verifier_}}) {}

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
  adapter::T3Client client_;
  adapter::T3Workspace workspace_;
  std::unique_ptr<Executor> verifier_;
  adapter::T3Executor executor_;
};

std::string thread_of(const Order& order) {
  return adapter::derive_t3_thread_id(attempt_of(order));
}

std::string turn_of(const FakeT3::Turn& turn) {
  const auto start = adapter::try_t3_start(parse_attempt_name(turn.thread).value(), turn.message);
  return start ? start->turn.text : "";
}

} // namespace

T3World::T3World()
    : server_(make_setup("5c02a310-0000-4000-8000-000000000001")),
      other_server_(make_setup("5c02a310-0000-4000-8000-000000000002")), transport_(server_),
      other_transport_(other_server_), executor_(make_executor(transport_)) {}

FakeT3::Setup T3World::make_setup(const std::string& environment) {
  FakeT3::Setup setup;
  setup.environment = environment;
  setup.now = [this] { return clock_.now() + Duration(passed_.load()); };
  setup.agent = [this](FakeT3& server, const FakeT3::Turn& turn) { begin(server, turn); };
  setup.hear = [this](FakeT3&, const std::string& thread, const std::string& answer) { heard_[thread] += answer; };
  return setup;
}

std::unique_ptr<Executor> T3World::make_executor(FakeT3Transport& transport) {
  return std::make_unique<WholeExecutor>(transport, process_, digest_);
}

void T3World::begin(FakeT3& server, const FakeT3::Turn& turn) {
  if (plans_[turn_of(turn)].waits == AgentPlan::Waits::until_released) {
    waiting_[turn_of(turn)] = turn;
    return;
  }
  work(server, turn);
}

void T3World::work(FakeT3& server, const FakeT3::Turn& turn) {
  const AgentPlan& plan = plans_[turn_of(turn)];
  if (!plan.prints.empty()) {
    server.say(turn.thread, plan.prints);
  }
  if (plan.shows == AgentPlan::Shows::what_it_got) {
    const std::string before = "speaks of lie in ";
    const auto begin = turn.text.find(before) + before.size();
    const std::string folder = turn.text.substr(begin, turn.text.find(". They", begin) - begin);
    server.say(turn.thread, turn.text + get_file(folder + "/ISSUE.md"));
  }
  if (!plan.commits.empty()) {
    put_file(turn.worktree + "/" + plan.commits, "work\n");
    run_git(turn.worktree, {"add", plan.commits});
    run_git(turn.worktree, {"commit", "--quiet", "--message", plan.commits});
  }
  if (!plan.reports.empty()) {
    server.say(turn.thread, "That is all.\n\n```afk-report\n" + plan.reports + "\n```\n");
  }
  if (plan.exit_code != 0) {
    server.fail(turn.thread, "The provider gave up.\n    at turn (provider.ts:1)\n");
  } else {
    server.finish(turn.thread);
  }
}

void T3World::release(const Order& order) {
  const auto waiting = waiting_.find(order.turn.text);
  if (waiting == waiting_.end()) {
    throw std::runtime_error("no agent waits in turn " + order.turn.text);
  }
  work(server_, waiting->second);
  waiting_.erase(waiting);
}

int T3World::count_agent_starts(const Order& order) {
  int count = 0;
  for (int number = 1; number < 10; ++number) {
    count += server_.starts(adapter::derive_t3_message_id(attempt_of(order), {.turn = order.turn, .number = number}));
  }
  return count;
}

void T3World::make_vanish(const Order& /*order*/) {
  server_.restart();
}

void T3World::make_lost(const Order& order) {
  server_.pause_reactor(true);
  start_well(*executor_, order);
  server_.restart();
  passed_ += Duration(adapter::t3_start_grace + std::chrono::seconds(1)).count();
}

void T3World::make_ask(const Order& order, Ask kind, const std::string& text) {
  if (kind == Ask::permission) {
    server_.ask_approval(thread_of(order), "command", text);
  } else {
    server_.ask_input(thread_of(order),
                      {{{"id", "word"}, {"header", "Word"}, {"question", text}, {"options", nlohmann::json::array()}}});
  }
}

std::string T3World::heard(const Order& order) {
  return heard_[thread_of(order)];
}

} // namespace afk::test
