#include <afk/adapter/notifier_ntfy_codec.hpp>

#include <afk/core/text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace afk::adapter {
namespace {

constexpr std::size_t longest_title = 200;  // bytes
constexpr std::size_t longest_click = 1000; // a link that is longer is left out

std::string render(const Doorbell& doorbell, std::string_view topic, const std::string& message) {
  nlohmann::ordered_json body = {
      {"topic", topic},
      {"title", truncate_text(clean_single_line(doorbell.title), {.max_bytes = longest_title, .note = "..."})},
      {"message", message},
      {"priority", derive_ntfy_priority(doorbell.kind)}};
  const bool is_link = doorbell.link.starts_with("https://") || doorbell.link.starts_with("http://");
  if (is_link && doorbell.link.size() <= longest_click) {
    body["click"] = doorbell.link;
  }
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace

int derive_ntfy_priority(Ending kind) {
  constexpr int high = 5;
  constexpr int raised = 4;
  constexpr int normal = 3;
  switch (kind) {
  case Ending::frozen:
  case Ending::trust:
  case Ending::protected_path:
    return high;
  case Ending::done:
  case Ending::review:
  case Ending::nothing_to_do:
  case Ending::stood_down:
    return normal;
  default:
    return raised;
  }
}

std::string render_ntfy_body(const Doorbell& doorbell, std::string_view topic) {
  std::string message = clean_for_terminal(doorbell.message);
  std::string body = render(doorbell, topic, message);
  // A character may take several bytes more in JSON than in the text: what is too much goes until it fits.
  while (body.size() > longest_ntfy_body && !message.empty()) {
    const std::size_t excess = std::max<std::size_t>((body.size() - longest_ntfy_body + 5) / 6, 1);
    const std::size_t kept = message.size() - std::min(message.size(), excess);
    message = truncate_text(message, {.max_bytes = kept, .note = {}});
    body = render(doorbell, topic, message);
  }
  return body;
}

} // namespace afk::adapter
