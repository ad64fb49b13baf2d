#include <afk/adapter/kubernetes_codec.hpp>

#include <afk/core/text.hpp>
#include <afk/http/status.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace afk::adapter {
namespace {

using Json = nlohmann::json;

constexpr int deepest_answer = 64;
constexpr std::size_t longest_message = 500; // bytes of the server's words that people see

struct WrongAnswer {
  std::string reason;
};

Json parse_bounded(std::string_view bytes) {
  return Json::parse(bytes, [](int depth, Json::parse_event_t /*event*/, Json& /*parsed*/) {
    if (depth > deepest_answer) {
      throw WrongAnswer{"it is nested too deep"};
    }
    return true;
  });
}

// An empty object stands for what is absent or null.
const Json& find_object(const Json& object, const char* key) {
  static const Json nothing = Json::object();
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) {
    return nothing;
  }
  if (!found->is_object()) {
    throw WrongAnswer{fmt::format("{} is no object", key)};
  }
  return *found;
}

const Json& find_list(const Json& object, const char* key) {
  static const Json nothing = Json::array();
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) {
    return nothing;
  }
  if (!found->is_array()) {
    throw WrongAnswer{fmt::format("{} is no list", key)};
  }
  for (const Json& entry : *found) {
    if (!entry.is_object()) {
      throw WrongAnswer{fmt::format("{} holds what is no object", key)};
    }
  }
  return *found;
}

std::string find_text(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) {
    return "";
  }
  if (!found->is_string()) {
    throw WrongAnswer{fmt::format("{} is no text", key)};
  }
  return found->get<std::string>();
}

std::string read_text(const Json& object, const char* key) {
  std::string text = find_text(object, key);
  if (text.empty()) {
    throw WrongAnswer{fmt::format("{} is missing", key)};
  }
  return text;
}

std::optional<Timestamp> find_time(const Json& object, const char* key) {
  const std::string text = find_text(object, key);
  if (text.empty()) {
    return std::nullopt;
  }
  const auto moment = parse_timestamp(text);
  if (!moment) {
    throw WrongAnswer{fmt::format("{} is no time", key)};
  }
  return *moment;
}

std::map<std::string, std::string> read_texts(const Json& object) {
  std::map<std::string, std::string> texts;
  for (const auto& [key, value] : object.items()) {
    if (!value.is_string()) {
      throw WrongAnswer{fmt::format("{} is no text", key)};
    }
    texts.emplace(key, value.get<std::string>());
  }
  return texts;
}

template <typename Value, typename Read>
Result<Value> parse(std::string_view what, std::string_view bytes, Read read) {
  try {
    const Json json = parse_bounded(bytes);
    if (!json.is_object()) {
      throw WrongAnswer{"it is no object"};
    }
    return read(json);
  } catch (const WrongAnswer& wrong) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("the cluster's {} cannot be read: {}", what, wrong.reason)};
  } catch (const Json::exception&) {
    return Error{.kind = ErrorKind::malformed, .message = fmt::format("the cluster's {} is no JSON", what)};
  }
}

bool is_true(const Json& condition) {
  return find_text(condition, "status") == "True";
}

JobRecord read_job(const Json& json) {
  const Json& metadata = find_object(json, "metadata");
  const Json& status = find_object(json, "status");
  JobRecord job;
  job.name = read_text(metadata, "name");
  job.uid = read_text(metadata, "uid");
  job.resource_version = find_text(metadata, "resourceVersion");
  job.labels = read_texts(find_object(metadata, "labels"));
  job.annotations = read_texts(find_object(metadata, "annotations"));
  job.created_at = find_time(metadata, "creationTimestamp").value_or(Timestamp{});
  job.started_at = find_time(status, "startTime");
  if (!find_text(metadata, "deletionTimestamp").empty()) {
    job.deletion = JobRecord::Deletion::asked;
  }
  for (const Json& condition : find_list(status, "conditions")) {
    const std::string type = find_text(condition, "type");
    if (!is_true(condition) || (type != "Complete" && type != "Failed")) {
      continue;
    }
    job.state = type == "Complete" ? JobRecord::State::complete : JobRecord::State::failed;
    job.reason = find_text(condition, "reason");
    job.message = find_text(condition, "message");
    job.ended_at = find_time(condition, "lastTransitionTime");
  }
  return job;
}

ContainerRecord read_container(const Json& status) {
  ContainerRecord container;
  const Json& state = find_object(status, "state");
  const auto read = [&](const char* key, ContainerRecord::State value) {
    const Json& body = find_object(state, key);
    if (!state.contains(key) || state.at(key).is_null()) {
      return;
    }
    container.state = value;
    container.reason = find_text(body, "reason");
    container.message = find_text(body, "message");
    container.started_at = find_time(body, "startedAt");
    container.ended_at = find_time(body, "finishedAt");
    if (value == ContainerRecord::State::terminated) {
      const auto code = body.find("exitCode");
      if (code == body.end() || !code->is_number_integer()) {
        throw WrongAnswer{"exitCode is no number"};
      }
      container.exit_code = code->get<int>();
    }
  };
  container.state = ContainerRecord::State::waiting; // what a status without a state means
  read("waiting", ContainerRecord::State::waiting);
  read("running", ContainerRecord::State::running);
  read("terminated", ContainerRecord::State::terminated);
  return container;
}

PodRecord::Phase read_phase(std::string_view text) {
  using Phase = PodRecord::Phase;
  constexpr std::array names{
      std::pair{std::string_view("Pending"), Phase::pending}, std::pair{std::string_view("Running"), Phase::running},
      std::pair{std::string_view("Succeeded"), Phase::succeeded}, std::pair{std::string_view("Failed"), Phase::failed}};
  for (const auto& [name, phase] : names) {
    if (name == text) {
      return phase;
    }
  }
  return Phase::unknown;
}

