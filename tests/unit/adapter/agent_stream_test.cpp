// Lines as claude-code 2.1.329, codex 0.169.0 and gemini-cli 0.61.0 print them, shortened, and what nobody should
// print.
#include <afk/adapter/agent_activity_codec.hpp>
#include <afk/adapter/agent_stream.hpp>

#include <support/catch.hpp>
#include <support/near.hpp>

#include <string>
#include <vector>

namespace afk::adapter {
namespace {

using afk::test::near;

using Result = AgentActivity::Result;
using Limit = AgentActivity::Limit;
using Counted = AgentActivity::Counted;

const Timestamp now = *parse_timestamp("2026-11-20T17:58:39Z");

AgentActivity read(AgentOutput output, const std::string& text, TokenPrices prices = {}) {
  AgentStream stream(output, prices);
  stream.feed(text, now);
  stream.finish(now);
  return stream.activity();
}

const std::string claude_turn =
    R"({"type":"system","subtype":"init","cwd":"/w","session_id":"1332f18a-f704","tools":["Bash"]})"
    "\n"
    R"({"type":"assistant","message":{"id":"msg_1","content":[{"type":"text","text":"I look."}]},"session_id":"1332f18a-f704"})"
    "\n"
    R"({"type":"assistant","message":{"id":"msg_1","content":[{"type":"tool_use","id":"t1","name":"Bash","input":{"command":"make test"}}]},"session_id":"1332f18a-f704"})"
    "\n"
    R"({"type":"user","message":{"content":[{"type":"tool_result","content":"ok"}]},"session_id":"1332f18a-f704"})"
    "\n";

std::string claude_result(const std::string& more) {
  return R"({"type":"result","session_id":"1332f18a-f704","num_turns":2,"usage":{"input_tokens":100,"cache_read_input_tokens":20,"cache_creation_input_tokens":3,"output_tokens":55},)" +
         more + "}\n";
}

TEST_CASE("claude's stream tells session, step, cost and how it went") {
  AgentActivity activity = read(AgentOutput::claude_stream, claude_turn);
  CHECK(activity.session == "1332f18a-f704");
  CHECK(activity.step == "Bash: make test");
  CHECK(activity.message == "I look.");
  CHECK(activity.turns == 1);
  CHECK(activity.result == Result::none);
  CHECK(activity.progressed_at == now);
  CHECK_FALSE(activity.cost_usd);

  const std::string good = claude_result(
      R"("is_error":false,"subtype":"success","permission_denials":[],"result":"All done.","total_cost_usd":0.0038,"model_usage_since_last_result":{"a":{"costUSD":0.0012},"b":{"costUSD":0.0007}})");
  activity = read(AgentOutput::claude_stream, claude_turn + good);
  CHECK(activity.result == Result::success);
  CHECK(activity.turns == 2);
  CHECK(activity.message == "All done.");
  CHECK(*activity.cost_usd == near(0.0019));
  CHECK(activity.counted == Counted::turn);
  CHECK(activity.tokens == TokenCount{123, 20, 55});
  CHECK(activity.unreadable_lines == 0);

  // A second result of the same process counts besides the first.
  CHECK(*read(AgentOutput::claude_stream, good + good).cost_usd == near(0.0038));
}

TEST_CASE("an older claude counts over its session") {
  const AgentActivity activity =
      read(AgentOutput::claude_stream,
           claude_result(
               R"("is_error":false,"subtype":"success","permission_denials":[],"result":"x","total_cost_usd":0.25)"));
  CHECK(*activity.cost_usd == near(0.25));
  CHECK(activity.counted == Counted::session);
}

TEST_CASE("what claude calls a success is one only without errors and denials") {
  struct Case {
    const char* name = "";
    const char* fields = "";
    Result result = Result::error;
    int denials = 0;
  };

  const auto row = GENERATE(values<Case>({
      {"all right", R"("is_error":false,"subtype":"success","permission_denials":[])", Result::success, 0},
      {"a denial", R"("is_error":false,"subtype":"success","permission_denials":[{"tool_name":"Bash"}])",
       Result::success, 1},
      {"an API error", R"("is_error":true,"subtype":"success","permission_denials":[],"result":"API Error: 500")",
       Result::error, 0},
      {"out of turns", R"("is_error":false,"subtype":"error_max_turns","permission_denials":[])", Result::error, 0},
      {"no word on errors", R"("subtype":"success","permission_denials":[])", Result::error, 0},
      {"errors as text", R"("is_error":"false","subtype":"success","permission_denials":[])", Result::error, 0},
      {"no word on denials", R"("is_error":false,"subtype":"success")", Result::error, 0},
      {"denials as null", R"("is_error":false,"subtype":"success","permission_denials":null)", Result::error, 0},
      {"no subtype", R"("is_error":false,"permission_denials":[])", Result::error, 0},
  }));
  INFO(row.name);
  const AgentActivity activity = read(AgentOutput::claude_stream, claude_result(row.fields));
  CHECK(activity.result == row.result);
  CHECK(activity.denials == row.denials);
}

TEST_CASE("claude's limits are taken from its event, else from its result") {
  const std::string rejected =
      R"({"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":1795204717,"rateLimitType":"five_hour"},"session_id":"d423"})"
      "\n";
  AgentActivity activity = read(AgentOutput::claude_stream, rejected);
  CHECK(activity.limit == Limit::reached);
  CHECK(render_timestamp(*activity.limited_until) == "2026-11-20T19:58:37Z");

  activity = read(AgentOutput::claude_stream,
                  rejected + R"({"type":"rate_limit_event","rate_limit_info":{"status":"allowed"}})"
                             "\n");
  CHECK(activity.limit == Limit::none);
  CHECK_FALSE(activity.limited_until);

  activity = read(AgentOutput::claude_stream,
                  claude_result(R"("is_error":true,"subtype":"success","api_error_status":429,"result":"later")"));
  CHECK(activity.limit == Limit::reached);
  CHECK_FALSE(activity.limited_until);
  CHECK(activity.problem == "later");

  for (const std::string moment : {"-5", "1e300", "-1e300", "\"soon\"", "null", "12", "32472144000"}) {
    INFO(moment);
    activity =
        read(AgentOutput::claude_stream,
             R"({"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":)" + moment + "}}\n");
    CHECK(activity.limit == Limit::reached);
    CHECK_FALSE(activity.limited_until);
  }
}

const std::string codex_turn =
    R"({"type":"thread.started","thread_id":"01a1fa1b-7879"})"
    "\n"
    R"({"type":"item.completed","item":{"id":"item_0","type":"error","message":"Model metadata not found."}})"
    "\n"
    R"({"type":"turn.started"})"
    "\n"
    R"({"type":"item.started","item":{"type":"command_execution","command":"/bin/bash -lc 'make'","status":"in_progress"}})"
    "\n"
    R"({"type":"item.completed","item":{"type":"agent_message","text":"All done."}})"
    "\n";

TEST_CASE("codex's lines tell thread, step, tokens and how it went") {
  AgentActivity activity = read(AgentOutput::codex_jsonl, codex_turn);
  CHECK(activity.session == "01a1fa1b-7879");
  CHECK(activity.step == "command: /bin/bash -lc 'make'");
  CHECK(activity.message == "All done.");
  CHECK(activity.turns == 1);
  CHECK(activity.result == Result::none);
  CHECK(activity.problem.empty());

  activity = read(
      AgentOutput::codex_jsonl,
      codex_turn +
          R"({"type":"turn.completed","usage":{"input_tokens":2000000,"cached_input_tokens":1000000,"output_tokens":100000}})",
      {.input = 1, .cached_input = 0.1, .output = 10});
  CHECK(activity.result == Result::success);
  CHECK(activity.counted == Counted::session);
  CHECK(*activity.cost_usd == near(2.1));
}

TEST_CASE("codex that fails says why, and one that tries to connect for ever makes no progress") {
  const std::string limit = "You\xe2\x80\x99ve hit your usage limit. Visit the page or try again at 7:58 PM.";
  AgentActivity activity = read(AgentOutput::codex_jsonl, R"({"type":"turn.failed","error":{"message":")" + limit +
                                                              R"("}})"
                                                              "\n");
  CHECK(activity.result == Result::error);
  CHECK(activity.limit == Limit::reached);
  CHECK(render_timestamp(*activity.limited_until) == "2026-11-20T19:58:00Z");
  CHECK(activity.problem == limit);

  AgentStream stream(AgentOutput::codex_jsonl, {});
  stream.feed(codex_turn, now);
  stream.feed(R"({"type":"error","message":"Reconnecting... 1/5"})"
              "\n",
              now + std::chrono::hours(1));
  CHECK(stream.activity().progressed_at == now);
  CHECK(stream.activity().limit == Limit::none);
}

