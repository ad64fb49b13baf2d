#pragma once
// Doorbells as messages of an ntfy topic, published as JSON to the server's root (docs.ntfy.sh/publish). The address is
// "https://ntfy.example/<topic>"; a topic is one part of a path and never more, because a server takes the first one
// alone and answers 200. Errors as in notifier_post.hpp.

#include <afk/adapter/notifier_post.hpp>

namespace afk::adapter {

// An address taken apart.
struct NtfyTopic {
  http::Url server; // its root, with the query of the address (auth=...)
  std::string topic;
};

// Fails with `configuration`, without repeating the address: no topic, or one that is none.
Result<NtfyTopic> parse_ntfy_topic(const http::Url& url);

class NtfyNotifier final : public Notifier {
 public:
  // `transport` outlives it; `settings.url` is not used.
  NtfyNotifier(http::Transport& transport, ReceiverSettings settings, NtfyTopic topic);

  [[nodiscard]] std::string name() const override;
  [[nodiscard]] Interest interest(Ending kind) const override;
  Result<void> ring(const Doorbell& doorbell) override;

 private:
  http::Transport& transport_;
  ReceiverSettings settings_;
  NtfyTopic topic_;
};

} // namespace afk::adapter
