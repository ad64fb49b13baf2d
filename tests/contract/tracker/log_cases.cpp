#include <contract/tracker/tracker_contract.hpp>

#include <algorithm>

namespace afk::test {

namespace {

constexpr std::string_view ready = "ready-for-agent";

std::vector<IssueEvent> armings(TrackerWorld& world, ContractRun& run, const IssueRef& issue) {
  std::vector<IssueEvent> events = label_events(fetch(world, run, issue), ready);
  std::erase_if(events, [](const IssueEvent& event) { return event.kind != IssueEventKind::labeled; });
  return events;
}

std::vector<IssueEvent> events_of(TrackerWorld& world, ContractRun& run, const IssueRef& issue, IssueEventKind kind) {
  std::vector<IssueEvent> events = fetch(world, run, issue).events;
  std::erase_if(events, [&](const IssueEvent& event) { return event.kind != kind; });
  return events;
}

void labelling_is_an_event(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  const auto before = world.tracker().fetch_time();
  world.put_label(issue, ready, "alice");
  const auto after = world.tracker().fetch_time();
  const auto events = armings(world, run, issue);
  run.require(events.size() == 1, "one event");
  const IssueEvent& event = events.front();
  run.expect(event.label == ready, "its label");
  run.expect(event.actor.login == "alice" && event.actor.kind == ActorKind::person && !event.actor.id.empty(), "who");
  // A tracker may keep whole seconds.
  run.expect(event.time >= before.value() - std::chrono::seconds(1) && event.time <= after.value(), "when");
  run.expect(event.recorded, "that the log has it");
  run.expect(parse_arming_id(event.id.text).ok(), "an id that can name a run");
}

void unlabelling_is_an_event(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, ready, "alice");
  world.take_label(issue, ready, "bob");
  const auto events = label_events(fetch(world, run, issue), ready);
  run.require(events.size() == 2, "two events");
  run.expect(events[1].kind == IssueEventKind::unlabeled && events[1].actor.login == "bob", "who took it off");
}

void events_stand_in_order(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, "a", "alice");
  world.put_label(issue, "b", "alice");
  world.take_label(issue, "a", "alice");
  world.close(issue, IssueState::closed, "alice");
  const auto events = fetch(world, run, issue).events;
  run.require(events.size() == 4, "four events");
  run.expect(events[0].label == "a" && events[1].label == "b" && events[2].kind == IssueEventKind::unlabeled &&
                 events[3].kind == IssueEventKind::closed,
             "the order in which they happened");
  run.expect(std::ranges::is_sorted(events, {}, &IssueEvent::time), "times that do not step back");
}

void arming_id_is_stable(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, ready, "alice");
  const auto first = armings(world, run, issue);
  const auto again = armings(world, run, issue);
  run.require(first.size() == 1 && again.size() == 1, "one arming");
  run.expect(first[0].id == again[0].id, "the same id each time");
  const auto elsewhere = world.second_tracker().fetch_issues(std::span(&issue, 1));
  run.require_ok(elsewhere.front());
  run.expect(label_events(*elsewhere.front(), ready).front().id == first[0].id, "the same id for another client");
}

void arming_id_survives_what_follows(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, ready, "alice");
  const ArmingId id = armings(world, run, issue).at(0).id;
  world.put_label(issue, "a", "bob");
  world.comment(issue, "hello", "bob");
  world.change_title(issue, "Another title", "bob");
  run.require_ok(world.tracker().writes().set_label(issue, "agent-in-progress", TrackerWrites::LabelTarget::on));
  world.take_label(issue, ready, "bob");
  world.close(issue, IssueState::closed, "bob");
  run.expect(armings(world, run, issue).at(0).id == id, "the same id after all that");
}

void two_armings_differ(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, ready, "alice");
  world.take_label(issue, ready, "alice");
  world.put_label(issue, ready, "alice");
  const auto events = armings(world, run, issue);
  run.require(events.size() == 2, "two armings");
  run.expect(events[0].id != events[1].id, "two ids");
}

void armings_of_two_issues_are_two_runs(TrackerWorld& world, ContractRun& run) {
  const IssueRef first = make_issue(world);
  const IssueRef second = world.create_issue(home);
  world.put_label(first, ready, "alice");
  world.put_label(second, ready, "alice");
  const auto one = armings(world, run, first);
  const auto two = armings(world, run, second);
  run.require(one.size() == 1 && two.size() == 1, "one arming each");
  run.expect(first.number != second.number || one[0].id != two[0].id, "two identities");
}

void same_label_by_two_people(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, ready, "alice");
  world.put_label(issue, ready, "bob");
  const auto events = armings(world, run, issue);
  run.require(events.size() == 1, "one arming: the label was on already");
  run.expect(events[0].actor.login == "alice", "the first of the two");
}

