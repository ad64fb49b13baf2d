#pragma once
// What the executor contract acts on: an executor, agents that do as they are told, and the means to hurt both. Each
// kind of executor brings one.

#include <afk/port/executor.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace afk::test {

// What the agent of a turn does, in this order.
struct AgentPlan {
  enum class Waits : std::uint8_t { no, until_released } waits = Waits::no;
  std::string prints = {};  // a line
  std::string commits = {}; // name of a file that it commits to its branch
  std::string reports = {}; // bytes of its report
  enum class Shows : std::uint8_t { nothing, what_it_got } shows = Shows::nothing; // prints prompt and ISSUE.md
  int exit_code = 0;
};

// What not every kind of executor has.
enum class Trait : std::uint8_t {
  live_questions, // a turn can wait for a person while it lives, and take the answer
};

class ExecutorWorld {
 public:
  virtual ~ExecutorWorld() = default;

  virtual Executor& executor() = 0;

  // The same executor as another tick reaches it, and an executor that is another one.
  virtual std::unique_ptr<Executor> make_other_tick() = 0;
  virtual std::unique_ptr<Executor> make_stranger() = 0;

  // Run and issue number `run` of this world; its turns, the names derived as the loop derives them.
  [[nodiscard]] virtual Order make_order(int run, TurnKind kind) const = 0;

  // What the turn's agent will do; before the start.
  virtual void plan_agent(const TurnName& turn, const AgentPlan& plan) = 0;

  // Lets an agent go on that waits; answers when it has heard.
  virtual void release(const Order& order) = 0;

  // How often the turn's agent was started.
  virtual int count_agent_starts(const Order& order) = 0;

  // The head that the base has, and one that a verify turn can look at with `file` in it.
  virtual std::string base_head() = 0;
  virtual std::string make_head_with(const std::string& file) = 0;

  // The turn is gone without a word: a crash, a reboot.
  virtual void make_vanish(const Order& order) = 0;

  // The turn was ordered and never started, and nothing is on its way: as start leaves it when all is lost in between.
  virtual void make_lost(const Order& order) = 0;

  // --- where there are live questions ---

  // The turn, which waits to be released, asks a person instead: a question, or for permission to run a command.
  enum class Ask : std::uint8_t { question, permission };
  virtual void make_ask(const Order& order, Ask kind, const std::string& text);

  // What the agent has heard from people, behind each other.
  virtual std::string heard(const Order& order);
};

// --- what the cases say ---

[[nodiscard]] AttemptName attempt_of(const Order& order);

// The one attempt or turn, as the executor shows it; throws where it cannot be read or is not there.
AttemptView see_attempt(Executor& executor, const AttemptName& attempt);
TurnView see_turn(Executor& executor, const Order& order);

// Looks until the turn is in this state; throws after a deadline, naming the state that it is in.
TurnView await_state(Executor& executor, const Order& order, TurnState state);

// The same for `ended`, and the outcome.
TurnView await_end(Executor& executor, const Order& order);

Started start_well(Executor& executor, const Order& order);
ErrorKind start_badly(Executor& executor, const Order& order);

[[nodiscard]] bool is_known(Executor& executor, const AttemptName& attempt);
[[nodiscard]] bool is_listed_live(Executor& executor, const AttemptName& attempt);

[[nodiscard]] std::string_view name_state(TurnState state);

} // namespace afk::test
