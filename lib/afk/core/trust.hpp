#pragma once
// Whose word counts: who may arm an issue or answer a question, and whether an issue still says what was armed.
//
// Permission is what the person has now: somebody who lost it since the arming is refused, somebody who gained it is
// accepted. Whatever could not be read is refused; no error ever counts as trust.

#include <afk/core/config.hpp>
#include <afk/core/issue.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace afk {

// What the tracker says that somebody may do in the repository. `unknown`: it could not be read or understood.
enum class Permission : std::uint8_t { unknown, none, read, triage, write, maintain, admin };

// Whether `requeue` recorded this very event on the card before it made it.
enum class Requeue : std::uint8_t { unrecorded, recorded };

struct ActorFacts {
  Actor actor;
  Permission permission = Permission::unknown;
  Requeue requeue = Requeue::unrecorded; // of an event by our own account; nobody else's is ever recorded
};

enum class ActorVerdict : std::uint8_t {
  trusted,
  untrusted,              // the permission is known and too low
  not_listed,             // only listed people count, and this one is not listed
  permission_unknown,     // could not be read
  bot,                    // an app or bot that is not listed
  ghost,                  // an account that is gone, or an actor that the tracker does not name
  own_account_unrecorded, // our own account, neither listed nor on record through requeue
};

struct ActorTrust {
  ActorVerdict verdict = ActorVerdict::permission_unknown;
  std::string reason; // one clean sentence

  friend bool operator==(const ActorTrust&, const ActorTrust&) = default;
};

// An entry with an id counts only when id and login both match, since a login can be registered anew by somebody else;
// an entry without one only for an actor of a tracker that has no ids (Actor::id repeats the login there).
[[nodiscard]] ActorTrust derive_actor_trust(const ActorFacts& facts, const TrustSettings& settings);

// A change of title or body that the tracker's log shows after the arming, with its author judged.
struct ContentEdit {
  IssueEventKind kind = IssueEventKind::body_changed;
  ActorVerdict author = ActorVerdict::permission_unknown;
};

struct ContentFacts {
  enum class Stage : std::uint8_t { before_dispatch, during_run };
  Stage stage = Stage::before_dispatch;
  EditLog edit_log = EditLog::unreadable;
  std::span<const ContentEdit> edits_after_arming = {};
  std::string pinned_hash = {};  // what the run's card says; "" before there is one
  std::string current_hash = {}; // of title and body as they are now; "" when they could not be read
};

enum class ContentVerdict : std::uint8_t { valid, voided, unknown };

struct ContentTrust {
  ContentVerdict verdict = ContentVerdict::unknown;
  std::string reason; // one sentence

  friend bool operator==(const ContentTrust&, const ContentTrust&) = default;
};

// Before the dispatch any change after the arming voids it; during a run only a change by somebody who is not trusted,
// or one whose author no log names. A text that was changed and changed back is judged by its changes. `unknown` starts
// nothing: the caller looks again on the next tick.
[[nodiscard]] ContentTrust derive_content_trust(const ContentFacts& facts, TrustSettings::ContentPin pin);

} // namespace afk
