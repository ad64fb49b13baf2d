#include <contract/tracker/tracker_contract.hpp>

#include <algorithm>
#include <thread>

namespace afk::test {

namespace {

using Target = TrackerWrites::LabelTarget;
constexpr std::string_view in_progress = "agent-in-progress";

void label_on_shows(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  run.require_ok(world.tracker().writes().set_label(issue, in_progress, Target::on));
  run.expect(has_exactly(fetch(world, run, issue).labels, {std::string(in_progress)}), "the label in the record");
  run.expect(list(world, run, {.labels = {std::string(in_progress)}}).issues.size() == 1, "the issue in the list");
}

void label_off_shows(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, "ready", "alice");
  run.require_ok(world.tracker().writes().set_label(issue, "ready", Target::off));
  run.expect(fetch(world, run, issue).labels.empty(), "no label in the record");
  run.expect(list(world, run, {.labels = {"ready"}}).issues.empty(), "nothing in the list");
}

void label_on_twice_is_once(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  for (int round = 0; round < 2; ++round) {
    run.require_ok(world.tracker().writes().set_label(issue, in_progress, Target::on));
  }
  const IssueRecord record = fetch(world, run, issue);
  run.expect(record.labels.size() == 1, "one label");
  run.expect(label_events(record, in_progress).size() == 1, "one event");
}

void label_off_twice_is_once(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, "ready", "alice");
  for (int round = 0; round < 2; ++round) {
    run.require_ok(world.tracker().writes().set_label(issue, "ready", Target::off));
  }
  run.expect(label_events(fetch(world, run, issue), "ready").size() == 2, "one event each way");
}

void absent_label_off_is_nothing(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  run.require_ok(world.tracker().writes().set_label(issue, "never-there", Target::off));
  run.expect(fetch(world, run, issue).events.empty(), "no event");
}

void label_on_folds_case(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, "Agent-In-Progress", "alice");
  run.require_ok(world.tracker().writes().set_label(issue, in_progress, Target::on));
  run.expect(fetch(world, run, issue).labels.size() == 1, "one label in spite of the case");
}

void label_off_folds_case(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, "Agent-In-Progress", "alice");
  run.require_ok(world.tracker().writes().set_label(issue, in_progress, Target::off));
  run.expect(fetch(world, run, issue).labels.empty(), "no label");
}

void new_label_can_be_set(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  run.require_ok(world.tracker().writes().set_label(issue, "nobody-has-used-this-before", Target::on));
  run.expect(fetch(world, run, issue).labels.size() == 1, "the label");
}

void other_labels_stay(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  const IssueRef neighbour = world.create_issue(home);
  for (const std::string_view label : {"a", "b", "c"}) {
    world.put_label(issue, label, "alice");
    world.put_label(neighbour, label, "alice");
  }
  run.require_ok(world.tracker().writes().set_label(issue, "b", Target::off));
  run.require_ok(world.tracker().writes().set_label(issue, "d", Target::on));
  run.expect(has_exactly(fetch(world, run, issue).labels, {"a", "c", "d"}), "the other labels of the issue");
  run.expect(has_exactly(fetch(world, run, neighbour).labels, {"a", "b", "c"}), "the labels of its neighbour");
}

void text_stays(TrackerWorld& world, ContractRun& run) {
  const NewIssue written{.title = "Title \"quoted\"", .body = "+++\nbody\n+++\n\r\nend"};
  const IssueRef issue = make_issue(world, written);
  run.require_ok(world.tracker().writes().set_label(issue, in_progress, Target::on));
  run.require_ok(world.tracker().writes().close_issue(issue));
  const IssueRecord record = fetch(world, run, issue);
  run.expect(record.title == written.title && record.body == written.body, "title and body byte for byte");
}

void missing_issue_is_not_found(TrackerWorld& world, ContractRun& run) {
  IssueRef issue = make_issue(world);
  issue.number = 4711;
  TrackerWrites& writes = world.tracker().writes();
  run.expect_error(writes.set_label(issue, "a", Target::on), ErrorKind::not_found);
  run.expect_error(writes.close_issue(issue), ErrorKind::not_found);
  issue.repository.name = "nothing";
  run.expect_error(writes.set_label(issue, "a", Target::on), ErrorKind::not_found);
}

