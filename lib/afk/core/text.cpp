#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace afk {

namespace {

struct Range {
  char32_t first = 0;
  char32_t last = 0;
};

// Unicode's Default_Ignorable_Code_Point and what else shows nothing: sorted, searched by halves.
constexpr auto hidden_ranges = std::to_array<Range>({
    {0x00AD, 0x00AD},   // soft hyphen
    {0x034F, 0x034F},   // combining grapheme joiner
    {0x061C, 0x061C},   // Arabic letter mark
    {0x115F, 0x1160},   // Hangul fillers
    {0x17B4, 0x17B5},   // Khmer inherent vowels
    {0x180B, 0x180F},   // Mongolian variation selectors and vowel separator
    {0x200B, 0x200F},   // zero width, left-to-right and right-to-left marks
    {0x202A, 0x202E},   // bidirectional embeddings and overrides
    {0x2060, 0x206F},   // word joiner, invisible operators, bidirectional isolates
    {0x3164, 0x3164},   // Hangul filler
    {0xFE00, 0xFE0F},   // variation selectors
    {0xFEFF, 0xFEFF},   // byte order mark
    {0xFFA0, 0xFFA0},   // half-width Hangul filler
    {0xFFF0, 0xFFFB},   // unassigned, interlinear annotation
    {0x1BCA0, 0x1BCA3}, // shorthand format controls
    {0x1D173, 0x1D17A}, // musical format controls
    {0xE0000, 0xE0FFF}, // Tags block, variation selectors supplement
});

bool is_hidden(char32_t code_point) {
  const auto* const found = std::ranges::lower_bound(hidden_ranges, code_point, {}, &Range::last);
  return found != hidden_ranges.end() && code_point >= found->first;
}

bool is_control(char32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F);
}

bool is_line_break(char32_t code_point) {
  return code_point == '\n' || code_point == 0x85 || code_point == 0x2028 || code_point == 0x2029;
}

// U+FE0E and U+FE0F choose between the two looks of a symbol; behind plain letters they have nothing to choose.
bool is_presentation_of(char32_t selector, char32_t base) {
  if (selector != 0xFE0E && selector != 0xFE0F) {
    return false;
  }
  const bool is_keycap = (base >= '0' && base <= '9') || base == '#' || base == '*';
  const bool is_symbol = base == 0xA9 || base == 0xAE || (base >= 0x2000 && base <= 0x32FF) || base >= 0x1F000;
  return is_keycap || (is_symbol && !is_hidden(base));
}

// Finds where control sequences end. Each search goes on from where the last one stopped, so that a text full of
// introducers is still read once.
class SequenceScanner {
 public:
  explicit SequenceScanner(std::string_view text) : text_(text) {}

  // The position behind the sequence whose introducer starts here, or behind the introducer alone where it is
  // unfinished; nothing where no introducer starts here.
  std::optional<std::size_t> try_end(std::size_t position) {
    const auto byte = static_cast<unsigned char>(text_[position]);
    const char next = position + 1 < text_.size() ? text_[position + 1] : '\0';
    if (byte == 0x1B) {
      return end_of_escape(position, next);
    }
    if (byte != 0xC2) {
      return std::nullopt;
    }
    switch (static_cast<unsigned char>(next)) {
    case 0x9B:
      return end_of_csi(position + 2);
    case 0x90: // DCS
    case 0x98: // SOS
    case 0x9D: // OSC
    case 0x9E: // PM
    case 0x9F: // APC
      return end_of_string(position + 2);
    default:
      return std::nullopt;
    }
  }

 private:
  std::size_t end_of_escape(std::size_t position, char next) {
    switch (next) {
    case '[':
      return end_of_csi(position + 2);
    case 'P': // DCS
    case 'X': // SOS
    case ']': // OSC
    case '^': // PM
    case '_': // APC
      return end_of_string(position + 2);
    default:
      return position + 1;
    }
  }

  // ECMA-48: parameter bytes, intermediate bytes, one final byte.
  [[nodiscard]] std::size_t end_of_csi(std::size_t start) const {
    std::size_t end = start;
    while (end < text_.size() && text_[end] >= 0x20 && text_[end] <= 0x3F) {
      ++end;
    }
    return end < text_.size() && text_[end] >= 0x40 && text_[end] <= 0x7E ? end + 1 : start;
  }

  // Ends with BEL, ESC \ or C1 ST, and never goes beyond its line.
  std::size_t end_of_string(std::size_t start) {
    if (stop_ < start) {
      stop_ = start;
      while (stop_ < text_.size() && terminator_length(stop_) == 0 && text_[stop_] != '\n') {
        ++stop_;
      }
    }
    const std::size_t length = stop_ < text_.size() ? terminator_length(stop_) : 0;
    return length > 0 ? stop_ + length : start;
  }

