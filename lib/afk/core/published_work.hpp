#pragma once
// What is published of a run's work: Git's word on its branch and the forge's on its pull request, put together.

#include <afk/core/forge_evidence.hpp>
#include <afk/core/work_evidence.hpp>

#include <optional>
#include <string>

namespace afk {

struct PublishedWork {
  PublishedEvidence published;
  std::string problem; // not empty: the two do not show the same moment, so that nothing may be concluded yet
};

// For landing = pr. A pull request counts for the head that it shows: after more was pushed than it merged, the branch
// has work of its own again.
[[nodiscard]] PublishedWork derive_published_work(const WorkEvidence& work,
                                                  const std::optional<PullRequestEvidence>& pull_request);

} // namespace afk
