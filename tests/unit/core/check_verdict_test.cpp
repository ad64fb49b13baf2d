// Checks of a forge under both rules, and whose fault a red one is.

#include <afk/core/check_verdict.hpp>

#include <support/catch.hpp>

#include <sstream>

using namespace afk;
using Verdict = Situation::Verdict;
using BaseRed = Situation::BaseRed;
using Mode = CheckSettings::Mode;

namespace {

// "unit=passed lint=failed"
HeadChecks checks(const std::string& text) {
  HeadChecks made{"head", {}, {}};
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    const auto equals = word.find('=');
    const std::string state = word.substr(equals + 1);
    CheckResult result;
    result.name = word.substr(0, equals);
    result.state = state == "passed"    ? CheckState::passed
                   : state == "failed"  ? CheckState::failed
                   : state == "pending" ? CheckState::pending
                                        : CheckState::unknown;
    made.results.push_back(result);
  }
  return made;
}

struct VerdictCase {
  const char* name;
  Mode mode;
  std::vector<std::string> required;
  std::vector<std::string> by_forge;
  const char* results;
  Verdict expected;
};

} // namespace

TEST_CASE("a verdict follows its rule, and what is missing is never green") {
  const auto row = GENERATE(values<VerdictCase>({
      {"all: none", Mode::all, {}, {}, "", Verdict::missing},
      {"all: one passed", Mode::all, {}, {}, "unit=passed", Verdict::green},
      {"all: one of two failed", Mode::all, {}, {}, "unit=passed lint=failed", Verdict::red},
      {"all: one still runs", Mode::all, {}, {}, "unit=passed lint=pending", Verdict::pending},
      {"all: one failed, another one runs", Mode::all, {}, {}, "unit=failed lint=pending", Verdict::pending},
      {"all: not understood", Mode::all, {}, {}, "unit=passed lint=unknown", Verdict::pending},
      {"all: not understood beside a failed one", Mode::all, {}, {}, "unit=failed lint=unknown", Verdict::red},
      {"all: protection names one that is absent", Mode::all, {}, {"deploy"}, "unit=passed", Verdict::pending},
      {"all: protection names one that passed", Mode::all, {}, {"unit"}, "unit=passed", Verdict::green},
      {"required: none", Mode::required, {"unit"}, {}, "", Verdict::missing},
      {"required: another one passed", Mode::required, {"unit"}, {}, "lint=passed", Verdict::missing},
      {"required: passed, another one failed", Mode::required, {"unit"}, {}, "unit=passed lint=failed", Verdict::green},
      {"required: one of two absent", Mode::required, {"unit", "lint"}, {}, "unit=passed", Verdict::pending},
      {"required: failed", Mode::required, {"unit"}, {}, "unit=failed lint=passed", Verdict::red},
      {"required: two results of one name", Mode::required, {"unit"}, {}, "unit=passed unit=failed", Verdict::red},
      {"required: names are exact", Mode::required, {"unit"}, {}, "Unit=passed", Verdict::missing},
  }));
  DYNAMIC_SECTION(row.name) {
    HeadChecks seen = checks(row.results);
    seen.required_by_forge = row.by_forge;
    const CheckVerdict verdict = derive_check_verdict(seen, {row.mode, row.required});
    CHECK(verdict.verdict == row.expected);
    CHECK(verdict.failed.empty() == (row.expected != Verdict::red));
  }
}

TEST_CASE("a red check is the base's only where the same one is red without the run's work") {
  struct Case {
    const char* name;
    const char* failed;
    const char* merge_base;
    const char* base_head;
    BaseRed expected;
  };

  const auto row = GENERATE(values<Case>({
      {"green there", "unit=failed", "unit=passed", "unit=passed", BaseRed::no},
      {"not there", "unit=failed", "", "", BaseRed::no},
      {"another one is red there", "unit=failed", "lint=failed", "lint=failed", BaseRed::no},
      {"still running there", "unit=failed", "unit=pending", "unit=failed", BaseRed::no},
      {"one of two", "unit=failed lint=failed", "lint=failed", "lint=failed", BaseRed::no},
      {"mended since", "unit=failed", "unit=failed", "unit=passed", BaseRed::at_merge_base},
      {"no checks on the newest", "unit=failed", "unit=failed", "", BaseRed::at_merge_base},
      {"red still", "unit=failed", "unit=failed", "unit=failed", BaseRed::at_head},
      {"not judged yet", "unit=failed", "unit=failed", "unit=pending", BaseRed::at_head},
      {"one of two mended", "unit=failed lint=failed", "unit=failed lint=failed", "unit=failed lint=passed",
       BaseRed::at_head},
  }));
  DYNAMIC_SECTION(row.name) {
    CHECK(derive_base_red(checks(row.failed).results, checks(row.merge_base), checks(row.base_head)) == row.expected);
  }
}

TEST_CASE("names of checks are shown on one line, some of them") {
  CHECK(render_check_names(checks("a=failed b=failed").results) == "a, b");
  CHECK(render_check_names(checks("a=failed b=failed c=failed d=failed e=failed f=failed g=failed").results) ==
        "a, b, c, d, e and 2 more");
  HeadChecks hostile = checks("x=failed");
  hostile.results.front().name = "a\n\x1b[31mb" + std::string(500, 'x');
  const std::string shown = render_check_names(hostile.results);
  CHECK(shown.find('\n') == std::string::npos);
  CHECK(shown.find('\x1b') == std::string::npos);
  CHECK(shown.size() < 100);
}
