#include <afk/adapter/github_client.hpp>

#include <afk/adapter/github_issue_codec.hpp>
#include <afk/adapter/github_query_cost.hpp>
#include <afk/adapter/github_rest_codec.hpp>
#include <afk/core/text.hpp>
#include <afk/http/date.hpp>
#include <afk/http/paging.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace afk::adapter {

namespace {

constexpr std::string_view public_api = "api.github.com";
constexpr std::size_t largest_answer = std::size_t{8} << 20;
constexpr int too_many_requests = 429;
constexpr int forbidden = 403;

std::string derive_base(const http::Url& api) {
  std::string base = api.target.substr(0, api.target.find('?'));
  while (base.ends_with('/')) {
    base.pop_back();
  }
  return base;
}

std::string derive_who(const http::Url& api) {
  return derive_github_host(api).text;
}

} // namespace

TrackerHost derive_github_host(const http::Url& api) {
  const http::Origin& origin = api.origin;
  if (origin.host == public_api) {
    return {"github.com"};
  }
  const std::string whole = http::render_origin(origin);
  return {fold_ascii(whole.substr(whole.find("://") + 3))};
}

http::Url derive_graphql_url(const http::Url& api) {
  constexpr std::string_view own_root = "/api/v3";
  const std::string base = derive_base(api);
  if (base.ends_with(own_root)) {
    return {api.origin, base.substr(0, base.size() - own_root.size()) + "/api/graphql"};
  }
  return {api.origin, base + "/graphql"};
}

std::string encode_github_value(std::string_view text) {
  std::string encoded;
  for (const char character : text) {
    const bool plain = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
                       (character >= '0' && character <= '9') || character == '-' || character == '.' ||
                       character == '_' || character == '~';
    if (plain) {
      encoded += character;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(character));
    }
  }
  return encoded;
}

std::string render_github_path(const RepositoryName& repository, std::initializer_list<std::string_view> parts) {
  std::string path =
      fmt::format("/repos/{}/{}", encode_github_value(repository.owner), encode_github_value(repository.name));
  for (const std::string_view part : parts) {
    path += '/' + encode_github_value(part);
  }
  return path;
}

GithubClient::GithubClient(http::Transport& transport, const Clock& clock, const Secret& token, GithubSettings settings)
    : transport_(transport), clock_(clock), settings_(std::move(settings)), graphql_(derive_graphql_url(settings_.api)),
      base_(derive_base(settings_.api)), credential_{.origin = settings_.api.origin,
                                                     .header = "Authorization",
                                                     .value = Secret("Bearer " + std::string(token.reveal()))},
      who_(derive_who(settings_.api)) {}

GithubAsked GithubClient::asked() const {
  return {.who = who_, .now = clock_.now()};
}

http::Request GithubClient::make(http::Method method, http::Url url) const {
  http::Request request;
  request.method = method;
  request.url = std::move(url);
  request.headers = {{.name = "Accept", .value = "application/vnd.github+json"},
                     {.name = "X-GitHub-Api-Version", .value = settings_.version}};
  request.credential = &credential_;
  request.limits.body_bytes = largest_answer;
  return request;
}

http::Request GithubClient::read(std::string_view path) const {
  return make(http::Method::get, {settings_.api.origin, base_ + std::string(path)});
}

http::Request GithubClient::write(const Write& write) const {
  http::Request request = make(write.method, {settings_.api.origin, base_ + write.path});
  request.effect = write.effect;
  if (!write.body.empty()) {
    request.headers.push_back({.name = "Content-Type", .value = "application/json"});
    request.body = write.body;
  }
  return request;
}

http::Request GithubClient::query(const GithubQuery& query) const {
  http::Request request = make(http::Method::post, graphql_);
  request.effect = http::Effect::read;
  request.headers.push_back({.name = "Content-Type", .value = "application/json"});
  request.body = render_github_body(query);
  return request;
}

http::Request GithubClient::mutation(const GithubQuery& query) const {
  http::Request request = this->query(query);
  request.effect = http::Effect::write;
  return request;
}

std::optional<Error> GithubClient::check_limits(std::span<const http::Request> requests) const {
  const Timestamp now = clock_.now();
  if (closed_until_ && *closed_until_ > now) {
    return Error{.kind = ErrorKind::rate_limited,
                 .message = fmt::format("{}: nothing is asked before {}, as it demanded", who_,
                                        render_timestamp(*closed_until_)),
                 .retry_after = std::chrono::ceil<std::chrono::seconds>(*closed_until_ - now)};
  }
  std::map<std::string, std::int64_t> needed;
  for (const http::Request& request : requests) {
    if (http::derive_effect(request) != http::Effect::read) {
      continue;
    }
    if (is_query(request)) {
      const auto cost = derive_github_query_cost(find_query_text(request.body));
      needed["graphql"] += cost.ok() ? cost->points : 1;
    } else {
      ++needed["core"];
    }
  }
  for (const auto& [resource, count] : needed) {
    const auto known = limits_.find(resource);
    if (known == limits_.end()) {
      continue;
    }
    if (auto error = http::check_rate_limit(known->second,
                                            {.who = who_, .needed = count, .reserve = settings_.reserve, .now = now})) {
      return error;
    }
  }
  return std::nullopt;
}

