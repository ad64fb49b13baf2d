#include <support/fake_kubernetes.hpp>

#include <support/files.hpp>
#include <support/kubernetes_schema.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace afk::test {
namespace {

using Json = nlohmann::json;

std::string now_text() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

std::string decode(const std::string& text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size()) {
      plain += static_cast<char>(std::stoi(text.substr(at + 1, 2), nullptr, 16));
      at += 2;
    } else {
      plain += text[at];
    }
  }
  return plain;
}

std::map<std::string, std::string> parse_query(const std::string& target) {
  std::map<std::string, std::string> query;
  const auto mark = target.find('?');
  if (mark == std::string::npos) {
    return query;
  }
  std::istringstream stream(target.substr(mark + 1));
  for (std::string pair; std::getline(stream, pair, '&');) {
    const auto equals = pair.find('=');
    query[decode(pair.substr(0, equals))] = equals == std::string::npos ? "" : decode(pair.substr(equals + 1));
  }
  return query;
}

// "a=b,c in (d,e)" and nothing else.
bool selects(const std::string& selector, const Json& labels) {
  static const std::regex term(R"(([^=, ]+)=([^,]*)|([^ ,]+) in \(([^)]*)\))");
  for (std::sregex_iterator match(selector.begin(), selector.end(), term), end; match != end; ++match) {
    const std::string key = (*match)[1].matched ? (*match)[1].str() : (*match)[3].str();
    const std::string value = labels.value(key, "");
    if ((*match)[1].matched ? value != (*match)[2].str()
                            : ("," + (*match)[4].str() + ",").find("," + value + ",") == std::string::npos) {
      return false;
    }
  }
  return true;
}

std::string replace_all(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

std::string decode_base64(const std::string& text) {
  static const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned group = 0;
  int bits = 0;
  for (const char character : text) {
    const auto value = alphabet.find(character);
    if (value == std::string::npos) {
      break;
    }
    group = (group << 6U) | static_cast<unsigned>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>((group >> static_cast<unsigned>(bits)) & 0xFFU);
    }
  }
  return bytes;
}

Json set_condition(Json status, const std::string& type, const std::string& reason) {
  status["conditions"] = Json::array({{{"type", type},
                                       {"status", "True"},
                                       {"reason", reason},
                                       {"lastProbeTime", now_text()},
                                       {"lastTransitionTime", now_text()}}});
  return status;
}

// What the Role of deploy/kubernetes lets afk do.
bool is_allowed(const std::string& verb, const std::string& resource) {
  static const std::set<std::string> rights{"get namespaces", "create jobs",    "get jobs",       "list jobs",
                                            "delete jobs",    "create secrets", "delete secrets", "list pods",
                                            "get pods/log",   "get deployments"};
  return rights.contains(verb + " " + resource);
}

std::string reason_phrase(int status) {
  static const std::map<int, std::string> phrases{
      {200, "OK"},        {201, "Created"},   {202, "Accepted"}, {400, "Bad Request"},         {401, "Unauthorized"},
      {403, "Forbidden"}, {404, "Not Found"}, {409, "Conflict"}, {422, "Unprocessable Entity"}};
  return fmt::format("{} {}", status, phrases.at(status));
}

} // namespace

FakeKubernetes::FakeKubernetes(FakeKubernetesSettings settings)
    : settings_(std::move(settings)), server_([this](const ReceivedRequest& request) { return serve(request); }) {}

FakeKubernetes::~FakeKubernetes() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& [pod, group] : running_) {
      kill(-group, SIGKILL);
    }
  }
  changed_.notify_all();
  for (std::thread& node : nodes_) {
    node.join();
  }
}

std::vector<std::string> FakeKubernetes::complaints() const {
  const std::lock_guard lock(mutex_);
  return complaints_;
}

std::vector<Json> FakeKubernetes::jobs(const std::string& space) const {
  const std::lock_guard lock(mutex_);
  std::vector<Json> jobs;
  if (const auto found = spaces_.find(space); found != spaces_.end()) {
    for (const auto& [name, job] : found->second.jobs) {
      jobs.push_back(job);
    }
  }
  return jobs;
}

std::vector<std::string> FakeKubernetes::secrets(const std::string& space) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  if (const auto found = spaces_.find(space); found != spaces_.end()) {
    for (const auto& [name, secret] : found->second.secrets) {
      names.push_back(name);
    }
  }
  return names;
}

