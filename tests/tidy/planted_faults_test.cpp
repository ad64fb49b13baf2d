// Each rule has to see the fault that is planted for it, and nothing in the sound file beside it.
#include <support/catch.hpp>

#include <tidy/rules.hpp>

namespace afk::tidy {
namespace {

struct Plant {
  const char* name;
  Findings (*check)(const SourceTree&);
  SourceTree sound;
  SourceTree faulty;
  const char* expected; // a part of what the finding says
};

std::string lines(std::size_t count) {
  std::string text;
  for (std::size_t line = 0; line < count; ++line) {
    text += "  call();\n";
  }
  return text;
}

SourceFile suites_file() {
  return {"tests/CMakeLists.txt", "add_library(a STATIC support/a.cpp)\nafk_suite(b FOLDER unit/core LINK a)\n"};
}

const std::vector<Plant>& include_plants() {
  static const std::vector<Plant> plants = {
      {"core includes config",
       check_room_arrows,
       {{"lib/afk/core/a.hpp", "#include <afk/core/b.hpp>\n"}},
       {{"lib/afk/core/a.hpp", "#include <afk/config/b.hpp>\n"}},
       "core may not include config"},
      {"loop includes an adapter",
       check_room_arrows,
       {{"lib/afk/loop/a.cpp", "#include <afk/port/b.hpp>\n#include <afk/core/b.hpp>\n"}},
       {{"lib/afk/loop/a.cpp", "#include <afk/adapter/b.hpp>\n"}},
       "loop may not include adapter"},
      {"adapter includes config",
       check_room_arrows,
       {{"lib/afk/adapter/a.cpp", "#include <afk/http/b.hpp>\n"}},
       {{"lib/afk/adapter/a.cpp", "# include <afk/config/b.hpp>\n"}},
       "adapter may not include config"},
      {"app includes more than cli",
       check_room_arrows,
       {{"app/main.cpp", "#include <afk/cli/run.hpp>\n"}},
       {{"app/main.cpp", "#include <afk/core/b.hpp>\n"}},
       "app may not include core"},
      {"a room that nobody drew",
       check_room_arrows,
       {{"lib/afk/cli/a.cpp", "#include <afk/loop/b.hpp>\n"}},
       {{"lib/afk/util/a.cpp", "int a;\n"}},
       "lies in no room"},
      {"an include in a comment is none",
       check_room_arrows,
       {{"lib/afk/core/a.cpp", "// #include <afk/cli/b.hpp>\n/*\n#include <afk/cli/b.hpp>\n*/\n"}},
       {{"lib/afk/core/a.cpp", "/* */ #include <afk/cli/b.hpp>\n"}},
       "core may not include cli"},
      {"core reads files",
       check_core_purity,
       {{"lib/afk/adapter/a.cpp", "#include <fstream>\n"}},
       {{"lib/afk/core/a.cpp", "#include <fstream>\n"}},
       "<fstream> is for other rooms"},
      {"core reads the clock",
       check_core_purity,
       {{"lib/afk/core/a.cpp", "// never std::chrono::system_clock::now()\n"}},
       {{"lib/afk/core/a.cpp", "auto now = std::chrono::system_clock::now();\n"}},
       "reads no clock"},
      {"toml++ outside its homes",
       check_library_homes,
       {{"lib/afk/config/a.cpp", "#include <toml++/toml.h>\n"},
        {"lib/afk/adapter/front_matter.cpp", "#include <toml++/toml.h>\n"}},
       {{"lib/afk/adapter/a.cpp", "#include <toml++/toml.h>\n"}},
       "toml++ lives in"},
      {"libcurl in a header",
       check_library_homes,
       {{"lib/afk/http/curl_transport.cpp", "#include <curl/curl.h>\n"}},
       {{"lib/afk/http/transport.hpp", "#include <curl/curl.h>\n"}},
       "libcurl lives in"},
      {"nlohmann_json outside its homes",
       check_library_homes,
       {{"lib/afk/adapter/a_codec.cpp", "#include <nlohmann/json.hpp>\n"},
        {"lib/afk/cli/json_output.cpp", "#include <nlohmann/json.hpp>\n"}},
       {{"lib/afk/cli/status.cpp", "#include <nlohmann/json.hpp>\n"}},
       "nlohmann_json lives in"},
      {"CLI11 outside cli",
       check_library_homes,
       {{"lib/afk/cli/a.cpp", "#include <CLI/CLI.hpp>\n"}},
       {{"lib/afk/loop/a.cpp", "#include <CLI/CLI.hpp>\n"}},
       "CLI11 lives in"},
      {"libcrypto outside crypto.cpp",
       check_library_homes,
       {{"lib/afk/adapter/crypto.cpp", "#include <openssl/evp.h>\n"}},
       {{"lib/afk/adapter/crypto.hpp", "#include <openssl/evp.h>\n"}},
       "libcrypto lives in"},
      {"Catch2 without the shim",
       check_library_homes,
       {{"tests/unit/core/a.cpp", "#include <support/catch.hpp>\n"}},
       {{"tests/unit/core/a.cpp", "#include <catch2/catch.hpp>\n"}},
       "through support/catch.hpp"},
      {"a library without a home",
       check_library_homes,
       {{"lib/afk/core/a.cpp", "#include <fmt/format.h>\n#include <vector>\n"}},
       {{"lib/afk/core/a.cpp", "#include <boost/asio.hpp>\n"}},
       "has no home"},
      {"the operating system in core",
       check_library_homes,
       {{"lib/afk/adapter/a.cpp", "#include <sys/wait.h>\n#include <unistd.h>\n"}},
       {{"lib/afk/core/a.cpp", "#include <unistd.h>\n"}},
       "the operating system is not for"},
      {"the product includes a test",
       check_library_homes,
       {{"tests/unit/core/a.cpp", "#include <support/b.hpp>\n"}},
       {{"lib/afk/cli/a.cpp", "#include <support/b.hpp>\n"}},
       "only tests include tests"},
      {"a quoted include",
       check_library_homes,
       {{"lib/afk/core/a.cpp", "#include <afk/core/a.hpp>\n"}, {"tests/unit/core/a.cpp", "#include \"b.hpp\"\n"}},
       {{"lib/afk/core/a.cpp", "#include \"a.hpp\"\n"}},
       "from the include root"},
      {"a reference test that sees what it judges",
       check_reference_tests,
       {{"tests/unit/reference/a.cpp", "#include <afk/core/situation.hpp>\n"}},
       {{"tests/unit/reference/a.cpp", "#include <afk/core/decide.hpp>\n"}},
       "reaches afk/core/decide.hpp"},
      {"a reference test that sees it through another header",
       check_reference_tests,
       {{"tests/unit/reference/a.cpp", "#include <support/b.hpp>\n"}, {"tests/support/b.hpp", "#include <vector>\n"}},
       {{"tests/unit/reference/a.cpp", "#include <support/b.hpp>\n"},
        {"tests/support/b.hpp", "#include <afk/core/c.hpp>\n"},
        {"lib/afk/core/c.hpp", "#include <afk/core/dispatch_policy.hpp>\n"}},
       "reaches afk/core/dispatch_policy.hpp"},
      {"a reference test that sees it through its neighbour",
       check_reference_tests,
       {{"tests/unit/reference/a.cpp", "#include \"b.hpp\"\n"},
        {"tests/unit/other/b.hpp", "#include <afk/core/decide.hpp>\n"}},
       {{"tests/unit/reference/a.cpp", "#include \"b.hpp\"\n"},
        {"tests/unit/reference/b.hpp", "#include <afk/core/decide.hpp>\n"}},
       "a.cpp:0: reaches afk/core/decide.hpp"},
      {"a reference test that uses the product",
       check_reference_tests,
       {{"tests/unit/reference/a.cpp", "#include <afk/core/policy_verdict.hpp>\n"}},
       {{"tests/unit/reference/a.cpp", "#include <afk/core/text.hpp>\n"}},
       "only the tables' types"},
  };
  return plants;
}

const std::vector<Plant>& text_plants() {
  static const std::vector<Plant> plants = {
      {"a function of 70 lines",
       check_function_lengths,
       {{"lib/afk/core/a.cpp", "void f() {\n" + lines(67) + "}\n"}},
       {{"lib/afk/core/a.cpp", "void f() {\n" + lines(68) + "}\n"}},
       "70 lines, 69 are the most: void f()"},
      {"a long member function",
       check_function_lengths,
       {{"lib/afk/core/a.hpp", "struct A {\n" + lines(100) + "};\n"}},
       {{"lib/afk/core/a.hpp", "struct A {\n  int b = 0;\n  void f() const {\n" + lines(70) + "  }\n};\n"}},
       "void f() const"},
      {"a long lambda at namespace scope",
       check_function_lengths,
       {{"lib/afk/core/a.cpp", "const int table[] = {\n" + lines(100) + "};\n"}},
       {{"lib/afk/core/a.cpp", "const auto f = [](int a) {\n" + lines(70) + "};\n"}},
       "const auto f"},
      {"braces that hide behind a directive",
       check_function_lengths,
       {{"lib/afk/core/a.cpp", "#define OPEN {\nvoid f() {}\n"}},
       {{"lib/afk/core/a.cpp", "void f() {\n#if A\n  if (a) {\n#else\n  if (b) {\n#endif\n  }\n}\n"}},
       "cannot be measured"},
      {"a main of 25 lines",
       check_main_length,
       {{"app/main.cpp", lines(24)}},
       {{"app/main.cpp", lines(25)}},
       "has 25 lines"},
      {"the environment read outside cli",
       check_environment_and_streams,
       {{"lib/afk/cli/a.cpp", "auto home = std::getenv(\"HOME\");\n"}},
       {{"lib/afk/config/a.cpp", "auto home = std::getenv(\"HOME\");\n"}},
       "getenv is for cli"},
      {"printing outside cli",
       check_environment_and_streams,
       {{"lib/afk/loop/a.cpp", "// std::cout\nconst char* a = \"std::cout\";\n"}},
       {{"lib/afk/loop/a.cpp", "std::cout << a;\n"}},
       "std::cout is for cli"},
      {"a header without its guard",
       check_pragma_once,
       {{"lib/afk/core/a.hpp", "#pragma once\n"}},
       {{"lib/afk/core/a.hpp", "// What it is for.\n#pragma once\n"}},
       "starts with #pragma once"},
      {"unfinished work",
       check_no_unfinished_work,
       {{"lib/afk/core/a.cpp", "// the methODOlogy\n"}},
       {{"lib/afk/core/a.cpp", std::string("// TO") + "DO: later\n"}},
       "finish it"},
      {"a name in camel case",
       check_file_names,
       {{"lib/afk/core/run_card.hpp", ""}, {"tests/CMakeLists.txt", ""}, {"tests/golden/config/01-Name.toml", ""}},
       {{"lib/afk/core/runCard.hpp", ""}},
       "snake_case"},
      {"a test without a suite",
       check_suites,
       {suites_file(), {"tests/unit/core/a_test.cpp", ""}, {"tests/support/a.cpp", ""}},
       {suites_file(), {"tests/unit/other/a_test.cpp", ""}},
       "unit/other/a_test.cpp:0: belongs to no suite"},
      {"support that nobody builds",
       check_suites,
       {suites_file(), {"tests/support/a.cpp", ""}},
       {suites_file(), {"tests/support/b.cpp", ""}},
       "support/b.cpp:0: belongs to no suite"},
  };
  return plants;
}

void check_plants(const std::vector<Plant>& plants) {
  for (const Plant& plant : plants) {
    DYNAMIC_SECTION(plant.name) {
      CHECK(render_findings(plant.check(plant.sound)).empty());
      const std::string found = render_findings(plant.check(plant.faulty));
      INFO("found: " << found);
      CHECK(found.find(plant.expected) != std::string::npos);
    }
  }
}

} // namespace

TEST_CASE("rules about includes see their planted faults") {
  check_plants(include_plants());
}

TEST_CASE("rules about text see their planted faults") {
  check_plants(text_plants());
}

} // namespace afk::tidy
