#include <afk/core/longest_run.hpp>

#include <algorithm>

namespace afk {
namespace {

std::chrono::seconds derive_longest_wait(const LifecycleSettings& lifecycle) {
  return std::chrono::ceil<std::chrono::seconds>(lifecycle.run_limit + lifecycle.merge_after + lifecycle.deploy_after);
}

} // namespace

std::chrono::seconds derive_longest_run(const Config& config) {
  std::chrono::seconds longest = derive_longest_wait(config.lifecycle);
  for (const RepositoryEntry& entry : config.repositories) {
    longest = std::max(longest, derive_longest_wait(entry.lifecycle));
  }
  return longest;
}

} // namespace afk
