#pragma once
// Doorbells as HTTP POSTs of one JSON object (notifier_webhook_codec.hpp), with the doorbell's key as Idempotency-Key,
// so that a receiver can drop a repeat. Errors as in notifier_post.hpp.

#include <afk/adapter/notifier_post.hpp>

#include <string>

namespace afk::adapter {

class WebhookNotifier final : public Notifier {
 public:
  // `transport` outlives it.
  WebhookNotifier(http::Transport& transport, ReceiverSettings settings);

  [[nodiscard]] std::string name() const override;
  [[nodiscard]] Interest interest(Ending kind) const override;
  Result<void> ring(const Doorbell& doorbell) override;

 private:
  http::Transport& transport_;
  ReceiverSettings settings_;
};

} // namespace afk::adapter
