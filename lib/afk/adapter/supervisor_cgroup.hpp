#pragma once
// A control group for one turn, where somebody has delegated a part of the tree: the kernel then keeps to the limits,
// for root as for anybody. docs.kernel.org/admin-guide/cgroup-v2, systemd.resource-control(5) on delegation.
//
// Version 2 alone. The group is made beside the one that afk runs in, because a group with processes of its own cannot
// hand controllers on.

#include <afk/adapter/sandbox.hpp>
#include <afk/core/result.hpp>

#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>
#include <unistd.h>

namespace afk::adapter {

// The path of a process's group in the text of /proc/<id>/cgroup; absent where the tree is of version 1 alone.
[[nodiscard]] std::optional<std::string> parse_own_cgroup(std::string_view text);

struct CgroupPlace {
  std::string mount = "/sys/fs/cgroup";
  std::string own = "/proc/self/cgroup";
  uid_t user = geteuid();
};

// The group in which turns' groups may be made: the parent of our own, where it is writable, hands out the controllers
// of memory, processes and processors, and is meant for us. To root everything is writable: for it the mark counts that
// systemd puts on what it delegates. Absent: there is none.
[[nodiscard]] std::optional<std::string> find_delegated_cgroup(const CgroupPlace& place);

// A group that goes with this object; what is still in it then is killed.
class TurnCgroup {
 public:
  // Fails with `io`. A group of that name that was left behind is taken over.
  static Result<TurnCgroup> create(const std::string& parent, const std::string& name, const SandboxLimits& limits);

  TurnCgroup(TurnCgroup&& other) noexcept;
  TurnCgroup(const TurnCgroup&) = delete;
  TurnCgroup& operator=(const TurnCgroup&) = delete;
  TurnCgroup& operator=(TurnCgroup&&) = delete;
  ~TurnCgroup();

  // Whoever writes 0 there is in the group from then on, with what it starts.
  [[nodiscard]] std::string processes_file() const { return folder_ + "/cgroup.procs"; }

  void kill_all() const;

 private:
  explicit TurnCgroup(std::string folder) : folder_(std::move(folder)) {}

  std::string folder_; // "" = moved away
};

} // namespace afk::adapter