void FakeKubernetes::on_request(std::function<Fate(const ReceivedRequest&)> hook) {
  const std::lock_guard lock(mutex_);
  hook_ = std::move(hook);
}

void FakeKubernetes::put_pod_status(const std::string& space, const std::string& pod, const Json& status) {
  const std::lock_guard lock(mutex_);
  space_of(space).pods.at(pod)["status"] = status;
}

void FakeKubernetes::put_job_status(const std::string& space, const std::string& job, const Json& status) {
  const std::lock_guard lock(mutex_);
  Json& stored = space_of(space).jobs.at(job);
  stored["status"] = status;
  stored["metadata"]["resourceVersion"] = std::to_string(++version_);
}

void FakeKubernetes::put_deployment(const std::string& space, const Json& deployment) {
  const std::lock_guard lock(mutex_);
  space_of(space).deployments[deployment.at("metadata").at("name").get<std::string>()] = deployment;
}

void FakeKubernetes::add_pod(const std::string& space, const std::string& job, const std::string& pod) {
  const std::lock_guard lock(mutex_);
  Space& place = space_of(space);
  place.pods[pod] = {{"metadata",
                      {{"name", pod},
                       {"namespace", space},
                       {"uid", fmt::format("pod-uid-{}", ++uids_)},
                       {"creationTimestamp", now_text()},
                       {"labels", place.jobs.at(job)["spec"]["template"]["metadata"]["labels"]}}},
                     {"spec", place.jobs.at(job)["spec"]["template"]["spec"]},
                     {"status", {{"phase", "Pending"}}}};
}

void FakeKubernetes::remove_secret(const std::string& space, const std::string& name) {
  const std::lock_guard lock(mutex_);
  space_of(space).secrets.erase(name);
}

void FakeKubernetes::set_log(const std::string& pod, const std::string& text) {
  const std::lock_guard lock(mutex_);
  fixed_logs_[pod] = text;
}

void FakeKubernetes::lose_node_of(const std::string& space, const std::string& job) {
  std::unique_lock lock(mutex_);
  for (auto& [name, pod] : space_of(space).pods) {
    if (pod["metadata"]["labels"].value("job-name", "") != job) {
      continue;
    }
    lost_.insert(name);
    if (const auto group = running_.find(name); group != running_.end()) {
      kill(-group->second, SIGKILL);
    }
  }
  changed_.wait_for(lock, std::chrono::seconds(10), [&] {
    const auto found = spaces_[space].jobs.find(job);
    return found == spaces_[space].jobs.end() || found->second["status"].contains("conditions");
  });
}

int FakeKubernetes::count_starts(const std::string& turn, const std::string& container) const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(std::ranges::count(starts_, std::pair(turn, container)));
}

std::string FakeKubernetes::log_of(const std::string& turn) const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const auto& [name, space] : spaces_) {
    for (const auto& [pod_name, pod] : space.pods) {
      const auto file = logs_.find(pod_name);
      if (file != logs_.end() && pod["metadata"]["labels"].value("afk/turn", "") == turn) {
        text += get_file(file->second);
      }
    }
  }
  return text;
}

// --- the API server ---

FakeKubernetes::Space& FakeKubernetes::space_of(const std::string& name) {
  Space& space = spaces_[name];
  if (space.uid.empty()) {
    space.uid = fmt::format("0f0e0d0c-0000-4000-8000-{:012}", ++uids_);
  }
  return space;
}

void FakeKubernetes::complain(const std::string& what) {
  complaints_.push_back(what);
}

FakeKubernetes::Answer FakeKubernetes::fail(int status, const std::string& reason, const std::string& message) const {
  return {.status = status,
          .body = Json{{"kind", "Status"},
                       {"apiVersion", "v1"},
                       {"metadata", Json::object()},
                       {"status", "Failure"},
                       {"message", message},
                       {"reason", reason},
                       {"code", status}}
                      .dump()};
}

