// A clone is the agent's: whatever it puts there must not run, must not be obeyed, and must not show it anything that
// is not its own. A canary stands for each attempt.

#include "landing_world.hpp"

#include <support/catch.hpp>

#include <fstream>

#include <sys/stat.h>

namespace afk::test {
namespace {

using Strings = std::vector<std::string>;

// The machine of one attempt, after the run has committed one file.
struct Attempt {
  LandingWorld& world;
  GitRepository clone;
  std::string head;
  std::string canary;  // exists when something of the clone ran
  std::string command; // what would create it

  void configure(const std::string& key, const std::string& value) const { clone.git({"config", key, value}); }

  void put_script(const std::string& name) const {
    put_file(clone / name, "#!/bin/sh\n" + command + "\n");
    std::filesystem::permissions(clone / name, std::filesystem::perms::all);
  }

  // Makes `id` the head of the run's branch, whatever it is.
  void point_branch(const std::string& id) const { put_file(clone / (".git/refs/heads/" + world_branch), id + "\n"); }

  [[nodiscard]] std::string object_file(const std::string& id) const {
    return clone / (".git/objects/" + id.substr(0, 2) + "/" + id.substr(2));
  }
};

Attempt begin(LandingWorld& world) {
  const GitRepository clone = world.clone();
  const std::string head = clone.commit("a", "1", "Work");
  const std::string canary = world.folder / "canary";
  return {.world = world, .clone = clone, .head = head, .canary = canary, .command = "touch " + canary};
}

struct Trick {
  const char* name;
  void (*play)(const Attempt& attempt);
};

TEST_CASE("nothing that a clone is configured to do happens", "[landing][hostile]") {
  const auto trick = GENERATE(values<Trick>({
      {"hooks",
       [](const Attempt& attempt) {
         for (const char* hook : {"post-checkout", "reference-transaction", "post-index-change", "pre-push", "update",
                                  "pre-receive", "post-receive", "post-update", "post-rewrite", "pre-auto-gc"}) {
           attempt.put_script(std::string(".git/hooks/") + hook);
         }
       }},
      {"hooks in its files",
       [](const Attempt& attempt) {
         attempt.put_script(".hooks/reference-transaction");
         attempt.put_script(".hooks/post-checkout");
         attempt.configure("core.hooksPath", ".hooks");
       }},
      {"a file system monitor",
       [](const Attempt& attempt) {
         attempt.put_script("monitor");
         attempt.configure("core.fsmonitor", attempt.clone / "monitor");
       }},
      {"programs for transport",
       [](const Attempt& attempt) {
         attempt.configure("core.sshCommand", attempt.command);
         attempt.configure("core.gitProxy", attempt.command);
         attempt.configure("uploadpack.packObjectsHook", attempt.command);
         attempt.configure("remote.origin.uploadpack", attempt.command + ";git-upload-pack");
         attempt.configure("remote.origin.receivepack", attempt.command + ";git-receive-pack");
         attempt.configure("remote.origin.vcs", "ext");
         attempt.configure("core.alternateRefsCommand", attempt.command);
         attempt.configure("protocol.ext.allow", "always");
       }},
      {"programs for people",
       [](const Attempt& attempt) {
         attempt.configure("core.editor", attempt.command);
         attempt.configure("core.pager", attempt.command);
         attempt.configure("pager.log", attempt.command);
         attempt.configure("core.askPass", attempt.command);
         attempt.configure("credential.helper", "!" + attempt.command);
         attempt.configure("gpg.program", attempt.command);
         attempt.configure("commit.gpgSign", "true");
         attempt.configure("log.showSignature", "true");
         attempt.configure("diff.external", attempt.command);
         attempt.configure("interactive.diffFilter", attempt.command);
       }},
      {"other words for commands",
       [](const Attempt& attempt) {
         for (const char* name : {"fetch", "upload-pack", "rev-list", "merge-tree", "cat-file", "push"}) {
           attempt.configure(std::string("alias.") + name, "!" + attempt.command);
         }
       }},
      {"filters and drivers chosen by attributes",
       [](const Attempt& attempt) {
         for (const char* key : {"filter.x.clean", "filter.x.smudge", "filter.x.process", "merge.x.driver",
                                 "diff.x.command", "diff.x.textconv"}) {
           attempt.configure(key, attempt.command);
         }
         put_file(attempt.clone / ".git/info/attributes", "* filter=x merge=x diff=x\n");
       }},
      {"settings from elsewhere",
       [](const Attempt& attempt) {
         put_file(attempt.clone / "more", "[core]\n\tfsmonitor = " + attempt.command +
                                              "\n[uploadpack]\n\tpackObjectsHook = " + attempt.command + "\n");
         attempt.configure("include.path", attempt.clone / "more");
       }},
      {"settings of a work tree",
       [](const Attempt& attempt) {
         attempt.configure("extensions.worktreeConfig", "true");
         put_file(attempt.clone / ".git/config.worktree", "[core]\n\tfsmonitor = " + attempt.command + "\n");
       }},
      {"a configuration that git cannot read",
       [](const Attempt& attempt) {
         put_file(attempt.clone / ".git/config", "[core\nrepositoryformatversion = 99\n");
       }},
      {"an extension that git does not know",
       [](const Attempt& attempt) {
         attempt.configure("core.repositoryFormatVersion", "1");
         attempt.configure("extensions.partialClone", "origin");
         attempt.configure("extensions.unheardOf", "1");
       }},
      {"other addresses",
       [](const Attempt& attempt) {
         attempt.configure("url.ext::sh -c " + attempt.command + "%S.insteadOf", "/");
         attempt.configure("core.worktree", attempt.world.folder.path());
       }},
      {"a shared folder elsewhere",
       [](const Attempt& attempt) { put_file(attempt.clone / ".git/commondir", attempt.world.origin / ".git\n"); }},
      {"a replaced base",
       [](const Attempt& attempt) {
         const std::string tree = attempt.clone.git({"mktree", "--missing"});
         const std::string other = attempt.clone.git({"commit-tree", tree, "-m", "Other"});
         attempt.clone.git({"replace", attempt.head, other});
       }},
      {"grafts and a commit graph",
       [](const Attempt& attempt) {
         put_file(attempt.clone / ".git/info/grafts", attempt.head + "\n");
         attempt.clone.git({"commit-graph", "write", "--reachable"});
         put_file(attempt.clone / ".git/objects/info/commit-graph", "garbage");
       }},
      {"a pack index of indexes",
       [](const Attempt& attempt) {
         attempt.clone.git({"repack", "-q", "-a", "-d", "-l"});
         put_file(attempt.clone / ".git/objects/pack/multi-pack-index", "garbage");
         put_file(attempt.clone / ".git/objects/pack/pack-" + std::string(40, 'a') + ".bitmap", "garbage");
       }},
      {"alternates that lead elsewhere",
       [](const Attempt& attempt) {
         put_file(attempt.clone / ".git/objects/info/alternates",
                  "/nonexistent\n\"" + attempt.world.folder.path() + "\"\n");
         put_file(attempt.clone / ".git/objects/info/http-alternates", "http://127.0.0.1:9/\n");
       }},
      {"a locked and half deleted index",
       [](const Attempt& attempt) {
         put_file(attempt.clone / ".git/index", "garbage");
         put_file(attempt.clone / ".git/index.lock", "");
         put_file(attempt.clone / ".git/HEAD", "garbage\n");
       }},
      {"an abandoned lock on its branch",
       [](const Attempt& attempt) { put_file(attempt.clone / (".git/refs/heads/" + world_branch + ".lock"), ""); }},
      {"folders full of foreign files",
       [](const Attempt& attempt) {
         put_file(attempt.clone / ".git/objects/zz/file", "x");
         put_file(attempt.clone / ".git/objects/aa/tmp_obj_abc", "x");
         put_file(attempt.clone / ".git/objects/pack/tmp_pack_abc", "x");
         std::filesystem::create_symlink("/etc/passwd", attempt.clone / ".git/objects/pack/secret");
       }},
  }));
  CAPTURE(trick.name);
  const auto world = LandingWorld::prepared();
  const Attempt attempt = begin(*world);
  trick.play(attempt);
  std::filesystem::remove(attempt.canary); // the agent's own git may have run it while the trick was prepared
  world->origin.commit("b", "2");

  const WorkEvidence evidence = world->evidence();
  CHECK(evidence.run_head == attempt.head);
  CHECK(evidence.commits == 1);
  CHECK(evidence.changed_paths == Strings{"a"});
  REQUIRE(world->landing().push(world->query(), evidence).ok());
  CHECK(world->evidence().published.head == evidence.candidate_head);
  CHECK(get_file(world->origin / "a") == "1");
  CHECK_FALSE(std::filesystem::exists(attempt.canary));
}

TEST_CASE("attributes and hooks that a run commits do not run either", "[landing][hostile]") {
  const auto world = LandingWorld::prepared();
  const GitRepository clone = world->clone();
  put_file(clone / ".gitattributes", "* filter=x diff=x merge=x text eol=crlf ident export-subst\n");
  put_file(clone / ".lfsconfig", "[lfs]\n\turl = http://127.0.0.1:9/\n");
  clone.commit("a", "$Id$\n");
  world->origin.commit("b", "2");
  const WorkEvidence evidence = world->evidence();
  REQUIRE(world->landing().keep_candidate(world->query(), evidence).ok());
  CHECK(world->mirror().git({"show", evidence.candidate_head + ":a"}) == "$Id$");
  const std::string destination = world->folder / "workspace/verify";
  REQUIRE(
      world->workspace
          .prepare_checkout(
              {.repository = world->source().repository, .head = evidence.candidate_head, .destination = destination})
          .ok());
}

void write_raw(const Attempt& attempt, const std::string& type, const std::string& bytes) {
  put_file(attempt.clone / "raw", bytes);
  const std::string id = attempt.clone.git({"hash-object", "-t", type, "-w", "--literally", "raw"});
  std::filesystem::remove(attempt.clone / "raw");
  attempt.point_branch(id);
}

// A commit on the run's head whose tree is what `git mktree` makes of `entries`.
void commit_tree(const Attempt& attempt, const std::string& tree_bytes) {
  put_file(attempt.clone / "raw", tree_bytes);
  const std::string tree = attempt.clone.git({"hash-object", "-t", "tree", "-w", "--literally", "raw"});
  std::filesystem::remove(attempt.clone / "raw");
  attempt.point_branch(attempt.clone.git({"commit-tree", tree, "-p", attempt.head, "-m", "Evil"}));
}

std::string raw_id(const std::string& hex) {
  std::string bytes;
  for (std::size_t index = 0; index < hex.size(); index += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(index, 2), nullptr, 16));
  }
  return bytes;
}