void recording_a_missing_issue_is_not_found(TrackerWorld& world, ContractRun& run) {
  IssueRef issue = make_issue(world);
  issue.number = 4711;
  run.expect_error(world.tracker().writes().record_hand_edits(issue), ErrorKind::not_found);
}

void closing_shows(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  run.require_ok(world.tracker().writes().close_issue(issue));
  const IssueRecord record = fetch(world, run, issue);
  run.expect(record.state == IssueState::closed, "closed as done");
  run.require(record.events.size() == 1, "one event");
  run.expect(record.events[0].kind == IssueEventKind::closed && record.events[0].actor.kind == ActorKind::own_account,
             "by us");
}

void closing_twice_is_once(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  for (int round = 0; round < 2; ++round) {
    run.require_ok(world.tracker().writes().close_issue(issue));
  }
  run.expect(fetch(world, run, issue).events.size() == 1, "one event");
}

void closing_does_not_change_the_reason(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.close(issue, IssueState::closed_not_planned, "alice");
  run.require_ok(world.tracker().writes().close_issue(issue));
  run.expect(fetch(world, run, issue).state == IssueState::closed_not_planned, "what alice said");
}

void closed_issues_can_be_labelled(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, in_progress, "alice");
  world.close(issue, IssueState::closed, "alice");
  run.require_ok(world.tracker().writes().set_label(issue, in_progress, Target::off));
  const IssueRecord record = fetch(world, run, issue);
  run.expect(record.labels.empty() && record.state == IssueState::closed, "the label off and the issue closed");
}

void writes_are_read_back(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  for (int round = 0; round < 5; ++round) {
    run.require_ok(world.tracker().writes().set_label(issue, "a", Target::on));
    run.expect(fetch(world, run, issue).labels.size() == 1, "the label at once");
    run.require_ok(world.tracker().writes().set_label(issue, "a", Target::off));
    run.expect(fetch(world, run, issue).labels.empty(), "no label at once");
  }
  run.expect(fetch(world, run, issue).events.size() == 10, "each of them in the log");
}

void blank_label_is_refused(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  for (const std::string_view label : {std::string_view(""), std::string_view("  ")}) {
    run.expect(!world.tracker().writes().set_label(issue, label, Target::on).ok(), "no answer for a blank label");
  }
  run.expect(fetch(world, run, issue).events.empty(), "nothing done");
}

void hostile_label_comes_back(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  const std::string label = "a \"b\" \\ ], #x \xF0\x9F\x9A\x80";
  run.require_ok(world.tracker().writes().set_label(issue, label, Target::on));
  run.expect(has_exactly(fetch(world, run, issue).labels, {label}), "the label byte for byte");
  run.require_ok(world.tracker().writes().set_label(issue, label, Target::off));
  run.expect(fetch(world, run, issue).labels.empty(), "and off again");
}

void nothing_by_hand_changes_nothing(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, "ready", "alice");
  const IssueRecord before = fetch(world, run, issue);
  const auto events = world.tracker().writes().record_hand_edits(issue);
  run.require_ok(events);
  run.expect(*events == before.events, "the log as it was");
  run.expect(fetch(world, run, issue) == before, "the issue as it was");
}

// What the body of each thread answers, all of them started together.
std::vector<Error> run_together(std::span<const std::function<Result<void>()>> bodies) {
  std::vector<Result<void>> results(bodies.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t index = 0; index < bodies.size(); ++index) {
      threads.emplace_back([&, index] { results[index] = bodies[index](); });
    }
  }
  std::vector<Error> errors;
  for (Result<void>& result : results) {
    if (!result) {
      errors.push_back(std::move(result).error());
    }
  }
  return errors;
}

void two_writers_lose_nothing(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  std::vector<std::function<Result<void>()>> bodies;
  for (int index = 0; index < 8; ++index) {
    TrackerWrites& writes = (index % 2 == 0 ? world.tracker() : world.second_tracker()).writes();
    bodies.emplace_back(
        [&writes, &issue, index] { return writes.set_label(issue, "label-" + std::to_string(index), Target::on); });
  }
  run.expect(run_together(bodies).empty(), "no error");
  const IssueRecord record = fetch(world, run, issue);
  run.expect(record.labels.size() == 8, "every label");
  run.expect(record.events.size() == 8, "an event for each");
}

