#pragma once
// Everything that one look at a run has seen, as a value. derive_situation.hpp turns it into the inputs of the decision
// table.

#include <afk/core/attempt_view.hpp>
#include <afk/core/forge_observation.hpp>
#include <afk/core/issue_history.hpp>
#include <afk/core/repository_settings.hpp>
#include <afk/core/result.hpp>
#include <afk/core/situation.hpp>
#include <afk/core/work_evidence.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace afk {

// What the executor answered about a run.
struct ExecutorEvidence {
  enum class Reach : std::uint8_t { known, unreachable, other_identity } reach = Reach::known;
  std::string problem;               // why it could not be read
  std::vector<AttemptView> attempts; // those it knows, by redispatch number
};

// What the repository answered; not asked while a turn is live.
struct LandingEvidence {
  enum class Reach : std::uint8_t { known, unreachable, not_needed } reach = Reach::not_needed;
  std::string problem;
  WorkEvidence work;
};

// Verdicts that other pure functions have reached before the table is read.
struct ArmingVerdict {
  Situation::Arming arming = Situation::Arming::valid;
  std::string reason; // why it is void
};

struct HoldVerdict {
  Situation::Hold hold = Situation::Hold::none;
  std::string reason;
};

struct RedispatchVerdict {
  Situation::Gates gates = Situation::Gates::pass;
  enum class Reach : std::uint8_t { known, unreachable } reach = Reach::known; // of what the gates look at
  std::string reason;
};

struct TrustedAnswer {
  std::string text; // the comments' bodies in order: hostile
  Timestamp at;
};

struct Observation {
  Timestamp now; // the tracker's clock
  IssueState issue_state = IssueState::open;
  Situation::Label question_label = Situation::Label::off;
  std::vector<PersonAct> person_acts;
  enum class Lock : std::uint8_t { ours, foreign } lock = Lock::ours;
  ArmingVerdict arming;
  RunCard card;
  ExecutorEvidence executor;
  LandingEvidence landing; // `published` as published_work.hpp puts it together
  ForgeObservation forge;
  std::optional<TrustedAnswer> answer; // newer than the question that the run asks
  HoldVerdict hold;
  RedispatchVerdict redispatch_gates;
};

// The last turn of an agent, which the table calls the run's last turn; absent when none is known.
[[nodiscard]] const TurnView* find_last_agent_turn(const Observation& observation);

// A turn that is starting, running or waiting, verify turns included; absent when nothing is live.
[[nodiscard]] const TurnView* find_live_turn(const Observation& observation);

// The number of the newest redispatch that began; 0 while the run's first attempt is the only one.
[[nodiscard]] int derive_newest_redispatch(const Observation& observation);

// The question that the run asks: of the waiting turn, or of the BLOCKED report it ended with; "" when it asks nothing.
[[nodiscard]] std::string derive_question(const Observation& observation);

// Which question that is, one clean word: another one of the same turn has another. "" when the run asks nothing.
[[nodiscard]] std::string derive_asked(const Observation& observation);

// What the agent did last: what it reports, or where it reports nothing what its output says; "" where nobody knows.
// Hostile words, cleaned.
[[nodiscard]] std::string derive_last_step(const Observation& observation);

// Until when the usage limit holds that ended this turn. A provider that tells no time is asked again after an hour.
[[nodiscard]] Timestamp derive_limit_end(const TurnView& turn, Timestamp now);

// Why an input could not be read; "" when everything was.
[[nodiscard]] std::string derive_unreachable_reason(const Observation& observation);

// The commands that the configuration names for a head before it lands: QA first, then checks. With qa.mode = "auto"
// there are those of the languages besides.
[[nodiscard]] std::vector<std::string> derive_verify_commands(const RepositorySettings& settings);

// All of them, for a head with these names at its root. Fails with `refused` where QA is to find its commands itself
// and knows none of the languages; the message says what to write.
Result<std::vector<std::string>> derive_gate_commands(const RepositorySettings& settings,
                                                      std::span<const std::string> root_entries);

// What the verify turns say of a head; green where the configuration asks for none.
struct HeadVerdict {
  Situation::Verdict verdict = Situation::Verdict::missing;
  const TurnView* turn = nullptr; // the verify turn that says so; for its output
};

[[nodiscard]] HeadVerdict derive_head_verdict(const Observation& observation, const RepositorySettings& settings,
                                              std::string_view head);

// Whether the checks of the forge judge what was published.
enum class ForgeChecks : std::uint8_t { not_asked, judge };
[[nodiscard]] ForgeChecks derive_forge_checks(const RepositorySettings& settings);

// What verify turns, checks and deployment say of the published head, and who says so if it is red.
struct PublishedVerdict {
  Situation::Verdict verdict = Situation::Verdict::missing;
  const TurnView* turn = nullptr;  // the verify turn that failed
  std::vector<CheckResult> failed; // the checks that failed
  std::string deployment_problem;  // why the deployment failed: hostile
};

// Of a head that landed by a merge the checks are history: only its deployment can still be red.
[[nodiscard]] PublishedVerdict derive_published_verdict(const Observation& observation,
                                                        const RepositorySettings& settings);

} // namespace afk
