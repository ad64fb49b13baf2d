#include <afk/adapter/notifier_webhook.hpp>

#include <afk/adapter/notifier_webhook_codec.hpp>
#include <afk/http/status.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace afk::adapter {
namespace {

constexpr int first_client_error = 400;
constexpr int first_server_error = 500;

Error derive_refusal(Error error) {
  const int status = error.http_status.value_or(0);
  const bool passes = error.kind == ErrorKind::unreachable || error.kind == ErrorKind::rate_limited;
  if (status >= first_client_error && status < first_server_error && !passes) {
    error.kind = ErrorKind::refused;
  }
  return error;
}

} // namespace

WebhookNotifier::WebhookNotifier(http::Transport& transport, WebhookSettings settings)
    : transport_(transport), settings_(std::move(settings)) {}

std::string WebhookNotifier::name() const {
  return settings_.name;
}

Notifier::Interest WebhookNotifier::interest(Ending kind) const {
  const bool wanted = settings_.on.empty() || std::ranges::find(settings_.on, kind) != settings_.on.end();
  return wanted ? Interest::wanted : Interest::none;
}

Result<void> WebhookNotifier::ring(const Doorbell& doorbell) {
  http::Request request;
  request.method = http::Method::post;
  request.url = settings_.url;
  request.headers = {{.name = "Content-Type", .value = "application/json"},
                     {.name = "Idempotency-Key", .value = doorbell.key}};
  request.body = render_webhook_body(doorbell);
  request.limits.connect = settings_.timeout;
  request.limits.total = settings_.timeout;
  request.limits.body_bytes = std::size_t{64} << 10; // nobody reads it
  auto answers = transport_.exchange(std::array{request});
  auto& answer = answers.front();
  if (!answer.ok()) {
    // Whatever went wrong on the way may go right on the next tick; a redirect to somebody else will not.
    Error error = std::move(answer).error();
    error.kind = error.kind == ErrorKind::refused ? ErrorKind::refused : ErrorKind::unreachable;
    return error;
  }
  if (auto error = http::derive_status_error(*answer, http::render_origin(settings_.url.origin))) {
    return derive_refusal(std::move(*error));
  }
  return {};
}

} // namespace afk::adapter
