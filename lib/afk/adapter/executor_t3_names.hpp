#pragma once
// The names that a run has at a T3 Code server, all of them pure functions of the run's own.
//
// A thread is an attempt and has its name as id. A user message of ours is "<attempt>:<turn>:m<n>": start n of that
// turn, so that the conversation itself tells which turns there were and how often each was sent. A command's id is its
// receipt: an accepted one is never carried out twice, a rejected one never at all.

#include <afk/core/digest.hpp>
#include <afk/core/ids.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace afk::adapter {

// What the list of threads shows of a run, for people and for looks that read no conversation: "acme/app#12 claude
// fix-abcdefghijkl-0". People may rename a thread; then the conversation is read instead.
struct T3Title {
  IssueRef issue;
  std::string agent;
  TurnName turn; // the last that was ordered

  friend bool operator==(const T3Title&, const T3Title&) = default;
};

[[nodiscard]] std::string render_t3_title(const T3Title& title);
[[nodiscard]] std::optional<T3Title> try_t3_title(std::string_view text);

// The title of a thread that was made to be archived.
[[nodiscard]] std::string derive_t3_seal_title(const AttemptName& attempt);

[[nodiscard]] std::string derive_t3_thread_id(const AttemptName& attempt);

struct T3Start {
  TurnName turn;
  int number = 1; // counted from 1

  friend bool operator==(const T3Start&, const T3Start&) = default;
};

[[nodiscard]] std::string derive_t3_message_id(const AttemptName& attempt, const T3Start& start);
[[nodiscard]] std::optional<T3Start> try_t3_start(const AttemptName& attempt, std::string_view message_id);

// "<attempt>:<what>"
[[nodiscard]] std::string derive_t3_command_id(const AttemptName& attempt, std::string_view what);

// Of a workspace root; `number` from 1 counts those that were deleted and can never be used again.
[[nodiscard]] std::string derive_t3_project_id(std::string_view workspace_root, int number, const Digest& digest);

// "<workspace root>/<owner>__<name>"
[[nodiscard]] std::string derive_t3_project_root(std::string_view workspace_root, const RepositoryName& repository);

} // namespace afk::adapter
