// Everything that the suites before this one said to the fake GitHub, and everything that it answered.
#include <judges/judge_run.hpp>

#include <support/catch.hpp>

#include <iostream>

using namespace afk::test;

TEST_CASE("every request of the other suites is one that GitHub takes, and every answer one that it gives") {
  const auto cache = find_judges_or_skip();
  if (!cache) {
    return;
  }
  std::vector<std::filesystem::path> records;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(AFK_EXCHANGES_FOLDER, missing)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("github-") && name != "github-judge_github.jsonl") {
      records.push_back(entry.path());
    }
  }
  const Judgement judgement = judge(*cache, records);
  std::cout << "judged: " << judgement.rest << " exchanges by REST and " << judgement.graphql << " by GraphQL of "
            << records.size() << " suites, " << judgement.operations.size() << " operations\n";
  const std::string findings = render_findings(judgement);
  INFO(findings.substr(0, 20000));
  CHECK(judgement.findings.empty());
}