TEST_CASE("gemini's stream tells session, step, tokens and how it went") {
  const std::string turn =
      R"({"type":"init","session_id":"0f15e8e5-9fea","model":"gemini-2.5-pro"})"
      "\n"
      R"({"type":"message","role":"user","content":"work"})"
      "\n"
      R"({"type":"tool_use","tool_name":"run_shell_command","parameters":{"command":"make","description":"Build it"}})"
      "\n"
      R"({"type":"tool_result","status":"success","output":""})"
      "\n"
      R"({"type":"message","role":"assistant","content":"All ","delta":true})"
      "\n"
      R"({"type":"message","role":"assistant","content":"done.","delta":true})"
      "\n";
  AgentActivity activity =
      read(AgentOutput::gemini_stream,
           turn + R"({"type":"result","status":"success","stats":{"input_tokens":200,"output_tokens":40,"cached":50}})",
           {.input = 1, .cached_input = 1, .output = 1});
  CHECK(activity.session == "0f15e8e5-9fea");
  CHECK(activity.step == "run_shell_command: Build it");
  CHECK(activity.message == "All done.");
  CHECK(activity.turns == 1);
  CHECK(activity.result == Result::success);
  CHECK(activity.counted == Counted::turn);
  CHECK(*activity.cost_usd == near(0.00024));

  activity = read(
      AgentOutput::gemini_stream,
      turn +
          R"({"type":"result","status":"error","error":{"type":"unknown","message":"[API Error: You have exhausted your daily quota on this model.]"},"stats":{}})");
  CHECK(activity.result == Result::error);
  CHECK(activity.limit == Limit::reached);
  CHECK_FALSE(activity.limited_until);
}