ServerAnswer FakeKubernetes::serve(const ReceivedRequest& request) {
  std::function<Fate(const ReceivedRequest&)> hook;
  {
    const std::lock_guard lock(mutex_);
    hook = hook_;
  }
  const Fate fate = hook ? hook(request) : Fate::served;
  if (fate == Fate::lost_before) {
    return {.bytes = "", .end = ServerAnswer::End::reset};
  }
  Answer answered;
  {
    const std::lock_guard lock(mutex_);
    answered = answer(request);
  }
  changed_.notify_all();
  if (fate == Fate::lost_after) {
    return {.bytes = "", .end = ServerAnswer::End::reset};
  }
  const bool is_text = request.target.find("/log?") != std::string::npos && answered.status == 200;
  ServerAnswer rendered{
      .bytes = render_answer(reason_phrase(answered.status), answered.body,
                             is_text ? "Content-Type: text/plain\r\n" : "Content-Type: application/json\r\n")};
  rendered.end = ServerAnswer::End::keep;
  return rendered;
}

FakeKubernetes::Answer FakeKubernetes::answer(const ReceivedRequest& request) {
  const auto header = request.headers.find("authorization");
  if (header == request.headers.end() || header->second != std::string("Bearer ") + token) {
    return fail(401, "Unauthorized", "Unauthorized");
  }
  Call call;
  call.method = request.method;
  call.query = parse_query(request.target);
  call.body = request.body;
  const std::string path = decode(request.target.substr(0, request.target.find('?')));
  static const std::regex pattern(
      R"(/(?:api/v1|apis/batch/v1|apis/apps/v1)/namespaces/([^/]+)(?:/(jobs|pods|secrets|deployments)(?:/([^/]+)(/log)?)?)?)");
  std::smatch match;
  if (!std::regex_match(path, match, pattern)) {
    complain("no such path: " + path);
    return fail(404, "NotFound", "the server could not find the requested resource");
  }
  call.space = match[1].str();
  call.resource = match[2].matched ? match[2].str() + match[4].str() : "namespaces";
  call.name = match[2].matched ? match[3].str() : call.space;
  if (const auto* const schema = KubernetesSchema::try_load()) {
    const auto wrong =
        schema->judge_request({.method = call.method, .path = path, .query = call.query, .body = call.body});
    if (!wrong.empty()) {
      complain(fmt::format("{} {}: {}", call.method, path, wrong.front()));
      return fail(400, "BadRequest", "strict decoding error: " + wrong.front());
    }
  }
  const std::string verb = call.method == "POST"     ? "create"
                           : call.method == "DELETE" ? "delete"
                           : call.name.empty()       ? "list"
                                                     : "get";
  if (!is_allowed(verb, call.resource)) {
    complain(verb + " " + call.resource + " is none of afk's rights");
    return fail(
        403, "Forbidden",
        fmt::format("{} is forbidden: User \"afk\" cannot {} resource \"{}\"", call.resource, verb, call.resource));
  }
  return dispatch(call);
}

FakeKubernetes::Answer FakeKubernetes::dispatch(const Call& call) {
  Space& space = space_of(call.space);
  if (call.resource == "namespaces") {
    return {
        .body =
            Json{{"kind", "Namespace"}, {"apiVersion", "v1"}, {"metadata", {{"name", call.space}, {"uid", space.uid}}}}
                .dump()};
  }
  if (call.resource == "pods/log") {
    return read_log(call);
  }
  if (call.method == "POST") {
    return create(call);
  }
  if (call.method == "DELETE") {
    return remove(call);
  }
  if (call.name.empty()) {
    return list(call);
  }
  const auto& objects = call.resource == "jobs" ? space.jobs : space.deployments;
  const auto found = objects.find(call.name);
  return found == objects.end() ? fail(404, "NotFound", fmt::format("{} \"{}\" not found", call.resource, call.name))
                                : Answer{.body = found->second.dump()};
}

