// A rollout as evidence of a deployment: every request and every Deployment that is shown is judged by the API's own
// description.

#include <afk/adapter/deployments_kubernetes.hpp>
#include <afk/http/transport_curl.hpp>

#include <support/catch.hpp>
#include <support/fake_kubernetes.hpp>
#include <support/kubernetes_schema.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace afk::test {
namespace {

using Json = nlohmann::json;

constexpr const char* space = "production";
constexpr const char* annotation = "example.com/revision";
const std::string revision = "0123456789abcdef0123456789abcdef01234567";

// As the API server shows one whose rollout is over.
Json make_deployment(const std::string& name) {
  const Json labels = {{"app", name}};
  const Json container = {{"name", "web"}, {"image", "registry.invalid/web:1"}};
  return {{"kind", "Deployment"},
          {"apiVersion", "apps/v1"},
          {"metadata", {{"name", name}, {"namespace", space}, {"uid", "dep-1"}, {"generation", 4}}},
          {"spec",
           {{"replicas", 3},
            {"selector", {{"matchLabels", labels}}},
            {"template",
             {{"metadata", {{"labels", labels}, {"annotations", {{annotation, revision}}}}},
              {"spec", {{"containers", Json::array({container})}}}}}}},
          {"status",
           {{"observedGeneration", 4},
            {"replicas", 3},
            {"updatedReplicas", 3},
            {"readyReplicas", 3},
            {"availableReplicas", 3},
            {"conditions", Json::array({{{"type", "Progressing"},
                                         {"status", "True"},
                                         {"reason", "NewReplicaSetAvailable"},
                                         {"message", "it has successfully progressed"},
                                         {"lastUpdateTime", "2026-11-20T12:10:14Z"},
                                         {"lastTransitionTime", "2026-11-20T12:00:00Z"}}})}}}};
}

Json make_stuck() {
  return {{"type", "Progressing"},
          {"status", "False"},
          {"reason", "ProgressDeadlineExceeded"},
          {"message", "ReplicaSet \"web-1\" has timed out\u001b[31m progressing."},
          {"lastUpdateTime", "2026-11-20T12:20:14Z"},
          {"lastTransitionTime", "2026-11-20T12:20:14Z"}};
}

class World {
 public:
  void put(const Json& deployment) {
    if (const auto* const schema = KubernetesSchema::try_load()) {
      for (const std::string& wrong : schema->judge_object(deployment)) {
        FAIL_CHECK(wrong);
      }
    }
    put_as_it_is(deployment);
  }

  // What no API server shows.
  void put_as_it_is(const Json& deployment) { cluster.put_deployment(space, deployment); }

  std::vector<Result<DeploymentEvidence>> inspect(const std::string& name,
                                                  const std::vector<DeploymentQuery>& queries) {
    adapter::KubernetesAccess access;
    access.server = http::parse_url(cluster.url()).value();
    access.tls.origin = access.server.origin;
    access.token = Secret(std::string_view(token));
    adapter::KubernetesDeployments deployments(
        adapter::KubernetesApi(transport_, std::move(access), std::chrono::seconds(10)),
        {.rollout_namespace = space, .name = name, .annotation = annotation});
    return deployments.inspect(queries);
  }

  Result<DeploymentEvidence> look() {
    return inspect("web", {{.repository = {.owner = "acme", .name = "web"}, .landed_head = revision}}).front();
  }

  void check_no_complaints() const {
    for (const std::string& complaint : cluster.complaints()) {
      FAIL_CHECK(complaint);
    }
  }

  FakeKubernetes cluster{{}};
  std::string token = FakeKubernetes::token;

 private:
  http::CurlTransport transport_;
};

struct RolloutCase {
  const char* name;
  void (*change)(Json& deployment);
  DeploymentState expected;
};

struct BrokenCase {
  const char* name;
  void (*change)(Json& deployment);
};

} // namespace

