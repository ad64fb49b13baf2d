#pragma once
// The words of a pull request that afk opens. Text from outside is cleaned: a title can neither ping, close nor refer.

#include <afk/core/ids.hpp>
#include <afk/core/landing_plan.hpp>

#include <string>

namespace afk {

struct PullRequestFacts {
  IssueRef issue;
  std::string issue_title; // hostile
  RunName run;
  std::string agent;
  LastStage last_stage = LastStage::review;
};

struct PullRequestText {
  std::string title; // one line
  std::string body;  // Markdown; names the issue and the run

  friend bool operator==(const PullRequestText&, const PullRequestText&) = default;
};

// Where the run ends with the review, the body tells the forge to close the issue with the merge. Where it goes
// further, afk closes the issue itself, so that the forge must not.
[[nodiscard]] PullRequestText derive_pull_request_text(const PullRequestFacts& facts);

} // namespace afk
