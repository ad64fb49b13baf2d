#pragma once
// The commands of a T3 Code server (orchestration protocol 1) as the JSON that POST /api/orchestration/dispatch takes
// (ClientOrchestrationCommand in packages/contracts/src/orchestration.ts). Bytes that are no UTF-8 become U+FFFD.

#include <afk/adapter/executor_t3_values.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace afk::adapter {

struct T3ProjectCreate {
  std::string command_id;
  std::string project_id;
  std::string title;
  std::string workspace_root;
};

struct T3ThreadCreate {
  std::string command_id;
  std::string thread_id;
  std::string project_id;
  std::string title;
  T3Model model;
  std::string_view runtime_mode;
  std::string branch;        // "" = null
  std::string worktree_path; // "" = null
};

struct T3TurnStart {
  std::string command_id;
  std::string thread_id;
  std::string message_id;
  std::string text;
  std::string_view runtime_mode; // required and ignored: the thread's own holds
};

// thread.session.stop, thread.archive
struct T3ThreadCommand {
  std::string_view type;
  std::string command_id;
  std::string thread_id;
};

struct T3TitleUpdate {
  std::string command_id;
  std::string thread_id;
  std::string title;
};

struct T3ApprovalRespond {
  std::string command_id;
  std::string thread_id;
  std::string request_id;
  std::string_view decision; // "accept", "decline"
};

struct T3InputRespond {
  std::string command_id;
  std::string thread_id;
  std::string request_id;
  std::vector<std::pair<std::string, std::string>> answers; // by the question's id
};

[[nodiscard]] std::string render_t3_command(const T3ProjectCreate& command);
[[nodiscard]] std::string render_t3_command(const T3ThreadCreate& command);
[[nodiscard]] std::string render_t3_command(const T3TurnStart& command);
[[nodiscard]] std::string render_t3_command(const T3ThreadCommand& command);
[[nodiscard]] std::string render_t3_command(const T3TitleUpdate& command);
[[nodiscard]] std::string render_t3_command(const T3ApprovalRespond& command);
[[nodiscard]] std::string render_t3_command(const T3InputRespond& command);

} // namespace afk::adapter
