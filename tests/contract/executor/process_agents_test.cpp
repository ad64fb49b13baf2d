// Agents whose output is read, their sessions, floods of output, and reviewers in a verify turn.

#include <contract/executor/process_world.hpp>

#include <afk/adapter/run_folder_codec.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

namespace afk::test {
namespace {

constexpr const char* codex_begins = R"(echo '{"type":"thread.started","thread_id":"session-1"}'
echo '{"type":"item.started","item":{"type":"command_execution","command":"make \u001b[31mall"}}'
echo '{"type":"item.completed","item":{"type":"agent_message","text":"Done."}}'
)";
constexpr const char* codex_ends =
    R"(echo '{"type":"turn.completed","usage":{"input_tokens":1000000,"cached_input_tokens":0,"output_tokens":0}}'
)";

adapter::ProcessAgent& read_agent(ProcessWorld& world) {
  adapter::ProcessAgent& agent = world.setup().agents.at("scripted");
  agent.argv.emplace_back("new");
  agent.resume_argv = {agent.argv.front(), "{prompt_file}", "resume {session}"};
  agent.output = AgentOutput::codex_jsonl;
  agent.prices.input = 2;
  agent.state_variable = "AGENT_STATE";
  return agent;
}

TurnView run(ProcessWorld& world, const Order& order, const std::string& script) {
  world.script_agent(order.turn, "exec 3>&2\n" + script);
  start_well(world.executor(), order);
  return await_end(world.executor(), order);
}

adapter::EndedDocument ended_of(ProcessWorld& world, const Order& order) {
  const auto ended = adapter::parse_ended_document(get_file(world.in_turn(order, adapter::turn_entry::ended)));
  REQUIRE(ended.ok());
  return *ended;
}

TEST_CASE("output that is read tells of the turn while it runs and when it is over") {
  ProcessWorld world;
  read_agent(world);
  world.use(world.make_other_tick());
  const Order order = world.make_order(1, TurnKind::first);
  const TurnView view = run(world, order, std::string(codex_begins) + "echo noise >&2\n" + codex_ends);
  CHECK(view.outcome == TurnOutcome::succeeded);
  REQUIRE(view.activity);
  CHECK(view.activity->session == "session-1");
  CHECK(view.activity->step == "command: make all");
  CHECK(view.activity->message == "Done.");
  CHECK(*view.activity->cost_usd == 2.0);
  CHECK(view.activity->unreadable_lines == 1); // the agent's own "agent started"
  CHECK(view.output_excerpt == "Done.");
  CHECK(view.last_progress_at.has_value());
  CHECK(world.log_of(order).find("noise") != std::string::npos);
}

TEST_CASE("an agent that says nothing of a success has none, whatever its exit code") {
  ProcessWorld world;
  read_agent(world);
  world.use(world.make_other_tick());
  const Order order = world.make_order(1, TurnKind::first);
  CHECK(run(world, order, codex_begins).outcome == TurnOutcome::failed);
  CHECK(ended_of(world, order).reason.find("no result") != std::string::npos);
}

TEST_CASE("a usage limit ends the turn as one, with its end") {
  ProcessWorld world;
  read_agent(world);
  world.use(world.make_other_tick());
  const Order order = world.make_order(1, TurnKind::first);
  const TurnView view = run(
      world, order,
      R"(echo '{"type":"turn.failed","error":{"message":"You have hit your usage limit. Try again in 2 hours."}}'; exit 1)");
  CHECK(view.outcome == TurnOutcome::usage_limited);
  REQUIRE(view.limited_until);
  CHECK(*view.limited_until - *view.ended_at > std::chrono::minutes(119));
}

TEST_CASE("an agent's credentials stand in nothing that it says") {
  ProcessWorld world;
  read_agent(world);
  world.use(world.make_other_tick());
  const Order order = world.make_order(1, TurnKind::first);
  const std::string said = R"({"type":"item.completed","item":{"type":"agent_message","text":"I have $SCRIPTED_KEY"}})";
  const TurnView view = run(
      world, order,
      "cat <<END\n" + said + "\nEND\nprintf '{\"step\": \"%s\"}' \"$SCRIPTED_KEY\" > \"$AFK_REPORT\"\n" + codex_ends);
  REQUIRE(view.activity);
  CHECK(view.activity->message == "I have [redacted]");
  CHECK(view.output_excerpt == "I have [redacted]");
  REQUIRE(view.report);
  CHECK(view.report->step == "[redacted]");
}

