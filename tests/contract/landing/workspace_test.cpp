// Mirrors and private clones: real git, real repositories, no network.

#include "world.hpp"

#include <afk/adapter/workspace_mirror.hpp>

#include <support/catch.hpp>

#include <sys/stat.h>

namespace afk::test {
namespace {

using adapter::RepositorySource;

TEST_CASE("the layout keeps repositories apart", "[workspace]") {
  const adapter::WorkspaceLayout layout("/w");
  CHECK(layout.mirror({"Acme", "Widget"}) == "/w/mirrors/acme/widget.git");
  CHECK(layout.mirror_lock({"Acme", "Widget"}) == "/w/mirrors/acme/widget.lock");
  CHECK(layout.clone({world_run, 0}) == "/w/runs/afk-abcdefghijklmnopqrstuvwxyz/clone");
  CHECK(layout.clone({world_run, 2}) == "/w/runs/afk-abcdefghijklmnopqrstuvwxyz-r2/clone");
  CHECK(layout.mirror({"a__b", "c"}) != layout.mirror({"a", "b__c"}));
  CHECK(layout.mirror({"a", "b.lock"}) != layout.mirror_lock({"a", "b"}));
}

TEST_CASE("the base is fetched into a mirror", "[workspace]") {
  World world;
  const std::string first = world.origin.head();

  const auto base = world.workspace.fetch_base(world.source());
  REQUIRE(base.ok());
  CHECK(base->branch == "main");
  CHECK(base->head == first);
  CHECK(world.mirror().head("refs/heads/main") == first);
  CHECK(world.mirror().git({"rev-parse", "--is-bare-repository"}) == "true");

  SECTION("again without any fetch when nothing moved") {
    world.commands.seen.clear();
    REQUIRE(world.workspace.fetch_base(world.source()).ok());
    CHECK(world.commands.names() == std::vector<std::string>{"ls-remote", "for-each-ref"});
  }
  SECTION("and follows it") {
    const std::string second = world.origin.commit("a", "1");
    REQUIRE(world.workspace.fetch_base(world.source()).ok());
    CHECK(world.mirror().head("refs/heads/main") == second);
  }
  SECTION("and follows it where history was rewritten") {
    world.origin.git({"commit", "--quiet", "--amend", "--message", "Other"});
    const std::string other = world.origin.head();
    REQUIRE(other != first);
    REQUIRE(world.workspace.fetch_base(world.source()).ok());
    CHECK(world.mirror().head("refs/heads/main") == other);
    CHECK(world.mirror().git({"cat-file", "-t", first}) == "commit");
  }
  SECTION("past a lock that a killed git left behind") {
    const std::string second = world.origin.commit("a", "1");
    put_file(world.mirror() / "refs/heads/main.lock", "");
    REQUIRE(world.workspace.fetch_base(world.source()).ok());
    CHECK(world.mirror().head("refs/heads/main") == second);
    CHECK_FALSE(std::filesystem::exists(world.mirror() / "refs/heads/main.lock"));
  }
}

TEST_CASE("the base is the configured one, else the remote's default", "[workspace]") {
  World world;
  RepositorySource source = world.source();
  world.origin.git({"branch", "release/1"});
  world.origin.git({"branch", "refs/heads/main"}); // a branch whose name ends like that of the base

  SECTION("configured") {
    source.base = "release/1";
    const auto base = world.workspace.fetch_base(source);
    REQUIRE(base.ok());
    CHECK(base->branch == "release/1");
  }
  SECTION("configured, and another branch ends in the same words") {
    const std::string first = world.origin.head();
    world.origin.commit("a", "1");
    source.base = "main";
    const auto base = world.workspace.fetch_base(source);
    REQUIRE(base.ok());
    CHECK(base->branch == "main");
    CHECK(base->head == world.origin.head());
    CHECK(base->head != first);
  }
  SECTION("configured, and then another one whose name begins with the first") {
    world.origin.git({"branch", "--delete", "release/1"});
    for (const std::string name : {"release", "release/1", "release"}) {
      world.origin.git({"branch", name});
      source.base = name;
      const auto base = world.workspace.fetch_base(source);
      REQUIRE(base.ok());
      CHECK(world.mirror().head("refs/heads/" + name) == world.origin.head());
      world.origin.git({"branch", "--delete", name});
    }
  }
  SECTION("configured, absent") {
    source.base = "release/2";
    const auto base = world.workspace.fetch_base(source);
    REQUIRE_FALSE(base.ok());
    CHECK(base.error().kind == ErrorKind::not_found);
    CHECK(base.error().message.find("release/2") != std::string::npos);
  }
  SECTION("configured, impossible") {
    source.base = "--upload-pack=id";
    const auto base = world.workspace.fetch_base(source);
    REQUIRE_FALSE(base.ok());
    CHECK(base.error().kind == ErrorKind::configuration);
  }
  SECTION("nothing is the default") {
    world.origin.git({"checkout", "--quiet", "--detach"});
    const auto base = world.workspace.fetch_base(source);
    REQUIRE_FALSE(base.ok());
    CHECK(base.error().kind == ErrorKind::not_found);
    CHECK(base.error().message.find("name one as base") != std::string::npos);
  }
}

TEST_CASE("a repository without a commit has no base", "[workspace]") {
  World world(GitRepository::Form::bare);
  const auto base = world.workspace.fetch_base(world.source());
  REQUIRE_FALSE(base.ok());
  CHECK(base.error().kind == ErrorKind::not_found);
}

TEST_CASE("a repository that is not there", "[workspace]") {
  World world;
  RepositorySource source = world.source();
  source.clone_url = world.folder / "nowhere";
  const auto base = world.workspace.fetch_base(source);
  REQUIRE_FALSE(base.ok());
  CHECK(base.error().kind == ErrorKind::not_found);
  CHECK_FALSE(std::filesystem::exists(world.workspace.layout().mirror(source.repository)));
}

TEST_CASE("a fetch that takes too long says what helps", "[workspace]") {
  World world;
  world.commands.before = [&](const CommandLine&) {
    return world.commands.names().back() == "fetch"
               ? Result<void>(Error{.kind = ErrorKind::unreachable, .message = "did not end within 30s"})
               : Result<void>();
  };
  const auto base = world.workspace.fetch_base(world.source());
  REQUIRE_FALSE(base.ok());
  CHECK(base.error().kind == ErrorKind::unreachable);
  CHECK(base.error().message.find("limits.tick_deadline") != std::string::npos);
}

TEST_CASE("looking at the base writes nothing", "[workspace]") {
  World world;
  const auto base = world.workspace.look_at_base(world.source());
  REQUIRE(base.ok());
  CHECK(base->head == world.origin.head());
  CHECK(names_in(world.folder / "workspace").empty());
}

TEST_CASE("repositories with SHA-256 names work too", "[workspace]") {
  World world(GitRepository::Form::bare);
  const auto modern = GitRepository::at(world.folder / "modern");
  std::filesystem::create_directories(modern.path());
  modern.git({"init", "--quiet", "--object-format=sha256"});
  const std::string head = modern.commit("a", "1");
  auto order = world.order();
  order.source.clone_url = modern.path();
  const auto clone = world.workspace.prepare_clone(order);
  REQUIRE(clone.ok());
  CHECK(clone->base_head == head);
  CHECK(world.clone().head() == head);
}

TEST_CASE("a run gets a private clone on its branch", "[workspace]") {
  World world;
  const std::string base = world.origin.head();
  const auto prepared = world.workspace.prepare_clone(world.order());
  REQUIRE(prepared.ok());
  CHECK(prepared->folder == world.clone().path());
  CHECK(prepared->mirror == world.mirror().path());
  CHECK(prepared->base_branch == "main");
  CHECK(prepared->base_head == base);

  const GitRepository clone = world.clone();
  CHECK(clone.git({"symbolic-ref", "HEAD"}) == "refs/heads/" + world_branch);
  CHECK(clone.head() == base);
  CHECK(clone.head("refs/remotes/origin/main") == base);
  CHECK(clone.head("refs/remotes/origin/HEAD") == base);
  CHECK(clone.git({"status", "--porcelain"}).empty());
  CHECK(get_file(clone / "README") == "first\n");
  CHECK(clone.git({"config", "user.name"}) == "afk");
  CHECK(clone.git({"count-objects"}).starts_with("0 objects"));
  CHECK(names_in(world.folder / "workspace/runs/afk-abcdefghijklmnopqrstuvwxyz") == std::vector<std::string>{"clone"});

  SECTION("in which commits work and stay") {
    const std::string head = clone.commit("a", "1");
    CHECK(adapter::read_branch_head(prepared->folder, world_branch).value() == head);
    CHECK_THROWS(world.mirror().git({"cat-file", "-e", head}));
  }
  SECTION("that fetches the base from the mirror") {
    const std::string second = world.origin.commit("b", "2");
    REQUIRE(world.workspace.fetch_base(world.source()).ok());
    clone.git({"fetch", "--quiet", "origin"});
    CHECK(clone.head("origin/main") == second);
    CHECK(clone.head("@{upstream}") == second);
  }
  SECTION("that can push nowhere") {
    clone.commit("a", "1");
    CHECK_THROWS(clone.git({"push", "origin", "HEAD:refs/heads/main"}));
    CHECK_THROWS(clone.git({"push", world.mirror().path(), "HEAD:refs/heads/main"}));
    CHECK_THROWS(clone.git({"push", world.mirror().path(), "HEAD:refs/afk/x"}));
    CHECK(world.mirror().head("refs/heads/main") == base);
  }
  SECTION("that sees no other run's refs") {
    CHECK(clone.git({"ls-remote", "origin"}).find("refs/afk") == std::string::npos);
    CHECK(world.mirror().git({"for-each-ref"}).find("refs/afk/" + world_run.text + "/start/main") != std::string::npos);
  }
  SECTION("that is answered again without the remote") {
    const std::string head = clone.commit("a", "1");
    std::filesystem::remove_all(world.origin.path());
    const auto again = world.workspace.prepare_clone(world.order());
    REQUIRE(again.ok());
    CHECK(again->base_head == base);
    CHECK(again->base_branch == "main");
    CHECK(clone.head() == head);
  }
  SECTION("that is not made up where the mirror was lost") {
    std::filesystem::remove_all(world.mirror().path());
    REQUIRE(world.workspace.fetch_base(world.source()).ok());
    const auto again = world.workspace.prepare_clone(world.order());
    REQUIRE_FALSE(again.ok());
    CHECK(again.error().kind == ErrorKind::io);
  }
}

TEST_CASE("what the base brings along starts nothing while a clone is made", "[workspace]") {
  World world;
  const std::string canary = world.folder / "canary";
  put_file(world.origin / ".gitattributes", "* filter=evil diff=evil merge=evil\n");
  put_file(world.origin / ".githooks/post-checkout", "#!/bin/sh\ntouch " + canary + "\n");
  std::filesystem::permissions(world.origin / ".githooks/post-checkout", std::filesystem::perms::all);
  put_file(world.origin / ".gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = /nowhere\n\tupdate = checkout\n");
  world.origin.commit("a", "1");
  // The remote's own settings and hooks are no business of the fetching side either.
  world.origin.git({"config", "uploadpack.packObjectsHook", "touch " + canary});
  world.origin.git({"config", "core.fsmonitor", "touch " + canary});
  REQUIRE(world.workspace.prepare_clone(world.order()).ok());
  CHECK(get_file(world.clone() / "a") == "1");
  CHECK_FALSE(std::filesystem::exists(canary));
}

TEST_CASE("a preparation that dies at any command is finished by the next one", "[workspace]") {
  World plain;
  REQUIRE(plain.workspace.prepare_clone(plain.order()).ok());
  const std::size_t commands = plain.commands.seen.size();
  REQUIRE(commands > 5);
  const std::string refs = plain.mirror().git({"for-each-ref"});

  for (std::size_t dies_at = 0; dies_at < commands; ++dies_at) {
    CAPTURE(dies_at);
    World world;
    world.commands.before = [&](const CommandLine&) {
      return world.commands.seen.size() == dies_at + 1 ? Result<void>(Error{.kind = ErrorKind::io, .message = "died"})
                                                       : Result<void>();
    };
    CHECK_FALSE(world.workspace.prepare_clone(world.order()).ok());
    world.commands.before = [](const CommandLine&) { return Result<void>(); };
    REQUIRE(world.workspace.prepare_clone(world.order()).ok());
    CHECK(world.mirror().git({"for-each-ref"}) == refs);
    CHECK(world.clone().head() == world.origin.head());
    CHECK(world.clone().git({"status", "--porcelain"}).empty());
    CHECK(names_in(world.folder / "workspace/runs/afk-abcdefghijklmnopqrstuvwxyz") ==
          std::vector<std::string>{"clone"});
    CHECK(names_in(world.folder / "workspace/mirrors/acme") == std::vector<std::string>{"widget.git", "widget.lock"});
  }
}

TEST_CASE("a head of the mirror is checked out for verification", "[workspace]") {
  World world;
  const auto base = world.workspace.fetch_base(world.source());
  REQUIRE(base.ok());
  const std::string destination = world.folder / "workspace/checkout";
  const adapter::CheckoutOrder order{
      .repository = world.source().repository, .head = base->head, .destination = destination};

  REQUIRE(world.workspace.prepare_checkout(order).ok());
  const auto checkout = GitRepository::at(destination);
  CHECK(checkout.head() == base->head);
  CHECK(checkout.git({"rev-parse", "--abbrev-ref", "HEAD"}) == "HEAD");
  CHECK(get_file(checkout / "README") == "first\n");
  CHECK(checkout.git({"remote"}).empty());

  SECTION("once") {
    put_file(checkout / "README", "changed by a command\n");
    REQUIRE(world.workspace.prepare_checkout(order).ok());
    CHECK(get_file(checkout / "README") == "changed by a command\n");
  }
  SECTION("unless the mirror does not have it") {
    auto unknown = order;
    unknown.destination = world.folder / "workspace/other";
    unknown.head = std::string(40, 'a');
    const auto prepared = world.workspace.prepare_checkout(unknown);
    REQUIRE_FALSE(prepared.ok());
    CHECK(prepared.error().kind == ErrorKind::conflict);
    unknown.head = "main";
    CHECK(world.workspace.prepare_checkout(unknown).error().kind == ErrorKind::malformed);
    CHECK_FALSE(std::filesystem::exists(unknown.destination));
  }
}

struct TamperCase {
  const char* name;
  void (*tamper)(const std::string& clone, const std::string& head);
};

const std::string branch_file = "/.git/refs/heads/" + world_branch;

void replace_by_link(const std::string& path, const std::string& target) {
  std::filesystem::remove_all(path);
  std::filesystem::create_symlink(target, path);
}

TEST_CASE("a branch of a clone that was tampered with is refused", "[workspace]") {
  World world;
  REQUIRE(world.workspace.prepare_clone(world.order()).ok());
  const std::string clone = world.clone().path();
  const std::string head = world.clone().commit("a", "1");
  const auto row = GENERATE(values<TamperCase>({
      {"the clone is a link",
       [](const std::string& path, const std::string&) {
         std::filesystem::rename(path, path + "-real");
         std::filesystem::create_symlink(path + "-real", path);
       }},
      {".git is a file",
       [](const std::string& path, const std::string&) {
         std::filesystem::rename(path + "/.git", path + "/real");
         put_file(path + "/.git", "gitdir: " + path + "/real\n");
       }},
      {".git is a link",
       [](const std::string& path, const std::string&) {
         std::filesystem::rename(path + "/.git", path + "/real");
         std::filesystem::create_symlink("real", path + "/.git");
       }},
      {".git is gone",
       [](const std::string& path, const std::string&) { std::filesystem::remove_all(path + "/.git"); }},
      {"refs is a link",
       [](const std::string& path, const std::string&) { replace_by_link(path + "/.git/refs", "/etc"); }},
      {"the branch's folder is a link",
       [](const std::string& path, const std::string&) { replace_by_link(path + "/.git/refs/heads/afk", "/etc"); }},
      {"the branch is a link",
       [](const std::string& path, const std::string&) { replace_by_link(path + branch_file, "/etc/hostname"); }},
      {"the branch is a folder",
       [](const std::string& path, const std::string&) {
         std::filesystem::remove(path + branch_file);
         std::filesystem::create_directory(path + branch_file);
       }},
      {"the branch is a FIFO",
       [](const std::string& path, const std::string&) {
         std::filesystem::remove(path + branch_file);
         REQUIRE(::mkfifo((path + branch_file).c_str(), 0600) == 0);
       }},
      {"the branch is huge",
       [](const std::string& path, const std::string& id) {
         put_file(path + branch_file, id + "\n" + std::string(1 << 20, ' '));
       }},
      {"the branch is symbolic",
       [](const std::string& path, const std::string&) {
         put_file(path + branch_file, "ref: refs/remotes/origin/main\n");
       }},
      {"the branch is text", [](const std::string& path, const std::string&) { put_file(path + branch_file, "\x1b[2J"); }},
      {"the branch is empty", [](const std::string& path, const std::string&) { put_file(path + branch_file, ""); }},
      {"packed refs are a link",
       [](const std::string& path, const std::string&) {
         std::filesystem::remove(path + branch_file);
         replace_by_link(path + "/.git/packed-refs", "/etc/hostname");
       }},
      {"packed refs are huge",
       [](const std::string& path, const std::string&) {
         std::filesystem::remove(path + branch_file);
         put_file(path + "/.git/packed-refs", std::string(5 << 20, '\n'));
       }},
  }));
  CAPTURE(row.name);
  row.tamper(clone, head);
  const auto read = adapter::read_branch_head(clone, world_branch);
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().kind == ErrorKind::malformed);
  CHECK(read.error().message.find('\x1b') == std::string::npos);
}

TEST_CASE("a branch of a clone is found loose and packed", "[workspace]") {
  World world;
  REQUIRE(world.workspace.prepare_clone(world.order()).ok());
  const std::string clone = world.clone().path();
  const std::string head = world.clone().commit("a", "1");
  CHECK(adapter::read_branch_head(clone, world_branch).value() == head);
  world.clone().git({"pack-refs", "--all"});
  REQUIRE_FALSE(std::filesystem::exists(clone + branch_file));
  CHECK(adapter::read_branch_head(clone, world_branch).value() == head);
  CHECK_FALSE(adapter::read_branch_head(clone, "other").value().has_value());
  CHECK_FALSE(adapter::read_branch_head(clone, "afk/other/deeper").value().has_value());
  CHECK_FALSE(adapter::read_branch_head(world.folder / "nowhere", world_branch).value().has_value());
}

} // namespace
} // namespace afk::test