FakeKubernetes::Answer FakeKubernetes::create(const Call& call) {
  Json object = Json::parse(call.body);
  const std::string name = object["metadata"].value("name", "");
  static const std::regex label(R"([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)");
  static const std::regex value(R"(([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?)");
  if (!std::regex_match(name, label)) {
    complain("the name " + name + " is none");
    return fail(422, "Invalid", fmt::format("{} \"{}\" is invalid: metadata.name", call.resource, name));
  }
  const Json labels = object["metadata"].value("labels", Json::object());
  for (const auto& [key, one] : labels.items()) {
    if (!std::regex_match(one.get<std::string>(), value)) {
      complain("the label " + key + " has the value " + one.dump());
      return fail(422, "Invalid", "metadata.labels: Invalid value");
    }
  }
  Space& space = space_of(call.space);
  auto& objects = call.resource == "jobs" ? space.jobs : space.secrets;
  if (objects.contains(name)) {
    return fail(409, "AlreadyExists", fmt::format("{} \"{}\" already exists", call.resource, name));
  }
  object["metadata"]["namespace"] = call.space;
  object["metadata"]["uid"] = fmt::format("5c0ffee0-0000-4000-8000-{:012}", ++uids_);
  object["metadata"]["resourceVersion"] = std::to_string(++version_);
  object["metadata"]["creationTimestamp"] = now_text();
  if (call.query.contains("dryRun")) {
    return {.status = 201, .body = object.dump()};
  }
  if (call.resource == "jobs") {
    return create_job(call, std::move(object));
  }
  for (const Json& owner : object["metadata"].value("ownerReferences", Json::array())) {
    const auto job = space.jobs.find(owner.value("name", ""));
    if (job == space.jobs.end() || job->second["metadata"]["uid"] != owner["uid"]) {
      return {.status = 201, .body = object.dump()}; // collected at once: its owner is gone
    }
  }
  space.secrets[name] = object;
  return {.status = 201, .body = object.dump()};
}

FakeKubernetes::Answer FakeKubernetes::create_job(const Call& call, Json job) {
  for (const std::string& wrong : judge_restricted(job["spec"]["template"]["spec"])) {
    complain("pod security: " + wrong);
    return fail(403, "Forbidden", "violates PodSecurity \"restricted:latest\": " + wrong);
  }
  const std::string name = job["metadata"]["name"].get<std::string>();
  Json& labels = job["spec"]["template"]["metadata"]["labels"];
  for (const char* key : {"job-name", "batch.kubernetes.io/job-name"}) {
    labels[key] = name;
  }
  job["status"] = {{"startTime", now_text()}};
  if (job["spec"].value("completions", 1) == 0) {
    job["status"] = set_condition(job["status"], "Complete", "CompletionsReached");
  }
  space_of(call.space).jobs[name] = job;
  if (job["spec"].value("parallelism", 1) > 0 && settings_.node == FakeKubernetesSettings::Node::on) {
    start_pod(call.space, name);
  }
  return {.status = 201, .body = job.dump()};
}

FakeKubernetes::Answer FakeKubernetes::list(const Call& call) {
  const Space& space = space_of(call.space);
  const auto& objects = call.resource == "jobs" ? space.jobs : space.pods;
  const auto value = [&](const char* key) {
    const auto found = call.query.find(key);
    return found == call.query.end() ? "" : found->second;
  };
  Json items = Json::array();
  std::string last;
  const std::size_t limit = value("limit").empty() ? 500 : std::stoul(value("limit"));
  std::string more;
  for (const auto& [name, object] : objects) {
    if (name <= value("continue") ||
        !selects(value("labelSelector"), object["metadata"].value("labels", Json::object()))) {
      continue;
    }
    if (items.size() == limit) {
      more = last;
      break;
    }
    items.push_back(object);
    last = name;
  }
  Json metadata{{"resourceVersion", std::to_string(version_)}};
  if (!more.empty()) {
    metadata["continue"] = more;
  }
  return {.body = Json{
              {"kind", call.resource == "jobs" ? "JobList" : "PodList"},
              {"apiVersion", call.resource == "jobs" ? "batch/v1" : "v1"},
              {"metadata", metadata},
              {"items",
               items}}.dump()};
}

FakeKubernetes::Answer FakeKubernetes::remove(const Call& call) {
  Space& space = space_of(call.space);
  const auto job = space.jobs.find(call.name);
  if (call.resource != "jobs" || job == space.jobs.end()) {
    return fail(404, "NotFound", fmt::format("{} \"{}\" not found", call.resource, call.name));
  }
  const Json options = call.body.empty() ? Json::object() : Json::parse(call.body);
  const Json wanted = options.value("preconditions", Json::object());
  for (const char* key : {"uid", "resourceVersion"}) {
    if (wanted.contains(key) && wanted[key] != job->second["metadata"][key]) {
      return fail(409, "Conflict", "the object has been modified; please apply your changes to the latest version");
    }
  }
  job->second["metadata"]["deletionTimestamp"] = now_text();
  job->second["metadata"]["finalizers"] = Json::array({"foregroundDeletion"});
  bool has_pods = false;
  for (auto& [name, pod] : space.pods) {
    if (pod["metadata"]["labels"].value("job-name", "") != call.name) {
      continue;
    }
    pod["metadata"]["deletionTimestamp"] = now_text();
    if (const auto group = running_.find(name); group != running_.end()) {
      kill(-group->second, SIGKILL);
    }
    has_pods = has_pods || settings_.node == FakeKubernetesSettings::Node::on;
  }
  const Json deleted = job->second;
  if (!has_pods) {
    finish_deletion(space, call.name);
  }
  return {.body = deleted.dump()};
}

