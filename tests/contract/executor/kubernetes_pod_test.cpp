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

TEST_CASE("checks that forge their verdict stay red") {
  const std::string trick =
      GENERATE("echo 0 >\"$AFK_OUT/exit-code\"; chmod 444 \"$AFK_OUT/exit-code\"; true",
               "mkdir -p \"$AFK_WORK/../../../../out\"; cd \"$AFK_WORK/../../../../out\" && echo 0 >exit-code && "
               "chmod 444 exit-code; true");
  KubernetesWorld world;
  Order order = world.make_order(1, TurnKind::verify);
  order.verify_head = world.base_head();
  order.verify_commands = {trick, "false"};
  start_well(world.executor(), order);
  const TurnView view = await_end(world.executor(), order);
  INFO(view.output_excerpt);
  CHECK(view.outcome == TurnOutcome::failed);
  CHECK(view.head_after == order.verify_head);
}

TEST_CASE("an agent's exit code is that of the agent, whatever lies in its place") {
  KubernetesWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  world.script_agent(order.turn, "echo 0 >\"$AFK_OUT/exit-code\"; chmod 444 \"$AFK_OUT/exit-code\"; exit 3\n");
  start_well(world.executor(), order);
  CHECK(await_end(world.executor(), order).outcome == TurnOutcome::failed);
}

TEST_CASE("a long report comes through, with its question") {
  KubernetesWorld world;
  const Order order = world.make_order(1, TurnKind::first);
  const std::string question = "Which one? " + std::string(3000, 'q');
  world.plan_agent(order.turn,
                   {.reports = R"({"result": "blocked", "cost_usd": 1.5, "phase": "working", "question": ")" +
                               question + R"(", "extra": ")" + std::string(20000, 'x') + R"("})"});
  start_well(world.executor(), order);
  const TurnView view = await_end(world.executor(), order);
  INFO(view.report_problem);
  CHECK(view.outcome == TurnOutcome::succeeded);
  REQUIRE(view.report.has_value());
  CHECK(view.report->result == DeclaredResult::blocked);
  CHECK(view.report->question == question);
  CHECK(view.report->cost_usd == 1.5);
}

TEST_CASE("an agent with structured output is judged by what it says") {
  struct Case {
    std::string name;
    std::string line;
    TurnOutcome outcome;
  };

  const auto row = GENERATE(values<Case>({
      {"a success",
       R"({"type":"result","subtype":"success","is_error":false,"permission_denials":[],"total_cost_usd":0.5})",
       TurnOutcome::succeeded},
      {"a denied tool",
       R"({"type":"result","subtype":"success","is_error":false,"permission_denials":[{"tool_name":"Bash"}],"total_cost_usd":0.5})",
       TurnOutcome::failed},
      {"no result", R"({"type":"system","subtype":"init"})", TurnOutcome::failed},
  }));
  INFO(row.name);
  KubernetesWorld world;
  adapter::KubernetesExecutorSetup setup = world.setup();
  setup.agents["scripted"].output = AgentOutput::claude_stream;
  const auto executor = world.make_executor(std::move(setup));
  const Order order = world.make_order(1, TurnKind::first);
  world.plan_agent(order.turn, {.prints = row.line});
  start_well(*executor, order);
  const TurnView view = await_end(*executor, order);
  CHECK(view.outcome == row.outcome);
  REQUIRE(view.activity.has_value());
  if (row.name != "no result") {
    CHECK(view.activity->cost_usd == 0.5);
  }
}

} // namespace afk::test
