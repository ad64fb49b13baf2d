#include <support/tracer.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

namespace afk::test {

namespace {

enum class PathArgument : int { none = -1, first = 0, second = 1, fourth = 3 };

struct EffectfulCall {
  const char* name;
  PathArgument path;
};

// Every call by which a process changes something outside itself. An open counts only where it creates or truncates.
const std::map<long, EffectfulCall>& effectful_calls() {
  static const std::map<long, EffectfulCall> calls{
      {SYS_openat, {"open", PathArgument::second}},
#ifdef SYS_open
      {SYS_open, {"open", PathArgument::first}},
      {SYS_creat, {"open", PathArgument::first}},
      {SYS_rename, {"rename", PathArgument::second}},
      {SYS_link, {"link", PathArgument::second}},
      {SYS_symlink, {"symlink", PathArgument::second}},
      {SYS_unlink, {"unlink", PathArgument::first}},
      {SYS_mkdir, {"mkdir", PathArgument::first}},
      {SYS_rmdir, {"rmdir", PathArgument::first}},
      {SYS_vfork, {"clone", PathArgument::none}},
      {SYS_fork, {"clone", PathArgument::none}},
#endif
      {SYS_write, {"write", PathArgument::none}},
      {SYS_pwrite64, {"write", PathArgument::none}},
      {SYS_writev, {"write", PathArgument::none}},
      {SYS_renameat, {"rename", PathArgument::fourth}},
      {SYS_renameat2, {"rename", PathArgument::fourth}},
      {SYS_linkat, {"link", PathArgument::fourth}},
      {SYS_symlinkat, {"symlink", PathArgument::none}},
      {SYS_unlinkat, {"unlink", PathArgument::second}},
      {SYS_mkdirat, {"mkdir", PathArgument::second}},
      {SYS_ftruncate, {"truncate", PathArgument::none}},
      {SYS_truncate, {"truncate", PathArgument::first}},
      {SYS_fsync, {"fsync", PathArgument::none}},
      {SYS_fdatasync, {"fsync", PathArgument::none}},
      {SYS_clone, {"clone", PathArgument::none}},
      {SYS_clone3, {"clone", PathArgument::none}},
      {SYS_execve, {"execve", PathArgument::first}},
      {SYS_execveat, {"execve", PathArgument::second}},
      {SYS_connect, {"connect", PathArgument::none}},
      {SYS_sendto, {"send", PathArgument::none}},
      {SYS_sendmsg, {"send", PathArgument::none}},
      {SYS_kill, {"kill", PathArgument::none}},
      {SYS_tgkill, {"kill", PathArgument::none}},
      {SYS_pidfd_send_signal, {"kill", PathArgument::none}},
  };
  return calls;
}

// Calls by which it looks at something, or gets ready to talk to somebody.
const std::map<long, EffectfulCall>& looking_calls() {
  static const std::map<long, EffectfulCall> calls{
#ifdef SYS_stat
      {SYS_stat, {"stat", PathArgument::first}},
      {SYS_lstat, {"stat", PathArgument::first}},
      {SYS_access, {"access", PathArgument::first}},
      {SYS_readlink, {"readlink", PathArgument::first}},
#endif
      {SYS_newfstatat, {"stat", PathArgument::second}},
      {SYS_statx, {"stat", PathArgument::second}},
      {SYS_faccessat, {"access", PathArgument::second}},
      {SYS_faccessat2, {"access", PathArgument::second}},
      {SYS_readlinkat, {"readlink", PathArgument::second}},
      {SYS_chdir, {"chdir", PathArgument::first}},
      {SYS_socket, {"socket", PathArgument::none}},
      {SYS_socketpair, {"socket", PathArgument::none}},
  };
  return calls;
}

std::string read_string(pid_t process, std::uint64_t address) {
  std::string text;
  std::array<char, 256> piece{};
  while (text.size() < 4096) {
    iovec here{piece.data(), piece.size()};
    iovec there{reinterpret_cast<void*>(address + text.size()), piece.size()};
    ssize_t got = ::process_vm_readv(process, &here, 1, &there, 1, 0);
    if (got <= 0) { // the text may end just before a page that is not there
      there.iov_len = 4096 - ((address + text.size()) % 4096);
      there.iov_len = std::min(there.iov_len, piece.size());
      got = ::process_vm_readv(process, &here, 1, &there, 1, 0);
    }
    if (got <= 0)
      return text;
    const char* end = static_cast<const char*>(std::memchr(piece.data(), '\0', static_cast<std::size_t>(got)));
    text.append(piece.data(),
                end == nullptr ? static_cast<std::size_t>(got) : static_cast<std::size_t>(end - piece.data()));
    if (end != nullptr)
      return text;
  }
  return text;
}

bool is_open(long number) {
#ifdef SYS_open
  if (number == SYS_open)
    return true;
#endif
  return number == SYS_openat;
}

std::uint64_t open_flags(long number, const std::uint64_t* arguments) {
  return number == SYS_openat ? arguments[2] : arguments[1];
}

pid_t thread_group(pid_t thread) {
  std::ifstream status("/proc/" + std::to_string(thread) + "/status");
  std::string line;
  while (std::getline(status, line))
    if (line.starts_with("Tgid:"))
      return static_cast<pid_t>(std::stol(line.substr(5)));
  return thread;
}

bool runs_supervise(pid_t process) {
  const std::ifstream file("/proc/" + std::to_string(process) + "/cmdline", std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  const std::string line = bytes.str();
  const auto first = line.find('\0');
  return first != std::string::npos && line.compare(first + 1, 10, std::string("supervise\0", 10)) == 0;
}

// The child's side: wait to be traced, then become the program.
[[noreturn]] void become(const TracedProgram& program) {
  if (!program.working_folder.empty() && ::chdir(program.working_folder.c_str()) != 0)
    ::_exit(126);
  const std::string output = program.output_file.empty() ? "/dev/null" : program.output_file;
  const int sink = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  const int source = ::open("/dev/null", O_RDONLY);
  ::dup2(source, STDIN_FILENO);
  ::dup2(sink, STDOUT_FILENO);
  ::dup2(sink, STDERR_FILENO);
  ::close_range(3, ~0U, 0);
  std::vector<std::string> variables;
  for (const auto& [name, value] : program.environment)
    variables.push_back(name + "=" + value);
  std::vector<char*> argv;
  for (const std::string& argument : program.argv)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  std::vector<char*> environment;
  for (const std::string& variable : variables)
    environment.push_back(const_cast<char*>(variable.c_str()));
  environment.push_back(nullptr);
  ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  ::raise(SIGSTOP);
  ::execve(argv.front(), argv.data(), environment.data());
  ::_exit(127);
}

// One run of the event loop.
class Session {
 public:
  Session(const TracedProgram& program, std::optional<Kill> kill, std::function<void()> on_program_exit,
          std::function<void(std::size_t, const TracedCall&)> on_call)
      : program_(program), kill_(kill), on_program_exit_(std::move(on_program_exit)), on_call_(std::move(on_call)),
        counting_(program.counts_from.empty()) {}

  Traced run() {
    started_ = ::fork();
    if (started_ < 0)
      throw std::system_error(errno, std::generic_category(), "fork");
    if (started_ == 0)
      become(program_);
    int status = 0;
    ::waitpid(started_, &status, __WALL);
    constexpr long options =
        PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC;
    ::ptrace(PTRACE_SETOPTIONS, started_, nullptr, options);
    if (program_.target == TracedProgram::Target::program)
      target_ = started_;
    traced_.insert(started_);
    go_on(started_, 0);
    while (!traced_.empty()) {
      const pid_t thread = ::waitpid(-1, &status, __WALL);
      if (thread < 0) {
        if (errno == EINTR)
          continue;
        break;
      }
      take(thread, status);
    }
    return std::move(result_);
  }

 private:
  void take(pid_t thread, int status) {
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      traced_.erase(thread);
      if (thread == started_) {
        result_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (on_program_exit_)
          on_program_exit_();
      }
      return;
    }
    if (!WIFSTOPPED(status))
      return;
    const int signal = WSTOPSIG(status);
    const int event = status >> 16;
    if (signal == (SIGTRAP | 0x80)) {
      take_call(thread);
      return;
    }
    if (event == PTRACE_EVENT_EXEC) {
      take_exec(thread);
      return;
    }
    if (event != 0) { // clone, fork, vfork: the new one stops by itself
      unsigned long child = 0;
      ::ptrace(PTRACE_GETEVENTMSG, thread, nullptr, &child);
      if (is_target(thread) && !is_target(static_cast<pid_t>(child)))
        children_.insert(static_cast<pid_t>(child));
      go_on(thread, 0);
      return;
    }
    if (!traced_.contains(thread)) { // a new one's first stop
      traced_.insert(thread);
      go_on(thread, 0);
      return;
    }
    go_on(thread, signal == SIGTRAP ? 0 : signal);
  }

  // A child that becomes another program is let go, unless it is the one that is looked for.
  void take_exec(pid_t process) {
    if (process == started_) {
      go_on(process, 0);
      return;
    }
    if (program_.target == TracedProgram::Target::supervisor && target_ == 0 && runs_supervise(process)) {
      target_ = process;
      counting_ = true;
      go_on(process, 0);
      return;
    }
    if (const auto after = current_.find(process); after != current_.end())
      end_target(after->second);
    children_.erase(process);
    traced_.erase(process);
    ::ptrace(PTRACE_DETACH, process, nullptr, nullptr);
  }

  void take_call(pid_t thread) {
    const bool is_child = children_.contains(thread);
    if (!is_child && !is_target(thread)) {
      go_on(thread, 0);
      return;
    }
    __ptrace_syscall_info info{};
    if (::ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) <= 0) {
      go_on(thread, 0);
      return;
    }
    // What a child does until it becomes another program is its parent's last step; only the becoming counts.
    if (is_child && (info.op != PTRACE_SYSCALL_INFO_ENTRY || info.entry.nr != SYS_execve))
      go_on(thread, 0);
    else if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
      take_entry(thread, static_cast<long>(info.entry.nr), reinterpret_cast<const std::uint64_t*>(info.entry.args));
    else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
      take_return(thread);
    else
      go_on(thread, 0);
  }

