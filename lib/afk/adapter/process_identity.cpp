#include <afk/adapter/process_identity.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace afk::adapter {
namespace {

// Files of /proc have no size: they are read until they end, or until they are absurd.
std::optional<std::string> try_read_proc_file(const std::string& path) {
  constexpr std::size_t most = 4 << 20;
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    return std::nullopt;
  }
  std::string bytes;
  std::array<char, 8192> buffer{};
  while (bytes.size() < most) {
    const ssize_t count = read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return count == 0 ? std::optional(std::move(bytes)) : std::nullopt;
    }
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return bytes;
}

template <typename Number>
bool parse_number(std::string_view text, Number& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size() && !text.empty();
}

std::string_view take_field(std::string_view& text) {
  const std::size_t start = std::min(text.find_first_not_of(" \n"), text.size());
  const std::size_t end = std::min(text.find_first_of(" \n", start), text.size());
  const std::string_view field = text.substr(start, end - start);
  text.remove_prefix(end);
  return field;
}

bool has_ended(const ProcessStatus& status) {
  return status.state == 'Z' || status.state == 'X';
}

Liveness send(const UniqueFd& process, int signal_number) {
  return syscall(SYS_pidfd_send_signal, process.get(), signal_number, nullptr, 0) == 0 ? Liveness::alive
                                                                                       : Liveness::gone;
}

} // namespace

Result<ProcessStatus> parse_process_status(std::string_view text) {
  const Error malformed{.kind = ErrorKind::malformed, .message = "a line of the process table cannot be read"};
  // The name stands in parentheses and may hold parentheses and line feeds of its own: the last one ends it.
  const std::size_t open_parenthesis = text.find(" (");
  const std::size_t close_parenthesis = text.rfind(") ");
  if (open_parenthesis == std::string_view::npos || close_parenthesis == std::string_view::npos ||
      close_parenthesis < open_parenthesis) {
    return malformed;
  }
  ProcessStatus status;
  if (!parse_number(text.substr(0, open_parenthesis), status.id)) {
    return malformed;
  }
  std::string_view rest = text.substr(close_parenthesis + 2);
  const std::string_view state = take_field(rest);
  if (state.size() != 1 || !parse_number(take_field(rest), status.parent) ||
      !parse_number(take_field(rest), status.group) || !parse_number(take_field(rest), status.session)) {
    return malformed;
  }
  status.state = state.front();
  constexpr int fields_between = 15; // tty_nr (7) to itrealvalue (21)
  for (int field = 0; field < fields_between; ++field) {
    take_field(rest);
  }
  if (!parse_number(take_field(rest), status.start_ticks)) {
    return malformed;
  }
  return status;
}

std::optional<ProcessStatus> try_read_process(pid_t id) {
  const auto text = try_read_proc_file(fmt::format("/proc/{}/stat", id));
  if (!text) {
    return std::nullopt;
  }
  auto status = parse_process_status(*text);
  return status ? std::optional(*status) : std::nullopt;
}

std::vector<ProcessStatus> list_processes() {
  std::vector<ProcessStatus> processes;
  const auto close_folder = [](DIR* folder) { closedir(folder); };
  const std::unique_ptr<DIR, decltype(close_folder)> folder(opendir("/proc"), close_folder);
  if (!folder) {
    return processes;
  }
  while (const dirent* entry = readdir(folder.get())) {
    pid_t id = 0;
    if (!parse_number(std::string_view(entry->d_name), id)) {
      continue;
    }
    if (const auto status = try_read_process(id); status && !has_ended(*status)) {
      processes.push_back(*status);
    }
  }
  return processes;
}

Result<ProcessWorld> read_process_world() {
  auto boot_id = try_read_proc_file("/proc/sys/kernel/random/boot_id");
  if (!boot_id || boot_id->size() < 36) {
    return Error{.kind = ErrorKind::io, .message = "cannot tell this boot from another one: /proc is not mounted"};
  }
  boot_id->resize(36);
  std::array<char, 64> id_namespace{};
  const ssize_t length = readlink("/proc/self/ns/pid", id_namespace.data(), id_namespace.size());
  if (length <= 0) {
    return describe_system_error("read", "/proc/self/ns/pid", errno);
  }
  return ProcessWorld{.boot_id = std::move(*boot_id),
                      .id_namespace = std::string(id_namespace.data(), static_cast<std::size_t>(length))};
}

Result<ProcessIdentity> read_own_identity() {
  auto world = read_process_world();
  if (!world) {
    return std::move(world).error();
  }
  const auto status = try_read_process(getpid());
  if (!status) {
    return Error{.kind = ErrorKind::io, .message = "cannot read this process in /proc"};
  }
  return ProcessIdentity{.id = status->id,
                         .start_ticks = status->start_ticks,
                         .boot_id = std::move(world->boot_id),
                         .id_namespace = std::move(world->id_namespace)};
}

Liveness probe_process(const ProcessIdentity& process) {
  const auto world = read_process_world();
  if (!world || world->boot_id != process.boot_id || world->id_namespace != process.id_namespace) {
    return Liveness::gone;
  }
  const auto status = try_read_process(process.id);
  return status && !has_ended(*status) && status->start_ticks == process.start_ticks ? Liveness::alive : Liveness::gone;
}

UniqueFd open_process(pid_t id) {
  return UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, id, 0)));
}

Liveness signal_process(const ProcessIdentity& process, int signal_number) {
  // The descriptor first: what is found alive behind it afterwards is what the signal reaches.
  const UniqueFd descriptor = open_process(process.id);
  if (!descriptor.valid() || probe_process(process) == Liveness::gone) {
    return Liveness::gone;
  }
  return send(descriptor, signal_number);
}

Liveness signal_process(const ProcessStatus& status, int signal_number) {
  const UniqueFd descriptor = open_process(status.id);
  const auto now = try_read_process(status.id);
  if (!descriptor.valid() || !now || now->start_ticks != status.start_ticks) {
    return Liveness::gone;
  }
  return send(descriptor, signal_number);
}

std::optional<std::string> try_read_variable(pid_t id, std::string_view name) {
  const auto environment = try_read_proc_file(fmt::format("/proc/{}/environ", id));
  if (!environment) {
    return std::nullopt;
  }
  std::string_view rest = *environment;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    const std::string_view variable = rest.substr(0, end);
    if (variable.size() > name.size() && variable[name.size()] == '=' && variable.starts_with(name)) {
      return std::string(variable.substr(name.size() + 1));
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return std::nullopt;
}

} // namespace afk::adapter