std::string tree_entry(const std::string& mode_and_name, const std::string& id) {
  return mode_and_name + std::string(1, '\0') + raw_id(id);
}

void replace_by_link(const std::string& path, const std::string& target) {
  std::filesystem::remove_all(path);
  std::filesystem::create_symlink(target, path);
}

TEST_CASE("a clone that was tampered with is an error of its run", "[landing][hostile]") {
  const auto trick = GENERATE(values<Trick>({
      {"the branch is at a blob",
       [](const Attempt& attempt) { attempt.point_branch(attempt.clone.git({"rev-parse", attempt.head + ":a"})); }},
      {"the branch is at a tree",
       [](const Attempt& attempt) {
         attempt.point_branch(attempt.clone.git({"rev-parse", attempt.head + "^{tree}"}));
       }},
      {"the branch is at a tag",
       [](const Attempt& attempt) {
         attempt.clone.git({"tag", "-a", "-m", "x", "annotated"});
         attempt.point_branch(attempt.clone.git({"rev-parse", "refs/tags/annotated"}));
       }},
      {"the branch is at a blob of the mirror",
       [](const Attempt& attempt) { attempt.point_branch(attempt.clone.git({"rev-parse", "origin/main:README"})); }},
      {"the branch is at nothing", [](const Attempt& attempt) { attempt.point_branch(std::string(40, 'a')); }},
      {"the branch is at zero", [](const Attempt& attempt) { attempt.point_branch(std::string(40, '0')); }},
      {"the branch has the name of another format",
       [](const Attempt& attempt) { attempt.point_branch(std::string(64, 'a')); }},
      {"a file is missing",
       [](const Attempt& attempt) {
         std::filesystem::remove(attempt.object_file(attempt.clone.git({"rev-parse", attempt.head + ":a"})));
       }},
      {"a folder is missing",
       [](const Attempt& attempt) {
         std::filesystem::remove(attempt.object_file(attempt.clone.git({"rev-parse", attempt.head + "^{tree}"})));
       }},
      {"history is missing",
       [](const Attempt& attempt) {
         const std::string tree = attempt.clone.git({"rev-parse", attempt.head + "^{tree}"});
         const std::string next = attempt.clone.git({"commit-tree", tree, "-p", attempt.head, "-m", "Next"});
         std::filesystem::remove(attempt.object_file(attempt.head));
         put_file(attempt.clone / ".git/shallow", next + "\n");
         attempt.point_branch(next);
       }},
      {"one object under the name of another",
       [](const Attempt& attempt) {
         const std::string wrong = attempt.object_file(attempt.clone.git({"rev-parse", attempt.head + ":a"}));
         std::filesystem::remove(wrong);
         std::filesystem::copy_file(attempt.object_file(attempt.head), wrong);
       }},
      {"garbage in place of an object",
       [](const Attempt& attempt) {
         std::filesystem::remove(attempt.object_file(attempt.head));
         put_file(attempt.object_file(attempt.head), "garbage");
       }},
      {"garbage in place of a pack",
       [](const Attempt& attempt) {
         attempt.clone.git({"repack", "-q", "-a", "-d", "-l"});
         for (const auto& name : names_in(attempt.clone / ".git/objects/pack")) {
           const std::string path = attempt.clone / (".git/objects/pack/" + name);
           std::filesystem::permissions(path, std::filesystem::perms::owner_all);
           put_file(path, "garbage");
         }
       }},
      {"a pack that is cut off",
       [](const Attempt& attempt) {
         attempt.clone.git({"repack", "-q", "-a", "-d", "-l"});
         for (const auto& name : names_in(attempt.clone / ".git/objects/pack")) {
           const std::string path = attempt.clone / (".git/objects/pack/" + name);
           std::filesystem::permissions(path, std::filesystem::perms::owner_all);
           std::filesystem::resize_file(path, std::filesystem::file_size(path) - 30);
         }
       }},
      {"an object is a link",
       [](const Attempt& attempt) { replace_by_link(attempt.object_file(attempt.head), "/etc/hostname"); }},
      {"a folder of objects is a link",
       [](const Attempt& attempt) {
         const std::string folder = attempt.clone / (".git/objects/" + attempt.head.substr(0, 2));
         std::filesystem::rename(folder, folder + "-real");
         std::filesystem::create_symlink(folder + "-real", folder);
       }},
      {"the folder of packs is a link",
       [](const Attempt& attempt) { replace_by_link(attempt.clone / ".git/objects/pack", "/tmp"); }},
      {"all objects are a link",
       [](const Attempt& attempt) {
         std::filesystem::rename(attempt.clone / ".git/objects", attempt.clone / "objects");
         std::filesystem::create_symlink(attempt.clone / "objects", attempt.clone / ".git/objects");
       }},
      {"all objects are gone",
       [](const Attempt& attempt) { std::filesystem::remove_all(attempt.clone / ".git/objects"); }},
      {"an object is a FIFO",
       [](const Attempt& attempt) {
         std::filesystem::remove(attempt.object_file(attempt.head));
         REQUIRE(::mkfifo(attempt.object_file(attempt.head).c_str(), 0600) == 0);
       }},
      {"a pack is a device",
       [](const Attempt& attempt) {
         replace_by_link(attempt.clone / (".git/objects/pack/pack-" + std::string(40, 'a') + ".pack"), "/dev/zero");
       }},
      {".git is a link to another clone",
       [](const Attempt& attempt) {
         std::filesystem::rename(attempt.clone / ".git", attempt.world.folder / "other.git");
         std::filesystem::create_symlink(attempt.world.folder / "other.git", attempt.clone / ".git");
       }},
      {".git is a file that names another repository",
       [](const Attempt& attempt) {
         std::filesystem::rename(attempt.clone / ".git", attempt.world.folder / "other.git");
         put_file(attempt.clone / ".git", "gitdir: " + (attempt.world.folder / "other.git") + "\n");
       }},
      {"a commit that is none", [](const Attempt& attempt) { write_raw(attempt, "commit", "tree of lies\n"); }},
      {"a commit without an author",
       [](const Attempt& attempt) {
         write_raw(attempt, "commit", "tree " + attempt.clone.git({"rev-parse", attempt.head + "^{tree}"}) + "\n\nx\n");
       }},
      {"a file called .git",
       [](const Attempt& attempt) {
         commit_tree(attempt, tree_entry("100644 .git", attempt.clone.git({"rev-parse", attempt.head + ":a"})));
       }},
      {"a folder called .GIT",
       [](const Attempt& attempt) {
         commit_tree(attempt, tree_entry("40000 .GIT", attempt.clone.git({"rev-parse", attempt.head + "^{tree}"})));
       }},
      {"a file that is called like the folder above",
       [](const Attempt& attempt) {
         commit_tree(attempt, tree_entry("100644 ..", attempt.clone.git({"rev-parse", attempt.head + ":a"})));
       }},
      {"a file with a path as its name",
       [](const Attempt& attempt) {
         commit_tree(attempt, tree_entry("100644 x/../../y", attempt.clone.git({"rev-parse", attempt.head + ":a"})));
       }},
      {"one name twice",
       [](const Attempt& attempt) {
         const std::string entry = tree_entry("100644 a", attempt.clone.git({"rev-parse", attempt.head + ":a"}));
         commit_tree(attempt, entry + entry);
       }},
      {"submodules whose address is an option",
       [](const Attempt& attempt) {
         attempt.clone.commit(".gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = -ufoo\n");
       }},
      {"submodules whose name leads out",
       [](const Attempt& attempt) {
         attempt.clone.commit(".gitmodules", "[submodule \"../../x\"]\n\tpath = x\n\turl = /x\n");
       }},
      {"submodules read from a link",
       [](const Attempt& attempt) {
         commit_tree(attempt, tree_entry("120000 .gitmodules", attempt.clone.git({"rev-parse", attempt.head + ":a"})));
       }},
  }));
  CAPTURE(trick.name);
  const auto world = LandingWorld::prepared();
  const Attempt attempt = begin(*world);
  trick.play(attempt);
  const std::string base = world->origin.head();
  const auto answer = world->look();
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().kind == ErrorKind::malformed);
  CHECK(names_in(world->folder / "scratch").empty());

  // Nor can it be kept or landed by somebody who believes that it is fine.
  WorkEvidence believed;
  believed.base_branch = "main";
  believed.base_head = base;
  believed.run_head = attempt.head;
  if (const auto now = adapter::read_branch_head(attempt.clone.path(), world_branch); now.ok() && now->has_value()) {
    believed.run_head = **now;
  }
  believed.candidate_head = believed.run_head;
  believed.commits = 1;
  CHECK_FALSE(world->landing().push(world->query(), believed).ok());
  CHECK(world->origin.head() == base);
  CHECK(world->mirror().git({"for-each-ref", "refs/afk/" + world_run.text + "/candidate"}).empty());
}