  void take_entry(pid_t thread, long number, const std::uint64_t* arguments) {
    current_.erase(thread);
    const EffectfulCall* known = find_call(number);
    if (known == nullptr) {
      go_on(thread, 0);
      return;
    }
    TracedCall call{known->name, ""};
    if (known->path != PathArgument::none)
      call.path = read_string(thread, arguments[static_cast<int>(known->path)]);
    if (!counting_ && call.path.starts_with(program_.counts_from))
      counting_ = true;
    constexpr std::uint64_t effects = O_CREAT | O_TRUNC;
    const bool only_looks = program_.count == TracedProgram::Count::effects && is_open(number) &&
                            (open_flags(number, arguments) & effects) == 0;
    if (!counting_ || only_looks) {
      go_on(thread, 0);
      return;
    }
    const std::size_t place = result_.calls.size();
    result_.calls.push_back(call);
    if (on_call_)
      on_call_(place, call);
    if (kill_ && kill_->call == place) {
      if (kill_->moment == Kill::Moment::before) {
        end_target(call);
        if (is_target(thread) && kill_->signal == SIGKILL)
          return;
      } else {
        current_[thread] = call;
      }
    }
    go_on(thread, 0);
  }

  void take_return(pid_t thread) {
    const auto found = current_.find(thread);
    if (found != current_.end()) {
      end_target(found->second);
      if (kill_->signal == SIGKILL)
        return;
      current_.erase(found);
    }
    go_on(thread, 0);
  }

