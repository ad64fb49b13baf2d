#pragma once
// Templates of prompts: text with {{variables}}, read once and filled in one pass. A value is never looked at again, so
// that braces in an issue stay braces. prompt.cpp is the only caller.

#include <afk/core/result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afk {

enum class PromptVariable : std::uint8_t { rules, order, issue, issue_text, run, branch, base, kind };

inline constexpr std::size_t prompt_variable_count = 8;

[[nodiscard]] std::string_view render_prompt_variable(PromptVariable variable);

// A piece of text, and the variable that follows it; the last part has none.
struct TemplatePart {
  std::string text;
  std::optional<PromptVariable> variable;
};

struct PromptTemplate {
  std::vector<TemplatePart> parts;

  [[nodiscard]] std::size_t count(PromptVariable variable) const;
};

// Fails with `configuration` and the line on an unknown variable, on "{{" without "}}" in its line, on invalid UTF-8,
// and where {{rules}} or {{order}} is missing.
Result<PromptTemplate> parse_prompt_template(std::string_view text);

using PromptValues = std::array<std::string, prompt_variable_count>; // by PromptVariable

[[nodiscard]] std::string render_prompt_template(const PromptTemplate& prompt_template, const PromptValues& values);

} // namespace afk
