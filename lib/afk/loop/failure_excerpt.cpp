#include <afk/loop/failure_excerpt.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

namespace afk::loop {

namespace {

constexpr std::size_t longest_line = 300;

std::string redact(const TickContext& context, std::string_view text) {
  return context.redactor != nullptr ? context.redactor->redact(text) : Redactor().redact(text);
}

std::string render_failed(std::span<const CheckResult> failed) {
  std::string text = "Failed checks:\n";
  for (const CheckResult& check : failed) {
    const std::string line = check.link.empty() ? check.name : fmt::format("{} ({})", check.name, check.link);
    text += fmt::format("- {}\n", truncate_text(clean_single_line(line), {.max_bytes = longest_line, .note = "…"}));
  }
  return text;
}

} // namespace

WantsExcerpt derive_wants_excerpt(const TickContext& context, const RunPlan& plan, const RunLook& look) {
  const auto* order = std::get_if<OrderTurn>(&plan.decision.action);
  const bool fixes = order != nullptr && order->kind == TurnKind::fix && context.checks != nullptr;
  const bool by_forge = fixes && !derive_published_verdict(plan.observation, look.settings).failed.empty();
  return by_forge ? WantsExcerpt::yes : WantsExcerpt::no;
}

std::string fetch_failure_excerpt(const TickContext& context, const RunPlan& plan, const RunLook& look) {
  const PublishedVerdict verdict = derive_published_verdict(plan.observation, look.settings);
  const WorkEvidence& work = plan.observation.landing.work;
  std::string text = render_failed(verdict.failed);
  const auto excerpt = context.checks->fetch_failure_excerpt(
      {look.record.issue.repository, work.published.head, work.base_branch}, verdict.failed, longest_failure_excerpt);
  if (!excerpt)
    text += fmt::format("\nWhat they printed could not be read: {}\n", clean_single_line(excerpt.error().message));
  else if (!excerpt->empty())
    text += fmt::format("\nThe end of what they printed:\n\n{}\n", excerpt->substr(0, longest_failure_excerpt));
  return redact(context, text);
}

} // namespace afk::loop
