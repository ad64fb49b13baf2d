#pragma once
// Dates in headers (RFC 9110, 5.6.7): Date, Retry-After.

#include <afk/core/time.hpp>

#include <optional>
#include <string_view>

namespace afk::http {

// "Sun, 06 Nov 1994 08:49:37 GMT"; the two obsolete forms, which no server of today sends, are not read. The name of
// the day is not held against the date.
[[nodiscard]] std::optional<Timestamp> try_date(std::string_view text);

} // namespace afk::http
