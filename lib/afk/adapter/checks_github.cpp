#include <afk/adapter/checks_github.hpp>

#include <afk/adapter/github_work.hpp>
#include <afk/adapter/github_work_codec.hpp>
#include <afk/adapter/github_work_rest_codec.hpp>
#include <afk/adapter/github_writes.hpp>
#include <afk/core/utf8.hpp>
#include <afk/http/paging.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace afk::adapter {

namespace {

constexpr std::size_t most_check_pages = 10; // of a hundred
constexpr std::size_t most_failed = 5;       // whose logs are fetched
constexpr std::size_t largest_log = std::size_t{8} << 20;
constexpr int first_redirect = 300;
constexpr int first_client_error = 400;

std::string render_commit_path(const CheckQuery& query, std::string_view list) {
  return render_github_path(query.repository, {"commits", query.head, list}) + "?per_page=100";
}

// The end of a text, from the beginning of a line where that is near.
std::string take_end(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) {
    return repair_utf8(text);
  }
  text.remove_prefix(text.size() - limit);
  const auto line = text.find('\n');
  if (line != std::string_view::npos && line + 1 < text.size()) {
    text.remove_prefix(line + 1);
  }
  return repair_utf8(text);
}

// What the protection of a branch says, where it is told: a token that may not read it, and a branch that has none, get
// an empty answer. Anything else that goes wrong says nothing about what is required.
Result<http::Response> read_protection(const Result<http::Response>& answer, const GithubAsked& asked) {
  if (!answer.ok()) {
    return answer;
  }
  auto error = derive_github_error(*answer, asked);
  if (!error) {
    return answer;
  }
  const bool is_not_told = error->kind == ErrorKind::forbidden || error->kind == ErrorKind::not_found;
  return is_not_told ? Result<http::Response>(http::Response{}) : Result<http::Response>(*std::move(error));
}

// The lists of a head, check runs before statuses, each with its pages.
Result<std::vector<CheckResult>> parse_lists(std::span<const Result<std::vector<http::Response>>> lists,
                                             const GithubAsked& asked) {
  std::vector<GithubCheck> all;
  for (std::size_t list = 0; list < lists.size(); ++list) {
    if (!lists[list].ok()) {
      return lists[list].error();
    }
    for (const http::Response& page : *lists[list]) {
      auto checks = list == 0 ? parse_rest_check_runs(page, asked) : parse_rest_statuses(page, asked);
      if (!checks.ok()) {
        return std::move(checks).error();
      }
      std::ranges::move(*checks, std::back_inserter(all));
    }
  }
  return keep_newest_checks(std::move(all));
}

} // namespace

std::optional<HeadChecks> GithubChecks::recall(const CheckQuery& query) {
  std::vector<std::string> required;
  if (!query.base_branch.empty()) {
    const auto known = memory_.required.find(make_github_key(query.repository, query.base_branch));
    if (known == memory_.required.end()) {
      return std::nullopt;
    }
    required = known->second;
  }
  auto checks = take_remembered(memory_.checks, make_github_key(query.repository, query.head));
  if (checks) {
    checks->required_by_forge = std::move(required);
  }
  return checks;
}

std::vector<Result<HeadChecks>> GithubChecks::inspect(std::span<const CheckQuery> queries) {
  std::vector<std::optional<HeadChecks>> known;
  std::vector<CheckQuery> asked;
  for (const CheckQuery& query : queries) {
    known.push_back(recall(query));
    if (!known.back()) {
      asked.push_back(query);
    }
  }
  auto answers = client_.settings().reads == GithubApi::graphql ? inspect_by_graphql(asked) : inspect_by_rest(asked);
  std::vector<Result<HeadChecks>> all;
  std::size_t next = 0;
  for (auto& one : known) {
    all.push_back(one ? Result<HeadChecks>(*std::move(one)) : std::move(answers[next++]));
  }
  return all;
}

