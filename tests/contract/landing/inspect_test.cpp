// What the landing sees of a run's commits.

#include "landing_world.hpp"

#include <support/catch.hpp>

#include <algorithm>

namespace afk::test {
namespace {

using Strings = std::vector<std::string>;

TEST_CASE("a run without a clone has done nothing", "[landing]") {
  LandingWorld world;
  const WorkEvidence evidence = world.evidence();
  CHECK(evidence.base_branch == "main");
  CHECK(evidence.base_head == world.origin.head());
  CHECK(evidence.run_head.empty());
  CHECK(evidence.candidate_head.empty());
  CHECK(evidence.commits == 0);
  CHECK(evidence.published.state == PublishedState::nothing);
  CHECK_FALSE(std::filesystem::exists(world.mirror().path()));
}

TEST_CASE("a run without a commit has done nothing", "[landing]") {
  const auto world = LandingWorld::prepared();
  put_file(world->clone() / "uncommitted", "x");
  const WorkEvidence evidence = world->evidence();
  CHECK(evidence.run_head.empty());
  CHECK(evidence.commits == 0);
  CHECK(evidence.published.state == PublishedState::nothing);
}

TEST_CASE("commits on the base are their own candidate", "[landing]") {
  const auto world = LandingWorld::prepared();
  world->clone().commit("src/a b.txt", "1", "Add a file\n\nwith a body");
  const std::string head = world->clone().commit("README", "changed\n", "Change the other");
  const WorkEvidence evidence = world->evidence();
  CHECK(evidence.run_head == head);
  CHECK(evidence.candidate_head == head);
  CHECK(evidence.commits == 2);
  CHECK(evidence.conflicts.empty());
  CHECK(evidence.changed_paths == Strings{"README", "src/a b.txt"});
  CHECK(evidence.subjects == Strings{"Change the other", "Add a file"});
  CHECK(evidence.published.state == PublishedState::nothing);
}

TEST_CASE("commits on another branch are not the run's", "[landing]") {
  const auto world = LandingWorld::prepared();
  world->clone().git({"checkout", "--quiet", "-b", "other"});
  world->clone().commit("a", "1");
  CHECK(world->evidence().run_head.empty());
}

TEST_CASE("names of files are whole, whatever is in them", "[landing]") {
  const auto world = LandingWorld::prepared();
  world->clone().commit("line\nfeed \"quoted\" \x1b[2J", "1");
  CHECK(world->evidence().changed_paths == Strings{"line\nfeed \"quoted\" \x1b[2J"});
}

TEST_CASE("at most twenty subjects, and bounded ones", "[landing]") {
  const auto world = LandingWorld::prepared();
  for (int number = 0; number < 25; ++number) {
    world->clone().commit("a", std::to_string(number), std::string(300, 'x'));
  }
  const WorkEvidence evidence = world->evidence();
  CHECK(evidence.commits == 25);
  REQUIRE(evidence.subjects.size() == 20);
  CHECK(evidence.subjects.front() == std::string(200, 'x'));
}

TEST_CASE("a base that has moved is merged", "[landing]") {
  const auto world = LandingWorld::prepared();
  const std::string head = world->clone().commit("a", "1");
  const std::string base = world->origin.commit("b", "2");
  const WorkEvidence evidence = world->evidence();
  CHECK(evidence.run_head == head);
  CHECK(evidence.base_head == base);
  CHECK(evidence.commits == 1);
  CHECK(evidence.conflicts.empty());
  CHECK(evidence.changed_paths == Strings{"a"});
  REQUIRE_FALSE(evidence.candidate_head.empty());
  CHECK(evidence.candidate_head != head);

  SECTION("into one and the same commit everywhere") {
    CHECK(world->evidence().candidate_head == evidence.candidate_head);
    const auto other = LandingWorld::prepared();
    REQUIRE(other->clone().commit("a", "1") == head);
    REQUIRE(other->origin.commit("b", "2") == base);
    CHECK(other->evidence().candidate_head == evidence.candidate_head);
    // Golden: another version of afk must make the same commit, or a candidate that was verified would not be found.
    CHECK(evidence.candidate_head == "1ab560460ef29f74c1ee87d762cec3d15d2d3751");
  }
  SECTION("by afk, base first") {
    REQUIRE(world->landing().keep_candidate(world->query(), evidence).ok());
    const GitRepository mirror = world->mirror();
    CHECK(mirror.git(
              {"show", "-s", "--format=%P|%an <%ae>|%cn <%ce>|%at %ct|%s|%(trailers:only)", evidence.candidate_head}) ==
          base + " " + head +
              "|afk <afk@localhost>|afk <afk@localhost>|1700000000 1700000000|Merge afk/7-abcdefgh into main|"
              "Afk-Run: afk-abcdefghijklmnopqrstuvwxyz");
    CHECK(mirror.git({"ls-tree", "-r", "--name-only", evidence.candidate_head}) == "README\na\nb");
  }
  SECTION("unless the run has merged it itself") {
    REQUIRE(world->workspace.fetch_base(world->source()).ok());
    world->clone().git({"pull", "--quiet", "--no-rebase", "--no-edit"});
    const WorkEvidence after = world->evidence();
    CHECK(after.candidate_head == world->clone().head());
    CHECK(after.commits == 2);
    CHECK(after.changed_paths == Strings{"a"});
  }
}

TEST_CASE("the merge is dated by its newer parent", "[landing]") {
  struct Case {
    const char* name;
    std::string time;
    std::string expected;
  };

  const auto row = GENERATE(values<Case>({{"older", "@1600000000 +0000", "1700000000"},
                                          {"newer", "@1800000000 +0530", "1800000000"},
                                          {"far in the future", "@99999999999 +0000", "4102444800"}}));
  CAPTURE(row.name);
  const auto world = LandingWorld::prepared();
  world->clone().commit("a", "1");
  world->clone().git(
      {"-c", "alias.stamp=!GIT_COMMITTER_DATE='" + row.time + "' git commit -q --amend --no-edit", "stamp"});
  world->origin.commit("b", "2");
  const WorkEvidence evidence = world->evidence();
  REQUIRE(world->landing().keep_candidate(world->query(), evidence).ok());
  CHECK(world->mirror().git({"show", "-s", "--format=%at %ct", evidence.candidate_head}) ==
        row.expected + " " + row.expected);
}

TEST_CASE("a base that has moved may conflict", "[landing]") {
  const auto world = LandingWorld::prepared();
  const std::string head = world->clone().commit("README", "of the run\n");
  world->origin.commit("README", "of a person\n");
  const WorkEvidence evidence = world->evidence();
  CHECK(evidence.run_head == head);
  CHECK(evidence.commits == 1);
  CHECK(evidence.candidate_head.empty());
  CHECK(evidence.conflicts == Strings{"README"});
  const auto kept = world->landing().keep_candidate(world->query(), evidence);
  REQUIRE_FALSE(kept.ok());
  CHECK(kept.error().kind == ErrorKind::refused);
}

TEST_CASE("attributes of the repository do not decide a merge", "[landing]") {
  const auto world = LandingWorld::prepared();
  put_file(world->clone() / ".gitattributes", "README merge=union\n");
  world->clone().commit("README", "of the run\n");
  put_file(world->origin / ".gitattributes", "README merge=union\n");
  world->origin.commit("README", "of a person\n");
  CHECK(world->evidence().conflicts == Strings{"README"});
}

TEST_CASE("looking leaves no trace", "[landing]") {
  const auto world = LandingWorld::prepared();
  world->clone().commit("a", "1");
  world->origin.commit("b", "2");
  const auto before = world->snapshot();
  const WorkEvidence evidence = world->evidence();
  REQUIRE_FALSE(evidence.candidate_head.empty());
  REQUIRE(world->landing().fetch_base_head(world->source().repository).value() == evidence.base_head);
  CHECK(world->snapshot() == before);
  CHECK(names_in(world->folder / "scratch").empty());
}

TEST_CASE("what a killed look left behind is removed by the next one", "[landing]") {
  const auto world = LandingWorld::prepared();
  world->clone().commit("a", "1");
  put_file(world->folder / "scratch/afk-scratch-dead01/lock", "");
  put_file(world->folder / "scratch/afk-scratch-dead01/work-1/object", "x");
  put_file(world->folder / "scratch/of-somebody-else/file", "x");
  static_cast<void>(world->evidence());
  CHECK(names_in(world->folder / "scratch") == Strings{"of-somebody-else"});
}

TEST_CASE("a branch that only follows the base has done nothing", "[landing]") {
  const auto world = LandingWorld::prepared();
  world->origin.commit("b", "2");
  REQUIRE(world->workspace.fetch_base(world->source()).ok());
  world->clone().git({"pull", "--quiet", "--ff-only"});
  REQUIRE(world->clone().head() == world->origin.head());
  const WorkEvidence evidence = world->evidence();
  CHECK(evidence.run_head.empty());
  CHECK(evidence.commits == 0);
  CHECK(evidence.published.state == PublishedState::nothing);
}

TEST_CASE("a branch without a common commit is refused", "[landing]") {
  const auto world = LandingWorld::prepared();
  world->clone().git({"checkout", "--quiet", "--orphan", "fresh"});
  world->clone().commit("a", "1");
  world->clone().git({"branch", "--force", world_branch, "HEAD"});
  const auto answer = world->look();
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().kind == ErrorKind::refused);
}

TEST_CASE("a default branch that changes does not take the run along", "[landing]") {
  const auto world = LandingWorld::prepared();
  const std::string head = world->clone().commit("a", "1");
  world->origin.git({"checkout", "--quiet", "-b", "feature"});
  world->origin.commit("b", "2");
  const WorkEvidence evidence = world->evidence();
  CHECK(evidence.base_branch == "main");
  CHECK(evidence.candidate_head == head);
}

TEST_CASE("runs are judged apart, with one request per repository", "[landing]") {
  const auto world = LandingWorld::prepared();
  const std::string head = world->clone().commit("a", "1");
  WorkQuery broken = world->query();
  broken.redispatch = 1;
  auto order = world->order();
  order.attempt.redispatch = 1;
  REQUIRE(world->workspace.prepare_clone(order).ok());
  std::filesystem::remove_all(world->workspace.layout().clone(order.attempt) / ".git");
  WorkQuery unknown = world->query();
  unknown.issue.repository.name = "Unknown";
  WorkQuery fresh = world->query();
  fresh.redispatch = 2;

  world->commands.seen.clear();
  const auto answers = world->landing().inspect(std::array{broken, world->query(), unknown, fresh});
  REQUIRE(answers.size() == 4);
  REQUIRE_FALSE(answers[0].ok());
  CHECK(answers[0].error().kind == ErrorKind::malformed);
  REQUIRE(answers[1].ok());
  CHECK(answers[1]->run_head == head);
  REQUIRE_FALSE(answers[2].ok());
  CHECK(answers[2].error().kind == ErrorKind::configuration);
  REQUIRE(answers[3].ok());
  CHECK(answers[3]->run_head.empty());
  const Strings names = world->commands.names();
  CHECK(std::ranges::count(names, "ls-remote") == 1);
}

TEST_CASE("a repository that cannot be read is an error of its runs", "[landing]") {
  const auto world = LandingWorld::prepared();
  world->clone().commit("a", "1");
  SECTION("gone") {
    std::filesystem::remove_all(world->origin.path());
    CHECK(world->look().error().kind == ErrorKind::not_found);
    CHECK(world->landing().fetch_base_head(world->source().repository).error().kind == ErrorKind::not_found);
  }
  SECTION("the command does not answer") {
    world->commands.before = [](const CommandLine&) {
      return Result<void>(Error{.kind = ErrorKind::unreachable, .message = "timed out"});
    };
    CHECK(world->look().error().kind == ErrorKind::unreachable);
  }
  SECTION("the base is gone") {
    world->origin.git({"branch", "--move", "main", "trunk"});
    CHECK(world->look().error().kind == ErrorKind::not_found);
  }
  SECTION("the mirror was replaced") {
    std::filesystem::remove_all(world->mirror().path());
    CHECK(world->look().error().kind == ErrorKind::io);
  }
}

} // namespace
} // namespace afk::test
