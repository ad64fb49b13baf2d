#include <afk/adapter/workspace_mirror.hpp>

#include <afk/adapter/file_system.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace afk::adapter {
namespace {

constexpr Duration lock_patience = std::chrono::seconds(30);
constexpr std::string_view sibling_mark = ".tmp-";

// Agents fetch from the mirror where their sandbox lets them see it; nobody pushes to it.
constexpr std::string_view mirror_settings = R"([receive]
	hideRefs = refs/
[uploadpack]
	hideRefs = refs/afk
[gc]
	auto = 0
)";

Result<void> append_text(const std::filesystem::path& file, std::string_view text) {
  std::ofstream stream(file, std::ios::app | std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) {
    return Error{.kind = ErrorKind::io, .message = fmt::format("cannot write {}", file.string())};
  }
  return {};
}

// "Unable to create '/x/refs/heads/main.lock': File exists." -> /x/refs/heads/main.lock, inside the mirror only.
std::optional<std::filesystem::path> find_abandoned_lock(std::string_view said, const std::filesystem::path& mirror) {
  const auto start = said.find("Unable to create '");
  if (start == std::string_view::npos || said.find("File exists") == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view from = said.substr(start + std::string_view("Unable to create '").size());
  const std::filesystem::path lock{from.substr(0, from.find('\''))};
  const auto inside = lock.lexically_normal().lexically_relative(mirror.lexically_normal());
  const bool right = lock.extension() == ".lock" && !inside.empty() && *inside.begin() != "..";
  return right ? std::optional(lock) : std::nullopt;
}

Result<void> sync_path(const std::filesystem::path& path) {
  const UniqueFd opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!opened.valid() || ::fsync(opened.get()) != 0) {
    return describe_system_error("sync", path.string(), errno);
  }
  return {};
}

Result<void> sync_tree(const std::filesystem::path& folder) {
  std::error_code failure;
  for (std::filesystem::recursive_directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    if (auto done = sync_path(entry->path()); !done.ok()) {
      return done;
    }
  }
  if (failure) {
    return describe_system_error("list", folder.string(), failure.value());
  }
  return sync_path(folder);
}

} // namespace

Result<std::filesystem::path> create_sibling(const std::filesystem::path& path) {
  const auto folder = Folder::open(path.parent_path().string());
  if (!folder.ok()) {
    return folder.error();
  }
  const auto entries = folder->list();
  if (!entries.ok()) {
    return entries.error();
  }
  const std::string prefix = fmt::format("{}{}", path.filename().string(), sibling_mark);
  for (const auto& entry : *entries) {
    if (entry.name.starts_with(prefix)) {
      if (auto removed = folder->remove_tree(entry.name); !removed.ok()) {
        return std::move(removed).error();
      }
    }
  }
  std::string created = path.parent_path() / (prefix + "XXXXXX");
  if (::mkdtemp(created.data()) == nullptr) {
    return describe_system_error("create the folder", created, errno);
  }
  return std::filesystem::path(created);
}

