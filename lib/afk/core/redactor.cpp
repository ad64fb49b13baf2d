#include <afk/core/redactor.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace afk {

namespace {

constexpr std::string_view standard_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t shortest_encoding = 6; // characters of base64 that say enough to be looked for
constexpr std::size_t shortest_line = 16;    // of a value of several lines
constexpr std::size_t shortest_token = 16;   // what follows a well-known prefix

// GitHub (all five kinds and fine-grained tokens), GitLab, Slack, Anthropic, OpenAI projects.
constexpr auto token_prefixes = std::to_array<std::string_view>(
    {"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "sk-ant-", "sk-proj-"});

bool is_letter_or_digit(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9');
}

bool is_token_character(char character) {
  return is_letter_or_digit(character) || character == '_' || character == '-' || character == '.';
}

struct Base64Shape {
  std::size_t skipped = 0; // bytes of the same group that stand in front of the value
  std::string_view alphabet;
};

// Those characters of the base64 form that depend on nothing but the value: neither on the bytes in front of it in its
// first group of three nor on those behind it in its last.
std::string encode_base64_core(std::string_view value, const Base64Shape& shape) {
  std::string encoded;
  const std::size_t first_bit = shape.skipped * 8;
  const std::size_t end_bit = first_bit + value.size() * 8;
  for (std::size_t bit = (first_bit + 5) / 6 * 6; bit + 6 <= end_bit; bit += 6) {
    std::size_t sextet = 0;
    for (std::size_t offset = 0; offset < 6; ++offset) {
      const std::size_t place = bit + offset - first_bit;
      const auto byte = static_cast<unsigned char>(value[place / 8]);
      sextet = (sextet << 1U) | ((static_cast<std::size_t>(byte) >> (7 - place % 8)) & 1U);
    }
    encoded.push_back(shape.alphabet[sextet]);
  }
  return encoded;
}

std::string encode_percent(std::string_view value, fmt::format_string<unsigned> byte_format) {
  std::string encoded;
  for (const char character : value) {
    const bool is_unreserved =
        is_letter_or_digit(character) || std::string_view("-._~").contains(character); // RFC 3986, section 2.3
    encoded += is_unreserved ? std::string(1, character)
                             : fmt::format(byte_format, static_cast<unsigned>(static_cast<unsigned char>(character)));
  }
  return encoded;
}

std::string escape_json(std::string_view value) {
  std::string escaped;
  for (const char character : value) {
    if (character == '"' || character == '\\') {
      escaped += '\\';
      escaped += character;
    } else if (character == '\n') {
      escaped += "\\n";
    } else if (character == '\t') {
      escaped += "\\t";
    } else {
      escaped += character;
    }
  }
  return escaped;
}

using Mask = std::vector<std::uint8_t>; // one entry per byte of the text; 1: secret

struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
};

void cover(Mask& mask, const Stretch& stretch) {
  std::fill(mask.begin() + static_cast<std::ptrdiff_t>(stretch.begin),
            mask.begin() + static_cast<std::ptrdiff_t>(stretch.end), std::uint8_t{1});
}

void cover_values(Mask& mask, std::string_view text, std::string_view pattern) {
  std::size_t covered = 0; // overlapping finds are painted once
  for (std::size_t found = text.find(pattern); found != std::string_view::npos; found = text.find(pattern, found + 1)) {
    cover(mask, {.begin = std::max(found, covered), .end = found + pattern.size()});
    covered = found + pattern.size();
  }
}

void cover_tokens(Mask& mask, std::string_view text) {
  for (const std::string_view prefix : token_prefixes) {
    std::size_t end = 0;
    for (std::size_t found = text.find(prefix); found != std::string_view::npos; found = text.find(prefix, end)) {
      end = found + prefix.size();
      while (end < text.size() && is_token_character(text[end])) {
        ++end;
      }
      if (end - found - prefix.size() >= shortest_token) {
        cover(mask, {.begin = found, .end = end});
      }
    }
  }
}

// What stands between "://" and the last "@" before the path.
void cover_url_passwords(Mask& mask, std::string_view text) {
  constexpr std::string_view separator = "://";
  for (std::size_t found = text.find(separator); found != std::string_view::npos;) {
    const std::size_t begin = found + separator.size();
    const std::size_t end = std::min(text.find_first_of("/?# \t\r\n\"'<>", begin), text.size());
    const std::string_view authority = text.substr(begin, end - begin);
    const std::size_t at = authority.rfind('@');
    if (at != std::string_view::npos && authority.substr(0, at).contains(':')) {
      cover(mask, {.begin = begin, .end = begin + at});
    }
    found = text.find(separator, begin);
  }
}

} // namespace

void Redactor::add(const Secret& secret) {
  const std::string_view value = trim_ascii(secret.reveal());
  add_shapes(value);
  const auto lines = split_lines(value);
  if (lines.size() > 1) {
    for (const std::string_view line : lines) {
      if (trim_ascii(line).size() >= shortest_line) {
        add_shapes(trim_ascii(line));
      }
    }
  }
}

void Redactor::add_shapes(std::string_view value) {
  if (value.size() < shortest_secret) {
    return;
  }
  add_pattern(std::string(value));
  add_pattern(encode_percent(value, "%{:02X}"));
  add_pattern(encode_percent(value, "%{:02x}"));
  add_pattern(escape_json(value));
  for (const std::string_view alphabet : {standard_alphabet, url_alphabet}) {
    for (const std::size_t skipped : {0U, 1U, 2U}) {
      std::string encoded = encode_base64_core(value, {.skipped = skipped, .alphabet = alphabet});
      if (encoded.size() >= shortest_encoding) {
        add_pattern(std::move(encoded));
      }
    }
  }
}

void Redactor::add_pattern(std::string pattern) {
  const bool is_known = std::ranges::any_of(patterns_, [&](const Secret& known) { return known.reveal() == pattern; });
  if (!is_known) {
    patterns_.emplace_back(std::move(pattern));
  }
}

std::string Redactor::redact(std::string_view text) const {
  Mask mask(text.size(), 0);
  for (const Secret& pattern : patterns_) {
    cover_values(mask, text, pattern.reveal());
  }
  cover_tokens(mask, text);
  cover_url_passwords(mask, text);
  std::string redacted;
  redacted.reserve(text.size());
  for (std::size_t position = 0; position < text.size(); ++position) {
    if (mask[position] == 0) {
      redacted.push_back(text[position]);
    } else if (position == 0 || mask[position - 1] == 0) {
      redacted.append(mark);
    }
  }
  return redacted;
}

} // namespace afk
