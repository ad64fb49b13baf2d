#pragma once
// What the checks of a forge say of a commit, by the rule that the configuration sets. Checks that are not there are
// never green, and neither is a result that nobody understands.

#include <afk/core/config.hpp>
#include <afk/core/forge_evidence.hpp>
#include <afk/core/situation.hpp>

#include <span>
#include <string>
#include <vector>

namespace afk {

struct CheckRule {
  CheckSettings::Mode mode = CheckSettings::Mode::all; // `all` or `required`; the others ask no forge
  std::vector<std::string> required;                   // with `required`
};

struct CheckVerdict {
  Situation::Verdict verdict = Situation::Verdict::missing;
  std::vector<CheckResult> failed; // those that the rule counts; of a red verdict
};

// `all`: at least one result, every result passed, and none of those that the branch's protection names is absent.
// `required`: each of the named ones passed; the others do not matter. While one that counts still runs, the verdict is
// pending even if another one failed: failed jobs can be started again only when all have ended.
[[nodiscard]] CheckVerdict derive_check_verdict(const HeadChecks& checks, const CheckRule& rule);

// Where the checks that failed on a head fail without it: nowhere, at the merge base alone, or at the base's head too.
// One that fails nowhere else is the run's own fault, and the answer is `no`. `failed` is not empty.
[[nodiscard]] Situation::BaseRed derive_base_red(std::span<const CheckResult> failed, const HeadChecks& merge_base,
                                                 const HeadChecks& base_head);

// "unit, lint and 3 more": names of checks for people, cleaned and bounded.
[[nodiscard]] std::string render_check_names(std::span<const CheckResult> checks);

} // namespace afk
