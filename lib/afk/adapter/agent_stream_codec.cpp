#include <afk/adapter/agent_stream_codec.hpp>

#include <afk/core/agent_activity.hpp>
#include <afk/core/agent_report.hpp>
#include <afk/core/text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace afk::adapter {
namespace {

using Json = nlohmann::json;
using Result = AgentActivity::Result;
using Limit = AgentActivity::Limit;

constexpr double most_tokens = 1e15;
constexpr int too_many_requests = 429;

// Deeper values are left out while they are parsed, so that no line can be deeper than the stack.
std::optional<Json> parse_line(std::string_view line) {
  const auto keep = [](int depth, Json::parse_event_t, Json&) { return depth <= deepest_stream_line; };
  Json json = Json::parse(line.begin(), line.end(), keep, false);
  return json.is_object() ? std::optional(std::move(json)) : std::nullopt;
}

const Json& find(const Json& object, const char* key) {
  static const Json nothing;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : nothing;
}

std::string_view find_text(const Json& object, const char* key) {
  const Json& value = find(object, key);
  return value.is_string() ? std::string_view(value.get_ref<const std::string&>()) : std::string_view();
}

std::optional<double> find_number(const Json& object, const char* key) {
  const Json& value = find(object, key);
  if (!value.is_number()) {
    return std::nullopt;
  }
  const double number = value.get<double>();
  return std::isfinite(number) && number >= 0 ? std::optional(number) : std::nullopt;
}

std::int64_t find_count(const Json& object, const char* key) {
  return static_cast<std::int64_t>(std::min(find_number(object, key).value_or(0), most_tokens));
}

std::string make_step(std::string_view what, std::string_view detail) {
  std::string step = clean_single_line(what);
  if (const std::string more = clean_single_line(detail.substr(0, 4 * longest_step)); !more.empty()) {
    step += ": " + more;
  }
  return truncate_text(step, {.max_bytes = longest_step, .note = "..."});
}

std::string make_message(std::string_view text) {
  return truncate_text(clean_for_terminal(text.substr(0, 2 * longest_agent_message)),
                       {.max_bytes = longest_agent_message, .note = " [cut]"});
}

void take_session(AgentActivity& activity, std::string_view session) {
  if (is_session_id(session)) {
    activity.session = session;
  }
}

void note_limit(AgentActivity& activity, std::string_view message, Timestamp now) {
  if (!speaks_of_usage_limit(message)) {
    return;
  }
  activity.limit = Limit::reached;
  if (const auto end = find_limit_end(message, now)) {
    activity.limited_until = end;
  }
}

// The argument of a tool call that says most about it.
std::string_view find_detail(const Json& input) {
  for (const char* const key : {"description", "command", "file_path", "path", "pattern", "query", "prompt"}) {
    if (const std::string_view text = find_text(input, key); !text.empty()) {
      return text;
    }
  }
  return {};
}

void read_claude_content(const Json& content, AgentActivity& activity) {
  if (!content.is_array()) {
    return;
  }
  for (const Json& block : content) {
    const std::string_view type = find_text(block, "type");
    if (type == "tool_use") {
      activity.step = make_step(find_text(block, "name"), find_detail(find(block, "input")));
    } else if (type == "text") {
      activity.message = make_message(find_text(block, "text"));
    }
  }
}

void read_claude_limit(const Json& information, AgentActivity& activity, Timestamp now) {
  const std::string_view status = find_text(information, "status");
  if (status == "allowed" || status == "allowed_warning") {
    activity.limit = Limit::none;
    activity.limited_until.reset();
  } else if (status == "rejected") {
    activity.limit = Limit::reached;
    const auto seconds = find_number(information, "resetsAt");
    constexpr double year_3000 = 32'503'680'000; // what is more does not fit into every integer
    if (seconds && *seconds > 0 && *seconds < year_3000) {
      const Timestamp end(std::chrono::milliseconds(static_cast<std::int64_t>(*seconds * 1000)));
      activity.limited_until = is_credible_limit_end(end, now) ? std::optional(end) : std::nullopt;
    }
  }
}

void read_claude_cost(const Json& result, AgentActivity& activity) {
  const Json& used = find(result, "model_usage_since_last_result");
  if (!used.is_object() || used.empty()) {
    activity.cost_usd = find_number(result, "total_cost_usd");
    activity.counted = AgentActivity::Counted::session;
    return;
  }
  double cost = activity.counted == AgentActivity::Counted::turn ? activity.cost_usd.value_or(0) : 0;
  for (const Json& model : used) {
    cost += find_number(model, "costUSD").value_or(0);
  }
  activity.cost_usd = cost;
  activity.counted = AgentActivity::Counted::turn;
}

void read_claude_result(const Json& result, AgentActivity& activity, Timestamp now) {
  const Json& is_error = find(result, "is_error");
  const Json& denials = find(result, "permission_denials");
  const bool succeeded =
      is_error.is_boolean() && !is_error.get<bool>() && find_text(result, "subtype") == "success" && denials.is_array();
  const std::string_view text = find_text(result, "result");
  activity.result = succeeded ? Result::success : Result::error;
  activity.denials = denials.is_array() ? static_cast<int>(std::min<std::size_t>(denials.size(), 1000)) : 0;
  activity.turns = static_cast<int>(std::min<std::int64_t>(find_count(result, "num_turns"), 1'000'000));
  if (!text.empty()) {
    activity.message = make_message(text);
  }
  if (!succeeded) {
    const Json& errors = find(result, "errors");
    const bool listed = errors.is_array() && !errors.empty() && errors.front().is_string();
    activity.problem = make_message(!text.empty() ? text
                                    : listed      ? std::string_view(errors.front().get_ref<const std::string&>())
                                                  : find_text(result, "subtype"));
    note_limit(activity, text, now);
    if (find_number(result, "api_error_status") == too_many_requests) {
      activity.limit = Limit::reached;
    }
  }
  const Json& usage = find(result, "usage");
  activity.tokens.cached_input = find_count(usage, "cache_read_input_tokens");
  activity.tokens.input = find_count(usage, "input_tokens") + find_count(usage, "cache_creation_input_tokens") +
                          activity.tokens.cached_input;
  activity.tokens.output = find_count(usage, "output_tokens");
  read_claude_cost(result, activity);
}

void read_codex_item(const Json& item, AgentActivity& activity) {
  const std::string_view type = find_text(item, "type");
  if (type == "agent_message") {
    activity.message = make_message(find_text(item, "text"));
    ++activity.turns;
  } else if (type == "command_execution") {
    activity.step = make_step("command", find_text(item, "command"));
  } else if (type == "file_change") {
    const Json& changes = find(item, "changes");
    const bool any = changes.is_array() && !changes.empty();
    activity.step = make_step("changes", any ? find_text(changes.front(), "path") : "files");
  } else if (type == "mcp_tool_call" || type == "web_search" || type == "todo_list") {
    activity.step = make_step(type, find_text(item, type == "web_search" ? "query" : "tool"));
  }
}

void read_codex_problem(std::string_view message, AgentActivity& activity, Timestamp now) {
  activity.problem = make_message(message);
  note_limit(activity, message, now);
}

void read_codex(const Json& event, const TokenPrices& prices, AgentActivity& activity, Timestamp now) {
  const std::string_view type = find_text(event, "type");
  if (type == "thread.started") {
    take_session(activity, find_text(event, "thread_id"));
  } else if (type == "turn.started") {
    activity.result = Result::none;
  } else if (type == "item.started" || type == "item.completed") {
    read_codex_item(find(event, "item"), activity);
  } else if (type == "turn.completed") {
    const Json& usage = find(event, "usage");
    activity.result = Result::success;
    activity.counted = AgentActivity::Counted::session;
    activity.tokens = {.input = find_count(usage, "input_tokens"),
                       .cached_input = find_count(usage, "cached_input_tokens"),
                       .output = find_count(usage, "output_tokens")};
    activity.cost_usd = derive_token_cost(activity.tokens, prices);
  } else if (type == "turn.failed") {
    activity.result = Result::error;
    read_codex_problem(find_text(find(event, "error"), "message"), activity, now);
  } else if (type == "error") { // a broken connection that is taken up again is one, too
    read_codex_problem(find_text(event, "message"), activity, now);
  }
}

void read_gemini_result(const Json& event, const TokenPrices& prices, AgentActivity& activity, Timestamp now) {
  const bool succeeded = find_text(event, "status") == "success";
  activity.result = succeeded ? Result::success : Result::error;
  if (!succeeded) {
    const std::string_view message = find_text(find(event, "error"), "message");
    activity.problem = make_message(message);
    note_limit(activity, message, now);
  }
  const Json& stats = find(event, "stats");
  activity.tokens = {.input = find_count(stats, "input_tokens"),
                     .cached_input = find_count(stats, "cached"),
                     .output = find_count(stats, "output_tokens")};
  activity.cost_usd = derive_token_cost(activity.tokens, prices);
}

// Codex tries to reach its server for ever, and says so each time.
bool is_sign_of_work(std::string_view type) {
  constexpr auto signs = std::to_array<std::string_view>(
      {"system", "assistant", "user", "result", "thread.started", "turn.started", "turn.completed", "item.started",
       "item.updated", "item.completed", "init", "message", "tool_use", "tool_result"});
  return std::ranges::find(signs, type) != signs.end();
}

} // namespace