TEST_CASE("a run cannot publish what another repository on the machine holds", "[landing][hostile]") {
  const auto world = LandingWorld::prepared();
  const GitRepository other(world->folder / "other");
  other.commit("secret", "of somebody else\n");
  const std::string blob = other.git({"rev-parse", "HEAD:secret"});
  const Attempt attempt = begin(*world);
  const std::string objects = attempt.clone / ".git/objects";

  SECTION("by borrowing its objects") {
    put_file(objects + "/info/alternates", get_file(objects + "/info/alternates") + (other / ".git/objects") + "\n");
  }
  SECTION("by a link to one of them") {
    const std::string path = "/" + blob.substr(0, 2) + "/" + blob.substr(2);
    std::filesystem::create_directories(objects + "/" + blob.substr(0, 2));
    std::filesystem::create_symlink(other / (".git/objects" + path), objects + path);
  }
  SECTION("by a link to a folder of them") {
    std::filesystem::create_symlink(other / (".git/objects/" + blob.substr(0, 2)), objects + "/" + blob.substr(0, 2));
  }
  put_file(attempt.clone / "entries", "100644 blob " + blob + "\tstolen\n");
  const std::string tree = run_git(attempt.clone.path(), {"-c", "alias.make=!git mktree < entries", "make"});
  attempt.point_branch(attempt.clone.git({"commit-tree", tree, "-p", attempt.head, "-m", "Stolen"}));
  REQUIRE(attempt.clone.git({"show", world_branch + ":stolen"}) == "of somebody else");

  const auto answer = world->look();
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().kind == ErrorKind::malformed);
}