PodRecord read_pod(const Json& json) {
  const Json& metadata = find_object(json, "metadata");
  const Json& status = find_object(json, "status");
  PodRecord pod;
  pod.name = read_text(metadata, "name");
  const auto labels = read_texts(find_object(metadata, "labels"));
  for (const char* key : {"job-name", "batch.kubernetes.io/job-name"}) {
    if (const auto label = labels.find(key); label != labels.end()) {
      pod.job = label->second;
    }
  }
  pod.phase = read_phase(find_text(status, "phase"));
  pod.reason = find_text(status, "reason");
  pod.message = find_text(status, "message");
  pod.created_at = find_time(metadata, "creationTimestamp").value_or(Timestamp{});
  for (const Json& condition : find_list(status, "conditions")) {
    const std::string type = find_text(condition, "type");
    if (type == "DisruptionTarget" && is_true(condition)) {
      pod.disruption = PodRecord::Disruption::yes;
    }
    if (type == "PodScheduled" && find_text(condition, "status") == "False") {
      pod.waiting_for = fmt::format("{}: {}", find_text(condition, "reason"), find_text(condition, "message"));
    }
  }
  for (const char* list : {"initContainerStatuses", "containerStatuses"}) {
    for (const Json& container : find_list(status, list)) {
      pod.containers.insert_or_assign(read_text(container, "name"), read_container(container));
    }
  }
  return pod;
}

std::int64_t find_count(const Json& object, const char* key, std::int64_t otherwise) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) {
    return otherwise;
  }
  if (!found->is_number_integer() || found->get<std::int64_t>() < 0) {
    throw WrongAnswer{fmt::format("{} is no count", key)};
  }
  return found->get<std::int64_t>();
}

RolloutRecord read_rollout(const Json& json) {
  const Json& metadata = find_object(json, "metadata");
  const Json& spec = find_object(json, "spec");
  const Json& status = find_object(json, "status");
  static_cast<void>(read_text(metadata, "uid")); // a Deployment, and no other object
  RolloutRecord rollout;
  rollout.generation = find_count(metadata, "generation", 0);
  rollout.observed_generation = find_count(status, "observedGeneration", 0);
  rollout.wanted = find_count(spec, "replicas", 1);
  rollout.all = find_count(status, "replicas", 0);
  rollout.updated = find_count(status, "updatedReplicas", 0);
  rollout.available = find_count(status, "availableReplicas", 0);
  rollout.template_annotations =
      read_texts(find_object(find_object(find_object(spec, "template"), "metadata"), "annotations"));
  for (const Json& condition : find_list(status, "conditions")) {
    if (find_text(condition, "type") != "Progressing") {
      continue;
    }
    rollout.changed_at = find_time(condition, "lastUpdateTime");
    if (find_text(condition, "status") == "False") {
      rollout.progress = RolloutRecord::Progress::stuck;
      rollout.message = fmt::format("{}: {}", find_text(condition, "reason"), find_text(condition, "message"));
    }
  }
  return rollout;
}

template <typename Record, typename Read>
Result<ObjectPage<Record>> parse_page(std::string_view what, std::string_view bytes, Read read) {
  return parse<ObjectPage<Record>>(what, bytes, [&](const Json& json) {
    if (!json.contains("items")) {
      throw WrongAnswer{"items is missing"};
    }
    ObjectPage<Record> page;
    for (const Json& item : find_list(json, "items")) {
      page.items.push_back(read(item));
    }
    page.continue_token = find_text(find_object(json, "metadata"), "continue");
    return page;
  });
}

// The message of a Status; "" where the answer is none.
std::string find_status_message(const std::string& body) {
  try {
    const Json json = parse_bounded(body);
    return json.is_object() && find_text(json, "kind") == "Status" ? find_text(json, "message") : "";
  } catch (const WrongAnswer&) {
    return "";
  } catch (const Json::exception&) {
    return "";
  }
}

} // namespace

ContainerRecord PodRecord::find_container(const std::string& container) const {
  const auto found = containers.find(container);
  return found == containers.end() ? ContainerRecord{} : found->second;
}

Result<ObjectPage<JobRecord>> parse_job_list(std::string_view bytes) {
  return parse_page<JobRecord>("list of Jobs", bytes, read_job);
}

Result<JobRecord> parse_job(std::string_view bytes) {
  return parse<JobRecord>("Job", bytes, read_job);
}

Result<ObjectPage<PodRecord>> parse_pod_list(std::string_view bytes) {
  return parse_page<PodRecord>("list of pods", bytes, read_pod);
}

Result<RolloutRecord> parse_rollout(std::string_view bytes) {
  return parse<RolloutRecord>("Deployment", bytes, read_rollout);
}

Result<std::string> parse_object_uid(std::string_view bytes) {
  return parse<std::string>("answer", bytes,
                            [](const Json& json) { return read_text(find_object(json, "metadata"), "uid"); });
}

std::optional<Error> derive_api_error(const http::Response& response) {
  auto error = http::derive_status_error(response, "the cluster");
  if (!error) {
    return error;
  }
  const std::string said = clean_single_line(find_status_message(response.body));
  constexpr int forbidden = 403;
  if (response.status == forbidden && said.find("exceeded quota") != std::string::npos) {
    error->kind = ErrorKind::rate_limited;
  }
  if (!said.empty()) {
    error->message += ": " + truncate_text(said, {.max_bytes = longest_message, .note = "..."});
  }
  return error;
}

} // namespace afk::adapter
