#pragma once
// GitHub and Forgejo Actions: annotations beside the log and a summary of the step. Nothing elsewhere.

#include <afk/cli/commands.hpp>
#include <afk/loop/report.hpp>

#include <string>

namespace afk::cli {

// One workflow command per error and per run that ended in a person's hands; the text is escaped as the runner asks.
[[nodiscard]] std::string render_annotations(const loop::TickReport& report);

// A Markdown table of the runs.
[[nodiscard]] std::string render_step_summary(const loop::TickReport& report);

// On stderr, which the runner reads too, so that stdout stays the result's; the summary goes to its file.
void write_pipeline_annotations(const Invocation& invocation, const loop::TickReport& report);

} // namespace afk::cli
