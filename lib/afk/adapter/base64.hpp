#pragma once
// Base64 (RFC 4648, section 4, with padding), as Kubernetes writes bytes into JSON.

#include <afk/core/result.hpp>

#include <string>
#include <string_view>

namespace afk::adapter {

[[nodiscard]] std::string render_base64(std::string_view bytes);

// Fails with `malformed`. Line breaks between the groups are skipped.
Result<std::string> parse_base64(std::string_view text);

} // namespace afk::adapter
