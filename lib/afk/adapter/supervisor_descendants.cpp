#include <afk/adapter/supervisor_descendants.hpp>

#include <fmt/format.h>

#include <fstream>
#include <unordered_map>

#include <unistd.h>

namespace afk::adapter {

std::vector<ProcessStatus> derive_descendants(std::span<const ProcessStatus> processes, pid_t root) {
  std::unordered_multimap<pid_t, const ProcessStatus*> children;
  ProcessStatus start;
  start.id = root;
  for (const ProcessStatus& process : processes) {
    if (process.id == root) {
      start = process;
    } else {
      children.emplace(process.parent, &process);
    }
  }
  std::vector<ProcessStatus> descendants;
  std::vector<ProcessStatus> open{start};
  while (!open.empty()) {
    const ProcessStatus parent = open.back();
    open.pop_back();
    const auto [first, last] = children.equal_range(parent.id);
    for (auto child = first; child != last; ++child) {
      // The table is read in motion. Who is older than its parent had another one, which had the same number before.
      if (child->second->start_ticks >= parent.start_ticks) {
        descendants.push_back(*child->second);
        open.push_back(*child->second);
      }
    }
    children.erase(first, last); // every process is visited once, whatever the table says
  }
  return descendants;
}

std::int64_t sum_memory(std::span<const ProcessStatus> processes) {
  const std::int64_t page_bytes = sysconf(_SC_PAGESIZE);
  std::int64_t sum = 0;
  for (const ProcessStatus& process : processes) {
    std::ifstream file(fmt::format("/proc/{}/statm", process.id)); // proc(5): size, resident, shared, in pages
    std::int64_t size = 0;
    std::int64_t resident = 0;
    std::int64_t shared = 0;
    if (file >> size >> resident >> shared && resident > shared) {
      sum += (resident - shared) * page_bytes;
    }
  }
  return sum;
}

std::vector<ProcessStatus> list_own_descendants() {
  return derive_descendants(list_processes(), getpid());
}

} // namespace afk::adapter
