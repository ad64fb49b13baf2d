#pragma once
// One request at the fake GitHub as its handlers see it, and what they answer.

#include <support/fake_github_git.hpp>
#include <support/fake_github_state.hpp>

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace afk::test::github {

using Json = nlohmann::json;

enum class ApiVersion : std::uint8_t { v2022_11_28, v2026_03_10 };

struct Answer {
  int status = 200;
  Json body = nullptr;   // null: no body
  std::string text = {}; // instead of a body: a log
  std::vector<std::pair<std::string, std::string>> headers = {};
};

struct Call {
  State& state;
  std::string base_url; // "http://127.0.0.1:1234", what answers name as their own address
  std::string log_url;  // where the logs of jobs are: another origin
  ApiVersion version = ApiVersion::v2022_11_28;
  std::string method;
  std::vector<std::string> path; // decoded segments; below a repository without its own
  std::map<std::string, std::string> query;
  Json body = nullptr;
  Repository* repository = nullptr;
  bool replica = false; // this read is answered by a server that is behind
};

// A handler of "issues/*/labels" below a repository; "*" takes one segment, "**" the rest.
struct Route {
  std::string_view method;
  std::string_view pattern;
  std::function<Answer(Call&)> handle;
};

// The first route that fits; nothing where none does.
std::optional<Answer> try_routes(Call& call, std::span<const Route> routes);

// Errors as GitHub words them.
Answer fail(int status, std::string_view message = "");
Answer fail_validation(std::string_view resource, std::string_view field, std::string_view code,
                       std::string_view message = "");

// A page of a list with its Link header: per_page and page of the query.
Answer answer_page(const Call& call, const std::vector<Json>& all);

// Decimal number of a path segment or parameter; 0 where it is none.
std::int64_t number_of(std::string_view text);

// The string of that key; `otherwise` where it is absent or something else.
std::string text_of(const Json& object, std::string_view key, std::string_view otherwise = "");

// Whether the viewer's role reaches `least` (read, triage, write, maintain, admin).
bool viewer_may(const Call& call, std::string_view least);

std::string percent_decode(std::string_view text);
std::string percent_encode(std::string_view text);

// "2026-11-20T12:00:00Z", or null.
Json render_time(const std::optional<Timestamp>& moment);

// Resources, in the form of the version asked for.
Json render_user(const Call& call, std::int64_t account); // null for nobody
Json render_app(const Call& call);
Json render_label(const Call& call, const Label& label);
Json render_repository(const Call& call, const Repository& repository);
Json render_issue(const Call& call, const Issue& issue, Duration lag = {});
Json render_comment(const Call& call, const Issue& issue, const Comment& comment);
Json render_event(const Call& call, const Issue& issue, const Event& event);
enum class PullForm : std::uint8_t { listed, whole };
Json render_pull(Call& call, Issue& issue, PullForm form);
Json render_commit(const Call& call, const std::string& sha);
Json render_check_run(const Call& call, const CheckRun& check);
Json render_status(const Call& call, const CommitStatus& status);
Json render_deployment(const Call& call, const Deployment& deployment);
Json render_deployment_status(const Call& call, const Deployment& deployment, const DeploymentStatus& status);

std::string repository_url(const Call& call, const Repository& repository);

// A pull request as Git shows it now: takes over where its branches are.
void refresh_pull(State& state, Issue& issue);

// Nothing while GitHub has not computed it, as at the first look after a push.
enum class Mergeable : std::uint8_t { unknown, yes, no };
Mergeable derive_mergeable(State& state, Issue& issue);

// Merges, closes what the text says that it closes, deletes the branch where the repository wants that.
Answer merge_pull(State& state, Issue& issue, std::int64_t actor, std::string_view expected_head);

// The checks of a commit that count: of several with one name the newest.
std::vector<const CheckRun*> newest_checks(const Repository& repository, std::string_view sha);
std::vector<const CommitStatus*> newest_statuses(const Repository& repository, std::string_view sha);

std::optional<Answer> answer_issues(Call& call);
std::optional<Answer> answer_repositories(Call& call);
std::optional<Answer> answer_pulls(Call& call);
std::optional<Answer> answer_git(Call& call);
std::optional<Answer> answer_checks(Call& call);
std::optional<Answer> answer_deployments(Call& call);

// The body of an answer of the GraphQL endpoint.
Json answer_graph(Call& call);

} // namespace afk::test::github
