#include <afk/adapter/run_folder_codec.hpp>

#include <support/catch.hpp>

#include <string>

namespace afk::adapter {
namespace {

Timestamp moment(std::int64_t milliseconds) {
  return Timestamp(std::chrono::milliseconds(1'700'000'000'000 + milliseconds));
}

RunDocument sample_run() {
  return {.issue = {.repository = {.owner = "acme", .name = "widget"}, .number = 12},
          .agent = "claude",
          .model = "large",
          .branch = "afk/12-abcdefgh",
          .base_branch = "main",
          .base_head = std::string(40, 'a')};
}

TurnDocument sample_turn() {
  return {.sequence = 3,
          .turn = {"fix-abcdefghijkl-2"},
          .agent = "claude",
          .branch = "afk/12-abcdefgh",
          .verify_head = "",
          .steps = {{.argv = {"/usr/bin/git", "fetch"},
                     .failure = TurnStep::Failure::ignored,
                     .child = TurnStep::Child::sandbox,
                     .timeout = std::chrono::minutes(5)},
                    {.argv = {"/bin/sh", "-c", "echo \"quoted\"\n\ttwo lines"},
                     .standard_input = "/a path/prompt.md",
                     .header = "echo"}},
          .working_folder = "/work/clone",
          .measured_folders = {"/work/clone", "/work/report"},
          .variables = {{"AFK_RUN", "x"}, {"AFK_TURN", "y=z"}},
          .limits = {.timeout = std::chrono::hours(6),
                     .stop_grace = std::chrono::seconds(10),
                     .watch_interval = std::chrono::milliseconds(500),
                     .output_bytes = std::int64_t{16} << 20,
                     .disk_bytes = std::int64_t{10} << 30}};
}

StartedDocument sample_started() {
  return {.supervisor = {.id = 4711,
                         .start_ticks = 18'446'744'073'709'551'615U,
                         .boot_id = "ceed91ba-9010-46b7-877c-eb5a86673667",
                         .id_namespace = "pid:[4026531836]"},
          .at = moment(123),
          .head_before = std::string(40, 'b')};
}

EndedDocument sample_ended() {
  return {.outcome = TurnOutcome::output_limit,
          .reason = "stopped because it printed more than 10 bytes",
          .exit_code = std::nullopt,
          .ended_signal = 15,
          .failed_step = 1,
          .started_at = moment(0),
          .ended_at = moment(5000),
          .output_bytes = 10,
          .left_behind = 2,
          .head_after = std::string(40, 'c')};
}

TEST_CASE("what was written is what is read") {
  CHECK(*parse_run_document(render_run_document(sample_run())) == sample_run());
  CHECK(*parse_turn_document(render_turn_document(sample_turn())) == sample_turn());
  CHECK(*parse_started_document(render_started_document(sample_started())) == sample_started());
  CHECK(*parse_ended_document(render_ended_document(sample_ended())) == sample_ended());
  EndedDocument plain;
  plain.exit_code = 0;
  plain.outcome = TurnOutcome::succeeded;
  CHECK(*parse_ended_document(render_ended_document(plain)) == plain);
}

TEST_CASE("every outcome has a name of its own") {
  for (const TurnOutcome outcome :
       {TurnOutcome::succeeded, TurnOutcome::failed, TurnOutcome::interrupted, TurnOutcome::timed_out,
        TurnOutcome::output_limit, TurnOutcome::disk_limit, TurnOutcome::usage_limited}) {
    const auto parsed = parse_turn_outcome(render_turn_outcome(outcome));
    REQUIRE(parsed.ok());
    CHECK(*parsed == outcome);
  }
  CHECK_FALSE(parse_turn_outcome("splendid").ok());
}

std::string replace(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

TEST_CASE("documents that do not follow their form are refused") {
  struct Case {
    const char* name;
    const char* what;
    const char* by;
  };

  const auto check_started = [](const std::string& bytes) {
    const auto parsed = parse_started_document(bytes);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().kind == ErrorKind::malformed);
    CHECK(parsed.error().message.starts_with("started cannot be read: "));
  };
  const auto row = GENERATE(values<Case>({{"another schema", "\"schema\": 1", "\"schema\": 2"},
                                          {"no schema", "\"schema\": 1,", ""},
                                          {"a schema that is text", "\"schema\": 1", "\"schema\": \"1\""},
                                          {"a missing key", "\"at\"", "\"ta\""},
                                          {"a wrong time", "2023-11-14", "2023-13-14"},
                                          {"everybody", "4711", "-1"},
                                          {"one's own group", "4711", "0"},
                                          {"init", "4711", "1"},
                                          {"a torn end", "\n}\n", ""},
                                          {"two values", "\n}\n", "\n} {}"}}));
  DYNAMIC_SECTION(row.name) {
    check_started(replace(render_started_document(sample_started()), row.what, row.by));
  }
  check_started("");
  check_started("[]");
  check_started("null");
  check_started(std::string(longest_run_document + 1, ' '));
  check_started(std::string(100'000, '['));
}

TEST_CASE("a step that nobody could start, or with a word that nobody knows, is refused") {
  const std::string bytes = render_turn_document(sample_turn());
  CHECK_FALSE(parse_turn_document(replace(bytes, "\"ignored\"", "\"maybe\"")).ok());
  CHECK_FALSE(parse_turn_document(replace(bytes, "\"sandbox\"", "\"cage\"")).ok());
  CHECK_FALSE(parse_turn_document(replace(bytes, "\"5m\"", "\"soon\"")).ok());
  CHECK_FALSE(parse_turn_document(replace(bytes, "fix-abcdefghijkl-2", "../../etc")).ok());
  TurnDocument empty = sample_turn();
  empty.steps.front().argv.clear();
  CHECK_FALSE(parse_turn_document(render_turn_document(empty)).ok());
}

} // namespace
} // namespace afk::adapter
