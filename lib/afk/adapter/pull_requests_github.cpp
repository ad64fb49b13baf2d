#include <afk/adapter/pull_requests_github.hpp>

#include <afk/adapter/github_rest_codec.hpp>
#include <afk/adapter/github_work.hpp>
#include <afk/adapter/github_work_codec.hpp>
#include <afk/adapter/github_work_rest_codec.hpp>
#include <afk/adapter/github_writes.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace afk::adapter {

namespace {

constexpr int not_found = 404;
constexpr int not_allowed = 405;
constexpr int conflict = 409;
constexpr int unprocessable = 422;

using Evidence = Result<std::optional<PullRequestEvidence>>;

std::string render_pull_path(const PullRequestRef& pull_request, std::string_view rest = {}) {
  const std::string number = fmt::format("{}", pull_request.number);
  return rest.empty() ? render_github_path(pull_request.repository, {"pulls", number})
                      : render_github_path(pull_request.repository, {"pulls", number, rest});
}

// A page that is an error, or the page.
Result<http::Response> judge(const GithubClient& client, Result<http::Response> answer) {
  if (answer.ok()) {
    if (auto error = derive_github_error(*answer, client.asked())) {
      return *std::move(error);
    }
  }
  return answer;
}

Result<GithubRestPullRequest> fetch_one(GithubClient& client, const PullRequestRef& pull_request) {
  auto answer = judge(client, client.exchange(client.read(render_pull_path(pull_request))));
  return answer.ok() ? parse_rest_pull_request(*answer, client.asked())
                     : Result<GithubRestPullRequest>(std::move(answer).error());
}

// The list names pull requests; mergeability, reviews and the way it was closed stand elsewhere.
Evidence complete(GithubClient& client, const RepositoryName& repository, PullRequestEvidence chosen) {
  const std::string number = fmt::format("{}", chosen.number);
  const auto requests = std::to_array({
      client.read(render_pull_path({.repository = repository, .number = chosen.number})),
      client.read(render_github_path(repository, {"pulls", number, "reviews"}) + "?per_page=100"),
      client.read(render_github_path(repository, {"issues", number, "events"}) + "?per_page=100"),
  });
  auto answers = client.exchange(requests);
  std::vector<http::Response> pages;
  for (auto& answer : answers) {
    auto judged = judge(client, std::move(answer));
    if (!judged.ok()) {
      return std::move(judged).error();
    }
    pages.push_back(std::move(*judged));
  }
  auto whole = parse_rest_pull_request(pages[0], client.asked());
  const auto review = parse_rest_reviews(pages[1], client.asked());
  auto closing = parse_rest_closing(pages[2], client.asked());
  if (!whole.ok() || !review.ok() || !closing.ok()) {
    return !whole.ok() ? whole.error() : !review.ok() ? review.error() : closing.error();
  }
  PullRequestEvidence evidence = std::move(whole->evidence);
  evidence.review = *review;
  if (evidence.state == PullRequestState::merged) {
    evidence.merge_commit = std::move(closing->merge_commit);
  } else if (evidence.state == PullRequestState::closed_unmerged) {
    evidence.closed_by = std::move(closing->closed_by);
  }
  return std::optional(std::move(evidence));
}

// What our own account did is told apart by whoever asked first who that is.
void mark_own(const GithubClient& client, Evidence& evidence) {
  const auto& viewer = client.known_viewer();
  if (!viewer || !evidence.ok() || !*evidence) {
    return;
  }
  for (Actor* actor : {&(*evidence)->author, (*evidence)->closed_by ? &*(*evidence)->closed_by : nullptr}) {
    if (actor != nullptr && !actor->id.empty() && actor->id == viewer->id) {
      actor->kind = ActorKind::own_account;
    }
  }
}

} // namespace

std::vector<Evidence> GithubPullRequests::inspect(std::span<const PullRequestQuery> queries) {
  std::vector<std::optional<Evidence>> known;
  std::vector<PullRequestQuery> asked;
  for (const PullRequestQuery& query : queries) {
    known.emplace_back();
    if (auto told = take_remembered(memory_.pull_requests, make_github_key(query.issue.repository, query.branch))) {
      known.back().emplace(*std::move(told));
    } else {
      asked.push_back(query);
    }
  }
  if (!queries.empty() && !client_.known_viewer()) {
    static_cast<void>(client_.fetch_viewer()); // without it nobody is taken for us
  }
  auto answers = client_.settings().reads == GithubApi::graphql ? inspect_by_graphql(asked) : inspect_by_rest(asked);
  std::vector<Evidence> all;
  std::size_t next = 0;
  for (auto& one : known) {
    all.push_back(one ? *std::move(one) : std::move(answers[next++]));
    mark_own(client_, all.back());
  }
  return all;
}

