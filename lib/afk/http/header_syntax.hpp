#pragma once
// What names and values of headers are made of (RFC 9110, 5.1 and 5.5), for requests and for answers.

#include <string_view>

namespace afk::http {

// A token: letters, digits and a few signs; never empty.
[[nodiscard]] bool is_header_name(std::string_view name);

// No control characters but the tab, and so neither a line end nor a NUL.
[[nodiscard]] bool is_header_value(std::string_view value);

} // namespace afk::http
