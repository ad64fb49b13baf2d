// Which commands check which repository: the table written down a second time, by the files that stand at a root.
#include <afk/core/language.hpp>

#include <support/catch.hpp>

#include <set>
#include <string>
#include <vector>

namespace afk::test {
namespace {

using Strings = std::vector<std::string>;

struct Case {
  const char* name;
  Strings root;
  Strings commands;
};

TEST_CASE("a language is told by what stands at the root, and brings its own checks") {
  const auto row = GENERATE(values<Case>(
      {{"nothing", {}, {}},
       {"nothing known", {"README.md", "src", "Makefile"}, {}},
       {"a name that only looks like one", {"go.mod.bak", "xgo.mod", "GO.MOD", "go.mod\n"}, {}},
       {"go", {"go.mod", "main.go"}, {"go build ./...", "go vet ./...", "go test ./..."}},
       {"php with phpunit",
        {"composer.json", "phpunit.xml.dist"},
        {"composer install --no-interaction --no-progress", "vendor/bin/phpunit"}},
       {"php with a script",
        {"composer.json"},
        {"composer install --no-interaction --no-progress", "composer run-script --no-interaction --timeout=0 test"}},
       {"node with a lock file", {"package-lock.json", "package.json"}, {"npm ci", "npm test"}},
       {"node without", {"package.json"}, {"npm install --no-audit", "npm test"}},
       {"a lock file alone is no project", {"package-lock.json", "yarn.lock", "pnpm-lock.yaml"}, {}},
       {"node with yarn", {"package.json", "yarn.lock"}, {"yarn install --frozen-lockfile", "yarn test"}},
       {"node with pnpm, which goes before npm's lock file",
        {"package.json", "package-lock.json", "pnpm-lock.yaml"},
        {"pnpm install --frozen-lockfile", "pnpm test"}},
       {"python", {"pyproject.toml"}, {"python3 -m pytest"}},
       {"python with uv", {"pyproject.toml", "uv.lock"}, {"uv sync --locked", "uv run pytest"}},
       {"python with tox", {"setup.py", "tox.ini"}, {"tox"}},
       {"rust", {"Cargo.toml", "Cargo.lock"}, {"cargo build", "cargo test"}},
       {"c++",
        {"CMakeLists.txt"},
        {"cmake -S . -B build-afk", "cmake --build build-afk --parallel",
         "ctest --test-dir build-afk --output-on-failure --no-tests=error"}},
       {"two of them, in the table's order",
        {"package.json", "go.mod"},
        {"go build ./...", "go vet ./...", "go test ./...", "npm install --no-audit", "npm test"}}}));
  DYNAMIC_SECTION(row.name) {
    CHECK(derive_language_commands(row.root) == row.commands);
  }
}

TEST_CASE("every row can be recognised, has something that can fail, and stands with its language") {
  std::set<std::string_view> left;
  std::string_view last;
  for (const LanguageCheck& check : list_language_checks()) {
    INFO(check.language);
    const Strings root(check.present.begin(), check.present.end());
    CHECK_FALSE(root.empty());
    CHECK_FALSE(check.verify.empty());
    REQUIRE(derive_languages(root).size() == 1);
    CHECK(derive_languages(root).front() == &check);
    if (check.language != last) {
      CHECK(left.insert(check.language).second);
    }
    last = check.language;
  }
  CHECK(render_known_languages() == "go, php, node, python, rust, c++ (CMake)");
}

} // namespace
} // namespace afk::test