std::vector<Evidence> GithubPullRequests::inspect_by_graphql(std::span<const PullRequestQuery> queries) {
  std::vector<http::Request> requests;
  std::vector<std::vector<GithubWorkPart>> parts;
  for (std::size_t start = 0; start < queries.size(); start += work_per_query) {
    std::vector<GithubWorkPart> some;
    for (const PullRequestQuery& query : queries.subspan(start, std::min(work_per_query, queries.size() - start))) {
      some.push_back({.repository = query.issue.repository,
                      .branch = query.branch,
                      .head = {},
                      .base_branch = {},
                      .environment = std::nullopt});
    }
    requests.push_back(client_.query(render_work_query(some)));
    parts.push_back(std::move(some));
  }
  const auto answers = client_.exchange(requests);
  std::vector<Evidence> all;
  for (std::size_t index = 0; index < answers.size(); ++index) {
    auto works = answers[index].ok() ? parse_github_work(*answers[index], parts[index], client_.asked())
                                     : Result<std::vector<Result<GithubWork>>>(answers[index].error());
    for (std::size_t at = 0; at < parts[index].size(); ++at) {
      if (works.ok() && (*works)[at].ok()) {
        all.emplace_back(std::move((*works)[at]->pull_request));
      } else {
        all.emplace_back(works.ok() ? (*works)[at].error() : works.error());
      }
    }
  }
  return all;
}

std::vector<Evidence> GithubPullRequests::inspect_by_rest(std::span<const PullRequestQuery> queries) {
  std::vector<http::Request> requests;
  for (const PullRequestQuery& query : queries) {
    const RepositoryName& repository = query.issue.repository;
    requests.push_back(
        client_.read(fmt::format("{}?state=all&per_page=100&head={}:{}", render_github_path(repository, {"pulls"}),
                                 encode_github_value(repository.owner), encode_github_value(query.branch))));
  }
  auto answers = client_.exchange(requests);
  std::vector<Evidence> all;
  for (std::size_t index = 0; index < answers.size(); ++index) {
    auto judged = judge(client_, std::move(answers[index]));
    auto found = judged.ok() ? parse_rest_pull_requests(*judged, queries[index].branch, client_.asked())
                             : Result<std::vector<GithubRestPullRequest>>(judged.error());
    if (!found.ok()) {
      all.emplace_back(std::move(found).error());
      continue;
    }
    std::vector<PullRequestEvidence> own;
    std::ranges::transform(*found, std::back_inserter(own), &GithubRestPullRequest::evidence);
    auto chosen = choose_pull_request(std::move(own));
    all.push_back(chosen ? complete(client_, queries[index].issue.repository, *std::move(chosen))
                         : Evidence(std::optional<PullRequestEvidence>()));
  }
  return all;
}

Result<std::string> GithubPullRequests::find_base(const NewPullRequest& order) {
  if (!order.base_branch.empty()) {
    return order.base_branch;
  }
  auto answer = judge(client_, client_.exchange(client_.read(render_github_path(order.issue.repository, {}))));
  if (!answer.ok()) {
    return std::move(answer).error();
  }
  auto facts = parse_rest_repository(*answer, client_.asked());
  return facts.ok() ? Result<std::string>(std::move(facts->default_branch)) : Result<std::string>(facts.error());
}

// The one that is open for the head already, where there is one; else the refusal stands.
Result<PullRequestEvidence> GithubPullRequests::adopt(const NewPullRequest& order, const Error& refusal) {
  const std::array queries{PullRequestQuery{
      .issue = order.issue, .branch = order.branch, .base_branch = order.base_branch, .expected_head = order.head}};
  auto found = std::move(inspect(queries).front());
  if (!found.ok()) {
    return std::move(found).error();
  }
  const bool is_open =
      *found && ((*found)->state == PullRequestState::open || (*found)->state == PullRequestState::draft);
  if (!is_open) {
    return refusal;
  }
  if ((*found)->head != order.head) {
    return Error{.kind = ErrorKind::conflict,
                 .message = fmt::format("{}: the pull request is at another commit", render_issue_ref(order.issue))};
  }
  return **std::move(found);
}

Result<PullRequestEvidence> GithubPullRequests::open(const NewPullRequest& order) {
  const auto base = find_base(order);
  if (!base.ok()) {
    return base.error();
  }
  auto answer = client_.exchange(
      client_.write({.method = http::Method::post,
                     .path = render_github_path(order.issue.repository, {"pulls"}),
                     .body = render_rest_pull_request({.title = order.title,
                                                       .body = order.body,
                                                       .head = order.branch,
                                                       .base = *base,
                                                       .form = order.form == NewPullRequest::Form::draft
                                                                   ? GithubPullRequestBody::Form::draft
                                                                   : GithubPullRequestBody::Form::ready}),
                     .effect = http::Effect::creates_content}));
  if (derive_outcome(answer) == GithubOutcome::unknown) {
    return adopt(order, Error{.kind = ErrorKind::unreachable,
                              .message = fmt::format("{}: it is not known whether the pull request was opened",
                                                     render_issue_ref(order.issue))});
  }
  if (answer.ok() && answer->status == unprocessable) {
    return adopt(order, derive_github_error(*answer, client_.asked()).value_or(Error{}));
  }
  auto judged = judge(client_, std::move(answer));
  if (!judged.ok()) {
    return std::move(judged).error();
  }
  auto made = parse_rest_pull_request(*judged, client_.asked());
  if (!made.ok()) {
    return adopt(order, made.error());
  }
  if (made->evidence.head != order.head) {
    return Error{.kind = ErrorKind::conflict,
                 .message = fmt::format("{}: the branch moved while its pull request was opened",
                                        render_issue_ref(order.issue))};
  }
  return std::move(made->evidence);
}

