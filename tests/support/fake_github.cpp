// The front door: who may come in, which version is spoken, what the limits are, what goes wrong, and the record of it.
#include <support/fake_github.hpp>

#include <support/fake_github_call.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>

#include <unistd.h>

namespace afk::test {

using namespace github;

struct FakeGithub::Reply {
  Answer answer;
  std::string resource = "core";
};

namespace {

constexpr std::int64_t created_per_minute = 80;

std::string header_of(const ReceivedRequest& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? "" : found->second;
}

std::string_view reason_of(int status) {
  switch (status) {
  case 200:
    return "OK";
  case 201:
    return "Created";
  case 204:
    return "No Content";
  case 301:
    return "Moved Permanently";
  case 302:
    return "Found";
  case 304:
    return "Not Modified";
  case 307:
    return "Temporary Redirect";
  case 404:
    return "Not Found";
  default:
    return "Status";
  }
}

std::string render_date(Timestamp moment) {
  const auto days = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(days);
  const auto time = std::chrono::floor<std::chrono::seconds>(moment) - days;
  static constexpr std::string_view names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::hh_mm_ss clock(time);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", names[std::chrono::weekday(days).c_encoding()],
                     static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

struct Target {
  std::vector<std::string> path;
  std::map<std::string, std::string> query;
  bool slash_at_end = false;
};

Target parse_target(const std::string& text) {
  Target target;
  const std::size_t mark = text.find('?');
  std::string_view path = std::string_view(text).substr(0, mark);
  for (const std::string_view prefix : {"/api/v3", "/api"}) {
    if (path == prefix || path.starts_with(std::string(prefix) + "/")) {
      path.remove_prefix(prefix.size());
      break;
    }
  }
  target.slash_at_end = path.size() > 1 && path.ends_with('/');
  for (std::size_t start = 1; start < path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    target.path.push_back(percent_decode(path.substr(start, end - start)));
    start = end + 1;
  }
  std::string_view query = mark == std::string::npos ? std::string_view() : std::string_view(text).substr(mark + 1);
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    const std::size_t equals = pair.find('=');
    target.query[percent_decode(pair.substr(0, equals))] =
        equals == std::string_view::npos ? "" : percent_decode(pair.substr(equals + 1));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
  }
  return target;
}

bool is_graph(const Target& target) {
  return target.path.size() == 1 && target.path.front() == "graphql";
}

// 404 for what the viewer may not see, as if it were not there.
bool is_visible(const Call& call) {
  return !call.repository->hidden && role_of(call.state, *call.repository, call.state.viewer) != "none";
}

Answer show_limits(const State& state, ApiVersion version) {
  const auto render = [&](const Budget& budget) {
    return Json{{"limit", budget.limit},
                {"used", budget.used},
                {"remaining", std::max<std::int64_t>(0, budget.limit - budget.used)},
                {"reset", state.reset.time_since_epoch().count() / 1000}};
  };
  Json body{{"resources",
             {{"core", render(state.core)}, {"graphql", render(state.graph)}, {"search", render({.limit = 30})}}}};
  if (version == ApiVersion::v2022_11_28) {
    body["rate"] = render(state.core);
  }
  return {.body = body};
}

// A repository that has another name now: the same path below its id.
Answer redirect(const Call& call, const Target& target, const std::string& query) {
  std::string url = fmt::format("{}/repositories/{}", call.base_url, call.repository->id);
  for (std::size_t index = 3; index < target.path.size(); ++index) {
    url += "/" + percent_encode(target.path[index]);
  }
  Answer moved{.status = call.method == "GET" || call.method == "HEAD" ? 301 : 307};
  moved.body = {{"message", "Moved Permanently"},
                {"url", url + query},
                {"documentation_url", "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api"}};
  moved.headers.emplace_back("Location", url + query);
  return moved;
}

std::optional<Answer> answer_inside(Call& call) {
  for (const auto handle :
       {answer_repositories, answer_issues, answer_pulls, answer_git, answer_checks, answer_deployments}) {
    if (auto answer = handle(call)) {
      return answer;
    }
  }
  return std::nullopt;
}

} // namespace

// One file for each program, begun anew by each process: a line for each exchange, without credentials.
class FakeGithub::Recorder {
 public:
  void write(const ReceivedRequest& request, const Answer& answer, const std::string& body) {
    static std::mutex mutex;
    static std::ofstream file = open();
    static std::set<std::size_t> known;
    const std::lock_guard lock(mutex);
    Json headers = request.headers;
    headers.erase("authorization");
    const Json line{{"method", request.method}, {"target", request.target}, {"request_headers", headers},
                    {"request", request.body},  {"status", answer.status},  {"answer", body}};
    const std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace);
    if (known.insert(std::hash<std::string>()(text)).second) {
      file << text << '\n' << std::flush;
    }
  }

