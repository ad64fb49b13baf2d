#include <afk/adapter/executor_t3_client.hpp>

#include <afk/adapter/executor_t3_codec.hpp>
#include <afk/adapter/executor_t3_names.hpp>
#include <afk/core/text.hpp>
#include <afk/http/date.hpp>
#include <afk/http/status.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace afk::adapter {
namespace {

constexpr std::string_view environment_path = "/.well-known/t3/environment";
constexpr std::string_view access_path = "/api/auth/session";
constexpr std::string_view shell_path = "/api/orchestration/shell";
constexpr std::string_view snapshot_path = "/api/orchestration/snapshot";
constexpr std::string_view threads_path = "/api/orchestration/threads/";
constexpr std::string_view dispatch_path = "/api/orchestration/dispatch";

constexpr std::size_t longest_small_answer = std::size_t{256} << 10;

constexpr int status_bad_request = 400;
constexpr int status_unauthorized = 401;
constexpr int status_forbidden = 403;
constexpr int status_not_found = 404;
constexpr int status_internal_error = 500;

constexpr std::array<int, 3> oldest_version{0, 0, 32};

// "0.0.45", "0.0.46-nightly.20261001"; absent for anything else.
std::optional<std::array<int, 3>> try_version(std::string_view text) {
  std::array<int, 3> version{};
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  for (std::size_t part = 0; part < version.size(); ++part) {
    if (part > 0 && (at == end || *at++ != '.')) {
      return std::nullopt;
    }
    const auto parsed = std::from_chars(at, end, version.at(part));
    if (parsed.ec != std::errc{}) {
      return std::nullopt;
    }
    at = parsed.ptr;
  }
  return version;
}

bool is_identity(std::string_view text) {
  constexpr std::size_t longest = 128;
  constexpr std::string_view legal = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:._-";
  return !text.empty() && text.size() <= longest && text.find_first_not_of(legal) == std::string_view::npos;
}

std::optional<Timestamp> find_date(const Result<http::Response>& answer) {
  const auto date = answer.ok() ? http::find_header(*answer, "date") : std::nullopt;
  return date ? http::try_date(*date) : std::nullopt;
}

// Where the server's clock does not show, the newest time that it has written down: too early, so that nothing seems
// older than it is.
Timestamp find_newest_time(const T3Listing& listing) {
  std::optional<Timestamp> newest;
  for (const auto& [attempt, thread] : listing.threads) {
    if (thread.ok()) {
      newest = std::max({newest, thread->updated_at, thread->latest_user_message_at});
    }
  }
  return newest.value_or(Timestamp());
}

} // namespace

Result<void> check_t3_environment(const T3Environment& environment) {
  const auto refuse = [](std::string message) {
    return Error{.kind = ErrorKind::refused, .message = std::move(message)};
  };
  if (environment.protocol && *environment.protocol != 1) {
    return refuse(
        fmt::format("the T3 Code server {} speaks orchestration protocol {}, and afk speaks protocol 1, which "
                    "releases up to 0.0.45 have: run one of those",
                    environment.version, *environment.protocol));
  }
  const auto version = try_version(environment.version);
  if (version && *version < oldest_version) {
    return refuse(fmt::format("the T3 Code server {} is too old: 0.0.32 is the first whose list of threads does not "
                              "read every message that there is",
                              environment.version));
  }
  if (!is_identity(environment.id)) {
    return Error{.kind = ErrorKind::malformed,
                 .message = "the server's environment id is none: expected 1 to 128 letters, digits, ':', '.', '_' or "
                            "'-'"};
  }
  return {};
}

T3Client::T3Client(http::Transport& transport, T3Address address)
    : transport_(transport), address_(std::move(address)),
      credential_{.origin = address_.url.origin,
                  .header = "Authorization",
                  .value = Secret(fmt::format("Bearer {}", address_.token.reveal()))},
      base_(address_.url.target.substr(0, address_.url.target.find_last_not_of('/') + 1)),
      who_("T3 Code at " + http::render_origin(address_.url.origin)) {}

