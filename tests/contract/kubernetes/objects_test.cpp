// What afk creates in a cluster, by the official description and the pod security standard "restricted".

#include <afk/adapter/executor_kubernetes_job_codec.hpp>
#include <afk/adapter/yaml_codec.hpp>

#include <support/catch.hpp>
#include <support/contracts_folder.hpp>
#include <support/files.hpp>
#include <support/kubernetes_schema.hpp>

#include <nlohmann/json.hpp>

#include <string>

namespace afk::test {
namespace {

using Json = nlohmann::json;

Order make_order(TurnKind kind) {
  Order order;
  order.issue = {.repository = {.owner = "acme", .name = "widget"}, .number = 12};
  order.run.text = "afk-abcdefghijklmnopqrstuvwx22";
  order.kind = kind;
  order.turn.text = std::string(render_turn_kind(kind)) + "-abcdefghijkl-0";
  order.agent = "claude";
  order.model = "large";
  order.branch = "afk/12-abcdefgh";
  order.prompt = "Hostile: $(id) `id` ' \" \n";
  order.files = {{.name = "ISSUE.md", .bytes = "\xff\xfe no UTF-8 $(id)"}};
  if (kind == TurnKind::verify) {
    order.verify_head = std::string(40, 'a');
    order.verify_commands = {"make test", "echo '$(id)'"};
  }
  return order;
}

adapter::KubernetesJobSettings make_settings(const std::string& job_template = "") {
  adapter::KubernetesJobSettings settings;
  settings.job_namespace = "afk-agents";
  settings.carrier_image = "registry.invalid/afk:1";
  settings.agent_image = "registry.invalid/agent:1";
  settings.credential_secret = "forge";
  settings.agent_secret = "agent";
  settings.job_template = job_template;
  return settings;
}

Result<std::string> render(const adapter::KubernetesJobSettings& settings, const Order& order) {
  return adapter::render_turn_job(
      {.settings = settings, .order = order, .slot = 3, .agent = {.argv = {"claude", "-p"}}});
}

Json render_well(const adapter::KubernetesJobSettings& settings, const Order& order) {
  const auto job = render(settings, order);
  INFO((job ? "" : job.error().message));
  REQUIRE(job.ok());
  return Json::parse(*job);
}

void check_object(const Json& object) {
  if (const auto* const schema = KubernetesSchema::try_load()) {
    for (const std::string& wrong : schema->judge_object(object)) {
      FAIL_CHECK(wrong);
    }
  }
}

Json find_container(const Json& job, const std::string& name) {
  for (const char* list : {"initContainers", "containers"}) {
    for (const Json& container : job["spec"]["template"]["spec"][list]) {
      if (container["name"] == name) {
        return container;
      }
    }
  }
  FAIL("there is no container " << name);
  return {};
}

} // namespace

TEST_CASE("a turn's Job is right, restricted, and starts once") {
  const auto kind = GENERATE(TurnKind::first, TurnKind::fix, TurnKind::verify);
  const auto settings = make_settings();
  const Json job = render_well(settings, make_order(kind));
  check_object(job);
  for (const std::string& wrong : judge_restricted(job["spec"]["template"]["spec"])) {
    FAIL_CHECK(wrong);
  }
  CHECK(job["metadata"]["name"] == "afk-abcdefghijklmnopqrstuvwx22-3");
  const Json& spec = job["spec"];
  CHECK(spec["backoffLimit"] == 0);
  CHECK(spec["parallelism"] == 1);
  CHECK(spec["completions"] == 1);
  CHECK(spec["podReplacementPolicy"] == "Failed");
  CHECK(spec["ttlSecondsAfterFinished"] >= 7 * 24 * 3600);
  CHECK(spec["activeDeadlineSeconds"] > 0);
  const Json& pod = spec["template"]["spec"];
  CHECK(pod["restartPolicy"] == "Never");
  CHECK(pod["automountServiceAccountToken"] == false);
  for (const char* name : {"clone", "agent", "push"}) {
    const Json container = find_container(job, name);
    CHECK(container["securityContext"]["readOnlyRootFilesystem"] == true);
    CHECK(container["resources"]["limits"].contains("memory"));
  }
}

TEST_CASE("the agent's container has no credential but its own, and no hostile text") {
  const auto settings = make_settings();
  const Json job = render_well(settings, make_order(TurnKind::first));
  const std::string agent = find_container(job, "agent").dump();
  CHECK(agent.find("forge") == std::string::npos);
  CHECK(agent.find("credential") == std::string::npos);
  CHECK(agent.find("/afk/order") == std::string::npos);
  CHECK(agent.find("\"secretRef\":{\"name\":\"agent\"}") != std::string::npos);
  CHECK(job.dump().find("Hostile") == std::string::npos);
  CHECK(find_container(job, "clone").dump().find("/afk/credential") != std::string::npos);
  const Json verify = render_well(settings, make_order(TurnKind::verify));
  CHECK(find_container(verify, "agent").dump().find("secretRef") == std::string::npos);
}

TEST_CASE("markers are right, restricted, and have no pods") {
  const auto settings = make_settings();
  adapter::RunEntry stopped;
  stopped.slot = 1;
  stopped.attempt.run.text = "afk-abcdefghijklmnopqrstuvwx22";
  stopped.turn.text = "first-abcdefghijkl-0";
  stopped.issue = {.repository = {.owner = "acme", .name = "widget"}, .number = 12};
  for (const adapter::RunEntry* const turn : {&stopped, static_cast<adapter::RunEntry*>(nullptr)}) {
    const Json job = Json::parse(
        adapter::render_marker_job({.settings = settings, .attempt = stopped.attempt, .slot = 2, .stopped = turn}));
    check_object(job);
    CHECK(judge_restricted(job["spec"]["template"]["spec"]).empty());
    CHECK(job["spec"]["parallelism"] == 0);
    CHECK(job["spec"]["completions"] == 0);
  }
}

TEST_CASE("the Secret of an order belongs to its Job") {
  const Order order = make_order(TurnKind::first);
  const Json secret = Json::parse(adapter::render_order_secret({.order = order,
                                                                .job_namespace = "afk-agents",
                                                                .name = "afk-abcdefghijklmnopqrstuvwx22-3",
                                                                .job_uid = "5c0ffee0-0000-4000-8000-000000000001",
                                                                .carry_order = "{}"}));
  check_object(secret);
  CHECK(secret["metadata"]["ownerReferences"][0]["uid"] == "5c0ffee0-0000-4000-8000-000000000001");
  CHECK(secret["data"].size() == 3);
  CHECK(secret["data"]["carry.json"] == "e30=");
}

TEST_CASE("the example of a template is laid over the built-in Job") {
  const auto json = adapter::convert_yaml_to_json(
      get_file(std::string(AFK_SOURCE_DIR) + "/deploy/kubernetes/agents/job-template.yaml"));
  REQUIRE(json.ok());
  const auto settings = make_settings(*json);
  const Json job = render_well(settings, make_order(TurnKind::first));
  check_object(job);
  CHECK(judge_restricted(job["spec"]["template"]["spec"]).empty());
  CHECK(job["spec"]["activeDeadlineSeconds"] == 14400);
  CHECK(job["spec"]["template"]["spec"]["nodeSelector"]["kubernetes.io/os"] == "linux");
  const Json agent = find_container(job, "agent");
  CHECK(agent["resources"]["limits"]["memory"] == "8Gi");
  CHECK(agent["image"] == "registry.invalid/agent:1");
  CHECK(agent.dump().find("CARGO_HOME") != std::string::npos);
  CHECK(agent.dump().find("AFK_PROMPT_FILE") != std::string::npos);
  CHECK(agent.dump().find("13800") != std::string::npos); // the deadline less ten minutes
}

TEST_CASE("a template cannot take away what a turn depends on") {
  const auto settings = make_settings(R"({"kind": "Job", "metadata": {"name": "mine", "labels": {"afk/run": "other"}},
    "spec": {"backoffLimit": 6, "parallelism": 5, "suspend": true, "podReplacementPolicy": "TerminatingOrFailed",
      "template": {"spec": {"restartPolicy": "OnFailure", "automountServiceAccountToken": true,
        "initContainers": [{"name": "agent", "command": ["sleep"], "args": ["1"]}]}}}})");
  const Json job = render_well(settings, make_order(TurnKind::first));
  CHECK(job["metadata"]["name"] == "afk-abcdefghijklmnopqrstuvwx22-3");
  CHECK(job["metadata"]["labels"]["afk/run"] == "afk-abcdefghijklmnopqrstuvwx22");
  CHECK(job["spec"]["backoffLimit"] == 0);
  CHECK(job["spec"]["parallelism"] == 1);
  CHECK(job["spec"]["suspend"] == false);
  CHECK(job["spec"]["podReplacementPolicy"] == "Failed");
  CHECK(job["spec"]["template"]["spec"]["restartPolicy"] == "Never");
  CHECK(job["spec"]["template"]["spec"]["automountServiceAccountToken"] == false);
  CHECK(find_container(job, "agent")["command"][0] == "/bin/sh");
}

