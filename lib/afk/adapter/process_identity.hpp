#pragma once
// Which process is meant, for longer than its number lasts: numbers are given away again, and a reboot forgets them
// all.
//
// A process is told by its number, its start time in ticks since boot (proc(5), field 22 of /proc/<id>/stat), the boot
// (/proc/sys/kernel/random/boot_id) and the namespace that counts the numbers. A zombie has ended.

#include <afk/adapter/file_system.hpp>
#include <afk/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace afk::adapter {

struct ProcessIdentity {
  pid_t id = 0;
  std::uint64_t start_ticks = 0;
  std::string boot_id;
  std::string id_namespace; // "pid:[4026531836]"

  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

// One line of the process table.
struct ProcessStatus {
  pid_t id = 0;
  pid_t parent = 0;
  pid_t group = 0;
  pid_t session = 0;
  char state = '?'; // 'Z' and 'X' have ended
  std::uint64_t start_ticks = 0;
};

// The text of /proc/<id>/stat, whose second field may hold any character. Fails with `malformed`.
Result<ProcessStatus> parse_process_status(std::string_view text);

// Absent: there is no such process, or it is hidden from us.
[[nodiscard]] std::optional<ProcessStatus> try_read_process(pid_t id);

// Every process that can be seen; ended ones are left out.
[[nodiscard]] std::vector<ProcessStatus> list_processes();

// Where processes are counted now: the boot and the namespace. Fails with `io`.
struct ProcessWorld {
  std::string boot_id;
  std::string id_namespace;

  friend bool operator==(const ProcessWorld&, const ProcessWorld&) = default;
};

Result<ProcessWorld> read_process_world();

Result<ProcessIdentity> read_own_identity();

enum class Liveness : std::uint8_t { alive, gone };

// `gone` also when the number belongs to somebody else by now, or counts in another boot or namespace.
[[nodiscard]] Liveness probe_process(const ProcessIdentity& process);

// A descriptor that means this process and no later one of the same number; invalid where there is none.
[[nodiscard]] UniqueFd open_process(pid_t id);

// Signals this very process; `gone` where it is not there any more.
[[nodiscard]] Liveness signal_process(const ProcessIdentity& process, int signal_number);

// Signals the process that `status` described, unless its number has been given away since.
[[nodiscard]] Liveness signal_process(const ProcessStatus& status, int signal_number);

// The value that a variable had when the process started; absent where it is not set or the process cannot be read.
[[nodiscard]] std::optional<std::string> try_read_variable(pid_t id, std::string_view name);

} // namespace afk::adapter
