#include <afk/adapter/agent_report_codec.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

namespace afk::adapter {

namespace {

constexpr std::size_t most_notes = 8;

Error malformed(std::string message) {
  return Error{.kind = ErrorKind::malformed, .message = "the agent's report is not usable: " + std::move(message)};
}

// Takes the report apart while it is being parsed: a finished value would no longer show its duplicate keys.
class ReportReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return at_field() ? true : in_container("null"); }

  bool boolean(bool) override { return other_value("a boolean"); }

  bool number_integer(number_integer_t value) override { return number(static_cast<double>(value)); }

  bool number_unsigned(number_unsigned_t value) override { return number(static_cast<double>(value)); }

  bool number_float(number_float_t value, const string_t&) override { return number(value); }

  bool string(string_t& value) override {
    if (!at_field()) {
      return in_container("a string");
    }
    if (std::optional<std::string>* const field = text_field()) {
      *field = value;
      return true;
    }
    return other_value("a string");
  }

  bool binary(binary_t&) override { return other_value("bytes"); }

  bool start_object(std::size_t) override { return open("an object"); }

  bool end_object() override { return close(); }

  bool start_array(std::size_t) override {
    return scopes_.empty() ? fail(malformed("expected one JSON object, this is an array")) : open("an array");
  }

  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    if (!scopes_.back().insert(name).second) {
      return fail(malformed(fmt::format("the key {} stands there twice", shown(name))));
    }
    if (scopes_.size() == 1) {
      key_ = name;
    }
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return fail(malformed(fmt::format("expected one JSON object in UTF-8, byte {} breaks it", position)));
  }

  [[nodiscard]] const AgentReportFields& fields() const { return fields_; }

  [[nodiscard]] const std::optional<Error>& problem() const { return problem_; }

  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

 private:
  static std::string shown(std::string_view text) {
    return quote_for_display(truncate_text(text, {.max_bytes = 60, .note = "..."}));
  }

  // The first problem is the one to tell.
  bool fail(Error problem) {
    if (!problem_) {
      problem_ = std::move(problem);
    }
    return false;
  }

  [[nodiscard]] bool at_field() const { return scopes_.size() == 1; }

  // A value inside a value: legal JSON that belongs to a key which was judged when its container opened.
  bool in_container(std::string_view what) {
    return scopes_.empty() ? fail(malformed(fmt::format("expected one JSON object, this is {}", what))) : true;
  }

  std::optional<std::string>* text_field() {
    if (key_ == "result") {
      return &fields_.result;
    }
    if (key_ == "question") {
      return &fields_.question;
    }
    if (key_ == "phase") {
      return &fields_.phase;
    }
    return key_ == "step" ? &fields_.step : nullptr;
  }

  bool number(double value) {
    if (at_field() && key_ == "cost_usd") {
      fields_.cost_usd = value;
      return true;
    }
    return other_value("a number");
  }

  // A value of a type that no key of ours has here.
  bool other_value(std::string_view what) {
    if (!at_field()) {
      return in_container(what);
    }
    if (key_ == "cost_usd" || text_field() != nullptr) {
      const std::string_view expected = key_ == "cost_usd" ? "a number" : "a string";
      return fail(malformed(fmt::format("\"{}\" is {}, expected {}", key_, what, expected)));
    }
    if (notes_.size() < most_notes) {
      notes_.push_back(fmt::format("the unknown key {} was ignored", shown(key_)));
    }
    return true;
  }

  bool open(std::string_view what) {
    if (!scopes_.empty() && !other_value(what)) {
      return false;
    }
    if (scopes_.size() >= deepest_agent_report) {
      return fail(Error{.kind = ErrorKind::too_large,
                        .message = fmt::format("the agent's report is nested deeper than {}", deepest_agent_report)});
    }
    scopes_.emplace_back();
    return true;
  }

  bool close() {
    scopes_.pop_back();
    return true;
  }

  std::vector<std::set<std::string>> scopes_; // the keys seen in each open object; empty for an array
  std::string key_;                           // the last one of the outermost object
  AgentReportFields fields_;
  std::vector<std::string> notes_;
  std::optional<Error> problem_;
};

} // namespace

Result<AgentReport> parse_agent_report(std::string_view bytes) {
  if (bytes.size() > longest_agent_report) {
    return Error{.kind = ErrorKind::too_large,
                 .message = fmt::format("the agent's report has {} bytes; at most {} are read", bytes.size(),
                                        longest_agent_report)};
  }
  ReportReader reader;
  const bool complete = nlohmann::json::sax_parse(bytes.begin(), bytes.end(), &reader);
  if (reader.problem()) {
    return *reader.problem();
  }
  if (!complete) {
    return malformed("expected one JSON object");
  }
  auto report = derive_agent_report(reader.fields());
  if (report.ok()) {
    report.value().notes.insert(report.value().notes.begin(), reader.notes().begin(), reader.notes().end());
  }
  return report;
}

} // namespace afk::adapter
