#pragma once
// A T3 Code server in memory and executors that reach it, without a disk between them.

#include <afk/adapter/crypto.hpp>
#include <afk/adapter/executor_t3.hpp>
#include <afk/adapter/executor_t3_names.hpp>
#include <afk/adapter/executor_t3_view.hpp>

#include <support/fake_clock.hpp>
#include <support/fake_t3.hpp>
#include <support/fake_t3_transport.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace afk::test {

inline adapter::T3ExecutorSetup t3_setup() {
  return {.settings = {.url = "http://127.0.0.1:3773",
                       .token_file = {},
                       .instance_id = "codex",
                       .model = "gpt-5.6-sol",
                       .workspace_root = "/srv/work"},
          .agents = {"script"}};
}

// One tick's way to a server.
class T3Tick {
 public:
  T3Tick(http::Transport& transport, const Digest& digest, adapter::T3ExecutorSetup setup = t3_setup())
      : client_(transport, {.url = http::parse_url("http://127.0.0.1:3773").value(),
                            .token = Secret(std::string_view("claims.signature"))}),
        executor_(std::move(setup), {.client = client_, .digest = digest, .local = std::nullopt}) {}

  adapter::T3Executor& executor() { return executor_; }

  adapter::T3Client& client() { return client_; }

 private:
  adapter::T3Client client_;
  adapter::T3Executor executor_;
};

struct T3Bench {
  explicit T3Bench(FakeT3::Setup setup = {})
      : server(complete(std::move(setup))), transport(server), tick(transport, digest) {}

  Executor& executor() { return tick.executor(); }

  FakeT3::Setup complete(FakeT3::Setup setup) {
    setup.now = [this] { return clock.now(); };
    return setup;
  }

  [[nodiscard]] Order order(int run, TurnKind kind = TurnKind::first, int redispatch = 0) const {
    Order order;
    order.run = {"afk-abcdefghijklmnopqrstuvwx" + std::string(1, static_cast<char>('a' + run % 26)) +
                 std::string(1, static_cast<char>('a' + run / 26))};
    order.issue = {{"acme", "widget"}, run + 1};
    order.redispatch = redispatch;
    order.kind = kind;
    order.turn = derive_turn_name({order.run, kind, "a cause", 0}, digest);
    order.agent = "script";
    order.branch = derive_branch_name(run + 1, order.run);
    order.prompt = "Do the work.\n";
    return order;
  }

  static AttemptName attempt(const Order& order) { return {order.run, order.redispatch}; }

  static std::string thread(const Order& order) { return adapter::derive_t3_thread_id(attempt(order)); }

  static std::string message(const Order& order, int number) {
    return adapter::derive_t3_message_id(attempt(order), {order.turn, number});
  }

  // The one turn of the attempt, as the executor shows it now.
  std::optional<AttemptView> see(const Order& order) {
    const std::vector<AttemptName> names{attempt(order)};
    auto views = executor().observe(names);
    return views.front().ok() ? *views.front() : std::nullopt;
  }

  FakeClock clock;
  Digest digest = adapter::make_digest();
  FakeT3 server;
  FakeT3Transport transport;
  T3Tick tick;
};

// An agent that neither says nor ends anything by itself.
inline FakeT3::Setup idle_agents() {
  FakeT3::Setup setup;
  setup.agent = [](FakeT3&, const FakeT3::Turn&) {};
  return setup;
}

} // namespace afk::test