TEST_CASE("a further turn goes on with the session, in the same state folder") {
  ProcessWorld world;
  adapter::ProcessAgent& agent = read_agent(world);
  put_file(world.folder() + "/login.json", "a login");
  agent.state_links = {{".tool/login.json", world.folder() + "/login.json"}, {"absent", world.folder() + "/absent"}};
  world.use(world.make_other_tick());
  const Order first = world.make_order(1, TurnKind::first);
  CHECK(run(world, first,
            std::string("echo \"$2\" >&3; cat \"$AGENT_STATE/.tool/login.json\" >&3\n") +
                "echo kept > \"$AGENT_STATE/session\"\n" + codex_begins + codex_ends)
            .outcome == TurnOutcome::succeeded);
  CHECK(world.log_of(first).find("new\n") != std::string::npos);
  CHECK(world.log_of(first).find("a login") != std::string::npos);

  const Order fix = world.make_order(1, TurnKind::fix);
  CHECK(run(world, fix, std::string("echo \"$2\" >&3; cat \"$AGENT_STATE/session\" >&3\n") + codex_begins + codex_ends)
            .outcome == TurnOutcome::succeeded);
  CHECK(world.log_of(fix).find("resume session-1\n") != std::string::npos);
  CHECK(world.log_of(fix).find("kept\n") != std::string::npos);

  // One that could not be taken up again is not tried a second time.
  const Order finish = world.make_order(1, TurnKind::finish);
  run(world, finish, "exit 1");
  const Order answer = world.make_order(1, TurnKind::answer);
  run(world, answer, "echo \"$2\" >&3; exit 1");
  CHECK(world.log_of(answer).find("new\n") != std::string::npos);
}

// The most memory that a process ever had, in KiB.
long peak_memory_of(pid_t id) {
  std::ifstream status("/proc/" + std::to_string(id) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) {
      return std::stol(line.substr(6));
    }
  }
  return 0;
}

TEST_CASE("a flood of output costs no memory, and what comes after it is read") {
  const bool whole = std::getenv("AFK_LONG") != nullptr;
  const long megabytes = whole ? 1024 : 100;
  std::cout << "flood: " << megabytes << " MiB without a line feed" << (whole ? "" : "; the whole is 1024") << '\n';
  ProcessWorld world;
  read_agent(world);
  world.setup().settings.output_limit.bytes = std::int64_t{2} << 30;
  world.setup().settings.disk_limit.bytes = std::int64_t{4} << 30;
  world.use(world.make_other_tick());
  const Order order = world.make_order(1, TurnKind::first);
  const std::string fifo = world.control_path("gate");
  world.script_agent(order.turn,
                     fmt::format("mkfifo {0}\nhead -c {1}M /dev/zero\nprintf '\\377\\376\\033[2J\\n'\n{2}read line < "
                                 "{0}\n{3}",
                                 fifo, megabytes, codex_begins, codex_ends));
  start_well(world.executor(), order);
  const std::string activity = world.in_turn(order, adapter::turn_entry::activity);
  const auto has_come = [&] {
    return std::filesystem::exists(activity) && get_file(activity).find("session-1") != std::string::npos;
  };
  for (int round = 0; round < (whole ? 30 : 3) && !has_come(); ++round) {
    try {
      await("the lines behind the flood", has_come);
    } catch (const std::exception&) { // a gigabyte takes its time
    }
  }
  REQUIRE(has_come());
  const long peak = peak_memory_of(world.supervisor_of(order));
  CHECK(peak > 0);
  CHECK(peak < 64 * 1024);
  world.write_to_fifo(fifo);
  const TurnView view = await_end(world.executor(), order);
  CHECK(view.outcome == TurnOutcome::succeeded);
  REQUIRE(view.activity);
  CHECK(view.activity->step == "command: make all");
  CHECK(view.activity->unreadable_lines >= 1);
}

