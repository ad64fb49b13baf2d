#pragma once
// Agents of a T3 Code server (orchestration protocol 1). An attempt is a thread under the attempt's name; a turn is one
// of our user messages in it. executor_t3_names.hpp has the names, executor_t3_view.hpp says how a thread is read.
//
// At most one agent of a run is alive and every turn starts at most once, whoever is killed wherever, because
// - a thread's id is used once and for ever: who creates it second is told so, and it can be neither archived nor
//   deleted into being new again;
// - a turn is sent only to a thread that a read has shown, with nothing live in it or in another attempt of the run;
// - an accepted command is a receipt: the same id is never carried out twice, so that ticks which send the same start
//   send one. A start gets a new id (the next number) only when its message is there, older than t3_start_grace, and
//   nothing has ever come of it;
// - a refusal looks like a fault of the server. Neither is believed: what is there is read again, and decides.
//
// A concluded attempt is an archived thread: the server takes messages for it and starts nothing. One that never was is
// created and archived, which takes its name.
//
// Where server and afk share a disk (T3ExecutorSetup::local), afk prepares clone and branch, and check commands run as
// turns of a process executor in the same workspace. Elsewhere the agent makes its own checkout, and verify turns are
// refused.
//
// A person's interrupt in the server's own page looks like a turn that completed: what the agent left is judged by its
// commits and their checks.

#include <afk/adapter/executor_t3_client.hpp>
#include <afk/adapter/executor_t3_workspace.hpp>
#include <afk/core/config.hpp>
#include <afk/core/digest.hpp>
#include <afk/port/executor.hpp>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace afk::adapter {

struct T3ExecutorSetup {
  T3ExecutorSettings settings;
  std::set<std::string> agents; // those of the [agents] table that work here
  // Whether a look counts the starts of the day that are over already, which takes a further request.
  T3Client::History day = T3Client::History::left_out;
  enum class Access : std::uint8_t { read_write, read_only } access = Access::read_write;
};

// Where server and afk share a disk.
struct T3Local {
  T3Workspace& workspace;
  Executor& verifier; // of the same workspace; runs nothing but verify turns
};

struct T3ExecutorParts {
  T3Client& client;
  const Digest& digest;
  std::optional<T3Local> local;
};

// What a server tells of itself, for the doctor.
struct T3Examination {
  T3Environment environment;
  T3Access access;
  std::vector<T3Project> projects;
};

class T3Executor final : public Executor {
 public:
  // What the parts refer to outlives the executor.
  T3Executor(T3ExecutorSetup setup, T3ExecutorParts parts);

  Result<ExecutorLook> look() override; // two requests at once; three where the day is counted

  // What the look before it has read, and a request for each run that this does not tell enough of.
  std::vector<Result<std::optional<AttemptView>>> observe(std::span<const AttemptName> attempts) override;

  Result<Started> start(const Order& order) override;
  Result<void> interrupt(const AttemptName& attempt, Stop stop) override;
  Result<void> answer(const AttemptName& attempt, const TurnAnswer& answer) override;

  Result<T3Examination> examine();

  [[nodiscard]] const T3ExecutorSettings& settings() const { return setup_.settings; }

 private:
  Result<T3Reading> read(const T3Client::Wanted& wanted);
  Result<T3Reading> take_reading();
  Result<Started> start_verify(const Order& order);

  T3ExecutorSetup setup_;
  T3ExecutorParts parts_;
  std::string identity_;            // of the last look; "" before the first
  std::optional<T3Reading> unused_; // of the last look, for the next observe
};

// "approval-required" and so on, as the server spells it.
[[nodiscard]] std::string_view render_t3_runtime_mode(T3ExecutorSettings::RuntimeMode mode);

// The issue of a thread: of its title, or where somebody has renamed it of its project and branch.
[[nodiscard]] std::optional<IssueRef> find_t3_issue(const T3Thread& thread, const T3Listing& listing);

// A thread that can be read, in either list; null where it is not there. Fails as its row does.
Result<const T3Thread*> find_t3_thread(const T3Reading& reading, const AttemptName& attempt);

} // namespace afk::adapter
