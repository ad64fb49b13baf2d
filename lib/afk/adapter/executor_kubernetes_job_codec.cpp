#include <afk/adapter/executor_kubernetes_job_codec.hpp>

#include <afk/adapter/base64.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace afk::adapter {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t built_in_deadline = 23'400;               // seconds: six hours and a half for one turn
constexpr std::int64_t end_margin = 600;                         // of them for clone and push
constexpr std::int64_t built_in_time_to_live = 14LL * 24 * 3600; // seconds
constexpr std::int64_t shortest_time_to_live = 7LL * 24 * 3600;  // whatever the configuration says
constexpr int nobody = 65'532;                                   // user and group of every container
constexpr int readable_by_group = 0440;

// Runs in the agent's container and trusts nothing in there to be more than a POSIX shell. Stopping a container signals
// its first process alone, which is this one; when it ends, everything else in the container does. What an agent left
// running is ended before the exit code is written, where that cannot reach beyond the container.
constexpr std::string_view agent_script = R"sh(cd "$AFK_WORK" || exit 125
"$@" <"$AFK_INPUT" &
child=$!
late=
trap 'kill -TERM "$child"' TERM INT
trap 'late=1; kill -TERM "$child"' ALRM
(sleep "$AFK_SECONDS"; kill -ALRM $$; sleep 10; kill -KILL "$child") >/dev/null 2>&1 &
watchdog=$!
wait "$child"
code=$?
if [ -n "$late" ]; then wait "$child"; fi
kill "$watchdog" 2>/dev/null
trap '' TERM INT ALRM
if [ "$$" -eq 1 ]; then kill -KILL -1 2>/dev/null; fi
if [ -n "$late" ]; then code=timeout; fi
rm -rf "$AFK_OUT/exit-code"
echo "$code" >"$AFK_OUT/exit-code" || exit 125
if [ "$(cat "$AFK_OUT/exit-code")" != "$code" ]; then exit 125; fi
exit 0
)sh";

// How this ends is the verdict, as the cluster tells it: nothing that a check writes is asked. Each command is a child,
// so that none of them ends the shell that judges it. Codes from 124 on are this script's and the cluster's own.
constexpr std::string_view verify_script = R"(cd "$AFK_WORK" || exit 125
code=0
child=
trap 'kill -TERM "$child"; exit 143' TERM INT
trap 'kill -TERM "$child"; exit 124' ALRM
(sleep "$AFK_SECONDS"; kill -ALRM $$) >/dev/null 2>&1 &
watchdog=$!
for command in "$@"; do
  printf '$ %s\n' "$command"
  sh -c "$command" </dev/null &
  child=$!
  wait "$child"
  code=$?
  if [ "$code" -ne 0 ]; then break; fi
done
kill "$watchdog" 2>/dev/null
if [ "$code" -gt 123 ]; then code=1; fi
exit "$code"
)";

bool is_verify(const TurnJobPlan& plan) {
  return plan.order.kind == TurnKind::verify;
}

std::int64_t derive_time_to_live(const KubernetesJobSettings& settings) {
  return std::max<std::int64_t>(built_in_time_to_live, settings.longest_run.count());
}

AttemptName attempt_of(const TurnJobPlan& plan) {
  return {.run = plan.order.run, .redispatch = plan.order.redispatch};
}

Json make_labels(const AttemptName& attempt, std::string_view entry, std::string_view turn) {
  Json labels{{job_label::managed_by, "afk"},
              {job_label::run, attempt.run.text},
              {job_label::attempt, derive_attempt_name(attempt.run, attempt.redispatch)},
              {job_label::entry, entry}};
  if (!turn.empty()) {
    labels[job_label::turn] = turn;
  }
  return labels;
}

Json make_container_security() {
  return {{"allowPrivilegeEscalation", false},
          {"readOnlyRootFilesystem", true},
          {"runAsNonRoot", true},
          {"capabilities", {{"drop", Json::array({"ALL"})}}}};
}

struct Mount {
  enum class Access : std::uint8_t { read_only, writable };

