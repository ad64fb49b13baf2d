#include <afk/adapter/notifier_slack_codec.hpp>

#include <afk/core/text.hpp>

#include <nlohmann/json.hpp>

namespace afk::adapter {

std::string escape_slack(std::string_view text) {
  std::string escaped;
  for (const char character : text) {
    switch (character) {
    case '&':
      escaped += "&amp;";
      break;
    case '<':
      escaped += "&lt;";
      break;
    case '>':
      escaped += "&gt;";
      break;
    default:
      escaped += character;
    }
  }
  return escaped;
}

std::string render_slack_body(const Doorbell& doorbell) {
  std::string text = clean_single_line(doorbell.title);
  for (const std::string& part : {clean_for_terminal(doorbell.message), clean_single_line(doorbell.link)}) {
    if (!trim_ascii(part).empty()) {
      text += (text.empty() ? "" : "\n") + std::string(trim_ascii(part));
    }
  }
  if (text.empty()) {
    text = render_issue_ref(doorbell.issue);
  }
  text = truncate_text(text, {.max_bytes = longest_slack_text, .note = "\n[cut]"});
  const nlohmann::ordered_json body = {
      {"text", escape_slack(text)}, {"mrkdwn", false}, {"unfurl_links", false}, {"unfurl_media", false}};
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace afk::adapter
