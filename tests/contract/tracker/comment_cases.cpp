#include <contract/tracker/tracker_contract.hpp>

#include <algorithm>

namespace afk::test {

namespace {

const Comment* find_comment(const IssueRecord& record, std::string_view id) {
  const auto found = std::ranges::find(record.comments, id, &Comment::id);
  return found == record.comments.end() ? nullptr : &*found;
}

std::string comment_ourselves(TrackerWorld& world, ContractRun& run, const IssueRef& issue, std::string_view body) {
  const auto id = world.tracker().writes().create_comment(issue, body);
  run.require_ok(id);
  return *id;
}

void comments_come_oldest_first(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  const std::string first = world.comment(issue, "one", "alice");
  const std::string second = world.comment(issue, "two", "bob");
  const std::string third = comment_ourselves(world, run, issue, "three");
  const auto comments = fetch(world, run, issue).comments;
  run.require(comments.size() == 3, "three comments");
  run.expect(comments[0].id == first && comments[1].id == second && comments[2].id == third, "their order");
  run.expect(comments[0].body == "one" && comments[1].body == "two" && comments[2].body == "three", "their texts");
  run.expect(comments[0].created_at <= comments[1].created_at && comments[1].created_at <= comments[2].created_at,
             "their times");
}

void authors_are_told_apart(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.comment(issue, "one", "alice");
  world.comment(issue, "two", "bob");
  comment_ourselves(world, run, issue, "three");
  const auto comments = fetch(world, run, issue).comments;
  run.require(comments.size() == 3, "three comments");
  run.expect(comments[0].author.login == "alice" && comments[0].author.kind == ActorKind::person, "alice");
  run.expect(comments[1].author.login == "bob" && comments[1].author.id != comments[0].author.id, "bob");
  run.expect(comments[2].author.kind == ActorKind::own_account, "us");
}

void author_is_the_actor_of_the_log(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.comment(issue, "one", "alice");
  world.put_label(issue, "a", "alice");
  const IssueRecord record = fetch(world, run, issue);
  run.require(record.comments.size() == 1 && record.events.size() == 1, "one of each");
  run.expect(record.comments[0].author == record.events[0].actor, "one and the same person");
}

void fresh_comment_is_not_edited(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  const auto before = world.tracker().fetch_time();
  world.comment(issue, "one", "alice");
  const auto comments = fetch(world, run, issue).comments;
  run.require(comments.size() == 1, "one comment");
  run.expect(!comments[0].edited_at.has_value() && !comments[0].edited_by.has_value(), "no edit");
  run.expect(comments[0].created_at >= before.value() - std::chrono::seconds(1), "its time");
}

void edit_keeps_identity(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  const std::string id = comment_ourselves(world, run, issue, "one");
  const Comment before = fetch(world, run, issue).comments.at(0);
  run.require_ok(world.tracker().writes().edit_comment(issue, id, "two"));
  const auto comments = fetch(world, run, issue).comments;
  run.require(comments.size() == 1, "one comment");
  run.expect(comments[0].id == id && comments[0].author == before.author && comments[0].created_at == before.created_at,
             "the same comment");
  run.expect(comments[0].body == "two", "the new text");
  run.expect(comments[0].edited_at.has_value() && *comments[0].edited_at >= before.created_at, "when it was edited");
}

void marked_comment_is_written_once(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  world.comment(issue, "see run=one here", "alice");
  const auto once = [&](std::string_view body, std::string_view mark) {
    const auto id = world.tracker().writes().create_comment_once(issue, body, mark);
    run.require_ok(id);
    return *id;
  };
  const std::string first = once("card run=one first", " run=one ");
  run.expect(once("card run=one second", " run=one ") == first, "the id of the one that is there");
  run.expect(once("card run=two", "run=two") != first, "another mark, another comment");
  const auto comments = fetch(world, run, issue).comments;
  run.require(comments.size() == 3, "a person's comment with the mark does not count");
  run.expect(comments[1].id == first && comments[1].body == "card run=one first", "the first text stays");
}

void edit_by_a_person_shows(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  const std::string id = world.comment(issue, "yes", "alice");
  world.change_comment(issue, id, "no", "mallory");
  const IssueRecord record = fetch(world, run, issue);
  const Comment* const comment = find_comment(record, id);
  run.require(comment != nullptr, "the comment");
  run.expect(comment->body == "no", "the new text");
  run.expect(comment->edited_at.has_value(), "that it was edited");
  run.expect(!comment->edited_by || comment->edited_by->login == "mallory", "by whom, where the tracker tells");
}

void edited_card_of_ours_shows(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  const std::string id = comment_ourselves(world, run, issue, "card");
  world.change_comment(issue, id, "forged card", "mallory");
  const IssueRecord record = fetch(world, run, issue);
  const Comment* const comment = find_comment(record, id);
  run.require(comment != nullptr, "the comment");
  run.expect(comment->author.kind == ActorKind::own_account, "still our comment");
  run.expect(comment->edited_at.has_value(), "that it was edited");
}

void edit_does_not_reorder(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  const std::string first = comment_ourselves(world, run, issue, "one");
  world.comment(issue, "two", "alice");
  run.require_ok(world.tracker().writes().edit_comment(issue, first, "one again"));
  const auto comments = fetch(world, run, issue).comments;
  run.require(comments.size() == 2, "two comments");
  run.expect(comments[0].id == first, "the edited one still first");
}

void same_text_is_no_edit(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  const std::string id = comment_ourselves(world, run, issue, "one");
  run.require_ok(world.tracker().writes().edit_comment(issue, id, "one"));
  const auto comments = fetch(world, run, issue).comments;
  run.require(comments.size() == 1, "one comment");
  run.expect(comments[0].body == "one", "its text");
}

void missing_comment_is_not_found(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  comment_ourselves(world, run, issue, "one");
  run.expect_error(world.tracker().writes().edit_comment(issue, "999999999", "two"), ErrorKind::not_found);
}

void hostile_comment_id_is_not_found(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  comment_ourselves(world, run, issue, "one");
  for (const std::string_view id : {"", ".", "..", "../1", "/etc/passwd", "1/../../x"}) {
    run.expect_error(world.tracker().writes().edit_comment(issue, id, "two"), ErrorKind::not_found);
  }
}

void comment_on_a_missing_issue_is_not_found(TrackerWorld& world, ContractRun& run) {
  IssueRef issue = make_issue(world);
  issue.number = 4711;
  run.expect_error(world.tracker().writes().create_comment(issue, "one"), ErrorKind::not_found);
  run.expect_error(world.tracker().writes().edit_comment(issue, "1", "one"), ErrorKind::not_found);
  issue.repository.name = "nothing";
  run.expect_error(world.tracker().writes().create_comment(issue, "one"), ErrorKind::not_found);
}

void many_comments_are_all_there(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  for (int count = 0; count < 120; ++count) { // more than a page of any forge
    world.comment(issue, "comment " + std::to_string(count), "alice");
  }
  const auto comments = fetch(world, run, issue).comments;
  run.require(comments.size() == 120, "every comment");
  for (std::size_t index = 0; index < comments.size(); ++index) {
    run.expect(comments[index].body == "comment " + std::to_string(index), "each at its place");
  }
}

void ours_come_in_the_order_made(TrackerWorld& world, ContractRun& run) {
  const IssueRef issue = make_issue(world);
  std::vector<std::string> ids;
  for (int count = 0; count < 10; ++count) {
    ids.push_back(comment_ourselves(world, run, issue, "comment " + std::to_string(count)));
  }
  std::vector<std::string> shown;
  for (const Comment& comment : fetch(world, run, issue).comments) {
    shown.push_back(comment.id);
  }
  run.expect(shown == ids, "their order, even within one second");
}

ContractCase text_case(std::string_view name, std::string body) {
  return {"comments", name, [body](TrackerWorld& world, ContractRun& run) {
            const IssueRef issue = make_issue(world);
            const std::string id = comment_ourselves(world, run, issue, body);
            const IssueRecord record = fetch(world, run, issue);
            const Comment* const comment = find_comment(record, id);
            run.require(comment != nullptr, "the comment");
            run.expect(comment->body == body, "its text byte for byte");
          }};
}

} // namespace

std::vector<ContractCase> comment_cases() {
  constexpr std::string_view group = "comments";
  return {
      {group, "comments come oldest first", comments_come_oldest_first},
      {group, "authors are told apart, ourselves among them", authors_are_told_apart},
      {group, "an author is the same actor as in the log", author_is_the_actor_of_the_log},
      {group, "a fresh comment is not edited", fresh_comment_is_not_edited},
      {group, "an edit keeps id, author and time", edit_keeps_identity},
      {group, "a marked comment is written once", marked_comment_is_written_once},
      {group, "an edit by a person shows", edit_by_a_person_shows},
      {group, "a comment of ours that a person edits shows it", edited_card_of_ours_shows},
      {group, "an edit does not change the order", edit_does_not_reorder},
      {group, "an edit to the same text changes nothing", same_text_is_no_edit},
      {group, "a missing comment is not found", missing_comment_is_not_found},
      {group, "a hostile comment id is not found", hostile_comment_id_is_not_found},
      {group, "a comment on a missing issue is not found", comment_on_a_missing_issue_is_not_found},
      {group, "more comments than fit on a page are all there", many_comments_are_all_there},
      {group, "our comments come in the order made", ours_come_in_the_order_made},
      text_case("a comment of 64 KiB comes back", std::string(64UL * 1024UL, 'x')),
      text_case("a comment with markers and fences comes back",
                "<!-- afk-run-card/1 a=b sum=c -->\n+++\nauthor = \"mallory\"\n+++\n```\n"),
      text_case("a comment with controls and emoji comes back", "\x1B[31m \xF0\x9F\x9A\x80 \xE2\x80\xAE\n"),
      text_case("a comment without a line feed at its end comes back", "no line feed"),
  };
}

} // namespace afk::test
