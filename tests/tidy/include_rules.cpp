// Rules about who includes what.
#include <tidy/rules.hpp>

#include <tidy/code_view.hpp>

#include <algorithm>
#include <map>
#include <regex>
#include <set>

namespace afk::tidy {
namespace {

// The arrows of lib/README.md, followed to their ends. A room may include itself.
const std::map<std::string, std::set<std::string>, std::less<>>& arrows() {
  static const std::map<std::string, std::set<std::string>, std::less<>> table = {
      {"core", {}},
      {"port", {"core"}},
      {"config", {"core"}},
      {"http", {"port", "core"}},
      {"adapter", {"http", "port", "core"}},
      {"loop", {"port", "core"}},
      {"cli", {"adapter", "http", "loop", "config", "port", "core"}},
  };
  return table;
}

// "lib/afk/core/text.hpp" and "afk/core/text.hpp" are both of the room "core"; "" where the path names no room.
std::string room_of(std::string_view path) {
  static const std::regex in_room(R"(^(?:lib/)?afk/(\w+)/.*)");
  std::match_results<std::string_view::const_iterator> match;
  return std::regex_match(path.begin(), path.end(), match, in_room) ? match[1].str() : "";
}

// With the closing slash.
std::string folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/') + 1);
}

struct Home {
  std::regex header; // what is included
  std::regex place;  // who may include it
  std::string said;
};

// The tests read JSON and TOML to judge what the program wrote, and Catch2 through one shim.
const std::vector<Home>& homes() {
  static const std::vector<Home> table = {
      {std::regex(R"(toml\+\+/.*)"), std::regex(R"(lib/afk/config/.*|lib/afk/adapter/front_matter\.cpp|tests/.*)"),
       "toml++ lives in config and adapter/front_matter.cpp"},
      {std::regex(R"(curl/.*)"), std::regex(R"(lib/afk/http/[^/]*\.cpp|tests/bench/floor\.cpp)"),
       "libcurl lives in http; the floor of the benchmark links it"},
      {std::regex(R"(nlohmann/json_fwd\.hpp)"), std::regex(R"(lib/afk/adapter/json_guard_codec\.hpp)"),
       "nlohmann_json is named, and no more, in the header of the guard that all codecs use"},
      {std::regex(R"(nlohmann/.*)"),
       std::regex(R"(lib/afk/adapter/(\w*_codec|journal\w*)\.cpp|lib/afk/cli/json_output\.cpp|tests/.*)"),
       "nlohmann_json lives in adapter/*_codec.cpp, cli/json_output.cpp and the journal"},
      {std::regex(R"(yaml\.h)"), std::regex(R"(lib/afk/adapter/yaml_codec\.cpp)"),
       "libyaml lives in adapter/yaml_codec.cpp"},
      {std::regex(R"(CLI/.*)"), std::regex(R"(lib/afk/cli/.*)"), "CLI11 lives in cli"},
      {std::regex(R"(openssl/.*)"),
       std::regex(R"(lib/afk/adapter/crypto\.cpp|tests/support/(stream_server|tls_context)\.cpp)"),
       "libcrypto lives in adapter/crypto.cpp; servers of the tests speak TLS"},
      {std::regex(R"(fmt/.*)"), std::regex(R"(.*)"), ""},
      {std::regex(R"(catch2/.*)"), std::regex(R"(tests/support/catch\w*\.[ch]pp)"),
       "Catch2 is included through support/catch.hpp"},
      {std::regex(R"((support|tidy|unit|contract|deploy|judges|sim|e2e|fuzz|bench)/.*)"), std::regex(R"(tests/.*)"),
       "only tests include tests"},
      {std::regex(R"(afk/.*)"), std::regex(R"(.*)"), ""},
      {std::regex(R"((sys|linux|arpa|netinet)/.*\.h|[a-z_]+\.h)"),
       std::regex(R"(lib/afk/(?!core/|port/|loop/).*|app/.*|tests/.*)"),
       "the operating system is not for core, port and loop"},
      {std::regex(R"([a-z_]+)"), std::regex(R"(.*)"), ""}, // the standard library
  };
  return table;
}

const Home* find_home(const std::string& header) {
  const auto found = std::find_if(homes().begin(), homes().end(),
                                  [&](const Home& home) { return std::regex_match(header, home.header); });
  return found == homes().end() ? nullptr : &*found;
}

Findings check_file_homes(const SourceFile& file) {
  Findings findings;
  for (const Include& include : find_includes(file.text)) {
    const Home* const home = find_home(include.header);
    if (include.form == IncludeForm::quoted && lies_in(file, "tests/") && !include.header.contains('/')) {
      continue; // a test may name its neighbour
    }
    if (include.form == IncludeForm::quoted) {
      findings.push_back({file.path, include.line, "include <" + include.header + "> from the include root instead"});
    } else if (home == nullptr) {
      findings.push_back({file.path, include.line, "<" + include.header + "> has no home: name one in tests/tidy"});
    } else if (!std::regex_match(file.path, home->place)) {
      findings.push_back({file.path, include.line, "<" + include.header + ">: " + home->said});
    }
  }
  return findings;
}

// Everything of the project that the file includes, also through other headers of the project.
std::set<std::string> reach(const SourceTree& tree, const SourceFile& start) {
  std::set<std::string> reached;
  std::vector<const SourceFile*> open = {&start};
  while (!open.empty()) {
    const SourceFile& file = *open.back();
    open.pop_back();
    for (const Include& include : find_includes(file.text)) {
      const bool is_new = reached.insert(include.header).second;
      const auto found = std::find_if(tree.begin(), tree.end(), [&](const SourceFile& candidate) {
        return candidate.path == "lib/" + include.header || candidate.path == "tests/" + include.header ||
               candidate.path == folder_of(file.path) + include.header;
      });
      if (is_new && found != tree.end()) {
        open.push_back(&*found);
      }
    }
  }
  return reached;
}

} // namespace

