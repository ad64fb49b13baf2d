#pragma once
// The words of a prompt that are afk's own: the rules that hold in every turn, and what each kind of turn is for.
// Nothing untrusted is in here. prompt.cpp is the only caller.

#include <afk/core/prompt.hpp>

#include <string>
#include <string_view>

namespace afk {

inline constexpr std::string_view builtin_prompt_template = R"(# Work order: {{kind}} turn for {{issue}}

{{order}}
{{rules}})";

// Counts up when the words of a prompt change.
inline constexpr std::string_view builtin_prompt_version = "builtin/2";

[[nodiscard]] std::string render_standing_rules(const PromptInput& input);

// What this turn is for, in one or two sentences.
[[nodiscard]] std::string render_turn_order(const PromptInput& input);

} // namespace afk
