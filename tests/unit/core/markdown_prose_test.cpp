#include <afk/core/markdown_prose.hpp>
#include <support/catch.hpp>
#include <support/hostile_text.hpp>

#include <algorithm>
#include <string>

using namespace afk;

namespace {

// Each run of blanks as one and without blanks at line ends, for tables that people can read.
std::string squeeze(std::string_view prose) {
  std::string squeezed;
  for (const char character : prose) {
    if (character == '\n' && squeezed.ends_with(' ')) {
      squeezed.pop_back();
    }
    if (character != ' ' || (!squeezed.ends_with(' ') && !squeezed.ends_with('\n') && !squeezed.empty())) {
      squeezed.push_back(character);
    }
  }
  return squeezed;
}

} // namespace

TEST_CASE("Prose is what is neither quoted nor code nor comment") {
  struct Case {
    std::string name;
    std::string markdown;
    std::string prose;
  };

  const auto test = GENERATE(values<Case>({
      {"plain", "a *b*\n\n- c\n", "a *b*\n\n- c\n"},
      {"quote", "a\n> b\n>c\n  > d\ne", "a\n\n\n\ne"},
      {"quote in a list", "- > b\n- c", "\n- c"},
      {"fence", "a\n```sh\nb\n```\nc", "a\n\n\n\nc"},
      {"tildes", "~~~\nb\n```\n~~~~\nc", "\n\n\n\nc"},
      {"shorter fence does not close", "````\nb\n```\nc\n````\nd", "\n\n\n\n\nd"},
      {"fence with words does not close", "```\nb\n``` sh\nc\n```\nd", "\n\n\n\n\nd"},
      {"fence in a list", "- ```\n  b\n  ```\nc", "\n\n\nc"},
      {"fence that is never closed is text", "a\n```\nb\n\nc", "a\n```\nb\n\nc"},
      {"two fences", "```\na\n```\nb\n```\nc\n```\nd", "\n\n\nb\n\n\n\nd"},
      {"backticks with backticks behind are no fence", "``` a ``` b\nc", " b\nc"},
      {"and open none", "``` a ``` b\nc\n```\nd\n```\ne", " b\nc\n\n\n\ne"},
      {"fence behind a list marker does not close", "```\na\n- ```\nb\n```\nc", "\n\n\n\n\nc"},
      {"span", "a `b` c", "a c"},
      {"span of two", "a ``b ` c`` d", "a d"},
      {"span over two lines", "a `b\nc` d", "a\nd"},
      {"span that is never closed is text", "a `b c", "a `b c"},
      {"span does not reach into the next paragraph", "a `b\n\nc` d", "a `b\n\nc` d"},
      {"span does not reach into the next item", "- a `b\n- c` d", "- a `b\n- c` d"},
      {"span does not reach into a heading", "a `b\n# c` d", "a `b\n# c` d"},
      {"escaped backtick opens nothing", "a \\`b` c", "a \\`b` c"},
      {"runs of other lengths close nothing", "a `b`` c", "a `b`` c"},
      {"comment", "a <!-- b --> c", "a c"},
      {"comment over lines", "<!--\nb\n\nc\n-->\nd", "\n\n\n\n\nd"},
      {"words behind a comment", "<!-- b --> c", " c"},
      {"comment that is never closed is text", "a\n<!-- b\nc", "a\n<!-- b\nc"},
      {"comment inside a paragraph ends with it", "a <!-- b\n\nc --> d", "a <!-- b\n\nc --> d"},
      {"fence inside a comment", "<!--\n```\n-->\na\n```\nb", "\n\n\na\n```\nb"},
      {"comment inside a fence", "```\n<!--\n```\na\n-->", "\n\n\na\n-->"},
      {"comment inside a span", "a `<!--` b --> c", "a b --> c"},
      {"span inside a comment", "a <!-- ` --> b ` c", "a b ` c"},
      {"item keeps its mark in front of a comment", "- <!-- a --> b", "- b"},
      {"nothing", "", ""},
  }));
  DYNAMIC_SECTION(test.name) {
    CHECK(squeeze(derive_markdown_prose(test.markdown)) == squeeze(test.prose));
  }
}

TEST_CASE("Prose has the same lines and bytes as its text") {
  for (const std::string& text : test::hostile_texts()) {
    const std::string prose = derive_markdown_prose(text);
    REQUIRE(prose.size() == text.size());
    for (std::size_t position = 0; position < text.size(); ++position) {
      REQUIRE((prose[position] == text[position] || (prose[position] == ' ' && text[position] != '\n')));
    }
  }
}

// Each would take minutes if something were searched again for every place where it could begin.
TEST_CASE("Prose takes linear time") {
  const std::string piece =
      GENERATE(values<std::string>({"`", "`a", "```\n", "a <!--\n\n", "<!--\n", "- ", "1. ", "<!-- ", "a\n\n", "\\`",
                                    "``` ` ", "> ", "~~~~\n```\n", "-->"}));
  std::string text;
  while (text.size() < 1'000'000) {
    text += piece;
  }
  CHECK(derive_markdown_prose(text).size() == text.size());
  std::string fences;
  for (std::size_t length = 1400; length > 2; --length) {
    fences += std::string(length, '`') + "\n";
  }
  CHECK(derive_markdown_prose(fences + std::string(500'000, '\n')) == fences + std::string(500'000, '\n'));
}