  std::string_view volume;
  std::string_view path;
  Access access = Access::read_only;
};

Json make_mount(const Mount& mount) {
  Json json{{"name", mount.volume}, {"mountPath", mount.path}};
  if (mount.access == Mount::Access::read_only) {
    json["readOnly"] = true;
  }
  return json;
}

Json make_carrier(const TurnJobPlan& plan, std::string_view name) {
  const bool is_clone = name == pod_container::clone;
  Json mounts =
      Json::array({make_mount({.volume = "order", .path = "/afk/order"}),
                   make_mount({.volume = "mirrors", .path = "/afk/space/mirrors", .access = Mount::Access::writable}),
                   make_mount({.volume = "runs",
                               .path = "/afk/space/runs",
                               .access = is_clone ? Mount::Access::writable : Mount::Access::read_only}),
                   make_mount({.volume = "tmp", .path = "/tmp", .access = Mount::Access::writable})});
  // Checks leave nothing that anybody reads.
  if (!is_verify(plan)) {
    mounts.push_back(make_mount({.volume = "out", .path = "/afk/out"}));
  }
  Json arguments = Json::array({"carry", name, "--order", "/afk/order/carry.json", "--space", pod_path::space, "--out",
                                "/afk/out", "--result", "/dev/termination-log"});
  if (!plan.settings.credential_secret.empty()) {
    mounts.push_back(make_mount({.volume = "credential", .path = "/afk/credential"}));
    arguments.push_back("--credential");
    arguments.push_back("/afk/credential/token");
  }
  return {{"name", name},
          {"image", plan.settings.carrier_image},
          {"command", Json::array({"afk"})},
          {"args", std::move(arguments)},
          {"resources",
           {{"requests", {{"cpu", "100m"}, {"memory", "128Mi"}, {"ephemeral-storage", "1Gi"}}},
            {"limits", {{"memory", "1Gi"}, {"ephemeral-storage", "10Gi"}}}}},
          {"volumeMounts", std::move(mounts)},
          {"securityContext", make_container_security()}};
}

Json make_agent_environment(const TurnJobPlan& plan) {
  const std::string attempt = derive_attempt_name(plan.order.run, plan.order.redispatch);
  Json environment = Json::array();
  const auto add = [&](std::string_view name, std::string_view value) {
    environment.push_back({{"name", name}, {"value", value}});
  };
  add("AFK_RUN", plan.order.run.text);
  add("AFK_TURN", plan.order.turn.text);
  add("AFK_WORK", fmt::format("{}/runs/{}/{}", pod_path::space, attempt, is_verify(plan) ? "checkout" : "clone"));
  add("AFK_SECONDS", fmt::format("{}", built_in_deadline - end_margin));
  add("HOME", "/afk/home");
  add("TERM", "dumb");
  if (is_verify(plan)) {
    return environment;
  }
  add("AFK_OUT", "/afk/out");
  add("AFK_PROMPT_FILE", pod_path::prompt);
  add("AFK_INPUT", plan.agent.input == AgentCommand::Input::prompt ? pod_path::prompt : "/dev/null");
  add("AFK_REPORT", pod_path::report);
  for (const PromptFile& file : plan.order.files) {
    if (file.name == "ISSUE.md") {
      add("AFK_ISSUE_FILE", fmt::format("{}/{}", pod_path::prompt_folder, file.name));
    }
  }
  for (const auto& [name, value] : plan.agent.variables) {
    add(name, value);
  }
  return environment;
}

