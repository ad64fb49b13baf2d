#include <afk/adapter/notifier_ntfy.hpp>

#include <afk/adapter/notifier_ntfy_codec.hpp>

#include <algorithm>
#include <utility>

namespace afk::adapter {

Result<NtfyTopic> parse_ntfy_topic(const http::Url& url) {
  constexpr std::size_t longest_topic = 64;
  const std::string_view target = url.target;
  const std::size_t query = std::min(target.find('?'), target.size());
  const std::string_view topic = target.substr(1, query - 1);
  if (topic.empty() || topic.size() > longest_topic ||
      topic.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") !=
          std::string_view::npos) {
    return Error{.kind = ErrorKind::configuration,
                 .message = "the address of an ntfy doorbell is https://<server>/<topic>, and a topic is 1 to 64 "
                            "letters, digits, '_' or '-', without a further '/'"};
  }
  return NtfyTopic{.server = {.origin = url.origin, .target = "/" + std::string(target.substr(query))},
                   .topic = std::string(topic)};
}

NtfyNotifier::NtfyNotifier(http::Transport& transport, ReceiverSettings settings, NtfyTopic topic)
    : transport_(transport), settings_(std::move(settings)), topic_(std::move(topic)) {}

std::string NtfyNotifier::name() const {
  return settings_.name;
}

Notifier::Interest NtfyNotifier::interest(Ending kind) const {
  return derive_interest(settings_.on, kind);
}

Result<void> NtfyNotifier::ring(const Doorbell& doorbell) {
  return post_doorbell(transport_, {.url = topic_.server,
                                    .headers = {},
                                    .body = render_ntfy_body(doorbell, topic_.topic),
                                    .timeout = settings_.timeout,
                                    .reason = DoorbellPost::Reason::hidden});
}

} // namespace afk::adapter
