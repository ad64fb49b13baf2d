#pragma once
// Doorbells as messages of a Slack incoming webhook (docs.slack.dev, "Sending messages using incoming webhooks").
// Errors as in notifier_post.hpp; a refusal names Slack's own word for it (no_text, invalid_payload, invalid_token,
// channel_is_archived, no_service).

#include <afk/adapter/notifier_post.hpp>

namespace afk::adapter {

class SlackNotifier final : public Notifier {
 public:
  // `transport` outlives it.
  SlackNotifier(http::Transport& transport, ReceiverSettings settings);

  [[nodiscard]] std::string name() const override;
  [[nodiscard]] Interest interest(Ending kind) const override;
  Result<void> ring(const Doorbell& doorbell) override;

 private:
  http::Transport& transport_;
  ReceiverSettings settings_;
};

} // namespace afk::adapter
