#include <afk/config/guarded_file.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/skip.hpp>
#include <support/temporary_folder.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <string>

namespace afk::config {
namespace {

constexpr uid_t user = 1000;
constexpr uid_t somebody = 1001;
constexpr gid_t some_group = 50;

std::string reason_of(const std::optional<std::string>& reason) {
  return reason.value_or("");
}

Result<std::string> read_trusted(const std::string& path) {
  return read_guarded_file({.path = path, .use = FileUse::trusted, .limit = 100});
}

Result<std::string> read_secret(const std::string& path) {
  return read_guarded_file({.path = path, .use = FileUse::secret, .limit = 100});
}

void set_mode(const std::string& path, mode_t mode) {
  REQUIRE(::chmod(path.c_str(), mode) == 0);
}

void link(const std::string& target, const std::string& path) {
  REQUIRE(::symlink(target.c_str(), path.c_str()) == 0);
}

} // namespace

TEST_CASE("a file is believed by its owner and its mode") {
  struct Case {
    std::string name;
    uid_t owner;
    gid_t group;
    mode_t mode;
    std::string trusted; // the reason against it, empty for none
    std::string secret;
  };

  const auto row = GENERATE(values<Case>({
      {"own, private", user, user, 0600, "", ""},
      {"own, read only", user, user, 0400, "", ""},
      {"own, everybody reads", user, user, 0644, "", "everybody may read"},
      {"own, own group reads", user, user, 0640, "", "its group may read"},
      {"own, another group reads", user, some_group, 0640, "", "its group may read"},
      {"own, own group writes", user, user, 0660, "", "others may write"},
      {"own, another group writes", user, some_group, 0620, "others may write", "others may write"},
      {"own, everybody writes", user, user, 0602, "others may write", "others may write"},
      {"root's, private", 0, 0, 0600, "", ""},
      {"root's, a group reads", 0, some_group, 0640, "", ""},
      {"root's, a group writes", 0, some_group, 0660, "others may write", "others may write"},
      {"root's, everybody reads", 0, 0, 0644, "", "everybody may read"},
      {"root's, everybody executes", 0, 0, 0601, "", "everybody may read"},
      {"somebody's, private", somebody, somebody, 0600, "belongs to user 1001", "belongs to user 1001"},
      {"somebody's, in our group", somebody, user, 0640, "belongs to user 1001", "belongs to user 1001"},
  }));
  INFO(row.name);
  const FileFacts facts{.owner = row.owner, .group = row.group, .mode = row.mode};
  for (const auto& [use, expected] :
       {std::pair(FileUse::trusted, row.trusted), std::pair(FileUse::secret, row.secret)}) {
    const std::string reason = reason_of(judge_file(facts, use, user));
    CHECK(reason.empty() == expected.empty());
    CHECK(reason.find(expected) != std::string::npos);
  }
}

TEST_CASE("a folder is believed when nobody else can exchange what is looked up in it") {
  struct Case {
    std::string name;
    uid_t owner;
    gid_t group;
    mode_t mode;
    Mount mount;
    uid_t entry_owner;
    bool symlink;
    std::string reason;
  };

  const auto row = GENERATE(values<Case>({
      {"own", user, user, 0755, Mount::writable, user, false, ""},
      {"own, a link", user, user, 0755, Mount::writable, somebody, true, ""},
      {"root's", 0, 0, 0755, Mount::writable, somebody, false, ""},
      {"root's group writes", 0, 0, 0775, Mount::writable, user, true, ""},
      {"own group writes", user, user, 0775, Mount::writable, user, false, ""},
      {"another group writes", user, some_group, 0775, Mount::writable, user, false, "others may write"},
      {"everybody writes", 0, 0, 0777, Mount::writable, user, false, "others may write"},
      {"sticky, own entry", 0, 0, 01777, Mount::writable, user, false, ""},
      {"sticky, root's entry", 0, 0, 01777, Mount::writable, 0, false, ""},
      {"sticky, somebody's entry", 0, 0, 01777, Mount::writable, somebody, false, "others may write"},
      {"sticky, own link", 0, 0, 01777, Mount::writable, user, true, "symbolic link"},
      {"everybody writes, a link", 0, 0, 0777, Mount::writable, 0, true, "symbolic link"},
      {"everybody could write, but it is read only", 0, 0, 0777, Mount::read_only, 0, true, ""},
      {"somebody's", somebody, somebody, 0755, Mount::writable, user, false, "belongs to user 1001"},
      {"somebody's, read only", somebody, somebody, 0755, Mount::read_only, user, false, "belongs to user 1001"},
  }));
  INFO(row.name);
  const std::string reason =
      reason_of(judge_folder({.folder = {.owner = row.owner, .group = row.group, .mode = row.mode},
                              .mount = row.mount,
                              .entry_owner = row.entry_owner,
                              .entry_is_symlink = row.symlink},
                             user));
  CHECK(reason.empty() == row.reason.empty());
  CHECK(reason.find(row.reason) != std::string::npos);
}

TEST_CASE("files are read, or refused with what is wrong about them") {
  const afk::test::TemporaryFolder folder;
  const std::string file = folder / "file";
  afk::test::put_file(file, "content\n");

  SECTION("a private file is read") {
    set_mode(file, 0600);
    CHECK(*read_trusted(file) == "content\n");
    CHECK(*read_secret(file) == "content\n");
    CHECK(*read_trusted(folder.path() + "//./file") == "content\n");
    CHECK(check_guarded_file(FilePath{file}, FileUse::secret).ok());
  }
  SECTION("a secret that everybody may read is none") {
    set_mode(file, 0644);
    CHECK(read_trusted(file).ok());
    REQUIRE_FALSE(read_secret(file).ok());
    CHECK(read_secret(file).error().kind == ErrorKind::forbidden);
    CHECK(read_secret(file).error().message == file + ": it is a secret and everybody may read it; chmod 600");
    CHECK_FALSE(check_guarded_file(FilePath{file}, FileUse::secret).ok());
  }
  SECTION("a file that others may write is not believed") {
    set_mode(file, 0606);
    CHECK(read_trusted(file).error().kind == ErrorKind::forbidden);
  }
  SECTION("a folder that others may write is not believed") {
    set_mode(file, 0600);
    set_mode(folder.path(), 0777);
    const Result<std::string> content = read_trusted(file);
    REQUIRE_FALSE(content.ok());
    CHECK(content.error().message.find("its folder " + folder.path()) != std::string::npos);
  }
  SECTION("neither is a folder further up") {
    afk::test::put_file(folder / "a/b/file", "x");
    set_mode(folder / "a/b/file", 0600);
    CHECK(read_trusted(folder / "a/b/file").ok());
    set_mode(folder / "a", 0777);
    CHECK(read_trusted(folder / "a/b/file").error().message.find(folder / "a: ") != std::string::npos);
  }
  SECTION("what is not there, or no file") {
    CHECK(read_trusted(folder / "missing").error().kind == ErrorKind::not_found);
    CHECK(read_trusted(folder / "missing/file").error().kind == ErrorKind::not_found);
    CHECK(read_trusted(file + "/file").error().kind == ErrorKind::not_found);
    CHECK(read_trusted(folder.path()).error().kind == ErrorKind::forbidden);
    CHECK(read_trusted("/").error().kind == ErrorKind::forbidden);
    REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
    CHECK(read_trusted(folder / "fifo").error().kind == ErrorKind::forbidden);
  }
  SECTION("a file beyond the limit") {
    afk::test::put_file(file, std::string(100, 'x'));
    CHECK(read_trusted(file).ok());
    afk::test::put_file(file, std::string(101, 'x'));
    CHECK(read_trusted(file).error().kind == ErrorKind::too_large);
  }
}

TEST_CASE("symbolic links are followed where nobody else could have made them") {
  const afk::test::TemporaryFolder folder;
  afk::test::put_file(folder / "data/file", "content");
  set_mode(folder / "data/file", 0600);

  SECTION("to a file, to a folder, relative and absolute, through several") {
    link("data/file", folder / "one");
    link("one", folder / "two");
    link(folder / "data", folder / "three");
    link("../data/../two", folder / "data/four");
    CHECK(*read_secret(folder / "two") == "content");
    CHECK(*read_secret(folder / "three/file") == "content");
    CHECK(*read_secret(folder / "data/four") == "content");
  }
  SECTION("as Kubernetes mounts secrets") {
    link("data", folder / "..data");
    link("..data/file", folder / "token");
    CHECK(*read_secret(folder / "token") == "content");
  }
  SECTION("not in a folder that others write, sticky or not") {
    afk::test::put_file(folder / "open/kept", "x");
    link("../data/file", folder / "open/link");
    for (const mode_t mode : {mode_t{0777}, mode_t{01777}}) {
      set_mode(folder / "open", mode);
      const Result<std::string> content = read_secret(folder / "open/link");
      REQUIRE_FALSE(content.ok());
      CHECK(content.error().message.find("symbolic link") != std::string::npos);
    }
  }
  SECTION("the folder that a link leads into is judged as well") {
    set_mode(folder / "data", 0777);
    link(folder / "data/file", folder / "one");
    CHECK(read_secret(folder / "one").error().kind == ErrorKind::forbidden);
  }
  SECTION("a circle ends") {
    link("b", folder / "a");
    link("a", folder / "b");
    CHECK(read_secret(folder / "a").error().kind == ErrorKind::io);
    CHECK(read_secret(folder / "a/file").error().kind == ErrorKind::io);
  }
  SECTION("a link to nothing") {
    link("nothing", folder / "a");
    CHECK(read_secret(folder / "a").error().kind == ErrorKind::not_found);
  }
}

TEST_CASE("a file of somebody else is not believed") {
  if (::geteuid() != 0) {
    // The judgement itself is tested above for everybody.
    return afk::test::skip("only root can give files away");
  }
  const afk::test::TemporaryFolder folder;
  afk::test::put_file(folder / "file", "x");
  set_mode(folder / "file", 0600);
  REQUIRE(::chown((folder / "file").c_str(), somebody, somebody) == 0);
  CHECK(read_trusted(folder / "file").error().message.find("belongs to user 1001") != std::string::npos);
}

TEST_CASE("a secret is read without the line end behind it") {
  const afk::test::TemporaryFolder folder;
  const std::string file = folder / "secret";
  afk::test::put_file(file, "  to ken\r\n\n");
  set_mode(file, 0600);
  CHECK(read_secret_file(FilePath{file})->reveal() == "to ken");
  afk::test::put_file(file, " \n");
  CHECK(read_secret_file(FilePath{file}).error().kind == ErrorKind::malformed);
  afk::test::put_file(file, "");
  CHECK(read_secret_file(FilePath{file}).error().message == file + ": the file is empty");
}

} // namespace afk::config
