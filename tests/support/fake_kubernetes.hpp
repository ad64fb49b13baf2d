#pragma once
// A Kubernetes API server with a Job controller and one node, as strict as the real one where afk is concerned: names,
// 401, 403, 404, 409, 422, label selectors, pages, dry runs, preconditions, foreground deletion, owners. Every request
// is judged by the official API description where that is at hand, every pod by the standard "restricted", and every
// right by the Role that deploy/ gives; what does not pass is answered with an error and remembered.
//
// The node runs the containers of a pod as processes of this machine, one after the other, when it is told to: volumes
// are folders, and "/afk/" and "/dev/termination-log" in arguments and environment become paths of them.

#include <support/loopback_server.hpp>

#include <nlohmann/json.hpp>

#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <sys/types.h>

namespace afk::test {

struct FakeKubernetesSettings {
  enum class Node : std::uint8_t { off, on }; // off: pods stay pending

  Node node = Node::off;
  std::string folder;  // of the node: an existing one
  std::string carrier; // what runs where a container says "afk"
  std::string path = "/usr/local/bin:/usr/bin:/bin";
};

class FakeKubernetes {
 public:
  using Json = nlohmann::json;

  static constexpr const char* token = "the-token-of-afk";

  explicit FakeKubernetes(FakeKubernetesSettings settings);
  FakeKubernetes(const FakeKubernetes&) = delete;
  FakeKubernetes& operator=(const FakeKubernetes&) = delete;
  ~FakeKubernetes(); // ends what runs on the node

  [[nodiscard]] std::string url() const { return server_.url(""); }

  [[nodiscard]] std::vector<ReceivedRequest> requests() const { return server_.requests(); }

  // What was refused because no well-behaved client sends it.
  [[nodiscard]] std::vector<std::string> complaints() const;

  // Objects as they are stored; an empty list where there are none.
  [[nodiscard]] std::vector<Json> jobs(const std::string& space) const;
  [[nodiscard]] std::vector<std::string> secrets(const std::string& space) const;

  // --- what tests do to a cluster ---

  // Asked before a request is answered; may wait. What it answers, if anything, is the answer; `then_drop` acts on the
  // request and loses the answer.
  enum class Fate : std::uint8_t { served, lost_before, lost_after };
  void on_request(std::function<Fate(const ReceivedRequest&)> hook);

  // Changes an object in place: {"apis", "jobs", name} and so on.
  void put_pod_status(const std::string& space, const std::string& pod, const Json& status);
  void put_job_status(const std::string& space, const std::string& job, const Json& status);
  void put_deployment(const std::string& space, const Json& deployment);
  void add_pod(const std::string& space, const std::string& job, const std::string& pod);
  void remove_secret(const std::string& space, const std::string& name);
  void set_log(const std::string& pod, const std::string& text);

  // The node is gone, with everything that ran for the Job.
  void lose_node_of(const std::string& space, const std::string& job);

  // How many containers called `container` were started for a turn.
  [[nodiscard]] int count_starts(const std::string& turn, const std::string& container) const;
  [[nodiscard]] std::string log_of(const std::string& turn) const; // of all its agent containers

 private:
  struct Space {
    std::string uid;
    std::map<std::string, Json> jobs, pods, secrets, deployments;
  };

  struct Call {
    std::string method;
    std::string space;
    std::string resource; // "jobs", "pods/log"
    std::string name;
    std::map<std::string, std::string> query;
    std::string body;
  };

  struct Answer {
    int status = 200;
    std::string body;
  };

  ServerAnswer serve(const ReceivedRequest& request);
  Answer answer(const ReceivedRequest& request);
  Answer dispatch(const Call& call);
  Answer create(const Call& call);
  Answer create_job(const Call& call, Json job);
  Answer list(const Call& call);
  Answer remove(const Call& call);
  Answer read_log(const Call& call);
  Answer fail(int status, const std::string& reason, const std::string& message) const;
  void complain(const std::string& what);
  void finish_deletion(Space& space, const std::string& job);
  Space& space_of(const std::string& name);

  void start_pod(const std::string& space, const std::string& job);
  void run_pod(std::string space, std::string job, std::string pod);
  int run_container(const std::string& space, const std::string& pod, const Json& container, const std::string& folder);
  bool fill_volumes(const std::string& space, const Json& pod_spec, const std::string& folder);

  FakeKubernetesSettings settings_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Space> spaces_;
  std::vector<std::string> complaints_;
  std::function<Fate(const ReceivedRequest&)> hook_;
  std::map<std::string, std::string> logs_;                 // files of agents' containers, by pod
  std::map<std::string, std::string> fixed_logs_;           // texts, by pod
  std::vector<std::pair<std::string, std::string>> starts_; // turn, container
  std::map<std::string, pid_t> running_;                    // process groups, by pod
  std::set<std::string> lost_;                              // pods whose node is gone
  bool stopping_ = false;
  int version_ = 100;
  int uids_ = 0;
  std::list<std::thread> nodes_;
  LoopbackServer server_; // last: it calls the others
};

} // namespace afk::test
