#pragma once
// The loop on the GitHub of the tests: agents in memory, everything else over the wire, and what each tick cost.

#include <contract/github/github_world.hpp>
#include <support/loop_world.hpp>

#include <afk/loop/people.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace afk::test {

struct Spent {
  int round_trips = 0;
  int requests = 0;
  std::int64_t points = 0;
};

// Notes what was spent when work began: the kill switch is read directly before.
class SpendingGate final : public TickGate {
 public:
  explicit SpendingGate(const http::CountingTransport& counting) : counting_(counting) {}

  KillSwitch read_kill_switch() override {
    looks.push_back(counting_.round_trips());
    return KillSwitch::off;
  }

  Time read_time() override { return Time::left; }

  std::vector<int> looks; // round trips by then
 private:
  const http::CountingTransport& counting_;
};

// The loop on a GitHub: agents in memory, everything else over the wire.
struct GithubLoop : GithubWorld {
  explicit GithubLoop(adapter::GithubApi api, int repositories) : GithubWorld(api) {
    forge.add_account("ada");
    for (int index = 0; index < repositories; ++index) {
      const RepositoryName name{"acme", fmt::format("app-{}", index)};
      forge.create_repository(name);
      loop.config.allowlist.push_back({name, std::nullopt});
    }
    loop.config.allowlist.erase(loop.config.allowlist.begin());
    loop.config.tracker.kind = TrackerKind::github;
    loop.config.trust.labelers.clear();
    loop.config.trust.labeler = TrustSettings::Labeler::write;
    loop.config.policy.red_base = PolicySettings::RedBase::ignore;
    loop.config.policy.max_in_flight = 1000;
    loop.config.agents.at("script").max_concurrent = 1000;
  }

  IssueRef arm(const RepositoryName& repository, std::string_view body = "Please.") {
    forge.set_role(repository, "ada", "write");
    const IssueRef issue = forge.create_issue(repository, "Say hello", body);
    forge.put_label(issue, loop.config.labels.ready, "ada");
    return issue;
  }

  afk::loop::TickReport run(afk::loop::TickReport (*tick)(const afk::loop::TickContext&)) {
    auto connection = connect();
    afk::loop::People people(connection->permissions);
    const auto requests_before = forge.requests().size();
    const int trips_before = counting.round_trips();
    gate.looks.clear();
    afk::loop::TickContext context{.config = loop.config,
                                   .tracker = connection->tracker,
                                   .executors = {{"local", &loop.executor}},
                                   .landings = {{"local", &loop.executor}},
                                   .notifiers = {&loop.notifier},
                                   .gate = gate,
                                   .clock = clock,
                                   .random = loop.random,
                                   .digest = make_reference_digest(),
                                   .card_keys = {},
                                   .prompt_template = "",
                                   .version = "test",
                                   .only = std::nullopt};
    context.people = &people;
    auto report = tick(context);
    spent = {.round_trips = counting.round_trips() - trips_before,
             .requests = static_cast<int>(forge.requests().size() - requests_before),
             .points = connection->client.points()};
    before_work = gate.looks.size() > 2 ? gate.looks[2] - trips_before : -1;
    return report;
  }

  LoopWorld loop;
  SpendingGate gate{counting};
  Spent spent;
  int before_work = -1; // round trips before the first dispatch
};

} // namespace afk::test
