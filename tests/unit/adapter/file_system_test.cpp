#include <afk/adapter/file_lock.hpp>
#include <afk/adapter/file_system.hpp>

#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/files.hpp>
#include <support/temporary_folder.hpp>

#include <algorithm>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace afk;
using namespace afk::adapter;
using namespace std::chrono_literals;
using afk::test::get_file;
using afk::test::names_in;
using afk::test::put_file;
using afk::test::start_child;
using afk::test::TemporaryFolder;
using afk::test::wait_for_child;

namespace {

constexpr std::size_t limit = 1'000'000;

Folder open_folder(const std::string& path) {
  auto folder = Folder::open(path);
  REQUIRE(folder.ok());
  return std::move(folder).value();
}

} // namespace

TEST_CASE("a file is read whole, up to the limit of the caller") {
  const TemporaryFolder here;
  const Folder folder = open_folder(here.path());
  const std::size_t size = GENERATE(values<std::size_t>({0, 1, 4095, 4096, 4097, 65536, 65537, 200'000}));
  const std::string bytes(size, 'x');
  put_file(here / "f", bytes);

  const auto read = folder.try_read("f", size);
  REQUIRE(read.ok());
  REQUIRE(read->has_value());
  CHECK((*read)->bytes == bytes);
  CHECK((*read)->stamp.size == static_cast<std::int64_t>(size));
  if (size > 0) {
    const auto refused = folder.try_read("f", size - 1);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == ErrorKind::too_large);
  }
}

TEST_CASE("absence is a value where it is normal and not_found where it is not") {
  const TemporaryFolder here;
  const Folder folder = open_folder(here.path());
  CHECK_FALSE(folder.try_read("f", limit)->has_value());
  CHECK_FALSE(folder.try_open_folder("d")->has_value());
  CHECK_FALSE(folder.try_stamp("f")->has_value());
  CHECK_FALSE(folder.try_kind("f")->has_value());
  CHECK_FALSE(folder.try_staged("f")->has_value());
  CHECK(folder.remove_file("f").ok());
  CHECK(folder.remove_tree("f").ok());
  CHECK_FALSE(try_read_file(here / "no/such/file", limit)->has_value());
  CHECK(read_file(here / "f", limit).error().kind == ErrorKind::not_found);
  CHECK(Folder::open(here / "d").error().kind == ErrorKind::not_found);
}

TEST_CASE("what is no regular file is refused and never waited for") {
  const TemporaryFolder here;
  const Folder folder = open_folder(here.path());
  put_file(here / "target", "secret");
  std::filesystem::create_symlink(here / "target", here / "link");
  std::filesystem::create_directory(here / "folder");
  std::filesystem::create_directory_symlink(here / "folder", here / "folder-link");
  REQUIRE(::mkfifo((here / "fifo").c_str(), 0600) == 0);

  const std::string name = GENERATE(values<std::string>({"link", "folder", "folder-link", "fifo"}));
  DYNAMIC_SECTION(name) {
    const auto read = folder.try_read(name, limit);
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().kind == ErrorKind::malformed);
    CHECK(read.error().message.find(here / name) != std::string::npos);
    CHECK_FALSE(folder.append_durable(name, "x").ok());
    CHECK_FALSE(folder.truncate(name, 0).ok());
    CHECK(get_file(here / "target") == "secret");
  }
  CHECK(folder.try_open_folder("folder-link").error().kind == ErrorKind::malformed);
  CHECK(folder.try_open_folder("target").error().kind == ErrorKind::malformed);
}

TEST_CASE("a name is one entry of its folder") {
  const TemporaryFolder here;
  const Folder folder = open_folder(here.path());
  const std::string name =
      GENERATE(values<std::string>({"", ".", "..", "a/b", "/etc/passwd", "../x", std::string("a\0b", 3)}));
  CHECK(folder.try_read(name, limit).error().kind == ErrorKind::malformed);
  CHECK(folder.try_open_folder(name).error().kind == ErrorKind::malformed);
  CHECK(folder.create_folder(name).error().kind == ErrorKind::malformed);
  CHECK(folder.append_durable(name, "x").error().kind == ErrorKind::malformed);
  CHECK(folder.truncate(name, 0).error().kind == ErrorKind::malformed);
  CHECK(folder.remove_file(name).error().kind == ErrorKind::malformed);
  CHECK(folder.rename({.from = "f", .to = name}).error().kind == ErrorKind::malformed);
  CHECK(folder.publish_staged(name).error().kind == ErrorKind::malformed);
}

TEST_CASE("a write replaces the file whole and leaves nothing else behind") {
  const TemporaryFolder here;
  const Folder folder = open_folder(here.path());
  put_file(here / "f", "old");
  ::chmod((here / "f").c_str(), 0640);
  REQUIRE(folder.write_atomic("f", "new").ok());
  CHECK(get_file(here / "f") == "new");
  CHECK(names_in(here.path()) == std::vector<std::string>{"f"});
  struct stat status = {};
  REQUIRE(::stat((here / "f").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0640U);

  SECTION("a new file has the mode that was asked for") {
    REQUIRE(folder.write_atomic("g", "g", private_file).ok());
    REQUIRE(::stat((here / "g").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
  }
  SECTION("a symbolic link is replaced, not followed") {
    std::filesystem::create_symlink(here / "f", here / "link");
    REQUIRE(folder.write_atomic("link", "mine").ok());
    CHECK(get_file(here / "f") == "new");
    CHECK(std::filesystem::is_regular_file(std::filesystem::symlink_status(here / "link")));
  }
}

TEST_CASE("a staged file is invisible until it is published") {
  const TemporaryFolder here;
  const Folder folder = open_folder(here.path());
  put_file(here / "f", "old");
  REQUIRE(folder.stage("f", "new").ok());
  CHECK(get_file(here / "f") == "old");
  CHECK(*folder.try_staged("f").value() == EntryKind::file);

  SECTION("published") {
    REQUIRE(folder.publish_staged("f").ok());
    CHECK(get_file(here / "f") == "new");
    CHECK_FALSE(folder.try_staged("f")->has_value());
  }
  SECTION("discarded") {
    REQUIRE(folder.discard_staged("f").ok());
    CHECK(get_file(here / "f") == "old");
    CHECK(names_in(here.path()) == std::vector<std::string>{"f"});
  }
  SECTION("left behind by a crash and taken over") {
    REQUIRE(folder.write_atomic("f", "newer").ok());
    CHECK(get_file(here / "f") == "newer");
    CHECK(names_in(here.path()) == std::vector<std::string>{"f"});
  }
  SECTION("a link that somebody planted under the staged name is not written through") {
    put_file(here / "victim", "precious");
    REQUIRE(folder.discard_staged("f").ok());
    std::filesystem::create_hard_link(here / "victim", here / derive_staged_name("f"));
    REQUIRE(folder.write_atomic("f", "newest").ok());
    CHECK(get_file(here / "victim") == "precious");
    CHECK(get_file(here / "f") == "newest");
  }
}

TEST_CASE("appending creates, adds at the end and truncating cuts") {
  const TemporaryFolder here;
  const Folder folder = open_folder(here.path());
  REQUIRE(folder.append_durable("log", "one\n").ok());
  REQUIRE(folder.append_durable("log", "two\n").ok());
  CHECK(get_file(here / "log") == "one\ntwo\n");
  REQUIRE(folder.truncate("log", 4).ok());
  CHECK(get_file(here / "log") == "one\n");
}

TEST_CASE("exactly one of several processes is told that it created a folder") {
  const TemporaryFolder here;
  const Folder folder = open_folder(here.path());
  constexpr int processes = 8;
  std::vector<pid_t> children;
  for (int index = 0; index < processes; ++index) {
    children.push_back(start_child([&] {
      const auto created = folder.create_folder("d");
      return created.ok() && created.value() == Creation::created ? 1 : 0;
    }));
  }
  int created = 0;
  for (const pid_t child : children) {
    created += wait_for_child(child);
  }
  CHECK(created == 1);
  CHECK(folder.open_or_create_folder("d").ok());
}

TEST_CASE("a listing names every entry with its kind") {
  const TemporaryFolder here;
  const Folder folder = open_folder(here.path());
  put_file(here / "file", "");
  std::filesystem::create_directory(here / "folder");
  std::filesystem::create_symlink("nowhere", here / "link");
  REQUIRE(::mkfifo((here / "fifo").c_str(), 0600) == 0);
  for (int round = 0; round < 2; ++round) { // twice: a listing starts at the beginning each time
    auto entries = folder.list();
    REQUIRE(entries.ok());
    std::ranges::sort(*entries, {}, &FolderEntry::name);
    REQUIRE(entries->size() == 4);
    CHECK((*entries)[0].kind == EntryKind::other);
    CHECK((*entries)[1].kind == EntryKind::file);
    CHECK((*entries)[2].kind == EntryKind::folder);
    CHECK((*entries)[3].kind == EntryKind::symbolic_link);
  }
  CHECK(folder.list(3).error().kind == ErrorKind::too_large);
  CHECK(folder.list(4).ok());
}

TEST_CASE("trees are removed without following what leads out of them") {
  const TemporaryFolder here;
  const Folder folder = open_folder(here.path());
  put_file(here / "keep", "kept");
  std::filesystem::create_directories(here / "tree/a/b");
  put_file(here / "tree/a/b/f", "x");
  std::filesystem::create_directories(here / "other");
  put_file(here / "other/g", "kept");
  std::filesystem::create_directory_symlink(here / "other", here / "tree/a/out");
  REQUIRE(folder.remove_tree("tree").ok());
  CHECK(names_in(here.path()) == std::vector<std::string>{"keep", "other"});
  CHECK(get_file(here / "other/g") == "kept");
}

TEST_CASE("folders are created with everything in front of them") {
  const TemporaryFolder here;
  CHECK(create_folders(here / "a/b/c").ok());
  CHECK(create_folders(here / "a/b/c/").ok());
  CHECK(std::filesystem::is_directory(here / "a/b/c"));
  put_file(here / "file", "");
  CHECK(create_folders(here / "file/d").error().kind == ErrorKind::malformed);
  CHECK(create_folders(here / "file").error().kind == ErrorKind::malformed);
}

TEST_CASE("the functions on paths act on the last name") {
  const TemporaryFolder here;
  REQUIRE(write_atomic(here / "f", "one").ok());
  REQUIRE(append_durable(here / "f", " two").ok());
  CHECK(read_file(here / "f", limit).value() == "one two");
  REQUIRE(remove_file(here / "f").ok());
  CHECK(names_in(here.path()).empty());
  CHECK(write_atomic(here / "no/f", "x").error().kind == ErrorKind::not_found);
  CHECK(write_atomic(here / "..", "x").error().kind == ErrorKind::malformed);
}

TEST_CASE("stamps tell whether a file is the same") {
  const TemporaryFolder here;
  const Folder folder = open_folder(here.path());
  REQUIRE(folder.write_atomic("f", "one").ok());
  const auto before = folder.try_stamp("f").value();
  CHECK(folder.try_stamp("f").value() == before);
  CHECK(folder.try_read("f", limit).value()->stamp == *before);
  REQUIRE(folder.write_atomic("f", "two").ok());
  CHECK(folder.try_stamp("f").value() != before);
}

TEST_CASE("a descriptor has one owner") {
  UniqueFd first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  REQUIRE(first.valid());
  const int number = first.get();
  UniqueFd second(std::move(first));
  CHECK(second.get() == number);
  UniqueFd third;
  third = std::move(second);
  CHECK(third.get() == number);
  third.reset();
  CHECK(::fcntl(number, F_GETFD) == -1);
}

TEST_CASE("system errors map to kinds by what a caller may do") {
  struct Case {
    int number;
    ErrorKind kind;
  };

  const auto row = GENERATE(values<Case>({{ENOENT, ErrorKind::not_found},
                                          {EACCES, ErrorKind::forbidden},
                                          {EROFS, ErrorKind::forbidden},
                                          {ELOOP, ErrorKind::malformed},
                                          {ENOTDIR, ErrorKind::malformed},
                                          {EISDIR, ErrorKind::malformed},
                                          {ENOSPC, ErrorKind::io},
                                          {EIO, ErrorKind::io},
                                          {EMFILE, ErrorKind::io}}));
  const Error error = describe_system_error("read", "/x/y", row.number);
  CHECK(error.kind == row.kind);
  CHECK(error.message.starts_with("cannot read /x/y: "));
}

TEST_CASE("a lock has one holder at a time and dies with it") {
  const TemporaryFolder here;
  const Folder folder = open_folder(here.path());
  {
    const auto held = FileLock::acquire(folder, "lock", 0ms);
    REQUIRE(held.ok());
    CHECK((::fcntl(held->descriptor(), F_GETFD) & FD_CLOEXEC) != 0);
    CHECK_FALSE(FileLock::try_acquire(folder, "lock")->has_value());
    const auto waited = FileLock::acquire(folder, "lock", 3ms);
    REQUIRE_FALSE(waited.ok());
    CHECK(waited.error().kind == ErrorKind::unreachable);
    CHECK(FileLock::acquire_folder(folder, 0ms).ok()); // another lock
  }
  CHECK(FileLock::try_acquire(folder, "lock")->has_value());

  std::filesystem::create_symlink(here / "lock", here / "link");
  CHECK(FileLock::try_acquire(folder, "link").error().kind == ErrorKind::malformed);
  REQUIRE(::mkfifo((here / "fifo").c_str(), 0600) == 0);
  CHECK(FileLock::try_acquire(folder, "fifo").error().kind == ErrorKind::malformed);
}

TEST_CASE("a folder is its own lock") {
  const TemporaryFolder here;
  const Folder folder = open_folder(here.path());
  {
    const auto held = FileLock::acquire_folder(folder, 0ms);
    REQUIRE(held.ok());
    CHECK(FileLock::acquire_folder(open_folder(here.path()), 2ms).error().kind == ErrorKind::unreachable);
  }
  CHECK(FileLock::acquire_folder(folder, 0ms).ok());
  CHECK(names_in(here.path()).empty());
}

TEST_CASE("a read-only folder can be read and says why it can not be written") {
  const TemporaryFolder here;
  const Folder folder = open_folder(here.path());
  put_file(here / "f", "x");
  std::filesystem::permissions(here / "f", std::filesystem::perms{0444});
  std::filesystem::permissions(here.path(), std::filesystem::perms{0555});
  const int failed = afk::test::run_unprivileged([&] {
    const bool read = folder.try_read("f", limit)->has_value();
    const auto written = folder.write_atomic("f", "y");
    const auto appended = folder.append_durable("f", "y");
    const bool refused = !written.ok() && written.error().kind == ErrorKind::forbidden && !appended.ok() &&
                         appended.error().kind == ErrorKind::forbidden;
    return (read ? 0 : 1) + (refused ? 0 : 2);
  });
  std::filesystem::permissions(here.path(), std::filesystem::perms{0755});
  CHECK(failed == 0);
}
