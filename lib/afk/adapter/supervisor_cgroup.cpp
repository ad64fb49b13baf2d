#include <afk/adapter/supervisor_cgroup.hpp>

#include <afk/adapter/file_system.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

namespace afk::adapter {
namespace {

// The kernel counts processors in shares of this period.
constexpr int processor_period_microseconds = 100'000;

constexpr std::array needed_controllers{"cpu", "memory", "pids"};

std::string read_text(const std::string& path) {
  const std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Result<void> write_text(const std::string& path, std::string_view text) {
  const UniqueFd file(open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.valid()) {
    return describe_system_error("open", path, errno);
  }
  if (write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return describe_system_error("write", path, errno);
  }
  return {};
}

bool is_marked_as_delegated(const std::string& folder) {
  char value = 0;
  for (const char* name : {"trusted.delegate", "user.delegate"}) {
    if (getxattr(folder.c_str(), name, &value, 1) == 1 && value == '1') {
      return true;
    }
  }
  return false;
}

bool hands_out_controllers(const std::string& folder) {
  std::istringstream words(read_text(folder + "/cgroup.subtree_control"));
  std::set<std::string> found;
  for (std::string word; words >> word;) {
    found.insert(word);
  }
  return std::ranges::all_of(needed_controllers, [&](const char* needed) { return found.contains(needed); });
}

// systemd leaves it to whom it delegates a group to hand the controllers on; in a group that is not marked as delegated
// it would undo that. docs.kernel.org/admin-guide/cgroup-v2.html, systemd.io/CGROUP_DELEGATION
bool try_hand_out_controllers(const std::string& folder) {
  return hands_out_controllers(folder) ||
         (is_marked_as_delegated(folder) && write_text(folder + "/cgroup.subtree_control", "+cpu +memory +pids").ok() &&
          hands_out_controllers(folder));
}

} // namespace

std::optional<std::string> parse_own_cgroup(std::string_view text) {
  constexpr std::string_view mark = "0::";
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    // A group outside the part of the tree that can be seen begins with "/..".
    if (line.starts_with(mark) && line.substr(mark.size()).starts_with('/') &&
        line.find("..") == std::string_view::npos) {
      return std::string(line.substr(mark.size()));
    }
  }
  return std::nullopt;
}

std::optional<std::string> find_delegated_cgroup(const CgroupPlace& place) {
  const auto own = parse_own_cgroup(read_text(place.own));
  if (!own || *own == "/") {
    return std::nullopt;
  }
  const std::filesystem::path parent = std::filesystem::path(*own).parent_path();
  const std::string folder = parent == "/" ? place.mount : place.mount + parent.string();
  const bool is_ours = place.user != 0 || is_marked_as_delegated(folder);
  if (!is_ours || access(folder.c_str(), W_OK) != 0 || access((folder + "/cgroup.procs").c_str(), W_OK) != 0 ||
      !try_hand_out_controllers(folder)) {
    return std::nullopt;
  }
  return folder;
}

Result<TurnCgroup> TurnCgroup::create(const std::string& parent, const std::string& name, const SandboxLimits& limits) {
  TurnCgroup group(parent + "/" + name);
  if (mkdir(group.folder_.c_str(), 0755) != 0 && errno != EEXIST) {
    const int failure = errno;
    const std::string folder = std::exchange(group.folder_, "");
    return describe_system_error("create the control group", folder, failure);
  }
  std::vector<std::pair<std::string, std::string>> values;
  if (limits.memory_bytes) {
    values.emplace_back("memory.max", fmt::to_string(*limits.memory_bytes));
    values.emplace_back("memory.oom.group", "1"); // half an agent is no use to anybody
  }
  if (limits.processes) {
    values.emplace_back("pids.max", fmt::to_string(*limits.processes));
  }
  if (limits.processors) {
    values.emplace_back("cpu.max", fmt::format("{} {}", *limits.processors * processor_period_microseconds,
                                               processor_period_microseconds));
  }
  for (const auto& [file, value] : values) {
    if (auto written = write_text(fmt::format("{}/{}", group.folder_, file), value); !written) {
      return std::move(written).error();
    }
  }
  return group;
}

TurnCgroup::TurnCgroup(TurnCgroup&& other) noexcept : folder_(std::exchange(other.folder_, "")) {}

TurnCgroup::~TurnCgroup() {
  constexpr int most_tries = 50;
  constexpr timespec pause{.tv_sec = 0, .tv_nsec = 10'000'000};
  if (folder_.empty()) {
    return;
  }
  // The dead stay in the group until they are reaped, and a folder with members cannot be removed.
  for (int attempt = 0; rmdir(folder_.c_str()) != 0 && errno == EBUSY && attempt < most_tries; ++attempt) {
    kill_all();
    nanosleep(&pause, nullptr);
  }
}

void TurnCgroup::kill_all() const {
  static_cast<void>(write_text(folder_ + "/cgroup.kill", "1")); // kernels before 5.14 have no such file
}

} // namespace afk::adapter
