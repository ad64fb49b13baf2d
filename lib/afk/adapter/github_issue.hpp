#pragma once
// An issue as GitHub's answers give it, through either of its two APIs, and what becomes of it: pure. Both codecs make
// the same GithubIssue of the same issue, so that a fallback from one API to the other starts no second agent.

#include <afk/core/issue.hpp>
#include <afk/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk::adapter {

// Whether a list has pages before the one that was read.
struct GithubOlder {
  enum class State : std::uint8_t { none, more } state = State::none;
  std::string cursor;
};

struct GithubBodyEdit {
  Timestamp time;
  Actor actor;
};

struct GithubIssue {
  IssueRecord record; // events without ids; actors are persons, bots or ghosts; blockers are not in it
  Timestamp created_at;
  std::optional<Timestamp> last_edited_at; // of the body
  Actor last_editor;
  std::vector<GithubBodyEdit> edits; // of the body, in any order
  enum class Edits : std::uint8_t { all, cut } edits_read = Edits::all;
  GithubOlder older_log;
  GithubOlder older_comments;
};

// An actor as GitHub names one. `type` is a GraphQL __typename or a REST type. Without an id, or with the account that
// stands for deleted ones, a ghost. Bots carry the suffix "[bot]" through both APIs, as REST writes it.
struct GithubActorFields {
  std::string login;
  std::optional<std::int64_t> id;
  std::string type;
};

[[nodiscard]] Actor derive_github_actor(const GithubActorFields& fields);

struct GithubRepositoryFacts {
  RepositoryName name; // as it is called now
  std::string id;
  std::string default_branch;
  std::string default_head; // "" of an empty repository
};

// The account that asks.
struct GithubViewer {
  std::string id; // decimal
  std::string login;
};

// The record as the port shows it: our own account told apart, edits of the body put into the log, arming ids given.
//   "<created_at as epoch seconds>:<actor's id, 0 for ghosts>:<ordinal>"
// where the ordinal counts earlier events of the same second, actor and label. What stands at the cut end of a log is
// left out, because its ordinals are not known. A change of text in the second of an arming counts as after it.
// Fails with `unreachable` where a label is on that the log shows as taken off: the log lags behind.
Result<IssueRecord> derive_issue_record(GithubIssue issue, const GithubViewer& viewer);

// A label of the issue whose putting on the log as far as it was read does not show, with older pages left.
[[nodiscard]] bool misses_arming(const GithubIssue& issue);

// A closed issue is done unless GitHub says that it is not: "NOT_PLANNED", "DUPLICATE", in any case of letters. A state
// that is neither open nor closed is nothing.
struct GithubStateFields {
  std::string state;
  std::string reason; // "" where there is none
};

[[nodiscard]] std::optional<IssueState> try_issue_state(const GithubStateFields& fields);

} // namespace afk::adapter
