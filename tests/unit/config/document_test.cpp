#include <afk/config/nesting.hpp>
#include <afk/config/node.hpp>

#include <support/catch.hpp>

#include <string>

namespace afk::config {
namespace {

std::string repeat(std::string_view text, int count) {
  std::string repeated;
  for (int index = 0; index < count; ++index) {
    repeated += text;
  }
  return repeated;
}

} // namespace

TEST_CASE("a document keeps its order and its places") {
  const auto document = parse_document("b = 1\na = \"x\"\n\n[t.u]\n  list = [true,\n    2.5]\n");
  REQUIRE(document.has_value());
  REQUIRE(document->entries.size() == 3);
  CHECK(document->entries[0].key == "b");
  CHECK(document->entries[0].position == Position{.line = 1, .column = 1});
  CHECK(document->entries[0].value.position == Position{.line = 1, .column = 5});
  CHECK(document->entries[0].value == Node{.value = std::int64_t{1}});
  CHECK(document->entries[1].key == "a");
  const auto& outer = std::get<Table>(document->entries[2].value.value);
  const auto& inner = std::get<Table>(outer.entries[0].value.value);
  CHECK(inner.entries[0].position == Position{.line = 5, .column = 3});
  const auto& list = std::get<List>(inner.entries[0].value.value);
  CHECK(list[1] == Node{.value = 2.5});
  CHECK(list[1].position == Position{.line = 6, .column = 5});
}

TEST_CASE("a syntax error has its place") {
  const auto document = parse_document("a = 1\nb = = 2\n");
  REQUIRE_FALSE(document.has_value());
  CHECK(document.error().position.line == 2);
  CHECK_FALSE(document.error().message.empty());
}

TEST_CASE("bytes that are no text are a syntax error") {
  for (const std::string& text :
       {std::string("a = \"\xFF\"\n"), std::string("a = \"\0\"\n", 8), std::string("\xEF\xBB"),
        std::string("a = \"\xED\xA0\x80\"\n"), std::string("\r = 1")}) {
    CHECK_FALSE(parse_document(text).has_value());
  }
}

TEST_CASE("a text that is too large or nests too deep never reaches the library") {
  CHECK_FALSE(parse_document(std::string(largest_document + 1, '\n')).has_value());
  CHECK(parse_document(std::string(largest_document, '\n')).has_value());

  const int deep = 60'000;
  for (const std::string& text :
       {"a = " + repeat("[", deep), "a = " + repeat("[", deep) + repeat("]", deep), repeat("a.", deep) + "a = 1",
        "[" + repeat("a.", deep) + "a]", "a = " + repeat("{a=", deep), "[" + repeat("\"x\".", deep) + "a]",
        "x = \"a\"\n# [[[[\n" + repeat("a . ", deep) + "a = 1"}) {
    INFO(text.substr(0, 20));
    const auto document = parse_document(text);
    REQUIRE_FALSE(document.has_value());
    CHECK(document.error().message == "nested deeper than 16 levels");
  }
}

TEST_CASE("brackets and dots in strings and comments do not nest") {
  struct Case {
    std::string name;
    std::string text;
  };

  const std::string much = repeat("[{.", 40);
  const auto row = GENERATE_COPY(values<Case>({
      {"comment", "# " + much + "\na = 1"},
      {"basic string", "a = \"" + much + "\""},
      {"basic string with an escaped quote", R"(a = "\")" + much + "\""},
      {"literal string", "a = '\\" + much + "'"},
      {"long string", "a = \"\"\"\n" + much + "\n\" \\\"\"\" \"\"" + much + "\"\"\""},
      {"long literal string", "a = '''\n'' \\" + much + "'''''"},
      {"dots of many lines", repeat("a.b.c = 1\n", 0) + "[x]\n" + "a.b = 1\nc.d = 1\ne.f = 1\n" + repeat("# .\n", 40)},
      {"list of many strings", "a = [\n" + repeat("  \"x.y\",\n", 40) + "]"},
  }));
  INFO(row.name);
  CHECK_FALSE(find_too_deep(row.text, deepest_nesting).has_value());
  CHECK(parse_document(row.text).has_value());
}

TEST_CASE("nesting is found behind strings of every kind") {
  const std::string deep = "\nb = " + repeat("[", 17);
  for (const std::string start : {"a = \"\"", "a = ''", "a = \"x\\\\\"", "a = \"\"\"x\"\"\"\"\"", "a = '''x'''",
                                  "a = \"\"\"\"x\"\"\"", "# \"", "# '''", "a = '\"'"}) {
    INFO(start);
    const auto position = find_too_deep(start + deep, deepest_nesting);
    REQUIRE(position.has_value());
    CHECK(*position == Position{.line = 2, .column = 21});
  }
}

TEST_CASE("values are shown as TOML that means the same") {
  const List list{Node{.value = std::string("a \"quoted\"\nline\t\x01 and \xC3\xA4")}, Node{.value = std::string()}};
  for (const Node& node :
       {Node{.value = std::int64_t{-7}}, Node{.value = 100.0}, Node{.value = 0.1}, Node{.value = 1e-9},
        Node{.value = true}, Node{.value = std::string("back\\slash")}, Node{.value = list}, Node{.value = List{}}}) {
    INFO(render_node(node));
    const auto document = parse_document("value = " + render_node(node));
    REQUIRE(document.has_value());
    CHECK(document->entries[0].value == node);
  }
}

} // namespace afk::config
