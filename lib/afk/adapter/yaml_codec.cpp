#include <afk/adapter/yaml_codec.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace afk::adapter {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_document = std::size_t{1} << 20; // bytes
constexpr int deepest_document = 64;

struct WrongYaml {
  yaml_mark_t where;
  std::string reason;
};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

template <typename Number>
std::optional<Number> try_number(std::string_view digits, int base = 10) {
  Number value{};
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  return parsed.ec == std::errc{} && parsed.ptr == digits.data() + digits.size() ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> try_integer(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  std::string_view digits = text.substr(is_negative || text.starts_with('+') ? 1 : 0);
  if (digits.empty() || digits.front() < '0' || digits.front() > '9') {
    return std::nullopt;
  }
  int base = 10;
  if (digits.starts_with("0x") || digits.starts_with("0o")) {
    base = digits[1] == 'x' ? 16 : 8;
    digits.remove_prefix(2);
  } else if (digits.size() > 1 && digits.front() == '0') {
    base = 8;
  }
  const auto value = try_number<std::int64_t>(digits, base);
  return value && is_negative ? std::optional(-*value) : value;
}

std::optional<double> try_float(std::string_view text) {
  if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos || text.find('.') == std::string_view::npos) {
    return std::nullopt;
  }
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

Json read_plain(const std::string& text, yaml_mark_t where) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) {
    return nullptr;
  }
  if (is_one_of(text, {"true", "True", "TRUE"})) {
    return true;
  }
  if (is_one_of(text, {"false", "False", "FALSE"})) {
    return false;
  }
  if (is_one_of(fold_ascii(text), {"yes", "no", "on", "off", "y", "n"})) {
    throw WrongYaml{where, fmt::format("\"{}\" is text to some readers and a truth value to others: write it in "
                                       "quotes, or true or false",
                                       text)};
  }
  if (const auto integer = try_integer(text)) {
    return *integer;
  }
  if (const auto number = try_float(text)) {
    return *number;
  }
  return text;
}

class Reader {
 public:
  explicit Reader(std::string_view yaml) {
    if (yaml_parser_initialize(&parser_) == 0) {
      throw WrongYaml{{}, "there is no memory to read it"};
    }
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(yaml.data()), yaml.size());
  }

  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  ~Reader() {
    yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
  }

  Json read_document() {
    expect(YAML_STREAM_START_EVENT);
    expect(YAML_DOCUMENT_START_EVENT);
    next();
    Json json = read_value(0);
    expect(YAML_DOCUMENT_END_EVENT);
    next();
    if (event_.type != YAML_STREAM_END_EVENT) {
      throw WrongYaml{event_.start_mark, "it holds more than one document"};
    }
    return json;
  }

 private:
  void next() {
    yaml_event_delete(&event_);
    if (yaml_parser_parse(&parser_, &event_) == 0) {
      throw WrongYaml{parser_.problem_mark, parser_.problem == nullptr ? "it cannot be read" : parser_.problem};
    }
  }

  void expect(yaml_event_type_t type) {
    next();
    if (event_.type != type) {
      throw WrongYaml{event_.start_mark, "it holds no document"};
    }
  }

  [[nodiscard]] std::string scalar_text() const {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
    return {reinterpret_cast<const char*>(event_.data.scalar.value), event_.data.scalar.length};
  }

  void refuse_extras(const unsigned char* anchor, const unsigned char* tag) const {
    if (anchor != nullptr || tag != nullptr) {
      throw WrongYaml{event_.start_mark, "anchors, aliases and tags are not read here"};
    }
  }

  Json read_value(int depth) { // NOLINT(misc-no-recursion): bounded by the next line
    if (depth > deepest_document) {
      throw WrongYaml{event_.start_mark, "it is nested too deep"};
    }
    switch (event_.type) {
    case YAML_SCALAR_EVENT:
      return read_scalar();
    case YAML_SEQUENCE_START_EVENT:
      return read_sequence(depth);
    case YAML_MAPPING_START_EVENT:
      return read_mapping(depth);
    default:
      throw WrongYaml{event_.start_mark, "anchors, aliases and tags are not read here"};
    }
  }

  Json read_scalar() const {
    const auto& scalar = event_.data.scalar;
    refuse_extras(scalar.anchor, scalar.tag);
    return scalar.style == YAML_PLAIN_SCALAR_STYLE ? read_plain(scalar_text(), event_.start_mark) : Json(scalar_text());
  }

  Json read_sequence(int depth) { // NOLINT(misc-no-recursion)
    refuse_extras(event_.data.sequence_start.anchor, event_.data.sequence_start.tag);
    Json list = Json::array();
    for (next(); event_.type != YAML_SEQUENCE_END_EVENT; next()) {
      list.push_back(read_value(depth + 1));
    }
    return list;
  }

  Json read_mapping(int depth) { // NOLINT(misc-no-recursion)
    refuse_extras(event_.data.mapping_start.anchor, event_.data.mapping_start.tag);
    Json object = Json::object();
    for (next(); event_.type != YAML_MAPPING_END_EVENT; next()) {
      if (event_.type != YAML_SCALAR_EVENT) {
        throw WrongYaml{event_.start_mark, "a key has to be text"};
      }
      refuse_extras(event_.data.scalar.anchor, event_.data.scalar.tag);
      const std::string key = scalar_text();
      if (object.contains(key) || key == "<<") {
        throw WrongYaml{event_.start_mark, fmt::format("the key {} cannot stand here{}", quote_for_display(key),
                                                       key == "<<" ? "" : " twice")};
      }
      next();
      object[key] = read_value(depth + 1);
    }
    return object;
  }

  yaml_parser_t parser_{};
  yaml_event_t event_{};
};

} // namespace

Result<std::string> convert_yaml_to_json(std::string_view yaml) {
  try {
    if (yaml.size() > longest_document) {
      throw WrongYaml{{}, "it is longer than 1 MiB"};
    }
    return Reader(yaml).read_document().dump();
  } catch (const WrongYaml& wrong) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("line {}, column {}: {}", wrong.where.line + 1, wrong.where.column + 1,
                                        clean_single_line(wrong.reason))};
  } catch (const Json::exception& wrong) {
    return Error{.kind = ErrorKind::malformed, .message = fmt::format("it cannot be read: {}", wrong.what())};
  }
}

} // namespace afk::adapter
