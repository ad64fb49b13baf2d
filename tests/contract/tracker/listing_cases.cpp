#include <contract/tracker/tracker_contract.hpp>

#include <afk/core/text.hpp>

#include <algorithm>

namespace afk::test {

namespace {

using Numbers = std::vector<std::int64_t>;
constexpr auto any = ListingQuery::States::any;
constexpr auto open_only = ListingQuery::States::open_only;

Numbers list_numbers(TrackerWorld& world, ContractRun& run, std::vector<std::string> labels,
                     ListingQuery::States states = open_only) {
  return numbers_of(list(world, run, {.labels = std::move(labels), .states = states}));
}

void host_is_stable(TrackerWorld& world, ContractRun& run) {
  const auto first = world.tracker().fetch_host();
  run.require_ok(first);
  run.expect(!first->text.empty() && first->text == fold_ascii(first->text), "a host in lower case");
  const auto again = world.second_tracker().fetch_host();
  run.require_ok(again);
  run.expect(again.value() == first.value(), "the same host for another client");
}

void time_goes_forward(TrackerWorld& world, ContractRun& run) {
  const auto before = world.tracker().fetch_time();
  run.require_ok(before);
  make_issue(world);
  const auto after = world.tracker().fetch_time();
  run.require_ok(after);
  run.expect(after.value() >= before.value(), "no step back");
}

void repository_id_is_stable(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  const std::string id = list(world, run, {}).repository_id;
  run.expect(!id.empty(), "an id");
  run.expect(fetch(world, run, issue).repository_id == id, "the same id in the record");
}

void lists_one_label(TrackerWorld& world, ContractRun& run) {
  const IssueRef ready = make_issue(world);
  world.create_issue(home);
  world.put_label(ready, "ready", "alice");
  run.expect(list_numbers(world, run, {"ready"}) == Numbers{ready.number}, "the labelled issue alone");
}

void joins_labels_by_or(TrackerWorld& world, ContractRun& run) {
  const IssueRef first = make_issue(world);
  const IssueRef second = world.create_issue(home);
  world.create_issue(home);
  world.put_label(first, "in-progress", "alice");
  world.put_label(second, "question", "alice");
  run.expect(list_numbers(world, run, {"in-progress", "question"}) == Numbers{first.number, second.number},
             "the issues with one of the two");
}

void lists_an_issue_once(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, "in-progress", "alice");
  world.put_label(issue, "question", "alice");
  run.expect(list_numbers(world, run, {"in-progress", "question"}) == Numbers{issue.number},
             "one entry for both labels");
}

void folds_case_of_labels(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, "Ready-For-Agent", "alice");
  run.expect(list_numbers(world, run, {"ready-for-agent"}) == Numbers{issue.number}, "the issue in spite of the case");
}

void unknown_label_lists_nothing(TrackerWorld& world, ContractRun& run) {
  make_issue(world);
  run.expect(list_numbers(world, run, {"nobody-uses-this"}).empty(), "no issue");
}

void part_of_a_label_is_no_label(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, "ready-soon", "alice");
  run.expect(list_numbers(world, run, {"ready"}).empty(), "no issue for the beginning of a label");
}

void no_labels_list_everything(TrackerWorld& world, ContractRun& run) {
  const IssueRef first = make_issue(world);
  const IssueRef second = world.create_issue(home);
  world.put_label(second, "x", "alice");
  run.expect(list_numbers(world, run, {}) == Numbers{first.number, second.number}, "both issues");
}

void closed_ones_are_left_out(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, "ready", "alice");
  world.close(issue, IssueState::closed, "alice");
  run.expect(list_numbers(world, run, {"ready"}).empty(), "no closed issue");
}

void closed_ones_are_listed_where_asked(TrackerWorld& world, ContractRun& run) {
  const IssueRef closed = make_issue(world);
  const IssueRef dropped = world.create_issue(home);
  for (const IssueRef& issue : {closed, dropped}) {
    world.put_label(issue, "ready", "alice");
  }
  world.close(closed, IssueState::closed, "alice");
  world.close(dropped, IssueState::closed_not_planned, "alice");
  const RepositoryListing listing = list(world, run, {.labels = {"ready"}, .states = any});
  run.require(listing.issues.size() == 2, "both");
  for (const IssueSummary& issue : listing.issues) {
    run.expect(issue.state != IssueState::open, "their state");
  }
}

void summary_says_what_it_is(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world, {.title = "Fix \"quotes\" & <tags>", .body = ""});
  world.put_label(issue, "ready", "alice");
  world.put_label(issue, "priority:10", "alice");
  const RepositoryListing listing = list(world, run, {.labels = {"ready"}});
  run.require(listing.issues.size() == 1, "one issue");
  const IssueSummary& summary = listing.issues.front();
  run.expect(summary.issue == issue, "its reference");
  run.expect(summary.title == "Fix \"quotes\" & <tags>", "its title");
  run.expect(summary.state == IssueState::open, "its state");
  run.expect(has_exactly(summary.labels, {"ready", "priority:10"}), "its labels");
}

void repositories_stand_in_order(TrackerWorld& world, ContractRun& run) {
  world.create_repository(home);
  world.create_repository(other);
  const std::vector<RepositoryName> asked{other, home, other};
  const auto listings = world.tracker().list_issues(asked, {});
  run.require(listings.size() == 3, "an answer for each");
  for (std::size_t index = 0; index < asked.size(); ++index) {
    run.require_ok(listings[index]);
    run.expect(listings[index]->repository == asked[index], "the order asked");
  }
}

