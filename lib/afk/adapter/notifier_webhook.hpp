#pragma once
// Doorbells as HTTP POSTs of one JSON object (notifier_webhook_codec.hpp), with the doorbell's key as Idempotency-Key,
// so that a receiver can drop a repeat.
//
// Any 2xx is a ring. 4xx is `refused`: the receiver will say so again until a person changes something; but 408 and 429
// pass, and so do no answer, 5xx and what is no HTTP: `unreachable` or `rate_limited`, tried again on the next tick.
// Redirects are not followed, because the body would go to an address that nobody configured: `refused`.
// Messages name the receiver's origin alone: the path of a webhook is its password.

#include <afk/core/secret.hpp>
#include <afk/http/transport.hpp>
#include <afk/port/notifier.hpp>

#include <string>
#include <vector>

namespace afk::adapter {

struct WebhookSettings {
  std::string name;       // of its table
  std::vector<Ending> on; // empty = every kind
  http::Url url;
  Duration timeout = std::chrono::seconds(10);
};

class WebhookNotifier final : public Notifier {
 public:
  // `transport` outlives it.
  WebhookNotifier(http::Transport& transport, WebhookSettings settings);

  [[nodiscard]] std::string name() const override;
  [[nodiscard]] Interest interest(Ending kind) const override;
  Result<void> ring(const Doorbell& doorbell) override;

 private:
  http::Transport& transport_;
  WebhookSettings settings_;
};

} // namespace afk::adapter
