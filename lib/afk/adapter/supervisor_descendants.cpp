#include <afk/adapter/supervisor_descendants.hpp>

#include <unordered_map>

#include <unistd.h>

namespace afk::adapter {

std::vector<ProcessStatus> derive_descendants(std::span<const ProcessStatus> processes, pid_t root) {
  std::unordered_multimap<pid_t, const ProcessStatus*> children;
  for (const ProcessStatus& process : processes) {
    if (process.id != root) { // also keeps a table that was read in motion from going round in circles at the root
      children.emplace(process.parent, &process);
    }
  }
  std::vector<ProcessStatus> descendants;
  std::vector<pid_t> open{root};
  while (!open.empty()) {
    const pid_t parent = open.back();
    open.pop_back();
    const auto [first, last] = children.equal_range(parent);
    for (auto child = first; child != last; ++child) {
      descendants.push_back(*child->second);
      open.push_back(child->second->id);
    }
    children.erase(first, last); // every process is visited once, whatever the table says
  }
  return descendants;
}

std::vector<ProcessStatus> list_own_descendants() {
  return derive_descendants(list_processes(), getpid());
}

} // namespace afk::adapter
