#include <afk/core/agent_activity.hpp>

#include <support/catch.hpp>
#include <support/near.hpp>

#include <string>
#include <vector>

namespace afk {
namespace {

using afk::test::near;

using Result = AgentActivity::Result;
using Limit = AgentActivity::Limit;

AgentActivity activity_of(Result result) {
  AgentActivity activity;
  activity.result = result;
  return activity;
}

AgentActivity limited(Result result) {
  AgentActivity activity = activity_of(result);
  activity.limit = Limit::reached;
  return activity;
}

AgentActivity denied(int denials) {
  AgentActivity activity = activity_of(Result::success);
  activity.denials = denials;
  return activity;
}

TurnView turn_with(AgentActivity activity) {
  TurnView turn;
  turn.activity = std::move(activity);
  return turn;
}

AgentActivity cost_of(double usd, AgentActivity::Counted counted, const std::string& session) {
  AgentActivity activity;
  activity.cost_usd = usd;
  activity.counted = counted;
  activity.session = session;
  return activity;
}

TEST_CASE("an agent has succeeded only where everything says so") {
  struct Case {
    const char* name = "";
    AgentOutput output = AgentOutput::claude_stream;
    AgentActivity activity = {};
    std::optional<int> exit_code = 0;
    TurnOutcome outcome = TurnOutcome::failed;
  };

  const auto row = GENERATE(values<Case>({
      {"exit 0 and a result", AgentOutput::claude_stream, activity_of(Result::success), 0, TurnOutcome::succeeded},
      {"exit 0 and no output, as after SIGINT", AgentOutput::claude_stream, activity_of(Result::none), 0,
       TurnOutcome::failed},
      {"exit 0 and a denied tool", AgentOutput::claude_stream, denied(1), 0, TurnOutcome::failed},
      {"exit 0 and an error in the result", AgentOutput::gemini_stream, activity_of(Result::error), 0,
       TurnOutcome::failed},
      {"exit 1 and a success in the result", AgentOutput::claude_stream, activity_of(Result::success), 1,
       TurnOutcome::failed},
      {"a signal", AgentOutput::codex_jsonl, activity_of(Result::success), std::nullopt, TurnOutcome::failed},
      {"the provider's limit", AgentOutput::claude_stream, limited(Result::error), 1, TurnOutcome::usage_limited},
      {"the provider's limit and exit 0", AgentOutput::codex_jsonl, limited(Result::error), 0,
       TurnOutcome::usage_limited},
      {"a limit that was waited out", AgentOutput::claude_stream, limited(Result::success), 0, TurnOutcome::succeeded},
      {"text and exit 0", AgentOutput::text, activity_of(Result::none), 0, TurnOutcome::succeeded},
      {"text and exit 3", AgentOutput::text, activity_of(Result::success), 3, TurnOutcome::failed},
      {"text and a signal", AgentOutput::text, activity_of(Result::success), std::nullopt, TurnOutcome::failed},
  }));
  INFO(row.name);
  const AgentJudgement judgement = judge_agent(row.output, row.activity, row.exit_code);
  CHECK(judgement.outcome == row.outcome);
  CHECK_FALSE(judgement.reason.empty());
}

TEST_CASE("the reason of a failure names what the agent said, cleaned and bounded") {
  AgentActivity activity = activity_of(Result::error);
  activity.problem = "no \x1b[31mway\x1b[0m\nforward" + std::string(5000, 'x');
  const std::string reason = judge_agent(AgentOutput::codex_jsonl, activity, 1).reason;
  CHECK(reason.find("no way forward") != std::string::npos);
  CHECK(reason.find('\x1b') == std::string::npos);
  CHECK(reason.size() < 400);
}

TEST_CASE("the end of a limit is read from the provider's words") {
  const Timestamp now = *parse_timestamp("2026-11-20T17:58:39Z");

  struct Case {
    const char* message = "";
    const char* end = ""; // "" = none
  };

  const auto row = GENERATE(values<Case>({
      {"You\xe2\x80\x99ve hit your usage limit. Visit https://example.org/usage to purchase more credits or try again "
       "at 7:58 PM.",
       "2026-11-20T19:58:00Z"},
      {"try again at 9:05 AM.", "2026-11-21T09:05:00Z"},
      {"try again at 12:30 AM", "2026-11-21T00:30:00Z"},
      {"try again at Nov 22nd, 2026 7:58 PM.", "2026-11-22T19:58:00Z"},
      {"try again in 2 days 3 hours 4 minutes.", "2026-11-22T21:02:39Z"},
      {"Please retry in 2h3m4s.", "2026-11-20T20:01:43Z"},
      {"Your quota will reset after 23h59m1s.", "2026-11-21T17:57:40Z"},
      {"You've hit your 5-hour limit \xc2\xb7 resets 7:58pm (UTC)", "2026-11-20T19:58:00Z"},
      {"try again at 25:00 PM", ""},
      {"try again at Feb 31st, 2027 7:58 PM.", ""},
      {"try again in 9999999999999 days", ""},
      {"try again in 400 days", ""},
      {"in a while, at some time", ""},
      {"", ""},
  }));
  INFO(row.message);
  const auto end = find_limit_end(row.message, now);
  CHECK((end ? render_timestamp(*end) : "") == row.end);
}

TEST_CASE("other errors are no usage limit") {
  CHECK(speaks_of_usage_limit("You\xe2\x80\x99ve hit your usage limit."));
  CHECK(speaks_of_usage_limit("[API Error: You have exhausted your daily quota on this model.]"));
  CHECK(speaks_of_usage_limit("API Error: Request rejected (429) \xc2\xb7 later"));
  CHECK_FALSE(speaks_of_usage_limit("stream disconnected before completion"));
  CHECK_FALSE(speaks_of_usage_limit("Reconnecting... 1/5"));
  CHECK_FALSE(speaks_of_usage_limit("401 Unauthorized"));
}

TEST_CASE("what a session goes on counting is paid once") {
  using Counted = AgentActivity::Counted;
  const auto session = [](double usd, const std::string& id) { return turn_with(cost_of(usd, Counted::session, id)); };
  std::vector<TurnView> turns{session(1, "a"), session(3, "a"), session(0.5, "b"), session(4, "a")};
  CHECK(derive_cost(turns) == near(4.5));
  turns.push_back(session(0.25, "a")); // counts anew
  CHECK(derive_cost(turns) == near(4.75));
  turns.push_back(turn_with(cost_of(2, Counted::turn, "a")));
  turns.push_back(turn_with(cost_of(2, Counted::turn, "a")));
  CHECK(derive_cost(turns) == near(8.75));
  TurnView claimed = turn_with(cost_of(1, Counted::turn, "c"));
  claimed.report = AgentReport{};
  claimed.report->cost_usd = 7;
  turns.push_back(claimed);
  CHECK(derive_cost(turns) == near(15.75));
  CHECK(derive_cost(std::vector<TurnView>(3)) == 0);
}

TEST_CASE("tokens cost what the configuration says, and nothing known where it says nothing") {
  const TokenCount tokens{.input = 3'000'000, .cached_input = 1'000'000, .output = 500'000};
  CHECK_FALSE(derive_token_cost(tokens, {}));
  CHECK(*derive_token_cost(tokens, {.input = 2, .cached_input = 0.5, .output = 10}) == near(9.5));
  // An agent that counts more cached ones than there are pays for them alone.
  CHECK(*derive_token_cost({.input = 1, .cached_input = 1'000'000, .output = 0}, {.input = 2, .cached_input = 1}) ==
        Approx(1));
}

TEST_CASE("a session becomes an argument only where it is harmless") {
  CHECK(is_session_id("01a1fa1b-7879-72b1-9183-148e462dba4b"));
  CHECK_FALSE(is_session_id(""));
  CHECK_FALSE(is_session_id("--dangerously"));
  CHECK_FALSE(is_session_id(".."));
  CHECK_FALSE(is_session_id("a b"));
  CHECK_FALSE(is_session_id("a\nb"));
  CHECK_FALSE(is_session_id(std::string(200, 'a')));
}

TEST_CASE("names of outputs are read as they are written") {
  for (const AgentOutput output :
       {AgentOutput::text, AgentOutput::claude_stream, AgentOutput::codex_jsonl, AgentOutput::gemini_stream}) {
    CHECK(*parse_agent_output(render_agent_output(output)) == output);
  }
  CHECK_FALSE(parse_agent_output("json"));
}

} // namespace
} // namespace afk