  [[nodiscard]] const EffectfulCall* find_call(long number) const {
    if (const auto known = effectful_calls().find(number); known != effectful_calls().end())
      return &known->second;
    const auto known = looking_calls().find(number);
    const bool counts = program_.count == TracedProgram::Count::everything && known != looking_calls().end();
    return counts ? &known->second : nullptr;
  }

  [[nodiscard]] bool is_target(pid_t thread) const {
    return target_ != 0 && (thread == target_ || thread_group(thread) == target_);
  }

  // Every thread of it at once; a call that it stands before is not made.
  void end_target(const TracedCall& call) {
    result_.killed = true;
    result_.killed_at = call.name + (call.path.empty() ? "" : " " + call.path);
    ::kill(target_, kill_->signal);
  }

  void go_on(pid_t thread, int signal) { ::ptrace(PTRACE_SYSCALL, thread, nullptr, static_cast<long>(signal)); }

  const TracedProgram& program_;
  std::optional<Kill> kill_;
  std::function<void()> on_program_exit_;
  std::function<void(std::size_t, const TracedCall&)> on_call_;
  bool counting_;
  pid_t started_ = 0;
  pid_t target_ = 0;
  std::set<pid_t> traced_;
  std::set<pid_t> children_; // of the target, until they become other programs
  std::map<pid_t, TracedCall> current_;
  Traced result_;
};

} // namespace

Tracer::Tracer(TracedProgram program) : program_(std::move(program)) {}

Traced Tracer::run(std::optional<Kill> kill) {
  return Session(program_, kill, on_program_exit_, on_call_).run();
}

} // namespace afk::test
