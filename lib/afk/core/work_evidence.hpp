#pragma once
// What is true of a run's commits at one moment: in its workspace, published, against the base.

#include <afk/core/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace afk {

enum class PublishedState : std::uint8_t { nothing, branch, draft, open, merged, on_base };

// As Git alone shows it, until published_work.hpp puts it together with the pull request.
struct PublishedEvidence {
  PublishedState state = PublishedState::nothing;
  std::string head;   // the published head; "" for nothing
  std::string landed; // the commit on the base that carries it; "" until it landed
  std::string link;   // pull request or commit, for people
  std::optional<Timestamp> at;
  enum class Closed : std::uint8_t { no, closed_unmerged } pull_request = Closed::no;
};

// What is true of a run's commits at one moment.
struct WorkEvidence {
  std::string base_branch;
  std::string base_head;
  std::string run_head; // newest head of the run's branch in its workspace; "" when it has no commit of its own
  int commits = 0;      // of the run that are not on the base
  int unpublished = 0;  // those of them that the run's branch lacks where it is published
  // Whether run_head was pushed to the run's branch once: the branch itself may be gone after a merge.
  enum class Delivery : std::uint8_t { never, pushed } delivery = Delivery::never;
  std::string branch_head; // of the run's branch where it is published; "" where it is not there
  std::string merge_base;  // what the base was without this work; "" where there is none
  PublishedEvidence published;
  // The head that would land: run_head, or its merge with a base that has moved; "" when there is nothing to land or
  // the merge conflicts. The merge commit is a pure function of its parents, so that it has one id everywhere.
  std::string candidate_head;
  std::vector<std::string> conflicts;       // paths; empty when it merges
  std::vector<std::string> changed_paths;   // between merge base and run_head
  std::vector<std::string> published_paths; // between merge base and the published head
  std::string test_commit; // the oldest commit of the published head that touches nothing but tests; "" = none
  std::vector<std::string> root_entries; // names at the root of candidate_head's tree, at most 10,000: hostile
  std::vector<std::string> subjects;     // of the run's commits, newest first, at most 20: hostile
};

} // namespace afk
