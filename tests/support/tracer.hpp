#pragma once
// Runs a program under ptrace, counts the calls that have an effect (files, processes, sockets, signals), and ends or
// holds it at any one of them: what a power cut or an unlucky scheduler would do, but at will.
//
// Linux alone. Threads of the process that is counted count with it; other programs that it starts (git) are let go
// once they are other programs.

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace afk::test {

struct TracedProgram {
  std::vector<std::string> argv;
  std::vector<std::pair<std::string, std::string>> environment;
  std::string working_folder;
  std::string output_file; // stdout and stderr; "" = /dev/null

  // `program`: the one that is started. `supervisor`: the first child of it that runs "supervise".
  enum class Target { program, supervisor } target = Target::program;
  // `everything`: calls count, too, that only look at files, and the making of sockets.
  enum class Count { effects, everything } count = Count::effects;
  // Counting begins with the first call that names a path below this one; "" = at once.
  std::string counts_from;
};

// One effectful call: its name and, where it has one, its path.
struct TracedCall {
  std::string name;
  std::string path;
};

struct Kill {
  std::size_t call = 0; // number of the call in the order of their counting, from 0
  enum class Moment { before, after } moment = Moment::before;
  int signal = 9; // SIGKILL; the call is made after another one
};

struct Traced {
  std::vector<TracedCall> calls;
  bool killed = false;
  int exit_code = 0;     // of the program that was started; 128 + signal
  std::string killed_at; // name of the call
};

class Tracer {
 public:
  explicit Tracer(TracedProgram program);

  // Called once, when the program that was started is over; its supervisors may still run.
  void on_program_exit(std::function<void()> callback) { on_program_exit_ = std::move(callback); }

  // Asked at each effectful call of the target, before it is made; returns when the call may go on.
  void on_call(std::function<void(std::size_t number, const TracedCall& call)> callback) {
    on_call_ = std::move(callback);
  }

  // To the end of the program and of the target.
  Traced run(std::optional<Kill> kill = std::nullopt);

 private:
  TracedProgram program_;
  std::function<void()> on_program_exit_;
  std::function<void(std::size_t, const TracedCall&)> on_call_;
};

} // namespace afk::test
