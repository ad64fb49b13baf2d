#include <afk/core/language.hpp>
#include <afk/core/prompt_hints.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace afk {

namespace {

std::string render_row(const LanguageCheck& check) {
  return fmt::format("  `{}`: `{}`\n", fmt::join(check.present, "` and `"), fmt::join(check.verify, "`, `"));
}

} // namespace

std::string render_language_hints(const PromptInput& input) {
  std::string rows;
  if (input.root_entries) {
    for (const LanguageCheck* check : derive_languages(*input.root_entries)) {
      rows += render_row(*check);
    }
    return rows.empty() ? "" : "- How such a project is usually built and tested, by what lies at its root:\n" + rows;
  }
  if (!input.check_commands.empty()) {
    return {};
  }
  for (const LanguageCheck& check : list_language_checks()) {
    rows += render_row(check);
  }
  return "- How projects are usually built and tested, by what lies at their root; the project's own documents go "
         "first:\n" +
         rows;
}

} // namespace afk
