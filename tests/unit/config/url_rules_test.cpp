#include <afk/config/url_rules.hpp>

#include <support/catch.hpp>

#include <string>

namespace afk::config {
namespace {

struct Case {
  std::string url;
  std::string reason; // empty: allowed
};

std::string reason_of(const std::optional<UrlRefusal>& refusal) {
  return refusal ? refusal->message : std::string();
}

} // namespace

TEST_CASE("a service is spoken to by https, or by http on this machine") {
  const auto row = GENERATE(values<Case>({
      {"https://api.github.com", ""},
      {"https://forge.example:8443/api/v1", ""},
      {"https://[2001:db8::1]:8443/api", ""},
      {"http://localhost:3773", ""},
      {"http://LOCALHOST", ""},
      {"http://127.0.0.1:8080/x", ""},
      {"http://127.1.2.3", ""},
      {"http://[::1]:3773", ""},
      {"http://forge.example", "in the clear"},
      {"http://127.0.0.1.example", "in the clear"},
      {"http://localhost.example", "in the clear"},
      {"http://10.0.0.1", "in the clear"},
      {"http://127.1", "in the clear"},
      {"ftp://forge.example", "only https"},
      {"file:///etc/passwd", "no valid host"},
      {"https://", "no valid host"},
      {"https:///path", "no valid host"},
      {"https://forge.example:0", "no valid host"},
      {"https://forge.example:70000", "no valid host"},
      {"https://forge.example:", "no valid host"},
      {"https://forge.example:80x", "no valid host"},
      {"https://forge.example:-1", "no valid host"},
      {"https://[::1", "no valid host"},
      {"https://[]", "no valid host"},
      {"https://[::1]x", "no valid host"},
      {"https://for\xC3\xA4ge.example", "no valid host"},
      {"https://user@forge.example", "credentials"},
      {"https://user:word@forge.example", "credentials"},
      {"http://user@localhost", "credentials"},
      {"https://forge.example/?a=b", "query"},
      {"https://forge.example?a", "query"},
      {"https://forge.example/#a", "query"},
      {"https://forge.example/a b", "not a URL"},
      {"https:\\\\forge.example", "not a URL"},
      {"forge.example", "not a URL"},
      {"://forge.example", "not a URL"},
      {"/tracker", "not a URL"},
  }));
  INFO(row.url);
  const std::string reason = reason_of(check_service_url(row.url));
  CHECK(reason.empty() == row.reason.empty());
  CHECK(reason.find(row.reason) != std::string::npos);
}

TEST_CASE("git clones from addresses that are no programs and no options") {
  const auto row = GENERATE(values<Case>({
      {"https://forge.example/owner/repo.git", ""},
      {"ssh://git@forge.example:2222/owner/repo.git", ""},
      {"git+ssh://git@forge.example/owner/repo.git", ""},
      {"git@forge.example:owner/repo.git", ""},
      {"forge:owner/repo.git", ""},
      {"file:///srv/git/repo.git", ""},
      {"/srv/git/repo.git", ""},
      {"../repo", ""},
      {"./a::b", "runs a program"},
      {"ext::sh -c id", "runs a program"},
      {"fd::17", "runs a program"},
      {"transport::https://forge.example", "runs a program"},
      {"--upload-pack=id", "option"},
      {"-oProxyCommand=id:x", "option"},
      {"ssh://-oProxyCommand=id/x", "option"},
      {"ssh://git@-oProxyCommand=id/x", "option"},
      {"git@-oProxyCommand=id:x", "option"},
      {"http://forge.example/r.git", "in the clear"},
      {"git://forge.example/r.git", "only https"},
      {"https://user:word@forge.example/r.git", "credentials"},
      {"https://token@forge.example/r.git", "credentials"},
      {"ssh://git:word@forge.example/r.git", "credentials"},
  }));
  INFO(row.url);
  const std::string reason = reason_of(check_clone_url(row.url));
  CHECK(reason.empty() == row.reason.empty());
  CHECK(reason.find(row.reason) != std::string::npos);
}

TEST_CASE("an ssh address has its colon before the first slash") {
  CHECK(is_scp_address("git@forge.example:owner/repo"));
  CHECK(is_scp_address("forge:repo"));
  CHECK_FALSE(is_scp_address("./forge:repo"));
  CHECK_FALSE(is_scp_address("/srv/a:b"));
  CHECK_FALSE(is_scp_address("https://forge.example:8443/r"));
  CHECK_FALSE(is_scp_address(":repo"));
  CHECK_FALSE(is_scp_address("repo"));
}

} // namespace afk::config