Order review_order(ProcessWorld& world, std::vector<std::string> commands) {
  Order order = world.make_order(1, TurnKind::verify);
  order.verify_head = world.make_head_with("verified.txt");
  order.verify_commands = std::move(commands);
  return order;
}

void add_reviewer(ProcessWorld& world, const std::string& script) {
  put_file(world.control_path("reviewer"), "#!/bin/sh\n" + script);
  std::filesystem::permissions(world.control_path("reviewer"), std::filesystem::perms::owner_all);
  adapter::ProcessAgent reviewer;
  reviewer.argv = {world.control_path("reviewer"), "{base}"};
  reviewer.environment = {"REVIEWER_KEY"};
  reviewer.red_when = {"[P0]", "[P1]"};
  reviewer.state_variable = "REVIEWER_STATE";
  world.setup().agents["careful"] = reviewer;
  world.setup().environment.emplace_back("REVIEWER_KEY", "for the reviewer");
  world.setup().list_reviewers = [](const RepositoryName&) { return std::vector<std::string>{"careful"}; };
  world.use(world.make_other_tick());
}

TurnView review(ProcessWorld& world, const Order& order) {
  start_well(world.executor(), order);
  return await_end(world.executor(), order);
}

TEST_CASE("a reviewer looks at what has passed, and alone knows its credentials") {
  ProcessWorld world;
  add_reviewer(world, "echo \"key: $REVIEWER_KEY\"; touch \"$REVIEWER_STATE/x\"; test -f verified.txt && echo fine\n");
  const Order order = review_order(world, {"echo \"the command sees: ${REVIEWER_KEY-nothing}\""});
  CHECK(review(world, order).outcome == TurnOutcome::succeeded);
  const std::string log = world.log_of(order);
  CHECK(log.find("the command sees: nothing") != std::string::npos);
  CHECK(log.find("$ review by careful\nkey: for the reviewer\nfine\n") != std::string::npos);
}

TEST_CASE("what a reviewer finds is red, and its words are the reason") {
  struct Case {
    const char* name = "";
    const char* script = "";
    TurnOutcome outcome = TurnOutcome::failed;
  };

  const auto row = GENERATE(values<Case>({
      {"a finding", "echo '- [P1] Numbers are read as octal'\n", TurnOutcome::failed},
      {"a finding in two pieces", "printf '[P'; sleep 0.2; printf '0] bad'\n", TurnOutcome::failed},
      {"an exit code", "exit 1\n", TurnOutcome::failed},
      {"something small", "echo '- [P3] A matter of taste'\n", TurnOutcome::succeeded},
  }));
  DYNAMIC_SECTION(row.name) {
    ProcessWorld world;
    add_reviewer(world, row.script);
    const Order order = review_order(world, {"true"});
    const TurnView view = review(world, order);
    CHECK(view.outcome == row.outcome);
    if (row.outcome == TurnOutcome::failed) {
      CHECK(ended_of(world, order).reason.find("review by careful") != std::string::npos);
      CHECK(ended_of(world, order).failed_step == 1);
    }
  }
}

TEST_CASE("no reviewer is asked about work that did not pass") {
  ProcessWorld world;
  add_reviewer(world, "echo asked\n");
  const Order order = review_order(world, {"false"});
  CHECK(review(world, order).outcome == TurnOutcome::failed);
  CHECK(world.log_of(order).find("asked") == std::string::npos);
}

TEST_CASE("a reviewer whose program is missing fails the start with its name") {
  ProcessWorld world;
  add_reviewer(world, "");
  world.setup().agents["careful"].argv = {"/no/such/reviewer"};
  world.use(world.make_other_tick());
  const auto started = world.executor().start(review_order(world, {"true"}));
  REQUIRE_FALSE(started.ok());
  CHECK(started.error().kind == ErrorKind::configuration);
  CHECK(started.error().message.find("careful") != std::string::npos);
}

} // namespace
} // namespace afk::test
