#pragma once
// Issues of a GitHub, github.com or one of one's own, as the tracker. Reads go through either of its APIs
// (github_reader.hpp); writes are REST.
//
// A write whose outcome is not known (no answer, 5xx, an answer that was cut off) is read back before it is said to
// have failed, and never sent blindly again. Labels that a repository lacks are made. What GitHub itself does not know
// (edits by hand) needs no recording.

#include <afk/adapter/github_client.hpp>
#include <afk/adapter/github_memory.hpp>
#include <afk/adapter/github_reader.hpp>
#include <afk/port/tracker.hpp>

#include <memory>
#include <optional>
#include <string>

namespace afk::adapter {

class GithubTracker final : public Tracker, private TrackerWrites {
 public:
  // Both outlive it. `environment`: whose deployments are asked for together with runs; "" = of any; nothing = none.
  GithubTracker(GithubClient& client, GithubMemory& memory, std::optional<std::string> environment);

  Result<TrackerHost> fetch_host() override;
  Result<Timestamp> fetch_time() override;
  std::vector<Result<RepositoryListing>> list_issues(std::span<const RepositoryName> repositories,
                                                     const ListingQuery& query) override;
  std::vector<Result<IssueRecord>> fetch_issues(std::span<const IssueRef> issues) override;
  std::vector<Result<IssueRecord>> fetch_armings(std::span<const IssueRef> issues) override;
  std::vector<Result<IssueRecord>> fetch_runs(std::span<const IssueRef> issues) override;

  TrackerWrites& writes() override { return *this; }

 private:
  Result<void> set_label(const IssueRef& issue, std::string_view label, LabelTarget target) override;
  Result<std::string> create_comment(const IssueRef& issue, std::string_view body) override;
  Result<std::string> create_comment_once(const IssueRef& issue, std::string_view body, std::string_view mark) override;
  Result<void> edit_comment(const IssueRef& issue, std::string_view comment_id, std::string_view body) override;
  Result<void> close_issue(const IssueRef& issue) override;
  Result<std::vector<IssueEvent>> record_hand_edits(const IssueRef& issue) override;

  GithubClient& client_;
  GithubMemory& memory_;
  std::unique_ptr<GithubReader> reader_;
};

} // namespace afk::adapter