// The garbage collector: the Job's pods are gone, now the Job and what it owns go.
void FakeKubernetes::finish_deletion(Space& space, const std::string& job) {
  space.jobs.erase(job);
  space.secrets.erase(job);
  std::erase_if(space.pods,
                [&](const auto& pod) { return pod.second["metadata"]["labels"].value("job-name", "") == job; });
}

FakeKubernetes::Answer FakeKubernetes::read_log(const Call& call) {
  const Space& space = space_of(call.space);
  if (!space.pods.contains(call.name)) {
    return fail(404, "NotFound", fmt::format("pods \"{}\" not found", call.name));
  }
  if (const auto fixed = fixed_logs_.find(call.name); fixed != fixed_logs_.end()) {
    return {.body = fixed->second};
  }
  const auto file = logs_.find(call.name);
  if (file == logs_.end()) {
    return fail(400, "BadRequest", fmt::format("container \"agent\" in pod \"{}\" is waiting to start", call.name));
  }
  std::istringstream text(get_file(file->second));
  std::string stamped;
  for (std::string line; std::getline(text, line);) {
    stamped += fmt::format("{}.123456789Z {}\n", now_text().substr(0, 19), line);
  }
  return {.body = stamped};
}

// --- the Job controller and the node ---

void FakeKubernetes::start_pod(const std::string& space, const std::string& job) {
  const std::string pod = fmt::format("{}-{:05}", job, ++uids_);
  Json& stored = space_of(space).jobs.at(job);
  space_of(space).pods[pod] = {{"metadata",
                                {{"name", pod},
                                 {"namespace", space},
                                 {"uid", pod},
                                 {"creationTimestamp", now_text()},
                                 {"labels", stored["spec"]["template"]["metadata"]["labels"]}}},
                               {"spec", stored["spec"]["template"]["spec"]},
                               {"status", {{"phase", "Pending"}}}};
  nodes_.emplace_back([this, space, job, pod] { run_pod(space, job, pod); });
}

bool FakeKubernetes::fill_volumes(const std::string& space, const Json& pod_spec, const std::string& folder) {
  const std::map<std::string, std::string> places{{"order", "order"},
                                                  {"prompt", "prompt"},
                                                  {"credential", "credential"},
                                                  {"mirrors", "space/mirrors"},
                                                  {"runs", "space/runs"},
                                                  {"out", "out"},
                                                  {"home", "home"},
                                                  {"tmp", "tmp"}};
  for (const Json& volume : pod_spec["volumes"]) {
    const std::string place = folder + "/afk/" + places.at(volume["name"].get<std::string>());
    std::filesystem::create_directories(place);
    if (!volume.contains("secret")) {
      continue;
    }
    const auto& secrets = spaces_[space].secrets;
    const auto secret = secrets.find(volume["secret"]["secretName"].get<std::string>());
    if (secret == secrets.end()) {
      return false;
    }
    for (const Json& item : volume["secret"]["items"]) {
      put_file(place + "/" + item["path"].get<std::string>(),
               decode_base64(secret->second["data"][item["key"].get<std::string>()].get<std::string>()));
    }
  }
  return true;
}

