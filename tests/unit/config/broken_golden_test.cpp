// Configurations with something wrong, each with the exact words that its author reads.
#include "configuration_fixture.hpp"

#include <support/golden.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <vector>

namespace afk::config::test {
namespace {

constexpr std::size_t fewest_cases = 60;

std::filesystem::path golden_folder() {
  return std::filesystem::path(AFK_SOURCE_DIR) / "tests" / "golden" / "config" / "broken";
}

std::string read_text_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// NAME=value lines on top of a home folder.
Environment read_environment_file(const std::filesystem::path& path) {
  Environment environment = home_only;
  std::istringstream lines(read_text_file(path));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find('=');
    REQUIRE(equals != std::string::npos);
    const std::string name = line.substr(0, equals);
    std::erase_if(environment, [&name](const auto& variable) { return variable.first == name; });
    environment.emplace_back(name, line.substr(equals + 1));
  }
  return environment;
}

// The TOML library words its own errors, differently in each version; where the error stands is ours to promise.
std::string drop_library_words(std::string text) {
  constexpr std::string_view ours = "this is not TOML: ";
  const std::size_t at = text.find(ours);
  const bool library = at != std::string::npos && text.find("nested deeper") == std::string::npos;
  return library ? text.substr(0, at + ours.size()) + "...\n" : text;
}

std::string derive_outcome(const std::filesystem::path& file) {
  const std::string text = read_text_file(file);
  std::filesystem::path variables = file;
  variables.replace_extension(".env");
  const auto loaded = parse_configuration(
      Sources{.text = text,
              .file_name = file.filename().string(),
              .folder = "/etc/afk",
              .environment = std::filesystem::exists(variables) ? read_environment_file(variables) : home_only});
  return loaded ? std::string("(no problem)\n") : drop_library_words(render_problems(loaded.error()));
}

std::vector<std::filesystem::path> list_cases(std::string_view extension) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(golden_folder())) {
    if (entry.path().extension() == extension) {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

// The words without the name of the file: two cases that share them would be one case.
std::string derive_words(std::string text, const std::string& file_name) {
  for (std::size_t at = text.find(file_name); at != std::string::npos; at = text.find(file_name)) {
    text.erase(at, file_name.size());
  }
  return text;
}

} // namespace

TEST_CASE("each broken configuration is refused in its own words") {
  afk::test::GoldenFolder golden("config/broken");
  const std::vector<std::filesystem::path> files = list_cases(".toml");
  std::map<std::string, std::string> seen;
  for (const std::filesystem::path& file : files) {
    INFO(file.filename().string());
    const std::string outcome = derive_outcome(file);
    golden.check(file.stem().string() + ".expected", outcome);
    CHECK(outcome != "(no problem)\n");
    const auto [other, is_new] = seen.emplace(derive_words(outcome, file.filename().string()), file.stem().string());
    INFO("the same words as " << other->second);
    CHECK((is_new || outcome.ends_with("not TOML: ...\n")));
  }
  std::cout << "broken configurations: " << files.size() << "\n";
  CHECK(files.size() >= fewest_cases);
  CHECK(list_cases(".expected").size() == files.size());
}

TEST_CASE("no message repeats what may be a secret") {
  for (const std::filesystem::path& file : list_cases(".toml")) {
    INFO(file.filename().string());
    const std::string outcome = derive_outcome(file);
    CHECK(outcome.find("ghp_") == std::string::npos);
    CHECK(outcome.find("hunter2") == std::string::npos);
    CHECK(outcome.find("s3cr3t") == std::string::npos);
  }
}

} // namespace afk::config::test
