#include <afk/adapter/notifier_post.hpp>

#include <afk/core/text.hpp>
#include <afk/http/status.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace afk::adapter {
namespace {

constexpr int first_client_error = 400;
constexpr int first_server_error = 500;
constexpr std::size_t longest_answer = std::size_t{64} << 10;
constexpr std::size_t longest_reason = 100;

Error derive_refusal(Error error) {
  const int status = error.http_status.value_or(0);
  const bool passes = error.kind == ErrorKind::unreachable || error.kind == ErrorKind::rate_limited;
  if (status >= first_client_error && status < first_server_error && !passes) {
    error.kind = ErrorKind::refused;
  }
  return error;
}

} // namespace

Notifier::Interest derive_interest(const std::vector<Ending>& on, Ending kind) {
  const bool wanted = on.empty() || std::ranges::find(on, kind) != on.end();
  return wanted ? Notifier::Interest::wanted : Notifier::Interest::none;
}

Result<void> post_doorbell(http::Transport& transport, const DoorbellPost& post) {
  http::Request request;
  request.method = http::Method::post;
  request.url = post.url;
  request.headers = {{.name = "Content-Type", .value = "application/json"}};
  request.headers.insert(request.headers.end(), post.headers.begin(), post.headers.end());
  request.body = post.body;
  request.limits.connect = post.timeout;
  request.limits.total = post.timeout;
  request.limits.body_bytes = longest_answer;
  auto answers = transport.exchange(std::array{std::move(request)});
  auto& answer = answers.front();
  if (!answer.ok()) {
    // Whatever went wrong on the way may go right on the next tick; a redirect to somebody else will not.
    Error error = std::move(answer).error();
    error.kind = error.kind == ErrorKind::refused ? ErrorKind::refused : ErrorKind::unreachable;
    return error;
  }
  auto error = http::derive_status_error(*answer, http::render_origin(post.url.origin));
  if (!error) {
    return {};
  }
  const std::string said = clean_single_line(std::string_view(answer->body).substr(0, longest_reason));
  if (post.reason == DoorbellPost::Reason::shown && !said.empty()) {
    error->message += fmt::format(" ({})", said);
  }
  return derive_refusal(std::move(*error));
}

} // namespace afk::adapter
