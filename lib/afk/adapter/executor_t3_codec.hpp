#pragma once
// The JSON of a T3 Code server (orchestration protocol 1), read. Every parse_x fails with `malformed` and
// `too_large`; fields that are missing or null read as absent.

#include <afk/adapter/executor_t3_values.hpp>
#include <afk/http/message.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace afk::adapter {

inline constexpr std::size_t longest_t3_listing = std::size_t{32}
                                                  << 20;               // bytes: 0.7 KB for every thread there ever was
inline constexpr std::size_t longest_t3_detail = std::size_t{8} << 20; // a whole conversation

Result<T3Environment> parse_t3_environment(const http::Response& response);
Result<T3Access> parse_t3_access(const http::Response& response);
Result<T3Listing> parse_t3_listing(const http::Response& response);
Result<T3Detail> parse_t3_detail(const http::Response& response);
Result<std::int64_t> parse_t3_sequence(const http::Response& response);

// What the server says about a refusal: `_tag` and `reason`, one clean line; "" where it says nothing readable.
struct T3Refusal {
  std::string reason;         // "orchestration_dispatch_failed", "thread_not_found", "invalid_credential"
  std::string required_scope; // "orchestration:operate"
};

[[nodiscard]] T3Refusal parse_t3_refusal(const http::Response& response);

// When a token ends, by its own claims: base64url(JSON with "exp" in milliseconds) "." base64url(signature). Absent
// where it is no such token.
[[nodiscard]] std::optional<Timestamp> find_t3_token_expiry(std::string_view token);

} // namespace afk::adapter
