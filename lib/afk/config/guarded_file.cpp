#include <afk/config/guarded_file.hpp>

#include <afk/core/text.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace afk::config {
namespace {

constexpr int most_symlinks = 40;
constexpr std::size_t largest_secret = std::size_t{64} * 1024;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}

  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }

  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

FileFacts derive_facts(const struct stat& status) {
  return FileFacts{.owner = status.st_uid, .group = status.st_gid, .mode = status.st_mode};
}

bool is_trusted_owner(uid_t owner, uid_t user) {
  return owner == 0 || owner == user;
}

// A group of the same number as the user is the user's own, by the custom of the distributions; root's is root.
bool is_written_by_others(const FileFacts& file, uid_t user) {
  const bool own_group = file.group == 0 || file.group == user;
  return (file.mode & S_IWOTH) != 0 || ((file.mode & S_IWGRP) != 0 && !own_group);
}

Error system_error(std::string_view path, int number) {
  const ErrorKind kind = number == ENOENT || number == ENOTDIR ? ErrorKind::not_found : ErrorKind::io;
  const std::string reason =
      number == ENOENT ? "there is no such file" : std::strerror(number); // NOLINT(concurrency-mt-unsafe)
  return Error{.kind = kind, .message = fmt::format("{}: {}", path, reason)};
}

Error forbidden(std::string_view path, std::string_view reason) {
  return Error{.kind = ErrorKind::forbidden, .message = fmt::format("{}: {}", path, reason)};
}

// Goes down a path one part at a time, each judged before it is entered.
class Walk {
 public:
  explicit Walk(const GuardedRead& read) : path_(read.path), use_(read.use), user_(::geteuid()) {}

