#include <afk/core/check_verdict.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk {

namespace {

using Verdict = Situation::Verdict;
using BaseRed = Situation::BaseRed;

constexpr std::size_t most_names = 5;
constexpr std::size_t longest_name = 60;

const CheckResult* find_check(const HeadChecks& checks, std::string_view name) {
  const auto found = std::ranges::find(checks.results, name, &CheckResult::name);
  return found == checks.results.end() ? nullptr : &*found;
}

// The results that count, and how many of the named ones are not there.
struct Counted {
  std::vector<CheckResult> results;
  std::size_t absent = 0;
};

void count_absent(const HeadChecks& checks, std::span<const std::string> names, Counted& counted) {
  counted.absent = static_cast<std::size_t>(
      std::ranges::count_if(names, [&](const std::string& name) { return find_check(checks, name) == nullptr; }));
}

Counted derive_counted(const HeadChecks& checks, const CheckRule& rule) {
  Counted counted;
  if (rule.mode != CheckSettings::Mode::required) {
    counted.results = checks.results;
    count_absent(checks, checks.required_by_forge, counted);
    return counted;
  }
  // Several kinds of results may carry one name: each of them counts.
  for (const CheckResult& result : checks.results)
    if (std::ranges::find(rule.required, result.name) != rule.required.end())
      counted.results.push_back(result);
  count_absent(checks, rule.required, counted);
  return counted;
}

bool has_state(std::span<const CheckResult> results, CheckState state) {
  return std::ranges::find(results, state, &CheckResult::state) != results.end();
}

enum class Elsewhere : std::uint8_t { not_red, pending, red };

Elsewhere look_elsewhere(const HeadChecks& checks, std::string_view name) {
  Elsewhere found = Elsewhere::not_red;
  for (const CheckResult& result : checks.results) {
    if (result.name != name)
      continue;
    if (result.state == CheckState::failed)
      return Elsewhere::red;
    if (result.state != CheckState::passed)
      found = Elsewhere::pending;
  }
  return found;
}

} // namespace

CheckVerdict derive_check_verdict(const HeadChecks& checks, const CheckRule& rule) {
  const Counted counted = derive_counted(checks, rule);
  if (counted.results.empty())
    return {Verdict::missing, {}};
  if (has_state(counted.results, CheckState::pending))
    return {Verdict::pending, {}};
  if (has_state(counted.results, CheckState::failed)) {
    CheckVerdict red{Verdict::red, {}};
    std::ranges::copy_if(counted.results, std::back_inserter(red.failed),
                         [](const CheckResult& result) { return result.state == CheckState::failed; });
    return red;
  }
  const bool whole = counted.absent == 0 && !has_state(counted.results, CheckState::unknown);
  return {whole ? Verdict::green : Verdict::pending, {}};
}

BaseRed derive_base_red(std::span<const CheckResult> failed, const HeadChecks& merge_base,
                        const HeadChecks& base_head) {
  const auto red_before = [&](const CheckResult& check) {
    return look_elsewhere(merge_base, check.name) == Elsewhere::red;
  };
  if (!std::ranges::all_of(failed, red_before))
    return BaseRed::no;
  // While one of them still runs there, a rebase might bring nothing.
  const bool red_now = std::ranges::any_of(
      failed, [&](const CheckResult& check) { return look_elsewhere(base_head, check.name) != Elsewhere::not_red; });
  return red_now ? BaseRed::at_head : BaseRed::at_merge_base;
}

std::string render_check_names(std::span<const CheckResult> checks) {
  std::string text;
  for (const CheckResult& check : checks.first(std::min(checks.size(), most_names))) {
    text += text.empty() ? "" : ", ";
    text += truncate_text(clean_single_line(check.name), {.max_bytes = longest_name, .note = "…"});
  }
  if (checks.size() > most_names)
    text += fmt::format(" and {} more", checks.size() - most_names);
  return text;
}

} // namespace afk
