#include <afk/adapter/executor_t3_command_codec.hpp>

#include <nlohmann/json.hpp>

namespace afk::adapter {
namespace {

using nlohmann::ordered_json;

// Every command carries one, and the server puts its own time in its place.
constexpr std::string_view any_time = "1970-01-01T00:00:00.000Z";

std::string dump(const ordered_json& command) {
  return command.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json null_or(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

} // namespace

std::string render_t3_command(const T3ProjectCreate& command) {
  return dump({{"type", "project.create"},
               {"commandId", command.command_id},
               {"projectId", command.project_id},
               {"title", command.title},
               {"workspaceRoot", command.workspace_root},
               {"createWorkspaceRootIfMissing", true},
               {"createdAt", any_time}});
}

std::string render_t3_command(const T3ThreadCreate& command) {
  return dump({{"type", "thread.create"},
               {"commandId", command.command_id},
               {"threadId", command.thread_id},
               {"projectId", command.project_id},
               {"title", command.title},
               {"modelSelection", {{"instanceId", command.model.instance}, {"model", command.model.model}}},
               {"runtimeMode", command.runtime_mode},
               {"interactionMode", "default"},
               {"branch", null_or(command.branch)},
               {"worktreePath", null_or(command.worktree_path)},
               {"createdAt", any_time}});
}

std::string render_t3_command(const T3TurnStart& command) {
  return dump({{"type", "thread.turn.start"},
               {"commandId", command.command_id},
               {"threadId", command.thread_id},
               {"message",
                {{"messageId", command.message_id},
                 {"role", "user"},
                 {"text", command.text},
                 {"attachments", ordered_json::array()}}},
               {"runtimeMode", command.runtime_mode},
               {"interactionMode", "default"},
               {"createdAt", any_time}});
}

std::string render_t3_command(const T3ThreadCommand& command) {
  return dump({{"type", command.type},
               {"commandId", command.command_id},
               {"threadId", command.thread_id},
               {"createdAt", any_time}});
}

std::string render_t3_command(const T3TitleUpdate& command) {
  return dump({{"type", "thread.meta.update"},
               {"commandId", command.command_id},
               {"threadId", command.thread_id},
               {"title", command.title}});
}

std::string render_t3_command(const T3ApprovalRespond& command) {
  return dump({{"type", "thread.approval.respond"},
               {"commandId", command.command_id},
               {"threadId", command.thread_id},
               {"requestId", command.request_id},
               {"decision", command.decision},
               {"createdAt", any_time}});
}

std::string render_t3_command(const T3InputRespond& command) {
  ordered_json answers = ordered_json::object();
  for (const auto& [question, answer] : command.answers) {
    answers[question] = answer;
  }
  return dump({{"type", "thread.user-input.respond"},
               {"commandId", command.command_id},
               {"threadId", command.thread_id},
               {"requestId", command.request_id},
               {"answers", answers},
               {"createdAt", any_time}});
}

} // namespace afk::adapter
