#include <afk/adapter/executor_process_order.hpp>

#include <support/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace afk::adapter {
namespace {

Order sample_order(TurnKind kind, const std::string& turn) {
  Order order;
  order.run = {.text = "afk-abcdefghijklmnopqrstuvwx22"};
  order.turn = {.text = turn};
  order.kind = kind;
  order.agent = "claude";
  order.model = "large";
  order.branch = "afk/12-abcdefgh";
  order.prompt = "Do it.";
  order.files = {{.name = "ISSUE.md", .bytes = "text"}, {.name = "check.log", .bytes = "red"}};
  return order;
}

Order verify_order() {
  Order order = sample_order(TurnKind::verify, "verify-abcdefghijkl-0");
  order.agent = "";
  order.files = {};
  order.verify_head = std::string(40, 'a');
  order.verify_commands = {"make test", "make 'lint all'"};
  return order;
}

const ProcessAgent sample_agent{.argv = {"claude", "--model={model}", "{prompt_file}", "{other}"},
                                .environment = {"ANTHROPIC_API_KEY"},
                                .read_only_paths = {"/home/ada/.claude"}};

TurnPlan sample_plan(const Order& order) {
  return {.order = order,
          .agent = order.kind == TurnKind::verify ? nullptr : &sample_agent,
          .paths = {.clone = "/r/clone",
                    .checkout = "/r/turns/t/checkout",
                    .mirror = "/m/acme/widget.git",
                    .files = "/r/turns/t/files",
                    .report_folder = "/r/turns/t/report"},
          .programs = {.agent = "/usr/bin/claude", .shell = "/bin/sh", .git = "/usr/bin/git"},
          .base_branch = "main",
          .sandbox = std::nullopt,
          .limits = {.timeout = std::chrono::hours(1),
                     .stop_grace = std::chrono::seconds(10),
                     .watch_interval = std::chrono::seconds(1),
                     .output_bytes = 100,
                     .disk_bytes = 200}};
}

TEST_CASE("without a model the agent's own stands, and its flag goes") {
  Order order = sample_order(TurnKind::first, "first-abcdefghijkl-0");
  const ProcessAgent agent{.argv = {"codex", "exec", "-m", "{model}", "-"}, .environment = {}, .read_only_paths = {}};
  TurnPlan plan = sample_plan(order);
  plan.agent = &agent;
  const std::vector<std::string> with_model{"/usr/bin/claude", "exec", "-m", "large", "-"};
  CHECK(derive_turn_document(plan).steps[0].argv == with_model);
  order.model.clear();

  const std::vector<std::string> without_model{"/usr/bin/claude", "exec", "-"};
  CHECK(derive_turn_document(plan).steps[0].argv == without_model);
}

TEST_CASE("the first turn is the agent, with its prompt by file and by standard input") {
  const Order order = sample_order(TurnKind::first, "first-abcdefghijkl-0");
  const TurnDocument document = derive_turn_document(sample_plan(order));
  REQUIRE(document.steps.size() == 1);
  CHECK(document.steps[0].argv ==
        std::vector<std::string>{"/usr/bin/claude", "--model=large", "/r/turns/t/files/prompt.md", "{other}"});
  CHECK(document.steps[0].standard_input == "/r/turns/t/files/prompt.md");
  CHECK(document.steps[0].child == TurnStep::Child::itself);
  CHECK(document.steps[0].failure == TurnStep::Failure::ends_turn);
  CHECK(document.working_folder == "/r/clone");
  CHECK(document.measured_folders == std::vector<std::string>{"/r/clone", "/r/turns/t/report"});
  CHECK(document.branch == order.branch);
  CHECK(document.variables == EnvironmentVariables{{"AFK_RUN", "afk-abcdefghijklmnopqrstuvwx22"},
                                                   {"AFK_TURN", "first-abcdefghijkl-0"},
                                                   {"AFK_PROMPT_FILE", "/r/turns/t/files/prompt.md"},
                                                   {"AFK_REPORT", "/r/turns/t/report/report.json"},
                                                   {"AFK_ISSUE_FILE", "/r/turns/t/files/ISSUE.md"}});
}

TEST_CASE("an order without the issue's text promises no file with it") {
  Order order = sample_order(TurnKind::first, "first-abcdefghijkl-0");
  order.files = {};
  for (const auto& [name, value] : derive_turn_document(sample_plan(order)).variables) {
    CHECK(name != "AFK_ISSUE_FILE");
  }
}

TEST_CASE("a further turn fetches the base before it begins, and begins without it where that fails") {
  for (const auto& [kind, name] : std::vector<std::pair<TurnKind, std::string>>{{TurnKind::fix, "fix"},
                                                                                {TurnKind::rebase, "rebase"},
                                                                                {TurnKind::finish, "finish"},
                                                                                {TurnKind::answer, "answer"}}) {
    const Order order = sample_order(kind, name + "-abcdefghijkl-0");
    const TurnDocument document = derive_turn_document(sample_plan(order));
    REQUIRE(document.steps.size() == 2);
    CHECK(document.steps[0].argv.front() == "/usr/bin/git");
    CHECK(document.steps[0].argv.back() == "+refs/heads/main:refs/remotes/origin/main");
    CHECK(document.steps[0].failure == TurnStep::Failure::ignored);
    CHECK(document.steps[0].timeout.has_value());
    CHECK(document.steps[0].standard_input.empty());
    CHECK(document.steps[1].argv.front() == "/usr/bin/claude");
  }
  const Order redispatch = sample_order(TurnKind::redispatch, "redispatch-abcdefghijkl-0");
  CHECK(derive_turn_document(sample_plan(redispatch)).steps.size() == 1); // its clone is new
}

TEST_CASE("a verify turn is its commands, by a shell, in a checkout") {
  const Order order = verify_order();
  const TurnDocument document = derive_turn_document(sample_plan(order));
  REQUIRE(document.steps.size() == 2);
  CHECK(document.steps[0].argv == std::vector<std::string>{"/bin/sh", "-c", "make test"});
  CHECK(document.steps[1].argv == std::vector<std::string>{"/bin/sh", "-c", "make 'lint all'"});
  CHECK(document.steps[1].header == "make 'lint all'");
  CHECK(document.working_folder == "/r/turns/t/checkout");
  CHECK(document.measured_folders == std::vector<std::string>{"/r/turns/t/checkout"});
  CHECK(document.branch.empty());
  CHECK(document.variables.size() == 2);
}

TEST_CASE("in the sandbox every step is, with exactly the turn's places") {
  const auto contains_run = [](const std::vector<std::string>& argv, const std::vector<std::string>& run) {
    return std::ranges::search(argv, run).begin() != argv.end();
  };
  for (const Order& order : {sample_order(TurnKind::fix, "fix-abcdefghijkl-0"), verify_order()}) {
    TurnPlan plan = sample_plan(order);
    plan.sandbox = SandboxView{};
    plan.sandbox->program = "/usr/bin/bwrap";
    const TurnDocument document = derive_turn_document(plan);
    const std::string work = order.kind == TurnKind::verify ? "/r/turns/t/checkout" : "/r/clone";
    for (const TurnStep& step : document.steps) {
      CHECK(step.child == TurnStep::Child::sandbox);
      CHECK(step.argv.front() == "/usr/bin/bwrap");
      CHECK(contains_run(step.argv, {"--bind", work, work}));
      CHECK(contains_run(step.argv, {"--ro-bind", "/m/acme/widget.git", "/m/acme/widget.git"}));
      CHECK(contains_run(step.argv, {"--chdir", work, "--"}));
      const bool shows_agent = contains_run(step.argv, {"--ro-bind-try", "/home/ada/.claude"});
      CHECK(shows_agent == (order.kind != TurnKind::verify));
      CHECK(std::ranges::count(step.argv, "--bind") == (order.kind == TurnKind::verify ? 1 : 2));
    }
  }
}

TEST_CASE("an agent's environment is the allowed names, each once") {
  const EnvironmentVariables ours{{"PATH", "/bin"},    {"HOME", "/home/ada"}, {"TERM", "xterm"},
                                  {"TOKEN", "secret"}, {"KEY", "for it"},     {"LC_ALL", "C"}};
  CHECK(derive_agent_environment(ours, {}) ==
        EnvironmentVariables{{"TERM", "dumb"}, {"PATH", "/bin"}, {"HOME", "/home/ada"}});
  CHECK(derive_agent_environment(ours, {"KEY", "KEY", "PATH", "ABSENT", "TERM"}) ==
        EnvironmentVariables{{"TERM", "dumb"}, {"PATH", "/bin"}, {"HOME", "/home/ada"}, {"KEY", "for it"}});
}

TEST_CASE("an order that no caller should give is refused") {
  Order order = sample_order(TurnKind::first, "first-abcdefghijkl-0");
  REQUIRE(check_order(order).ok());
  SECTION("a run that would lead elsewhere") {
    order.run.text = "../../../etc";
  }
  SECTION("a turn that would lead elsewhere") {
    order.turn.text = "../first-abcdefghijkl-0";
  }
  SECTION("a redispatch below none") {
    order.redispatch = -1;
  }
  SECTION("a kind that the name contradicts") {
    order.kind = TurnKind::fix;
  }
  SECTION("a file that would lead elsewhere") {
    order.files[0].name = "../ISSUE.md";
  }
  SECTION("a hidden file") {
    order.files[0].name = ".profile";
  }
  SECTION("a file without a name") {
    order.files[0].name = "";
  }
  SECTION("two files of one name") {
    order.files[0].name = "check.log";
  }
  SECTION("a file in the prompt's place") {
    order.files[0].name = "prompt.md";
  }
  SECTION("nothing to verify") {
    order = verify_order();
    order.verify_head = "";
  }
  SECTION("nothing to verify it with") {
    order = verify_order();
    order.verify_commands = {};
  }
  const auto checked = check_order(order);
  REQUIRE_FALSE(checked.ok());
  CHECK(checked.error().kind == ErrorKind::configuration);
}

} // namespace
} // namespace afk::adapter
