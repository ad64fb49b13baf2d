#include <afk/core/agent_report.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

namespace afk {

namespace {

constexpr auto results = std::to_array<std::pair<DeclaredResult, std::string_view>>({
    {DeclaredResult::done, "done"},
    {DeclaredResult::nothing_to_do, "nothing-to-do"},
    {DeclaredResult::blocked, "blocked"},
});

constexpr auto phases = std::to_array<std::pair<ReportedPhase, std::string_view>>({
    {ReportedPhase::working, "working"},
    {ReportedPhase::tests_red, "tests-red"},
    {ReportedPhase::tests_green, "tests-green"},
    {ReportedPhase::pushed, "pushed"},
});

Error malformed(std::string message) {
  return Error{.kind = ErrorKind::malformed, .message = std::move(message)};
}

Error unknown_value(std::string_view key, std::string_view value, std::string_view expected) {
  const std::string shown = quote_for_display(truncate_text(value, {.max_bytes = 80, .note = "..."}));
  return malformed(fmt::format("\"{}\" of the agent's report is {}; expected {}", key, shown, expected));
}

struct Bound {
  std::size_t max_bytes = 0;
  std::string_view key;
};

std::string bounded(std::string text, const Bound& bound, AgentReport& report) {
  if (text.size() <= bound.max_bytes) {
    return text;
  }
  report.notes.push_back(fmt::format("\"{}\" was cut to {} bytes", bound.key, bound.max_bytes));
  return truncate_text(text, {.max_bytes = bound.max_bytes, .note = " [cut]"});
}

Result<void> read_question(const AgentReportFields& fields, AgentReport& report) {
  const std::string cleaned = clean_for_terminal(fields.question.value_or(""));
  report.question =
      bounded(std::string(trim_ascii(cleaned)), {.max_bytes = longest_question, .key = "question"}, report);
  if (report.question.empty()) {
    if (report.result == DeclaredResult::blocked) {
      return malformed("the agent's report says \"blocked\" and asks nothing; expected its question in \"question\"");
    }
    return {};
  }
  if (report.result && *report.result != DeclaredResult::blocked) {
    return malformed(fmt::format("the agent's report asks a question and says \"{}\"; a question goes with \"blocked\"",
                                 render_declared_result(*report.result)));
  }
  report.result = DeclaredResult::blocked;
  return {};
}

Result<void> read_cost(const AgentReportFields& fields, AgentReport& report) {
  if (!fields.cost_usd) {
    return {};
  }
  const double cost = *fields.cost_usd;
  if (!std::isfinite(cost) || cost < 0 || cost > highest_reported_cost_usd) {
    return malformed(fmt::format("\"cost_usd\" of the agent's report is {}; expected 0 to 1000000", cost));
  }
  report.cost_usd = cost;
  return {};
}

} // namespace

std::string_view render_declared_result(DeclaredResult result) {
  for (const auto& [value, name] : results) {
    if (value == result) {
      return name;
    }
  }
  return "done";
}

Result<DeclaredResult> parse_declared_result(std::string_view text) {
  for (const auto& [value, name] : results) {
    if (name == text) {
      return value;
    }
  }
  return unknown_value("result", text, "done, nothing-to-do or blocked");
}

std::string_view render_reported_phase(ReportedPhase phase) {
  for (const auto& [value, name] : phases) {
    if (value == phase) {
      return name;
    }
  }
  return "working";
}

Result<ReportedPhase> parse_reported_phase(std::string_view text) {
  for (const auto& [value, name] : phases) {
    if (name == text) {
      return value;
    }
  }
  return unknown_value("phase", text, "working, tests-red, tests-green or pushed");
}

Result<AgentReport> derive_agent_report(const AgentReportFields& fields) {
  AgentReport report;
  if (fields.result) {
    const auto result = parse_declared_result(*fields.result);
    if (!result.ok()) {
      return result.error();
    }
    report.result = result.value();
  }
  if (fields.phase) {
    const auto phase = parse_reported_phase(*fields.phase);
    if (!phase.ok()) {
      return phase.error();
    }
    report.phase = phase.value();
  }
  if (const auto question = read_question(fields, report); !question.ok()) {
    return question.error();
  }
  if (const auto cost = read_cost(fields, report); !cost.ok()) {
    return cost.error();
  }
  report.step =
      bounded(clean_single_line(fields.step.value_or("")), {.max_bytes = longest_step, .key = "step"}, report);
  return report;
}

} // namespace afk