TEST_CASE("hostile lines change nothing that counts, and break nothing") {
  const std::string deep(200'000, '[');
  for (const std::string& line :
       {std::string("\xff\xfe{"), std::string("null"), std::string("[1,2]"), std::string("{"), std::string("{}"), deep,
        "{\"type\":" + deep, std::string(R"({"type":7,"session_id":{"a":1},"item":[],"message":null})"),
        std::string(R"({"type":"result"})"), std::string(R"({"type":"result","status":"great"})"),
        std::string(R"({"type":"turn.completed2"})"), std::string(R"({"type":"item.completed","item":"x"})"),
        std::string(R"({"type":"assistant","message":{"content":{"type":"text"}}})"), std::string(1000, '\0')}) {
    for (const AgentOutput output :
         {AgentOutput::claude_stream, AgentOutput::codex_jsonl, AgentOutput::gemini_stream}) {
      const AgentActivity activity = read(output, line + "\n");
      CHECK(activity.result != Result::success);
      CHECK(activity.session.empty());
      CHECK(activity.step.empty());
    }
  }
}

TEST_CASE("numbers beyond all measure are none") {
  const AgentActivity activity = read(
      AgentOutput::claude_stream,
      R"({"type":"result","is_error":false,"subtype":"success","permission_denials":[],"num_turns":1e300,"total_cost_usd":-4,"usage":{"input_tokens":-1,"output_tokens":1e300}})");
  CHECK_FALSE(activity.cost_usd);
  CHECK(activity.turns == 1'000'000);
  CHECK(activity.tokens.input == 0);
  CHECK(activity.tokens.output == 1'000'000'000'000'000);
}

TEST_CASE("what an agent says of itself is clean and short") {
  std::string text = R"({"type":"assistant","message":{"id":"m","content":[{"type":"text","text":"a\u001b[31mb)" +
                     std::string(20'000, 'x') +
                     R"("},{"type":"tool_use","name":"Ba\u001b]0;t\u0007sh","input":{"command":"l1\nl2\u202e)" +
                     std::string(5000, 'y') + R"("}}]}})" + "\n";
  const AgentActivity activity = read(AgentOutput::claude_stream, text);
  CHECK(activity.message.size() <= longest_agent_message);
  CHECK(activity.message.starts_with("abxxx"));
  CHECK(activity.step.size() <= 200);
  CHECK(activity.step.starts_with("Bash: l1 l2yyy"));
}

