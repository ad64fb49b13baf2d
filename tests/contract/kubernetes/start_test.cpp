// Starts that are cut short at each request, and who we are to the API server.

#include <afk/adapter/executor_kubernetes.hpp>
#include <afk/http/transport_curl.hpp>

#include <support/catch.hpp>
#include <support/fake_clock.hpp>
#include <support/fake_kubernetes.hpp>
#include <support/files.hpp>
#include <support/temporary_folder.hpp>

#include <array>
#include <atomic>
#include <string>

namespace afk::test {
namespace {

constexpr const char* space = "afk-agents";

Order make_order() {
  Order order;
  order.issue = {.repository = {.owner = "acme", .name = "widget"}, .number = 12};
  order.run.text = "afk-abcdefghijklmnopqrstuvwx22";
  order.turn.text = "first-abcdefghijkl-0";
  order.agent = "claude";
  order.branch = "afk/12-abcdefgh";
  order.prompt = "Do it.\n";
  return order;
}

class Client {
 public:
  explicit Client(adapter::KubernetesAccess access)
      : api_(transport_, std::move(access), std::chrono::seconds(10)), executor_(make_setup(), api_, clock_) {}

  adapter::KubernetesExecutor& executor() { return executor_; }

 private:
  static adapter::KubernetesExecutorSetup make_setup() {
    adapter::KubernetesExecutorSetup setup;
    setup.jobs.job_namespace = space;
    setup.jobs.carrier_image = "registry.invalid/afk:1";
    setup.jobs.agent_image = "registry.invalid/agent:1";
    setup.agents["claude"].argv = {"claude", "-p"};
    setup.derive_source = [](const RepositoryName& /*repository*/) {
      return Result<adapter::PodSource>(
          adapter::PodSource{.clone_url = "https://forge.example/acme/widget.git", .base = "", .protected_paths = {}});
    };
    return setup;
  }