void FakeKubernetes::run_pod(std::string space, std::string job, std::string pod) {
  const std::string folder = settings_.folder + "/" + pod;
  Json spec;
  {
    std::unique_lock lock(mutex_);
    spec = spaces_[space].pods.at(pod)["spec"];
    // The kubelet waits for the Secret, for as long as it takes.
    changed_.wait(lock, [&] {
      return stopping_ || lost_.contains(pod) ||
             spaces_[space].pods.at(pod)["metadata"].contains("deletionTimestamp") || fill_volumes(space, spec, folder);
    });
  }
  std::vector<Json> containers;
  for (const char* list : {"initContainers", "containers"}) {
    for (const Json& container : spec[list]) {
      containers.push_back(container);
    }
  }
  int code = 0;
  for (const Json& container : containers) {
    code = run_container(space, pod, container, folder);
    if (code != 0) {
      break;
    }
  }
  const std::lock_guard lock(mutex_);
  Space& place = spaces_[space];
  const auto found = place.jobs.find(job);
  if (found != place.jobs.end() && found->second["metadata"].contains("deletionTimestamp")) {
    finish_deletion(place, job);
  } else if (found != place.jobs.end()) {
    Json& status = place.pods.at(pod)["status"];
    status["phase"] = code == 0 && !lost_.contains(pod) ? "Succeeded" : "Failed";
    if (lost_.contains(pod)) {
      status["reason"] = "NodeLost";
    }
    const bool is_good = status["phase"] == "Succeeded";
    found->second["status"] = set_condition(found->second["status"], is_good ? "Complete" : "Failed",
                                            is_good ? "CompletionsReached" : "BackoffLimitExceeded");
    found->second["metadata"]["resourceVersion"] = std::to_string(++version_);
  }
  changed_.notify_all();
}

// Answers the exit code; 137 where the pod ended before the container or with it.
int FakeKubernetes::run_container(const std::string& space, const std::string& pod, const Json& container,
                                  const std::string& folder) {
  const std::string name = container["name"].get<std::string>();
  const std::string log = folder + "/" + name + ".log";
  const std::string message = folder + "/" + name + ".message";
  const auto translate = [&](const Json& text) {
    return replace_all(replace_all(text.get<std::string>(), "/afk/", folder + "/afk/"), "/dev/termination-log",
                       message);
  };
  std::vector<std::string> argv;
  for (const char* key : {"command", "args"}) {
    for (const Json& argument : container.value(key, Json::array())) {
      argv.push_back(translate(argument));
    }
  }
  if (argv.front() == "afk") {
    argv.front() = settings_.carrier;
  }
  std::vector<std::string> environment{"PATH=" + settings_.path};
  for (const Json& variable : container.value("env", Json::array())) {
    environment.push_back(variable["name"].get<std::string>() + "=" + translate(variable["value"]));
  }
  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> list;
    for (std::string& text : texts) {
      list.push_back(text.data());
    }
    list.push_back(nullptr);
    return list;
  };
  pid_t child = 0;
  std::string started_at;
  {
    const std::lock_guard lock(mutex_);
    Json& stored = spaces_[space].pods.at(pod);
    if (stopping_ || lost_.contains(pod) || stored["metadata"].contains("deletionTimestamp")) {
      return 137;
    }
    put_file(log, "");
    put_file(message, "");
    if (name == "agent") {
      logs_[pod] = log;
    }
    starts_.emplace_back(stored["metadata"]["labels"].value("afk/turn", ""), name);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_APPEND, 0);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    auto arguments = pointers(argv);
    auto variables = pointers(environment);
    posix_spawn(&child, argv.front().c_str(), &actions, &attributes, arguments.data(), variables.data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    running_[pod] = child;
    started_at = now_text();
    const char* const list = name == "push" ? "containerStatuses" : "initContainerStatuses";
    stored["status"]["phase"] = name == "push" ? "Running" : "Pending";
    stored["status"][list].push_back({{"name", name}, {"state", {{"running", {{"startedAt", started_at}}}}}});
  }
  int status = 0;
  waitpid(child, &status, 0);
  kill(-child, SIGKILL); // a container ends whole
  const std::lock_guard lock(mutex_);
  running_.erase(pod);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  const auto stored = spaces_[space].pods.find(pod);
  if (stored != spaces_[space].pods.end()) {
    Json& last = stored->second["status"][name == "push" ? "containerStatuses" : "initContainerStatuses"].back();
    last["state"] = {{"terminated",
                      {{"exitCode", code},
                       {"reason", code == 0 ? "Completed" : "Error"},
                       {"message", get_file(message).substr(0, 4096)},
                       {"startedAt", started_at},
                       {"finishedAt", now_text()}}}};
  }
  return lost_.contains(pod) || stopping_ ? 137 : code;
}

} // namespace afk::test
