#include <afk/core/text.hpp>
#include <support/catch.hpp>
#include <support/hostile_text.hpp>

#include <string>

using namespace afk;

TEST_CASE("What a terminal would obey is taken out") {
  struct Case {
    std::string name;
    std::string text;
    std::string cleaned;
  };

  const auto test = GENERATE(values<Case>({
      {"plain lines", "one\n\ttwo\n", "one\n\ttwo\n"},
      {"other scripts", "\xC3\xA4\xE6\xBC\xA2\xF0\x9F\x98\x80", "\xC3\xA4\xE6\xBC\xA2\xF0\x9F\x98\x80"},
      {"colour", "\x1B[31mred\x1B[0m", "red"},
      {"CSI with intermediate bytes", "a\x1B[?25 hb", "ab"},
      {"CSI as C1",
       "a\xC2\x9B"
       "2Jb",
       "ab"},
      {"CSI that never ends", "a\x1B[31", "a31"},
      {"CSI cut off by a line", "a\x1B[31\nm", "a31\nm"},
      {"window title",
       "a\x1B]0;evil\x07"
       "b",
       "ab"},
      {"link", "\x1B]8;;https://evil.example\x1B\\text\x1B]8;;\x1B\\", "text"},
      {"OSC as C1",
       "a\xC2\x9D"
       "0;evil\xC2\x9C"
       "b",
       "ab"},
      {"OSC that never ends keeps its text", "a\x1B]0;evil", "a0;evil"},
      {"OSC does not swallow the next line", "a\x1B]0;evil\nnext\x07", "a0;evil\nnext"},
      {"DCS", "a\x1BPq#0\x1B\\b", "ab"},
      {"APC and PM", "\x1B_x\x1B\\\x1B^y\x1B\\z", "z"},
      {"lone escape",
       "a\x1B"
       "cb",
       "acb"},
      {"carriage return overwrites nothing", "safe\revil\r\nnext", "safeevil\nnext"},
      {"bell, backspace, delete, null", std::string("a\x07\x08\x7F\0b", 6), "ab"},
      {"C1 next line",
       "a\xC2\x85"
       "b",
       "a\nb"},
      {"line separator",
       "a\xE2\x80\xA8"
       "b\xE2\x80\xA9"
       "c",
       "a\nb\nc"},
      {"bidirectional override",
       "a\xE2\x80\xAE"
       "b\xE2\x81\xA6"
       "c\xD8\x9C",
       "abc"},
      {"zero width",
       "a\xE2\x80\x8B\xE2\x80\x8D\xE2\x81\xA0\xEF\xBB\xBF"
       "b",
       "ab"},
      {"Tags block",
       "a\xF3\xA0\x81\x81\xF3\xA0\x81\x82"
       "b",
       "ab"},
      {"variation selectors of both blocks",
       "a\xEF\xB8\x8F\xF3\xA0\x84\x80"
       "b",
       "ab"},
      {"soft hyphen and Mongolian vowel separator",
       "a\xC2\xAD\xE1\xA0\x8E"
       "b",
       "ab"},
      {"invalid bytes",
       "a\xFF"
       "b",
       "a\xEF\xBF\xBD"
       "b"},
      {"escape hidden in invalid bytes", "a\xE2\x1B[31mb",
       "a\xEF\xBF\xBD"
       "b"},
  }));
  DYNAMIC_SECTION(test.name) {
    CHECK(clean_for_terminal(test.text) == test.cleaned);
  }
}

TEST_CASE("No hostile text leaves a control or hidden character behind") {
  for (const std::string& text : test::hostile_texts()) {
    CAPTURE(quote_for_display(text));
    for (const std::string& cleaned : {clean_for_terminal(text), clean_single_line(text), clean_for_markdown(text),
                                       render_code_block(text), quote_for_display(text)}) {
      CHECK(contains_hidden_characters(cleaned) == HiddenCharacters::none);
    }
    CHECK(clean_for_terminal(clean_for_terminal(text)) == clean_for_terminal(text));
    CHECK(clean_single_line(clean_single_line(text)) == clean_single_line(text));
    CHECK(clean_single_line(text).find_first_of("\n\t\r") == std::string::npos);
    CHECK(quote_for_display(text).find('\n') == std::string::npos);
  }
}

TEST_CASE("One line is one line") {
  CHECK(clean_single_line("  a \n\n\t b\r\n") == "a b");
  CHECK(clean_single_line("\n") == "");
  CHECK(clean_single_line("a\xE2\x80\xA8"
                          "b") == "a b");
}

