#pragma once
// The content pin: which title and body an arming was for. The hash stands on the run card; a later look that finds
// another one knows that the issue was edited.

#include <afk/core/digest.hpp>

#include <string>
#include <string_view>

namespace afk {

// Raw bytes, as the tracker gave them.
struct PinnedContent {
  std::string_view title;
  std::string_view body;
};

// SHA-256 in hex over both parts, each behind its length in eight bytes, so that no text can move from the one to the
// other unnoticed.
[[nodiscard]] std::string derive_content_hash(const PinnedContent& content, const Digest& digest);

} // namespace afk