std::vector<Result<HeadChecks>> GithubChecks::inspect_by_graphql(std::span<const CheckQuery> queries) {
  std::vector<http::Request> requests;
  std::vector<std::vector<GithubWorkPart>> parts;
  for (std::size_t start = 0; start < queries.size(); start += work_per_query) {
    std::vector<GithubWorkPart> some;
    for (const CheckQuery& query : queries.subspan(start, std::min(work_per_query, queries.size() - start))) {
      some.push_back({.repository = query.repository,
                      .branch = {},
                      .head = query.head,
                      .base_branch = query.base_branch,
                      .environment = std::nullopt});
    }
    requests.push_back(client_.query(render_work_query(some)));
    parts.push_back(std::move(some));
  }
  const auto answers = client_.exchange(requests);
  std::vector<Result<HeadChecks>> all;
  for (std::size_t index = 0; index < answers.size(); ++index) {
    auto works = answers[index].ok() ? parse_github_work(*answers[index], parts[index], client_.asked())
                                     : Result<std::vector<Result<GithubWork>>>(answers[index].error());
    for (std::size_t at = 0; at < parts[index].size(); ++at) {
      if (works.ok() && (*works)[at].ok()) {
        all.emplace_back(std::move((*works)[at]->checks));
      } else {
        all.emplace_back(works.ok() ? (*works)[at].error() : works.error());
      }
    }
  }
  read_long_lists(queries, all);
  return all;
}

// One page of a rollup is asked for: a head with more checks is read by REST, which pages.
void GithubChecks::read_long_lists(std::span<const CheckQuery> queries, std::vector<Result<HeadChecks>>& answers) {
  std::vector<CheckQuery> long_ones;
  std::vector<std::size_t> places;
  for (std::size_t index = 0; index < queries.size(); ++index) {
    if (!answers[index].ok() && answers[index].error().kind == ErrorKind::too_large) {
      long_ones.push_back(queries[index]);
      places.push_back(index);
    }
  }
  if (long_ones.empty()) {
    return;
  }
  auto read = inspect_by_rest(long_ones);
  for (std::size_t index = 0; index < places.size(); ++index) {
    answers[places[index]] = std::move(read[index]);
  }
}

std::vector<Result<HeadChecks>> GithubChecks::inspect_by_rest(std::span<const CheckQuery> queries) {
  constexpr std::size_t lists_of_a_head = 2;
  std::vector<http::Request> lists;
  std::vector<http::Request> rules;
  for (const CheckQuery& query : queries) {
    lists.push_back(client_.read(render_commit_path(query, "check-runs") + "&filter=latest"));
    lists.push_back(client_.read(render_commit_path(query, "statuses")));
    if (!query.base_branch.empty()) {
      rules.push_back(client_.read(render_github_path(query.repository, {"branches", query.base_branch})));
      rules.push_back(client_.read(render_github_path(query.repository, {"rules", "branches", query.base_branch})));
    }
  }
  const auto pages = client_.fetch_pages(lists, most_check_pages);
  const auto required = client_.exchange(rules);
  std::vector<Result<HeadChecks>> all;
  std::size_t next_rule = 0;
  for (std::size_t index = 0; index < queries.size(); ++index) {
    HeadChecks checks{.head = queries[index].head, .results = {}, .required_by_forge = {}};
    std::optional<Error> failed;
    if (!queries[index].base_branch.empty()) {
      const auto branch = read_protection(required[next_rule++], client_.asked());
      const auto ruleset = read_protection(required[next_rule++], client_.asked());
      if (branch.ok() && ruleset.ok()) {
        checks.required_by_forge = parse_rest_required(*branch, *ruleset);
      } else {
        failed = branch.ok() ? ruleset.error() : branch.error();
      }
    }
    auto results = parse_lists(std::span(pages).subspan(index * lists_of_a_head, lists_of_a_head), client_.asked());
    if (!results.ok()) {
      failed = std::move(results).error();
    } else {
      checks.results = std::move(*results);
    }
    all.push_back(failed ? Result<HeadChecks>(*std::move(failed)) : Result<HeadChecks>(std::move(checks)));
  }
  return all;
}

