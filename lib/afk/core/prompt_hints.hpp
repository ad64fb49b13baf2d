#pragma once
// How projects of a language are built and tested, for agents. prompt_rules.cpp is the only caller.

#include <afk/core/prompt.hpp>

#include <string>

namespace afk {

// What the names at the repository's root say. Where nobody has seen them and no command is known that judges the
// result, every row of the table, for the agent to look for the names itself; "" where there is nothing to say.
[[nodiscard]] std::string render_language_hints(const PromptInput& input);

} // namespace afk
