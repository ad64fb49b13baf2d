#pragma once
// The program on a directory tracker, with agents as Jobs of the fake cluster.

#include <support/fake_kubernetes.hpp>
#include <support/git_repository.hpp>
#include <support/temporary_folder.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace afk::test {

struct ClusterWorldSettings {
  int issues = 1;
  FakeKubernetesSettings::Node node = FakeKubernetesSettings::Node::off;
  std::string agent = "exit 0";   // a shell script
  std::string configuration = ""; // more lines at its end
};

class ClusterWorld {
 public:
  explicit ClusterWorld(const ClusterWorldSettings& settings);

  FakeKubernetes& cluster() { return *cluster_; }

  GitRepository& origin() { return *origin_; }

  struct Outcome {
    int exit_code = -1;
    std::string output; // both streams
  };

  using Variables = std::vector<std::pair<std::string, std::string>>;

  // `further` variables beside those that every program of this world gets.
  [[nodiscard]] Outcome afk(const std::vector<std::string>& arguments, const Variables& further = {}) const;

  [[nodiscard]] std::string issue_text(int number) const;
  [[nodiscard]] std::string card(int number) const; // all comments of the issue

  static constexpr const char* space = "afk-agents";

 private:
  TemporaryFolder folder_{TemporaryFolder::Medium::memory};
  std::unique_ptr<GitRepository> origin_;
  std::unique_ptr<FakeKubernetes> cluster_;
};

} // namespace afk::test