 private:
  static std::ofstream open() {
    const std::filesystem::path folder = AFK_EXCHANGES_FOLDER;
    std::filesystem::create_directories(folder);
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe").filename();
    return std::ofstream(folder / ("github-" + program.string() + ".jsonl"), std::ios::trunc);
  }
};

FakeGithub::FakeGithub(const Clock& clock, FakeGithubSettings settings)
    : clock_(clock), settings_(std::move(settings)), recorder_(std::make_unique<Recorder>()) {
  settle();
  state_.reset = state_.now + std::chrono::hours(1);
  state_.viewer = add_account(settings_.viewer);
  logs_ = std::make_unique<LoopbackServer>([this](const ReceivedRequest& request) { return serve_log(request); });
  server_ = std::make_unique<LoopbackServer>([this](const ReceivedRequest& request) { return serve(request); });
}

FakeGithub::~FakeGithub() = default;

std::string FakeGithub::url() const {
  return settings_.public_url.empty() ? server_->url("") : settings_.public_url;
}

std::optional<FakeFault> FakeGithub::next_fault(const ReceivedRequest& request) {
  const std::string text = request.method + " " + request.target + "\n" + request.body;
  for (FaultRule& rule : faults_) {
    if (rule.times == 0 || text.find(rule.match) == std::string::npos) {
      continue;
    }
    if (rule.skip > 0) {
      --rule.skip;
      continue;
    }
    --rule.times;
    return rule.fault;
  }
  return std::nullopt;
}

// Eighty things that people are told of in a minute, and no more.
bool FakeGithub::creates_too_fast(const ReceivedRequest& request) {
  const bool creates = request.method == "POST" &&
                       (request.target.ends_with("/comments") || request.target.ends_with("/issues") ||
                        request.target.ends_with("/pulls") || request.body.find("addComment") != std::string::npos);
  if (!creates) {
    return false;
  }
  while (!created_.empty() && created_.front() <= clock_.now() - std::chrono::minutes(1)) {
    created_.pop_front();
  }
  created_.push_back(clock_.now());
  return static_cast<std::int64_t>(created_.size()) > created_per_minute;
}

