#pragma once
// What an agent is told: standing rules, the order of the turn, and the untrusted text that it is about.
//
// Text from outside (the issue, failing output, questions, answers, paths) never stands in the prompt but between two
// lines that carry a boundary nobody outside could know; it also lies beside the prompt as files with its raw bytes.
// Nothing of it is ever read as a template.

#include <afk/core/config.hpp>
#include <afk/core/digest.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/landing_plan.hpp>
#include <afk/core/prompt_file.hpp>
#include <afk/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk {

inline constexpr std::string_view issue_file_name = "ISSUE.md"; // "# <title>", an empty line, the body
inline constexpr std::string_view failure_file_name = "FAILURE.txt";
inline constexpr std::string_view question_file_name = "QUESTION.txt";
inline constexpr std::string_view answer_file_name = "ANSWER.txt";
inline constexpr std::string_view comments_file_name = "COMMENTS.md";

// Who takes the commits out of the workspace: `afk` itself, so that the agent never pushes, or the agent.
enum class Publisher : std::uint8_t { afk, agent };

struct PromptLimits {
  std::size_t text_bytes = std::size_t{64} << 10;
  std::size_t file_bytes = std::size_t{1} << 20; // of each file
};

struct PromptInput {
  TurnKind kind = TurnKind::first; // never verify: that turn has no agent
  IssueRef issue;
  RunName run;
  std::string branch;      // of the run
  std::string base_branch; // where the work shall land
  LandingMode landing = LandingMode::push;
  Publisher publisher = Publisher::afk;
  PromptSettings::IssueForm issue_form = PromptSettings::IssueForm::embed;
  std::string issue_title;                    // as pinned
  std::string issue_body;                     // as pinned
  std::string issue_url;                      // for the pointer form; may be empty
  std::string comments;                       // of trusted people, where the configuration lets them in; may be empty
  std::string failure;                        // fix: what the failing checks printed; else why the last turn failed
  std::vector<std::string> conflicting_paths; // rebase; empty: the base is red, not in conflict
  std::string question;                       // answer
  std::string answer;                         // answer
  std::vector<std::string> check_commands;    // what will be run on the head, for the agent to run first
  // Names at the root of the repository, which choose hints and never stand in the text; absent: nobody has seen them.
  std::optional<std::vector<std::string>> root_entries;
  std::string persona;                      // the operator's words on who the agent is; may be empty
  std::string role;                         // the name of the role that a trusted label asks for; "" for none
  std::string role_instructions;            // the operator's words on it
  std::string boundary;                     // 16 to 64 lower-case hex characters, new and random for each turn
  std::optional<std::string> template_text; // of prompt.template_file; absent: the built-in one
  PromptLimits limits;
};

struct Prompt {
  std::string text; // valid UTF-8
  std::vector<PromptFile> files;
  std::vector<std::string> dropped; // what did not fit, one sentence each; also said in the text
  std::string template_version;     // "builtin/2", or "file/" and the first 12 hex characters of its SHA-256
  // SHA-256 of the text without its boundary, hex: two ticks that derive the same prompt agree on it.
  std::string hash;

  friend bool operator==(const Prompt&, const Prompt&) = default;
};

// Fails with `configuration` where the template names an unknown variable, leaves one open, or lacks {{rules}} or
// {{order}}; with `too_large` where rules and order alone pass the limit on the text.
Result<Prompt> derive_prompt(const PromptInput& input, const Digest& digest);

// The names that a template may use, each as {{name}}; "{{{{" stands for two literal braces.
[[nodiscard]] std::vector<std::string_view> prompt_variables();

// Checks a template without an issue, for the doctor and for loading: the same failures as above.
Result<void> check_prompt_template(std::string_view template_text);

} // namespace afk
