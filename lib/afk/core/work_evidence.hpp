#pragma once
// What is true of a run's commits at one moment: in its workspace, published, against the base.

#include <afk/core/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace afk {

enum class PublishedState : std::uint8_t { nothing, branch, draft, open, merged, on_base };

struct PublishedEvidence {
  PublishedState state = PublishedState::nothing;
  std::string head; // the published head; "" for nothing
  std::string link; // pull request or commit, for people
  std::optional<Timestamp> at;
  enum class Closed : std::uint8_t { no, closed_unmerged } pull_request = Closed::no;
};

// What is true of a run's commits at one moment.
struct WorkEvidence {
  std::string base_branch;
  std::string base_head;
  std::string run_head; // newest head of the run's branch in its workspace; "" when it has no commit of its own
  int commits = 0;      // of the run that are not on the base
  PublishedEvidence published;
  // The head that would land: run_head, or its merge with a base that has moved; "" when there is nothing to land or
  // the merge conflicts. The merge commit is a pure function of its parents, so that it has one id everywhere.
  std::string candidate_head;
  std::vector<std::string> conflicts;     // paths; empty when it merges
  std::vector<std::string> changed_paths; // between merge base and run_head
  std::vector<std::string> subjects;      // of the run's commits, newest first, at most 20: hostile
};

} // namespace afk