TEST_CASE("a rollout is over when all that is wanted is new, available and alone") {
  const auto row = GENERATE(values<RolloutCase>({
      {"over", [](Json&) {}, DeploymentState::deployed},
      {"not seen by its controller", [](Json& one) { one["metadata"]["generation"] = 5; }, DeploymentState::pending},
      {"not seen at all", [](Json& one) { one.erase("status"); }, DeploymentState::pending},
      {"some are old", [](Json& one) { one["status"]["updatedReplicas"] = 2; }, DeploymentState::pending},
      {"old ones are left", [](Json& one) { one["status"]["replicas"] = 4; }, DeploymentState::pending},
      {"some are not available", [](Json& one) { one["status"]["availableReplicas"] = 2; }, DeploymentState::pending},
      {"none is available", [](Json& one) { one["status"].erase("availableReplicas"); }, DeploymentState::pending},
      {"none is wanted",
       [](Json& one) {
         one["spec"]["replicas"] = 0;
         one["status"] = {{"observedGeneration", 4}};
       },
       DeploymentState::pending},
      {"one by default",
       [](Json& one) {
         one["spec"].erase("replicas");
         for (const char* key : {"replicas", "updatedReplicas", "availableReplicas"})
           one["status"][key] = 1;
       },
       DeploymentState::deployed},
      {"stuck",
       [](Json& one) {
         one["status"]["availableReplicas"] = 1;
         one["status"]["conditions"] = Json::array({make_stuck()});
       },
       DeploymentState::failed},
      {"an older one was stuck",
       [](Json& one) {
         one["metadata"]["generation"] = 5;
         one["status"]["availableReplicas"] = 1;
         one["status"]["conditions"] = Json::array({make_stuck()});
       },
       DeploymentState::pending},
  }));
  DYNAMIC_SECTION(row.name) {
    World world;
    Json deployment = make_deployment("web");
    row.change(deployment);
    world.put(deployment);
    const auto seen = world.look();
    REQUIRE(seen.ok());
    CHECK(seen->state == row.expected);
    CHECK(seen->revision == revision);
    CHECK(seen->problem == (row.expected == DeploymentState::failed
                                ? "ProgressDeadlineExceeded: ReplicaSet \"web-1\" has timed out progressing."
                                : ""));
    world.check_no_complaints();
  }
}

TEST_CASE("the time of a rollout is when it last came further") {
  World world;
  world.put(make_deployment("web"));
  const auto seen = world.look();
  REQUIRE(seen.ok());
  REQUIRE(seen->at.has_value());
  CHECK(render_timestamp(*seen->at) == "2026-11-20T12:10:14Z");
}

TEST_CASE("a Deployment that is not there is no deployment yet, and without the right to see it nothing is known") {
  World world;
  const auto absent = world.look();
  REQUIRE(absent.ok());
  CHECK(absent->state == DeploymentState::absent);
  world.token = "another";
  const auto refused = world.look();
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == ErrorKind::unauthorized);
}

TEST_CASE("what a Deployment does not say is an error, never a deployment") {
  const auto row = GENERATE(values<BrokenCase>({
      {"no annotation", [](Json& one) { one["spec"]["template"]["metadata"].erase("annotations"); }},
      {"an annotation of the Deployment alone",
       [](Json& one) {
         one["metadata"]["annotations"] = one["spec"]["template"]["metadata"]["annotations"];
         one["spec"]["template"]["metadata"].erase("annotations");
       }},
      {"no revision", [](Json& one) { one["spec"]["template"]["metadata"]["annotations"][annotation] = "latest"; }},
      {"a number", [](Json& one) { one["spec"]["template"]["metadata"]["annotations"][annotation] = 1234567; }},
      {"counts as text", [](Json& one) { one["status"]["availableReplicas"] = "3"; }},
      {"fewer than none", [](Json& one) { one["status"]["updatedReplicas"] = -1; }},
      {"a generation of a half", [](Json& one) { one["metadata"]["generation"] = 0.5; }},
      {"conditions that are none", [](Json& one) { one["status"]["conditions"] = "fine"; }},
      {"another object", [](Json& one) { one["metadata"].erase("uid"); }},
  }));
  DYNAMIC_SECTION(row.name) {
    World world;
    Json deployment = make_deployment("web");
    row.change(deployment);
    world.put_as_it_is(deployment);
    const auto seen = world.look();
    REQUIRE_FALSE(seen.ok());
    CHECK(seen.error().kind == ErrorKind::malformed);
    CHECK(seen.error().message.rfind("Deployment web in production: ", 0) == 0);
  }
}

TEST_CASE("each repository has its own Deployment, and each is asked for once") {
  World world;
  world.put(make_deployment("acme-web"));
  Json other = make_deployment("acme-shop");
  other["spec"]["template"]["metadata"]["annotations"][annotation] = "FEEDBEEF";
  world.put(other);
  const DeploymentQuery web{.repository = {.owner = "Acme", .name = "Web"}, .landed_head = revision};
  const DeploymentQuery shop{.repository = {.owner = "acme", .name = "shop"}, .landed_head = revision};
  const DeploymentQuery hostile{.repository = {.owner = "acme", .name = "../secrets/x?a"}, .landed_head = revision};
  const auto seen = world.inspect("{owner}-{name}", {web, shop, web, hostile});
  REQUIRE(seen.size() == 4);
  CHECK(seen[0].value().revision == revision);
  CHECK(seen[1].value().revision == "feedbeef");
  CHECK(seen[2].value() == seen[0].value());
  REQUIRE(world.cluster.requests().size() == 3);
  const auto requests = world.cluster.requests(); // of one batch: in whatever order they came
  CHECK(std::ranges::any_of(requests, [](const auto& one) {
    return one.target == "/apis/apps/v1/namespaces/production/deployments/acme-..%2Fsecrets%2Fx%3Fa";
  }));
  CHECK(world.inspect("web", {}).empty());
}

} // namespace afk::test
