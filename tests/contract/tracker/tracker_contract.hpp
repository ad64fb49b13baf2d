#pragma once
// What every tracker adapter keeps, whatever stands behind it. Each case gets a fresh world; a world is a tracker
// together with the people and programs who use it beside us. tracker_contract_test.cpp runs every case against every
// column and prints the table.

#include <afk/port/tracker.hpp>
#include <support/contract_run.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace afk::test {

struct NewIssue {
  std::string title = "Parse durations";
  std::string body = "Durations such as 90s are refused.\n";
};

// Everything below happens as it would on the real thing: through its own interface, by the person named. The tracker's
// clock moves on by at least a second with every step, as it does between two acts of people.
class TrackerWorld {
 public:
  virtual ~TrackerWorld() = default;

  virtual Tracker& tracker() = 0;

  // A second client with the same credential: another tick on another machine.
  virtual Tracker& second_tracker() = 0;

  virtual void create_repository(const RepositoryName& name) = 0;
  virtual IssueRef create_issue(const RepositoryName& repository, const NewIssue& issue = {}) = 0;

  virtual void put_label(const IssueRef& issue, std::string_view label, std::string_view person) = 0;
  virtual void take_label(const IssueRef& issue, std::string_view label, std::string_view person) = 0;
  virtual void close(const IssueRef& issue, IssueState as, std::string_view person) = 0;
  virtual void reopen(const IssueRef& issue, std::string_view person) = 0;
  virtual void change_title(const IssueRef& issue, std::string_view title, std::string_view person) = 0;
  virtual void change_body(const IssueRef& issue, std::string_view body, std::string_view person) = 0;
  virtual void remove_issue(const IssueRef& issue) = 0;
  virtual void add_dependency(const IssueRef& issue, const IssueRef& blocker) = 0;

  // Answers the id that the port should show.
  virtual std::string comment(const IssueRef& issue, std::string_view body, std::string_view person) = 0;
  virtual void change_comment(const IssueRef& issue, std::string_view comment_id, std::string_view body,
                              std::string_view person) = 0;

  // Makes the issue unreadable while the others stay as they are.
  virtual void break_issue(const IssueRef& issue) = 0;

  // Makes the next listing stop before its end.
  virtual void cut_listing(const RepositoryName& repository) = 0;

  // What the world itself saw, when a case is over.
  virtual void look_back(ContractRun& run) { static_cast<void>(run); }
};

struct ContractCase {
  std::string_view group;
  std::string_view name;
  std::function<void(TrackerWorld& world, ContractRun& run)> body;
};

std::vector<ContractCase> listing_cases();
std::vector<ContractCase> record_cases();
std::vector<ContractCase> log_cases();
std::vector<ContractCase> comment_cases();
std::vector<ContractCase> write_cases();
std::vector<ContractCase> blocker_cases();

struct TrackerColumn {
  std::string_view name;
  std::function<std::unique_ptr<TrackerWorld>()> make_world;

  struct NotApplicable {
    std::string_view case_name;
    std::string_view reason;
  };

  std::vector<NotApplicable> not_applicable;
};

TrackerColumn directory_column();
std::vector<TrackerColumn> github_columns(); // both interfaces, both versions of REST, and behind nghttpx

// Short cuts of the cases. The repository that most of them need is made on the way.
extern const RepositoryName home;  // "Acme/widgets"
extern const RepositoryName other; // "acme/gadgets"

IssueRef make_issue(TrackerWorld& world, const NewIssue& issue = {});
IssueRecord fetch(TrackerWorld& world, ContractRun& run, const IssueRef& issue);
RepositoryListing list(TrackerWorld& world, ContractRun& run, const ListingQuery& query);
std::vector<std::int64_t> numbers_of(const RepositoryListing& listing);
std::vector<IssueEvent> label_events(const IssueRecord& record, std::string_view label);
bool has_exactly(std::vector<std::string> labels, std::vector<std::string> expected);

} // namespace afk::test
