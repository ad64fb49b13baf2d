// What the trusted containers of a turn's pod do with what an agent left behind.

#include <contract/executor/kubernetes_world.hpp>

#include <support/catch.hpp>

#include <filesystem>
#include <string>

namespace afk::test {

TEST_CASE("a branch that touches a protected path is not pushed") {
  KubernetesWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, {.commits = ".github/workflows/ci.yml"});
  start_well(world.executor(), order);
  const TurnView view = await_end(world.executor(), order);
  CHECK(view.outcome == TurnOutcome::failed);
  CHECK(view.output_excerpt.find("protected path") != std::string::npos);
  CHECK(view.head_after == view.head_before);
  CHECK(world.origin().git({"branch", "--list", "afk/*"}).empty());
}

TEST_CASE("nothing that an agent leaves in its clone runs where the forge's token is") {
  KubernetesWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  const std::string marker = world.origin().path() + ".ran";
  world.script_agent(order.turn, "echo work > work.txt; git add work.txt; git commit -q -m Work\n"
                                 "printf '#!/bin/sh\\ntouch " +
                                     marker +
                                     "\\n' > .git/hooks/pre-push 2>/dev/null || "
                                     "{ mkdir -p .git/hooks; printf '#!/bin/sh\\ntouch " +
                                     marker +
                                     "\\n' > .git/hooks/pre-push; }\n"
                                     "chmod +x .git/hooks/pre-push\n"
                                     "git config core.fsmonitor 'touch " +
                                     marker +
                                     "'\n"
                                     "git config core.sshCommand 'touch " +
                                     marker +
                                     "'\n"
                                     "git config credential.helper '!touch " +
                                     marker +
                                     "'\n"
                                     "git config remote.origin.uploadpack 'touch " +
                                     marker +
                                     "'\n"
                                     "git config core.hooksPath \"$PWD/.git/hooks\"\n"
                                     "ln -s /etc/passwd \"$AFK_OUT/passwd\"; exit 0\n");
  start_well(world.executor(), order);
  const TurnView view = await_end(world.executor(), order);
  INFO(view.output_excerpt);
  CHECK(view.outcome == TurnOutcome::succeeded);
  CHECK(world.origin().git({"log", "-1", "--format=%s", order.branch}) == "Work");
  CHECK_FALSE(std::filesystem::exists(marker));
}

TEST_CASE("an agent that turns its branch into a link, or removes it, publishes nothing") {
  const std::string way = GENERATE("rm -rf .git/refs/heads/afk", "f=.git/refs/heads/$(git branch --show-current); "
                                                                 "rm $f; ln -s /etc/hostname $f");
  KubernetesWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  world.script_agent(order.turn, way + "\nexit 0\n");
  start_well(world.executor(), order);
  const TurnView view = await_end(world.executor(), order);
  CHECK(view.outcome == TurnOutcome::failed);
  CHECK(view.output_excerpt.find("afk:") != std::string::npos);
  CHECK(world.origin().git({"branch", "--list", "afk/*"}).empty());
}

} // namespace afk::test
