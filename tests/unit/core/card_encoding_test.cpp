#include <afk/core/card_encoding.hpp>
#include <support/catch.hpp>
#include <support/hostile_text.hpp>

#include <string>

using namespace afk;

TEST_CASE("Any bytes become harmless characters and come back") {
  for (const std::string& text : test::hostile_texts()) {
    const std::string encoded = encode_card_text(text);
    CAPTURE(encoded);
    CHECK(encoded.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:/+-%") ==
          std::string::npos);
    CHECK(encoded.find("--") == std::string::npos);
    CHECK(try_decode_card_text(encoded) == text);
  }
}

TEST_CASE("Every value has one spelling") {
  struct Case {
    std::string name;
    std::string text;
  };

  const auto test = GENERATE(values<Case>({
      {"a letter as a number", "%61"},
      {"lower-case digits", "%c3%a4"},
      {"one digit", "%4"},
      {"no digit", "%"},
      {"not hexadecimal", "%4G"},
      {"a blank", "a b"},
      {"a quote", "\""},
      {"two hyphens", "a--b"},
      {"a first hyphen as a number", "%2D"},
      {"a raw umlaut", "\xC3\xA4"},
  }));
  CAPTURE(test.name);
  CHECK(!try_decode_card_text(test.text).has_value());
}

TEST_CASE("A list is split at each separator") {
  CHECK(split_card_list("", ';').empty());
  CHECK(split_card_list("a", ';') == std::vector<std::string_view>{"a"});
  CHECK(split_card_list("a;;b;", ';') == std::vector<std::string_view>{"a", "", "b", ""});
}
