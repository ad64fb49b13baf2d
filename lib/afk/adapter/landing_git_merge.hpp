#pragma once
// What the commits of a run amount to against a base, and the one merge commit that would join them.
//
// Runs where the objects of both heads are at hand (GitPlace) and where no attributes, drivers or settings of the
// repository count, so that equal heads give an equal answer everywhere.

#include <afk/adapter/git.hpp>
#include <afk/core/ids.hpp>

#include <string>
#include <vector>

namespace afk::adapter {

struct MergeQuestion {
  GitPlace place;
  std::string base_head;
  std::string base_branch;
  std::string run_head;
  std::string run_branch;
  RunName run;
};

struct MergeAnswer {
  int commits = 0;            // of the run that the base lacks; when it is 0 the rest is empty
  std::string candidate_head; // run_head, or the merge commit; "" when it conflicts
  std::vector<std::string> conflicts;
  std::vector<std::string> changed_paths;
  std::vector<std::string> subjects;
};

// Writes the merge into the place's objects. Fails with `refused` when the two share no history, `too_large`, `io`.
Result<MergeAnswer> derive_merge(Git& git, const MergeQuestion& question);

enum class Ancestry : std::uint8_t { ancestor, other };

struct AncestryQuestion {
  GitPlace place;
  std::string ancestor;
  std::string descendant;
};

Result<Ancestry> find_ancestry(Git& git, const AncestryQuestion& question);

} // namespace afk::adapter
