#include <e2e/races/race.hpp>

#include <support/child_process.hpp>
#include <support/files.hpp>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <thread>

#include <sys/mman.h>

namespace afk::test {

namespace {

// One of the two may stand behind a lock that the other one holds; then it never comes.
constexpr auto patience = std::chrono::milliseconds(1500);

// What the tracers of the two tell each other.
struct Meeting {
  std::array<std::atomic<int>, 2> arrived{};
  std::array<std::atomic<int>, 2> created{};
  std::array<std::atomic<int>, 2> over{};
  std::array<std::atomic<int>, 2> met{};
};

class SharedMeeting {
 public:
  SharedMeeting()
      : place_(::mmap(nullptr, sizeof(Meeting), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (place_ == MAP_FAILED)
      throw std::runtime_error("mmap");
    meeting_ = new (place_) Meeting;
  }

  SharedMeeting(const SharedMeeting&) = delete;
  SharedMeeting& operator=(const SharedMeeting&) = delete;

  ~SharedMeeting() { ::munmap(place_, sizeof(Meeting)); }

  Meeting* operator->() { return meeting_; }

 private:
  void* place_;
  Meeting* meeting_ = nullptr;
};

template <typename Condition>
bool wait_for(const Condition& condition) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

TracedProgram traced_poll(const World& world) {
  TracedProgram program;
  program.argv = {std::getenv("AFK_PROGRAM"), "poll", "--only", "acme/one#1", "--config", world.configuration()};
  program.environment = world.environment();
  program.working_folder = world.root();
  program.output_file = world.root() + "/output.log";
  program.count = TracedProgram::Count::everything;
  program.counts_from = world.tracker();
  return program;
}

bool is_step(const TracedCall& call, const DispatchStep& step) {
  return call.name == step.call && call.path.starts_with(step.path);
}

// One of the two, in a process of its own. `side` 0 goes on first.
int run_side(const World& world, const DispatchStep* step, std::size_t side, SharedMeeting& meeting) {
  const std::size_t other = 1 - side;
  int seen = 0;
  Tracer tracer(traced_poll(world));
  tracer.on_call([&](std::size_t, const TracedCall& call) {
    if (is_step(call, dispatch_steps()[1]))
      meeting->created[side] = 1;
    if (step == nullptr || !is_step(call, *step) || ++seen != step->occurrence)
      return;
    meeting->arrived[side] = 1;
    wait_for([&] { return meeting->arrived[other] == 1 || meeting->over[other] == 1; });
    meeting->met[side] = meeting->over[other] == 0 && meeting->arrived[other] == 1 ? 1 : 0;
    if (side == 1)
      wait_for([&] { return meeting->over[other] == 1; });
  });
  const Traced traced = tracer.run();
  meeting->over[side] = 1;
  return traced.exit_code;
}

std::size_t count_names(const std::string& folder) {
  return std::filesystem::exists(folder) ? names_in(folder).size() : 0;
}

std::string judge(const World& world) {
  std::string wrong;
  const auto starts = world.starts();
  if (starts.size() != 1)
    wrong += std::to_string(starts.size()) + " turns were started; ";
  for (const auto& [turn, times] : starts)
    if (times != 1)
      wrong += turn + " was started " + std::to_string(times) + " times; ";
  if (world.saw_two_alive())
    wrong += "two agents were alive together; ";
  if (const auto runs = count_names(world.root() + "/work/runs"); runs != 1)
    wrong += std::to_string(runs) + " runs; ";
  if (const auto cards = count_names(world.tracker() + "/acme/one/1.comments"); cards != 1)
    wrong += std::to_string(cards) + " cards; ";
  return wrong;
}

template <typename Side>
RaceOutcome run_both(const World& world, const std::string& saved, const Side& run_one) {
  world.restore(saved);
  SharedMeeting meeting;
  const pid_t first = start_child([&] { return run_one(std::size_t{0}, meeting); });
  const pid_t second = start_child([&] { return run_one(std::size_t{1}, meeting); });
  const int codes = wait_for_child(first) + wait_for_child(second);
  {
    const auto gate = world.open_gate();
    world.wait_until_idle();
  }
  RaceOutcome outcome;
  outcome.both_arrived = meeting->met[0] == 1 && meeting->met[1] == 1;
  outcome.both_created = meeting->created[0] == 1 && meeting->created[1] == 1;
  outcome.wrong = judge(world);
  if (codes != 0)
    outcome.wrong += "a poll failed: " + get_file(world.root() + "/output.log");
  return outcome;
}

} // namespace

const std::vector<DispatchStep>& dispatch_steps() {
  static const std::vector<DispatchStep> steps{
      {"kill switch read", "open", "switch", 2}, // the first one is the poll's, before it looks at anything
      {"create", "open", "lock", 1},
      {"turn", "rename", "first-", 1},
      {"label", "unlink", ".1.md.tmp", 1},
      {"card", "unlink", ".comment.tmp", 1},
  };
  return steps;
}

RaceOutcome race_held(const World& world, const std::string& saved, const Race& race) {
  return run_both(world, saved, [&](std::size_t side, SharedMeeting& meeting) {
    return run_side(world, side == 0 ? race.first : race.second, side, meeting);
  });
}

RaceOutcome race_freely(const World& world, const std::string& saved, int head_start) {
  return run_both(world, saved, [&](std::size_t side, SharedMeeting& meeting) {
    if (side == 1)
      std::this_thread::sleep_for(std::chrono::microseconds(head_start));
    return run_side(world, nullptr, side, meeting);
  });
}

} // namespace afk::test
