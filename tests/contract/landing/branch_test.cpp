// Runs that land by pull request: what of them is published, and whose the commits on their branch are.

#include "landing_world.hpp"

using namespace afk;
using namespace afk::test;
using Form = GitRepository::Form;

namespace {

std::unique_ptr<LandingWorld> prepared_for_pull_requests() {
  auto world = LandingWorld::prepared(Form::bare);
  world->mode = LandingMode::pull_request;
  return world;
}

std::string remote_head(const LandingWorld& world, const std::string& branch) {
  return world.origin.head("refs/heads/" + branch);
}

// A clone of somebody else, at the remote's branch.
GitRepository other_clone(const LandingWorld& world, const std::string& branch) {
  GitRepository other(world.folder / "other");
  other.git({"pull", "--quiet", world.origin.path(), branch});
  return other;
}

void push_from(const GitRepository& repository, const LandingWorld& world, const std::string& branch) {
  repository.git({"push", "--quiet", world.origin.path(), "HEAD:refs/heads/" + branch});
}

Descent compare(LandingWorld& world, const std::string& ancestor, const std::string& descendant) {
  return world.landing().compare({{DescentQuery{world.source().repository, ancestor, descendant}}})[0].value();
}

} // namespace

TEST_CASE("what of the workspace is published is counted against the branch", "[landing]") {
  const auto world = prepared_for_pull_requests();
  const std::string base = world->evidence().base_head;
  const std::string first = world->clone().commit("tests/a_test.cpp", "1");
  world->clone().commit("a.cpp", "1");
  WorkEvidence evidence = world->evidence();
  CHECK(evidence.unpublished == 2);
  CHECK(evidence.branch_head.empty());
  CHECK(evidence.delivery == WorkEvidence::Delivery::never);
  REQUIRE(world->landing().push(world->query(), evidence).ok());

  evidence = world->evidence();
  CHECK(evidence.unpublished == 0);
  CHECK(evidence.delivery == WorkEvidence::Delivery::pushed);
  CHECK(evidence.branch_head == evidence.run_head);
  CHECK(evidence.merge_base == base);
  CHECK(evidence.published_paths == std::vector<std::string>{"a.cpp", "tests/a_test.cpp"});
  CHECK(evidence.test_commit == first);

  world->clone().commit("b.cpp", "1");
  CHECK(world->evidence().unpublished == 1);
}

TEST_CASE("commits of a person on the run's branch are seen, and never pushed away", "[landing]") {
  const auto world = prepared_for_pull_requests();
  world->clone().commit("a", "1");
  REQUIRE(world->landing().push(world->query(), world->evidence()).ok());
  const GitRepository other = other_clone(*world, world_branch);
  const std::string theirs = other.commit(".github/workflows/ci.yml", "of a person\n");
  push_from(other, *world, world_branch);

  WorkEvidence evidence = world->evidence();
  CHECK(evidence.published.head == theirs);
  CHECK(evidence.unpublished == 0);
  CHECK(evidence.published_paths == std::vector<std::string>{".github/workflows/ci.yml", "a"});
  world->clone().commit("a", "2");
  evidence = world->evidence();
  CHECK(evidence.unpublished == 1);
  const auto pushed = world->landing().push(world->query(), evidence);
  REQUIRE_FALSE(pushed.ok());
  CHECK(pushed.error().kind == ErrorKind::refused);
  CHECK(remote_head(*world, world_branch) == theirs);
}

TEST_CASE("a branch that is gone after its merge was delivered all the same", "[landing]") {
  const auto world = prepared_for_pull_requests();
  const std::string head = world->clone().commit("a", "1");
  REQUIRE(world->landing().push(world->query(), world->evidence()).ok());
  // A squash: another commit with the same content, and the branch deleted.
  const GitRepository other = other_clone(*world, "main");
  const std::string squashed = other.commit("a", "1", "Squashed");
  push_from(other, *world, "main");
  world->origin.git({"update-ref", "-d", "refs/heads/" + world_branch});

  const WorkEvidence evidence = world->evidence();
  CHECK(evidence.run_head == head);
  CHECK(evidence.commits == 1);
  CHECK(evidence.published.state == PublishedState::nothing);
  CHECK(evidence.delivery == WorkEvidence::Delivery::pushed);
  CHECK(compare(*world, squashed, remote_head(*world, "main")) == Descent::yes);
}

TEST_CASE("a commit contains another one by Git's word alone", "[landing]") {
  const auto world = prepared_for_pull_requests();
  const std::string before = remote_head(*world, "main");
  const GitRepository other = other_clone(*world, "main");
  const std::string after = other.commit("b", "1");
  push_from(other, *world, "main");
  CHECK(compare(*world, before, after) == Descent::yes);
  CHECK(compare(*world, after, after) == Descent::yes);
  CHECK(compare(*world, after, before) == Descent::no);
  CHECK(compare(*world, before, after.substr(0, 12)) == Descent::yes);
  for (const std::string& nothing : {std::string(40, '0'), std::string("main"), std::string("HEAD"),
                                     std::string("--all"), std::string("abc"), std::string()}) {
    CAPTURE(nothing);
    CHECK(compare(*world, before, nothing) == Descent::no);
  }
}

TEST_CASE("a red base before a push is remembered as what it was", "[landing]") {
  const auto world = LandingWorld::prepared(Form::bare);
  world->clone().commit("a", "1");
  const WorkEvidence evidence = world->evidence();
  REQUIRE(world->landing().push(world->query(), evidence).ok());
  const WorkEvidence after = world->evidence();
  CHECK(after.merge_base == evidence.base_head);
  CHECK(after.published.landed == after.published.head);
}

TEST_CASE("the credential of a push is in no argument and no environment", "[landing]") {
  const auto world = prepared_for_pull_requests();
  put_file(world->folder / "credential", "canary-5f2d\n");
  world->credential = world->folder / "credential";
  world->clone().commit("a", "1");
  world->commands.seen.clear();
  REQUIRE(world->landing().push(world->query(), world->evidence()).ok());
  REQUIRE_FALSE(world->commands.seen.empty());
  for (const CommandLine& command : world->commands.seen) {
    for (const std::string& argument : command.argv)
      CHECK(argument.find("canary-5f2d") == std::string::npos);
    for (const auto& [name, value] : command.environment)
      CHECK(value.find("canary-5f2d") == std::string::npos);
    CHECK(command.standard_input.find("canary-5f2d") == std::string::npos);
  }
}
