// The table of hostile answers, read by a small reader of issues as an adapter of a forge has one.

#include "list_reader_codec.hpp"

#include <support/catch.hpp>
#include <support/hostile_answers.hpp>

#include <iostream>
#include <map>
#include <set>

namespace afk::test {
namespace {

TEST_CASE("every hostile answer ends in its kind of error", "[hostile]") {
  const auto outcomes = run_hostile_answers(make_list_probe());
  std::cout << render_hostile_table(outcomes);
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

} // namespace
} // namespace afk::test