void two_writers_of_one_label_are_one(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  std::vector<std::function<Result<void>()>> bodies;
  for (int index = 0; index < 6; ++index) {
    TrackerWrites& writes = (index % 2 == 0 ? world.tracker() : world.second_tracker()).writes();
    bodies.emplace_back([&writes, &issue] { return writes.set_label(issue, in_progress, Target::on); });
  }
  run.expect(run_together(bodies).empty(), "no error");
  const IssueRecord record = fetch(world, run, issue);
  run.expect(record.labels.size() == 1, "one label");
  run.expect(record.events.size() == 1, "one event");
}

void two_commenters_lose_nothing(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  std::vector<std::function<Result<void>()>> bodies;
  for (int index = 0; index < 8; ++index) {
    TrackerWrites& writes = (index % 2 == 0 ? world.tracker() : world.second_tracker()).writes();
    bodies.emplace_back([&writes, &issue, index]() -> Result<void> {
      const auto id = writes.create_comment(issue, "comment " + std::to_string(index));
      return id ? Result<void>() : Result<void>(id.error());
    });
  }
  run.expect(run_together(bodies).empty(), "no error");
  std::vector<std::string> texts;
  for (const Comment& comment : fetch(world, run, issue).comments) {
    texts.push_back(comment.body);
  }
  std::ranges::sort(texts);
  run.expect(texts.size() == 8 && std::ranges::adjacent_find(texts) == texts.end(), "each comment once");
}

void readers_see_whole_states(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  bool whole = true;
  std::vector<std::function<Result<void>()>> bodies;
  bodies.emplace_back([&]() -> Result<void> {
    for (int round = 0; round < 30; ++round) {
      const Target target = round % 2 == 0 ? Target::on : Target::off;
      if (auto set = world.tracker().writes().set_label(issue, in_progress, target); !set) {
        return set;
      }
    }
    return {};
  });
  bodies.emplace_back([&]() -> Result<void> {
    for (int round = 0; round < 60; ++round) {
      const auto records = world.second_tracker().fetch_issues(std::span(&issue, 1));
      if (!records.front() && records.front().error().kind == ErrorKind::unreachable) {
        continue; // it changed while it was read: look again
      }
      if (!records.front()) {
        return records.front().error();
      }
      const std::size_t changes = records.front()->events.size();
      whole = whole && records.front()->labels.size() == changes % 2;
    }
    return {};
  });
  for (const Error& error : run_together(bodies)) {
    run.expect(false, "no error, not: " + error.message);
  }
  run.expect(whole, "labels and log from one moment at every look");
}

} // namespace

std::vector<ContractCase> write_cases() {
  constexpr std::string_view group = "writes";
  return {
      {group, "a label put on shows in record and list", label_on_shows},
      {group, "a label taken off is gone from both", label_off_shows},
      {group, "a label put on twice is on once", label_on_twice_is_once},
      {group, "a label taken off twice is off once", label_off_twice_is_once},
      {group, "taking off what is not there does nothing", absent_label_off_is_nothing},
      {group, "putting on folds case", label_on_folds_case},
      {group, "taking off folds case", label_off_folds_case},
      {group, "a label that the tracker did not know can be set", new_label_can_be_set},
      {group, "other labels and other issues stay as they are", other_labels_stay},
      {group, "title and body stay as they are", text_stays},
      {group, "writing to a missing issue is not found", missing_issue_is_not_found},
      {group, "recording edits of a missing issue is not found", recording_a_missing_issue_is_not_found},
      {group, "closing shows and is our event", closing_shows},
      {group, "closing twice is closing once", closing_twice_is_once},
      {group, "closing what is closed keeps its reason", closing_does_not_change_the_reason},
      {group, "a closed issue can be labelled", closed_issues_can_be_labelled},
      {group, "a write can be read back at once", writes_are_read_back},
      {group, "a blank label is refused", blank_label_is_refused},
      {group, "a hostile label comes back", hostile_label_comes_back},
      {group, "recording nothing by hand changes nothing", nothing_by_hand_changes_nothing},
      {group, "two writers of different labels lose nothing", two_writers_lose_nothing},
      {group, "two writers of one label write it once", two_writers_of_one_label_are_one},
      {group, "two commenters lose nothing", two_commenters_lose_nothing},
      {group, "a reader beside a writer sees whole states", readers_see_whole_states},
  };
}

} // namespace afk::test