  // A descriptor of the file, open for reading.
  Result<Descriptor> run() {
    push_parts(path_);
    folder_ = Descriptor(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (folder_.number() < 0) {
      return system_error("/", errno);
    }
    while (parts_.size() > 1) {
      if (Result<void> entered = enter_next(); !entered.ok()) {
        return std::move(entered).error();
      }
    }
    return open_last();
  }

 private:
  // The parts of a path, the next one at the end.
  void push_parts(std::string_view path) {
    while (!path.empty()) {
      const std::size_t slash = path.rfind('/');
      const std::string_view part = slash == std::string_view::npos ? path : path.substr(slash + 1);
      if (!part.empty() && part != ".") {
        parts_.emplace_back(part);
      }
      path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
    }
  }

  // Looks at the next part and judges the folder that holds it.
  Result<struct stat> look(const std::string& name) {
    struct stat entry{};
    struct stat folder{};
    struct statvfs mount{};
    if (::fstatat(folder_.number(), name.c_str(), &entry, AT_SYMLINK_NOFOLLOW) != 0 ||
        ::fstat(folder_.number(), &folder) != 0 || ::fstatvfs(folder_.number(), &mount) != 0) {
      return system_error(path_, errno);
    }
    const FolderFacts facts{.folder = derive_facts(folder),
                            .mount = (mount.f_flag & ST_RDONLY) != 0 ? Mount::read_only : Mount::writable,
                            .entry_owner = entry.st_uid,
                            .entry_is_symlink = S_ISLNK(entry.st_mode)};
    if (const auto reason = judge_folder(facts, user_)) {
      return forbidden(path_, fmt::format("its folder {}: {}", seen_.empty() ? "/" : seen_, *reason));
    }
    return entry;
  }

  Result<void> follow(const std::string& name) {
    if (++symlinks_ > most_symlinks) {
      return system_error(path_, ELOOP);
    }
    std::string target(PATH_MAX, '\0');
    const ssize_t size = ::readlinkat(folder_.number(), name.c_str(), target.data(), target.size());
    if (size <= 0) {
      return system_error(path_, errno);
    }
    target.resize(static_cast<std::size_t>(size));
    if (target.starts_with('/')) {
      folder_ = Descriptor(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
      seen_.clear();
    }
    push_parts(target);
    return {};
  }

  Result<void> enter_next() {
    const std::string name = std::move(parts_.back());
    parts_.pop_back();
    Result<struct stat> entry = look(name);
    if (!entry.ok()) {
      return std::move(entry).error();
    }
    if (S_ISLNK(entry->st_mode)) {
      return follow(name);
    }
    Descriptor next(::openat(folder_.number(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (next.number() < 0) {
      return system_error(path_, errno);
    }
    folder_ = std::move(next);
    seen_ += "/" + name;
    return {};
  }

  Result<Descriptor> open_last() {
    while (!parts_.empty()) {
      const std::string name = parts_.back();
      Result<struct stat> entry = look(name);
      if (!entry.ok()) {
        return std::move(entry).error();
      }
      if (parts_.size() == 1 && !S_ISLNK(entry->st_mode)) {
        return open_file(name, *entry);
      }
      if (Result<void> entered = enter_next(); !entered.ok()) {
        return std::move(entered).error();
      }
    }
    return forbidden(path_, "this is not a regular file");
  }

  Result<Descriptor> open_file(const std::string& name, const struct stat& entry) {
    if (!S_ISREG(entry.st_mode)) {
      return forbidden(path_, "this is not a regular file");
    }
    if (const auto reason = judge_file(derive_facts(entry), use_, user_)) {
      return forbidden(path_, *reason);
    }
    Descriptor file(::openat(folder_.number(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat opened{};
    if (file.number() < 0 || ::fstat(file.number(), &opened) != 0) {
      return system_error(path_, errno);
    }
    // What was opened is what was judged.
    if (opened.st_dev != entry.st_dev || opened.st_ino != entry.st_ino || opened.st_mode != entry.st_mode) {
      return forbidden(path_, "it was exchanged while it was looked at");
    }
    return file;
  }

  std::string path_;
  FileUse use_;
  uid_t user_;
  std::vector<std::string> parts_;
  Descriptor folder_{-1};
  std::string seen_; // the folder as it was reached, for messages
  int symlinks_ = 0;
};

} // namespace

std::optional<std::string> judge_file(const FileFacts& file, FileUse use, uid_t user) {
  if (!is_trusted_owner(file.owner, user)) {
    return fmt::format("it belongs to user {}, and only your own and root's files are believed", file.owner);
  }
  const bool group_writes = (file.mode & S_IWGRP) != 0;
  if (is_written_by_others(file, user) || (use == FileUse::secret && group_writes)) {
    return "others may write it; chmod go-w";
  }
  if (use != FileUse::secret) {
    return std::nullopt;
  }
  if ((file.mode & S_IRWXO) != 0) {
    return "it is a secret and everybody may read it; chmod 600";
  }
  if ((file.mode & S_IRWXG) != 0 && file.owner != 0) {
    return "it is a secret and its group may read it; chmod 600";
  }
  return std::nullopt;
}

std::optional<std::string> judge_folder(const FolderFacts& facts, uid_t user) {
  if (!is_trusted_owner(facts.folder.owner, user)) {
    return fmt::format("it belongs to user {}, who could exchange what is in it", facts.folder.owner);
  }
  if (facts.mount == Mount::read_only || !is_written_by_others(facts.folder, user)) {
    return std::nullopt;
  }
  const bool sticky = (facts.folder.mode & S_ISVTX) != 0;
  if (facts.entry_is_symlink) {
    return "others may write it, and a symbolic link in it is not followed";
  }
  if (sticky && is_trusted_owner(facts.entry_owner, user)) {
    return std::nullopt;
  }
  return "others may write it and exchange what is in it; chmod go-w";
}

Result<std::string> read_guarded_file(const GuardedRead& read) {
  Result<Descriptor> file = Walk(read).run();
  if (!file.ok()) {
    return std::move(file).error();
  }
  std::string content(read.limit + 1, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t count = ::read(file->number(), content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return system_error(read.path, errno);
    }
    if (count == 0) {
      break;
    }
    size += static_cast<std::size_t>(count);
  }
  if (size > read.limit) {
    return Error{.kind = ErrorKind::too_large,
                 .message = fmt::format("{}: larger than {} bytes", read.path, read.limit)};
  }
  content.resize(size);
  return content;
}

Result<Secret> read_secret_file(const FilePath& path) {
  Result<std::string> content = read_guarded_file({.path = path.text, .use = FileUse::secret, .limit = largest_secret});
  if (!content.ok()) {
    return std::move(content).error();
  }
  const Secret whole(*std::move(content));
  Secret secret(trim_ascii(whole.reveal()));
  if (secret.empty()) {
    return Error{.kind = ErrorKind::malformed, .message = fmt::format("{}: the file is empty", path.text)};
  }
  return secret;
}

Result<void> check_guarded_file(const FilePath& path, FileUse use) {
  Result<Descriptor> file = Walk({.path = path.text, .use = use, .limit = 0}).run();
  if (!file.ok()) {
    return std::move(file).error();
  }
  return {};
}

} // namespace afk::config
