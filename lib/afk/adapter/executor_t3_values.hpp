#pragma once
// What a T3 Code server shows, as values (orchestration protocol 1, github.com/pingdotgg/t3code,
// packages/contracts/src/orchestration.ts). A word that is not known reads `unknown` and never as success.

#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>
#include <afk/core/time.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace afk::adapter {

// GET /.well-known/t3/environment
struct T3Environment {
  std::string id;
  std::string label;
  std::string version;                  // of the server
  std::optional<std::int64_t> protocol; // absent: 1
};

struct T3Model {
  std::string instance; // which provider instance works, as "codex"
  std::string model;

  friend bool operator==(const T3Model&, const T3Model&) = default;
};

struct T3Project {
  std::string id;
  std::string title;
  std::string workspace_root;
  std::optional<T3Model> default_model;
  enum class Presence : std::uint8_t { active, deleted } presence = Presence::active;
};

enum class T3SessionStatus : std::uint8_t { unknown, idle, starting, running, ready, interrupted, stopped, error };

struct T3Session {
  T3SessionStatus status = T3SessionStatus::unknown;
  std::string last_error; // hostile, several lines
  std::optional<Timestamp> updated_at;
};

enum class T3TurnState : std::uint8_t { unknown, running, interrupted, completed, error };

// The server's newest turn of a thread. It answers the user message that was created at `requested_at`.
struct T3LatestTurn {
  T3TurnState state = T3TurnState::unknown;
  std::optional<Timestamp> requested_at;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> completed_at;
};

enum class T3Flag : std::uint8_t { off, on };

struct T3Thread {
  AttemptName attempt; // its id
  std::string project_id;
  std::string title; // hostile: people may edit it
  std::string branch;
  T3Model model;
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> updated_at;
  std::optional<T3Session> session;
  std::optional<T3LatestTurn> latest_turn;
  std::optional<Timestamp> latest_user_message_at; // of /shell alone
  T3Flag pending_approvals = T3Flag::off;          // of /shell alone; stays on over a restart
  T3Flag pending_user_input = T3Flag::off;         // likewise
  T3Flag background_work = T3Flag::off;            // subagents go on behind a completed turn
  enum class Shelf : std::uint8_t { active, archived, deleted } shelf = Shelf::active;
};

// GET /api/orchestration/shell (active threads) or /snapshot (archived and deleted ones too): the threads whose ids are
// attempt names. A row that cannot be read fails for itself.
struct T3Listing {
  std::int64_t sequence = 0; // grows with every change at the server
  std::vector<T3Project> projects;
  std::map<AttemptName, Result<T3Thread>> threads;
};

struct T3Message {
  std::string id;
  enum class Role : std::uint8_t { other, user, assistant } role = Role::other;
  std::string text; // hostile
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> updated_at;
};

struct T3Question {
  std::string id;
  std::string text;
  std::vector<std::string> options;
};

struct T3Activity {
  enum class Kind : std::uint8_t {
    other,
    approval_requested,
    approval_resolved,
    input_requested,
    input_resolved,
    start_failed
  } kind = Kind::other;
  std::string summary; // hostile, as are the following
  std::string detail;
  std::string request_id;
  std::string request_kind; // of an approval: "command", ...
  std::vector<T3Question> questions;
  std::optional<Timestamp> created_at;
};

// GET /api/orchestration/threads/<id>
struct T3Detail {
  std::vector<T3Message> messages;    // oldest first
  std::vector<T3Activity> activities; // oldest first
};

// GET /api/auth/session
struct T3Access {
  enum class State : std::uint8_t { anonymous, authenticated } state = State::anonymous;
  std::vector<std::string> scopes;
  std::optional<Timestamp> expires_at;
};

} // namespace afk::adapter
