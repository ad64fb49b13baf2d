#include <afk/adapter/agent_activity_codec.hpp>

#include <afk/adapter/agent_stream_codec.hpp>
#include <afk/core/agent_activity.hpp>
#include <afk/core/agent_report.hpp>
#include <afk/core/text.hpp>

#include <nlohmann/json.hpp>

#include <cmath>

namespace afk::adapter {
namespace {

using Json = nlohmann::ordered_json;

constexpr int schema = 1;

Error malformed(std::string_view reason) {
  return {.kind = ErrorKind::malformed, .message = "activity.json cannot be read: " + std::string(reason)};
}

std::string bound(const std::string& text, std::size_t most_bytes) {
  return truncate_text(clean_for_terminal(text), {.max_bytes = most_bytes, .note = {}});
}

std::optional<Timestamp> read_moment(const Json& json) {
  if (json.is_null()) {
    return std::nullopt;
  }
  const auto moment = parse_timestamp(json.get<std::string>());
  return moment ? std::optional(*moment) : std::nullopt;
}

AgentActivity read(const Json& json) {
  using Result = AgentActivity::Result;
  AgentActivity activity;
  const auto session = json.at("session").get<std::string>();
  activity.session = is_session_id(session) ? session : "";
  activity.step = bound(json.at("step").get<std::string>(), longest_step);
  activity.message = bound(json.at("message").get<std::string>(), longest_agent_message);
  activity.turns = json.at("turns").get<int>();
  activity.denials = json.at("denials").get<int>();
  const Json& tokens = json.at("tokens");
  activity.tokens = {.input = tokens.at("input").get<std::int64_t>(),
                     .cached_input = tokens.at("cached_input").get<std::int64_t>(),
                     .output = tokens.at("output").get<std::int64_t>()};
  if (!json.at("cost_usd").is_null()) {
    const auto cost = json.at("cost_usd").get<double>();
    activity.cost_usd = std::isfinite(cost) && cost >= 0 ? std::optional(cost) : std::nullopt;
  }
  activity.counted = json.at("counted").get<std::string>() == "session" ? AgentActivity::Counted::session
                                                                        : AgentActivity::Counted::turn;
  const auto result = json.at("result").get<std::string>();
  activity.result = result == "success" ? Result::success : result == "none" ? Result::none : Result::error;
  activity.problem = bound(json.at("problem").get<std::string>(), longest_agent_message);
  activity.limit = json.at("limit_reached").get<bool>() ? AgentActivity::Limit::reached : AgentActivity::Limit::none;
  activity.limited_until = read_moment(json.at("limited_until"));
  activity.unreadable_lines = json.at("unreadable_lines").get<int>();
  activity.progressed_at = read_moment(json.at("progressed_at"));
  return activity;
}

} // namespace

std::string render_agent_activity(const AgentActivity& activity) {
  using Result = AgentActivity::Result;
  const Json json{{"schema", schema},
                  {"session", activity.session},
                  {"step", activity.step},
                  {"message", activity.message},
                  {"turns", activity.turns},
                  {"denials", activity.denials},
                  {"tokens",
                   {{"input", activity.tokens.input},
                    {"cached_input", activity.tokens.cached_input},
                    {"output", activity.tokens.output}}},
                  {"cost_usd", activity.cost_usd ? Json(*activity.cost_usd) : Json()},
                  {"counted", activity.counted == AgentActivity::Counted::session ? "session" : "turn"},
                  {"result", activity.result == Result::success ? "success"
                             : activity.result == Result::none  ? "none"
                                                                : "error"},
                  {"problem", activity.problem},
                  {"limit_reached", activity.limit == AgentActivity::Limit::reached},
                  {"limited_until", activity.limited_until ? Json(render_timestamp(*activity.limited_until)) : Json()},
                  {"unreadable_lines", activity.unreadable_lines},
                  {"progressed_at", activity.progressed_at ? Json(render_timestamp(*activity.progressed_at)) : Json()}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<AgentActivity> parse_agent_activity(std::string_view bytes) {
  if (bytes.size() > longest_activity) {
    return malformed("it is too long");
  }
  try {
    const Json json = Json::parse(bytes);
    if (json.at("schema").get<int>() != schema) {
      return malformed("its schema is not 1: a newer afk wrote it");
    }
    return read(json);
  } catch (const Json::exception& wrong) {
    return malformed(wrong.what());
  }
}

} // namespace afk::adapter
