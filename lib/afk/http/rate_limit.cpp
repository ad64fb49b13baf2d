#include <afk/http/rate_limit.hpp>

#include <afk/core/text.hpp>
#include <afk/http/date.hpp>
#include <afk/http/status.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace afk::http {
namespace {

constexpr std::chrono::seconds longest_wait = std::chrono::hours(24);
constexpr std::chrono::seconds usual_wait = std::chrono::seconds(60); // GitHub's advice where nothing is said
constexpr std::size_t looked_at_in_body = 4096;
constexpr std::size_t longest_resource = 60;
constexpr int forbidden = 403;
constexpr int too_many_requests = 429;

// Digits alone: no sign, no blank inside, nothing behind.
std::optional<std::int64_t> try_count(std::optional<std::string_view> text) {
  if (!text) {
    return std::nullopt;
  }
  const std::string_view digits = trim_ascii(*text);
  std::int64_t number = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool right = parsed.ec == std::errc{} && parsed.ptr == digits.data() + digits.size() && digits.front() != '-';
  return right ? std::optional(number) : std::nullopt;
}

std::chrono::seconds bound_wait(std::chrono::seconds wait) {
  return std::clamp(wait, std::chrono::seconds(0), longest_wait);
}

Timestamp derive_service_time(const Response& response, Timestamp now) {
  const auto date = find_header(response, "date");
  return date ? try_date(*date).value_or(now) : now;
}

// The seconds until that moment of the service's clock.
std::chrono::seconds derive_wait(Timestamp until, Timestamp service_time) {
  return bound_wait(std::chrono::ceil<std::chrono::seconds>(until - service_time));
}

std::optional<std::chrono::seconds> try_retry_after(const Response& response, Timestamp service_time) {
  const auto text = find_header(response, "retry-after");
  if (!text) {
    return std::nullopt;
  }
  if (const auto seconds = try_count(text)) {
    return std::chrono::seconds(std::min<std::int64_t>(*seconds, longest_wait.count()));
  }
  const auto date = try_date(*text);
  return date ? std::optional(derive_wait(*date, service_time)) : std::nullopt;
}

struct Policy {
  std::string name;
  std::vector<std::pair<std::string_view, std::int64_t>> numbers;

  [[nodiscard]] std::optional<std::int64_t> find(std::string_view key) const {
    const auto found = std::ranges::find(numbers, key, [](const auto& one) { return one.first; });
    return found == numbers.end() ? std::nullopt : std::optional(found->second);
  }
};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  std::size_t start = 0;
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (text[index] == '"') {
      quoted = !quoted;
    } else if (text[index] == separator && !quoted) {
      parts.push_back(trim_ascii(text.substr(start, index - start)));
      start = index + 1;
    }
  }
  parts.push_back(trim_ascii(text.substr(start)));
  return parts;
}

// The part of structured fields (RFC 9651) that these two headers use: "name";key=number, ...
std::vector<Policy> parse_policies(std::optional<std::string_view> text) {
  std::vector<Policy> policies;
  if (!text) {
    return policies;
  }
  for (const std::string_view item : split(*text, ',')) {
    const auto parts = split(item, ';');
    std::string_view name = parts.front();
    if (name.size() >= 2 && name.front() == '"' && name.back() == '"') {
      name = name.substr(1, name.size() - 2);
    }
    Policy policy{.name = clean_single_line(name.substr(0, longest_resource)), .numbers = {}};
    for (std::size_t index = 1; index < parts.size(); ++index) {
      const auto equals = parts[index].find('=');
      if (equals == std::string_view::npos) {
        continue;
      }
      if (const auto number = try_count(parts[index].substr(equals + 1))) {
        policy.numbers.emplace_back(parts[index].substr(0, equals), *number);
      }
    }
    policies.push_back(std::move(policy));
  }
  return policies;
}

