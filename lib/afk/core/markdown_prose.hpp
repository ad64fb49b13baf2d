#pragma once
// What a Markdown text says in its own words: for everything that looks for words in an issue.

#include <string>
#include <string_view>

namespace afk {

// The same text, line by line, with blanks in place of block quotes, fenced code, code spans and HTML comments.
// Whatever is opened and never closed is no code and no comment: it stays, so that nothing that people see as text is
// overlooked. Quotes are the lines that begin with ">", their lazy continuation is not. Linear time.
[[nodiscard]] std::string derive_markdown_prose(std::string_view markdown);

} // namespace afk
