// What a T3 Code server may answer, and what becomes of it: values, names and texts, without any executor.

#include <afk/adapter/crypto.hpp>
#include <afk/adapter/executor_t3_codec.hpp>
#include <afk/adapter/executor_t3_command_codec.hpp>
#include <afk/adapter/executor_t3_names.hpp>
#include <afk/adapter/executor_t3_text.hpp>
#include <afk/adapter/executor_t3_view.hpp>

#include <nlohmann/json.hpp>

#include <support/catch.hpp>
#include <support/hostile_text.hpp>

#include <optional>

namespace afk::adapter {
namespace {

using nlohmann::json;

const AttemptName attempt{.run = {"afk-abcdefghijklmnopqrstuvwx22"}, .redispatch = 0};
const Timestamp noon = parse_timestamp("2026-11-20T12:00:00Z").value();

http::Response answer(const json& body) {
  return {.status = 200, .headers = {{"content-type", "application/json"}}, .body = body.dump()};
}

json row() {
  return {{"id", attempt.run.text},
          {"projectId", "afk-demo"},
          {"title", "acme/app#12 claude first-abcdefghijkl-0"},
          {"modelSelection", {{"instanceId", "codex"}, {"model", "gpt-5.6-sol"}}},
          {"branch", nullptr},
          {"createdAt", "2026-11-20T11:00:00.000Z"},
          {"updatedAt", "2026-11-20T11:30:00.000Z"},
          {"latestUserMessageAt", "2026-11-20T11:10:00.000Z"},
          {"latestTurn",
           {{"state", "completed"},
            {"requestedAt", "2026-11-20T11:10:00.000Z"},
            {"completedAt", "2026-11-20T11:20:00.000Z"}}},
          {"session", {{"status", "ready"}, {"lastError", nullptr}, {"updatedAt", "2026-11-20T11:20:00.000Z"}}},
          {"hasPendingApprovals", false},
          {"hasPendingUserInput", false}};
}

T3Thread read(const json& one) {
  const auto listing =
      parse_t3_listing(answer({{"snapshotSequence", 7}, {"projects", json::array()}, {"threads", {one}}}));
  REQUIRE(listing.ok());
  REQUIRE(listing->threads.contains(attempt));
  return listing->threads.at(attempt).value();
}

json with(json one, const json& changes) {
  one.merge_patch(changes);
  return one;
}

struct StageCase {
  std::string name;
  json changes;
  T3Stage stage;
};

TEST_CASE("a thread's row tells its stage, and what is not known is no success", "[t3]") {
  const json session_of = {{"session", {{"updatedAt", "2026-11-20T11:59:30Z"}}}};
  const std::vector<StageCase> cases{
      {"finished", json::object(), T3Stage::completed},
      {"finished, reaped later", {{"session", {{"status", "stopped"}}}}, T3Stage::completed},
      {"nothing yet",
       {{"latestUserMessageAt", nullptr}, {"latestTurn", nullptr}, {"session", nullptr}},
       T3Stage::untouched},
      {"accepted a moment ago",
       {{"latestUserMessageAt", "2026-11-20T11:59:00Z"}, {"latestTurn", nullptr}, {"session", nullptr}},
       T3Stage::pending},
      {"accepted long ago", {{"latestTurn", nullptr}, {"session", nullptr}}, T3Stage::lost},
      {"a further turn, accepted a moment ago", {{"latestUserMessageAt", "2026-11-20T11:59:00Z"}}, T3Stage::pending},
      {"a further turn, accepted and lost", {{"latestUserMessageAt", "2026-11-20T11:50:00Z"}}, T3Stage::lost},
      {"running", {{"session", {{"status", "running"}}}, {"latestTurn", {{"state", "running"}}}}, T3Stage::running},
      {"starting", {{"session", {{"status", "starting"}}}, {"latestTurn", nullptr}}, T3Stage::running},
      {"waiting for approval", {{"session", {{"status", "running"}}}, {"hasPendingApprovals", true}}, T3Stage::waiting},
      {"waiting for an answer",
       {{"session", {{"status", "running"}}}, {"hasPendingUserInput", true}},
       T3Stage::waiting},
      {"a flag that outlived its session",
       {{"session", {{"status", "error"}, {"lastError", "Provider session did not survive a server restart."}}},
        {"latestTurn", {{"state", "error"}}},
        {"hasPendingApprovals", true}},
       T3Stage::restarted},
      {"an error",
       {{"session", {{"status", "error"}, {"lastError", "no"}}}, {"latestTurn", {{"state", "error"}}}},
       T3Stage::failed},
      {"a usage limit",
       {{"session", {{"status", "error"}, {"lastError", "Usage limit reached"}}}, {"latestTurn", {{"state", "error"}}}},
       T3Stage::usage_limited},
      {"a crash",
       {{"session", {{"status", "stopped"}}}, {"latestTurn", {{"state", "interrupted"}}}},
       T3Stage::interrupted},
      {"a start that failed",
       {{"session", {{"status", "error"}, {"lastError", "ENOENT"}, {"updatedAt", "2026-11-20T11:59:30Z"}}},
        {"latestTurn", nullptr},
        {"latestUserMessageAt", "2026-11-20T11:59:00Z"}},
       T3Stage::start_failed},
      {"a start that was refused without a word",
       {{"session", {{"updatedAt", "2026-11-20T11:30:00Z"}}}, {"latestTurn", nullptr}},
       T3Stage::start_failed},
      {"stuck without a session that works", {{"latestTurn", {{"state", "running"}}}}, T3Stage::restarted},
      {"the same, a moment ago", with(session_of, {{"latestTurn", {{"state", "running"}}}}), T3Stage::running},
      {"subagents go on", {{"backgroundLiveness", "working"}}, T3Stage::running},
      {"an unknown state", {{"latestTurn", {{"state", "victorious"}}}}, T3Stage::failed},
      {"an unknown session", {{"session", {{"status", "dreaming"}}}}, T3Stage::running},
  };
  for (const StageCase& one : cases) {
    DYNAMIC_SECTION(one.name) {
      CHECK(derive_t3_stage(read(with(row(), one.changes)), noon) == one.stage);
    }
  }
}

TEST_CASE("a row that cannot be read fails for itself, and rows of others are not looked at", "[t3]") {
  for (const json& broken : std::vector<json>{{{"session", "running"}},
                                              {{"latestTurn", {{"state", 3}}}},
                                              {{"title", json::array()}},
                                              {{"createdAt", "yesterday"}},
                                              {{"hasPendingApprovals", "no"}},
                                              {{"modelSelection", 7}}}) {
    json other = row();
    other["id"] = "somebody-elses";
    other["session"] = "nonsense";
    const auto listing = parse_t3_listing(answer(
        {{"snapshotSequence", 7}, {"projects", json::array()}, {"threads", {with(row(), broken), other, 5, nullptr}}}));
    CAPTURE(broken.dump());
    REQUIRE(listing.ok());
    REQUIRE(listing->threads.size() == 1);
    REQUIRE_FALSE(listing->threads.at(attempt).ok());
    CHECK(listing->threads.at(attempt).error().kind == ErrorKind::malformed);
  }
}

TEST_CASE("answers that are none are refused", "[t3]") {
  for (const json& body :
       std::vector<json>{json::array(),
                         {{"snapshotSequence", 1}},
                         {{"snapshotSequence", "1"}, {"projects", json::array()}, {"threads", json::array()}},
                         {{"snapshotSequence", 1}, {"projects", {{{"title", "no id"}}}}, {"threads", json::array()}},
                         {{"snapshotSequence", 1}, {"projects", nullptr}, {"threads", json::array()}}}) {
    CAPTURE(body.dump());
    CHECK(parse_t3_listing(answer(body)).error().kind == ErrorKind::malformed);
  }
  CHECK_FALSE(parse_t3_environment(answer({{"serverVersion", "0.0.33"}})).ok());
  CHECK_FALSE(parse_t3_environment(answer({{"environmentId", 5}})).ok());
  http::Response page = answer(json::object());
  page.headers = {{"content-type", "text/html"}};
  CHECK_FALSE(parse_t3_environment(page).ok());
  page = answer(json::object());
  page.body = std::string(100'000, '[');
  CHECK_FALSE(parse_t3_detail(page).ok());
  CHECK_FALSE(parse_t3_sequence(answer({{"sequence", 1.5}})).ok());
}

TEST_CASE("a token tells its end by its own claims", "[t3]") {
  // {"exp":1795176000000}
  CHECK(find_t3_token_expiry("eyJleHAiOjE3OTUxNzYwMDAwMDB9.c2lnbmF0dXJl") == noon);
  for (const char* token : {"", "no-dot", ".sig", "!!!.sig", "e30.sig", "eyJleHAiOi01fQ.sig", "eyJleHAiOiJub3cifQ.sig"})
    CHECK_FALSE(find_t3_token_expiry(token).has_value());
}

TEST_CASE("names can be taken apart again, and nobody else's are taken for ours", "[t3]") {
  const TurnName turn = derive_turn_name({attempt.run, TurnKind::fix, "cause", 3}, make_digest());
  const T3Title title{.issue = {{"acme", "app"}, 12}, .agent = "claude", .turn = turn};
  CHECK(try_t3_title(render_t3_title(title)) == title);
  const T3Start start{.turn = turn, .number = 12};
  CHECK(try_t3_start(attempt, derive_t3_message_id(attempt, start)) == start);
  CHECK_FALSE(try_t3_start({attempt.run, 1}, derive_t3_message_id(attempt, start)).has_value());
  for (const std::string text : {"", "acme/app#12", "acme/app#12 claude nonsense", "x y z", "acme/app#0 a fix"})
    CHECK_FALSE(try_t3_title(text).has_value());
  for (const std::string& hostile : test::hostile_texts()) {
    CHECK_FALSE(try_t3_title(hostile).has_value());
    CHECK_FALSE(try_t3_start(attempt, hostile).has_value());
    CHECK_FALSE(try_t3_start(attempt, attempt.run.text + ":" + hostile).has_value());
  }
  CHECK_FALSE(try_t3_title(derive_t3_seal_title(attempt)).has_value());
}

TEST_CASE("the report stands last in an answer", "[t3]") {
  CHECK(find_t3_report("Done.\n\n```afk-report\n{\"result\": \"done\"}\n```\n") == "{\"result\": \"done\"}\n");
  CHECK(find_t3_report("```afk-report\n{}\n```\nand again\n```afk-report\n{\"a\":1}\n```") == "{\"a\":1}\n");
  CHECK_FALSE(find_t3_report("```afk-report\n{} never closed").has_value());
  CHECK_FALSE(find_t3_report("```json\n{}\n```").has_value());
  CHECK_FALSE(find_t3_report("").has_value());
}

struct DecisionCase {
  const char* answer;
  const char* decision;
};

TEST_CASE("only a plain yes is one", "[t3]") {
  const auto row = GENERATE(values<DecisionCase>({{"yes", "accept"},
                                                  {"Yes, go on", "accept"},
                                                  {" OK.", "accept"},
                                                  {"approve", "accept"},
                                                  {"no", "decline"},
                                                  {"", "decline"},
                                                  {"yesterday", "decline"},
                                                  {"well, yes", "decline"},
                                                  {"> yes\nno", "decline"},
                                                  {"\xC3\xBF\xC3\xBF yes", "decline"}}));
  CAPTURE(row.answer);
  CHECK(derive_t3_decision(row.answer) == row.decision);
}

TEST_CASE("questions are shown clean and bounded, whatever an agent asks", "[t3]") {
  for (const std::string& hostile : test::hostile_texts()) {
    const T3Detail detail{.messages = {},
                          .activities = {{.kind = T3Activity::Kind::approval_requested,
                                          .summary = hostile,
                                          .detail = hostile + std::string(10'000, 'x'),
                                          .request_id = "request",
                                          .request_kind = "command",
                                          .questions = {},
                                          .created_at = noon}}};
    const auto request = find_t3_request(detail);
    REQUIRE(request.has_value());
    CHECK_FALSE(request->text.empty());
    CHECK(request->text.size() <= longest_question);
    CHECK(request->text.find('\x1b') == std::string::npos);
  }
}

TEST_CASE("commands are JSON, whatever they carry", "[t3]") {
  for (const std::string& hostile : test::hostile_texts()) {
    const json command = json::parse(
        render_t3_command(T3TurnStart{
            .command_id = "c", .thread_id = "t", .message_id = "m", .text = hostile, .runtime_mode = "full-access"}),
        nullptr, false);
    REQUIRE_FALSE(command.is_discarded());
    CHECK(command["type"] == "thread.turn.start");
    CHECK(command["message"]["text"].is_string());
  }
}

} // namespace
} // namespace afk::adapter