TEST_CASE("a template that cannot be used says why") {
  struct Case {
    std::string name;
    std::string text;
    std::string said;
  };

  const auto row = GENERATE(values<Case>({
      {"another kind", R"({"kind": "Pod"})", "no Job"},
      {"a list", R"([1])", "no Job"},
      {"a short life", R"({"spec": {"ttlSecondsAfterFinished": 60}})", "ttlSecondsAfterFinished"},
      {"no life", R"({"spec": {"ttlSecondsAfterFinished": null}})", "template"},
      {"a short turn", R"({"spec": {"activeDeadlineSeconds": 60}})", "activeDeadlineSeconds"},
      {"the forge's token in the agent's container",
       R"({"spec": {"template": {"spec": {"initContainers": [{"name": "agent", "volumeMounts": [{"name": "credential", "mountPath": "/x"}]}]}}}})",
       "must not see"},
      {"the same Secret under another name",
       R"({"spec": {"template": {"spec": {"volumes": [{"name": "mine", "secret": {"secretName": "forge"}}],
          "initContainers": [{"name": "agent", "volumeMounts": [{"name": "mine", "mountPath": "/x"}]}]}}}})",
       "must not see"},
      {"the same Secret as a part of a volume",
       R"({"spec": {"template": {"spec": {"volumes": [{"name": "mine", "projected": {"sources": [{"configMap": {"name": "x"}}, {"secret": {"name": "forge"}}]}}],
          "initContainers": [{"name": "agent", "volumeMounts": [{"name": "mine", "mountPath": "/x"}]}]}}}})",
       "must not see"},
      {"a service account's token as a part of a volume",
       R"({"spec": {"template": {"spec": {"volumes": [{"name": "mine", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}],
          "initContainers": [{"name": "agent", "volumeMounts": [{"name": "mine", "mountPath": "/x"}]}]}}}})",
       "must not see"},
      {"the order's Secret by its name",
       R"({"spec": {"template": {"spec": {"volumes": [{"name": "mine", "secret": {"secretName": "afk-abcdefghijklmnopqrstuvwx22-3"}}],
          "initContainers": [{"name": "agent", "volumeMounts": [{"name": "mine", "mountPath": "/x"}]}]}}}})",
       "must not see"},
      {"the token by environment",
       R"({"spec": {"template": {"spec": {"initContainers": [{"name": "agent", "envFrom": [{"secretRef": {"name": "forge"}}]}]}}}})",
       "environment"},
      {"a container more", R"({"spec": {"template": {"spec": {"containers": [{"name": "sidecar", "image": "x:1"}]}}}})",
       "no others"},
      {"no image", R"({"spec": {"template": {"spec": {"initContainers": [{"name": "agent", "image": ""}]}}}})",
       "no image"},
  }));
  INFO(row.name);
  const auto settings = make_settings(row.text);
  const auto job = render(settings, make_order(TurnKind::first));
  REQUIRE_FALSE(job.ok());
  CHECK(job.error().kind == ErrorKind::configuration);
  CHECK(job.error().message.find(row.said) != std::string::npos);
}

TEST_CASE("checks share no out folder with anybody") {
  const auto settings = make_settings();
  const Json job = render_well(settings, make_order(TurnKind::verify));
  for (const char* name : {"agent", "push"}) {
    for (const Json& mount : find_container(job, name)["volumeMounts"]) {
      CHECK(mount["mountPath"] != "/afk/out");
    }
  }
}

TEST_CASE("a Job stays for as long as its run may wait") {
  auto settings = make_settings();
  settings.longest_run = std::chrono::hours(30 * 24);
  CHECK(render_well(settings, make_order(TurnKind::first))["spec"]["ttlSecondsAfterFinished"] == 30 * 24 * 3600);
  settings.job_template = R"({"spec": {"ttlSecondsAfterFinished": 2591999}})";
  const auto refused = adapter::check_job_settings(settings);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == ErrorKind::configuration);
  CHECK(refused.error().message.find("2592000") != std::string::npos);
  settings.longest_run = std::chrono::hours(29 * 24);
  CHECK(adapter::check_job_settings(settings).ok());
}

TEST_CASE("the objects were judged by the API description") {
  static_cast<void>(find_contracts_or_skip("kubernetes-1.36.swagger.json"));
}

} // namespace afk::test
