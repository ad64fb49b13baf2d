#include <afk/adapter/executor_process.hpp>

#include <afk/adapter/executor_process_redact.hpp>
#include <afk/adapter/executor_process_start.hpp>
#include <afk/adapter/executor_process_stop.hpp>
#include <afk/adapter/executor_process_view.hpp>
#include <afk/adapter/run_folder.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <utility>

#include <sys/wait.h>

namespace afk::adapter {
namespace {

constexpr std::string_view identity_file = "executor-id";
constexpr std::size_t identity_bytes = 16;
constexpr Duration one_day = std::chrono::hours(24);

Result<std::optional<std::string>> try_read_executor_id(const std::string& root) {
  constexpr std::size_t longest = 256;
  const auto text = try_read_file(fmt::format("{}/{}", root, identity_file), longest);
  if (!text) {
    return text.error().kind == ErrorKind::not_found ? Result<std::optional<std::string>>(std::nullopt)
                                                     : Result<std::optional<std::string>>(text.error());
  }
  if (!text->has_value()) {
    return std::optional<std::string>();
  }
  std::string id(trim_ascii(**text));
  if (id.size() != 2 * identity_bytes || id.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("{}/{} does not hold an executor's id: put it back from a copy, or remove it, "
                                        "which makes this another executor",
                                        root, identity_file)};
  }
  return std::optional(std::move(id));
}

// The folder itself is the lock: two ticks that are the first ones mint one id.
Result<std::string> mint_executor_id(const std::string& root, Random& random, Duration patience) {
  if (auto created = create_folders(root, private_folder); !created) {
    return std::move(created).error();
  }
  const auto folder = Folder::open(root);
  if (!folder) {
    return folder.error();
  }
  const auto lock = FileLock::acquire_folder(*folder, patience);
  if (!lock) {
    return lock.error();
  }
  auto before = try_read_executor_id(root);
  if (!before) {
    return std::move(before).error();
  }
  if (before->has_value()) {
    return std::move(**before);
  }
  std::string id = random.hex(identity_bytes);
  if (auto written = folder->write_atomic(identity_file, id + "\n", private_file); !written) {
    return std::move(written).error();
  }
  return id;
}

} // namespace

ProcessExecutor::ProcessExecutor(ProcessExecutorSetup setup, ProcessExecutorParts parts)
    : setup_(std::move(setup)), parts_(parts) {}

Result<ExecutorIdentity> ProcessExecutor::fetch_identity() {
  const std::string root = parts_.workspace.layout().root().string();
  auto id = try_read_executor_id(root);
  if (!id) {
    return std::move(id).error();
  }
  if (!id->has_value()) {
    if (setup_.access == ProcessExecutorSetup::Access::read_only) {
      return ExecutorIdentity{.text = "not-minted-yet"};
    }
    auto minted = mint_executor_id(root, parts_.random, setup_.lock_patience);
    if (!minted) {
      return std::move(minted).error();
    }
    *id = std::move(minted).value();
  }
  constexpr std::size_t machine_length = 12;
  const std::string machine = render_hex(parts_.digest.sha256(fmt::format("{}\n{}", **id, setup_.machine_id)));
  return ExecutorIdentity{.text = fmt::format("{}:{}", **id, machine.substr(0, machine_length))};
}

Result<ExecutorLook> ProcessExecutor::look() {
  reap_supervisors();
  auto identity = fetch_identity();
  if (!identity) {
    return with_context("the executor's workspace", std::move(identity).error());
  }
  auto view = view_live_attempts(parts_.workspace.layout(), parts_.clock.now() - one_day);
  if (!view) {
    return std::move(view).error();
  }
  return ExecutorLook{
      .identity = std::move(identity).value(), .live = std::move(view->live), .recent_starts = std::move(view->starts)};
}

std::vector<Result<std::optional<AttemptView>>> ProcessExecutor::observe(std::span<const AttemptName> attempts) {
  reap_supervisors();
  ProcessTable processes;
  std::vector<Result<std::optional<AttemptView>>> views;
  views.reserve(attempts.size());
  const Redactor redactor = make_agent_redactor(setup_);
  for (const AttemptName& attempt : attempts) {
    views.push_back(view_attempt(parts_.workspace.layout(), attempt, processes));
    if (views.back() && views.back()->has_value()) {
      redact_attempt(redactor, **views.back());
    }
  }
  return views;
}

Result<Started> ProcessExecutor::start(const Order& order) {
  reap_supervisors();
  if (setup_.access == ProcessExecutorSetup::Access::read_only) {
    return Error{.kind = ErrorKind::refused, .message = "this look at the executor starts nothing"};
  }
  return start_turn(setup_, parts_, order, supervisors_);
}

Result<void> ProcessExecutor::interrupt(const AttemptName& attempt, Stop stop) {
  reap_supervisors();
  if (setup_.access == ProcessExecutorSetup::Access::read_only) {
    return Error{.kind = ErrorKind::refused, .message = "this look at the executor stops nothing"};
  }
  const auto& layout = parts_.workspace.layout();
  if (stop == Stop::conclude) {
    const auto folder = AttemptFolder::open_or_create(layout, attempt);
    if (!folder) {
      return folder.error();
    }
    if (auto sealed = folder->seal(); !sealed) {
      return sealed;
    }
  }
  return stop_live_turns({.layout = layout, .clock = parts_.clock, .patience = setup_.stop_patience}, attempt);
}

Result<void> ProcessExecutor::answer(const AttemptName& /*attempt*/, const TurnAnswer& /*answer*/) {
  return Error{.kind = ErrorKind::refused, .message = "a local process takes no answer while it runs"};
}

// A tick that lives long, as `watch --wait` does, would collect zombies.
void ProcessExecutor::reap_supervisors() {
  std::erase_if(supervisors_, [](pid_t supervisor) { return waitpid(supervisor, nullptr, WNOHANG) != 0; });
}

std::string read_machine_id() {
  constexpr std::size_t longest = 256;
  for (const char* path : {"/etc/machine-id", "/var/lib/dbus/machine-id"}) {
    const auto text = try_read_file(path, longest);
    if (text.ok() && text->has_value() && !trim_ascii(**text).empty()) {
      return std::string(trim_ascii(**text));
    }
  }
  return "";
}

} // namespace afk::adapter