Result<void> GithubChecks::rerun_failed(const CheckQuery& query, std::span<const CheckResult> failed) {
  memory_.checks.clear();
  std::set<std::string> runs;
  for (const CheckResult& check : failed) {
    const auto id = parse_check_id(check.id);
    if (check.rerun == CheckResult::Rerun::possible && id && id->job) {
      runs.insert(id->job->run);
    }
  }
  if (runs.empty()) {
    return Error{.kind = ErrorKind::refused, .message = "none of the failed checks can be run again"};
  }
  std::optional<Error> first;
  std::size_t started = 0;
  for (const std::string& run : runs) {
    const auto answer = client_.exchange(
        client_.write({.method = http::Method::post,
                       .path = render_github_path(query.repository, {"actions", "runs", run, "rerun-failed-jobs"}),
                       .body = {}}));
    auto error = answer.ok() ? derive_github_error(*answer, client_.asked()) : std::optional(answer.error());
    // Already running again, as after an answer that was lost, is said with 403.
    if (!error || derive_outcome(answer) == GithubOutcome::unknown) {
      ++started;
    } else if (!first) {
      if (error->kind == ErrorKind::forbidden || error->kind == ErrorKind::not_found) {
        error->kind = ErrorKind::refused;
      }
      first = std::move(error);
    }
  }
  return started > 0 || !first ? Result<void>() : Result<void>(*std::move(first));
}

// The redirect is not followed with the credential: its sender asks that address by itself.
std::string GithubChecks::fetch_log(const RepositoryName& repository, const std::string& job) {
  http::Request request = client_.read(render_github_path(repository, {"actions", "jobs", job, "logs"}));
  request.effect = http::Effect::write; // of which no redirect is followed (http/redirect.hpp)
  request.limits.body_bytes = largest_log;
  const auto answer = client_.exchange(request);
  if (!answer.ok()) {
    return "";
  }
  if (answer->status < first_redirect) {
    return answer->body;
  }
  const auto location = http::find_header(*answer, "location");
  if (answer->status >= first_client_error || !location) {
    return "";
  }
  auto url = http::resolve_reference(request.url, *location);
  if (!url.ok()) {
    return "";
  }
  http::Request elsewhere;
  elsewhere.url = std::move(*url);
  elsewhere.limits.body_bytes = largest_log;
  const auto answers = transport_.exchange(std::span(&elsewhere, 1));
  const bool is_text = answers.front().ok() && answers.front()->status < first_redirect;
  return is_text ? answers.front()->body : "";
}

std::string GithubChecks::fetch_output(const RepositoryName& repository, const std::string& check_run) {
  const auto requests = std::to_array({
      client_.read(render_github_path(repository, {"check-runs", check_run})),
      client_.read(render_github_path(repository, {"check-runs", check_run, "annotations"}) + "?per_page=50"),
  });
  const auto answers = client_.exchange(requests);
  std::string text;
  if (answers[0].ok()) {
    text += parse_rest_check_output(*answers[0]);
  }
  if (answers[1].ok()) {
    text += parse_rest_annotations(*answers[1]);
  }
  return text;
}

Result<std::string> GithubChecks::fetch_failure_excerpt(const CheckQuery& query, std::span<const CheckResult> failed,
                                                        std::size_t limit) {
  const std::size_t count = std::min(failed.size(), most_failed);
  if (count == 0 || limit == 0) {
    return std::string();
  }
  const std::size_t share = limit / count;
  std::string excerpt;
  for (const CheckResult& check : failed.first(count)) {
    const auto id = parse_check_id(check.id);
    std::string text;
    if (id && id->job) {
      text = fetch_log(query.repository, id->job->job);
    }
    if (id && text.empty()) {
      text = fetch_output(query.repository, id->check_run);
    }
    const std::string head = fmt::format("{}:\n", truncate_text(check.name, {.max_bytes = 200, .note = "..."}));
    if (share > head.size() + 1) {
      excerpt += head + take_end(text.empty() ? "it says nothing about why" : text, share - head.size() - 1) + "\n";
    }
  }
  return truncate_text(excerpt, {.max_bytes = limit, .note = ""});
}

} // namespace afk::adapter
