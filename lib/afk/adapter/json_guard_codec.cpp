#include <afk/adapter/json_guard_codec.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <exception>
#include <limits>
#include <utility>
#include <vector>

namespace afk::adapter {
namespace {

using nlohmann::json;

Error malformed(std::string message) {
  return Error{.kind = ErrorKind::malformed, .message = std::move(message)};
}

Error too_large(std::string message) {
  return Error{.kind = ErrorKind::too_large, .message = std::move(message)};
}

// Builds the value from the parser's events and stops it at the first thing that is not allowed. The parser keeps its
// own stack, so that depth costs it memory only, and no more of that than the limit allows.
class Guard final : public nlohmann::json_sax<json> {
 public:
  explicit Guard(const JsonLimits& limits) : limits_(limits) {}

  bool null() override { return add(nullptr); }

  bool boolean(bool value) override { return add(value); }

  bool number_integer(number_integer_t value) override { return add(value); }

  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
      return stop(malformed("a whole number that does not fit 64 bits"));
    }
    return add(static_cast<std::int64_t>(value));
  }

  // Whole numbers that are too long for the parser come here too.
  bool number_float(number_float_t value, const string_t& text) override {
    if (text.find_first_of(".eE") == string_t::npos) {
      return stop(malformed("a whole number that does not fit 64 bits"));
    }
    return add(value);
  }

  bool string(string_t& value) override { return add(std::move(value)); }

  bool binary(binary_t& /*value*/) override { return stop(malformed("binary data")); }

  bool start_object(std::size_t /*elements*/) override { return open(json::object()); }

  bool end_object() override { return close(); }

  bool start_array(std::size_t /*elements*/) override { return open(json::array()); }

  bool end_array() override { return close(); }

  bool key(string_t& value) override {
    const auto [place, is_new] = open_.back()->get_ref<json::object_t&>().try_emplace(std::move(value), nullptr);
    if (!is_new) {
      return stop(malformed("an object with the same key twice"));
    }
    slot_ = &place->second;
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return stop(malformed(fmt::format("not JSON at byte {}", position)));
  }

  [[nodiscard]] Result<json> finish() && {
    if (failed_) {
      return *std::move(failed_);
    }
    return std::move(root_);
  }

 private:
  // A value goes where the last key pointed, else to the end of the array, else it is the whole text.
  json* place(json value) {
    if (++values_ > limits_.values) {
      stop(too_large(fmt::format("more than {} values", limits_.values)));
      return nullptr;
    }
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (json* slot = std::exchange(slot_, nullptr)) {
      *slot = std::move(value);
      return slot;
    }
    auto& array = open_.back()->get_ref<json::array_t&>();
    array.push_back(std::move(value));
    return &array.back();
  }

  bool add(json value) { return place(std::move(value)) != nullptr; }

  bool open(json container) {
    if (open_.size() >= limits_.depth) {
      return stop(too_large(fmt::format("more than {} levels", limits_.depth)));
    }
    json* const placed = place(std::move(container));
    if (placed != nullptr) {
      open_.push_back(placed);
    }
    return placed != nullptr;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  bool stop(Error error) {
    failed_ = std::move(error);
    return false;
  }

  const JsonLimits& limits_;
  json root_;
  std::vector<json*> open_; // an array does not grow while one of its elements is open, so these stay valid
  json* slot_ = nullptr;
  std::size_t values_ = 0;
  std::optional<Error> failed_;
};

bool is_json_type(std::string_view content_type) {
  const auto semicolon = std::min(content_type.find(';'), content_type.size());
  const std::string type = fold_ascii(trim_ascii(content_type.substr(0, semicolon)));
  if (type != "application/json" && !(type.starts_with("application/") && type.ends_with("+json"))) {
    return false;
  }
  const std::string parameters = fold_ascii(content_type.substr(semicolon));
  const auto charset = parameters.find("charset=");
  if (charset == std::string::npos) {
    return true;
  }
  std::string_view named = std::string_view(parameters).substr(charset + std::string_view("charset=").size());
  if (named.starts_with('"')) {
    named.remove_prefix(1);
  }
  return named.starts_with("utf-8") || named.starts_with("utf8");
}

std::string_view render_type(const json& value) {
  switch (value.type()) {
  case json::value_t::object:
    return "an object";
  case json::value_t::array:
    return "an array";
  case json::value_t::string:
    return "a text";
  case json::value_t::boolean:
    return "true or false";
  case json::value_t::null:
    return "null";
  case json::value_t::number_float:
    return "a number with a fraction";
  default:
    return "a whole number";
  }
}

// Null where the key is absent or null; fails for what is no object and for a value of another kind.
Result<const json*> find_value(const json& object, std::string_view key, json::value_t type) {
  if (!object.is_object()) {
    return malformed(fmt::format("{} where an object with \"{}\" belongs", render_type(object), key));
  }
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) {
    return static_cast<const json*>(nullptr);
  }
  if (found->type() != type) {
    return malformed(fmt::format("\"{}\" is {} where {} belongs", key, render_type(*found), render_type(json(type))));
  }
  return &*found;
}