Json make_agent(const TurnJobPlan& plan) {
  Json mounts =
      Json::array({make_mount({.volume = "mirrors", .path = "/afk/space/mirrors"}),
                   make_mount({.volume = "runs", .path = "/afk/space/runs", .access = Mount::Access::writable}),
                   make_mount({.volume = "home", .path = "/afk/home", .access = Mount::Access::writable}),
                   make_mount({.volume = "tmp", .path = "/tmp", .access = Mount::Access::writable})});
  if (!is_verify(plan)) {
    mounts.push_back(make_mount({.volume = "out", .path = "/afk/out", .access = Mount::Access::writable}));
    mounts.push_back(make_mount({.volume = "prompt", .path = "/afk/prompt"}));
  }
  Json agent{
      {"name", pod_container::agent},
      {"image", plan.settings.agent_image},
      {"command", Json::array({"/bin/sh", "-c", is_verify(plan) ? verify_script : agent_script, "agent"})},
      {"args", is_verify(plan) ? plan.order.verify_commands : fill_agent_argv(plan.agent.argv, plan.order.model)},
      {"env", make_agent_environment(plan)},
      {"resources",
       {{"requests", {{"cpu", "500m"}, {"memory", "1Gi"}, {"ephemeral-storage", "2Gi"}}},
        {"limits", {{"memory", "4Gi"}, {"ephemeral-storage", "20Gi"}}}}},
      {"volumeMounts", std::move(mounts)},
      {"securityContext", make_container_security()}};
  // The checks of a repository need no model.
  if (!plan.settings.agent_secret.empty() && !is_verify(plan)) {
    agent["envFrom"] = Json::array({{{"secretRef", {{"name", plan.settings.agent_secret}}}}});
  }
  return agent;
}

Json make_volumes(const TurnJobPlan& plan) {
  const std::string secret = derive_job_name(plan.order.run, plan.slot);
  const auto secret_volume = [](std::string_view name, std::string_view from, Json items) {
    return Json{{"name", name},
                {"secret", {{"secretName", from}, {"defaultMode", readable_by_group}, {"items", std::move(items)}}}};
  };
  Json volumes =
      Json::array({secret_volume("order", secret, Json::array({{{"key", "carry.json"}, {"path", "carry.json"}}}))});
  if (!is_verify(plan)) {
    Json items = Json::array({{{"key", "prompt.md"}, {"path", "prompt.md"}}});
    for (const PromptFile& file : plan.order.files) {
      items.push_back({{"key", file.name}, {"path", file.name}});
    }
    volumes.push_back(secret_volume("prompt", secret, std::move(items)));
  }
  if (!plan.settings.credential_secret.empty()) {
    volumes.push_back(secret_volume("credential", plan.settings.credential_secret,
                                    Json::array({{{"key", "token"}, {"path", "token"}}})));
  }
  for (const std::string_view name : {"mirrors", "runs", "out", "home", "tmp"}) {
    volumes.push_back({{"name", name}, {"emptyDir", Json::object()}});
  }
  return volumes;
}

Json make_pod_spec(const TurnJobPlan& plan) {
  return {{"initContainers", Json::array({make_carrier(plan, pod_container::clone), make_agent(plan)})},
          {"containers", Json::array({make_carrier(plan, pod_container::push)})},
          {"volumes", make_volumes(plan)},
          {"terminationGracePeriodSeconds", 30},
          {"securityContext",
           {{"runAsNonRoot", true},
            {"runAsUser", nobody},
            {"runAsGroup", nobody},
            {"fsGroup", nobody},
            {"seccompProfile", {{"type", "RuntimeDefault"}}}}}};
}

// --- the operator's template ---

struct WrongTemplate {
  std::string reason;
};

bool has_names(const Json& list) {
  return list.is_array() && std::ranges::all_of(list, [](const Json& entry) {
           return entry.is_object() && entry.contains("name") && entry.at("name").is_string();
         });
}

// The template wins; depth is bounded by the parser that read it.
void merge(Json& built_in, const Json& wanted) { // NOLINT(misc-no-recursion)
  if (built_in.is_object() && wanted.is_object()) {
    for (const auto& [key, value] : wanted.items()) {
      if (built_in.contains(key)) {
        merge(built_in[key], value);
      } else {
        built_in[key] = value;
      }
    }
    return;
  }
  if (!built_in.empty() && has_names(built_in) && has_names(wanted)) {
    for (const Json& entry : wanted) {
      const auto same = std::ranges::find_if(built_in, [&](const Json& one) { return one["name"] == entry["name"]; });
      if (same == built_in.end()) {
        built_in.push_back(entry);
      } else {
        merge(*same, entry);
      }
    }
    return;
  }
  built_in = wanted;
}

