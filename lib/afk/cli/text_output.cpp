#include <afk/cli/text_output.hpp>

#include <afk/core/message.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::cli {

namespace {

constexpr std::string_view red = "31";
constexpr std::string_view green = "32";
constexpr std::string_view yellow = "33";
constexpr std::string_view bold = "1";

std::string paint(std::string_view text, std::string_view color, Console::Colors colors) {
  return colors == Console::Colors::off ? std::string(text) : fmt::format("\x1b[{}m{}\x1b[0m", color, text);
}

std::string_view color_of(const loop::IssueReport& issue) {
  if (issue.verdict == loop::Verdict::failed)
    return red;
  if (issue.terminal)
    return *issue.terminal == Ending::done || *issue.terminal == Ending::review ? green : yellow;
  return issue.verdict == loop::Verdict::skipped ? yellow : green;
}

// "dispatched", "end done": what happened to the issue in a word or two.
std::string headline(const loop::IssueReport& issue) {
  if (issue.verdict)
    return std::string(loop::render_verdict(*issue.verdict));
  return issue.action.value_or("");
}

std::string render_issue_line(const loop::IssueReport& issue, Console::Colors colors) {
  std::string line =
      fmt::format("{}  {}", render_issue_ref(issue.issue), paint(headline(issue), color_of(issue), colors));
  if (issue.run)
    line += fmt::format("  {}", issue.run->text);
  const std::string reason = clean_single_line(issue.reason);
  if (!reason.empty())
    line += fmt::format("  {}", reason);
  return line + "\n";
}

// What a brief answer leaves out: issues that were only looked at.
bool is_quiet(const loop::IssueReport& issue) {
  if (issue.verdict)
    return *issue.verdict == loop::Verdict::skipped;
  return issue.writes.empty() && !issue.terminal;
}

std::string render_gates(const loop::IssueReport& issue, Console::Colors colors) {
  std::string text;
  for (const GateVerdict& gate : issue.gates) {
    const bool fails = gate.state == GateState::fail;
    const std::string_view mark = gate.state == GateState::pass ? "pass" : fails ? "FAIL" : " -  ";
    const std::string_view color = gate.state == GateState::pass ? green : fails ? red : yellow;
    text += fmt::format("  {} {:<14} {}\n", paint(mark, color, colors), gate.name, clean_single_line(gate.reason));
    if (fails && !gate.change.empty())
      text += fmt::format("       {:<14} to change it: {}\n", "", clean_single_line(gate.change));
  }
  return text;
}

// Each line behind a mark of its own, so that nothing in it passes for a line of afk.
std::string render_prompt_text(const loop::IssueReport& issue) {
  if (!issue.prompt)
    return "";
  std::string text = "  the agent would be told:\n";
  const std::string prompt = clean_for_terminal(*issue.prompt);
  for (const std::string_view line : split_lines(prompt))
    text += fmt::format("  | {}\n", line);
  return text;
}

std::string render_age(const std::optional<Timestamp>& since, Timestamp now) {
  if (!since)
    return "-";
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(std::max(Duration::zero(), now - *since));
  if (age < std::chrono::minutes(2))
    return fmt::format("{}s", age.count());
  if (age < std::chrono::hours(2))
    return fmt::format("{}m", age.count() / 60);
  return age < std::chrono::hours(48) ? fmt::format("{}h", age.count() / 3600)
                                      : fmt::format("{}d", age.count() / 86400);
}

} // namespace

std::string render_tick_text(const loop::TickReport& report, Detail detail, Console::Colors colors) {
  std::string text;
  if (!report.idle_reason.empty() && detail == Detail::full)
    text += fmt::format("poll starts nothing: {}\n", report.idle_reason);
  for (const loop::IssueReport& issue : report.issues) {
    if (detail == Detail::brief && is_quiet(issue))
      continue;
    text += render_issue_line(issue, colors);
    if (detail != Detail::full)
      continue;
    for (const std::string& write : issue.writes)
      text += fmt::format("  {}{}\n", report.mode == loop::TickReport::Mode::dry_run ? "would " : "",
                          clean_single_line(write));
    text += render_prompt_text(issue);
    text += render_gates(issue, colors);
  }
  if (detail == Detail::full)
    text += fmt::format("{} issue(s), {} error(s), {} request(s), {} ms\n", report.issues.size(), report.errors.size(),
                        report.requests.count, report.duration.count());
  return text;
}

std::string render_status_text(const loop::TickReport& report, Timestamp now, Console::Colors colors) {
  if (report.issues.empty())
    return "no runs in flight\n";
  std::size_t width = 5;
  for (const loop::IssueReport& issue : report.issues)
    width = std::max(width, render_issue_ref(issue.issue).size());
  std::string text = paint(fmt::format("{:<{}}  {:<12} {:<6} {:<8} {:<20} {}", "issue", width, "phase", "age",
                                       "attempts", "next", "title"),
                           bold, colors) +
                     "\n";
  for (const loop::IssueReport& issue : report.issues) {
    text += fmt::format("{:<{}}  {:<12} {:<6} {:<8} {:<20} {}\n", render_issue_ref(issue.issue), width,
                        issue.phase.value_or("-"), render_age(issue.started_at, now), issue.attempts.value_or(0),
                        issue.action.value_or("-"), render_title_for_people(issue.title));
    if (issue.step)
      text += fmt::format("{:<{}}  last step {}\n", "", width, render_line_for_people(*issue.step));
    if (issue.quiet_since)
      text += fmt::format("{:<{}}  no sign of work for {}\n", "", width, render_age(issue.quiet_since, now));
    if (issue.executor_ref)
      text += fmt::format("{:<{}}  log {}\n", "", width, clean_single_line(*issue.executor_ref));
    for (const loop::EvidenceLink& link : issue.evidence)
      text += fmt::format("{:<{}}  {} {}\n", "", width, link.name, clean_single_line(link.value));
  }
  return text;
}

std::string render_why_text(const loop::TickReport& report, Console::Colors colors) {
  std::string text;
  for (const loop::IssueReport& issue : report.issues) {
    text += fmt::format("{}  {}\n", paint(render_issue_ref(issue.issue), bold, colors),
                        render_title_for_people(issue.title));
    if (issue.run)
      text += fmt::format("  run {}\n", issue.run->text);
    if (issue.row)
      text += fmt::format("  row {} of the decision table: {}\n", *issue.row, issue.action.value_or(""));
    text += fmt::format("  {}: {}\n", paint(headline(issue), color_of(issue), colors), clean_single_line(issue.reason));
    text += render_gates(issue, colors);
  }
  return text;
}

std::string render_doctor_text(const std::vector<Finding>& findings, Console::Colors colors) {
  std::string text;
  for (const Finding& finding : findings) {
    const bool bad = finding.state == FindingState::bad;
    const std::string_view color = bad ? red : finding.state == FindingState::note ? yellow : green;
    text +=
        fmt::format("{} {:<22} {}\n", paint(fmt::format("{:<5}", render_finding_state(finding.state)), color, colors),
                    finding.check, clean_single_line(finding.message));
    if (bad && !finding.cure.empty())
      text += fmt::format("      {:<22} cure: {}\n", "", clean_single_line(finding.cure));
  }
  return text;
}

} // namespace afk::cli