void GithubClient::take_note(const http::Response& response, const http::Request& request) {
  const Timestamp now = clock_.now();
  if (const auto header = http::find_header(response, "date")) {
    if (const auto date = http::try_date(*header)) {
      service_time_ = {.date = *date, .seen_at = clock_.monotonic(), .machine_seen_at = now};
    }
  }
  http::RateLimit limit = http::parse_rate_limit(response, now);
  const bool spent = response.status == forbidden || response.status == too_many_requests;
  if (spent) {
    const auto error = http::derive_answer_error(response, who_, now);
    if (error && error->kind == ErrorKind::rate_limited && error->retry_after) {
      closed_until_ = now + *error->retry_after;
    }
  }
  if (limit.remaining) {
    const std::string resource = limit.resource.empty() ? (is_query(request) ? "graphql" : "core") : limit.resource;
    limits_[resource] = std::move(limit);
  }
  if (is_query(request)) {
    if (auto wait = try_graphql_wait(response, asked())) {
      closed_until_ = now + *wait;
    }
  }
}

std::vector<Result<http::Response>> GithubClient::exchange(std::span<const http::Request> requests) {
  if (requests.empty()) {
    return {};
  }
  if (auto error = check_limits(requests)) {
    return std::vector<Result<http::Response>>(requests.size(), *error);
  }
  for (const http::Request& request : requests) {
    if (is_query(request)) {
      const auto cost = derive_github_query_cost(find_query_text(request.body));
      points_ += cost.ok() ? cost->points : 1;
    }
  }
  auto answers = transport_.exchange(requests);
  for (std::size_t index = 0; index < answers.size(); ++index) {
    if (answers[index].ok()) {
      take_note(*answers[index], requests[index]);
    }
  }
  return answers;
}

Result<http::Response> GithubClient::exchange(const http::Request& request) {
  auto answers = exchange(std::span(&request, 1));
  return std::move(answers.front());
}

namespace {

// Paging goes through the client, so that limits and time are noted for every page.
class Noting final : public http::Transport {
 public:
  explicit Noting(GithubClient& client) : client_(client) {}

  std::vector<Result<http::Response>> exchange(std::span<const http::Request> requests) override {
    return client_.exchange(requests);
  }

 private:
  GithubClient& client_;
};

} // namespace

std::vector<Result<std::vector<http::Response>>> GithubClient::fetch_pages(std::span<const http::Request> first_pages,
                                                                           std::size_t most_pages) {
  Noting noting(*this);
  const GithubAsked now = asked();
  http::PagingRules rules;
  rules.most_pages = most_pages;
  rules.who = who_;
  rules.derive_error = [now](const http::Response& response) { return derive_github_error(response, now); };
  return http::fetch_all_pages(noting, first_pages, rules);
}

Result<Timestamp> GithubClient::fetch_time() {
  if (!service_time_) {
    const auto answer = exchange(read("/rate_limit")); // costs nothing
    if (!answer.ok()) {
      return answer.error();
    }
    if (!service_time_) {
      return Error{.kind = ErrorKind::malformed, .message = who_ + ": an answer without a Date"};
    }
  }
  return service_time_->date + (clock_.monotonic() - service_time_->seen_at);
}

Result<GithubViewer> GithubClient::fetch_viewer() {
  if (viewer_) {
    return *viewer_;
  }
  const bool by_graphql = settings_.reads == GithubApi::graphql;
  const auto answer = exchange(by_graphql ? query(render_viewer_query()) : read("/user"));
  if (!answer.ok()) {
    return answer.error();
  }
  if (auto error = derive_github_error(*answer, asked())) {
    return *std::move(error);
  }
  auto viewer = by_graphql ? parse_github_viewer(*answer, asked()) : parse_rest_viewer(*answer, asked());
  if (viewer.ok()) {
    viewer_ = *viewer;
  }
  return viewer;
}

GithubClient::LabelKnowledge GithubClient::find_label(const RepositoryName& repository, std::string_view label) const {
  const bool known = labels_.contains(fold_ascii(fmt::format("{} {}", render_repository_name(repository), label)));
  return known ? LabelKnowledge::exists : LabelKnowledge::unknown;
}

void GithubClient::note_label(const RepositoryName& repository, std::string_view label) {
  labels_.insert(fold_ascii(fmt::format("{} {}", render_repository_name(repository), label)));
}

std::optional<Duration> GithubClient::clock_skew() const {
  if (!service_time_) {
    return std::nullopt;
  }
  return service_time_->machine_seen_at - service_time_->date;
}

std::optional<Error> derive_github_error(const http::Response& response, const GithubAsked& asked) {
  auto error = http::derive_answer_error(response, asked.who, asked.now);
  if (!error) {
    return std::nullopt;
  }
  const std::string said = parse_rest_message(response);
  if (!said.empty()) {
    error->message += ": " + said;
  }
  const auto wanted = http::find_header(response, "x-accepted-github-permissions");
  if (error->kind == ErrorKind::forbidden && wanted && !wanted->empty()) {
    constexpr std::size_t shown = 200;
    error->message += fmt::format(" (the token needs: {})", clean_single_line(wanted->substr(0, shown)));
  }
  return error;
}

} // namespace afk::adapter