Json* find_container(Json& pod_spec, std::string_view name) {
  for (const char* list : {"initContainers", "containers"}) {
    for (Json& container : pod_spec[list]) {
      if (container["name"] == name) {
        return &container;
      }
    }
  }
  return nullptr;
}

// Whether a volume, or one of the sources that it is put together from, is the forge's Secret, a service account's
// token, or the Secret of an order, which is not for the agent whole.
bool holds_guarded(const TurnJobPlan& plan, const Json& volume) {
  const std::string order_secret = derive_job_name(plan.order.run, plan.slot);
  const auto is_guarded = [&](const std::string& secret) {
    return !secret.empty() && (secret == plan.settings.credential_secret || secret == order_secret);
  };
  if (volume.contains("secret") && volume["secret"].is_object() && volume.value("name", "") != "prompt" &&
      is_guarded(volume["secret"].value("secretName", ""))) {
    return true;
  }
  if (!volume.contains("projected") || !volume["projected"].is_object()) {
    return false;
  }
  for (const Json& source : volume["projected"].value("sources", Json::array())) {
    const Json secret = source.value("secret", Json::object());
    if (source.contains("serviceAccountToken") || (secret.is_object() && is_guarded(secret.value("name", "")))) {
      return true;
    }
  }
  return false;
}

void refuse_credential_in_agent(const TurnJobPlan& plan, Json& pod_spec) {
  std::vector<std::string> guarded{"credential", "order"};
  for (const Json& volume : pod_spec["volumes"]) {
    if (holds_guarded(plan, volume)) {
      guarded.push_back(volume.value("name", ""));
    }
  }
  const Json* const agent = find_container(pod_spec, pod_container::agent);
  const std::string environment =
      agent->value("envFrom", Json::array()).dump() + agent->value("env", Json::array()).dump();
  for (const Json& mount : agent->value("volumeMounts", Json::array())) {
    if (std::ranges::find(guarded, mount.value("name", "")) != guarded.end()) {
      throw WrongTemplate{fmt::format("its container agent mounts \"{}\", which holds what the agent must not see",
                                      mount.value("name", ""))};
    }
  }
  const bool names_secret = !plan.settings.credential_secret.empty() &&
                            environment.find(Json(plan.settings.credential_secret).dump()) != std::string::npos;
  if (names_secret) {
    throw WrongTemplate{"its container agent takes the forge's token into its environment"};
  }
}

// What the protocol of a turn depends on, whatever a template says.
void enforce(const TurnJobPlan& plan, Json& job) {
  Json& spec = job["spec"];
  spec["parallelism"] = 1;
  spec["completions"] = 1;
  spec["backoffLimit"] = 0;
  spec["podReplacementPolicy"] = "Failed";
  spec["suspend"] = false;
  const std::int64_t shortest = std::max<std::int64_t>(shortest_time_to_live, plan.settings.longest_run.count());
  if (spec["ttlSecondsAfterFinished"].get<std::int64_t>() < shortest) {
    throw WrongTemplate{fmt::format("the ttlSecondsAfterFinished is under {}, which is what a run may wait by the "
                                    "[lifecycle] of the configuration: a Job that goes before its run is over could "
                                    "be started a second time. Write ttlSecondsAfterFinished = {} into the template",
                                    shortest, shortest)};
  }
  const auto deadline = spec["activeDeadlineSeconds"].get<std::int64_t>();
  if (deadline < 2 * end_margin) {
    throw WrongTemplate{fmt::format("its activeDeadlineSeconds is under {}", 2 * end_margin)};
  }
  Json& pod = spec["template"]["spec"];
  pod["restartPolicy"] = "Never";
  pod["automountServiceAccountToken"] = false;
  pod["enableServiceLinks"] = false;
  for (const std::string_view name : {pod_container::clone, pod_container::agent, pod_container::push}) {
    Json* const container = find_container(pod, name);
    const bool is_agent = name == pod_container::agent;
    const Json own = is_agent ? make_agent(plan) : make_carrier(plan, name);
    (*container)["command"] = own["command"];
    (*container)["args"] = own["args"];
    if (!container->contains("image") || !(*container)["image"].is_string() || (*container)["image"] == "") {
      throw WrongTemplate{fmt::format("the container {} has no image: write {} beside the executor's kind", name,
                                      is_agent ? "image" : "carrier_image")};
    }
    if (is_agent) {
      for (Json& variable : (*container)["env"]) {
        if (variable["name"] == "AFK_SECONDS") {
          variable["value"] = fmt::format("{}", deadline - end_margin);
        }
      }
    }
  }
  if (pod["containers"].size() != 1 || pod["initContainers"].size() != 2) {
    throw WrongTemplate{"a turn's pod has the init containers clone and agent and the container push, and no others"};
  }
  refuse_credential_in_agent(plan, pod);
}

