// Everything that the suites before this one said to the fake GitHub, and everything that it answered.
#include <judges/judge_run.hpp>
#include <judges/records.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/skip.hpp>
#include <support/temporary_folder.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <iostream>

using namespace afk::test;

TEST_CASE("every request of the other suites is one that GitHub takes, and every answer one that it gives") {
  const auto cache = find_judges_or_skip();
  if (!cache) {
    return;
  }
  const RecordsFound found = find_records(
      {.exchanges = AFK_EXCHANGES_FOLDER, .programs = AFK_SUITES_FOLDER, .suites = split_words(AFK_GITHUB_SUITES)});
  INFO("ran without a word to the fake GitHub: " << fmt::format("{}", fmt::join(found.silent, " ")));
  CHECK(found.silent.empty());
  int judged = 0;
  for (const auto& record : found.records) { // one by one: no suite hides behind another one
    const Judgement judgement = judge(*cache, {record});
    std::cout << "judged: " << record.filename().string() << ": " << judgement.rest << " exchanges by REST and "
              << judgement.graphql << " by GraphQL, " << judgement.operations.size() << " operations\n";
    const std::string findings = render_findings(judgement);
    INFO(findings.substr(0, 20000));
    CHECK(judgement.findings.empty());
    CHECK(judgement.rest + judgement.graphql > 0);
    judged += judgement.rest + judgement.graphql;
  }
  std::cout << "judged: " << judged << " exchanges of " << found.records.size() << " suites\n";
  if (found.not_run.empty()) {
    CHECK(judged > 0);
    return;
  }
  const std::string said =
      fmt::format("not judged, because they have not run since they were built: {}", fmt::join(found.not_run, " "));
  if (std::getenv("CI") != nullptr) {
    FAIL_CHECK(said);
  } else {
    skip(said);
  }
}

TEST_CASE("a suite that left no record, an empty one or an old one is not taken for one without findings") {
  const TemporaryFolder folder;
  const auto put = [&](const std::string& name, const std::string& text, int age) {
    put_file(folder / name, text);
    std::filesystem::last_write_time(folder / name,
                                     std::filesystem::file_time_type::clock::now() - std::chrono::seconds(age));
  };
  const RecordSearch search{.exchanges = folder.path(), .programs = folder.path(), .suites = split_words("one two")};
  put("one", "program", 10);
  put("two", "program", 10);
  put("github-one.jsonl", "{}\n", 5);
  SECTION("none") {
    CHECK(find_records(search).not_run == std::vector<std::string>{"two"});
  }
  SECTION("an empty one") {
    put("github-two.jsonl", "", 5);
    const RecordsFound found = find_records(search);
    CHECK(found.silent == std::vector<std::string>{"two"});
    CHECK(found.records.size() == 1);
  }
  SECTION("one from before the suite was built") {
    put("github-two.jsonl", "{}\n", 20);
    CHECK(find_records(search).not_run == std::vector<std::string>{"two"});
  }
  SECTION("both") {
    put("github-two.jsonl", "{}\n", 5);
    const RecordsFound found = find_records(search);
    CHECK(found.records.size() == 2);
    CHECK(found.silent.empty());
    CHECK(found.not_run.empty());
  }
}
