#include <afk/cli/session_notifiers.hpp>

#include <afk/adapter/notifier_ntfy.hpp>
#include <afk/adapter/notifier_slack.hpp>
#include <afk/adapter/notifier_webhook.hpp>

#include <fmt/format.h>

#include <utility>

namespace afk::cli {

namespace {

Result<std::unique_ptr<Notifier>> open_notifier(NotifierSettings::Kind kind, adapter::ReceiverSettings receiver,
                                                http::Transport& transport) {
  using Kind = NotifierSettings::Kind;
  switch (kind) {
  case Kind::slack:
    return std::unique_ptr<Notifier>(std::make_unique<adapter::SlackNotifier>(transport, std::move(receiver)));
  case Kind::ntfy: {
    auto topic = adapter::parse_ntfy_topic(receiver.url);
    if (!topic)
      return std::move(topic).error();
    return std::unique_ptr<Notifier>(
        std::make_unique<adapter::NtfyNotifier>(transport, std::move(receiver), std::move(*topic)));
  }
  case Kind::webhook:
    break;
  }
  return std::unique_ptr<Notifier>(std::make_unique<adapter::WebhookNotifier>(transport, std::move(receiver)));
}

} // namespace

Result<std::vector<std::unique_ptr<Notifier>>> open_notifiers(const Config& config,
                                                              const std::map<std::string, Secret>& addresses,
                                                              http::Transport& transport, Duration timeout) {
  std::vector<std::unique_ptr<Notifier>> notifiers;
  for (const auto& [name, settings] : config.notify) {
    auto url = http::parse_url(addresses.at(name).reveal());
    auto notifier = url ? open_notifier(settings.kind, {name, settings.on, std::move(*url), timeout}, transport)
                        : Result<std::unique_ptr<Notifier>>(std::move(url).error());
    if (!notifier)
      return with_context(fmt::format("notify.{}.url_file", name), std::move(notifier).error());
    notifiers.push_back(std::move(*notifier));
  }
  return notifiers;
}

} // namespace afk::cli
