#include <afk/core/language.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace afk {
namespace {

constexpr std::string_view composer_install = "composer install --no-interaction --no-progress";
constexpr std::string_view build_folder_set_up = "cmake -S . -B build-afk";

// Where a lock file stands, what it says is installed: what is checked is what was committed.
const std::vector<LanguageCheck>& language_table() {
  static const std::vector<LanguageCheck> rows{
      {"go", {"go.mod"}, {"go build ./..."}, {"go build ./...", "go vet ./...", "go test ./..."}},
      {"php", {"composer.json", "phpunit.xml"}, {composer_install}, {composer_install, "vendor/bin/phpunit"}},
      {"php", {"composer.json", "phpunit.xml.dist"}, {composer_install}, {composer_install, "vendor/bin/phpunit"}},
      {"php",
       {"composer.json"},
       {composer_install},
       {composer_install, "composer run-script --no-interaction --timeout=0 test"}},
      {"node",
       {"package.json", "pnpm-lock.yaml"},
       {"pnpm install --frozen-lockfile"},
       {"pnpm install --frozen-lockfile", "pnpm test"}},
      {"node",
       {"package.json", "yarn.lock"},
       {"yarn install --frozen-lockfile"},
       {"yarn install --frozen-lockfile", "yarn test"}},
      {"node", {"package.json", "package-lock.json"}, {"npm ci"}, {"npm ci", "npm test"}},
      {"node", {"package.json"}, {"npm install --no-audit"}, {"npm install --no-audit", "npm test"}},
      {"python", {"uv.lock"}, {"uv sync --locked"}, {"uv sync --locked", "uv run pytest"}},
      {"python",
       {"poetry.lock"},
       {"poetry install --no-interaction"},
       {"poetry install --no-interaction", "poetry run pytest"}},
      {"python", {"tox.ini"}, {}, {"tox"}},
      {"python", {"pyproject.toml"}, {}, {"python3 -m pytest"}},
      {"python", {"setup.py"}, {}, {"python3 -m pytest"}},
      {"python", {"requirements.txt"}, {}, {"python3 -m pytest"}},
      {"rust", {"Cargo.toml"}, {"cargo build"}, {"cargo build", "cargo test"}},
      {"c++ (CMake)",
       {"CMakeLists.txt"},
       {build_folder_set_up, "cmake --build build-afk --parallel"},
       {build_folder_set_up, "cmake --build build-afk --parallel",
        "ctest --test-dir build-afk --output-on-failure --no-tests=error"}},
  };
  return rows;
}

bool fits(const LanguageCheck& check, std::span<const std::string> root_entries) {
  return std::ranges::all_of(check.present, [&](std::string_view name) {
    return std::ranges::find(root_entries, name) != root_entries.end();
  });
}

} // namespace

std::span<const LanguageCheck> list_language_checks() {
  return language_table();
}

std::vector<const LanguageCheck*> derive_languages(std::span<const std::string> root_entries) {
  std::vector<const LanguageCheck*> found;
  for (const LanguageCheck& check : language_table()) {
    const bool is_known = !found.empty() && found.back()->language == check.language;
    if (!is_known && fits(check, root_entries)) {
      found.push_back(&check);
    }
  }
  return found;
}

std::vector<std::string> derive_language_commands(std::span<const std::string> root_entries) {
  std::vector<std::string> commands;
  for (const LanguageCheck* check : derive_languages(root_entries)) {
    commands.insert(commands.end(), check->verify.begin(), check->verify.end());
  }
  return commands;
}

std::string render_known_languages() {
  std::vector<std::string_view> names;
  for (const LanguageCheck& check : language_table()) {
    if (names.empty() || names.back() != check.language) {
      names.push_back(check.language);
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

} // namespace afk