void missing_repository_fails_alone(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  const std::vector<RepositoryName> asked{{.owner = "nobody", .name = "nothing"}, home};
  const auto listings = world.tracker().list_issues(asked, {});
  run.require(listings.size() == 2, "an answer for each");
  // A forge does not tell what is missing from what a token may not see.
  run.expect(!listings[0].ok() &&
                 (listings[0].error().kind == ErrorKind::not_found || listings[0].error().kind == ErrorKind::forbidden),
             "that it is missing or hidden");
  run.require_ok(listings[1]);
  run.expect(numbers_of(*listings[1]) == Numbers{issue.number}, "the other one whole");
}

void repository_case_is_folded(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  const RepositoryName shouted{.owner = "ACME", .name = "WIDGETS"};
  const auto listings = world.tracker().list_issues(std::span(&shouted, 1), {});
  run.require_ok(listings.front());
  run.expect(listings.front()->repository == home, "the spelling of the tracker");
  run.expect(numbers_of(*listings.front()) == Numbers{issue.number}, "its issue");
}

void empty_repository_is_complete(TrackerWorld& world, ContractRun& run) {
  world.create_repository(home);
  const RepositoryListing listing = list(world, run, {});
  run.expect(listing.issues.empty() && listing.broken.empty(), "nothing");
  run.expect(listing.completeness == Completeness::complete, "and that is all there is");
}

void nothing_asked_nothing_answered(TrackerWorld& world, ContractRun& run) {
  world.create_repository(home);
  run.expect(world.tracker().list_issues({}, {}).empty(), "no answer");
  run.expect(world.tracker().fetch_issues({}).empty(), "no record");
}

void many_issues_are_all_there(TrackerWorld& world, ContractRun& run) {
  world.create_repository(home);
  Numbers created;
  for (int count = 0; count < 130; ++count) { // more than a page of any forge
    const IssueRef issue = world.create_issue(home);
    world.put_label(issue, "ready", "alice");
    created.push_back(issue.number);
  }
  const RepositoryListing listing = list(world, run, {.labels = {"ready"}});
  run.expect(listing.completeness == Completeness::complete, "a complete list");
  run.expect(numbers_of(listing) == created, "every issue");
}

void broken_issue_stands_alone(TrackerWorld& world, ContractRun& run) {
  const IssueRef broken = make_issue(world);
  const IssueRef whole = world.create_issue(home);
  for (const IssueRef& issue : {broken, whole}) {
    world.put_label(issue, "ready", "alice");
  }
  world.break_issue(broken);
  const RepositoryListing listing = list(world, run, {.labels = {"ready"}});
  run.expect(numbers_of(listing) == Numbers{whole.number}, "the other issue");
  run.require(listing.broken.size() == 1, "one broken issue");
  run.expect(listing.broken.front().first == broken, "its reference");
  run.expect(listing.broken.front().second.kind == ErrorKind::malformed, "that it can not be read");
  const std::vector<IssueRef> asked{broken, whole};
  const auto records = world.tracker().fetch_issues(asked);
  run.expect_error(records[0], ErrorKind::malformed);
  run.require_ok(records[1]);
}

void cut_listing_says_so(TrackerWorld& world, ContractRun& run) {
  make_issue(world);
  world.cut_listing(home);
  const auto listings = world.tracker().list_issues(std::span(&home, 1), {});
  run.expect(!listings.front().ok() || listings.front()->completeness == Completeness::truncated,
             "a list that is known to be incomplete");
}

} // namespace

std::vector<ContractCase> listing_cases() {
  constexpr std::string_view group = "listing";
  return {
      {group, "the host is stable and the same for every client", host_is_stable},
      {group, "the tracker's time does not step back", time_goes_forward},
      {group, "the repository's id is the same everywhere", repository_id_is_stable},
      {group, "a label lists the issues that carry it", lists_one_label},
      {group, "several labels list the issues with any of them", joins_labels_by_or},
      {group, "an issue with two of the labels is listed once", lists_an_issue_once},
      {group, "labels are asked for without regard to case", folds_case_of_labels},
      {group, "a label that nobody uses lists nothing", unknown_label_lists_nothing},
      {group, "the beginning of a label is not the label", part_of_a_label_is_no_label},
      {group, "no labels list every issue", no_labels_list_everything},
      {group, "closed issues are left out", closed_ones_are_left_out},
      {group, "closed issues are listed where asked", closed_ones_are_listed_where_asked},
      {group, "a summary has reference, title, state and labels", summary_says_what_it_is},
      {group, "repositories are answered in the order asked", repositories_stand_in_order},
      {group, "a missing repository fails for itself", missing_repository_fails_alone},
      {group, "a repository is found without regard to case", repository_case_is_folded},
      {group, "an empty repository is a complete list", empty_repository_is_complete},
      {group, "nothing asked is nothing answered", nothing_asked_nothing_answered},
      {group, "more issues than fit on a page are all listed", many_issues_are_all_there},
      {group, "a broken issue does not hide the others", broken_issue_stands_alone},
      {group, "a list that was cut says so", cut_listing_says_so},
  };
}

} // namespace afk::test
