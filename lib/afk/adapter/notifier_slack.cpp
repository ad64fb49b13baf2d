#include <afk/adapter/notifier_slack.hpp>

#include <afk/adapter/notifier_slack_codec.hpp>

#include <utility>

namespace afk::adapter {

SlackNotifier::SlackNotifier(http::Transport& transport, ReceiverSettings settings)
    : transport_(transport), settings_(std::move(settings)) {}

std::string SlackNotifier::name() const {
  return settings_.name;
}

Notifier::Interest SlackNotifier::interest(Ending kind) const {
  return derive_interest(settings_.on, kind);
}

Result<void> SlackNotifier::ring(const Doorbell& doorbell) {
  return post_doorbell(transport_, {.url = settings_.url,
                                    .headers = {},
                                    .body = render_slack_body(doorbell),
                                    .timeout = settings_.timeout,
                                    .reason = DoorbellPost::Reason::shown});
}

} // namespace afk::adapter
