#include <contract/tracker/tracker_contract.hpp>

#include <afk/core/text.hpp>

#include <algorithm>

namespace afk::test {

const RepositoryName home{.owner = "Acme", .name = "widgets"};
const RepositoryName other{.owner = "Acme", .name = "gadgets"};

IssueRef make_issue(TrackerWorld& world, const NewIssue& issue) {
  world.create_repository(home);
  return world.create_issue(home, issue);
}

IssueRecord fetch(TrackerWorld& world, ContractRun& run, const IssueRef& issue) {
  const auto records = world.tracker().fetch_issues(std::span(&issue, 1));
  run.require(records.size() == 1, "one answer for one issue");
  run.require_ok(records.front());
  return records.front().value();
}

RepositoryListing list(TrackerWorld& world, ContractRun& run, const ListingQuery& query) {
  const auto listings = world.tracker().list_issues(std::span(&home, 1), query);
  run.require(listings.size() == 1, "one answer for one repository");
  run.require_ok(listings.front());
  return listings.front().value();
}

std::vector<std::int64_t> numbers_of(const RepositoryListing& listing) {
  std::vector<std::int64_t> numbers;
  for (const IssueSummary& issue : listing.issues) {
    numbers.push_back(issue.issue.number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

std::vector<IssueEvent> label_events(const IssueRecord& record, std::string_view label) {
  std::vector<IssueEvent> events;
  std::ranges::copy_if(record.events, std::back_inserter(events),
                       [&](const IssueEvent& event) { return equal_ascii_folded(event.label, label); });
  return events;
}

bool has_exactly(std::vector<std::string> labels, std::vector<std::string> expected) {
  std::ranges::sort(labels);
  std::ranges::sort(expected);
  return labels == expected;
}

} // namespace afk::test