Result<void> publish_sibling(const Publication& publication) {
  const auto& [sibling, path, synced] = publication;
  if (auto done = sync_tree(synced); !done.ok()) {
    return done;
  }
  if (::renameat2(AT_FDCWD, sibling.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0) {
    const int why = errno;
    if (auto removed = remove_tree(sibling.string()); !removed.ok()) {
      return std::move(removed).error();
    }
    if (why != EEXIST) {
      return describe_system_error("rename", sibling.string(), why);
    }
  }
  const auto folder = Folder::open(path.parent_path().string());
  return folder.ok() ? folder->sync() : Result<void>(folder.error());
}

Mirror::Mirror(Git& git, Paths paths) : git_(git), paths_(std::move(paths)) {}

GitPlace Mirror::place() const {
  GitPlace place;
  place.git_dir = paths_.folder;
  return place;
}

Mirror::Presence Mirror::find() const {
  std::error_code ignored;
  return std::filesystem::is_directory(paths_.folder, ignored) ? Presence::present : Presence::absent;
}

Result<FileLock> Mirror::lock() {
  const auto parent = paths_.lock.parent_path().string();
  if (auto created = create_folders(parent, private_folder); !created.ok()) {
    return std::move(created).error();
  }
  const auto folder = Folder::open(parent);
  if (!folder.ok()) {
    return folder.error();
  }
  return FileLock::acquire(*folder, paths_.lock.filename().string(), lock_patience);
}

Result<void> Mirror::create_if_absent(ObjectFormat format) {
  if (find() == Presence::present) {
    return {};
  }
  const auto sibling = create_sibling(paths_.folder);
  if (!sibling.ok()) {
    return sibling.error();
  }
  GitCall call;
  call.arguments = {"init",
                    "--quiet",
                    "--bare",
                    "--template=",
                    fmt::format("--object-format={}", format == ObjectFormat::sha1 ? "sha1" : "sha256"),
                    "--initial-branch=none",
                    "--end-of-options",
                    sibling->string()};
  if (const auto done = git_.read(call); !done.ok()) {
    return done.error();
  }
  if (auto written = append_text(*sibling / "config", mirror_settings); !written.ok()) {
    return written;
  }
  return publish_sibling({.sibling = *sibling, .path = paths_.folder, .synced = *sibling});
}

Result<void> Mirror::fetch(const Fetch& fetch) {
  GitCall call;
  call.place = place();
  call.remote = fetch.remote;
  call.arguments = {"fetch",
                    "--quiet",
                    "--no-write-fetch-head",
                    "--no-tags",
                    "--no-auto-maintenance",
                    "--no-recurse-submodules",
                    "--end-of-options",
                    fetch.remote.url.text,
                    fetch.head};
  const auto done = git_.read(call);
  return done.ok() ? Result<void>() : Result<void>(done.error());
}

Result<std::vector<MirrorRef>> Mirror::list_refs(std::string_view prefix) {
  GitCall call;
  call.place = place();
  call.arguments = {"for-each-ref", "--format=%(objectname) %(refname)", std::string(prefix)};
  const auto answer = git_.read(call);
  if (!answer.ok()) {
    return answer.error();
  }
  std::vector<MirrorRef> refs;
  for (const std::string_view line : split_lines(*answer)) {
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos || !is_object_id(line.substr(0, blank))) {
      return Error{.kind = ErrorKind::malformed,
                   .message = fmt::format("git for-each-ref answered {}", quote_for_display(line))};
    }
    refs.push_back(MirrorRef{.name = std::string(line.substr(blank + 1)), .head = std::string(line.substr(0, blank))});
  }
  return refs;
}

Result<void> Mirror::set_refs(std::span<const MirrorRef> refs) {
  std::string instructions;
  for (const auto& ref : refs) {
    instructions += fmt::format("update {} {}\n", ref.name, ref.head);
  }
  return change_refs(instructions);
}

Result<void> Mirror::delete_refs(std::span<const MirrorRef> refs) {
  std::string instructions;
  for (const auto& ref : refs) {
    instructions += fmt::format("delete {} {}\n", ref.name, ref.head);
  }
  return change_refs(instructions);
}

Result<void> Mirror::change_refs(const std::string& instructions) {
  if (instructions.empty()) {
    return {};
  }
  GitCall call;
  call.place = place();
  // Waiting longer than any git that sets refs needs: a lock that is still there then was left by one that was killed.
  call.settings = {"core.filesRefLockTimeout=1000", "core.packedRefsTimeout=1000"};
  call.arguments = {"update-ref", "--stdin"};
  call.standard_input = instructions;
  constexpr int most_locks = 8;
  for (int found = 0;; ++found) {
    const auto output = git_.run(call);
    if (!output.ok()) {
      return output.error();
    }
    if (output->exit_code == 0) {
      return {};
    }
    const auto lock = find_abandoned_lock(output->standard_error, paths_.folder);
    if (!lock || found == most_locks) {
      return derive_git_error(call, *output);
    }
    if (auto removed = remove_file(lock->string()); !removed.ok()) {
      return removed;
    }
  }
}

} // namespace afk::adapter
