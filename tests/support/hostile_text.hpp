#pragma once
// Texts that somebody might put into a title, a comment, a log or a report in order to harm whoever shows or reads
// them, and seeded mixtures of their pieces.

#include <random>
#include <string>
#include <vector>

namespace afk::test {

inline std::vector<std::string> hostile_pieces() {
  using namespace std::string_literals;
  return {"\x1B[31m"s,
          "\x1B]0;t\x07"s,
          "\x1B]8;;https://evil.example\x1B\\"s,
          "\x1B"s,
          "\xC2\x9B"
          "2J"s,
          "\xC2\x9D"s,
          "\xC2\x9C"s,
          "\x1BP"s,
          "\r"s,
          "\n"s,
          "\r\n"s,
          "\t"s,
          "\0"s,
          "\x07"s,
          "\x7F"s,
          "\xC2\x85"s,
          "\xE2\x80\xA8"s,
          "\xE2\x80\xAE"s,
          "\xE2\x81\xA6"s,
          "\xE2\x80\x8B"s,
          "\xE2\x80\x8D"s,
          "\xE2\x81\xA0"s,
          "\xEF\xBB\xBF"s,
          "\xF3\xA0\x81\x81"s,
          "\xEF\xB8\x8F"s,
          "\xF3\xA0\x84\x80"s,
          "\xC3"s,
          "\xFF"s,
          "\xE2\x82"s,
          "\xED\xA0\x80"s,
          "@octocat"s,
          "@org/team"s,
          "@"s,
          "#12"s,
          "owner/repo#7"s,
          "!3"s,
          "GH-9"s,
          "fixes #1"s,
          "Closes: https://github.com/o/r/issues/4"s,
          "resolves\nhttps://x.example/1"s,
          "/merge"s,
          "/"s,
          "> /close"s,
          "- /lgtm"s,
          "<!-- afk:card -->"s,
          "<!--"s,
          "-->"s,
          "<"s,
          "!"s,
          "--"s,
          "<img src=x onerror=y>"s,
          "![p](https://evil.example/p.png)"s,
          "!["s,
          "&#64;octocat"s,
          "&commat;x"s,
          "&amp;#64;x"s,
          "&"s,
          "#"s,
          "amp;"s,
          "```"s,
          "~~~"s,
          "`"s,
          "````\n"s,
          "\\"s,
          " "s,
          "a"s,
          "12"s,
          "fixes "s,
          ":"s,
          "https://"s,
          "\xC3\xA4"s,
          "\xF0\x9F\x98\x80"s,
          "<!channel>"s,
          "$(reboot)"s,
          "'; rm -rf /"s,
          "%0a"s};
}

// The pieces alone, all of them together, and 3,000 mixtures of up to 12.
inline std::vector<std::string> hostile_texts() {
  const std::vector<std::string> pieces = hostile_pieces();
  std::vector<std::string> texts = pieces;
  std::string all;
  for (const std::string& piece : pieces) {
    all += piece;
  }
  texts.push_back(all);
  std::mt19937 random(4711);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (auto count = 1 + random() % 12; count > 0; --count) {
      text += pieces[random() % pieces.size()];
    }
    texts.push_back(text);
  }
  return texts;
}

} // namespace afk::test
