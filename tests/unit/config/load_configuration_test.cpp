#include <afk/config/load_configuration.hpp>

#include "configuration_fixture.hpp"

#include <support/files.hpp>
#include <support/skip.hpp>
#include <support/temporary_folder.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <string>

namespace afk::config::test {
namespace {

std::string refuse_load(const LoadRequest& request) {
  const auto loaded = load_configuration(request);
  return loaded ? std::string("(no problem)") : render_problems(loaded.error());
}

void put_private(const std::string& path, std::string_view text) {
  afk::test::put_file(path, text);
  REQUIRE(::chmod(path.c_str(), 0600) == 0);
}

std::string list_places(const LoadRequest& request) {
  const auto candidates = list_candidates(request);
  if (!candidates) {
    return render_problem(candidates.error());
  }
  std::string text;
  for (const Candidate& candidate : *candidates) {
    text += candidate.path + (candidate.need == Candidate::Need::must_exist ? "! " : " ");
  }
  return text;
}

} // namespace

TEST_CASE("a configuration is looked for where somebody said, else at the usual places") {
  const Environment usual{{"HOME", "/home/you"}, {"XDG_CONFIG_HOME", "/xdg"}};
  Environment named = usual;
  named.emplace_back("AFK_CONFIG", "/named.toml");
  CHECK(list_places({.flag = "flag.toml", .environment = named}) == "flag.toml! ");
  CHECK(list_places({.flag = "", .environment = named}) == "/named.toml! ");
  CHECK(list_places({.flag = "", .environment = usual}) == "/xdg/afk/afk.toml /etc/afk/afk.toml ");
  CHECK(list_places({.flag = "", .environment = home_only}) == "/home/you/.config/afk/afk.toml /etc/afk/afk.toml ");
  CHECK(list_places({.flag = "", .environment = {}}) == "/etc/afk/afk.toml ");
}

TEST_CASE("no place is relative to the working folder unless a person types it") {
  for (const std::string variable : {"AFK_CONFIG", "XDG_CONFIG_HOME", "HOME"}) {
    INFO(variable);
    const std::string places = list_places({.flag = "", .environment = {{variable, "here"}}});
    CHECK(places.find("environment variable " + variable + ": this is not an absolute path") == 0);
  }
  CHECK(list_places({.flag = "", .environment = {{"AFK_CONFIG", ""}}}).find("set, but to nothing") !=
        std::string::npos);
}

TEST_CASE("a configuration is loaded from its file") {
  const afk::test::TemporaryFolder folder;
  put_private(folder / "xdg/afk/afk.toml", smallest);
  const LoadRequest usual{.flag = "", .environment = {{"HOME", "/home/you"}, {"XDG_CONFIG_HOME", folder / "xdg"}}};

  SECTION("at a usual place") {
    const auto loaded = load_configuration(usual);
    REQUIRE(loaded.has_value());
    CHECK(loaded->config.tracker.url == folder / "xdg/afk/tracker");
    CHECK(loaded->provenance.file == folder / "xdg/afk/afk.toml");
  }
  SECTION("a usual place that exists counts, even when it cannot be used") {
    REQUIRE(::chmod((folder / "xdg/afk/afk.toml").c_str(), 0666) == 0);
    CHECK(refuse_load(usual) == folder / "xdg/afk/afk.toml: others may write it; chmod go-w\n");
  }
  SECTION("a named file has to exist") {
    LoadRequest named = usual;
    named.environment.emplace_back("AFK_CONFIG", folder / "missing.toml");
    CHECK(refuse_load(named) == folder / "missing.toml: there is no such file\n    AFK_CONFIG names it\n");
    named.flag = folder / "other.toml";
    CHECK(refuse_load(named) == folder / "other.toml: there is no such file\n    --config names it\n");
  }
  SECTION("what is wrong with its text has the file's name") {
    put_private(folder / "xdg/afk/afk.toml", "kill_switch = 2\n");
    CHECK(refuse_load(usual).find(folder / "xdg/afk/afk.toml:1:15: kill_switch: ") != std::string::npos);
  }
  SECTION("a file beyond the limit") {
    put_private(folder / "xdg/afk/afk.toml", std::string(largest_document + 1, '\n'));
    CHECK(refuse_load(usual).find("larger than 262144 bytes") != std::string::npos);
  }
}

TEST_CASE("the files that a configuration names are looked at, all of them") {
  const afk::test::TemporaryFolder folder;
  const std::string file = folder / "afk.toml";
  put_private(file, std::string(smallest) + "[card]\nkey_file = \"key\"\nprevious_key_files = [\"old\"]\n"
                                            "[prompt]\ntemplate_file = \"template\"\n[limits]\nreserve = -1\n");
  put_private(folder / "key", "key");
  afk::test::put_file(folder / "template", "template");
  REQUIRE(::chmod((folder / "template").c_str(), 0644) == 0);
  const LoadRequest request{.flag = file, .environment = home_only};

  SECTION("what is missing or open is said beside what is wrong otherwise") {
    REQUIRE(::chmod((folder / "key").c_str(), 0604) == 0);
    REQUIRE(::chmod((folder / "template").c_str(), 0646) == 0);
    CHECK(refuse_load(request) ==
          file + ":6:12: card.key_file: " + (folder / "key") +
              ": it is a secret and everybody may read it; chmod 600\n" + file +
              ":7:22: card.previous_key_files: " + (folder / "old") + ": there is no such file\n" + file +
              ":9:17: prompt.template_file: " + (folder / "template") + ": others may write it; chmod go-w\n" + file +
              ":11:11: limits.reserve: a whole number from 0 to 1000000 was expected, this is -1\n");
  }
  SECTION("everything right") {
    put_private(folder / "old", "old");
    put_private(file, std::string(smallest) + "[card]\nkey_file = \"key\"\nprevious_key_files = [\"old\"]\n"
                                              "[prompt]\ntemplate_file = \"template\"\n");
    CHECK(refuse_load(request) == "(no problem)");
  }
  SECTION("a file that a variable names") {
    put_private(file, smallest);
    LoadRequest with_variable = request;
    with_variable.environment.emplace_back("AFK_CARD_KEY_FILE", folder / "none");
    CHECK(refuse_load(with_variable) ==
          "environment variable AFK_CARD_KEY_FILE: card.key_file: " + (folder / "none") + ": there is no such file\n");
  }
}

TEST_CASE("where there is no configuration, the places are named") {
  const afk::test::TemporaryFolder folder;
  if (std::filesystem::exists("/etc/afk/afk.toml")) {
    return afk::test::skip("this machine has a configuration");
  }
  const std::string text = refuse_load({.flag = "", .environment = {{"HOME", folder.path()}}});
  CHECK(text.find(folder / ".config/afk/afk.toml, /etc/afk/afk.toml") != std::string::npos);
  CHECK(text.find("afk init") != std::string::npos);
}

} // namespace afk::config::test
