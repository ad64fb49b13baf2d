#pragma once
// Agents as Jobs of a Kubernetes cluster. executor_kubernetes_log.hpp says how a run lies in it and why every turn
// starts at most once; executor_kubernetes_job_codec.hpp what a turn's pod does.
//
// The identity is the uid of the Jobs' namespace: a cluster has one of them, and who deletes the namespace deletes the
// runs with it, so that they are unreachable afterwards and not vanished.
//
// Rights, all in that namespace: get the namespace itself; create, get, list and delete Jobs; create and delete
// Secrets; list pods; get their logs.
//
// A start is two requests, the Job and its Secret. A Job without its Secret has pods that wait, so that a start which
// was cut short runs nothing: it is not shown, and the next order of the same turn finishes it. Whether the Secret is
// there is asked by a create that is a dry run, which needs no right to read it.
//
// Stopping deletes the Job once its pods are gone; until then its turn is live. What an agent had not finished by then
// is lost, since publishing comes after it. A turn takes no answer while it runs.

#include <afk/adapter/executor_kubernetes_job_codec.hpp>
#include <afk/adapter/executor_kubernetes_log.hpp>
#include <afk/adapter/kubernetes_api.hpp>
#include <afk/port/clock.hpp>
#include <afk/port/executor.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace afk::adapter {

// How the pods of a turn reach its repository.
struct PodSource {
  std::string clone_url; // a remote: a path of this machine is none of a pod's
  std::string base;      // "" = the remote's default branch
  std::vector<std::string> protected_paths;
};

struct KubernetesExecutorSetup {
  KubernetesJobSettings jobs;
  std::map<std::string, KubernetesAgent> agents;
  std::function<Result<PodSource>(const RepositoryName& repository)> derive_source;
  // Whether the remote holds the head that a verify turn is about. Fails where it does not, or cannot tell.
  std::function<Result<void>(const Order& order)> check_head;
  // What a dry run, `why` and `status` say: nothing is written then.
  enum class Access : std::uint8_t { read_write, read_only } access = Access::read_write;
};

class KubernetesExecutor final : public Executor {
 public:
  // `api` and `clock` outlive it.
  KubernetesExecutor(KubernetesExecutorSetup setup, KubernetesApi& api, Clock& clock);

  Result<ExecutorLook> look() override;
  std::vector<Result<std::optional<AttemptView>>> observe(std::span<const AttemptName> attempts) override;
  Result<Started> start(const Order& order) override;
  Result<void> interrupt(const AttemptName& attempt, Stop stop) override;
  Result<void> answer(const AttemptName& attempt, const TurnAnswer& answer) override; // always `refused`

 private:
  struct Sight {
    std::vector<RunEntry> log;
    std::vector<PodRecord> pods;
  };

  enum class Stopping : std::uint8_t { done, look_again };

  [[nodiscard]] std::string jobs_target() const;
  [[nodiscard]] std::string secrets_target() const;
  [[nodiscard]] std::string pods_target() const;
  Result<Sight> fetch_sight(const std::string& selector);
  // Answers the attempts, by place, of which a turn is not known well enough to be judged.
  std::map<std::size_t, Error> add_output(std::vector<AttemptView>& views, const Sight& sight);
  Result<TurnJobPlan> plan_job(const Order& order, int slot) const;
  Result<Started> create_secret(const Order& order, const JobRecord& job, StartOutcome outcome);
  Result<Stopping> append_marker(const MarkerPlan& plan);
  Result<Stopping> stop_turn(const Sight& sight, const TurnSight& turn);
  Result<Stopping> try_stop(const AttemptName& attempt, Stop stop);

  KubernetesExecutorSetup setup_;
  KubernetesApi& api_;
  Clock& clock_;
};

} // namespace afk::adapter
