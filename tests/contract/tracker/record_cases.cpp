#include <contract/tracker/tracker_contract.hpp>

namespace afk::test {

namespace {

void text_comes_back(TrackerWorld& world, ContractRun& run, const NewIssue& written) {
  const IssueRef issue = make_issue(world, written);
  const IssueRecord record = fetch(world, run, issue);
  run.expect(record.title == written.title, "the title byte for byte");
  run.expect(record.body == written.body, "the body byte for byte");
}

// A case that writes one text and wants it back.
ContractCase text_case(std::string_view name, NewIssue written) {
  return {"record", name, [written](TrackerWorld& world, ContractRun& run) { text_comes_back(world, run, written); }};
}

void answers_in_order(TrackerWorld& world, ContractRun& run) {
  const IssueRef first = make_issue(world, {.title = "first"});
  const IssueRef second = world.create_issue(home, {.title = "second"});
  const std::vector<IssueRef> asked{second, first, second};
  const auto records = world.tracker().fetch_issues(asked);
  run.require(records.size() == 3, "an answer for each");
  for (std::size_t index = 0; index < asked.size(); ++index) {
    run.require_ok(records[index]);
    run.expect(records[index]->issue == asked[index], "the order asked");
  }
}

void missing_issue_is_gone(TrackerWorld& world, ContractRun& run) {
  IssueRef issue = make_issue(world);
  issue.number = 4711;
  const IssueRecord record = fetch(world, run, issue);
  run.expect(record.state == IssueState::gone, "that it is gone");
  run.expect(record.issue == issue, "which one");
}

void removed_issue_is_gone(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, "ready", "alice");
  world.comment(issue, "hello", "alice");
  world.remove_issue(issue);
  run.expect(fetch(world, run, issue).state == IssueState::gone, "that it is gone");
  run.expect(list(world, run, {}).issues.empty(), "nothing in the list");
}

void issue_without_repository_is_gone(TrackerWorld& world, ContractRun& run) {
  make_issue(world);
  const IssueRef issue{.repository = {.owner = "nobody", .name = "nothing"}, .number = 1};
  run.expect(fetch(world, run, issue).state == IssueState::gone, "that it is gone");
}

void missing_issue_does_not_hide_others(TrackerWorld& world, ContractRun& run) {
  const IssueRef there = make_issue(world);
  const std::vector<IssueRef> asked{{.repository = home, .number = 4711}, there};
  const auto records = world.tracker().fetch_issues(asked);
  run.require_ok(records[1]);
  run.expect(records[1]->state == IssueState::open, "the one that is there");
}

void record_has_labels(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  run.expect(fetch(world, run, issue).labels.empty(), "no label at first");
  world.put_label(issue, "Ready", "alice");
  world.put_label(issue, "priority:10", "alice");
  world.put_label(issue, "bug", "alice");
  world.take_label(issue, "bug", "alice");
  run.expect(has_exactly(fetch(world, run, issue).labels, {"Ready", "priority:10"}), "the labels as they are spelled");
}

void states_are_told_apart(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  run.expect(fetch(world, run, issue).state == IssueState::open, "open");
  world.close(issue, IssueState::closed, "alice");
  run.expect(fetch(world, run, issue).state == IssueState::closed, "closed");
  world.reopen(issue, "alice");
  run.expect(fetch(world, run, issue).state == IssueState::open, "open again");
}

void not_planned_is_told_apart(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.close(issue, IssueState::closed_not_planned, "alice");
  run.expect(fetch(world, run, issue).state == IssueState::closed_not_planned, "closed without being done");
}

void repository_case_of_a_reference_is_folded(TrackerWorld& world, ContractRun& run) {
  IssueRef issue = make_issue(world, {.title = "found"});
  issue.repository = {.owner = "ACME", .name = "Widgets"};
  const IssueRecord record = fetch(world, run, issue);
  run.expect(record.title == "found" && record.issue.repository == home, "the issue, spelled as the tracker does");
}

void fresh_issue_has_nothing(TrackerWorld& world, ContractRun& run) {
  const IssueRecord record = fetch(world, run, make_issue(world));
  run.expect(record.events.empty(), "no events");
  run.expect(record.comments.empty(), "no comments");
  run.expect(record.blockers.empty(), "no blockers");
  run.expect(!record.open_pull_request.has_value(), "no pull request");
  run.expect(record.open_sub_issues.empty(), "no sub-issues");
}

void edits_show(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.change_title(issue, "Another title", "alice");
  world.change_body(issue, "Another body\n", "alice");
  const IssueRecord record = fetch(world, run, issue);
  run.expect(record.title == "Another title", "the new title");
  run.expect(record.body == "Another body\n", "the new body");
}

std::string long_body() {
  std::string body;
  while (body.size() < 64UL * 1024UL) {
    body += "A line of sixty-four kilobytes, with some weight: \xC3\xA4\xC3\xB6\xC3\xBC.\n";
  }
  return body;
}

} // namespace

std::vector<ContractCase> record_cases() {
  constexpr std::string_view group = "record";
  return {
      text_case("title and body come back", {}),
      text_case("an empty body comes back", {.body = ""}),
      text_case("a body without a line feed at its end comes back", {.body = "no line feed"}),
      text_case("a body of blank lines comes back", {.body = "\n\n\n"}),
      text_case("carriage returns come back", {.body = "one\r\ntwo\r\n"}),
      text_case("64 KiB come back", {.body = long_body()}),
      text_case("emoji and other scripts come back", {.title = "\xF0\x9F\x9A\x80 \xE6\x97\xA5\xE6\x9C\xAC",
                                                      .body = "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB\n"}),
      text_case("quotes, backslashes and control characters come back",
                {.title = "\"a\\b\" \x1B[31mred\x7F", .body = "\x1B]0;title\x07 \\ \"\n"}),
      text_case("hidden characters come back", {.title = "a\xE2\x80\xAE"
                                                         "b\xE2\x80\x8B"
                                                         "c",
                                                .body = "\xF3\xA0\x81\x81\xE2\x81\xA0\n"}),
      text_case("a body like a front matter comes back",
                {.body = "+++\ntitle = \"x\"\nlabels = [\"ready\"]\n+++\nbody\n"}),
      text_case("a body like a marker of ours comes back", {.body = "<!-- afk-run-card/1 run=x sum=y -->\n"}),
      {group, "records are answered in the order asked", answers_in_order},
      {group, "a missing issue is gone", missing_issue_is_gone},
      {group, "a removed issue is gone", removed_issue_is_gone},
      {group, "an issue of a missing repository is gone", issue_without_repository_is_gone},
      {group, "a missing issue does not hide the others", missing_issue_does_not_hide_others},
      {group, "labels come as they are spelled", record_has_labels},
      {group, "open, closed and open again are told apart", states_are_told_apart},
      {group, "closed as not planned is told apart", not_planned_is_told_apart},
      {group, "a reference is found without regard to case", repository_case_of_a_reference_is_folded},
      {group, "a fresh issue has no events, comments and blockers", fresh_issue_has_nothing},
      {group, "an edited title and body show", edits_show},
  };
}

} // namespace afk::test
