#include <afk/core/text.hpp>
#include <support/catch.hpp>
#include <support/hostile_text.hpp>

#include <regex>
#include <string>

using namespace afk;

TEST_CASE("A forge finds nothing to act on") {
  struct Case {
    std::string name;
    std::string text;
    std::string cleaned;
  };

  const auto test = GENERATE(values<Case>({
      {"honest text", "The cart loses *one* item; see `total()`.\n\n- a\n- b\n",
       "The cart loses *one* item; see `total()`.\n\n- a\n- b\n"},
      {"mention", "ask @octocat and @org/team", "ask @ octocat and @ org/team"},
      {"mention split by a hidden character", "@\xE2\x80\x8Boctocat", "@ octocat"},
      {"mention as an entity", "&#64;octocat &commat;x", "&amp; no. 64;octocat &amp;commat;x"},
      {"entities that decode to nothing else stay", "a &lt; b &amp;&amp; c &gt; d", "a &lt; b &amp;&amp; c &gt; d"},
      {"mail address", "mail a@b.example", "mail a@ b.example"},
      {"closing word", "Fixes #12, closes owner/repo#7", "Fixes no. 12, closes owner/repo no. 7"},
      {"number at the start of a line is no heading", "#12", "no. 12"},
      {"headings stay", "# Title\n## 2nd", "# Title\n## 2nd"},
      {"pull request reference", "see !3", "see no. 3"},
      {"GH-9", "fixes GH-9 and gh-10, not HIGH-3", "fixes no. 9 and no. 10, not HIGH-3"},
      {"closing word before an address", "fixes: https://forge.example/o/r/issues/4",
       "fixes: see https://forge.example/o/r/issues/4"},
      {"address alone", "https://forge.example/a", "https://forge.example/a"},
      {"closing word inside another", "prefixes https://forge.example/a", "prefixes https://forge.example/a"},
      {"command", "/merge\n  /close now", "\\/merge\n  \\/close now"},
      {"command behind quote and list marks", "> /merge\n- /close", "> \\/merge\n- \\/close"},
      {"command behind a carriage return", "ok\n\r/merge", "ok\n\\/merge"},
      {"command behind a line separator", "ok\xE2\x80\xA8/merge", "ok\n\\/merge"},
      {"slashes elsewhere", "either/or, a /b", "either/or, a /b"},
      {"comment opener and our own marker", "<!-- afk:card -->", "&lt;!-- afk:card --&gt;"},
      {"tag", "<img src=x> </details> 1 < 2", "&lt;img src=x> &lt;/details> 1 < 2"},
      {"image", "![p](https://evil.example/p)", "! [p](https://evil.example/p)"},
      {"image behind another mark", "!![p](x)", "!! [p](x)"},
      {"fence that never ends", "a\n```sh\nrm\n~~~", "a\n\\```sh\nrm\n\\~~~"},
  }));
  DYNAMIC_SECTION(test.name) {
    CHECK(clean_for_markdown(test.text) == test.cleaned);
  }
}

TEST_CASE("No mixture of hostile pieces gets through to a forge") {
  const std::regex mention("@[A-Za-z0-9_-]");
  const std::regex reference("[#!][0-9]|\\b[Gg][Hh]-[0-9]");
  const std::regex closing("\\b(fix|close|resolve)(s|es|d|ed)?[:\\s]+https?://", std::regex::icase);
  const std::regex command("(^|\\n)[ \\t>*+-]*/[A-Za-z]");
  const std::regex opener("<[A-Za-z!/?]|-->|!\\[");
  const std::regex entity("&#|&(?!amp;|lt;|gt;)[A-Za-z]");
  const std::regex fence("(^|\\n)[ \\t>*+-]*(```|~~~)");
  for (const std::string& text : test::hostile_texts()) {
    const std::string cleaned = clean_for_markdown(text);
    CAPTURE(quote_for_display(text), quote_for_display(cleaned));
    CHECK_FALSE(std::regex_search(cleaned, mention));
    CHECK_FALSE(std::regex_search(cleaned, reference));
    CHECK_FALSE(std::regex_search(cleaned, closing));
    CHECK_FALSE(std::regex_search(cleaned, command));
    CHECK_FALSE(std::regex_search(cleaned, opener));
    CHECK_FALSE(std::regex_search(cleaned, entity));
    CHECK_FALSE(std::regex_search(cleaned, fence));
    CHECK(clean_for_markdown(cleaned) == cleaned);
  }
}

TEST_CASE("A code block can not be left from inside") {
  CHECK(render_code_block("make: *** [all] Error 1") == "```\nmake: *** [all] Error 1\n```\n");
  CHECK(render_code_block("") == "```\n```\n");
  CHECK(render_code_block("a\n```\nb\n") == "````\na\n```\nb\n````\n");
  CHECK(render_code_block("<!-- afk:card -->") == "```\n< !-- afk:card -->\n```\n");
  for (const std::string& text : test::hostile_texts()) {
    const std::string block = render_code_block(text);
    const std::string fence = block.substr(0, block.find('\n'));
    CAPTURE(quote_for_display(block));
    CHECK(block.find(fence, fence.size()) == block.size() - fence.size() - 1);
    CHECK(block.find("<!--") == std::string::npos);
  }
}