RateLimit parse_draft(const Response& response, Timestamp now) {
  RateLimit least;
  const auto quotas = parse_policies(find_header(response, "ratelimit-policy"));
  for (const Policy& policy : parse_policies(find_header(response, "ratelimit"))) {
    const auto remaining = policy.find("r");
    if (!remaining || (least.remaining && *least.remaining <= *remaining)) {
      continue;
    }
    least.resource = policy.name;
    least.remaining = remaining;
    const auto quota = std::ranges::find(quotas, policy.name, &Policy::name);
    least.limit = quota == quotas.end() ? std::nullopt : quota->find("q");
    const auto seconds = policy.find("t");
    least.reset = seconds
                      ? std::optional(now + bound_wait(std::chrono::seconds(std::min(*seconds, longest_wait.count()))))
                      : std::nullopt;
  }
  return least;
}

RateLimit parse_counts(const Response& response, Timestamp now, Timestamp service_time) {
  RateLimit counts;
  counts.resource =
      clean_single_line(find_header(response, "x-ratelimit-resource").value_or("").substr(0, longest_resource));
  counts.limit = try_count(find_header(response, "x-ratelimit-limit"));
  counts.remaining = try_count(find_header(response, "x-ratelimit-remaining"));
  constexpr std::int64_t latest = 253'402'300'799; // the year 9999; more would overflow as milliseconds
  if (const auto reset = try_count(find_header(response, "x-ratelimit-reset")); reset && *reset <= latest) {
    counts.reset = now + derive_wait(Timestamp(std::chrono::seconds(*reset)), service_time);
  }
  return counts;
}

bool says_rate_limit(const Response& response) {
  return fold_ascii(std::string_view(response.body).substr(0, looked_at_in_body)).find("rate limit") !=
         std::string::npos;
}

} // namespace

RateLimit parse_rate_limit(const Response& response, Timestamp now) {
  const Timestamp service_time = derive_service_time(response, now);
  RateLimit known = parse_counts(response, now, service_time);
  if (RateLimit draft = parse_draft(response, now); !known.remaining && draft.remaining) {
    known = std::move(draft);
  }
  if (known.limit && known.remaining) {
    known.remaining = std::min(*known.remaining, *known.limit);
  }
  known.retry_after = try_retry_after(response, service_time);
  return known;
}

std::optional<Error> check_rate_limit(const RateLimit& known, const RateDemand& demand) {
  if (!known.remaining || (known.reset && *known.reset <= demand.now)) {
    return std::nullopt;
  }
  const std::int64_t reserve = known.limit ? std::min(demand.reserve, *known.limit / 2) : demand.reserve;
  if (*known.remaining >= reserve && *known.remaining - reserve >= demand.needed) {
    return std::nullopt;
  }
  std::string message =
      fmt::format("{}{}: {} of the rate limit is left and {} is kept for people", demand.who,
                  known.resource.empty() ? "" : fmt::format(" ({})", known.resource), *known.remaining, reserve);
  Error error{.kind = ErrorKind::rate_limited, .message = std::move(message), .retry_after = usual_wait};
  if (known.reset) {
    error.retry_after = derive_wait(*known.reset, demand.now);
    error.message += fmt::format("; it is renewed at {}", render_timestamp(*known.reset));
  }
  return error;
}

std::optional<Error> derive_answer_error(const Response& response, std::string_view who, Timestamp now) {
  auto error = derive_status_error(response, who);
  if (!error) {
    return std::nullopt;
  }
  const RateLimit known = parse_rate_limit(response, now);
  if (known.retry_after) {
    error->retry_after = known.retry_after;
  }
  const bool is_spent = known.remaining == 0;
  const bool is_limit = response.status == too_many_requests ||
                        (response.status == forbidden && (known.retry_after || is_spent || says_rate_limit(response)));
  if (!is_limit) {
    return error;
  }
  error->kind = ErrorKind::rate_limited;
  if (!error->retry_after) {
    error->retry_after = is_spent && known.reset ? derive_wait(*known.reset, now) : usual_wait;
  }
  error->message += fmt::format(", a rate limit{}: nothing is asked before {}",
                                known.resource.empty() ? "" : fmt::format(" ({})", known.resource),
                                render_timestamp(std::chrono::floor<std::chrono::seconds>(now) + *error->retry_after));
  return error;
}

} // namespace afk::http
