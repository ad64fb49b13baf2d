#pragma once
// What is true of the head that a run has published: what it changes against the base, and which commits of the
// workspace it lacks.
//
// Runs where the objects of all heads are at hand, and where nothing of the repository's settings counts.

#include <afk/adapter/git.hpp>
#include <afk/core/work_evidence.hpp>

#include <string>
#include <vector>

namespace afk::adapter {

struct PublishedQuestion {
  GitPlace place;
  std::string base_head;
  std::string head; // the published one
};

// Fills in merge_base, published_paths and test_commit. Fails with `refused` where the two share no history.
Result<void> read_published(Git& git, const PublishedQuestion& question, WorkEvidence& evidence);

struct UnpublishedQuestion {
  GitPlace place;
  std::string base_head;
  std::string branch_head;
  std::string run_head;
};

// How many commits of run_head neither the base nor the branch has.
Result<int> count_unpublished(Git& git, const UnpublishedQuestion& question);

} // namespace afk::adapter
