#include <support/fake_model.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <regex>
#include <string>
#include <vector>

namespace afk::test {
namespace {

using Json = nlohmann::json;

// A conversation as every protocol has it.
struct Conversation {
  std::vector<std::string> told; // what came from outside, oldest first
  int own_words = 0;             // answers in words: turns that are over
  bool result_is_last = false;   // of a command
};

std::string write_command(const std::string& name, const std::string& word) {
  return "printf '%s\\n' " + word + " > " + name + " && git add " + name + " && git commit --quiet --message 'Say " +
         word + "' && printf '{\"phase\": \"tests-green\", \"step\": \"wrote " + name + "\"}' > \"$AFK_REPORT\"";
}

std::string last_match(const std::string& text, const std::regex& pattern, std::smatch& match) {
  std::string found;
  auto from = text.cbegin();
  std::smatch one;
  while (std::regex_search(from, text.cend(), one, pattern)) {
    match = one;
    found = one.str();
    from = one.suffix().first;
  }
  return found;
}

// The command that the newest message asks for; absent: nothing to do but talk.
std::optional<std::string> think(const Conversation& conversation) {
  static const std::regex must_say("([a-z]+\\.txt) must say: ([a-z]+)");
  static const std::regex create("Create the file ([a-z]+\\.txt) that says ([a-z]+)");
  if (conversation.result_is_last) {
    return std::nullopt;
  }
  std::smatch match;
  for (auto message = conversation.told.rbegin(); message != conversation.told.rend(); ++message) {
    if (!last_match(*message, must_say, match).empty()) {
      return write_command(match[1], match[2]);
    }
    if (!last_match(*message, create, match).empty()) {
      return write_command(match[1], match[2].str() + "x");
    }
  }
  return std::nullopt;
}

std::string stream(const std::vector<Json>& events) {
  std::string text;
  for (const Json& event : events) {
    if (event.contains("type")) {
      text += "event: " + event["type"].get<std::string>() + "\n";
    }
    text += "data: " + event.dump() + "\n\n";
  }
  return text;
}

ServerAnswer answer_stream(const std::string& body) {
  return {.bytes = render_answer("200 OK", body, "Content-Type: text/event-stream\r\n"),
          .end = ServerAnswer::End::keep};
}

// The texts of a message whose content is a string or a list of blocks.
void collect_texts(const Json& content, std::string& text) {
  if (content.is_string()) {
    text += content.get<std::string>() + "\n";
  } else if (content.is_array()) {
    for (const Json& block : content) {
      if (block.contains("text") && block["text"].is_string()) {
        text += block["text"].get<std::string>() + "\n";
      }
    }
  }
}

bool holds_type(const Json& content, std::string_view type) {
  if (!content.is_array()) {
    return false;
  }
  for (const Json& block : content) {
    if (block.value("type", "") == type) {
      return true;
    }
  }
  return false;
}

Conversation read_claude(const Json& body) {
  Conversation conversation;
  for (const Json& message : body.at("messages")) {
    const Json& content = message.at("content");
    conversation.result_is_last = holds_type(content, "tool_result");
    if (message.at("role") == "user") {
      collect_texts(content, conversation.told.emplace_back());
    } else {
      conversation.own_words += holds_type(content, "text") ? 1 : 0;
    }
  }
  return conversation;
}

std::string talk_claude(const Json& body, const std::optional<std::string>& command, const std::string& id) {
  Json block{{"type", "text"}, {"text", ""}};
  Json delta{{"type", "text_delta"}, {"text", "All done."}};
  if (command) {
    block = {{"type", "tool_use"}, {"id", "toolu_" + id}, {"name", "Bash"}, {"input", Json::object()}};
    const Json input{{"command", *command}, {"description", "Write and commit"}};
    delta = {{"type", "input_json_delta"}, {"partial_json", input.dump()}};
  }
  return stream({{{"type", "message_start"},
                  {"message",
                   {{"id", "msg_" + id},
                    {"type", "message"},
                    {"role", "assistant"},
                    {"model", body.value("model", "")},
                    {"content", Json::array()},
                    {"stop_reason", nullptr},
                    {"usage", {{"input_tokens", 100'000}, {"output_tokens", 1}}}}}},
                 {{"type", "content_block_start"}, {"index", 0}, {"content_block", block}},
                 {{"type", "content_block_delta"}, {"index", 0}, {"delta", delta}},
                 {{"type", "content_block_stop"}, {"index", 0}},
                 {{"type", "message_delta"},
                  {"delta", {{"stop_reason", command ? "tool_use" : "end_turn"}}},
                  {"usage", {{"output_tokens", 20'000}}}},
                 {{"type", "message_stop"}}});
}

Conversation read_codex(const Json& body) {
  Conversation conversation;
  for (const Json& item : body.at("input")) {
    const std::string type = item.value("type", "message");
    conversation.result_is_last = type == "function_call_output";
    if (type == "message" && item.value("role", "") == "user") {
      collect_texts(item.at("content"), conversation.told.emplace_back());
    } else if (type == "message" && item.value("role", "") == "assistant") {
      ++conversation.own_words;
    }
  }
  return conversation;
}

std::string talk_codex(const std::optional<std::string>& command, const std::string& id) {
  Json item{{"type", "message"},
            {"role", "assistant"},
            {"id", "m" + id},
            {"content", Json::array({{{"type", "output_text"}, {"text", "All done."}}})}};
  if (command) {
    item = {{"type", "function_call"},
            {"id", "f" + id},
            {"call_id", "call_" + id},
            {"name", "exec_command"},
            {"arguments", Json{{"cmd", *command}}.dump()}};
  }
  return stream({{{"type", "response.created"}, {"response", {{"id", "r" + id}}}},
                 {{"type", "response.output_item.done"}, {"item", item}},
                 {{"type", "response.completed"},
                  {"response",
                   {{"id", "r" + id},
                    {"usage",
                     {{"input_tokens", 100'000},
                      {"input_tokens_details", {{"cached_tokens", 10'000}}},
                      {"output_tokens", 20'000},
                      {"output_tokens_details", {{"reasoning_tokens", 0}}},
                      {"total_tokens", 120'000}}}}}}});
}

Conversation read_gemini(const Json& body) {
  Conversation conversation;
  for (const Json& content : body.at("contents")) {
    conversation.result_is_last = false;
    std::string told;
    for (const Json& part : content.at("parts")) {
      conversation.result_is_last = conversation.result_is_last || part.contains("functionResponse");
      if (part.contains("text")) {
        told += part["text"].get<std::string>() + "\n";
      }
    }
    if (content.value("role", "") == "user") {
      conversation.told.push_back(told);
    } else {
      conversation.own_words += told.empty() ? 0 : 1;
    }
  }
  return conversation;
}

Json talk_gemini(const std::optional<std::string>& command, const std::string& id) {
  Json part{{"text", "All done."}};
  if (command) {
    part = {{"functionCall",
             {{"id", "call_" + id},
              {"name", "run_shell_command"},
              {"args", {{"command", *command}, {"description", "Write and commit"}}}}}};
  }
  return {{"candidates", Json::array({{{"content", {{"role", "model"}, {"parts", Json::array({part})}}},
                                       {"finishReason", "STOP"},
                                       {"index", 0}}})},
          {"usageMetadata",
           {{"promptTokenCount", 100'000}, {"candidatesTokenCount", 20'000}, {"totalTokenCount", 120'000}}}};
}

ServerAnswer answer_limited(const std::string& target, long until) {
  const std::string moment = std::to_string(until);
  std::string headers = "Content-Type: application/json\r\n";
  Json body{{"error",
             {{"code", 429},
              {"status", "RESOURCE_EXHAUSTED"},
              {"message", "You have exhausted your daily quota on this model."},
              {"details", Json::array({{{"@type", "type.googleapis.com/google.rpc.QuotaFailure"},
                                        {"violations", Json::array({{{"quotaId", "RequestsPerDay"}}})}}})}}}};
  if (target.starts_with("/v1/messages")) {
    headers += "anthropic-ratelimit-unified-status: rejected\r\nanthropic-ratelimit-unified-reset: " + moment +
               "\r\nanthropic-ratelimit-unified-representative-claim: five_hour\r\n";
    body = {{"type", "error"}, {"error", {{"type", "rate_limit_error"}, {"message", "over the limit"}}}};
  } else if (target.starts_with("/v1/responses")) {
    body = {{"error",
             {{"type", "usage_limit_reached"}, {"message", "The usage limit has been reached"}, {"resets_at", until}}}};
  }
  return {.bytes = render_answer("429 Too Many Requests", body.dump(), headers), .end = ServerAnswer::End::keep};
}

} // namespace

FakeModel::FakeModel() : server_([this](const ReceivedRequest& request) { return answer(request); }) {}

ServerAnswer FakeModel::answer(const ReceivedRequest& request) {
  const bool claude = request.target.starts_with("/v1/messages");
  const bool codex = request.target.starts_with("/v1/responses");
  const bool gemini = request.target.find("enerateContent") != std::string::npos;
  const Json body = Json::parse(request.body, nullptr, false);
  if (request.method != "POST" || !(claude || codex || gemini) || !body.is_object()) {
    return {.bytes = render_answer("404 Not Found", "{}"), .end = ServerAnswer::End::keep};
  }
  const int number = ++answered_;
  if (limited_until_ != 0) {
    return answer_limited(request.target, limited_until_);
  }
  const Conversation conversation = claude ? read_claude(body) : codex ? read_codex(body) : read_gemini(body);
  remembered_ += conversation.own_words > 0 ? 1 : 0;
  const auto command = think(conversation);
  const std::string id = std::to_string(number);
  if (claude) {
    return answer_stream(talk_claude(body, command, id));
  }
  if (codex) {
    return answer_stream(talk_codex(command, id));
  }
  const Json talk = talk_gemini(command, id);
  return request.target.find(":streamGenerateContent") != std::string::npos
             ? answer_stream(stream({talk}))
             : ServerAnswer{.bytes = render_answer("200 OK", talk.dump(), "Content-Type: application/json\r\n"),
                            .end = ServerAnswer::End::keep};
}

} // namespace afk::test
