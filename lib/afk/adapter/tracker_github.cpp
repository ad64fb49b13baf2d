#include <afk/adapter/tracker_github.hpp>

#include <afk/adapter/github_writes.hpp>
#include <afk/core/text.hpp>

#include <utility>

namespace afk::adapter {

GithubTracker::GithubTracker(GithubClient& client, GithubMemory& memory, std::optional<std::string> environment)
    : client_(client), memory_(memory),
      reader_(make_github_reader({.client = client, .memory = memory, .environment = std::move(environment)})) {}

Result<TrackerHost> GithubTracker::fetch_host() {
  return derive_github_host(client_.settings().api);
}

Result<Timestamp> GithubTracker::fetch_time() {
  return client_.fetch_time();
}

std::vector<Result<RepositoryListing>> GithubTracker::list_issues(std::span<const RepositoryName> repositories,
                                                                  const ListingQuery& query) {
  memory_.blockers.clear();
  memory_.permissions.clear();
  memory_.expected.clear();
  return repositories.empty() ? std::vector<Result<RepositoryListing>>() : reader_->list(repositories, query);
}

std::vector<Result<IssueRecord>> GithubTracker::fetch_issues(std::span<const IssueRef> issues) {
  return reader_->fetch(issues, GithubDetail::whole);
}

std::vector<Result<IssueRecord>> GithubTracker::fetch_armings(std::span<const IssueRef> issues) {
  return reader_->fetch(issues, GithubDetail::arming);
}

std::vector<Result<IssueRecord>> GithubTracker::fetch_runs(std::span<const IssueRef> issues) {
  memory_.forget_work();
  return reader_->fetch(issues, GithubDetail::run);
}

Result<void> GithubTracker::set_label(const IssueRef& issue, std::string_view label, LabelTarget target) {
  if (trim_ascii(label).empty()) {
    return Error{.kind = ErrorKind::malformed, .message = "a label needs a name"};
  }
  return target == LabelTarget::on ? put_github_label(client_, issue, label) : take_github_label(client_, issue, label);
}

Result<std::string> GithubTracker::create_comment(const IssueRef& issue, std::string_view body) {
  return create_github_comment(client_, {.issue = issue, .body = body, .mark = {}});
}

Result<std::string> GithubTracker::create_comment_once(const IssueRef& issue, std::string_view body,
                                                       std::string_view mark) {
  return create_github_comment(client_, {.issue = issue, .body = body, .mark = mark});
}

Result<void> GithubTracker::edit_comment(const IssueRef& issue, std::string_view comment_id, std::string_view body) {
  return edit_github_comment(client_, {.issue = issue, .id = comment_id, .body = body});
}

Result<void> GithubTracker::close_issue(const IssueRef& issue) {
  return close_github_issue(client_, issue);
}

// The log is GitHub's own: nothing is missing in it.
Result<std::vector<IssueEvent>> GithubTracker::record_hand_edits(const IssueRef& issue) {
  auto records = reader_->fetch(std::span(&issue, 1), GithubDetail::whole);
  if (!records.front().ok()) {
    return std::move(records.front()).error();
  }
  return std::move(records.front()->events);
}

} // namespace afk::adapter
