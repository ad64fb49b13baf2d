#include <afk/adapter/executor_t3_workspace.hpp>

#include <afk/adapter/run_folder.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <utility>

namespace afk::adapter {
namespace {

constexpr std::string_view orders_folder = "orders";
constexpr std::string_view heads_folder = "heads";
constexpr std::size_t longest_head = 128;

AttemptName attempt_of(const Order& order) {
  return {.run = order.run, .redispatch = order.redispatch};
}

} // namespace

T3Workspace::T3Workspace(Workspace& workspace, DeriveSource derive_source, Duration lock_patience)
    : workspace_(workspace), derive_source_(std::move(derive_source)), lock_patience_(lock_patience) {}

Result<FileLock> T3Workspace::lock(const RunName& run) {
  return lock_run(workspace_.layout(), run, lock_patience_);
}

T3Delivery T3Workspace::derive_delivery(const Order& order) const {
  const WorkspaceLayout& layout = workspace_.layout();
  return {.clone = layout.clone(attempt_of(order)).string(),
          .files = (layout.run_folder(attempt_of(order)) / orders_folder / order.turn.text).string()};
}

Result<void> T3Workspace::prepare(const Order& order, const std::string& project_root) {
  if (auto created = create_folders(project_root); !created) {
    return created;
  }
  if (auto prepared = prepare_clone(order); !prepared) {
    return prepared;
  }
  return write_files(order);
}

Result<void> T3Workspace::prepare_clone(const Order& order) {
  const auto attempt = AttemptFolder::open_or_create(workspace_.layout(), attempt_of(order));
  if (!attempt) {
    return attempt.error();
  }
  auto source = derive_source_(order.issue.repository);
  if (!source) {
    return std::move(source).error();
  }
  auto before = attempt->try_read_run();
  if (!before) {
    return std::move(before).error();
  }
  RunDocument run = before->value_or(RunDocument{.issue = order.issue});
  const auto clone = attempt->folder().try_kind(run_entry::clone);
  if (!clone) {
    return clone.error();
  }
  if (run.base_head.empty()) {
    auto prepared = workspace_.prepare_clone({.source = *source, .attempt = attempt_of(order), .branch = order.branch});
    if (!prepared) {
      return std::move(prepared).error();
    }
    run.base_branch = prepared->base_branch;
    run.base_head = prepared->base_head;
  } else if (!clone->has_value()) {
    return Error{.kind = ErrorKind::io,
                 .message = fmt::format("the clone {} is gone, and the run's work with it",
                                        workspace_.layout().clone(attempt_of(order)).string())};
  } else if (const auto fetched = workspace_.fetch_base(*source); !fetched) {
    return fetched.error();
  }
  run.agent = order.agent;
  run.model = order.model;
  run.branch = order.branch;
  if (*before == run) {
    return {};
  }
  return attempt->folder().write_atomic(run_entry::document, render_run_document(run), private_file);
}

Result<void> T3Workspace::write_files(const Order& order) {
  const auto attempt = AttemptFolder::open_or_create(workspace_.layout(), attempt_of(order));
  if (!attempt) {
    return attempt.error();
  }
  const auto orders = attempt->folder().open_or_create_folder(orders_folder, private_folder);
  const auto heads = attempt->folder().open_or_create_folder(heads_folder, private_folder);
  if (!orders || !heads) {
    return !orders ? orders.error() : heads.error();
  }
  const auto files = orders->open_or_create_folder(order.turn.text, private_folder);
  if (!files) {
    return files.error();
  }
  for (const PromptFile& file : order.files) {
    if (auto written = files->write_atomic(file.name, file.bytes, private_file); !written) {
      return written;
    }
  }
  const auto noted = heads->try_kind(order.turn.text);
  if (!noted || noted->has_value()) {
    return noted ? Result<void>() : Result<void>(noted.error());
  }
  const auto head = read_branch_head(workspace_.layout().clone(attempt_of(order)), order.branch);
  if (!head) {
    return head.error();
  }
  return heads->write_atomic(order.turn.text, head->value_or(""), private_file);
}

void T3Workspace::add_heads(AttemptView& view) const {
  const auto attempt = AttemptFolder::try_open(workspace_.layout(), view.attempt);
  if (!attempt || !attempt->has_value()) {
    return;
  }
  const auto run = (*attempt)->try_read_run();
  const auto heads = (*attempt)->folder().try_open_folder(heads_folder);
  if (!run || !run->has_value() || !heads || !heads->has_value()) {
    return;
  }
  for (TurnView& turn : view.turns) {
    const auto noted = (*heads)->try_read(turn.turn.text, longest_head);
    if (noted.ok() && noted->has_value()) {
      turn.head_before = (*noted)->bytes;
    }
  }
  const auto newest = read_branch_head(workspace_.layout().clone(view.attempt), (*run)->branch);
  std::string after = newest.ok() ? newest->value_or("") : "";
  for (auto turn = view.turns.rbegin(); turn != view.turns.rend(); ++turn) {
    if (turn->state == TurnState::ended || turn->state == TurnState::vanished) {
      turn->head_after = after;
    }
    after = turn->head_before;
  }
}

} // namespace afk::adapter
