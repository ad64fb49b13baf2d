#pragma once
// JSON from outside, read with suspicion: for codecs alone, because nlohmann_json lives there.
//
// Only whole texts of RFC 8259 are read: no duplicate keys (two readers would see two things), no invalid UTF-8, no
// whole number that does not fit 64 bits with a sign, nothing behind the value, and bounded size, depth and number of
// values. One pass, no recursion. Messages tell the place by byte and never repeat what stood there.

#include <afk/core/result.hpp>
#include <afk/core/time.hpp>
#include <afk/http/message.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace afk::adapter {

struct JsonLimits {
  std::size_t bytes = std::size_t{8} << 20;
  std::size_t depth = 64; // arrays and objects inside each other
  std::size_t values = 1'000'000;
};

// Fails with `too_large` (a limit) and `malformed` (everything else).
Result<nlohmann::json> parse_json(std::string_view text, const JsonLimits& limits = {});

// The body of an answer that was asked for JSON. Fails as parse_json does, and with `malformed` where the Content-Type
// is not JSON ("application/json", "application/anything+json") in UTF-8. The status is the caller's to judge first.
Result<nlohmann::json> parse_json_body(const http::Response& response, const JsonLimits& limits = {});

// A key of an object. Anything but an object has no keys: `malformed` everywhere below.
enum class JsonPresence : std::uint8_t { absent, null, present };

[[nodiscard]] JsonPresence inspect_json(const nlohmann::json& object, std::string_view key);

// find_x: absent and null are nothing (a null pointer), another type is `malformed`.
// require_x: absent, null and another type are `malformed`, each said as what it is.
Result<std::optional<std::string>> find_string(const nlohmann::json& object, std::string_view key);
Result<std::string> require_string(const nlohmann::json& object, std::string_view key);
Result<std::optional<std::int64_t>> find_int64(const nlohmann::json& object, std::string_view key);
Result<std::int64_t> require_int64(const nlohmann::json& object, std::string_view key);
Result<std::optional<double>> find_number(const nlohmann::json& object, std::string_view key); // whole ones too
Result<std::optional<bool>> find_bool(const nlohmann::json& object, std::string_view key);
Result<std::optional<Timestamp>> find_timestamp(const nlohmann::json& object, std::string_view key);
Result<Timestamp> require_timestamp(const nlohmann::json& object, std::string_view key);

// The pointers live as long as `object`.
Result<const nlohmann::json*> find_object(const nlohmann::json& object, std::string_view key);
Result<const nlohmann::json*> require_object(const nlohmann::json& object, std::string_view key);
Result<const nlohmann::json*> find_array(const nlohmann::json& object, std::string_view key);
Result<const nlohmann::json*> require_array(const nlohmann::json& object, std::string_view key);

} // namespace afk::adapter