TEST_CASE("an index that lies does not hide what a commit changes", "[landing][hostile]") {
  // The index of a pack says where an object lies. One that gives the name of the base's README to other bytes would
  // show a reader another file than the one that lands, if anybody believed it.
  const auto world = LandingWorld::prepared();
  const Attempt attempt = begin(*world);
  const std::string readme = attempt.clone.git({"rev-parse", "origin/main:README"});
  const std::string path = attempt.object_file(readme);
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  put_file(attempt.clone / "evil", "evil\n");
  const std::string evil = attempt.clone.git({"hash-object", "-w", "evil"});
  std::filesystem::remove(attempt.clone / "evil");
  std::filesystem::copy_file(attempt.object_file(evil), path);

  const WorkEvidence evidence = world->evidence();
  REQUIRE(world->landing().push(world->query(), evidence).ok());
  CHECK(world->mirror().git({"show", evidence.candidate_head + ":README"}) == "first");
  CHECK(get_file(world->origin / "README") == "first\n");
}

TEST_CASE("a clone may not be of any size", "[landing][hostile]") {
  const auto world = LandingWorld::prepared();
  const Attempt attempt = begin(*world);
  SECTION("too many files") {
    world->limits.files = 2;
  }
  SECTION("too many bytes") {
    world->limits.bytes = 100;
  }
  const auto answer = world->look();
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().kind == ErrorKind::too_large);
  CHECK(names_in(world->folder / "scratch").empty());
}

