#pragma once
// Which languages a repository is written in, told by the names at its root, and the commands that check such work.
// Pure. The table is the one place that knows this: QA runs the commands, prompts name them.
//
// Names are a repository's and so hostile: they choose rows of the table, and never become part of a command.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace afk {

struct LanguageCheck {
  std::string_view language;             // "go"
  std::vector<std::string_view> present; // what stands at the root of such a repository, all of it
  std::vector<std::string_view> build;   // shell lines; empty where there is nothing to build
  std::vector<std::string_view> verify;  // shell lines that pass on good work, and then only; never empty
};

// Every row that can be recognised. Of the rows of one language the first that fits speaks for it.
[[nodiscard]] std::span<const LanguageCheck> list_language_checks();

// One row for each language that was recognised, in the table's order; empty where none was.
[[nodiscard]] std::vector<const LanguageCheck*> derive_languages(std::span<const std::string> root_entries);

// What verifies all of them, in order; empty where no language was recognised.
[[nodiscard]] std::vector<std::string> derive_language_commands(std::span<const std::string> root_entries);

// "go, php, node": for messages that say what is known.
[[nodiscard]] std::string render_known_languages();

} // namespace afk
