#include <afk/adapter/tracker_directory_setup.hpp>

#include <support/catch.hpp>
#include <support/fake_clock.hpp>
#include <support/files.hpp>
#include <support/temporary_folder.hpp>

#include <filesystem>

using namespace afk;
using namespace afk::adapter;
using namespace afk::test;

TEST_CASE("a tracker is made once and keeps its name") {
  const TemporaryFolder here;
  FakeRandom random;
  const std::string root = here / "deep/down/tracker";
  const auto host = create_directory_tracker(root, random);
  REQUIRE(host.ok());
  CHECK(host->text.size() == 36);
  CHECK(host->text[14] == '4');
  CHECK(std::string("89ab").find(host->text[19]) != std::string::npos);
  CHECK(names_in(root) == std::vector<std::string>{".gitattributes", ".gitignore", "tracker.toml"});
  CHECK(get_file(root + "/.gitattributes").find("merge=union") != std::string::npos);

  SECTION("doing it again changes nothing") {
    put_file(root + "/.gitignore", "mine\n");
    CHECK(create_directory_tracker(root, random).value() == *host);
    CHECK(get_file(root + "/.gitignore") == "mine\n");
  }
  SECTION("moving the folder renames nothing") {
    std::filesystem::rename(root, here / "moved");
    CHECK(fetch_directory_host(Folder::open(here / "moved").value()).value() == *host);
  }
  SECTION("another tracker has another name") {
    CHECK(create_directory_tracker(here / "other", random).value() != *host);
  }
}

TEST_CASE("a tracker's own file that can not be read says why") {
  struct Case {
    std::string text;
    std::string message;
    ErrorKind kind;
  };

  const auto row = GENERATE(values<Case>({
      {"format = 2\nid = \"x\"\n", "this afk knows format 1, the tracker has format 2", ErrorKind::configuration},
      {"format = 1\nid = \"x\"\n", "the id must be the UUID", ErrorKind::malformed},
      {"format = 1\nid = \"0AA0AAAA-0000-4000-8000-000000000000\"\n", "the id must be the UUID", ErrorKind::malformed},
      {"format = 1\n", "tracker.toml:1:1: both format and id must be set", ErrorKind::malformed},
      {"hello", "tracker.toml:1:", ErrorKind::malformed},
  }));
  const TemporaryFolder here;
  put_file(here / "tracker.toml", row.text);
  const auto host = fetch_directory_host(Folder::open(here.path()).value());
  REQUIRE_FALSE(host.ok());
  INFO(host.error().message);
  CHECK(host.error().kind == row.kind);
  CHECK(host.error().message.find(row.message) != std::string::npos);
  FakeRandom random;
  CHECK_FALSE(create_directory_tracker(here.path(), random).ok()); // and is never overwritten
  CHECK(get_file(here / "tracker.toml") == row.text);
}

TEST_CASE("a folder that is no tracker says how to make it one") {
  const TemporaryFolder here;
  const auto host = fetch_directory_host(Folder::open(here.path()).value());
  REQUIRE_FALSE(host.ok());
  CHECK(host.error().kind == ErrorKind::configuration);
  CHECK(host.error().message.find("run afk init") != std::string::npos);
}
