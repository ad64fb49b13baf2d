#pragma once
// The reading half of landing_git.hpp: what is true of many runs at one moment, without a trace on the disk.

#include <afk/adapter/landing_git.hpp>

#include <span>
#include <vector>

namespace afk::adapter {

struct InspectionTools {
  Git& git;
  Workspace& workspace;
  const LandingGitSettings& settings;
};

// One request per repository, whatever the number of runs; a base that has moved is fetched into a scratch folder.
// Answers in the order asked.
std::vector<Result<WorkEvidence>> inspect_work(const InspectionTools& tools, std::span<const WorkQuery> queries);

} // namespace afk::adapter