Json make_turn_job(const TurnJobPlan& plan) {
  const Json labels = make_labels(attempt_of(plan), "turn", plan.order.turn.text);
  return {{"apiVersion", "batch/v1"},
          {"kind", "Job"},
          {"spec",
           {{"activeDeadlineSeconds", built_in_deadline},
            {"ttlSecondsAfterFinished", derive_time_to_live(plan.settings)},
            {"template", {{"metadata", {{"labels", labels}}}, {"spec", make_pod_spec(plan)}}}}}};
}

void name_turn_job(const TurnJobPlan& plan, Json& job) {
  Json metadata{{"name", derive_job_name(plan.order.run, plan.slot)}, {"namespace", plan.settings.job_namespace}};
  metadata["labels"] = job.value("metadata", Json::object()).value("labels", Json::object());
  metadata["annotations"] = job.value("metadata", Json::object()).value("annotations", Json::object());
  merge(metadata["labels"], make_labels(attempt_of(plan), "turn", plan.order.turn.text));
  merge(metadata["annotations"], {{job_note::issue, render_issue_ref(plan.order.issue)},
                                  {job_note::agent, plan.order.agent},
                                  {job_note::model, plan.order.model},
                                  {job_note::verify_head, plan.order.verify_head}});
  job["metadata"] = std::move(metadata);
  merge(job["spec"]["template"]["metadata"]["labels"], make_labels(attempt_of(plan), "turn", plan.order.turn.text));
}

std::string render(const Json& json) {
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

} // namespace

Result<std::string> render_turn_job(const TurnJobPlan& plan) {
  try {
    Json job = make_turn_job(plan);
    if (!plan.settings.job_template.empty()) {
      const Json wanted = Json::parse(plan.settings.job_template);
      if (!wanted.is_object() || wanted.value("kind", "Job") != "Job") {
        throw WrongTemplate{"it is no Job"};
      }
      merge(job, wanted);
      job["apiVersion"] = "batch/v1";
      job["kind"] = "Job";
      job.erase("status");
    }
    enforce(plan, job);
    name_turn_job(plan, job);
    return render(job);
  } catch (const WrongTemplate& wrong) {
    return Error{.kind = ErrorKind::configuration,
                 .message = fmt::format("the Job's template cannot be used: {}", clean_single_line(wrong.reason))};
  } catch (const Json::exception& wrong) {
    return Error{.kind = ErrorKind::configuration,
                 .message = fmt::format("the Job's template cannot be used: {}", clean_single_line(wrong.what()))};
  }
}

Result<void> check_job_settings(const KubernetesJobSettings& settings) {
  Order order;
  order.kind = TurnKind::first;
  const auto job = render_turn_job({.settings = settings, .order = order, .slot = 1, .agent = {}});
  return job ? Result<void>() : Result<void>(job.error());
}