FakeGithub::Reply FakeGithub::dispatch(const ReceivedRequest& request) {
  const Target target = parse_target(request.target);
  const bool graph = is_graph(target);
  Reply reply{.answer = fail(404), .resource = graph ? "graphql" : "core"};
  if (header_of(request, "user-agent").empty()) {
    reply.answer = fail(403, "Request forbidden by administrative rules. Please make sure your request has a "
                             "User-Agent header (https://docs.github.com/rest/overview/resources-in-the-rest-api).");
    return reply;
  }
  Call call{.state = state_,
            .base_url = url(),
            .log_url = logs_->url(""),
            .method = request.method,
            .path = target.path,
            .query = target.query};
  if (target.slash_at_end) {
    return reply;
  }
  const std::string version = header_of(request, "x-github-api-version");
  if (version == "2026-03-10") {
    call.version = ApiVersion::v2026_03_10;
  } else if (!version.empty() && version != "2022-11-28" && !graph) {
    reply.answer = fail(400, "The API version \"" + version + "\" is not supported.");
    return reply;
  }
  const std::string authorization = header_of(request, "authorization");
  if (authorization != "Bearer " + settings_.token && authorization != "token " + settings_.token) {
    reply.answer = authorization.empty() ? fail(401, "Requires authentication") : fail(401);
    return reply;
  }
  if (target.path.size() == 1 && target.path.front() == "rate_limit" && request.method == "GET") {
    reply.answer = show_limits(state_, call.version);
    return reply;
  }
  Budget& budget = graph ? state_.graph : state_.core;
  if (state_.now >= state_.reset) {
    state_.core.used = state_.graph.used = 0;
    state_.reset = state_.now + std::chrono::hours(1);
  }
  if (budget.used >= budget.limit) {
    reply.answer =
        graph ? Answer{.body = {{"errors",
                                 Json::array({{{"type", "RATE_LIMITED"}, {"message", "API rate limit exceeded"}}})}}}
              : fail(403, "API rate limit exceeded for user ID 1.");
    return reply;
  }
  if (creates_too_fast(request)) {
    reply.answer =
        fail(403, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.");
    reply.answer.headers.emplace_back("Retry-After", "60");
    return reply;
  }
  if (request.method == "POST" || request.method == "PUT" || request.method == "PATCH") {
    call.body = request.body.empty() ? Json::object() : Json::parse(request.body, nullptr, false);
    if (call.body.is_discarded()) {
      reply.answer = fail(400, "Problems parsing JSON");
      return reply;
    }
  }
  if (request.method == "GET" || graph) {
    odd_read_ = !odd_read_;
    call.replica = odd_read_ && state_.replica_lag.count() != 0;
  }
  if (graph) {
    reply.answer = request.method == "POST" ? Answer{.body = answer_graph(call)} : fail(404);
    return reply;
  }
  ++budget.used;
  if (target.path.size() >= 3 && target.path[0] == "repos") {
    call.repository = find_repository(state_, target.path[1], target.path[2]);
    call.path.erase(call.path.begin(), call.path.begin() + 3);
    const std::string asked = target.path[1] + "/" + target.path[2];
    if (call.repository != nullptr && is_visible(call) &&
        !equal_ascii_folded(asked, full_name(state_, *call.repository))) {
      const std::size_t mark = request.target.find('?');
      reply.answer = redirect(call, target, mark == std::string::npos ? "" : request.target.substr(mark));
      return reply;
    }
  } else if (target.path.size() >= 2 && target.path[0] == "repositories") {
    const auto found = state_.repositories.find(number_of(target.path[1]));
    call.repository = found == state_.repositories.end() ? nullptr : &found->second;
    call.path.erase(call.path.begin(), call.path.begin() + 2);
  } else if (auto answer = answer_repositories(call)) {
    reply.answer = std::move(*answer);
    return reply;
  }
  if (call.repository != nullptr && is_visible(call)) {
    if (auto answer = answer_inside(call)) {
      reply.answer = std::move(*answer);
    }
  }
  return reply;
}

FakeGithub::Reply FakeGithub::answer(const ReceivedRequest& request) {
  try {
    return dispatch(request);
  } catch (const std::exception& problem) {
    return {.answer = fail(500, std::string("the fake broke: ") + problem.what())};
  }
}

namespace {

std::string render_headers(const State& state, const FakeGithubSettings&, const std::string& resource,
                           const Answer& answer, Timestamp now) {
  const Budget& budget = resource == "graphql" ? state.graph : state.core;
  std::string headers = fmt::format(
      "Date: {}\r\nServer: github.com\r\nX-GitHub-Request-Id: 0001:2:3:4:5\r\nX-RateLimit-Limit: {}\r\n"
      "X-RateLimit-Remaining: {}\r\nX-RateLimit-Used: {}\r\nX-RateLimit-Reset: {}\r\nX-RateLimit-Resource: {}\r\n",
      render_date(now), budget.limit, std::max<std::int64_t>(0, budget.limit - budget.used), budget.used,
      state.reset.time_since_epoch().count() / 1000, resource);
  for (const auto& [name, value] : answer.headers) {
    headers += name + ": " + value + "\r\n";
  }
  return headers;
}

struct Instead {
  std::string status;
  std::string body;
  std::string headers = "Content-Type: application/json; charset=utf-8\r\n";
};

// The answer of a fault that keeps the request from being served.
std::optional<Instead> answer_instead(FakeFault fault, Timestamp now) {
  static const std::string secondary =
      R"({"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",)"
      R"("documentation_url":"https://docs.github.com/rest","status":"403"})";
  const std::string html = "Content-Type: text/html; charset=utf-8\r\n";
  const std::string json = "Content-Type: application/json; charset=utf-8\r\n";
  const std::string page = "<html><body><h1>Whoa there!</h1></body></html>";
  switch (fault) {
  case FakeFault::server_error:
    return Instead{"502 Bad Gateway", page, html};
  case FakeFault::unavailable:
    return Instead{"503 Service Unavailable", page, html};
  case FakeFault::page_with_200:
    return Instead{"200 OK", page, html};
  case FakeFault::secondary_403:
    return Instead{"403 Forbidden", secondary, json + "Retry-After: 60\r\n"};
  case FakeFault::secondary_429:
    return Instead{"429 Too Many Requests", secondary, json + "Retry-After: 60\r\n"};
  case FakeFault::secondary_in_200:
    return Instead{"200 OK",
                   R"({"errors":[{"type":"RATE_LIMITED","message":"You have exceeded a secondary rate limit. )"
                   R"(Please wait a few minutes before you try again."}]})"};
  case FakeFault::primary_limit:
    return Instead{"403 Forbidden",
                   R"({"message":"API rate limit exceeded for user ID 1.","status":"403",)"
                   R"("documentation_url":"https://docs.github.com/rest"})",
                   json + fmt::format("X-RateLimit-Limit: 5000\r\nX-RateLimit-Remaining: 0\r\n"
                                      "X-RateLimit-Used: 5000\r\nX-RateLimit-Resource: core\r\n"
                                      "X-RateLimit-Reset: {}\r\n",
                                      (now + std::chrono::minutes(10)).time_since_epoch().count() / 1000)};
  case FakeFault::primary_in_200:
    return Instead{"200 OK",
                   R"({"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for user ID 1."}]})",
                   json + fmt::format("X-RateLimit-Limit: 5000\r\nX-RateLimit-Remaining: 0\r\n"
                                      "X-RateLimit-Used: 5000\r\nX-RateLimit-Resource: graphql\r\n"
                                      "X-RateLimit-Reset: {}\r\n",
                                      (now + std::chrono::minutes(10)).time_since_epoch().count() / 1000)};
  case FakeFault::graph_timeout:
    return Instead{"502 Bad Gateway",
                   R"({"data":null,"errors":[{"message":"Something went wrong while executing your query. This may )"
                   R"(be the result of a timeout, or it could be a GitHub bug."}]})"};
  case FakeFault::unauthorized:
    return Instead{"401 Unauthorized", R"({"message":"Bad credentials","status":"401"})"};
  case FakeFault::forbidden:
    return Instead{"403 Forbidden", R"({"message":"Resource not accessible by personal access token","status":"403"})",
                   json + "X-Accepted-GitHub-Permissions: issues=write\r\n"};
  default:
    return std::nullopt;
  }
}

} // namespace

