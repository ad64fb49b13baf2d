#include <afk/adapter/landing_git_push.hpp>

#include <afk/adapter/landing_git_work_tree.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace afk::adapter {
namespace {

// Where the other side is, and what its receiving command must be told.
enum class Form : std::uint8_t { elsewhere, bare, with_work_tree };

// What a checked out branch does when it is pushed to.
enum class CheckedOut : std::uint8_t {
  moves_work_tree,
  is_moved_already, // the work tree was proved to be at the new head
};

// The receiving side of a repository on this machine starts without the settings of the sending side, so that they go
// into its command: "git -c ... receive-pack".
std::string receive_command(Form form, CheckedOut checked_out) {
  std::string command = "git -c gc.auto=0 -c receive.autogc=false -c core.fsync=committed,reference,index";
  if (form == Form::with_work_tree) {
    command += " -c core.hooksPath=/dev/null -c core.fsmonitor=false -c receive.denyCurrentBranch=";
    command += checked_out == CheckedOut::moves_work_tree ? "updateInstead" : "ignore";
  }
  return command + " receive-pack";
}

// "!\t<from>:<to>\t[remote rejected] (why)" of `git push --porcelain`.
std::optional<std::string_view> find_rejection(std::string_view output) {
  for (const std::string_view line : split_lines(output)) {
    if (line.starts_with("!\t")) {
      const auto tab = line.rfind('\t');
      return line.substr(tab + 1);
    }
  }
  return std::nullopt;
}

bool says_any(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::any_of(words,
                             [text](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

constexpr auto moved_words = std::to_array<std::string_view>(
    {"stale info", "fetch first", "non-fast-forward", "needs force", "failed to update ref", "cannot lock ref",
     "incorrect old value", "failed to lock", "already exists"});
constexpr auto unclean_words =
    std::to_array<std::string_view>({"Working directory has", "Could not update working tree",
                                     "Up-to-date check failed", "Working directory is not clean"});

Error derive_rejection(const PushOrder& order, std::string_view rejection, const CommandOutput& output) {
  if (says_any(rejection, unclean_words)) {
    return Error{.kind = ErrorKind::conflict,
                 .message = fmt::format("the work tree of {}, where {} is checked out, is not clean: commit, stash or "
                                        "remove what is in it ({})",
                                        order.remote.url.text, order.branch, render_git_message(output))};
  }
  if (says_any(rejection, moved_words)) {
    return Error{.kind = ErrorKind::conflict,
                 .message = fmt::format("{} moved while {} was pushed to it", order.branch, order.head)};
  }
  return Error{.kind = ErrorKind::refused,
               .message = fmt::format("the push of {} to {} was refused: {} {}", order.head, order.branch,
                                      clean_single_line(rejection), render_git_message(output))};
}

GitCall push_call(const PushOrder& order, Form form, CheckedOut checked_out) {
  const std::string ref = fmt::format("refs/heads/{}", order.branch);
  GitCall call;
  call.place.git_dir = order.mirror;
  call.remote = order.remote;
  call.arguments = {"push",        "--porcelain",
                    "--no-verify", "--no-follow-tags",
                    "--no-signed", fmt::format("--force-with-lease={}:{}", ref, order.expected)};
  if (form != Form::elsewhere) {
    call.arguments.push_back(fmt::format("--receive-pack={}", receive_command(form, checked_out)));
  }
  call.arguments.insert(call.arguments.end(),
                        {"--end-of-options", order.remote.url.text, fmt::format("{}:{}", order.head, ref)});
  return call;
}

Result<void> try_push(Git& git, const PushOrder& order, Form form, CheckedOut checked_out) {
  const auto call = push_call(order, form, checked_out);
  const auto output = git.run(call);
  if (!output.ok()) {
    return output.error();
  }
  if (output->exit_code == 0) {
    return {};
  }
  const auto rejection = find_rejection(output->standard_output);
  return rejection ? derive_rejection(order, *rejection, *output) : derive_git_error(call, *output);
}

Error unclean(const PushOrder& order, const std::filesystem::path& work_tree, std::string_view why) {
  return Error{.kind = ErrorKind::conflict,
               .message =
                   fmt::format("the work tree {}, where {} is checked out, is not clean: commit, stash or remove "
                               "what is in it ({})",
                               work_tree.string(), order.branch, why)};
}

// Moves a branch together with the work tree where it is checked out.
Result<void> push_to_checkout(Git& git, const PushOrder& order, const std::filesystem::path& work_tree) {
  const WorkTreeMove move{.mirror = order.mirror, .work_tree = work_tree, .from = order.expected, .to = order.head};
  // A machine that died between the work tree and the ref left files and index at the new head under the old ref: the
  // rest of that push is the ref alone.
  const auto progress = find_progress(git, move);
  if (!progress.ok()) {
    return progress.error();
  }
  if (*progress == Progress::moved) {
    return try_push(git, order, Form::with_work_tree, CheckedOut::is_moved_already);
  }
  const auto collision = find_collision(git, move);
  if (!collision.ok()) {
    return collision.error();
  }
  if (collision->has_value()) {
    return unclean(order, work_tree, fmt::format("{} is in the way", quote_for_display(**collision)));
  }
  return try_push(git, order, Form::with_work_tree, CheckedOut::moves_work_tree);
}

} // namespace

Result<void> push_commit(Git& git, const PushOrder& order) {
  if (order.remote.url.transport != GitTransport::local) {
    return try_push(git, order, Form::elsewhere, CheckedOut::moves_work_tree);
  }
  const auto trees = find_work_trees(git, {.remote = order.remote, .branch = order.branch});
  if (!trees.ok()) {
    return trees.error();
  }
  if (trees->of_branch && !order.expected.empty()) {
    return push_to_checkout(git, order, *trees->of_branch);
  }
  const Form form = trees->form == WorkTrees::Form::none ? Form::bare : Form::with_work_tree;
  return try_push(git, order, form, CheckedOut::moves_work_tree);
}

} // namespace afk::adapter
