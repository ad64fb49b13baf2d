#include <afk/adapter/git_remote.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace afk::adapter {
namespace {

constexpr std::string_view heads_prefix = "refs/heads/";

// One line of `git ls-remote --symref`: "<id>\t<ref>" or "ref: <ref>\tHEAD".
Result<void> take_line(std::string_view line, std::span<const std::string> asked, RemoteBranches& found) {
  const auto tab = line.find('\t');
  if (tab == std::string_view::npos) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("git ls-remote answered {}", quote_for_display(line.substr(0, 100)))};
  }
  std::string_view value = line.substr(0, tab);
  std::string_view name = line.substr(tab + 1);
  constexpr std::string_view symbolic = "ref: ";
  if (value.starts_with(symbolic) && name == "HEAD") {
    value.remove_prefix(symbolic.size());
    if (value.starts_with(heads_prefix)) {
      found.default_branch = value.substr(heads_prefix.size());
    }
    return {};
  }
  if (!is_object_id(value)) {
    return Error{.kind = ErrorKind::malformed,
                 .message =
                     fmt::format("git ls-remote answered {} as an object id", quote_for_display(value.substr(0, 100)))};
  }
  // Patterns match the end of a name, so that refs/heads/x/refs/heads/main comes along when main is asked for.
  if (name.starts_with(heads_prefix)) {
    name.remove_prefix(heads_prefix.size());
    if (std::ranges::find(asked, name) != asked.end()) {
      found.heads.emplace(name, value);
    }
  } else if (name == "HEAD" && found.default_branch) {
    found.heads.emplace(*found.default_branch, value);
  }
  return {};
}

} // namespace

Result<RemoteBranches> look_at_remote(Git& git, const GitRemote& remote, std::span<const std::string> branches) {
  GitCall call;
  call.remote = remote;
  call.arguments = {"ls-remote", "--quiet", "--symref", "--end-of-options", remote.url.text, "HEAD"};
  for (const auto& branch : branches) {
    if (auto checked = check_branch_name(branch); !checked.ok()) {
      return std::move(checked).error();
    }
    call.arguments.push_back(fmt::format("{}{}", heads_prefix, branch));
  }
  const auto answer = git.read(call);
  if (!answer.ok()) {
    return answer.error();
  }
  RemoteBranches found;
  for (const std::string_view line : split_lines(*answer)) {
    if (auto taken = take_line(line, branches, found); !taken.ok()) {
      return std::move(taken).error();
    }
  }
  // A default branch without a commit is no base, and its name comes from outside.
  if (found.default_branch &&
      (!found.heads.contains(*found.default_branch) || !check_branch_name(*found.default_branch).ok())) {
    found.default_branch.reset();
  }
  return found;
}

} // namespace afk::adapter
