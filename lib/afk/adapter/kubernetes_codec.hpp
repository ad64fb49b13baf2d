#pragma once
// What a Kubernetes API server answers, as values: Jobs, their pods, Status objects. Pure.
//
// Field names and meanings: the API's own description (io.k8s.api.batch.v1.Job, io.k8s.api.core.v1.Pod,
// io.k8s.apimachinery.pkg.apis.meta.v1.Status). Absent and null are alike; a value of another type than described makes
// the whole answer `malformed`, and a state that is not known is never taken for a success.

#include <afk/core/result.hpp>
#include <afk/core/time.hpp>
#include <afk/http/message.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk::adapter {

struct JobRecord {
  enum class State : std::uint8_t { live, complete, failed }; // live: no condition ended it, whatever its pods do
  enum class Deletion : std::uint8_t { no, asked };           // asked: its pods are still being stopped

  std::string name = {};
  std::string uid = {};
  std::string resource_version = {};
  std::map<std::string, std::string> labels = {};
  std::map<std::string, std::string> annotations = {};
  Timestamp created_at = {};
  std::optional<Timestamp> started_at = {};
  std::optional<Timestamp> ended_at = {};
  State state = State::live;
  std::string reason = {};  // of the condition that ended it: "DeadlineExceeded"
  std::string message = {}; // hostile: it may repeat what a container said
  Deletion deletion = Deletion::no;

  friend bool operator==(const JobRecord&, const JobRecord&) = default;
};

struct ContainerRecord {
  enum class State : std::uint8_t { absent, waiting, running, terminated };

  State state = State::absent;
  std::string reason = {};  // "ImagePullBackOff", "OOMKilled"
  std::string message = {}; // of a terminated one what it wrote to its termination log: hostile
  int exit_code = 0;        // of a terminated one
  std::optional<Timestamp> started_at = {};
  std::optional<Timestamp> ended_at = {};

  friend bool operator==(const ContainerRecord&, const ContainerRecord&) = default;
};

struct PodRecord {
  enum class Phase : std::uint8_t { unknown, pending, running, succeeded, failed };

  std::string name = {};
  std::string job = {}; // by its label
  Phase phase = Phase::unknown;
  std::string reason = {}; // "Evicted", "NodeLost"
  std::string message = {};
  std::string waiting_for = {};                                                 // why it is not scheduled
  enum class Disruption : std::uint8_t { no, yes } disruption = Disruption::no; // the cluster ended it
  Timestamp created_at = {};
  std::map<std::string, ContainerRecord> containers = {}; // init containers too

  // Absent where the pod has none of that name.
  [[nodiscard]] ContainerRecord find_container(const std::string& container) const;

  friend bool operator==(const PodRecord&, const PodRecord&) = default;
};

template <typename Record>
struct ObjectPage {
  std::vector<Record> items;
  std::string continue_token; // "" on the last page
};

Result<ObjectPage<JobRecord>> parse_job_list(std::string_view bytes);
Result<JobRecord> parse_job(std::string_view bytes);
Result<ObjectPage<PodRecord>> parse_pod_list(std::string_view bytes);

// How far a Deployment's controller has come
// (https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status).
struct RolloutRecord {
  std::int64_t generation = 0;
  std::int64_t observed_generation = 0; // the counts below are of this one
  std::int64_t wanted = 1;              // pods
  std::int64_t all = 0;                 // those of older templates too
  std::int64_t updated = 0;             // of the newest template
  std::int64_t available = 0;
  std::map<std::string, std::string> template_annotations = {};
  enum class Progress : std::uint8_t { going, stuck } progress = Progress::going; // stuck: past its deadline
  std::string message = {};                                                       // why it is stuck: hostile
  std::optional<Timestamp> changed_at = {};                                       // when it last came further
};

Result<RolloutRecord> parse_rollout(std::string_view bytes);

// metadata.uid of any object.
Result<std::string> parse_object_uid(std::string_view bytes);

// Absent for success. The server's own words come along, cleaned and cut. Kinds as http/status.hpp, and a quota that is
// used up, which is a 403 too, is `rate_limited`: it passes.
[[nodiscard]] std::optional<Error> derive_api_error(const http::Response& response);

} // namespace afk::adapter