std::string render_marker_job(const MarkerPlan& plan) {
  const bool is_stop = plan.stopped != nullptr;
  const Json labels = make_labels(plan.attempt, is_stop ? "stop" : "seal", is_stop ? plan.stopped->turn.text : "");
  Json notes = Json::object();
  if (is_stop) {
    notes = {{job_note::issue, render_issue_ref(plan.stopped->issue)},
             {job_note::agent, plan.stopped->agent},
             {job_note::model, plan.stopped->model},
             {job_note::verify_head, plan.stopped->verify_head},
             {job_note::stopped_slot, fmt::format("{}", plan.stopped->slot)},
             {job_note::started_at, plan.started_at ? render_timestamp(*plan.started_at) : ""},
             {job_note::head_before, plan.head_before}};
  }
  Json pod_spec{
      {"restartPolicy", "Never"},
      {"automountServiceAccountToken", false},
      {"securityContext",
       {{"runAsNonRoot", true}, {"runAsUser", nobody}, {"seccompProfile", {{"type", "RuntimeDefault"}}}}},
      {"containers",
       Json::array({{{"name", "none"},
                     {"image", plan.settings.carrier_image.empty() ? "afk" : plan.settings.carrier_image},
                     {"command", Json::array({"true"})},
                     {"resources", {{"requests", {{"cpu", "1m"}, {"memory", "1Mi"}}}, {"limits", {{"memory", "1Mi"}}}}},
                     {"securityContext", make_container_security()}}})}};
  const Json job{{"apiVersion", "batch/v1"},
                 {"kind", "Job"},
                 {"metadata",
                  {{"name", derive_job_name(plan.attempt.run, plan.slot)},
                   {"namespace", plan.settings.job_namespace},
                   {"labels", labels},
                   {"annotations", std::move(notes)}}},
                 {"spec",
                  {{"parallelism", 0},
                   {"completions", 0},
                   {"backoffLimit", 0},
                   {"activeDeadlineSeconds", 1},
                   {"ttlSecondsAfterFinished", derive_time_to_live(plan.settings)},
                   {"template", {{"metadata", {{"labels", labels}}}, {"spec", std::move(pod_spec)}}}}}};
  return render(job);
}

std::string render_order_secret(const OrderSecretPlan& plan) {
  Json data{{"carry.json", render_base64(plan.carry_order)}};
  if (plan.order.kind != TurnKind::verify) {
    data["prompt.md"] = render_base64(plan.order.prompt);
    for (const PromptFile& file : plan.order.files) {
      data[file.name] = render_base64(file.bytes);
    }
  }
  const AttemptName attempt{.run = plan.order.run, .redispatch = plan.order.redispatch};
  return render(Json{
      {"apiVersion", "v1"},
      {"kind", "Secret"},
      {"metadata",
       {{"name", plan.name},
        {"namespace", plan.job_namespace},
        {"labels", make_labels(attempt, "turn", plan.order.turn.text)},
        {"ownerReferences",
         Json::array({{{"apiVersion", "batch/v1"}, {"kind", "Job"}, {"name", plan.name}, {"uid", plan.job_uid}}})}}},
      {"type", "Opaque"},
      {"immutable", true},
      {"data", std::move(data)}});
}

std::string render_secret_probe(const std::string& job) {
  return render(Json{{"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", {{"name", job}}}});
}

std::string render_job_deletion(const JobRecord& job) {
  return render(Json{{"apiVersion", "v1"},
                     {"kind", "DeleteOptions"},
                     {"propagationPolicy", "Foreground"},
                     {"preconditions", {{"uid", job.uid}, {"resourceVersion", job.resource_version}}}});
}

std::vector<std::string> fill_agent_argv(const std::vector<std::string>& argv, std::string_view model) {
  const auto replace_all = [](std::string text, std::string_view what, std::string_view by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
      text.replace(at, what.size(), by);
    }
    return text;
  };
  std::vector<std::string> filled;
  for (const std::string& argument : argv) {
    if (argument == "{model}" && model.empty()) {
      if (filled.size() > 1 && filled.back().starts_with('-')) {
        filled.pop_back();
      }
      continue;
    }
    filled.push_back(replace_all(replace_all(argument, "{prompt_file}", pod_path::prompt), "{model}", model));
  }
  return filled;
}

} // namespace afk::adapter