http::Request T3Client::make_request(http::Method method, std::string_view path, std::size_t body_limit) const {
  http::Request request;
  request.method = method;
  request.url = {.origin = address_.url.origin, .target = base_ + std::string(path)};
  request.headers = {{.name = "Accept", .value = "application/json"}};
  if (path != environment_path) {
    request.credential = &credential_;
  }
  request.limits.connect = address_.connect_timeout;
  request.limits.total = address_.timeout;
  request.limits.body_bytes = body_limit;
  return request;
}

Error T3Client::describe(const http::Response& response, Error error) const {
  const T3Refusal refusal = parse_t3_refusal(response);
  if (response.status == status_unauthorized) {
    const auto expiry = find_t3_token_expiry(address_.token.reveal());
    error.message = fmt::format("{} refuses the token{}; issue a new one there: t3 auth session issue --token-only",
                                who_, expiry ? ", which ends at " + render_timestamp(*expiry) : "");
  } else if (response.status == status_forbidden) {
    error.message = fmt::format("the token for {} lacks the scope {}: issue one with orchestration:read and "
                                "orchestration:operate",
                                who_, refusal.required_scope.empty() ? "that it needs" : refusal.required_scope);
  } else if (!refusal.reason.empty()) {
    error.message += fmt::format(" ({})", refusal.reason);
  }
  return error;
}

Result<http::Response> T3Client::judge(Result<http::Response> answer) const {
  if (!answer) {
    return answer;
  }
  if (auto error = http::derive_status_error(*answer, who_)) {
    return describe(*answer, std::move(*error));
  }
  return answer;
}

namespace {

template <typename Value>
Result<Value> parse_answer(Result<http::Response> answer, Result<Value> (*parse)(const http::Response&),
                           std::string_view who) {
  if (!answer) {
    return std::move(answer).error();
  }
  auto value = parse(*answer);
  return value ? std::move(value) : Result<Value>(with_context(who, std::move(value).error()));
}

} // namespace

Result<std::optional<T3Detail>> T3Client::take_detail(Result<http::Response> answer) const {
  if (answer.ok() && answer->status == status_not_found && parse_t3_refusal(*answer).reason == "thread_not_found") {
    return std::optional<T3Detail>();
  }
  auto detail = parse_answer(judge(std::move(answer)), parse_t3_detail, who_);
  return detail ? Result<std::optional<T3Detail>>(std::move(detail).value())
                : Result<std::optional<T3Detail>>(std::move(detail).error());
}

http::Request T3Client::make_detail_request(const AttemptName& attempt, std::string_view query) const {
  return make_request(http::Method::get, fmt::format("{}{}{}", threads_path, derive_t3_thread_id(attempt), query),
                      longest_t3_detail);
}

// The whole conversation tells which turns there were; of one that is too long, the newest turn has to do.
Result<std::optional<T3Detail>> T3Client::complete_detail(Result<std::optional<T3Detail>> detail,
                                                          const AttemptName& attempt) {
  if (detail || detail.error().kind != ErrorKind::too_large) {
    return detail;
  }
  auto answers = transport_.exchange(std::array{make_detail_request(attempt, "?turnLimit=1")});
  return take_detail(std::move(answers.front()));
}

