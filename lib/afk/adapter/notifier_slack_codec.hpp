#pragma once
// What Slack is sent: {"text": ..., "mrkdwn": false, ...}. In its text `<!channel>`, `<@U123>` and `<url|words>` act,
// so that &, < and > are written as entities, which is all that Slack asks for (docs.slack.dev, "Formatting message
// text").

#include <afk/port/notifier.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace afk::adapter {

inline constexpr std::size_t longest_slack_text = 3000; // bytes before they are escaped; Slack cuts at 40,000

[[nodiscard]] std::string escape_slack(std::string_view text);

// Title, message and link below each other; never without text, which Slack refuses.
[[nodiscard]] std::string render_slack_body(const Doorbell& doorbell);

} // namespace afk::adapter
