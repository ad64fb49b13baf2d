#include <judges/judge_run.hpp>

#include <support/catch.hpp>
#include <support/skip.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <stdexcept>

#include <sys/wait.h>

namespace afk::test {

namespace {

struct ShellOutput {
  int exit_code = 0;
  std::string text;
};

// Words are quoted; they are paths of this project's own.
ShellOutput run(const std::vector<std::string>& words) {
  std::string command;
  for (const std::string& word : words) {
    command += "'" + word + "' ";
  }
  FILE* const pipe = ::popen((command + "2>&1").c_str(), "r");
  if (pipe == nullptr) {
    throw std::runtime_error("cannot start " + words.front());
  }
  ShellOutput output;
  std::array<char, 65536> bytes{};
  for (std::size_t got = 1; got > 0;) {
    got = std::fread(bytes.data(), 1, bytes.size(), pipe);
    output.text.append(bytes.data(), got);
  }
  const int status = ::pclose(pipe);
  output.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return output;
}

const std::filesystem::path scripts = std::filesystem::path(AFK_SOURCE_DIR) / "tests" / "judges";

} // namespace

std::string render_findings(const Judgement& judgement) {
  std::ostringstream text;
  for (const JudgeFinding& finding : judgement.findings) {
    text << finding.record << ":" << finding.line << ": " << finding.side << " of " << finding.where << ": "
         << finding.what << "\n";
  }
  return text.str();
}

std::optional<std::filesystem::path> find_judges_or_skip() {
  const char* const named = std::getenv("AFK_JUDGES_CACHE");
  const std::filesystem::path cache = named != nullptr ? named : AFK_JUDGES_FOLDER;
  const ShellOutput fetched = run({(scripts / "fetch_judges.sh").string(), cache.string()});
  if (fetched.exit_code == 0) {
    return cache;
  }
  if (std::getenv("CI") != nullptr || fetched.exit_code != 3) {
    FAIL_CHECK("the judges are not here: " << fetched.text);
  } else {
    skip("the judges are not here: " + fetched.text);
  }
  return std::nullopt;
}

Judgement judge(const std::filesystem::path& cache, const std::vector<std::filesystem::path>& records) {
  std::vector<std::string> words{"node", (scripts / "judge_github.mjs").string(), cache.string()};
  for (const auto& record : records) {
    words.push_back(record.string());
  }
  const ShellOutput output = run(words);
  if (output.exit_code != 0) {
    throw std::runtime_error("the judges broke: " + output.text);
  }
  Judgement judgement;
  std::istringstream lines(output.text);
  for (std::string line; std::getline(lines, line);) {
    const auto parsed = nlohmann::json::parse(line);
    if (parsed.contains("operations")) {
      judgement.rest = parsed.at("rest").get<int>();
      judgement.graphql = parsed.at("graphql").get<int>();
      judgement.operations = parsed.at("operations").get<std::vector<std::string>>();
      continue;
    }
    judgement.findings.push_back({.side = parsed.at("side").get<std::string>(),
                                  .where = parsed.at("where").get<std::string>(),
                                  .what = parsed.at("what").get<std::string>(),
                                  .record = parsed.at("record").get<std::string>(),
                                  .line = parsed.at("line").get<int>()});
  }
  return judgement;
}

} // namespace afk::test
