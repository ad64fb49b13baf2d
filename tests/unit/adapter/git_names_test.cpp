#include <afk/adapter/git_names.hpp>

#include <support/catch.hpp>

#include <string>

namespace afk::adapter {
namespace {

TEST_CASE("object ids are whole lower-case digests", "[git]") {
  CHECK(is_object_id(std::string(40, 'a')));
  CHECK(is_object_id(std::string(64, '0')));
  CHECK_FALSE(is_object_id(std::string(39, 'a')));
  CHECK_FALSE(is_object_id(std::string(41, 'a')));
  CHECK_FALSE(is_object_id(std::string(40, 'A')));
  CHECK_FALSE(is_object_id(std::string(39, 'a') + "g"));
  CHECK_FALSE(is_object_id(""));
  CHECK(derive_object_format(std::string(40, 'a')) == ObjectFormat::sha1);
  CHECK(derive_object_format(std::string(64, 'a')) == ObjectFormat::sha256);
}

struct BranchCase {
  const char* name;
  std::string branch;
  bool right;
};

TEST_CASE("branches are those that git accepts", "[git]") {
  const auto row = GENERATE(values<BranchCase>({
      {"plain", "main", true},
      {"with folders", "release/1.2", true},
      {"of a run", "afk/12-abcdefgh", true},
      {"an at sign inside", "a@b", true},
      {"not ASCII", "förderung", true},
      {"longest", std::string(200, 'a'), true},
      {"empty", "", false},
      {"too long", std::string(201, 'a'), false},
      {"an option", "-f", false},
      {"parent folder", "a/../b", false},
      {"two dots", "a..b", false},
      {"hidden part", "a/.b", false},
      {"ends in a slash", "a/", false},
      {"begins with a slash", "/a", false},
      {"empty part", "a//b", false},
      {"a lock file", "a.lock/b", false},
      {"ends in a dot", "a.", false},
      {"at sign alone", "@", false},
      {"a reflog", "a@{1}", false},
      {"blank", "a b", false},
      {"colon of a refspec", "a:b", false},
      {"star", "a*", false},
      {"question mark", "a?", false},
      {"bracket", "a[b", false},
      {"tilde", "a~1", false},
      {"caret", "a^", false},
      {"backslash", "a\\b", false},
      {"line feed", "a\nb", false},
      {"delete", "a\x7f", false},
      {"zero byte", std::string("a\0b", 3), false},
  }));
  CAPTURE(row.name);
  const auto checked = check_branch_name(row.branch);
  CHECK(checked.ok() == row.right);
  if (!checked.ok()) {
    CHECK(checked.error().kind == ErrorKind::configuration);
  }
}

struct UrlCase {
  const char* name;
  std::string url;
  GitTransport transport;
  std::string text;
  std::string origin;
};

TEST_CASE("addresses of repositories that are allowed", "[git]") {
  const auto row = GENERATE(values<UrlCase>({
      {"absolute path", "/srv/git/a.git", GitTransport::local, "/srv/git/a.git", ""},
      {"path with blanks", "/srv/my git", GitTransport::local, "/srv/my git", ""},
      {"file", "file:///srv/a%20b.git", GitTransport::local, "/srv/a b.git", ""},
      {"https", "https://forge.example/o/r.git", GitTransport::https, "https://forge.example/o/r.git",
       "https://forge.example"},
      {"https with port", "https://forge.example:8443/o/r", GitTransport::https, "https://forge.example:8443/o/r",
       "https://forge.example:8443"},
      {"http on loopback", "http://127.0.0.1:3000/o/r", GitTransport::http, "http://127.0.0.1:3000/o/r",
       "http://127.0.0.1:3000"},
      {"http on loopback, IPv6", "http://[::1]:3000/o/r", GitTransport::http, "http://[::1]:3000/o/r",
       "http://[::1]:3000"},
      {"ssh", "ssh://git@forge.example:22/o/r", GitTransport::ssh, "ssh://git@forge.example:22/o/r", ""},
      {"ssh without a user", "ssh://forge.example/o/r", GitTransport::ssh, "ssh://forge.example/o/r", ""},
      {"short ssh", "git@forge.example:o/r.git", GitTransport::ssh, "git@forge.example:o/r.git", ""},
  }));
  CAPTURE(row.name);
  const auto url = parse_git_url(row.url);
  REQUIRE(url.ok());
  CHECK(url->transport == row.transport);
  CHECK(url->text == row.text);
  CHECK(url->origin == row.origin);
  CHECK(url->path == (row.transport == GitTransport::local ? row.text : ""));
}

struct WrongUrlCase {
  const char* name;
  std::string url;
};

TEST_CASE("addresses of repositories that are refused", "[git]") {
  const auto row = GENERATE(values<WrongUrlCase>({
      {"empty", ""},
      {"relative path", "repositories/a"},
      {"an option", "--upload-pack=/bin/sh"},
      {"another program", "ext::sh -c id"},
      {"another program behind a scheme", "ext://x"},
      {"git, which proves nobody", "git://forge.example/o/r"},
      {"ftp", "ftp://forge.example/o/r"},
      {"http elsewhere", "http://forge.example/o/r"},
      {"http on a host that only begins like loopback", "http://127.0.0.1.evil.example/o/r"},
      {"a password", "https://me:secret@forge.example/o/r"},
      {"a user of https", "https://me@forge.example/o/r"},
      {"a password of ssh", "ssh://me:secret@forge.example/o/r"},
      {"an option as ssh host", "ssh://-oProxyCommand=id/o"},
      {"an option as ssh user", "ssh://-oProxyCommand=id@host/o"},
      {"an option as short ssh host", "git@-oProxyCommand=id:o"},
      {"an option as short ssh user", "-oProxyCommand=id@host:o"},
      {"an option as ssh path", "git@host:-o"},
      {"no repository", "https://forge.example"},
      {"no repository after the slash", "https://forge.example/"},
      {"port that is none", "https://forge.example:https/o"},
      {"bracket left open", "https://[::1/o"},
      {"line feed", "https://forge.example/o\nr"},
      {"zero byte", std::string("/srv\0/x", 7)},
      {"percent sign that encodes nothing", "file:///srv/%zz"},
      {"percent sign that encodes zero", "file:///srv/%00"},
      {"file on another host", "file://host/srv"},
      {"too long", "/" + std::string(3000, 'a')},
  }));
  CAPTURE(row.name);
  const auto url = parse_git_url(row.url);
  REQUIRE_FALSE(url.ok());
  CHECK(url.error().kind == ErrorKind::configuration);
  CHECK(url.error().message.find("secret") == std::string::npos);
}

} // namespace
} // namespace afk::adapter
