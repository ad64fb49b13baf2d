#pragma once
// Text from outside, made safe for the place where people will see it.
//
// A title, a comment, a log excerpt or an agent's report may carry terminal sequences, characters that nobody sees, or
// words that a forge acts on. Each place has its own function; all of them take any bytes, repair invalid UTF-8, run in
// linear time and give the same answer when they are applied to their own answer.

#include <afk/core/utf8.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace afk {

// Several lines for a terminal or a log: line feeds and tabs stay; carriage returns, control sequences (CSI, OSC and
// the other strings with their content), C0 and C1, and hidden characters go. An unfinished sequence loses only its
// introducer, so that it can not swallow what follows.
[[nodiscard]] std::string clean_for_terminal(std::string_view text);

// The same in one line: line breaks and tabs become a blank, runs of blanks one, both ends are trimmed.
[[nodiscard]] std::string clean_single_line(std::string_view text);

// For a Markdown comment on a forge, several lines: clean_for_terminal, and nothing in it pings (@name), refers or
// closes (#12, GH-12, "fixes https://..."), is a /command, opens an HTML tag or comment (a card's marker among them),
// decodes to one of these (&#64;), shows an image, or opens a code block. People can still read it.
[[nodiscard]] std::string clean_for_markdown(std::string_view text);

// A fenced code block whose fence is longer than any in the text, which is cleaned for the terminal first. HTML comment
// openers inside are broken, because a card is looked for in the raw comment. Ends with a line feed.
[[nodiscard]] std::string render_code_block(std::string_view text);

// Characters that change what a text means without showing: zero width, bidirectional controls, the Tags block,
// variation selectors, controls, invalid UTF-8. The two presentation selectors directly behind a symbol are legitimate.
enum class HiddenCharacters : std::uint8_t { none, present };

[[nodiscard]] HiddenCharacters contains_hidden_characters(std::string_view text);

// "..." with quotes, backslashes, line feeds and everything hidden or invalid written as escapes: nothing is lost, and
// nothing acts. For messages; no shell reads it.
[[nodiscard]] std::string quote_for_display(std::string_view text);

// A command line as people write it, arguments in single quotes where a shell would need them. For messages only.
[[nodiscard]] std::string render_command_for_display(std::span<const std::string> arguments);

// ASCII only: labels, hosts and logins are compared without regard to case, and no locale has a say in it.
[[nodiscard]] std::string fold_ascii(std::string_view text);
[[nodiscard]] bool equal_ascii_folded(std::string_view left, std::string_view right);

// Without blanks, tabs and line breaks at both ends.
[[nodiscard]] std::string_view trim_ascii(std::string_view text);

// The lines without their line feeds and without a carriage return before those; a last line feed ends the last line.
[[nodiscard]] std::vector<std::string_view> split_lines(std::string_view text);

} // namespace afk
