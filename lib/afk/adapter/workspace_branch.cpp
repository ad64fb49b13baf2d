#include <afk/adapter/workspace.hpp>

#include <afk/adapter/file_system.hpp>
#include <afk/adapter/git_names.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace afk::adapter {
namespace {

constexpr std::size_t longest_ref = 4096;
constexpr std::size_t largest_packed_refs = 4 << 20;

Error tampered(const std::filesystem::path& clone, std::string_view what) {
  return Error{.kind = ErrorKind::malformed, .message = fmt::format("the clone {} {}", clone.string(), what)};
}

// Links, devices and oversized files are the agent's doing, whatever the system calls it.
Error derive_tampering(const std::filesystem::path& clone, const Error& error) {
  const bool by_agent =
      error.kind == ErrorKind::malformed || error.kind == ErrorKind::too_large || error.kind == ErrorKind::forbidden;
  return by_agent ? tampered(clone, fmt::format("was tampered with: {}", clean_single_line(error.message))) : error;
}

// The folder <clone>/.git; nothing where the clone itself is absent.
Result<std::optional<Folder>> open_git_folder(const std::filesystem::path& clone) {
  const auto parent = Folder::open(clone.parent_path().string());
  if (!parent.ok()) {
    return parent.error().kind == ErrorKind::not_found ? Result<std::optional<Folder>>(std::optional<Folder>())
                                                       : parent.error();
  }
  auto folder = parent->try_open_folder(clone.filename().string());
  if (!folder.ok()) {
    return derive_tampering(clone, folder.error());
  }
  if (!folder->has_value()) {
    return std::optional<Folder>();
  }
  auto git = (*folder)->try_open_folder(".git");
  if (!git.ok()) {
    return derive_tampering(clone, git.error());
  }
  if (!git->has_value()) {
    return tampered(clone, "has no .git folder any more");
  }
  return git;
}

Result<std::string> parse_loose_ref(const std::filesystem::path& clone, std::string_view bytes) {
  const std::string_view text = trim_ascii(bytes);
  if (!is_object_id(text)) {
    return tampered(clone,
                    fmt::format("was tampered with: its branch reads {}", quote_for_display(text.substr(0, 80))));
  }
  return std::string(text);
}

Result<std::optional<std::string>> find_packed_ref(const Folder& git, const std::filesystem::path& clone,
                                                   std::string_view name) {
  const auto file = git.try_read("packed-refs", largest_packed_refs);
  if (!file.ok()) {
    return derive_tampering(clone, file.error());
  }
  if (!file->has_value()) {
    return std::optional<std::string>();
  }
  for (const std::string_view line : split_lines((*file)->bytes)) {
    const auto blank = line.find(' ');
    if (blank != std::string_view::npos && line.substr(blank + 1) == name && is_object_id(line.substr(0, blank))) {
      return std::optional(std::string(line.substr(0, blank)));
    }
  }
  return std::optional<std::string>();
}

} // namespace

Result<std::optional<std::string>> read_branch_head(const std::filesystem::path& clone, std::string_view branch) {
  if (auto checked = check_branch_name(branch); !checked.ok()) {
    return std::move(checked).error();
  }
  auto git = open_git_folder(clone);
  if (!git.ok()) {
    return std::move(git).error();
  }
  if (!git->has_value()) {
    return std::optional<std::string>();
  }
  const std::string name = fmt::format("refs/heads/{}", branch);
  std::optional<Folder> folder;
  std::string_view rest = name;
  for (auto slash = rest.find('/'); slash != std::string_view::npos; slash = rest.find('/')) {
    auto next = (folder ? *folder : **git).try_open_folder(rest.substr(0, slash));
    if (!next.ok()) {
      return derive_tampering(clone, next.error());
    }
    if (!next->has_value()) {
      return find_packed_ref(**git, clone, name);
    }
    folder = std::move(*next);
    rest.remove_prefix(slash + 1);
  }
  const auto file = folder->try_read(rest, longest_ref);
  if (!file.ok()) {
    return derive_tampering(clone, file.error());
  }
  if (!file->has_value()) {
    return find_packed_ref(**git, clone, name);
  }
  auto head = parse_loose_ref(clone, (*file)->bytes);
  return head.ok() ? Result<std::optional<std::string>>(std::optional(std::move(head).value()))
                   : std::move(head).error();
}

} // namespace afk::adapter
