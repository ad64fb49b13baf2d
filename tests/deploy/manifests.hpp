#pragma once
// The manifests below deploy/kubernetes, rendered as an operator renders them, and what has to hold of them.

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace afk::test {

// What an overlay is for.
struct OverlayFacts {
  enum class Gates { closed, open } gates = Gates::closed;
  enum class Executor { elsewhere, jobs } executor = Executor::elsewhere; // jobs: Jobs of this cluster
  enum class Rollout { unseen, seen } rollout = Rollout::unseen;          // seen: of one Deployment in "production"
};

// The objects of one overlay by `kubectl kustomize`. Nothing where there is no kubectl; throws where it fails.
std::optional<std::vector<nlohmann::json>> try_render(const std::string& overlay);

// Everything that is wrong with what was rendered; empty where nothing is.
[[nodiscard]] std::vector<std::string> judge_manifests(const std::vector<nlohmann::json>& objects,
                                                       const OverlayFacts& facts);

} // namespace afk::test