  [[nodiscard]] std::size_t terminator_length(std::size_t position) const {
    const std::string_view rest = text_.substr(position);
    if (rest.starts_with('\x07')) {
      return 1;
    }
    return rest.starts_with("\x1B\\") || rest.starts_with("\xC2\x9C") ? 2 : 0;
  }

  std::string_view text_;
  std::size_t stop_ = 0; // the next terminator or line feed, once one was looked for
};

std::string clean_once(std::string_view text) {
  std::string cleaned;
  cleaned.reserve(text.size());
  SequenceScanner sequences(text);
  for (std::size_t position = 0; position < text.size();) {
    if (const auto end = sequences.try_end(position)) {
      position = *end;
      continue;
    }
    const DecodedCodePoint decoded = decode_code_point(text, position);
    position += decoded.length;
    if (is_line_break(decoded.code_point)) {
      cleaned.push_back('\n');
    } else if (decoded.code_point == '\t' || (!is_control(decoded.code_point) && !is_hidden(decoded.code_point))) {
      append_code_point(cleaned, decoded.code_point);
    }
  }
  return cleaned;
}

bool needs_no_quotes(std::string_view argument) {
  return !argument.empty() && std::ranges::all_of(argument, [](char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || std::string_view("-_./:=,@%+").contains(character);
  });
}

} // namespace

std::string clean_for_terminal(std::string_view text) {
  return clean_once(text);
}

std::string clean_single_line(std::string_view text) {
  const std::string cleaned = clean_for_terminal(text);
  std::string line;
  line.reserve(cleaned.size());
  for (const char character : cleaned) {
    const bool is_blank = character == ' ' || character == '\n' || character == '\t';
    if (!is_blank) {
      line.push_back(character);
    } else if (!line.empty() && line.back() != ' ') {
      line.push_back(' ');
    }
  }
  return std::string(trim_ascii(line));
}

HiddenCharacters contains_hidden_characters(std::string_view text) {
  char32_t previous = 0;
  for (std::size_t position = 0; position < text.size();) {
    const DecodedCodePoint decoded = decode_code_point(text, position);
    position += decoded.length;
    const char32_t code_point = decoded.code_point;
    const bool is_layout = code_point == '\n' || code_point == '\t' || code_point == '\r';
    const bool is_control_character = is_control(code_point) && !is_layout;
    const bool is_unseen = is_hidden(code_point) && !is_presentation_of(code_point, previous);
    if (decoded.encoding == Encoding::invalid || is_control_character || is_unseen) {
      return HiddenCharacters::present;
    }
    previous = code_point;
  }
  return HiddenCharacters::none;
}

std::string quote_for_display(std::string_view text) {
  std::string quoted = "\"";
  for (std::size_t position = 0; position < text.size();) {
    const DecodedCodePoint decoded = decode_code_point(text, position);
    const char32_t code_point = decoded.code_point;
    if (decoded.encoding == Encoding::invalid) {
      for (const char byte : text.substr(position, decoded.length)) {
        quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
      }
    } else if (code_point == '"' || code_point == '\\') {
      quoted += '\\';
      append_code_point(quoted, code_point);
    } else if (code_point == '\n') {
      quoted += "\\n";
    } else if (code_point == '\t') {
      quoted += "\\t";
    } else if (is_control(code_point) || is_hidden(code_point) || is_line_break(code_point)) {
      quoted += fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(code_point));
    } else {
      append_code_point(quoted, code_point);
    }
    position += decoded.length;
  }
  return quoted + '"';
}

std::string render_command_for_display(std::span<const std::string> arguments) {
  std::string command;
  for (const std::string& argument : arguments) {
    command += command.empty() ? "" : " ";
    const std::string shown = clean_single_line(argument);
    if (needs_no_quotes(shown)) {
      command += shown;
      continue;
    }
    command += '\'';
    for (const char character : shown) {
      command += character == '\'' ? std::string("'\\''") : std::string(1, character);
    }
    command += '\'';
  }
  return command;
}

std::string fold_ascii(std::string_view text) {
  std::string folded(text);
  std::ranges::transform(folded, folded.begin(), [](char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
  });
  return folded;
}

bool equal_ascii_folded(std::string_view left, std::string_view right) {
  return left.size() == right.size() && fold_ascii(left) == fold_ascii(right);
}

std::string_view trim_ascii(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    lines.push_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

} // namespace afk
