#pragma once
// C++ text with the parts taken out that only look like code. Line and column of what is left stay the same.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace afk::tidy {

// Comments become blanks.
std::string blank_comments(std::string_view text);

// Comments, and what stands inside string and character literals, become blanks; the quotes stay.
std::string blank_comments_and_literals(std::string_view text);

// Lines of the preprocessor become blanks too, with the lines that they continue on.
std::string blank_directives(std::string_view text);

enum class IncludeForm { angle, quoted };

struct Include {
  std::string header; // "afk/core/text.hpp"
  IncludeForm form = IncludeForm::angle;
  std::size_t line = 0;
};

std::vector<Include> find_includes(std::string_view text);

// Lines on which `word` stands as a word of its own (letters, digits and underscores around it make another word).
std::vector<std::size_t> find_word(std::string_view text, std::string_view word);

std::size_t line_of(std::string_view text, std::size_t offset); // from 1

} // namespace afk::tidy
