#pragma once
// The objects that the Job executor creates, as JSON for the API server. Pure.
//
// A turn's pod runs three containers, one after the other: `clone` brings the repository, `agent` works in it, `push`
// publishes the run's branch. Only clone and push mount the forge's token; no container gets one of the cluster. What
// they share are folders: mirrors (read-only for the agent), runs, out. Prompt and files are a Secret named like the
// Job and owned by it; a pod waits until its Secret is there.
//
//   /afk/space/mirrors   the repository as the remote has it    /afk/prompt      what the agent is told (agent)
//   /afk/space/runs      the run's clone                        /afk/order       carry.json (clone and push)
//   /afk/out             an agent's exit code and its report    /afk/credential  the forge's token (clone and push)
//   /afk/home, /tmp      of the agent
//
// Checks have no out folder: the exit code of their container, as the cluster tells it, is the verdict, and after one
// that is not 0 no push runs. An agent's container ends with 0 so that push runs; its exit code is the agent's own
// word.
//
// The operator's template is a Job whose fields win over the built-in ones: objects are merged, lists of things with
// names (containers, volumes, environment) by name, other lists replaced. What the run depends on cannot be changed by
// it: commands, names, restartPolicy, backoffLimit, no service account's token. A template in which the agent's
// container mounts the forge's token or a service account's, by itself or projected, is refused.

#include <afk/adapter/executor_kubernetes_log.hpp>
#include <afk/core/agent_command.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>
#include <afk/port/executor.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace afk::adapter {

// Where things lie in a turn's pod.
namespace pod_path {
inline constexpr std::string_view space = "/afk/space";
inline constexpr std::string_view prompt = "/afk/prompt/prompt.md";
inline constexpr std::string_view prompt_folder = "/afk/prompt";
inline constexpr std::string_view report = "/afk/out/report.json";
} // namespace pod_path

struct KubernetesJobSettings {
  std::string job_namespace = {};
  std::string carrier_image = {};     // afk's own: clone and push
  std::string agent_image = {};       // the agents' programs, a shell and git
  std::string credential_secret = {}; // its key "token" opens the remote; "" = none
  std::string agent_secret = {};      // its keys become the agent's environment; "" = none
  std::string job_template = {};      // JSON; "" = the built-in one alone
  std::chrono::seconds longest_run{}; // no Job may go sooner after its end
};

// One row of the [agents] table in a pod. Its home goes with the pod, so that no turn goes on with an earlier session.
struct KubernetesAgent {
  std::vector<std::string> argv; // with its placeholders
  AgentCommand::Input input = AgentCommand::Input::prompt;
  AgentOutput output = AgentOutput::text;
  TokenPrices prices = {};
  std::vector<std::pair<std::string, std::string>> variables = {};
};

struct TurnJobPlan {
  const KubernetesJobSettings& settings;
  const Order& order;
  int slot = 0;
  KubernetesAgent agent; // of a verify turn nothing
};

// Fails with `configuration` where settings or template cannot make a Job.
Result<std::string> render_turn_job(const TurnJobPlan& plan);

// What can be said of them before there is an order. Fails as render_turn_job does.
Result<void> check_job_settings(const KubernetesJobSettings& settings);

// A Job without pods: it ends by itself, and is removed as long after that as a turn's Job is.
struct MarkerPlan {
  const KubernetesJobSettings& settings;
  AttemptName attempt;
  int slot = 0;
  const RunEntry* stopped = nullptr; // of a stop; absent: a seal
  std::optional<Timestamp> started_at = {};
  std::string head_before = {};
};

[[nodiscard]] std::string render_marker_job(const MarkerPlan& plan);

struct OrderSecretPlan {
  const Order& order;
  std::string job_namespace;
  std::string name; // of the Job
  std::string job_uid;
  std::string carry_order;
};

[[nodiscard]] std::string render_order_secret(const OrderSecretPlan& plan);

// A Secret of that Job's name without content, for a create that is a dry run.
[[nodiscard]] std::string render_secret_probe(const std::string& job);

// Deletes the Job when its pods are gone, and only if it is still as it was seen.
[[nodiscard]] std::string render_job_deletion(const JobRecord& job);

// An agent's argv with its placeholders filled in: "{prompt_file}" and "{model}"; without a model its flag goes too.
[[nodiscard]] std::vector<std::string> fill_agent_argv(const std::vector<std::string>& argv, std::string_view model);

} // namespace afk::adapter
