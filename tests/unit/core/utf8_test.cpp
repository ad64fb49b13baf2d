#include <afk/core/utf8.hpp>
#include <support/catch.hpp>

#include <random>
#include <string>

using namespace afk;

TEST_CASE("Every code point survives being written and read") {
  std::size_t surrogates = 0;
  for (char32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
    std::string text;
    append_code_point(text, code_point);
    const DecodedCodePoint decoded = decode_code_point(text, 0);
    const bool is_surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    surrogates += is_surrogate ? 1 : 0;
    const char32_t expected = is_surrogate ? replacement_character : code_point;
    if (decoded.code_point != expected || decoded.length != text.size() || decoded.encoding != Encoding::valid) {
      FAIL("U+" << std::hex << static_cast<unsigned>(code_point));
    }
  }
  CHECK(surrogates == 2048);
}

TEST_CASE("Invalid sequences are found and repaired one by one") {
  struct Case {
    std::string name;
    std::string text;
    std::string repaired;
  };

  const std::string mark = "\xEF\xBF\xBD";
  const auto test = GENERATE_COPY(values<Case>({
      {"lone continuation", "a\x80z", "a" + mark + "z"},
      {"overlong slash of two bytes", "\xC0\xAF", mark + mark},
      {"overlong slash of three bytes", "\xE0\x80\xAF", mark + mark + mark},
      {"overlong of four bytes", "\xF0\x80\x80\xAF", mark + mark + mark + mark},
      {"surrogate", "\xED\xA0\x80", mark + mark + mark},
      {"above U+10FFFF", "\xF4\x90\x80\x80", mark + mark + mark + mark},
      {"byte that begins nothing", "\xFF", mark},
      {"cut off after one of three", "\xE2", mark},
      {"cut off after two of three", "\xE2\x82", mark},
      {"cut off by a letter", "\xE2\x82x", mark + "x"},
      {"cut off by a whole one", "\xF0\x9F\xE2\x82\xAC", mark + "\xE2\x82\xAC"},
  }));
  DYNAMIC_SECTION(test.name) {
    CHECK_FALSE(is_valid_utf8(test.text));
    CHECK(repair_utf8(test.text) == test.repaired);
    CHECK(is_valid_utf8(test.repaired));
  }
}

TEST_CASE("Random bytes become valid text, and valid text stays as it is") {
  std::mt19937 random(20261120);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (auto count = random() % 40; count > 0; --count) {
      text.push_back(static_cast<char>(random() & 0xFFU));
    }
    const std::string repaired = repair_utf8(text);
    REQUIRE(is_valid_utf8(repaired));
    REQUIRE(repair_utf8(repaired) == repaired);
    REQUIRE((repaired == text) == is_valid_utf8(text));
  }
}

TEST_CASE("Truncation keeps whole code points and its bound") {
  const std::string text = "a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z"; // 1 + 2 + 3 + 4 + 1 bytes
  CHECK(truncate_text(text, {.max_bytes = 11, .note = "..."}) == text);
  CHECK(truncate_text(text, {.max_bytes = 10, .note = ""}) == text.substr(0, 10));
  CHECK(truncate_text(text, {.max_bytes = 9, .note = ""}) == text.substr(0, 6));
  CHECK(truncate_text(text, {.max_bytes = 10, .note = "[cut]"}) == text.substr(0, 3) + "[cut]");
  CHECK(truncate_text(text, {.max_bytes = 4, .note = "a long note"}) == text.substr(0, 3));
  CHECK(truncate_text(text, {.max_bytes = 0, .note = "x"}).empty());
  for (std::size_t bound = 0; bound <= text.size(); ++bound) {
    const std::string cut = truncate_text(text, {.max_bytes = bound, .note = "~"});
    CHECK(cut.size() <= bound);
    CHECK(is_valid_utf8(cut));
  }
}
