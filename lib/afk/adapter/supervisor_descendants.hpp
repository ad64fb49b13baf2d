#pragma once
// Everything that a supervisor's child started, however far it has moved away: the supervisor is their subreaper, so
// that a process whose parents are gone becomes its own child instead of leaving the tree.

#include <afk/adapter/process_identity.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace afk::adapter {

// The processes below `root` in the process table, in no order; `root` itself is not among them. Pure.
[[nodiscard]] std::vector<ProcessStatus> derive_descendants(std::span<const ProcessStatus> processes, pid_t root);

// Those of the calling process, as they are now.
[[nodiscard]] std::vector<ProcessStatus> list_own_descendants();

// The memory that these processes have for themselves, in bytes; what they share with files is left out. Who has ended
// meanwhile counts nothing.
[[nodiscard]] std::int64_t sum_memory(std::span<const ProcessStatus> processes);

} // namespace afk::adapter
