#pragma once
// What ntfy is sent: {"topic": ..., "title": ..., "message": ..., "priority": 1 to 5, "click": ...}
// (docs.ntfy.sh/publish, "Publish as JSON"). A server of default settings takes 4,095 bytes and refuses 4,096.

#include <afk/port/notifier.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace afk::adapter {

inline constexpr std::size_t longest_ntfy_body = 4095; // bytes

// 5 where something broken stays or trust is in question, 4 where a person is needed, 3 for the rest.
[[nodiscard]] int derive_ntfy_priority(Ending kind);

// At most longest_ntfy_body: the message is cut at the border of a character.
[[nodiscard]] std::string render_ntfy_body(const Doorbell& doorbell, std::string_view topic);

} // namespace afk::adapter