  http::CurlTransport transport_;
  adapter::KubernetesApi api_;
  FakeClock clock_;
  adapter::KubernetesExecutor executor_;
};

adapter::KubernetesAccess make_access(const FakeKubernetes& cluster) {
  adapter::KubernetesAccess access;
  access.server = http::parse_url(cluster.url()).value();
  access.tls.origin = access.server.origin;
  access.token = Secret(std::string_view(FakeKubernetes::token));
  return access;
}

bool is_shown(adapter::KubernetesExecutor& executor) {
  const auto views = executor.observe(std::array{AttemptName{.run = make_order().run}});
  REQUIRE(views.front().ok());
  return views.front()->has_value();
}

} // namespace

TEST_CASE("a start that is cut short at any request is finished by the next one, and starts one agent") {
  using Fate = FakeKubernetes::Fate;
  for (const Fate fate : {Fate::lost_before, Fate::lost_after}) {
    for (int lost = 0; lost < 4; ++lost) { // two lists, the Job, the Secret
      DYNAMIC_SECTION((fate == Fate::lost_before ? "before" : "after") << " request " << lost) {
        FakeKubernetes cluster({});
        std::atomic<int> number = 0;
        cluster.on_request([&](const ReceivedRequest& /*request*/) { return number++ == lost ? fate : Fate::served; });
        {
          Client killed(make_access(cluster));
          CHECK_FALSE(killed.executor().start(make_order()).ok());
        }
        cluster.on_request(nullptr);
        Client client(make_access(cluster));
        // A Job without its Secret runs nothing, and is not shown.
        const bool is_whole = cluster.secrets(space).size() == 1;
        CHECK(is_shown(client.executor()) == is_whole);
        const bool was_created = cluster.jobs(space).size() == 1;
        const auto started = client.executor().start(make_order());
        REQUIRE(started.ok());
        CHECK(started->outcome == (was_created ? StartOutcome::adopted : StartOutcome::created));
        CHECK(cluster.jobs(space).size() == 1);
        CHECK(cluster.secrets(space).size() == 1);
        CHECK(is_shown(client.executor()));
        CHECK(cluster.complaints().empty());
      }
    }
  }
}

TEST_CASE("a Secret that somebody removed is made again by adopting") {
  FakeKubernetes cluster({});
  Client client(make_access(cluster));
  REQUIRE(client.executor().start(make_order()).ok());
  cluster.remove_secret(space, cluster.jobs(space).front()["metadata"]["name"].get<std::string>());
  CHECK_FALSE(is_shown(client.executor()));
  const auto again = client.executor().start(make_order());
  REQUIRE(again.ok());
  CHECK(again->outcome == StartOutcome::adopted);
  CHECK(cluster.secrets(space).size() == 1);
  CHECK(is_shown(client.executor()));
}

TEST_CASE("stopping and sealing without a pod in sight") {
  FakeKubernetes cluster({});
  Client client(make_access(cluster));
  const AttemptName attempt{.run = make_order().run};
  REQUIRE(client.executor().start(make_order()).ok());
  REQUIRE(client.executor().interrupt(attempt, Executor::Stop::conclude).ok());
  const auto views = client.executor().observe(std::array{attempt});
  REQUIRE((views.front().ok() && views.front()->has_value()));
  CHECK((*views.front())->conclusion == AttemptView::Conclusion::concluded);
  REQUIRE((*views.front())->turns.size() == 1);
  CHECK((*views.front())->turns.front().outcome == TurnOutcome::interrupted);
  const auto started = client.executor().start(make_order());
  REQUIRE_FALSE(started.ok());
  CHECK(started.error().kind == ErrorKind::refused);
  CHECK(cluster.jobs(space).size() == 2); // the seal and the stop; the work is gone
  CHECK(cluster.complaints().empty());
}

TEST_CASE("many runs are one list, page by page") {
  FakeKubernetes cluster({});
  Client client(make_access(cluster));
  constexpr int runs = 230;
  for (int index = 0; index < runs; ++index) {
    Order order = make_order();
    order.run.text = "afk-abcdefghijklmnopqrstuv" + std::string(1, static_cast<char>('a' + index / 26 % 26)) +
                     std::string(1, static_cast<char>('a' + index % 26)) + "22";
    REQUIRE(client.executor().start(order).ok());
  }
  const std::size_t before = cluster.requests().size();
  const auto look = client.executor().look();
  REQUIRE(look.ok());
  CHECK(look->live.size() == runs);
  CHECK(look->recent_starts.size() == runs);
  CHECK(cluster.requests().size() - before == 3); // the namespace, and two pages
}

TEST_CASE("in a pod the token is read again when it was rotated") {
  FakeKubernetes cluster({});
  const TemporaryFolder folder;
  put_file(folder / "token", "an old token");
  put_file(folder / "ca.crt", "PEM");
  auto access = adapter::open_pod_access(
      {{"KUBERNETES_SERVICE_HOST", "10.0.0.1"}, {"KUBERNETES_SERVICE_PORT_HTTPS", "6443"}}, folder.path());
  REQUIRE(access.ok());
  CHECK(http::render_url(access->server) == "https://10.0.0.1:6443/");
  CHECK(access->tls.authorities == "PEM");
  access->server = http::parse_url(cluster.url()).value();
  access->tls = {.origin = access->server.origin, .authorities = {}, .certificate = {}, .key = {}};
  Client client(std::move(access).value());
  const auto refused = client.executor().look();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == ErrorKind::unauthorized);
  put_file(folder / "token", std::string(FakeKubernetes::token) + "\n");
  CHECK(client.executor().look().ok());
}

TEST_CASE("outside a pod, or in one without a token, nothing is guessed") {
  const TemporaryFolder folder;
  CHECK(adapter::open_pod_access({}, folder.path()).error().kind == ErrorKind::configuration);
  const auto bare = adapter::open_pod_access({{"KUBERNETES_SERVICE_HOST", "fd00::1"}}, folder.path());
  REQUIRE_FALSE(bare.ok());
  CHECK(bare.error().message.find("automountServiceAccountToken") != std::string::npos);
}

} // namespace afk::test