Findings check_room_arrows(const SourceTree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    const bool is_app = lies_in(file, "app/");
    if (!is_cpp(file) || (!lies_in(file, "lib/") && !is_app)) {
      continue;
    }
    const std::string room = is_app ? "app" : room_of(file.path);
    const auto arrow = arrows().find(room);
    if (arrow == arrows().end() && !is_app) {
      findings.push_back({file.path, 0, "lies in no room that lib/README.md knows"});
      continue;
    }
    for (const Include& include : find_includes(file.text)) {
      const std::string target = room_of(include.header);
      const bool is_allowed = is_app ? target == "cli" : target == room || arrow->second.contains(target);
      if (!target.empty() && !is_allowed) {
        findings.push_back({file.path, include.line, room + " may not include " + target + ": " + include.header});
      }
    }
  }
  return findings;
}

Findings check_core_purity(const SourceTree& tree) {
  static const std::set<std::string> impure = {
      "condition_variable", "ctime", "filesystem", "fstream", "future", "iostream", "mutex", "random", "thread",
  };
  Findings findings;
  for (const SourceFile& file : tree) {
    if (!is_cpp(file) || !lies_in(file, "lib/afk/core/")) {
      continue;
    }
    for (const Include& include : find_includes(file.text)) {
      if (impure.contains(include.header)) {
        findings.push_back({file.path, include.line, "core is pure: <" + include.header + "> is for other rooms"});
      }
    }
    const std::string code = blank_comments_and_literals(file.text);
    for (const char* const clock : {"system_clock::now", "steady_clock::now"}) {
      for (const std::size_t line : find_word(code, clock)) {
        findings.push_back({file.path, line, "core reads no clock: the time is handed in"});
      }
    }
  }
  return findings;
}

Findings check_library_homes(const SourceTree& tree) {
  Findings findings;
  for (const SourceFile& file : tree) {
    if (is_cpp(file) && (lies_in(file, "lib/") || lies_in(file, "app/") || lies_in(file, "tests/"))) {
      const Findings found = check_file_homes(file);
      findings.insert(findings.end(), found.begin(), found.end());
    }
  }
  return findings;
}

Findings check_reference_tests(const SourceTree& tree) {
  static const std::regex judged(R"(afk/core/(decide|dispatch_policy)\w*\.hpp)");
  static const std::set<std::string> allowed = {"afk/core/situation.hpp", "afk/core/action.hpp",
                                                "afk/core/policy_input.hpp", "afk/core/policy_verdict.hpp"};
  Findings findings;
  for (const SourceFile& file : tree) {
    if (!is_cpp(file) || !lies_in(file, "tests/unit/reference/")) {
      continue;
    }
    for (const Include& include : find_includes(file.text)) {
      if (!room_of(include.header).empty() && !allowed.contains(include.header)) {
        findings.push_back({file.path, include.line, "a reference test includes only the tables' types"});
      }
    }
    for (const std::string& header : reach(tree, file)) {
      if (std::regex_match(header, judged)) {
        findings.push_back({file.path, 0, "reaches " + header + ", which it has to judge"});
      }
    }
  }
  return findings;
}

} // namespace afk::tidy
