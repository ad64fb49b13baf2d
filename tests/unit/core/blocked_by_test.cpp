#include <afk/core/blocked_by.hpp>
#include <afk/core/text.hpp>
#include <support/catch.hpp>
#include <support/hostile_text.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace afk;

namespace {

const RepositoryName home{"shop", "cart"};

std::vector<std::string> render_all(const BlockedBy& found) {
  std::vector<std::string> texts;
  for (const IssueRef& issue : found.issues) {
    texts.push_back(issue.repository == home ? "#" + std::to_string(issue.number) : render_issue_ref(issue));
  }
  for (const std::string& text : found.unreadable) {
    texts.push_back("? " + text);
  }
  return texts;
}

} // namespace

TEST_CASE("Lines that say what blocks an issue") {
  struct Case {
    std::string body;
    std::vector<std::string> blockers;
  };

  const auto test = GENERATE(values<Case>({
      {"Blocked by #3", {"#3"}},
      {"blocked by: #3.", {"#3"}},
      {"BLOCKED BY #3!", {"#3"}},
      {"Blocked-by: #3", {"#3"}},
      {"Blocked   by\t#3", {"#3"}},
      {"Blocked by #3, #4 and other/repo#5", {"#3", "#4", "other/repo#5"}},
      {"Blocked by #3 & #4 or #5; also by #6", {"#3", "#4", "#5", "#6"}},
      {"Blocked by issue #3 and pull request #4", {"#3", "#4"}},
      {"Blocked by #3#4", {"? #3#4"}},
      {"Blocked by #3 and Shop/Cart#3 and shop/cart#3 and #3", {"#3"}},
      {"**Blocked by:** #3", {"#3"}},
      {"_Blocked by_ **#3**", {"#3"}},
      {"- Blocked by #3", {"#3"}},
      {"-Blocked by #3", {"#3"}},
      {"* [ ] blocked by #3", {"#3"}},
      {"2. blocked by #3", {"#3"}},
      {"| Blocked by | #3 |", {"#3"}},
      {"## Blocked by #3", {"#3"}},
      {"This is blocked by #3 (see #4).", {"#3"}},
      {"The cart is done. It is blocked by #3, which is late. See #4.", {"#3"}},
      {"Blocked by #3 but not by #4", {"#3"}},
      {"Blocked by #3; blocked by #4", {"#3", "#4"}},
      {"Blocked by [#3](https://forge.example/shop/cart/issues/3), [other/repo#4](x) and #5",
       {"#3", "other/repo#4", "#5"}},
      {"Blocked by (#3)", {"#3"}},
      {"Blocked by #3\r\nBlocked by #4\r\n", {"#3", "#4"}},
      {"Blocked by #\xE2\x80\x8B"
       "3",
       {"#3"}},
      {"Blocked by", {}},
      {"Blocked by the design of #3", {}},
      {"Blocked by nobody", {}},
      {"Depends on #3", {}},
      {"Blocks #3", {}},
      {"Unblocked by #3", {}},
      {"non-blocked by #3", {}},
      {"blocked byte #3", {}},
      {"blocked #3", {}},
      {"blockedby #3", {}},
      {"Blocked by #anchor", {}},
      {"Blocked by &#39;x&#39;", {}},
      {"Blocked by 3", {}},
      {"", {}},
  }));
  DYNAMIC_SECTION(test.body) {
    CHECK(render_all(derive_blocked_by(test.body, home)) == test.blockers);
  }
}

TEST_CASE("What is negated, quoted or code blocks nothing") {
  struct Case {
    std::string body;
    std::vector<std::string> blockers;
  };

  const auto test = GENERATE(values<Case>({
      {"Not blocked by #3", {}},
      {"This is not blocked by #3", {}},
      {"is NOT currently blocked by #3", {}},
      {"isn't blocked by #3", {}},
      {"isn\xE2\x80\x99t really blocked by #3", {}},
      {"isnt blocked by #3", {}},
      {"no longer blocked by #3", {}},
      {"never been blocked by #3", {}},
      {"is not at all blocked by #3", {}},
      {"It does not get blocked by #3", {}},
      {"This **is not** blocked by #3", {}},
      {"Nothing is blocked by #3", {}},
      {"Not blocked by #3. Blocked by #4", {"#4"}},
      {"Not blocked by #3, blocked by #4", {"#4"}},
      {"Not urgent, blocked by #3", {"#3"}},
      {"Do not start. Blocked by #3", {"#3"}},
      {"not only blocked by #3", {"#3"}},
      {"no rush but blocked by #3", {"#3"}},
      {"Nota bene: blocked by #3", {"#3"}},
      {"knot blocked by #3", {"#3"}},
      {"not for long any more though blocked by #3", {"#3"}},
      {"Not\nblocked by #3", {"#3"}},
      {"> Blocked by #3", {}},
      {"> quoted\n\nBlocked by #3", {"#3"}},
      {"- > Blocked by #3", {}},
      {"`Blocked by #3`", {}},
      {"Blocked by `#3`", {}},
      {"Blocked by `a` #3", {"#3"}},
      {"```\nBlocked by #3\n```\n", {}},
      {"```\nBlocked by #3\n```\nBlocked by #4", {"#4"}},
      {"```\nBlocked by #3", {"#3"}},
      {"~~~md\nBlocked by #3\n~~~", {}},
      {"<!-- Blocked by #3 -->", {}},
      {"<!--\nBlocked by #3\n-->\nBlocked by #4", {"#4"}},
      {"<!-- Blocked by #3", {"#3"}},
      {"`a\nb` Blocked by #3 `c`", {"#3"}},
  }));
  DYNAMIC_SECTION(test.body) {
    CHECK(render_all(derive_blocked_by(test.body, home)) == test.blockers);
  }
}

