#pragma once
// Starting the judges: the scripts of this folder under node, with what fetch_judges.sh got them.

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace afk::test {

struct JudgeFinding {
  std::string side; // "request" or "answer"
  std::string where;
  std::string what;
  std::string record;
  int line = 0;
};

struct Judgement {
  std::vector<JudgeFinding> findings;
  int rest = 0; // exchanges that were judged
  int graphql = 0;
  std::vector<std::string> operations;
};

std::string render_findings(const Judgement& judgement);

// The folder with what the judges need, fetched where it is not there yet. Inside a test case: nothing means that it
// was skipped (in CI it has failed) and returns.
std::optional<std::filesystem::path> find_judges_or_skip();

// Throws when the judges could not judge.
Judgement judge(const std::filesystem::path& cache, const std::vector<std::filesystem::path>& records);

} // namespace afk::test