ServerAnswer FakeGithub::serve(const ReceivedRequest& request) {
  using End = ServerAnswer::End;
  const std::lock_guard lock(mutex_);
  settle();
  const auto fault = next_fault(request);
  if (fault == FakeFault::lost_before || fault == FakeFault::hang) {
    return {.bytes = "", .end = fault == FakeFault::hang ? End::hang : End::reset};
  }
  if (const auto instead = fault ? answer_instead(*fault, state_.now) : std::nullopt) {
    return {.bytes = render_answer(instead->status, instead->body,
                                   "Date: " + render_date(clock_.now()) + "\r\n" + instead->headers),
            .end = End::keep};
  }
  Reply reply = answer(request);
  Answer& given = reply.answer;
  std::string body =
      given.body.is_null() ? given.text : given.body.dump(-1, ' ', false, Json::error_handler_t::replace);
  const bool is_json = !given.body.is_null();
  if (settings_.record == FakeGithubSettings::Record::keep) {
    recorder_->write(request, given, body);
  }
  if (given.status == 200 && request.method == "GET") {
    const std::string tag = fmt::format("W/\"{:016x}\"", std::hash<std::string>()(body));
    given.headers.emplace_back("ETag", tag);
    if (header_of(request, "if-none-match") == tag) {
      given.status = 304;
      body.clear();
      --state_.core.used; // not counted
    }
  }
  std::string headers = render_headers(state_, settings_, reply.resource, given, clock_.now());
  if (is_json && given.status != 304) {
    headers += "Content-Type: application/json; charset=utf-8\r\n";
  }
  ServerAnswer sent{.bytes = render_answer(fmt::format("{} {}", given.status, reason_of(given.status)), body, headers),
                    .end = End::keep};
  if (given.status == 204 || given.status == 304) {
    sent.bytes = fmt::format("HTTP/1.1 {} {}\r\n{}\r\n", given.status, reason_of(given.status), headers);
  }
  if (fault == FakeFault::lost_after) {
    return {.bytes = "", .end = End::reset};
  }
  if (fault == FakeFault::error_after) {
    const auto instead = answer_instead(FakeFault::server_error, state_.now);
    return {.bytes = render_answer(instead->status, instead->body, instead->headers), .end = End::keep};
  }
  if (fault == FakeFault::truncated_after) {
    sent.bytes.resize(sent.bytes.size() - (body.size() + 1) / 2);
    sent.end = End::close;
  }
  return sent;
}

// Somebody else's storage: a credential of GitHub's is none of its business, and it says so.
ServerAnswer FakeGithub::serve_log(const ReceivedRequest& request) {
  const std::lock_guard lock(mutex_);
  if (request.headers.contains("authorization")) {
    return {.bytes = render_answer("403 Forbidden", "Server failed to authenticate the request."),
            .end = ServerAnswer::End::keep};
  }
  const Target target = parse_target(request.target);
  if (target.path.size() == 3 && target.query.contains("sig")) {
    for (const CheckRun& check : state_.repositories[number_of(target.path[1])].check_runs) {
      if (check.id == number_of(target.path[2])) {
        return {.bytes = render_answer("200 OK", check.log, "Content-Type: text/plain\r\n"),
                .end = ServerAnswer::End::keep};
      }
    }
  }
  return {.bytes = render_answer("404 Not Found", "gone"), .end = ServerAnswer::End::keep};
}

} // namespace afk::test
