#include <afk/adapter/notifier_webhook.hpp>

#include <afk/adapter/notifier_webhook_codec.hpp>

#include <utility>

namespace afk::adapter {

WebhookNotifier::WebhookNotifier(http::Transport& transport, ReceiverSettings settings)
    : transport_(transport), settings_(std::move(settings)) {}

std::string WebhookNotifier::name() const {
  return settings_.name;
}

Notifier::Interest WebhookNotifier::interest(Ending kind) const {
  return derive_interest(settings_.on, kind);
}

Result<void> WebhookNotifier::ring(const Doorbell& doorbell) {
  return post_doorbell(transport_, {.url = settings_.url,
                                    .headers = {{.name = "Idempotency-Key", .value = doorbell.key}},
                                    .body = render_webhook_body(doorbell),
                                    .timeout = settings_.timeout,
                                    .reason = DoorbellPost::Reason::hidden});
}

} // namespace afk::adapter