TEST_CASE("Hidden characters are told from honest ones") {
  struct Case {
    std::string name;
    std::string text;
    HiddenCharacters expected;
  };

  const auto test = GENERATE(values<Case>({
      {"plain", "Fix the cart\r\n\tplease\n", HiddenCharacters::none},
      {"accents and scripts", "\xC3\xA4 \xE6\xBC\xA2 \xD8\xB9", HiddenCharacters::none},
      {"heart in its colour", "\xE2\x9D\xA4\xEF\xB8\x8F", HiddenCharacters::none},
      {"keycap", "1\xEF\xB8\x8F\xE2\x83\xA3", HiddenCharacters::none},
      {"selector behind a letter", "a\xEF\xB8\x8F", HiddenCharacters::present},
      {"two selectors behind a symbol", "\xE2\x9D\xA4\xEF\xB8\x8F\xEF\xB8\x8F", HiddenCharacters::present},
      {"selector at the start", "\xEF\xB8\x8F", HiddenCharacters::present},
      {"selector supplement", "\xE2\x9D\xA4\xF3\xA0\x84\x80", HiddenCharacters::present},
      {"tag letter", "x\xF3\xA0\x81\xA1", HiddenCharacters::present},
      {"zero width space",
       "a\xE2\x80\x8B"
       "b",
       HiddenCharacters::present},
      {"right-to-left mark", "\xE2\x80\x8F", HiddenCharacters::present},
      {"override", "\xE2\x80\xAE", HiddenCharacters::present},
      {"Hangul filler", "\xE3\x85\xA4", HiddenCharacters::present},
      {"escape", "\x1B[0m", HiddenCharacters::present},
      {"null", std::string("a\0b", 3), HiddenCharacters::present},
      {"invalid", "\xC3", HiddenCharacters::present},
  }));
  DYNAMIC_SECTION(test.name) {
    CHECK(contains_hidden_characters(test.text) == test.expected);
  }
}

TEST_CASE("Quoting shows everything and lets nothing act") {
  CHECK(quote_for_display("plain") == "\"plain\"");
  CHECK(quote_for_display("") == "\"\"");
  CHECK(quote_for_display("a\"b\\c\n\t") == R"("a\"b\\c\n\t")");
  CHECK(quote_for_display("\x1B[31m") == R"("\u{1b}[31m")");
  CHECK(quote_for_display("a\xE2\x80\x8B\xFF") == R"("a\u{200b}\xff")");
  CHECK(quote_for_display("\xC3\xA4") == "\"\xC3\xA4\"");
}

TEST_CASE("A command line is shown as people write it") {
  const std::vector<std::string> command{"git", "log", "--format=%h %s", "", "it's", "$(reboot)", "a\x1B[31m"};
  CHECK(render_command_for_display(command) == R"(git log '--format=%h %s' '' 'it'\''s' '$(reboot)' a)");
}

TEST_CASE("ASCII is folded and nothing else") {
  CHECK(fold_ascii("Ready-For-AGENT \xC3\x84") == "ready-for-agent \xC3\x84");
  CHECK(equal_ascii_folded("Paused", "pAUSED"));
  CHECK_FALSE(equal_ascii_folded("\xC3\x84", "\xC3\xA4"));
  CHECK_FALSE(equal_ascii_folded("@", "`"));
  CHECK_FALSE(equal_ascii_folded("a", "ab"));
}

TEST_CASE("Trimming and splitting") {
  CHECK(trim_ascii(" \t\r\na b\n ") == "a b");
  CHECK(trim_ascii(" \n").empty());
  CHECK(split_lines("").empty());
  CHECK(split_lines("\n") == std::vector<std::string_view>{""});
  CHECK(split_lines("a\r\nb\n\nc") == std::vector<std::string_view>{"a", "b", "", "c"});
  CHECK(split_lines("a\rb\n") == std::vector<std::string_view>{"a\rb"});
}

// A text of introducers is the worst case for a scanner that looks for the end of each: more than a million of them
// stay far below a second when every byte is looked at once, and take hours when it is not.
TEST_CASE("Cleaning takes linear time") {
  std::string text;
  for (int count = 0; count < 500'000; ++count) {
    text += "\x1B]\x1B[1\xC2\x9D";
  }
  text += '\n';
  CHECK(clean_for_terminal(text).size() == 500'001);
  CHECK(clean_for_markdown(text).size() == 500'001);
}
