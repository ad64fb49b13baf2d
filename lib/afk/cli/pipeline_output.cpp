// The workflow commands and the summary file are documented by GitHub ("Workflow commands for GitHub Actions");
// Forgejo's runner takes the same.
#include <afk/cli/pipeline_output.hpp>

#include <afk/core/message.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace afk::cli {

namespace {

std::string escape_message(std::string_view text) {
  std::string escaped;
  for (const char one : text) {
    if (one == '%')
      escaped += "%25";
    else if (one == '\r')
      escaped += "%0D";
    else if (one == '\n')
      escaped += "%0A";
    else
      escaped += one;
  }
  return escaped;
}

std::string escape_property(std::string_view text) {
  std::string escaped;
  for (const char one : escape_message(text)) {
    if (one == ':')
      escaped += "%3A";
    else if (one == ',')
      escaped += "%2C";
    else
      escaped += one;
  }
  return escaped;
}

std::string annotate(std::string_view level, std::string_view title, std::string_view message) {
  return fmt::format("::{} title={}::{}\n", level, escape_property(clean_single_line(title)),
                     escape_message(clean_for_terminal(message)));
}

bool runs_in_actions(const config::Environment& environment) {
  return std::ranges::any_of(environment, [](const auto& one) {
    return (one.first == "GITHUB_ACTIONS" || one.first == "FORGEJO_ACTIONS" || one.first == "GITEA_ACTIONS") &&
           one.second == "true";
  });
}

// A cell must not end its row.
std::string cell(std::string_view text) {
  std::string clean = clean_for_markdown(clean_single_line(text));
  for (std::size_t at = clean.find('|'); at != std::string::npos; at = clean.find('|', at + 2))
    clean.insert(at, "\\");
  return clean;
}

} // namespace

std::string render_annotations(const loop::TickReport& report) {
  std::string text;
  if (report.fatal)
    text += annotate("error", "afk", report.fatal->message);
  for (const loop::ReportedError& reported : report.errors)
    text += annotate("error", reported.issue ? render_issue_ref(*reported.issue) : "afk", reported.error.message);
  for (const loop::IssueReport& issue : report.issues) {
    if (!issue.terminal)
      continue;
    const bool good = *issue.terminal == Ending::done || *issue.terminal == Ending::review;
    text += annotate(good ? "notice" : "warning", render_issue_ref(issue.issue),
                     fmt::format("{} {}", render_ending_headline(*issue.terminal), issue.reason));
  }
  return text;
}

std::string render_step_summary(const loop::TickReport& report) {
  std::string text = "### afk\n\n";
  if (report.issues.empty())
    return text + "No runs.\n";
  text += "| issue | phase | action | reason |\n|---|---|---|---|\n";
  for (const loop::IssueReport& issue : report.issues)
    text += fmt::format("| {} | {} | {} | {} |\n", render_issue_ref(issue.issue), issue.phase.value_or("-"),
                        issue.terminal ? std::string(render_ending(*issue.terminal)) : issue.action.value_or("-"),
                        cell(issue.reason));
  return text;
}

void write_pipeline_annotations(const Invocation& invocation, const loop::TickReport& report) {
  if (!runs_in_actions(invocation.environment))
    return;
  Console& console = invocation.console;
  std::fputs(console.redact(render_annotations(report)).c_str(), stderr);
  if (const auto file = config::find_variable(invocation.environment, "GITHUB_STEP_SUMMARY"); file && !file->empty()) {
    std::ofstream summary(std::string(*file), std::ios::app);
    summary << console.redact(render_step_summary(report));
    summary.close();
    if (!summary)
      console.say_error(std::nullopt, {ErrorKind::io, fmt::format("the step summary cannot be written to {}", *file)});
  }
}

} // namespace afk::cli