AgentStreamReader::AgentStreamReader(AgentOutput output, TokenPrices prices) : output_(output), prices_(prices) {}

void AgentStreamReader::read_line(std::string_view line, Timestamp now) {
  if (trim_ascii(line).empty() || output_ == AgentOutput::text) {
    return;
  }
  const auto json = parse_line(line);
  if (!json) {
    note_unreadable_line();
    return;
  }
  if (is_sign_of_work(find_text(*json, "type"))) {
    activity_.progressed_at = now;
  }
  if (output_ == AgentOutput::codex_jsonl) {
    read_codex(*json, prices_, activity_, now);
    return;
  }
  const std::string_view type = find_text(*json, "type");
  take_session(activity_, find_text(*json, "session_id"));
  if (output_ == AgentOutput::claude_stream) {
    if (type == "assistant") {
      const Json& message = find(*json, "message");
      const std::string_view id = find_text(message, "id");
      activity_.turns += id != last_message_id_ ? 1 : 0;
      last_message_id_ = id.substr(0, longest_session);
      read_claude_content(find(message, "content"), activity_);
    } else if (type == "rate_limit_event") {
      read_claude_limit(find(*json, "rate_limit_info"), activity_, now);
    } else if (type == "result") {
      read_claude_result(*json, activity_, now);
    }
    return;
  }
  const bool speaks = type == "message" && find_text(*json, "role") == "assistant";
  if (speaks) {
    activity_.turns += in_message_ ? 0 : 1;
    const std::string_view piece = find_text(*json, "content").substr(0, 2 * longest_agent_message);
    activity_.message = make_message(in_message_ ? activity_.message + std::string(piece) : std::string(piece));
  } else if (type == "tool_use") {
    activity_.step = make_step(find_text(*json, "tool_name"), find_detail(find(*json, "parameters")));
  } else if (type == "result") {
    read_gemini_result(*json, prices_, activity_, now);
  }
  in_message_ = speaks;
}

} // namespace afk::adapter
