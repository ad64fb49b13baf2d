// The overlays as they are, and each with something wrong planted into it.

#include <deploy/manifests.hpp>

#include <support/catch.hpp>
#include <support/contracts_folder.hpp>
#include <support/files.hpp>
#include <support/skip.hpp>
#include <support/temporary_folder.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

namespace afk::test {
namespace {

const std::string deploy = std::string(AFK_SOURCE_DIR) + "/deploy/kubernetes";

struct Overlay {
  std::string name;
  OverlayFacts facts;
};

const std::vector<Overlay>& overlays() {
  using Gates = OverlayFacts::Gates;
  using Executor = OverlayFacts::Executor;
  static const std::vector<Overlay> list{
      {"github-jobs", {Gates::closed, Executor::jobs}},
      {"forgejo-t3", {Gates::closed, Executor::elsewhere}},
      {"minimal", {Gates::closed, Executor::elsewhere}},
      {"armed", {Gates::open, Executor::jobs}},
      {"rollout", {Gates::closed, Executor::jobs, OverlayFacts::Rollout::seen}},
  };
  return list;
}

const OverlayFacts& find_facts(const std::string& name) {
  return std::ranges::find(overlays(), name, &Overlay::name)->facts;
}

struct Fault {
  std::string name;
  std::string file;
  std::string from;
  std::string to;
  std::string overlay = "github-jobs"; // that shows it
};

const std::vector<Fault>& faults() {
  static const std::vector<Fault> list{
      {"a misspelt field", "base/cronjob-poll.yaml", "concurrencyPolicy", "concurencyPolicy"},
      {"a number as text", "base/cronjob-watch.yaml", "startingDeadlineSeconds: 120",
       "startingDeadlineSeconds: \"120\""},
      {"a value that is none", "base/cronjob-poll.yaml", "concurrencyPolicy: Forbid", "concurrencyPolicy: Never"},
      {"ticks that replace each other", "base/cronjob-watch.yaml", "concurrencyPolicy: Forbid",
       "concurrencyPolicy: Replace"},
      {"a deadline that may never schedule", "base/cronjob-poll.yaml", "startingDeadlineSeconds: 120",
       "startingDeadlineSeconds: 5"},
      {"a deadline past the period", "base/cronjob-poll.yaml", "activeDeadlineSeconds: 110",
       "activeDeadlineSeconds: 300"},
      {"no time zone", "base/cronjob-watch.yaml", "  timeZone: Etc/UTC\n", ""},
      {"a tick that is repeated", "base/cronjob-poll.yaml", "backoffLimit: 0", "backoffLimit: 3"},
      {"root", "base/cronjob-watch.yaml", "runAsNonRoot: true\n            runAsUser: 65532", "runAsUser: 0"},
      {"privilege escalation", "base/cronjob-poll.yaml", "allowPrivilegeEscalation: false",
       "allowPrivilegeEscalation: true"},
      {"a writable root", "base/cronjob-poll.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"},
      {"capabilities", "base/cronjob-watch.yaml", "drop: [\"ALL\"]", "drop: [\"NET_RAW\"]"},
      {"no seccomp", "base/cronjob-poll.yaml", "type: RuntimeDefault", "type: Unconfined"},
      {"a folder of the host", "base/cronjob-watch.yaml", "- name: tmp\n              emptyDir: {}",
       "- name: tmp\n              hostPath: {path: /tmp}"},
      {"an image without a version", "base/cronjob-poll.yaml", "image: registry.invalid/afk:0.1.0",
       "image: registry.invalid/afk:latest"},
      {"a right too many", "agents/role.yaml", "verbs: [\"create\", \"delete\"]",
       "verbs: [\"create\", \"delete\", \"get\"]"},
      {"exec", "agents/role.yaml", "resources: [\"pods/log\"]", "resources: [\"pods/log\", \"pods/exec\"]"},
      {"a right to every Deployment", "overlays/rollout/role.yaml", "    resourceNames: [\"web\"]\n", "", "rollout"},
      {"a right to change a Deployment", "overlays/rollout/role.yaml", "verbs: [\"get\"]",
       "verbs: [\"get\", \"patch\"]", "rollout"},
      {"no quota", "agents/kustomization.yaml", "  - quota.yaml\n", ""},
      {"no network policy", "agents/kustomization.yaml", "  - network-policy.yaml\n", ""},
      {"a namespace that enforces nothing", "agents/namespace.yaml", "enforce: restricted", "enforce: privileged"},
      {"an open kill switch", "overlays/github-jobs/afk.toml", "kill_switch = true", "kill_switch = false"},
      {"an allowlist", "overlays/github-jobs/afk.toml", "allowlist = []", "allowlist = [\"owner/repository\"]"},
  };
  return list;
}

// The faults that only the API description sees.
bool needs_description(const Fault& fault) {
  return fault.name == "a misspelt field" || fault.name == "a number as text" || fault.name == "a value that is none";
}

} // namespace

TEST_CASE("the manifests are right") {
  for (const Overlay& overlay : overlays()) {
    DYNAMIC_SECTION(overlay.name) {
      const auto objects = try_render(deploy + "/overlays/" + overlay.name);
      if (!objects) {
        skip("there is no kubectl");
        return;
      }
      for (const std::string& wrong : judge_manifests(*objects, overlay.facts)) {
        FAIL_CHECK(wrong);
      }
      std::printf("manifests: %s renders %zu objects\n", overlay.name.c_str(), objects->size());
    }
  }
}

TEST_CASE("the manifests were judged by the API description") {
  static_cast<void>(find_contracts_or_skip("kubernetes-1.36.swagger.json"));
}

TEST_CASE("a fault in the manifests is seen") {
  const bool has_description = try_find_contracts("kubernetes-1.36.swagger.json").has_value();
  std::size_t seen = 0;
  for (const Fault& fault : faults()) {
    DYNAMIC_SECTION(fault.name) {
      if (needs_description(fault) && !has_description) {
        continue;
      }
      const TemporaryFolder folder;
      std::filesystem::copy(deploy, folder / "kubernetes", std::filesystem::copy_options::recursive);
      const std::string path = folder / ("kubernetes/" + fault.file);
      std::string text = get_file(path);
      const auto at = text.find(fault.from);
      REQUIRE(at != std::string::npos);
      put_file(path, text.replace(at, fault.from.size(), fault.to));
      const auto objects = try_render(folder / ("kubernetes/overlays/" + fault.overlay));
      if (!objects) {
        skip("there is no kubectl");
        return;
      }
      const auto wrong = judge_manifests(*objects, find_facts(fault.overlay));
      CHECK_FALSE(wrong.empty());
      std::printf("planted: %s: %s\n", fault.name.c_str(), wrong.empty() ? "not seen" : wrong.front().c_str());
    }
    ++seen;
  }
  CHECK(seen >= 10);
}

} // namespace afk::test