void people_are_told_apart(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, "a", "alice");
  world.put_label(issue, "b", "bob");
  const auto events = fetch(world, run, issue).events;
  run.require(events.size() == 2, "two events");
  run.expect(events[0].actor.id != events[1].actor.id, "two people");
  world.put_label(issue, "c", "alice");
  run.expect(fetch(world, run, issue).events.at(2).actor == events[0].actor, "one person twice");
}

void own_account_is_told_apart(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, ready, "alice");
  run.require_ok(world.tracker().writes().set_label(issue, "agent-in-progress", TrackerWrites::LabelTarget::on));
  const IssueRecord record = fetch(world, run, issue);
  const auto own = label_events(record, "agent-in-progress");
  run.require(own.size() == 1, "one event of ours");
  run.expect(own[0].actor.kind == ActorKind::own_account, "that it was us");
  run.expect(label_events(record, ready).at(0).actor.kind == ActorKind::person, "that the other one was not");
}

void closing_is_an_event(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.close(issue, IssueState::closed, "alice");
  world.reopen(issue, "bob");
  const auto closed = events_of(world, run, issue, IssueEventKind::closed);
  const auto reopened = events_of(world, run, issue, IssueEventKind::reopened);
  run.require(closed.size() == 1 && reopened.size() == 1, "one event each");
  run.expect(closed[0].actor.login == "alice" && reopened[0].actor.login == "bob", "who");
  run.expect(closed[0].label.empty(), "no label");
}

void title_change_is_an_event(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, ready, "alice");
  world.change_title(issue, "Something else", "mallory");
  const auto events = events_of(world, run, issue, IssueEventKind::title_changed);
  run.require(events.size() == 1, "one event");
  run.expect(events[0].actor.login == "mallory", "who");
  run.expect(events[0].time >= armings(world, run, issue).at(0).time, "that it came after the arming");
}

void body_change_is_an_event(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.put_label(issue, ready, "alice");
  world.change_body(issue, "Something else\n", "mallory");
  const auto events = events_of(world, run, issue, IssueEventKind::body_changed);
  run.require(events.size() == 1, "one event");
  run.expect(events[0].actor.login == "mallory", "who");
}

void comments_are_no_events(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.comment(issue, "hello", "alice");
  run.expect(fetch(world, run, issue).events.empty(), "no event");
}

void log_and_labels_agree(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  for (int round = 0; round < 3; ++round) {
    world.put_label(issue, ready, "alice");
    world.put_label(issue, "a", "bob");
    world.take_label(issue, ready, "alice");
  }
  world.put_label(issue, ready, "alice");
  const IssueRecord record = fetch(world, run, issue);
  std::vector<std::string> replayed;
  for (const IssueEvent& event : record.events) {
    if (event.kind == IssueEventKind::labeled) {
      replayed.push_back(event.label);
    } else if (event.kind == IssueEventKind::unlabeled) {
      std::erase(replayed, event.label);
    }
  }
  run.expect(has_exactly(replayed, record.labels), "the labels that the log adds up to");
}

void log_is_not_of_another_issue(TrackerWorld& world, ContractRun& run) {
  const IssueRef first = make_issue(world);
  const IssueRef second = world.create_issue(home);
  world.put_label(first, ready, "alice");
  run.expect(fetch(world, run, second).events.empty(), "no event at the other issue");
}

void long_logs_are_whole(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  for (int round = 0; round < 70; ++round) { // more than a page of any forge
    world.put_label(issue, ready, "alice");
    world.take_label(issue, ready, "alice");
  }
  run.expect(label_events(fetch(world, run, issue), ready).size() == 140, "every event");
}

} // namespace

std::vector<ContractCase> log_cases() {
  constexpr std::string_view group = "log";
  return {
      {group, "putting a label on is an event with who and when", labelling_is_an_event},
      {group, "taking a label off is an event", unlabelling_is_an_event},
      {group, "events come oldest first", events_stand_in_order},
      {group, "an arming has the same id each time and for everybody", arming_id_is_stable},
      {group, "an arming keeps its id whatever follows", arming_id_survives_what_follows},
      {group, "arming again is another id", two_armings_differ},
      {group, "armings of two issues are two identities", armings_of_two_issues_are_two_runs},
      {group, "a label that is on is not put on again", same_label_by_two_people},
      {group, "people are told apart", people_are_told_apart},
      {group, "our own account is told apart", own_account_is_told_apart},
      {group, "closing and reopening are events", closing_is_an_event},
      {group, "a change of the title is an event", title_change_is_an_event},
      {group, "a change of the body is an event", body_change_is_an_event},
      {group, "comments are no events", comments_are_no_events},
      {group, "the log adds up to the labels", log_and_labels_agree},
      {group, "a log belongs to one issue", log_is_not_of_another_issue},
      {group, "a log longer than a page is whole", long_logs_are_whole},
  };
}

} // namespace afk::test