TEST_CASE("lines come in any pieces") {
  const std::string whole =
      claude_turn + claude_result(R"("is_error":false,"subtype":"success","permission_denials":[])");
  const AgentActivity expected = read(AgentOutput::claude_stream, whole);
  for (const std::size_t size : {1U, 2U, 7U, 100U}) {
    AgentStream stream(AgentOutput::claude_stream, {});
    for (std::size_t at = 0; at < whole.size(); at += size) {
      stream.feed(std::string_view(whole).substr(at, size), now);
    }
    stream.finish(now);
    CHECK(stream.activity() == expected);
  }
}

TEST_CASE("a line without an end is forgotten, and the next one is read") {
  AgentStream stream(AgentOutput::codex_jsonl, {});
  const std::string block(1 << 20, 'x');
  for (int megabyte = 0; megabyte < 100; ++megabyte) {
    stream.feed(block, now);
  }
  stream.feed("\n"
              R"({"type":"thread.started","thread_id":"after"})"
              "\n",
              now);
  CHECK(stream.activity().session == "after");
  CHECK(stream.activity().unreadable_lines == 1);
}

TEST_CASE("an activity is read as it was written") {
  AgentActivity activity = read(AgentOutput::claude_stream, claude_turn);
  CHECK(*parse_agent_activity(render_agent_activity(activity)) == activity);
  CHECK(*parse_agent_activity(render_agent_activity({})) == AgentActivity{});
  activity.cost_usd = 1.25;
  activity.counted = Counted::session;
  activity.result = Result::error;
  activity.limit = Limit::reached;
  activity.limited_until = now;
  activity.problem = "two\nlines";
  activity.denials = 3;
  activity.tokens = {1, 2, 3};
  activity.unreadable_lines = 4;
  CHECK(*parse_agent_activity(render_agent_activity(activity)) == activity);
}

TEST_CASE("a forged activity is refused, or harmless") {
  std::string document = render_agent_activity({});
  for (const std::string& wrong : {std::string(), std::string("{}"), std::string("[]"), std::string("\xff"),
                                   document.substr(0, 40), std::string(longest_activity + 1, ' ')}) {
    CHECK_FALSE(parse_agent_activity(wrong));
  }
  const std::size_t at = document.find("\"session\": \"\"");
  REQUIRE(at != std::string::npos);
  document.replace(at, 13, R"("session": "--evil")");
  const auto parsed = parse_agent_activity(document);
  REQUIRE(parsed);
  CHECK(parsed->session.empty());
}

} // namespace
} // namespace afk::adapter
