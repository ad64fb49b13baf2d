// The JSON of tracker_directory_log.hpp.

#include <afk/adapter/tracker_directory_log.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace afk::adapter {

namespace {

constexpr std::size_t longest_line = 64UL * 1024UL;
constexpr std::size_t longest_name = 128;
constexpr std::size_t deepest_value = 16;

constexpr auto kinds = std::to_array<std::pair<IssueEventKind, std::string_view>>({
    {IssueEventKind::labeled, "labeled"},
    {IssueEventKind::unlabeled, "unlabeled"},
    {IssueEventKind::closed, "closed"},
    {IssueEventKind::reopened, "reopened"},
    {IssueEventKind::title_changed, "title_changed"},
    {IssueEventKind::body_changed, "body_changed"},
});

Error malformed(std::string_view message) {
  return Error{.kind = ErrorKind::malformed,
               .message = fmt::format("this line is no entry of the log: {}; take the file back from version control, "
                                      "or remove the line",
                                      message)};
}

std::string shown(std::string_view text) {
  return quote_for_display(truncate_text(text, {.max_bytes = 60, .note = "..."}));
}

// The texts of one flat object. A finished JSON value would not show its duplicate keys any more.
struct EntryFields {
  std::optional<std::string> id, time, by, kind, label, as, title, body;

  std::optional<std::string>* find(std::string_view key) {
    const auto known = std::to_array<std::pair<std::string_view, std::optional<std::string>*>>({{"id", &id},
                                                                                                {"time", &time},
                                                                                                {"by", &by},
                                                                                                {"kind", &kind},
                                                                                                {"label", &label},
                                                                                                {"as", &as},
                                                                                                {"title", &title},
                                                                                                {"body", &body}});
    const auto found = std::ranges::find(known, key, [](const auto& entry) { return entry.first; });
    return found == known.end() ? nullptr : found->second;
  }
};

class EntryReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return other_value(); }

  bool boolean(bool) override { return other_value(); }

  bool number_integer(number_integer_t) override { return other_value(); }

  bool number_unsigned(number_unsigned_t) override { return other_value(); }

  bool number_float(number_float_t, const string_t&) override { return other_value(); }

  bool binary(binary_t&) override { return other_value(); }

  bool string(string_t& value) override {
    if (depth_ == 1) {
      if (auto* const field = fields_.find(key_)) {
        *field = value;
      }
      return true;
    }
    return depth_ > 1 || fail("an object is expected");
  }

  bool start_object(std::size_t) override { return open(); }

  bool start_array(std::size_t) override { return depth_ == 0 ? fail("an object is expected") : open(); }

  bool end_object() override { return close(); }

  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    if (depth_ == 1) {
      if (!seen_.insert(name).second) {
        return fail(fmt::format("the key {} stands there twice", shown(name)));
      }
      key_ = name;
    }
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return fail(fmt::format("byte {} is not JSON", position));
  }

  [[nodiscard]] EntryFields& fields() { return fields_; }

  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  bool fail(std::string problem) {
    if (problem_.empty()) {
      problem_ = std::move(problem);
    }
    return false;
  }

  bool other_value() {
    if (depth_ == 0) {
      return fail("an object is expected");
    }
    return depth_ > 1 || fields_.find(key_) == nullptr || fail(fmt::format("{} must be a text", key_));
  }

  bool open() {
    if (depth_ == 1 && !other_value()) {
      return false;
    }
    ++depth_;
    return depth_ <= deepest_value || fail("it is nested too deeply");
  }

  bool close() {
    --depth_;
    return true;
  }

  EntryFields fields_;
  std::set<std::string> seen_;
  std::string key_;
  std::string problem_;
  std::size_t depth_ = 0;
};

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<LogEntry> check_fields(EntryFields&& fields) {
  if (!fields.id || !fields.time || !fields.by || !fields.kind) {
    return malformed("id, time, by and kind must be there");
  }
  if (!parse_arming_id(*fields.id)) {
    return malformed(fmt::format("the id {} is not 1 to 128 letters, digits, ':', '.', '_' or '-'", shown(*fields.id)));
  }
  const auto time = parse_timestamp(*fields.time);
  if (!time) {
    return malformed(time.error().message);
  }
  if (trim_ascii(*fields.by).empty() || fields.by->size() > longest_name) {
    return malformed("by must be a name of 1 to 128 bytes");
  }
  const auto kind = std::ranges::find(kinds, *fields.kind, [](const auto& entry) { return entry.second; });
  if (kind == kinds.end()) {
    return malformed(fmt::format("the kind {} is unknown", shown(*fields.kind)));
  }
  const bool is_label_entry = kind->first == IssueEventKind::labeled || kind->first == IssueEventKind::unlabeled;
  if (is_label_entry && trim_ascii(fields.label.value_or("")).empty()) {
    return malformed("label must be there");
  }
  if (fields.as && *fields.as != "completed" && *fields.as != "not-planned") {
    return malformed("as must be \"completed\" or \"not-planned\"");
  }
  for (const auto& hash : {fields.title, fields.body}) {
    if (hash && !is_sha256(*hash)) {
      return malformed("title and body must be a SHA-256 in hex");
    }
  }
  return LogEntry{.id = std::move(*fields.id),
                  .time = *time,
                  .by = std::move(*fields.by),
                  .kind = kind->first,
                  .label = is_label_entry ? std::move(*fields.label) : std::string(),
                  .closed_as = fields.as == "not-planned" ? IssueState::closed_not_planned : IssueState::closed,
                  .title_sha256 = std::move(fields.title).value_or(""),
                  .body_sha256 = std::move(fields.body).value_or("")};
}

} // namespace

Result<LogEntry> parse_log_entry(std::string_view line) {
  if (line.size() > longest_line) {
    return malformed(fmt::format("it has more than {} bytes", longest_line));
  }
  EntryReader reader;
  if (!nlohmann::json::sax_parse(line, &reader)) {
    return malformed(reader.problem());
  }
  return check_fields(std::move(reader.fields()));
}

std::string render_log_entry(const LogEntry& entry) {
  const auto kind = std::ranges::find(kinds, entry.kind, [](const auto& row) { return row.first; });
  nlohmann::ordered_json json;
  json["id"] = entry.id;
  json["time"] = render_timestamp(entry.time);
  json["by"] = entry.by;
  json["kind"] = kind->second;
  if (!entry.label.empty()) {
    json["label"] = entry.label;
  }
  if (entry.kind == IssueEventKind::closed && entry.closed_as == IssueState::closed_not_planned) {
    json["as"] = "not-planned";
  }
  if (!entry.title_sha256.empty()) {
    json["title"] = entry.title_sha256;
  }
  if (!entry.body_sha256.empty()) {
    json["body"] = entry.body_sha256;
  }
  // Bytes that are no UTF-8 are replaced instead of thrown about: a log that can not be written stops everything.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace afk::adapter