Result<T3Reading> T3Client::read(const Wanted& wanted) {
  std::vector<http::Request> requests{make_request(http::Method::get, environment_path, longest_small_answer),
                                      make_request(http::Method::get, shell_path, longest_t3_listing)};
  if (wanted.history == History::wanted) {
    requests.push_back(make_request(http::Method::get, snapshot_path, longest_t3_listing));
  }
  if (wanted.detail) {
    requests.push_back(make_detail_request(*wanted.detail, ""));
  }
  auto answers = transport_.exchange(requests);
  auto environment = parse_answer(judge(std::move(answers[0])), parse_t3_environment, who_);
  if (!environment) {
    return std::move(environment).error();
  }
  if (auto fits = check_t3_environment(*environment); !fits) {
    return std::move(fits).error();
  }
  const auto date = find_date(answers[1]);
  auto active = parse_answer(judge(std::move(answers[1])), parse_t3_listing, who_);
  if (!active) {
    return std::move(active).error();
  }
  T3Reading reading{.environment = std::move(environment).value(),
                    .active = std::move(active).value(),
                    .history = std::nullopt,
                    .detail = std::nullopt,
                    .detail_problem = std::nullopt,
                    .now = {}};
  reading.now = date ? *date : find_newest_time(reading.active);
  if (wanted.history == History::wanted) {
    auto history = parse_answer(judge(std::move(answers[2])), parse_t3_listing, who_);
    if (!history) {
      return std::move(history).error();
    }
    reading.history = std::move(history).value();
  }
  if (wanted.detail) {
    auto detail = complete_detail(take_detail(std::move(answers.back())), *wanted.detail);
    if (detail) {
      reading.detail = std::move(detail).value();
    } else if (detail.error().kind == ErrorKind::too_large) {
      reading.detail_problem = std::move(detail).error();
    } else {
      return std::move(detail).error();
    }
  }
  return reading;
}

Result<T3Listing> T3Client::read_history() {
  auto answers = transport_.exchange(std::array{make_request(http::Method::get, snapshot_path, longest_t3_listing)});
  return parse_answer(judge(std::move(answers.front())), parse_t3_listing, who_);
}

std::vector<Result<std::optional<T3Detail>>> T3Client::read_details(std::span<const AttemptName> attempts) {
  std::vector<http::Request> requests;
  requests.reserve(attempts.size());
  for (const AttemptName& attempt : attempts) {
    requests.push_back(make_detail_request(attempt, ""));
  }
  std::vector<Result<std::optional<T3Detail>>> details;
  details.reserve(attempts.size());
  for (auto& answer : transport_.exchange(requests)) {
    details.push_back(complete_detail(take_detail(std::move(answer)), attempts[details.size()]));
  }
  return details;
}

Result<T3Access> T3Client::read_access() {
  auto answers = transport_.exchange(std::array{make_request(http::Method::get, access_path, longest_small_answer)});
  return parse_answer(judge(std::move(answers.front())), parse_t3_access, who_);
}

Result<T3Client::Verdict> T3Client::dispatch(std::string command) {
  http::Request request = make_request(http::Method::post, dispatch_path, longest_small_answer);
  request.headers.push_back({.name = "Content-Type", .value = "application/json"});
  request.body = std::move(command);
  auto answers = transport_.exchange(std::array{std::move(request)});
  auto& answer = answers.front();
  const auto unknown = [](Error error) { // whatever came instead of an answer, the command may have been carried out
    error.kind = ErrorKind::unreachable;
    return error;
  };
  if (!answer) {
    return answer.error().kind == ErrorKind::refused ? Result<Verdict>(answer.error())
                                                     : Result<Verdict>(unknown(answer.error()));
  }
  if (answer->status == status_internal_error && parse_t3_refusal(*answer).reason == "orchestration_dispatch_failed") {
    return Verdict::rejected;
  }
  if (answer->status == status_not_found) {
    return Error{.kind = ErrorKind::refused,
                 .message = who_ +
                            " takes no commands over HTTP: afk needs orchestration protocol 1, which releases up "
                            "to 0.0.45 have"};
  }
  const bool malformed = answer->status == status_bad_request;
  auto judged = judge(std::move(answer));
  if (!judged) {
    Error error = std::move(judged).error();
    if (malformed) {
      error.message += ": it does not understand the command, or its workspace cannot be made there";
    }
    return error;
  }
  const auto sequence = parse_t3_sequence(*judged);
  return sequence ? Result<Verdict>(Verdict::accepted) : Result<Verdict>(unknown(with_context(who_, sequence.error())));
}

std::string T3Client::derive_link(const T3Environment& environment, const AttemptName& attempt) const {
  return fmt::format("{}{}/{}/{}", http::render_origin(address_.url.origin), base_, environment.id,
                     derive_t3_thread_id(attempt));
}

} // namespace afk::adapter
