#pragma once
// The names that everything else hangs on: repositories, issues, armings, runs and turns.
//
// Each parse_x fails with `malformed` and says what a right one looks like; each render_x is total, and
// parse_x(render_x(v)) == v.

#include <afk/core/digest.hpp>
#include <afk/core/result.hpp>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace afk {

// `owner/name` as the tracker spells it; compared without regard to case by same_repository.
struct RepositoryName {
  std::string owner;
  std::string name;

  friend auto operator<=>(const RepositoryName&, const RepositoryName&) = default;
};

// Owner and name: 1 to 100 of [A-Za-z0-9._-], neither "." nor "..", no leading "-".
Result<RepositoryName> parse_repository_name(std::string_view text);
[[nodiscard]] std::string render_repository_name(const RepositoryName& repository);
[[nodiscard]] bool same_repository(const RepositoryName& left, const RepositoryName& right);

struct IssueRef {
  RepositoryName repository;
  std::int64_t number = 0; // 1 and up

  friend auto operator<=>(const IssueRef&, const IssueRef&) = default;
};

// "owner/name#12"
Result<IssueRef> parse_issue_ref(std::string_view text);
[[nodiscard]] std::string render_issue_ref(const IssueRef& issue);

// The identity of one arming as the tracker's own log gives it; opaque outside the adapter that made it.
struct ArmingId {
  std::string text; // 1 to 128 of [A-Za-z0-9:._-]

  friend auto operator<=>(const ArmingId&, const ArmingId&) = default;
};

Result<ArmingId> parse_arming_id(std::string_view text);

// Host of a tracker: lower case, with the port where it is not the scheme's default; api.github.com reads github.com;
// the directory tracker's is the UUID that `afk init` wrote.
struct TrackerHost {
  std::string text;

  friend auto operator<=>(const TrackerHost&, const TrackerHost&) = default;
};

// "afk-" and 26 lower-case base32 characters: a DNS label, a Git branch part, a Kubernetes name and a file name.
struct RunName {
  std::string text;

  friend auto operator<=>(const RunName&, const RunName&) = default;
};

struct RunIdentity {
  TrackerHost host;
  std::string repository_id; // the tracker's stable id of the repository
  std::int64_t issue_number = 0;
  ArmingId arming;
};

// A pure function of its four parts; length-prefixed, so that no two identities share their bytes.
[[nodiscard]] RunName derive_run_name(const RunIdentity& identity, const Digest& digest);
Result<RunName> parse_run_name(std::string_view text);

// The first 8 characters after "afk-": enough for people, never for the program.
[[nodiscard]] std::string derive_run8(const RunName& run);

// "afk/<issue>-<run8>"
[[nodiscard]] std::string derive_branch_name(std::int64_t issue_number, const RunName& run);

// Redispatch k of a run works under "<run name>-r<k>" at the executor; k = 0 is the run itself.
[[nodiscard]] std::string derive_attempt_name(const RunName& run, int redispatch);

// The attempt name taken apart again; fails with `malformed`.
struct AttemptName {
  RunName run;
  int redispatch = 0;

  friend auto operator<=>(const AttemptName&, const AttemptName&) = default;
};

Result<AttemptName> parse_attempt_name(std::string_view text);

enum class TurnKind : std::uint8_t { first, fix, rebase, finish, answer, redispatch, verify };

[[nodiscard]] std::string_view render_turn_kind(TurnKind kind);
Result<TurnKind> parse_turn_kind(std::string_view text);

// What makes a turn the same turn again: the ordinal counts earlier starts of it that the executor shows as lost,
// rejected or without a new head.
struct TurnIdentity {
  RunName run;
  TurnKind kind = TurnKind::first;
  std::string cause; // the head, question or attempt that the turn answers to; "" for the first turn
  int ordinal = 0;
};

// "<kind>-<12 base32 characters>-<ordinal>": at most 30 characters, legal wherever a run name is.
struct TurnName {
  std::string text;

  friend auto operator<=>(const TurnName&, const TurnName&) = default;
};

[[nodiscard]] TurnName derive_turn_name(const TurnIdentity& identity, const Digest& digest);
Result<TurnName> parse_turn_name(std::string_view text);
[[nodiscard]] TurnKind derive_turn_kind(const TurnName& turn);

} // namespace afk
