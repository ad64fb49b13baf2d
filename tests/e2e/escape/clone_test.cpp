// What a hostile agent leaves in its clone for the next git command of the host. The host that knows of no danger runs
// ordinary git; afk imports, verifies and publishes the work instead.
#include <e2e/escape/escape_world.hpp>

#include <support/catch.hpp>

#include <string>

using namespace afk::test;

namespace {

constexpr const char* canary = "{home}/planted";

// Each script commits some work at its end, so that afk has something to import and to publish.
void try_trap(const char* name, const std::string& set, const char* host) {
  const std::string script = "spring=\"sh -c 'echo REACHED > {home}/planted'\"\n" + set +
                             "\necho work > work.txt\n"
                             "git -c core.hooksPath=/dev/null -c core.fsmonitor=false add work.txt\n"
                             "git -c core.hooksPath=/dev/null -c core.fsmonitor=false commit -q -m work\n"
                             "rm -f {home}/planted\n";
  try_escape(
      {.name = name, .script = script.c_str(), .canary = canary, .without = Attempt::Without::afk, .host = host});
}

} // namespace

TEST_CASE("escape: hooks", "[escape]") {
  try_trap("hooks of the clone",
           "for h in post-checkout pre-commit post-commit reference-transaction post-index-change pre-push; do\n"
           "  printf '#!/bin/sh\\n%s\\n' \"$spring\" > .git/hooks/$h; chmod +x .git/hooks/$h\ndone",
           "git commit -q --allow-empty -m host");
}

TEST_CASE("escape: hooks that are committed", "[escape]") {
  try_trap("hooks among the files",
           "mkdir hooks; printf '#!/bin/sh\\n%s\\n' \"$spring\" > hooks/post-checkout; chmod +x hooks/post-checkout\n"
           "git config core.hooksPath hooks",
           "git checkout -q -b host");
}

TEST_CASE("escape: a file system monitor", "[escape]") {
  try_trap("core.fsmonitor", "git config core.fsmonitor \"$spring; :\"", "git status");
}

TEST_CASE("escape: filters by attributes", "[escape]") {
  try_trap("clean and smudge filters",
           "git config filter.x.clean \"$spring; cat\"; git config filter.x.smudge \"$spring; cat\"\n"
           "mkdir -p .git/info; echo '* filter=x' > .git/info/attributes",
           "rm README; git checkout -- README; echo more >> README; git add README");
}

TEST_CASE("escape: filters by attributes that are committed", "[escape]") {
  try_trap("filters with attributes among the files",
           "git config filter.x.smudge \"$spring; cat\"; echo '* filter=x' > .gitattributes\n"
           "git -c filter.x.clean=cat add .gitattributes",
           "rm README; git checkout -- README");
}

TEST_CASE("escape: submodules", "[escape]") {
  try_trap("a submodule's update",
           "git config submodule.x.url {app}; git config submodule.x.active true\n"
           "git config submodule.x.update \"!$spring; :\"\n"
           "printf '[submodule \"x\"]\\n\\tpath = x\\n\\turl = {app}\\n' > .gitmodules\n"
           "git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),x; git add .gitmodules",
           "git -c protocol.file.allow=always submodule update --init; git -C x commit -q --allow-empty -m x; "
           "git submodule update");
}

TEST_CASE("escape: programs of the configuration for people", "[escape]") {
  try_trap("diff.external, pager and editor",
           "git config diff.external \"$spring; :\"; git config core.pager \"$spring; cat\"\n"
           "git config core.editor \"$spring; :\"; echo more >> README",
           "git --no-pager diff; git --paginate log -1; git commit -q --allow-empty");
}

TEST_CASE("escape: programs of the configuration for transport", "[escape]") {
  try_trap("remote.origin.uploadpack and core.sshCommand",
           "git config remote.origin.uploadpack \"$spring; git-upload-pack\"\n"
           "git config uploadpack.packObjectsHook \"$spring; :\"\ngit config core.sshCommand \"$spring; :\"",
           "git fetch -q origin");
}

TEST_CASE("escape: other words for commands", "[escape]") {
  try_trap(
      "an alias and an included file",
      "printf '[alias]\\n\\tst = \"!%s\"\\n[core]\\n\\tfsmonitor = \"%s; :\"\\n' \"$spring\" \"$spring\" > .git/more\n"
      "git config include.path more",
      "git status; git st");
}

TEST_CASE("escape: a merge driver", "[escape]") {
  try_trap("a merge driver by attributes",
           "git config merge.x.driver \"$spring; :\"; mkdir -p .git/info; echo '* merge=x' > .git/info/attributes\n"
           "git checkout -q -b side HEAD; echo theirs > README; git -c core.hooksPath=/dev/null commit -q -a -m side\n"
           "git checkout -q -; echo ours > README; git add README",
           "git commit -q -a -m ours; git merge -q side -m both");
}

TEST_CASE("escape: a text conversion", "[escape]") {
  try_trap("a textconv by attributes",
           "git config diff.x.textconv \"$spring; cat\"; mkdir -p .git/info; echo '* diff=x' > .git/info/attributes\n"
           "echo more >> README",
           "git --no-pager diff; git --no-pager log -p -1");
}

TEST_CASE("escape: a program that signs", "[escape]") {
  try_trap("gpg.program",
           "printf '#!/bin/sh\\n%s\\n' \"$spring\" > .git/gpg; chmod +x .git/gpg\n"
           "git config gpg.program \"$PWD/.git/gpg\"; git config commit.gpgSign false\ngit config user.signingkey x",
           "git commit -q -S --allow-empty -m host");
}
