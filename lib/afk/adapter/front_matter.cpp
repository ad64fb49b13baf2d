#include <afk/adapter/front_matter.hpp>

#include <afk/adapter/front_matter_render.hpp>
#include <afk/adapter/front_matter_text.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <utility>

namespace afk::adapter {

namespace {

constexpr std::uint32_t lines_above_front = 1; // the opening fence
constexpr std::int64_t most_events = 1'000'000'000;

struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

Error problem_at(Position position, std::string_view message, ErrorKind kind = ErrorKind::malformed) {
  return Error{.kind = kind, .message = fmt::format("{}:{}: {}", position.line, position.column, message)};
}

std::string shown(std::string_view text) {
  return quote_for_display(truncate_text(text, {.max_bytes = 60, .note = "..."}));
}

// One parsed table and where it stands in its file.
class Fields {
 public:
  static Result<Fields> parse(std::string_view text, std::uint32_t lines_above) {
    try {
      return Fields(toml::parse(text), lines_above);
    } catch (const toml::parse_error& error) {
      const Position position{.line = error.source().begin.line + lines_above, .column = error.source().begin.column};
      return problem_at(position, fmt::format("this is not TOML: {}", error.description()));
    }
  }

  [[nodiscard]] const toml::table& table() const { return table_; }

  [[nodiscard]] Position position_of(const toml::source_region& region) const {
    return {.line = region.begin.line + lines_above_, .column = region.begin.column};
  }

  [[nodiscard]] Error problem(const toml::node& node, std::string_view message,
                              ErrorKind kind = ErrorKind::malformed) const {
    return problem_at(position_of(node.source()), message, kind);
  }

  // Absent: there is no such key.
  [[nodiscard]] Result<std::optional<std::string>> try_string(std::string_view key) const {
    const toml::node* const node = table_.get(key);
    if (node == nullptr) {
      return std::optional<std::string>();
    }
    const auto* const value = node->as_string();
    if (value == nullptr) {
      return problem(*node, fmt::format("{} must be a text in quotes", key));
    }
    return std::optional(value->get());
  }

  [[nodiscard]] Result<std::optional<std::int64_t>> try_integer(std::string_view key) const {
    const toml::node* const node = table_.get(key);
    if (node == nullptr) {
      return std::optional<std::int64_t>();
    }
    const auto* const value = node->as_integer();
    if (value == nullptr) {
      return problem(*node, fmt::format("{} must be a whole number", key));
    }
    return std::optional(value->get());
  }

  [[nodiscard]] Result<std::optional<Timestamp>> try_moment(std::string_view key) const;

  // Absent: there is no such key. `most` bounds the list.
  [[nodiscard]] Result<const toml::array*> try_array(std::string_view key, std::size_t most) const {
    const toml::node* const node = table_.get(key);
    if (node == nullptr) {
      return nullptr;
    }
    const auto* const value = node->as_array();
    if (value == nullptr) {
      return problem(*node, fmt::format("{} must be a list such as [\"one\", \"two\"]", key));
    }
    if (value->size() > most) {
      return problem(*node, fmt::format("{} has {} entries, at most {} are allowed", key, value->size(), most),
                     ErrorKind::too_large);
    }
    return value;
  }

 private:
  Fields(toml::table table, std::uint32_t lines_above) : table_(std::move(table)), lines_above_(lines_above) {}

