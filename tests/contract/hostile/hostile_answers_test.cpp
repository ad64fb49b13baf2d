// The table of hostile answers, read by a small reader of issues and by the adapter of a forge.

#include "github_probe.hpp"
#include "list_reader_codec.hpp"

#include <support/catch.hpp>
#include <support/hostile_answers.hpp>

#include <iostream>
#include <map>
#include <set>

namespace afk::test {
namespace {

void check_all(const char* reader, const HostileProbe& probe) {
  const auto outcomes = run_hostile_answers(probe);
  std::cout << reader << '\n' << render_hostile_table(outcomes);
  std::map<std::string, std::set<std::string>> groups;
  for (const HostileOutcome& one : outcomes) {
    CAPTURE(one.group, one.name, one.said);
    CHECK(one.passed);
    CHECK(groups[one.group].insert(one.name).second);
  }
  CHECK(outcomes.size() >= 200);
  CHECK(groups.size() >= 12);
  for (const auto& [name, cases] : groups) {
    CAPTURE(name);
    CHECK(cases.size() >= 8);
  }
}

TEST_CASE("every hostile answer ends in its kind of error", "[hostile]") {
  check_all("a reader of all fields", make_list_probe());
}

TEST_CASE("every hostile answer to the GitHub adapter ends in its kind of error", "[hostile]") {
  check_all("the GitHub adapter", make_github_probe());
}

} // namespace
} // namespace afk::test