TEST_CASE("A section lists what blocks an issue") {
  struct Case {
    std::string name;
    std::string body;
    std::vector<std::string> blockers;
  };

  const auto test = GENERATE(values<Case>({
      {"items", "## Blocked by\n\n- #3\n* other/repo#4 the payment\n1. [ ] #5\n", {"#3", "other/repo#4", "#5"}},
      {"titles in front", "### blocked by ###\n- The payment (#3)\n- [the tax](https://x.example/#4) #5", {"#3", "#5"}},
      {"lines", "# Blocked by:\n#3, #4\n", {"#3", "#4"}},
      {"ends with the next heading", "## Blocked by\n- #3\n### Notes\n- #4", {"#3"}},
      {"other headings", "## Parent\n- #1\n## Unblocked by\n- #2\n## Not blocked by\n- #3", {}},
      {"emphasis in the heading", "## **Blocked by**\n- #3", {"#3"}},
      {"seven marks and four blanks are no heading", "####### Blocked by\n- #3\n\n    # Blocked by\n- #4", {}},
      {"heading without a blank is none", "##Blocked by\n- #3", {}},
      {"none", "## Blocked by\n\nNone - can start immediately (was #3)", {}},
      {"nothing", "## Blocked by\n- Nothing, #3 is done", {}},
      {"sentences inside", "## Blocked by\n- Blocked by #3 (see #4)\n- Not blocked by #5\n- #6", {"#3", "#6"}},
      {"quote inside", "## Blocked by\n> #3\n\n`#4`\n", {}},
      {"issue form without an answer", "### Blocked by\n\n_No response_\n", {}},
      {"line with a list", "Blocked by:\n- #3\n\n- #4\n\nSee #5", {"#3", "#4"}},
      {"bold line with a list", "**Blocked by**\n* #3\n", {"#3"}},
      {"line without a list", "Blocked by:\nthe weather and #3", {}},
      {"entities and anchors", "## Blocked by\n- it&#39;s #intro, C# and #3", {"#3"}},
  }));
  DYNAMIC_SECTION(test.name) {
    CHECK(render_all(derive_blocked_by(test.body, home)) == test.blockers);
  }
}

TEST_CASE("References that name no issue are kept apart") {
  struct Case {
    std::string body;
    std::vector<std::string> blockers;
  };

  const auto test = GENERATE(values<Case>({
      {"Blocked by #0", {"? #0"}},
      {"Blocked by #99999999999999999999, #3", {"#3", "? #99999999999999999999"}},
      {"Blocked by a/b/c#3", {"? a/b/c#3"}},
      {"Blocked by #3-#5", {"? #3-#5"}},
      {"Blocked by #12abc", {"? #12abc"}},
      {"Blocked by ../../etc#1", {"? ../../etc#1"}},
      {"## Blocked by\n- repo#3", {"? repo#3"}},
  }));
  DYNAMIC_SECTION(test.body) {
    CHECK(render_all(derive_blocked_by(test.body, home)) == test.blockers);
  }
}

TEST_CASE("The number of blockers is bounded") {
  std::string body = "Blocked by";
  for (std::size_t number = 1; number <= most_blockers; ++number) {
    body += " #" + std::to_string(number);
  }
  const BlockedBy all = derive_blocked_by(body, home);
  CHECK(all.issues.size() == most_blockers);
  CHECK(all.completeness == BlockedBy::Completeness::complete);
  CHECK(derive_blocked_by(body + " #1", home) == all);
  const BlockedBy more = derive_blocked_by(body + " #101", home);
  CHECK(more.issues == all.issues);
  CHECK(more.completeness == BlockedBy::Completeness::too_many);
}

TEST_CASE("Hostile texts are read like any other") {
  for (const std::string& text : test::hostile_texts()) {
    const BlockedBy found = derive_blocked_by(text + "\n\n\nBlocked by #77\n", home);
    CAPTURE(quote_for_display(text));
    const bool is_found = std::ranges::find(found.issues, IssueRef{home, 77}) != found.issues.end();
    CHECK(is_found);
    for (const std::string& unreadable : found.unreadable) {
      CHECK(contains_hidden_characters(unreadable) == HiddenCharacters::none);
    }
  }
}

TEST_CASE("Reading takes linear time") {
  const std::string piece = GENERATE(values<std::string>(
      {"blocked by ", "blocked ", "blocked by #1 ", "a a ", "#", "[a](", "not ", "' ", "blocked by and ",
       "blocked by\n", "## blocked by\n- #1\n", "x/y", "blocked by #1\n\n", "&#1;"}));
  std::string text;
  while (text.size() < 500'000) {
    text += piece;
  }
  CHECK(derive_blocked_by(text, home).issues.size() <= 1);
  CHECK(derive_blocked_by("## Blocked by\n" + text, home).issues.size() <= 1);
}
