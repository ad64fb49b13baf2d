// Publishing: onto a base in every form a repository can have, and to a branch.

#include "landing_world.hpp"

#include <support/catch.hpp>

#include <afk/adapter/workspace_clone.hpp>

namespace afk::test {
namespace {

using Form = GitRepository::Form;
using Strings = std::vector<std::string>;

void put_script(const std::string& path, const std::string& commands) {
  put_file(path, "#!/bin/sh\n" + commands + "\n");
  std::filesystem::permissions(path, std::filesystem::perms::all);
}

// The head of the base at the remote, whatever is checked out there.
std::string base_of(const LandingWorld& world) {
  return world.origin.head("refs/heads/main");
}

TEST_CASE("a candidate is kept where verification and pushes find it", "[landing]") {
  const auto world = LandingWorld::prepared();
  const std::string head = world->clone().commit("a", "1");
  const std::string base = world->origin.commit("b", "2");
  const WorkEvidence evidence = world->evidence();
  REQUIRE(world->landing().keep_candidate(world->query(), evidence).ok());
  const std::string refs = world->mirror().git({"for-each-ref", "refs/afk"});
  CHECK(refs.find("refs/afk/" + world_run.text + "/head/" + head) != std::string::npos);
  CHECK(refs.find("refs/afk/" + world_run.text + "/candidate/" + evidence.candidate_head) != std::string::npos);
  world->mirror().git({"fsck", "--strict"});

  SECTION("once") {
    world->commands.seen.clear();
    REQUIRE(world->landing().keep_candidate(world->query(), evidence).ok());
    CHECK(world->commands.names() == Strings{"for-each-ref"});
    CHECK(world->mirror().git({"for-each-ref", "refs/afk"}) == refs);
  }
  SECTION("and can be checked out") {
    const std::string destination = world->folder / "workspace/verify";
    REQUIRE(
        world->workspace
            .prepare_checkout(
                {.repository = world->source().repository, .head = evidence.candidate_head, .destination = destination})
            .ok());
    CHECK(get_file(destination + "/a") == "1");
    CHECK(get_file(destination + "/b") == "2");
  }
  SECTION("and stays when the clone is pruned") {
    std::filesystem::remove_all(world->clone().path());
    REQUIRE(world->landing().push(world->query(), evidence).ok());
    CHECK(base_of(*world) == evidence.candidate_head);
    CHECK(world->evidence().published.state == PublishedState::on_base);
  }
}

TEST_CASE("a candidate is not kept when it is not what was seen", "[landing]") {
  const auto world = LandingWorld::prepared();
  world->clone().commit("a", "1");
  world->origin.commit("b", "2");
  WorkEvidence evidence = world->evidence();
  SECTION("another commit") {
    evidence.candidate_head = evidence.run_head;
  }
  SECTION("a base that was rewritten") {
    world->origin.git({"reset", "--quiet", "--hard", "HEAD~1"});
    world->origin.commit("c", "3");
  }
  const auto kept = world->landing().keep_candidate(world->query(), evidence);
  REQUIRE_FALSE(kept.ok());
  CHECK(kept.error().kind == ErrorKind::conflict);
  CHECK(world->mirror().git({"for-each-ref", "refs/afk/" + world_run.text + "/candidate"}).empty());
}

TEST_CASE("a run lands on the base of a bare repository", "[landing]") {
  const auto world = LandingWorld::prepared(Form::bare);
  const std::string head = world->clone().commit("a", "1");
  const WorkEvidence evidence = world->evidence();
  REQUIRE(world->landing().push(world->query(), evidence).ok());
  CHECK(base_of(*world) == head);
  CHECK(world->origin.git({"for-each-ref", "--format=%(refname)"}) == "refs/heads/main");

  const WorkEvidence after = world->evidence();
  CHECK(after.published.state == PublishedState::on_base);
  CHECK(after.published.head == head);
  CHECK(after.run_head == head);
  CHECK(after.commits == 0);
  CHECK(after.base_head == head);

  SECTION("and landing again is landing once") {
    REQUIRE(world->landing().push(world->query(), evidence).ok());
    CHECK(base_of(*world) == head);
  }
  SECTION("and stays landed when others go on") {
    const GitRepository other(world->folder / "other");
    other.git({"pull", "--quiet", world->origin.path(), "main"});
    other.commit("c", "3");
    other.git({"push", "--quiet", world->origin.path(), "HEAD:refs/heads/main"});
    const WorkEvidence later = world->evidence();
    CHECK(later.published.state == PublishedState::on_base);
    CHECK(later.published.head == head);
  }
  SECTION("and what the run adds afterwards lands the same way") {
    const std::string second = world->clone().commit("a", "2");
    const WorkEvidence more = world->evidence();
    CHECK(more.published.state == PublishedState::on_base);
    CHECK(more.published.head == head);
    CHECK(more.run_head == second);
    CHECK(more.commits == 1);
    REQUIRE(world->landing().push(world->query(), more).ok());
    CHECK(world->evidence().published.head == second);
  }
}

TEST_CASE("a run whose merge landed has landed", "[landing]") {
  const auto world = LandingWorld::prepared();
  const std::string head = world->clone().commit("a", "1");
  world->origin.commit("b", "2");
  const WorkEvidence evidence = world->evidence();
  REQUIRE(world->landing().push(world->query(), evidence).ok());
  CHECK(base_of(*world) == evidence.candidate_head);
  const WorkEvidence after = world->evidence();
  CHECK(after.published.state == PublishedState::on_base);
  CHECK(after.published.head == evidence.candidate_head);
  CHECK(after.run_head == head);
  CHECK(after.commits == 0);
}

TEST_CASE("a run that a person merged by hand has landed too", "[landing]") {
  const auto world = LandingWorld::prepared();
  world->clone().commit("a", "1");
  world->origin.commit("b", "2");
  const WorkEvidence evidence = world->evidence();
  REQUIRE(world->landing().keep_candidate(world->query(), evidence).ok());
  CHECK(world->evidence().published.state == PublishedState::nothing);
  world->origin.git({"fetch", "--quiet", world->clone().path(), world_branch});
  world->origin.git({"merge", "--quiet", "--no-ff", "-m", "By hand", "FETCH_HEAD"});
  const WorkEvidence after = world->evidence();
  CHECK(after.published.state == PublishedState::on_base);
  CHECK(after.published.head == evidence.run_head);
}

TEST_CASE("a base that moved after the look is not overwritten", "[landing]") {
  const auto form = GENERATE(Form::with_work_tree, Form::bare);
  const auto world = LandingWorld::prepared(form);
  world->clone().commit("a", "1");
  const WorkEvidence evidence = world->evidence();
  const GitRepository other(world->folder / "other");
  other.git({"pull", "--quiet", world->origin.path(), "main"});
  const std::string moved = other.commit("b", "2");
  if (form == Form::bare) {
    other.git({"push", "--quiet", world->origin.path(), "HEAD:refs/heads/main"});
  } else {
    world->origin.git({"pull", "--quiet", other.path(), "main"});
  }
  const auto pushed = world->landing().push(world->query(), evidence);
  REQUIRE_FALSE(pushed.ok());
  CHECK(pushed.error().kind == ErrorKind::conflict);
  CHECK(base_of(*world) == moved);

  const WorkEvidence again = world->evidence();
  CHECK(again.candidate_head != evidence.candidate_head);
  REQUIRE(world->landing().push(world->query(), again).ok());
  CHECK(base_of(*world) == again.candidate_head);
}

TEST_CASE("a base that was set back is not pushed to", "[landing]") {
  const auto world = LandingWorld::prepared(Form::bare);
  world->clone().commit("a", "1");
  const WorkEvidence evidence = world->evidence();
  REQUIRE(world->landing().keep_candidate(world->query(), evidence).ok());
  world->origin.git({"update-ref", "-d", "refs/heads/main"});
  const auto pushed = world->landing().push(world->query(), evidence);
  REQUIRE_FALSE(pushed.ok());
  CHECK(pushed.error().kind == ErrorKind::conflict);
  CHECK_THROWS(base_of(*world));
}

TEST_CASE("only what follows the base is pushed", "[landing]") {
  const auto world = LandingWorld::prepared(Form::bare);
  world->clone().commit("a", "1");
  WorkEvidence first = world->evidence();
  REQUIRE(world->landing().push(world->query(), first).ok());
  const std::string second = world->clone().commit("a", "2");
  REQUIRE(world->landing().push(world->query(), world->evidence()).ok());
  // Kept, but behind: the evidence of a tick that slept for long, with the newest base put into it.
  first.base_head = second;
  const auto pushed = world->landing().push(world->query(), first);
  REQUIRE_FALSE(pushed.ok());
  CHECK(pushed.error().kind == ErrorKind::conflict);
  CHECK(base_of(*world) == second);
}

TEST_CASE("a base that is checked out moves with its work tree", "[landing]") {
  const auto world = LandingWorld::prepared();
  std::filesystem::remove(world->clone() / "README");
  const std::string head = world->clone().commit("src/a", "1");
  put_file(world->origin / "src/mine", "2"); // in a folder that the run creates too
  REQUIRE(world->landing().push(world->query(), world->evidence()).ok());
  CHECK(base_of(*world) == head);
  CHECK(world->origin.head() == head);
  CHECK(get_file(world->origin / "src/a") == "1");
  CHECK_FALSE(std::filesystem::exists(world->origin / "README"));
  CHECK(world->origin.git({"status", "--porcelain"}) == "?? src/mine");
  CHECK(world->origin.git({"config", "--default", "unset", "receive.denyCurrentBranch"}) == "unset");
}

TEST_CASE("files and folders that change places are in nobody's way", "[landing]") {
  LandingWorld world;
  put_file(world.origin / "folder/a", "1");
  world.origin.commit("file", "1");
  REQUIRE(world.workspace.prepare_clone(world.order()).ok());
  std::filesystem::remove_all(world.clone() / "folder");
  std::filesystem::remove(world.clone() / "file");
  put_file(world.clone() / "folder", "now a file");
  const std::string head = world.clone().commit("file/a", "now in a folder");
  REQUIRE(world.landing().push(world.query(), world.evidence()).ok());
  CHECK(base_of(world) == head);
  CHECK(get_file(world.origin / "folder") == "now a file");
  CHECK(get_file(world.origin / "file/a") == "now in a folder");
}

TEST_CASE("what is in a work tree and in nobody's way stays there", "[landing]") {
  const auto world = LandingWorld::prepared();
  put_file(world->origin / "notes.txt", "mine");
  const std::string head = world->clone().commit("a", "1");
  REQUIRE(world->landing().push(world->query(), world->evidence()).ok());
  CHECK(base_of(*world) == head);
  CHECK(get_file(world->origin / "notes.txt") == "mine");
}

struct DirtyCase {
  const char* name;
  void (*soil)(const GitRepository& origin);
};

TEST_CASE("a work tree that is not clean is left alone", "[landing]") {
  const auto row = GENERATE(values<DirtyCase>({
      {"a file that the run changes was modified",
       [](const GitRepository& origin) { put_file(origin / "README", "mine"); }},
      {"another file was modified", [](const GitRepository& origin) { put_file(origin / "other", "mine"); }},
      {"a file was deleted", [](const GitRepository& origin) { std::filesystem::remove(origin / "other"); }},
      {"a modification is staged",
       [](const GitRepository& origin) {
         put_file(origin / "other", "mine");
         origin.git({"add", "other"});
       }},
      {"a modification is staged and undone in the file",
       [](const GitRepository& origin) {
         put_file(origin / "other", "mine");
         origin.git({"add", "other"});
         put_file(origin / "other", "second\n");
       }},
      {"a new file is staged",
       [](const GitRepository& origin) {
         put_file(origin / "new", "mine");
         origin.git({"add", "new"});
       }},
      {"an untracked file would be overwritten",
       [](const GitRepository& origin) { put_file(origin / "src/a", "mine"); }},
      {"an ignored file would be overwritten",
       [](const GitRepository& origin) {
         put_file(origin / ".git/info/exclude", "src\n");
         put_file(origin / "src/a", "mine");
       }},
      {"an untracked file stands where a folder goes",
       [](const GitRepository& origin) { put_file(origin / "src", "mine"); }},
      {"an ignored file stands where a folder goes",
       [](const GitRepository& origin) {
         put_file(origin / ".git/info/exclude", "src\n");
         put_file(origin / "src", "mine");
       }},
      {"an ignored link stands where a folder goes",
       [](const GitRepository& origin) {
         put_file(origin / ".git/info/exclude", "src\n");
         std::filesystem::create_directory_symlink("/tmp", origin / "src");
       }},
      {"an ignored folder stands where a file goes",
       [](const GitRepository& origin) {
         put_file(origin / ".git/info/exclude", "src\n");
         put_file(origin / "src/a/b", "mine");
       }},
  }));
  CAPTURE(row.name);
  LandingWorld world;
  world.origin.commit("other", "second\n");
  REQUIRE(world.workspace.prepare_clone(world.order()).ok());
  put_file(world.clone() / "README", "of the run\n");
  world.clone().commit("src/a", "1");
  const WorkEvidence evidence = world.evidence();
  row.soil(world.origin);
  const std::string base = base_of(world);
  const std::string status = world.origin.git({"status", "--porcelain", "--ignored"});

  const auto pushed = world.landing().push(world.query(), evidence);
  REQUIRE_FALSE(pushed.ok());
  CHECK(pushed.error().kind == ErrorKind::conflict);
  CHECK(pushed.error().message.find("not clean") != std::string::npos);
  CHECK(base_of(world) == base);
  CHECK(world.origin.git({"status", "--porcelain", "--ignored"}) == status);
  CHECK_FALSE(std::filesystem::exists(world.origin / ".git/index.lock"));

  world.origin.git({"reset", "--quiet", "--hard"});
  world.origin.git({"clean", "-q", "-f", "-d", "-x"});
  REQUIRE(world.landing().push(world.query(), world.evidence()).ok());
  CHECK(base_of(world) == evidence.candidate_head);
}

TEST_CASE("a base that is checked out in another work tree moves with that one", "[landing]") {
  const auto world = LandingWorld::prepared();
  world->origin.git({"checkout", "--quiet", "--detach"});
  world->origin.git({"worktree", "add", "--quiet", world->folder / "tree", "main"});
  const auto order = world->source();
  const std::string head = world->clone().commit("a", "1");
  REQUIRE(world->landing().push(world->query(), world->evidence()).ok());
  CHECK(base_of(*world) == head);
  CHECK(get_file(world->folder / "tree/a") == "1");
  CHECK_FALSE(std::filesystem::exists(world->origin / "a"));
}

TEST_CASE("a base that is not checked out moves alone", "[landing]") {
  const auto world = LandingWorld::prepared();
  world->origin.git({"checkout", "--quiet", "-b", "feature"});
  put_file(world->origin / "README", "mine");
  const std::string head = world->clone().commit("README", "of the run\n");
  REQUIRE(world->landing().push(world->query(), world->evidence()).ok());
  CHECK(base_of(*world) == head);
  CHECK(get_file(world->origin / "README") == "mine");
}

TEST_CASE("a push that died between work tree and ref is finished", "[landing]") {
  const auto world = LandingWorld::prepared();
  put_file(world->clone() / "README", "of the run\n");
  const std::string head = world->clone().commit("a", "1");
  const WorkEvidence evidence = world->evidence();
  REQUIRE(world->landing().keep_candidate(world->query(), evidence).ok());
  world->origin.git({"fetch", "--quiet", "--no-write-fetch-head", world->mirror().path(), head});
  world->origin.git({"read-tree", "-u", "-m", "HEAD", head});
  SECTION("where the work tree is as the push left it") {
    REQUIRE(world->landing().push(world->query(), evidence).ok());
    CHECK(base_of(*world) == head);
    CHECK(world->origin.git({"status", "--porcelain"}).empty());
  }
  SECTION("unless somebody went on working there") {
    put_file(world->origin / "README", "mine");
    const auto pushed = world->landing().push(world->query(), evidence);
    REQUIRE_FALSE(pushed.ok());
    CHECK(pushed.error().kind == ErrorKind::conflict);
    CHECK(base_of(*world) == evidence.base_head);
    CHECK(get_file(world->origin / "README") == "mine");
  }
}

TEST_CASE("the hooks of a bare repository are its owner's rules", "[landing]") {
  const auto world = LandingWorld::prepared(Form::bare);
  world->clone().commit("a", "1");
  const WorkEvidence evidence = world->evidence();
  const std::string seen = world->folder / "seen";
  SECTION("one that agrees") {
    put_script(world->origin / "hooks/post-receive", "cat > " + seen);
    REQUIRE(world->landing().push(world->query(), evidence).ok());
    CHECK(get_file(seen) == evidence.base_head + " " + evidence.candidate_head + " refs/heads/main\n");
  }
  SECTION("one that does not") {
    put_script(world->origin / "hooks/pre-receive", "echo 'not on a Friday' >&2; exit 1");
    const auto pushed = world->landing().push(world->query(), evidence);
    REQUIRE_FALSE(pushed.ok());
    CHECK(pushed.error().kind == ErrorKind::refused);
    CHECK(pushed.error().message.find("not on a Friday") != std::string::npos);
    CHECK(base_of(*world) == evidence.base_head);
  }
}

TEST_CASE("no hook of a repository with a work tree runs", "[landing]") {
  const auto world = LandingWorld::prepared();
  const std::string canary = world->folder / "canary";
  const Strings hooks{"pre-receive",  "update",           "post-receive",  "post-update",       "reference-transaction",
                      "proc-receive", "push-to-checkout", "post-checkout", "post-index-change", "pre-push"};
  SECTION("that it has itself") {
    for (const auto& hook : hooks) {
      put_script(world->origin / ".git/hooks/" + hook, "touch " + canary);
    }
  }
  SECTION("that the run brings along") {
    world->origin.git({"config", "core.hooksPath", ".hooks"});
    for (const auto& hook : hooks) {
      put_script(world->clone() / ".hooks/" + hook, "touch " + canary);
    }
  }
  SECTION("that is called a file system monitor") {
    put_script(world->origin / "monitor", "touch " + canary);
    world->origin.commit("b", "2");
    std::filesystem::remove(canary);
    world->origin.git({"config", "core.fsmonitor", world->origin / "monitor"});
  }
  world->clone().commit("a", "1");
  const WorkEvidence evidence = world->evidence();
  REQUIRE(world->landing().push(world->query(), evidence).ok());
  CHECK(base_of(*world) == evidence.candidate_head);
  CHECK_FALSE(std::filesystem::exists(canary));
}

TEST_CASE("a push whose answer was lost is read back", "[landing]") {
  const auto world = LandingWorld::prepared(Form::bare);
  world->clone().commit("a", "1");
  const WorkEvidence evidence = world->evidence();
  enum class Lost { answer, push };
  const auto lost = GENERATE(Lost::answer, Lost::push);
  world->commands.before = [&](const CommandLine& command) -> Result<void> {
    if (world->commands.names().back() != "push") {
      return {};
    }
    if (lost == Lost::answer) {
      adapter::PosixCommands commands;
      REQUIRE(commands.run(command)->exit_code == 0);
    }
    return Error{.kind = ErrorKind::unreachable, .message = "timed out"};
  };
  const auto pushed = world->landing().push(world->query(), evidence);
  CHECK(pushed.ok() == (lost == Lost::answer));
  CHECK(base_of(*world) == (lost == Lost::answer ? evidence.candidate_head : evidence.base_head));
}

TEST_CASE("a keep or a push that dies at any command is finished by the next one", "[landing]") {
  std::size_t commands = 0;
  std::string refs;
  {
    const auto plain = LandingWorld::prepared();
    plain->clone().commit("a", "1");
    plain->origin.commit("b", "2");
    const WorkEvidence evidence = plain->evidence();
    plain->commands.seen.clear();
    REQUIRE(plain->landing().push(plain->query(), evidence).ok());
    commands = plain->commands.seen.size();
    refs = plain->mirror().git({"for-each-ref"}) + plain->origin.git({"for-each-ref"});
  }
  REQUIRE(commands > 8);
  for (std::size_t dies_at = 0; dies_at < commands; ++dies_at) {
    CAPTURE(dies_at);
    const auto world = LandingWorld::prepared();
    world->clone().commit("a", "1");
    world->origin.commit("b", "2");
    const WorkEvidence evidence = world->evidence();
    world->commands.seen.clear();
    // From here on nothing answers any more, as for a tick that was killed.
    world->commands.before = [&](const CommandLine&) {
      return world->commands.seen.size() > dies_at ? Result<void>(Error{.kind = ErrorKind::io, .message = "died"})
                                                   : Result<void>();
    };
    CHECK_FALSE(world->landing().push(world->query(), evidence).ok());
    world->commands.before = [](const CommandLine&) { return Result<void>(); };
    const WorkEvidence again = world->evidence();
    if (again.published.state != PublishedState::on_base) {
      CHECK(again.candidate_head == evidence.candidate_head);
      REQUIRE(world->landing().push(world->query(), again).ok());
    }
    CHECK(world->mirror().git({"for-each-ref"}) + world->origin.git({"for-each-ref"}) == refs);
    CHECK(world->evidence().published.head == evidence.candidate_head);
    CHECK(names_in(world->folder / "scratch").empty());
  }
}

TEST_CASE("with landing = pr the run's branch is published as it is", "[landing]") {
  const auto world = LandingWorld::prepared(Form::bare);
  world->mode = LandingMode::pull_request;
  const std::string head = world->clone().commit("a", "1");
  const std::string base = base_of(*world);
  CHECK(world->evidence().published.state == PublishedState::nothing);
  REQUIRE(world->landing().push(world->query(), world->evidence()).ok());
  CHECK(world->origin.head("refs/heads/" + world_branch) == head);
  CHECK(base_of(*world) == base);
  const WorkEvidence published = world->evidence();
  CHECK(published.published.state == PublishedState::branch);
  CHECK(published.published.head == head);
  CHECK(published.commits == 1);

  SECTION("and follows the run, also back") {
    world->clone().git({"commit", "--quiet", "--amend", "--message", "Better"});
    REQUIRE(world->landing().push(world->query(), world->evidence()).ok());
    CHECK(world->origin.head("refs/heads/" + world_branch) == world->clone().head());
  }
  SECTION("unless somebody else moved it") {
    world->clone().commit("a", "2");
    const WorkEvidence seen = world->evidence();
    world->origin.git({"update-ref", "refs/heads/" + world_branch, base});
    const auto pushed = world->landing().push(world->query(), seen);
    REQUIRE_FALSE(pushed.ok());
    CHECK(pushed.error().kind == ErrorKind::conflict);
    CHECK(world->origin.head("refs/heads/" + world_branch) == base);
  }
  SECTION("and a conflict with the base is reported beside it") {
    const GitRepository other(world->folder / "other");
    other.git({"pull", "--quiet", world->origin.path(), "main"});
    other.commit("README", "of a person\n");
    other.git({"push", "--quiet", world->origin.path(), "HEAD:refs/heads/main"});
    const std::string second = world->clone().commit("README", "of the run\n");
    const WorkEvidence conflicting = world->evidence();
    CHECK(conflicting.conflicts == Strings{"README"});
    CHECK(conflicting.candidate_head == second);
    REQUIRE(world->landing().push(world->query(), conflicting).ok());
    CHECK(world->origin.head("refs/heads/" + world_branch) == second);
  }
}

TEST_CASE("a branch that somebody created first is not taken over", "[landing]") {
  const auto world = LandingWorld::prepared(Form::bare);
  world->mode = LandingMode::pull_request;
  world->clone().commit("a", "1");
  const WorkEvidence evidence = world->evidence();
  const std::string base = base_of(*world);
  world->origin.git({"branch", world_branch, base});
  const auto pushed = world->landing().push(world->query(), evidence);
  REQUIRE_FALSE(pushed.ok());
  CHECK(pushed.error().kind == ErrorKind::conflict);
  CHECK(world->origin.head("refs/heads/" + world_branch) == base);
}

} // namespace
} // namespace afk::test
