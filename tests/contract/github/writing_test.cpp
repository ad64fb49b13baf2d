#include <contract/github/github_world.hpp>
#include <support/catch.hpp>

#include <afk/core/issue_history.hpp>

using namespace afk;
using namespace afk::test;
using Target = TrackerWrites::LabelTarget;

namespace {

struct WritingWorld : GithubWorld {
  WritingWorld() {
    forge.create_repository(github_home);
    issue = forge.create_issue(github_home, "One", "text");
    connection = connect();
  }

  TrackerWrites& writes() { return connection->tracker.writes(); }

  IssueRef issue;
  std::unique_ptr<GithubConnection> connection;
};

} // namespace

TEST_CASE("a label that the repository does not have is made") {
  WritingWorld world;
  REQUIRE(world.writes().set_label(world.issue, "needs a/slash", Target::on).ok());
  CHECK(has_label(world.fetch(world.issue).labels, "needs a/slash"));
  CHECK(world.count("POST /repos/acme/app/labels") == 1);
  REQUIRE(world.writes().set_label(world.issue, "needs a/slash", Target::off).ok());
  CHECK(world.fetch(world.issue).labels.empty());
  CHECK(world.writes().set_label(world.issue, "needs a/slash", Target::off).ok());
  const IssueRef absent{github_home, 99};
  CHECK(world.writes().set_label(absent, "x", Target::on).error().kind == ErrorKind::not_found);
  CHECK(world.writes().set_label(absent, "x", Target::off).error().kind == ErrorKind::not_found);
}

TEST_CASE("a write whose answer is lost is read back and not sent again") {
  WritingWorld world;
  const FakeFault fault = GENERATE(FakeFault::lost_after, FakeFault::error_after, FakeFault::truncated_after);
  SECTION("a label") {
    world.forge.inject({.fault = fault, .match = "POST /repos/acme/app/issues/1/labels"});
    CHECK(world.writes().set_label(world.issue, "agent-in-progress", Target::on).ok());
    CHECK(world.count("POST /repos/acme/app/issues/1/labels") == 1);
  }
  SECTION("a label that goes") {
    world.forge.put_label(world.issue, "bug", "maria");
    world.forge.inject({.fault = fault, .match = "DELETE /repos/acme/app/issues/1/labels"});
    CHECK(world.writes().set_label(world.issue, "bug", Target::off).ok());
    CHECK(world.count("DELETE") == 1);
  }
  SECTION("a comment with a mark") {
    world.forge.inject({.fault = fault, .match = "POST /repos/acme/app/issues/1/comments"});
    CHECK(world.writes().create_comment_once(world.issue, "text <!-- mark -->", "<!-- mark -->").ok());
    CHECK(world.fetch(world.issue).comments.size() == 1);
  }
  SECTION("a comment without one") {
    world.forge.inject({.fault = fault, .match = "POST /repos/acme/app/issues/1/comments"});
    CHECK(world.writes().create_comment(world.issue, "text").ok());
    CHECK(world.fetch(world.issue).comments.size() == 1);
  }
  SECTION("an edit") {
    const auto id = world.writes().create_comment(world.issue, "text");
    REQUIRE(id.ok());
    world.forge.inject({.fault = fault, .match = "PATCH"});
    CHECK(world.writes().edit_comment(world.issue, *id, "another").ok());
    CHECK(world.count("PATCH") == 1);
  }
  SECTION("a close") {
    world.forge.inject({.fault = fault, .match = "PATCH"});
    CHECK(world.writes().close_issue(world.issue).ok());
    CHECK(world.count("PATCH") == 1);
    CHECK(world.fetch(world.issue).state == IssueState::closed);
  }
}

TEST_CASE("a write that did not arrive is said to have failed") {
  WritingWorld world;
  const FakeFault fault = GENERATE(FakeFault::lost_before, FakeFault::unavailable, FakeFault::server_error);
  world.forge.inject({.fault = fault, .match = "POST /repos/acme/app/issues/1/"});
  SECTION("a label") {
    CHECK(world.writes().set_label(world.issue, "agent-in-progress", Target::on).error().kind ==
          ErrorKind::unreachable);
  }
  SECTION("a comment") {
    CHECK(world.writes().create_comment_once(world.issue, "text", "text").error().kind == ErrorKind::unreachable);
  }
  CHECK(world.fetch(world.issue).labels.empty());
  CHECK(world.fetch(world.issue).comments.empty());
}

TEST_CASE("a marked comment is written once, by however many ticks") {
  WritingWorld world;
  auto second = world.connect();
  const auto first_id = world.writes().create_comment_once(world.issue, "card <!-- run -->", "<!-- run -->");
  const auto second_id = second->tracker.writes().create_comment_once(world.issue, "card <!-- run -->", "<!-- run -->");
  REQUIRE(first_id.ok());
  REQUIRE(second_id.ok());
  CHECK(*first_id == *second_id);
  world.forge.comment(world.issue, "mallory copies <!-- other -->", "mallory");
  REQUIRE(world.writes().create_comment_once(world.issue, "mine <!-- other -->", "<!-- other -->").ok());
  CHECK(world.fetch(world.issue).comments.size() == 3);
}

TEST_CASE("a person's reason for closing stays") {
  WritingWorld world;
  world.forge.close(world.issue, "not_planned", "maria");
  CHECK(world.writes().close_issue(world.issue).ok());
  CHECK(world.fetch(world.issue).state == IssueState::closed_not_planned);
}

TEST_CASE("a token that may not write says so with the permission it lacks") {
  WritingWorld world;
  world.forge.inject({.fault = FakeFault::forbidden, .match = "POST"});
  const auto written = world.writes().set_label(world.issue, "bug", Target::on);
  REQUIRE(!written.ok());
  CHECK(written.error().kind == ErrorKind::forbidden);
}