TEST_CASE("only what git itself wrote is copied", "[landing][hostile]") {
  const auto world = LandingWorld::prepared();
  const Attempt attempt = begin(*world);
  put_file(attempt.clone / ".git/objects/info/alternates", "/etc\n");
  put_file(attempt.clone / ".git/objects/info/commit-graph", "x");
  put_file(attempt.clone / ".git/objects/aa/short", "x");
  put_file(attempt.clone / ".git/objects/file", "x");
  const std::string target = world->folder / "copy";
  std::filesystem::create_directories(target);
  REQUIRE(adapter::copy_objects({.clone = attempt.clone.path(), .objects = target, .limits = {}}).ok());
  CHECK_FALSE(std::filesystem::exists(target + "/info"));
  CHECK_FALSE(std::filesystem::exists(target + "/file"));
  CHECK_FALSE(std::filesystem::exists(target + "/aa/short"));
  CHECK(std::filesystem::exists(target + "/" + attempt.head.substr(0, 2) + "/" + attempt.head.substr(2)));
}

TEST_CASE("no command of afk carries anything of the caller's or of the clone's", "[landing][hostile]") {
  const auto world = LandingWorld::prepared();
  const Attempt attempt = begin(*world);
  world->origin.commit("b", "2");
  ::setenv("GIT_SSH_COMMAND", attempt.command.c_str(), 1);
  ::setenv("GIT_DIR", "/nonexistent", 1);
  ::setenv("GIT_CONFIG_COUNT", "1", 1);
  ::setenv("GIT_CONFIG_KEY_0", "core.fsmonitor", 1);
  ::setenv("GIT_CONFIG_VALUE_0", attempt.command.c_str(), 1);
  ::setenv("GIT_EXTERNAL_DIFF", attempt.command.c_str(), 1);
  world->commands.seen.clear();
  const WorkEvidence evidence = world->evidence();
  const auto pushed = world->landing().push(world->query(), evidence);
  for (const char* name : {"GIT_SSH_COMMAND", "GIT_DIR", "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0",
                           "GIT_EXTERNAL_DIFF"}) {
    ::unsetenv(name);
  }
  REQUIRE(pushed.ok());
  CHECK_FALSE(std::filesystem::exists(attempt.canary));
  for (const auto& command : world->commands.seen) {
    std::string git_dir;
    for (const auto& [name, value] : command.environment) {
      CHECK(value.find(attempt.clone.path()) == std::string::npos);
      git_dir = name == "GIT_DIR" ? value : git_dir;
    }
    CHECK(git_dir != "/nonexistent");
    for (const auto& argument : command.argv) {
      CHECK(argument.find(attempt.clone.path()) == std::string::npos);
    }
    CHECK(command.working_folder == "/");
  }
}

} // namespace
} // namespace afk::test
