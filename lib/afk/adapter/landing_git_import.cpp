#include <afk/adapter/landing_git_import.hpp>

#include <afk/adapter/file_system.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace afk::adapter {
namespace {

constexpr std::size_t copy_step = 128UL * 1024UL;

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char character) {
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
  });
}

bool is_loose_folder(std::string_view name) {
  return name.size() == 2 && is_hex(name);
}

bool is_loose_object(std::string_view name) {
  return (name.size() == 38 || name.size() == 62) && is_hex(name);
}

bool is_pack_file(std::string_view name) {
  constexpr std::string_view prefix = "pack-";
  if (!name.starts_with(prefix) || (!name.ends_with(".pack") && !name.ends_with(".idx"))) {
    return false;
  }
  const std::string_view id = name.substr(prefix.size(), name.rfind('.') - prefix.size());
  return (id.size() == 40 || id.size() == 64) && is_hex(id);
}

// One clone's objects on their way into one folder.
class Copier {
 public:
  explicit Copier(const ObjectCopy& copy)
      : copy_(copy), bytes_left_(copy.limits.bytes), files_left_(copy.limits.files) {}

  Result<void> run() {
    auto objects = open_objects();
    if (!objects.ok()) {
      return std::move(objects).error();
    }
    const auto entries = objects->list();
    if (!entries.ok()) {
      return tampered(entries.error());
    }
    // Loose objects first: one that is packed and removed meanwhile is in a pack that is copied afterwards.
    for (const auto& entry : *entries) {
      if (is_loose_folder(entry.name)) {
        if (auto copied = copy_folder(*objects, entry.name, is_loose_object); !copied.ok()) {
          return copied;
        }
      }
    }
    return copy_folder(*objects, "pack", is_pack_file);
  }

 private:
  [[nodiscard]] Error tampered(const Error& error) const {
    if (error.kind == ErrorKind::io || error.kind == ErrorKind::unreachable) {
      return error;
    }
    return Error{.kind = error.kind == ErrorKind::too_large ? ErrorKind::too_large : ErrorKind::malformed,
                 .message = fmt::format("the clone {} was tampered with: {}", copy_.clone.string(),
                                        clean_single_line(error.message))};
  }

  Result<Folder> open_objects() {
    auto folder = Folder::open(copy_.clone.parent_path().string());
    if (!folder.ok()) {
      return folder;
    }
    for (const std::string& name : {copy_.clone.filename().string(), std::string(".git"), std::string("objects")}) {
      auto next = folder->try_open_folder(name);
      if (!next.ok()) {
        return tampered(next.error());
      }
      if (!next->has_value()) {
        return tampered(Error{.kind = ErrorKind::malformed, .message = folder->path_of(name) + " is gone"});
      }
      folder = std::move(**next);
    }
    return folder;
  }

  Result<void> copy_folder(const Folder& objects, const std::string& name, bool (*wanted)(std::string_view)) {
    const auto source = objects.try_open_folder(name);
    if (!source.ok()) {
      return tampered(source.error());
    }
    if (!source->has_value()) {
      return {};
    }
    const auto entries = (*source)->list();
    if (!entries.ok()) {
      return tampered(entries.error());
    }
    std::error_code failure;
    std::filesystem::create_directories(copy_.objects / name, failure);
    if (failure) {
      return describe_system_error("create the folder", (copy_.objects / name).string(), failure.value());
    }
    for (const auto& entry : *entries) {
      if (wanted(entry.name)) {
        if (auto copied = copy_file(**source, entry.name, copy_.objects / name / entry.name); !copied.ok()) {
          return copied;
        }
      }
    }
    return {};
  }