Error missing(const json& object, std::string_view key) {
  const bool is_null = inspect_json(object, key) == JsonPresence::null;
  return malformed(fmt::format("\"{}\" is {}", key, is_null ? "null" : "missing"));
}

template <typename Value>
Result<std::optional<Value>> find_as(const json& object, std::string_view key, json::value_t type) {
  auto value = find_value(object, key, type);
  if (!value.ok()) {
    return std::move(value).error();
  }
  return *value == nullptr ? std::optional<Value>() : std::optional<Value>((*value)->get<Value>());
}

template <typename Value>
Result<Value> require(Result<std::optional<Value>> found, const json& object, std::string_view key) {
  if (!found.ok()) {
    return std::move(found).error();
  }
  if (!*found) {
    return missing(object, key);
  }
  return **std::move(found);
}

Result<const json*> require_value(const json& object, std::string_view key, json::value_t type) {
  auto found = find_value(object, key, type);
  if (found.ok() && *found == nullptr) {
    return missing(object, key);
  }
  return found;
}

} // namespace

Result<json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes) {
    return too_large(fmt::format("more than {} bytes of JSON", limits.bytes));
  }
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) { // the parser would take it for the end
    return malformed(fmt::format("not JSON at byte {}", nul));
  }
  try {
    Guard guard(limits);
    json::sax_parse(text.begin(), text.end(), &guard);
    return std::move(guard).finish();
  } catch (const std::exception&) { // nothing that was seen does this; a library may
    return malformed("not JSON");
  }
}

Result<json> parse_json_body(const http::Response& response, const JsonLimits& limits) {
  const auto type = http::find_header(response, "content-type");
  if (!type) {
    return malformed("an answer without a Content-Type where JSON belongs");
  }
  if (!is_json_type(*type)) {
    constexpr std::size_t shown = 100;
    return malformed(
        fmt::format("an answer of type {} where JSON in UTF-8 belongs", quote_for_display(type->substr(0, shown))));
  }
  return parse_json(response.body, limits);
}

JsonPresence inspect_json(const json& object, std::string_view key) {
  const auto found = object.find(key);
  if (found == object.end()) {
    return JsonPresence::absent;
  }
  return found->is_null() ? JsonPresence::null : JsonPresence::present;
}

Result<std::optional<std::string>> find_string(const json& object, std::string_view key) {
  return find_as<std::string>(object, key, json::value_t::string);
}

Result<std::string> require_string(const json& object, std::string_view key) {
  return require(find_string(object, key), object, key);
}

Result<std::optional<std::int64_t>> find_int64(const json& object, std::string_view key) {
  return find_as<std::int64_t>(object, key, json::value_t::number_integer);
}

Result<std::int64_t> require_int64(const json& object, std::string_view key) {
  return require(find_int64(object, key), object, key);
}

Result<std::optional<double>> find_number(const json& object, std::string_view key) {
  if (auto whole = find_int64(object, key); whole.ok()) {
    return *whole ? std::optional(static_cast<double>(**whole)) : std::nullopt;
  }
  return find_as<double>(object, key, json::value_t::number_float);
}

Result<std::optional<bool>> find_bool(const json& object, std::string_view key) {
  return find_as<bool>(object, key, json::value_t::boolean);
}

Result<std::optional<Timestamp>> find_timestamp(const json& object, std::string_view key) {
  auto text = find_string(object, key);
  if (!text.ok()) {
    return std::move(text).error();
  }
  if (!*text) {
    return std::optional<Timestamp>();
  }
  auto moment = parse_timestamp(**text);
  if (!moment.ok()) {
    return malformed(fmt::format("\"{}\" is not a time as RFC 3339 writes it", key));
  }
  return std::optional(*moment);
}

Result<Timestamp> require_timestamp(const json& object, std::string_view key) {
  return require(find_timestamp(object, key), object, key);
}

Result<const json*> find_object(const json& object, std::string_view key) {
  return find_value(object, key, json::value_t::object);
}

Result<const json*> require_object(const json& object, std::string_view key) {
  return require_value(object, key, json::value_t::object);
}

Result<const json*> find_array(const json& object, std::string_view key) {
  return find_value(object, key, json::value_t::array);
}

Result<const json*> require_array(const json& object, std::string_view key) {
  return require_value(object, key, json::value_t::array);
}

} // namespace afk::adapter