Result<void> GithubPullRequests::mark_ready(const PullRequestRef& pull_request) {
  memory_.pull_requests.clear();
  const auto before = fetch_one(client_, pull_request);
  if (!before.ok()) {
    return before.error();
  }
  if (before->evidence.state != PullRequestState::draft) {
    return {};
  }
  if (before->node_id.empty()) {
    return Error{.kind = ErrorKind::malformed, .message = "a pull request without a node id"};
  }
  const auto answer = client_.exchange(client_.mutation(render_ready_mutation(before->node_id)));
  if (derive_outcome(answer) == GithubOutcome::known && answer.ok()) {
    return parse_github_mutation(*answer, client_.asked());
  }
  const auto after = fetch_one(client_, pull_request);
  if (after.ok() && after->evidence.state != PullRequestState::draft) {
    return {};
  }
  return answer.ok() ? derive_github_error(*answer, client_.asked()).value_or(Error{}) : answer.error();
}

Result<void> GithubPullRequests::merge(const PinnedPullRequest& order) {
  memory_.pull_requests.clear();
  const PullRequestRef& pull_request = order.pull_request;
  const auto repository =
      judge(client_, client_.exchange(client_.read(render_github_path(pull_request.repository, {}))));
  if (!repository.ok()) {
    return repository.error();
  }
  const auto answer = client_.exchange(
      client_.write({.method = http::Method::put,
                     .path = render_pull_path(pull_request, "merge"),
                     .body = render_rest_merge({.head = order.head, .method = parse_rest_merge_method(*repository)})}));
  const bool is_done = answer.ok() && answer->status == 200 && parse_rest_merged(*answer) == GithubMerged::yes;
  if (is_done) {
    return {};
  }
  // Merged already, by a lost answer or by somebody else, says 405 as well.
  const auto now = fetch_one(client_, pull_request);
  if (now.ok() && now->evidence.state == PullRequestState::merged) {
    return now->evidence.head == order.head
               ? Result<void>()
               : Result<void>(
                     Error{.kind = ErrorKind::conflict, .message = "the pull request was merged with another commit"});
  }
  if (now.ok() && now->evidence.head != order.head) {
    return Error{.kind = ErrorKind::conflict, .message = "the pull request is at another commit than the verified one"};
  }
  if (!answer.ok()) {
    return answer.error();
  }
  Error error =
      derive_github_error(*answer, client_.asked())
          .value_or(Error{.kind = ErrorKind::malformed, .message = "an answer that does not say whether it merged"});
  if (answer->status == not_allowed || answer->status == unprocessable) {
    error.kind = ErrorKind::refused;
  } else if (answer->status == conflict) {
    error.kind = ErrorKind::conflict;
  }
  return error;
}

Result<void> GithubPullRequests::delete_branch(const BranchAtHead& order) {
  const std::string path =
      render_github_path(order.repository, {"git", "ref"}) + "/heads/" + encode_github_value(order.branch);
  const auto found = client_.exchange(client_.read(path));
  if (found.ok() && found->status == not_found) {
    return {};
  }
  const auto judged = judge(client_, found);
  const auto head = judged.ok() ? parse_rest_ref(*judged, client_.asked()) : Result<std::string>(judged.error());
  if (!head.ok()) {
    return head.error();
  }
  if (*head != order.head) {
    return Error{.kind = ErrorKind::conflict, .message = fmt::format("the branch {} has moved", order.branch)};
  }
  const auto answer = client_.exchange(client_.write(
      {.method = http::Method::delete_,
       .path = render_github_path(order.repository, {"git", "refs"}) + "/heads/" + encode_github_value(order.branch),
       .body = {}}));
  // "Reference does not exist" is 422.
  if (answer.ok() && (answer->status == unprocessable || answer->status == not_found)) {
    return {};
  }
  if (derive_outcome(answer) == GithubOutcome::unknown) {
    const auto after = client_.exchange(client_.read(path));
    if (after.ok() && after->status == not_found) {
      return {};
    }
  }
  const auto done = judge(client_, answer);
  return done.ok() ? Result<void>() : Result<void>(done.error());
}

} // namespace afk::adapter
