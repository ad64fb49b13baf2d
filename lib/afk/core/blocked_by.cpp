#include <afk/core/blocked_by.hpp>
#include <afk/core/markdown_prose.hpp>
#include <afk/core/text.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>
#include <utility>

namespace afk {

namespace {

constexpr auto fillers = std::to_array<std::string_view>({"and", "or", "both", "also", "by", "issue", "issues", "task",
                                                          "tasks", "ticket", "tickets", "pr", "pull", "request"});
constexpr auto negations =
    std::to_array<std::string_view>({"not", "no", "never", "neither", "nor", "without", "none", "nothing", "cannot",
                                     "cant", "isnt", "arent", "wasnt", "werent", "wont", "dont", "doesnt"});
// What stands in front of one of these says nothing about what follows: "not only blocked by", "no rush but blocked
// by".
constexpr auto barriers = std::to_array<std::string_view>(
    {"and", "or", "but", "yet", "still", "now", "it", "this", "only", "just", "solely"});
constexpr std::size_t words_looked_back = 3;
constexpr std::string_view emphasis = "*_~";

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool is_letter(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

bool is_word(char character) {
  return is_letter(character) || is_digit(character) || character == '_';
}

bool is_in_reference(char character) {
  return is_word(character) || character == '.' || character == '-' || character == '/' || character == '#';
}

std::size_t skip(std::string_view line, std::size_t from, std::string_view characters) {
  return std::min(line.find_first_not_of(characters, from), line.size());
}

struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// "blocked by" in a folded line.
std::optional<Stretch> try_phrase(std::string_view folded, std::size_t from) {
  constexpr std::string_view first = "blocked";
  constexpr std::string_view second = "by";
  for (std::size_t begin = folded.find(first, from); begin != std::string_view::npos;
       begin = folded.find(first, begin + first.size())) {
    const bool behind_hyphen = begin > 1 && folded[begin - 1] == '-' && is_word(folded[begin - 2]); // "non-blocked by"
    const bool stands_alone = begin == 0 || folded[begin - 1] == '_' || (!is_word(folded[begin - 1]) && !behind_hyphen);
    const std::size_t gap = begin + first.size();
    const std::size_t word = skip(folded, gap, " \t-");
    const std::size_t end = word + second.size();
    if (stands_alone && word > gap && folded.substr(word).starts_with(second) &&
        (end == folded.size() || !is_word(folded[end]) || folded[end] == '_')) {
      return Stretch{.begin = begin, .end = end};
    }
  }
  return std::nullopt;
}

// The word in front of `end`, in lower case and without apostrophes; "" where punctuation or the line's start stands.
struct PrecedingWord {
  std::string word;
  std::size_t begin = 0;
};

PrecedingWord read_preceding_word(std::string_view folded, std::size_t end) {
  while (end > 0 && std::string_view(" \t*_~").contains(folded[end - 1])) {
    --end;
  }
  PrecedingWord found{.word = "", .begin = end};
  constexpr std::size_t longest_word = 24;
  while (found.begin > 0 && end - found.begin < longest_word) {
    const std::string_view before = folded.substr(0, found.begin);
    if (is_letter(before.back())) {
      found.word.insert(found.word.begin(), before.back());
      --found.begin;
    } else if (before.back() == '\'') {
      --found.begin;
    } else if (before.ends_with("\xE2\x80\x99")) { // the typographic apostrophe
      found.begin -= 3;
    } else {
      break;
    }
  }
  return found;
}

bool is_negated(std::string_view folded, std::size_t phrase) {
  std::size_t end = phrase;
  for (std::size_t count = 0; count < words_looked_back; ++count) {
    const PrecedingWord found = read_preceding_word(folded, end);
    if (found.word.empty() || is_one_of(found.word, barriers)) {
      return false;
    }
    if (is_one_of(found.word, negations)) {
      return true;
    }
    end = found.begin;
  }
  return false;
}

struct Heading {
  bool is_heading = false;
  std::string_view text; // without marks
};

Heading read_heading(std::string_view line) {
  const std::size_t indent = skip(line, 0, " ");
  const std::size_t end = skip(line, indent, "#");
  const std::size_t level = end - indent;
  const bool is_heading =
      indent <= 3 && level >= 1 && level <= 6 && (end == line.size() || line[end] == ' ' || line[end] == '\t');
  if (!is_heading) {
    return {.is_heading = false, .text = line};
  }
  std::string_view text = trim_ascii(line.substr(end));
  while (text.ends_with('#')) {
    text.remove_suffix(1);
  }
  return {.is_heading = true, .text = trim_ascii(text)};
}

// Where the words of a line begin: behind indent, list marker and check box.
std::size_t skip_item_marks(std::string_view line) {
  std::size_t position = skip(line, 0, " \t");
  if (position < line.size() && std::string_view("-*+").contains(line[position])) {
    position = skip(line, position + 1, " \t");
  } else if (const std::size_t digits = skip(line, position, "0123456789");
             digits > position && digits + 1 < line.size() && std::string_view(".)").contains(line[digits]) &&
             std::string_view(" \t").contains(line[digits + 1])) {
    position = skip(line, digits + 1, " \t");
  }
  const std::string_view box = line.substr(position, 3);
  if (box == "[ ]" || box == "[x]" || box == "[X]") {
    position = skip(line, position + 3, " \t");
  }
  return position;
}

bool is_list_item(std::string_view line) {
  const std::size_t indent = skip(line, 0, " \t");
  return skip_item_marks(line) > indent + 1;
}

class BlockerReader {
 public:
  explicit BlockerReader(const RepositoryName& home) : home_(home) {}

  BlockedBy run(std::string_view prose) {
    for (const std::string_view line : split_lines(prose)) {
      read_line(line);
    }
    return std::move(found_);
  }

 private:
  enum class Section : std::uint8_t {
    none,
    below_heading, // until the next heading
    list,          // until a line that is neither blank nor an item
  };

  void read_line(std::string_view line) {
    const Heading heading = read_heading(line);
    const std::string folded = fold_ascii(line);
    if (heading.is_heading) {
      section_ = is_title(heading.text) ? Section::below_heading : Section::none;
    } else if (section_ == Section::list && !trim_ascii(line).empty() && !is_list_item(line)) {
      section_ = Section::none;
    }
    if (!heading.is_heading && is_title(trim_ascii(line.substr(skip_item_marks(line))))) {
      section_ = section_ == Section::below_heading ? section_ : Section::list;
      return;
    }
    if (!heading.is_heading && section_ != Section::none && !try_phrase(folded, 0)) {
      read_section_line(line, folded);
      return;
    }
    std::size_t from = 0;
    while (const auto phrase = try_phrase(folded, from)) {
      from = phrase->end;
      if (!is_negated(folded, phrase->begin)) {
        read_references(line, phrase->end);
      }
    }
  }

  // "Blocked by" and nothing else, apart from emphasis and a colon.
  static bool is_title(std::string_view text) {
    const std::string folded = fold_ascii(text);
    const std::size_t begin = skip(folded, 0, emphasis);
    const auto phrase = try_phrase(folded, begin);
    return phrase && phrase->begin == begin && skip(folded, phrase->end, "*_~: \t") == folded.size();
  }

  void read_section_line(std::string_view line, std::string_view folded) {
    const std::size_t begin = skip(folded, skip_item_marks(folded), emphasis);
    std::size_t end = begin;
    while (end < folded.size() && is_letter(folded[end])) {
      ++end;
    }
    const std::string_view word = folded.substr(begin, end - begin);
    if (word == "none" || word == "nothing") {
      return;
    }
    for (std::size_t position = begin; position < line.size();) {
      position = read_token(line, position);
    }
  }

  void read_references(std::string_view line, std::size_t position) {
    while (position < line.size()) {
      position = skip(line, position, " \t,;:&+*_~()[]|<>");
      if (position >= line.size()) {
        return;
      }
      if (opens_link(line, position - 1)) {
        position = end_of_link(line, position);
        continue;
      }
      const std::size_t end = end_of_token(line, position);
      const std::string_view token = line.substr(position, end - position);
      if (is_reference(line, {.begin = position, .end = end})) {
        take(token);
      } else if (!is_one_of(fold_ascii(token), fillers)) {
        return;
      }
      position = end;
    }
  }

  // Takes what stands here if it is a reference, and answers the position behind it.
  std::size_t read_token(std::string_view line, std::size_t position) {
    if (!is_in_reference(line[position])) {
      return opens_link(line, position) ? end_of_link(line, position + 1) : position + 1;
    }
    const std::size_t end = end_of_token(line, position);
    if (is_reference(line, {.begin = position, .end = end})) {
      take(line.substr(position, end - position));
    }
    return end;
  }

  static bool opens_link(std::string_view line, std::size_t position) {
    return position > 0 && line[position] == '(' && line[position - 1] == ']';
  }

  // "#12", "owner/repo#7", and what only looks like one; not "#anchor", nor "&#39;".
  static bool is_reference(std::string_view line, const Stretch& token) {
    const std::string_view text = line.substr(token.begin, token.end - token.begin);
    const std::size_t hash = text.rfind('#');
    const bool has_number = hash != std::string_view::npos && hash + 1 < text.size() && is_digit(text[hash + 1]);
    const bool is_entity =
        token.begin > 0 && line[token.begin - 1] == '&' && token.end < line.size() && line[token.end] == ';';
    return has_number && !is_entity;
  }

  static std::size_t end_of_link(std::string_view line, std::size_t position) {
    return std::min(line.find(')', position), line.size());
  }

  static std::size_t end_of_token(std::string_view line, std::size_t position) {
    std::size_t end = position;
    while (end < line.size() && is_in_reference(line[end])) {
      ++end;
    }
    return std::max(end, position + 1);
  }

  void take(std::string_view token) {
    while (token.ends_with('.') || token.ends_with('-') || token.ends_with('/')) {
      token.remove_suffix(1);
    }
    const std::string whole =
        token.starts_with('#') ? render_repository_name(home_) + std::string(token) : std::string(token);
    const std::string folded = fold_ascii(whole);
    if (seen_.contains(folded)) {
      return;
    }
    if (seen_.size() >= most_blockers) {
      found_.completeness = BlockedBy::Completeness::too_many;
      return;
    }
    seen_.insert(folded);
    auto issue = parse_issue_ref(whole);
    if (issue.ok()) {
      found_.issues.push_back(std::move(issue).value());
    } else {
      found_.unreadable.push_back(truncate_text(token, {.max_bytes = 120, .note = "..."}));
    }
  }

  const RepositoryName& home_;
  BlockedBy found_;
  std::set<std::string> seen_;
  Section section_ = Section::none;
};

} // namespace

BlockedBy derive_blocked_by(std::string_view body, const RepositoryName& home) {
  return BlockerReader(home).run(derive_markdown_prose(clean_for_terminal(body)));
}

} // namespace afk