  Result<void> copy_file(const Folder& folder, const std::string& name, const std::filesystem::path& to) {
    const UniqueFd source(
        ::openat(folder.descriptor(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (!source.valid() && errno == ENOENT) {
      return {}; // packed or removed since the folder was read
    }
    struct stat status = {};
    if (!source.valid() || ::fstat(source.get(), &status) != 0) {
      return tampered(describe_system_error("read", folder.path_of(name), errno));
    }
    if (!S_ISREG(status.st_mode)) {
      return tampered(Error{.kind = ErrorKind::malformed, .message = folder.path_of(name) + " is no regular file"});
    }
    if (--files_left_ < 0) {
      return too_large(fmt::format("{} files", copy_.limits.files));
    }
    const UniqueFd target(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!target.valid()) {
      return describe_system_error("create", to.string(), errno);
    }
    return copy_bytes(source.get(), target.get(), to);
  }

  Result<void> copy_bytes(int source, int target, const std::filesystem::path& to) {
    while (true) {
      const ssize_t got = ::read(source, buffer_.data(), buffer_.size());
      if (got < 0) {
        return describe_system_error("read an object for", to.string(), errno);
      }
      if (got == 0) {
        return {};
      }
      bytes_left_ -= got;
      if (bytes_left_ < 0) {
        return too_large(fmt::format("{} bytes", copy_.limits.bytes));
      }
      for (ssize_t put = 0; put < got;) {
        const ssize_t step = ::write(target, buffer_.data() + put, static_cast<std::size_t>(got - put));
        if (step < 0) {
          return describe_system_error("write", to.string(), errno);
        }
        put += step;
      }
    }
  }

  [[nodiscard]] Error too_large(const std::string& limit) const {
    return Error{.kind = ErrorKind::too_large,
                 .message =
                     fmt::format("the clone {} holds more than {} of objects of its own", copy_.clone.string(), limit)};
  }

  const ObjectCopy& copy_;
  std::int64_t bytes_left_;
  std::int64_t files_left_;
  std::string buffer_ = std::string(copy_step, '\0');
};

Result<void> write_line(const std::filesystem::path& path, std::string_view line) {
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream << line << '\n';
  stream.close();
  if (!stream) {
    return Error{.kind = ErrorKind::io, .message = fmt::format("cannot write {}", path.string())};
  }
  return {};
}

// An empty repository that borrows from the mirror and whose one branch is the head that is wanted.
Result<void> create_source(Git& git, const ImportOrder& order, const std::filesystem::path& folder) {
  GitCall call;
  call.arguments = {
      "init",
      "--quiet",
      "--bare",
      "--template=",
      fmt::format("--object-format={}", derive_object_format(order.head) == ObjectFormat::sha1 ? "sha1" : "sha256"),
      "--initial-branch=run",
      "--end-of-options",
      folder.string()};
  if (const auto done = git.read(call); !done.ok()) {
    return done.error();
  }
  std::error_code failure;
  std::filesystem::create_directories(folder / "objects" / "info", failure);
  if (failure) {
    return describe_system_error("create the folder", (folder / "objects" / "info").string(), failure.value());
  }
  if (auto done = write_line(folder / "objects" / "info" / "alternates", order.mirror_objects.string()); !done.ok()) {
    return done;
  }
  return write_line(folder / "refs" / "heads" / "run", order.head);
}

Error unreadable(const ImportOrder& order, std::string_view why) {
  return Error{.kind = ErrorKind::malformed,
               .message = fmt::format("the commit {} of the clone {} cannot be taken over: {}", order.head,
                                      order.clone.string(), why)};
}

} // namespace

Result<void> copy_objects(const ObjectCopy& copy) {
  return Copier(copy).run();
}

Result<void> import_commit(Git& git, const ImportOrder& order) {
  const auto source = order.scratch / "source.git";
  if (auto created = create_source(git, order, source); !created.ok()) {
    return created;
  }
  const ObjectCopy copy{.clone = order.clone, .objects = source / "objects", .limits = order.limits};
  if (auto copied = copy_objects(copy); !copied.ok()) {
    return copied;
  }
  GitCall call;
  call.place = order.into;
  call.remote =
      GitRemote{.url = {.transport = GitTransport::local, .text = source.string(), .origin = {}, .path = source},
                .credential_file = {}};
  call.settings = {"transfer.fsckObjects=true", "fetch.fsckObjects=true"};
  call.arguments = {
      "fetch",         "--quiet", "--no-write-fetch-head", "--no-tags", "--no-recurse-submodules", "--end-of-options",
      source.string(), order.head};
  const auto fetched = git.run(call);
  if (!fetched.ok()) {
    return fetched.error();
  }
  if (fetched->exit_code != 0) {
    return unreadable(order, render_git_message(*fetched));
  }
  GitCall type;
  type.place = order.into;
  type.arguments = {"cat-file", "-t", order.head};
  const auto answer = git.read(type);
  if (!answer.ok()) {
    return unreadable(order, answer.error().message);
  }
  if (trim_ascii(*answer) != "commit") {
    return unreadable(order, fmt::format("it is a {}", clean_single_line(*answer)));
  }
  return {};
}

} // namespace afk::adapter