  toml::table table_;
  std::uint32_t lines_above_;
};

Result<std::optional<Timestamp>> Fields::try_moment(std::string_view key) const {
  const toml::node* const node = table_.get(key);
  if (node == nullptr) {
    return std::optional<Timestamp>();
  }
  constexpr std::string_view expected = "must be a moment with its offset, such as 2026-11-20T14:36:39Z";
  if (const auto* const text = node->as_string()) {
    const auto moment = parse_timestamp(text->get());
    return moment ? Result(std::optional(moment.value())) : problem(*node, fmt::format("{} {}", key, expected));
  }
  const auto* const value = node->as_date_time();
  if (value == nullptr || !value->get().offset.has_value()) {
    return problem(*node, fmt::format("{} {}", key, expected));
  }
  const toml::date_time& written = value->get();
  const std::chrono::year_month_day date{std::chrono::year(written.date.year), std::chrono::month(written.date.month),
                                         std::chrono::day(written.date.day)};
  const Duration time = std::chrono::hours(written.time.hour) + std::chrono::minutes(written.time.minute) +
                        std::chrono::seconds(written.time.second) +
                        std::chrono::floor<Duration>(std::chrono::nanoseconds(written.time.nanosecond));
  return std::optional(Timestamp(std::chrono::sys_days(date) + time - std::chrono::minutes(written.offset->minutes)));
}

// What a person may have meant: without case, hyphens and a plural.
std::string simplify_key(std::string_view key) {
  std::string simple = fold_ascii(key);
  std::erase_if(simple, [](char character) { return character == '-' || character == '_' || character == ' '; });
  if (simple.ends_with('s')) {
    simple.pop_back();
  }
  return simple;
}

// A slip in a key that nobody reads would drop a dependency or a label silently.
Result<void> check_keys(const Fields& fields) {
  constexpr auto known = std::to_array<std::string_view>({"title", "state", "labels", "blocked_by", "events"});
  constexpr auto slips = std::to_array<std::pair<std::string_view, std::string_view>>({
      {"title", "title"},
      {"state", "state"},
      {"statu", "state"},
      {"label", "labels"},
      {"blockedby", "blocked_by"},
      {"blocker", "blocked_by"},
      {"dependson", "blocked_by"},
      {"event", "events"},
  });
  for (const auto& [key, node] : fields.table()) {
    if (std::ranges::find(known, key.str()) != known.end()) {
      continue;
    }
    const std::string simple = simplify_key(key.str());
    const auto slip = std::ranges::find(slips, simple, [](const auto& entry) { return entry.first; });
    if (slip != slips.end()) {
      return problem_at(fields.position_of(key.source()),
                        fmt::format("the key {} is not read; write {}", shown(key.str()), slip->second));
    }
  }
  return {};
}

Result<std::string> read_title(const Fields& fields, std::string_view body) {
  auto title = fields.try_string("title");
  if (!title) {
    return std::move(title).error();
  }
  std::string text = title->has_value() ? std::move(**title) : std::string(find_heading(body));
  if (trim_ascii(text).empty()) {
    return Error{.kind = ErrorKind::malformed,
                 .message = "1: the issue has no title; add title = \"...\" between two lines +++ at the top, "
                            "or begin the text with a line \"# ...\""};
  }
  if (text.size() > longest_title) {
    return Error{.kind = ErrorKind::too_large,
                 .message =
                     fmt::format("1: the title has {} bytes, at most {} are allowed", text.size(), longest_title)};
  }
  return text;
}

Result<IssueState> read_state(const Fields& fields) {
  const auto text = fields.try_string("state");
  if (!text) {
    return text.error();
  }
  if (!text->has_value()) {
    return IssueState::open;
  }
  const auto state = try_issue_state_name(**text);
  if (!state) {
    return fields.problem(
        *fields.table().get("state"),
        fmt::format("state is {}; it must be \"open\", \"closed\" or \"not-planned\"", shown(**text)));
  }
  return *state;
}

Result<std::vector<std::string>> read_labels(const Fields& fields) {
  const auto array = fields.try_array("labels", most_labels);
  if (!array) {
    return array.error();
  }
  std::vector<std::string> labels;
  if (*array == nullptr) {
    return labels;
  }
  labels.reserve((*array)->size());
  for (const toml::node& node : **array) {
    const auto* const label = node.as_string();
    if (label == nullptr || trim_ascii(label->get()).empty()) {
      return fields.problem(node, "a label must be a text in quotes that is not blank");
    }
    if (label->get().size() > longest_label) {
      return fields.problem(node, fmt::format("a label has at most {} bytes", longest_label), ErrorKind::too_large);
    }
    if (std::ranges::none_of(labels, [&](const std::string& one) { return equal_ascii_folded(one, label->get()); })) {
      labels.push_back(label->get());
    }
  }
  return labels;
}

Result<std::vector<std::string>> read_blockers(const Fields& fields) {
  const auto array = fields.try_array("blocked_by", most_listed_blockers);
  if (!array) {
    return array.error();
  }
  std::vector<std::string> blockers;
  if (*array == nullptr) {
    return blockers;
  }
  for (const toml::node& node : **array) {
    std::string text;
    if (const auto* const number = node.as_integer()) {
      text = fmt::format("#{}", number->get());
    } else if (const auto* const name = node.as_string()) {
      text = std::string(trim_ascii(name->get()));
    }
    // A number alone belongs to the issue's own repository; any name completes it for the check.
    if (!parse_issue_ref(text.starts_with('#') ? "own/repository" + text : text)) {
      return fields.problem(node, "a blocker must be an issue such as \"#3\" or \"owner/name#3\"");
    }
    blockers.push_back(std::move(text));
  }
  return blockers;
}

Result<std::optional<std::int64_t>> read_events(const Fields& fields) {
  auto events = fields.try_integer("events");
  if (events && events->has_value() && (**events < 0 || **events > most_events)) {
    return fields.problem(*fields.table().get("events"), "events counts entries of the log; remove the line");
  }
  return events;
}

// The byte where line and column of a parsed text lie; columns count code points.
std::size_t find_offset(std::string_view text, const toml::source_position& position) {
  std::size_t offset = 0;
  for (toml::source_index line = 1; line < position.line; ++line) {
    const std::size_t end = text.find('\n', offset);
    if (end == std::string_view::npos) {
      return text.size();
    }
    offset = end + 1;
  }
  for (toml::source_index column = 1; column < position.column && offset < text.size(); ++column) {
    offset += decode_code_point(text, offset).length;
  }
  return offset;
}

// Behind the last line that holds a value of the root table: a key that is added further down could land in a table.
std::size_t find_insertion(std::string_view front, const toml::table& table) {
  toml::source_index last = 0;
  for (const auto& [key, node] : table) {
    const toml::table* const inner = node.as_table();
    if (inner == nullptr || inner->is_inline()) {
      last = std::max(last, node.source().end.line);
    }
  }
  return last == 0 ? 0 : find_offset(front, {.line = last + 1, .column = 1});
}

struct Replacement {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;
};

std::string apply_replacements(std::string_view text, std::vector<Replacement> replacements) {
  std::ranges::stable_sort(replacements, std::ranges::greater{}, &Replacement::begin);
  std::string edited(text);
  for (const Replacement& one : replacements) {
    edited.replace(one.begin, one.end - one.begin, one.text);
  }
  return edited;
}

std::vector<std::pair<std::string_view, std::string>> render_edits(const IssueEdits& edits, const IssueText& before) {
  std::vector<std::pair<std::string_view, std::string>> values;
  if (edits.state && *edits.state != before.state) {
    values.emplace_back("state", quote_toml(render_issue_state_name(*edits.state)));
  }
  if (edits.labels && *edits.labels != before.labels) {
    values.emplace_back("labels", render_toml_list(*edits.labels));
  }
  if (edits.events && edits.events != before.events) {
    values.emplace_back("events", fmt::format("{}", *edits.events));
  }
  return values;
}

std::string edit_front(const SplitText& split, const toml::table& table, const IssueText& before,
                       const IssueEdits& edits) {
  const std::string_view line_end = split.line_end == SplitText::LineEnd::line_feed ? "\n" : "\r\n";
  std::vector<Replacement> replacements;
  std::string added;
  for (const auto& [key, value] : render_edits(edits, before)) {
    if (const toml::node* const node = table.get(key)) {
      replacements.push_back({.begin = find_offset(split.front, node->source().begin),
                              .end = find_offset(split.front, node->source().end),
                              .text = value});
    } else {
      added += fmt::format("{} = {}{}", key, value, line_end);
    }
  }
  if (!added.empty()) {
    const std::size_t place = find_insertion(split.front, table);
    replacements.push_back({.begin = place, .end = place, .text = std::move(added)});
  }
  return apply_replacements(split.front, std::move(replacements));
}

bool is_edited_as_asked(const IssueText& before, const IssueText& after, const IssueEdits& edits) {
  return after.title == before.title && after.body == before.body && after.blocked_by == before.blocked_by &&
         after.labels == edits.labels.value_or(before.labels) && after.state == edits.state.value_or(before.state) &&
         after.events == (edits.events ? edits.events : before.events);
}

Result<IssueText> read_issue_text(const SplitText& split, const Fields& fields) {
  if (auto keys = check_keys(fields); !keys) {
    return std::move(keys).error();
  }
  auto title = read_title(fields, split.body);
  if (!title) {
    return std::move(title).error();
  }
  const auto state = read_state(fields);
  if (!state) {
    return state.error();
  }
  auto labels = read_labels(fields);
  if (!labels) {
    return std::move(labels).error();
  }
  auto blockers = read_blockers(fields);
  if (!blockers) {
    return std::move(blockers).error();
  }
  const auto events = read_events(fields);
  if (!events) {
    return events.error();
  }
  return IssueText{.title = std::move(title).value(),
                   .state = *state,
                   .labels = std::move(labels).value(),
                   .blocked_by = std::move(blockers).value(),
                   .events = *events,
                   .body = split.body};
}

} // namespace

Result<IssueText> parse_issue_text(std::string_view text) {
  const auto split = split_front_matter(text);
  if (!split) {
    return split.error();
  }
  const auto fields = Fields::parse(split->front, lines_above_front);
  if (!fields) {
    return fields.error();
  }
  return read_issue_text(*split, *fields);
}

Result<std::string> edit_issue_text(std::string_view text, const IssueEdits& edits) {
  const auto split = split_front_matter(text);
  if (!split) {
    return split.error();
  }
  const auto fields = Fields::parse(split->front, lines_above_front);
  if (!fields) {
    return fields.error();
  }
  const auto before = read_issue_text(*split, *fields);
  if (!before) {
    return before.error();
  }
  const std::string front = edit_front(*split, fields->table(), *before, edits);
  std::string edited;
  if (split->front_matter == SplitText::FrontMatter::absent) {
    edited = join_front_matter({.front = front, .body = split->body});
  } else {
    edited = fmt::format("{}{}{}", text.substr(0, split->front_offset), front,
                         text.substr(split->front_offset + split->front.size()));
  }
  const auto after = parse_issue_text(edited);
  if (!after || !is_edited_as_asked(*before, *after, edits)) {
    return problem_at({.line = 1, .column = 1},
                      "the front matter can not be edited; write each key on a line of its own");
  }
  return edited;
}

Result<CommentText> parse_comment_text(std::string_view text) {
  const auto split = split_front_matter(text);
  if (!split) {
    return split.error();
  }
  const auto fields = Fields::parse(split->front, lines_above_front);
  if (!fields) {
    return fields.error();
  }
  CommentText comment;
  comment.body = std::string(split->body);
  for (const auto& [key, target] : {std::pair<std::string_view, std::string*>{"author", &comment.author},
                                    {"edited_by", &comment.edited_by},
                                    {"sha256", &comment.body_sha256}}) {
    auto value = fields->try_string(key);
    if (!value) {
      return std::move(value).error();
    }
    *target = std::move(*value).value_or("");
  }
  for (const auto& [key, target] :
       {std::pair<std::string_view, std::optional<Timestamp>*>{"created_at", &comment.created_at},
        {"edited_at", &comment.edited_at}}) {
    const auto value = fields->try_moment(key);
    if (!value) {
      return value.error();
    }
    *target = *value;
  }
  return comment;
}

Result<TrackerText> parse_tracker_text(std::string_view text) {
  const auto fields = Fields::parse(text, 0);
  if (!fields) {
    return fields.error();
  }
  const auto format = fields->try_integer("format");
  if (!format) {
    return format.error();
  }
  const auto id = fields->try_string("id");
  if (!id) {
    return id.error();
  }
  if (!format->has_value() || !id->has_value()) {
    return problem_at({.line = 1, .column = 1}, "both format and id must be set; `afk init` writes them");
  }
  return TrackerText{.format = **format, .id = **id};
}

} // namespace afk::adapter
