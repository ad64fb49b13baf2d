// A kubeconfig with a client certificate, and an API server that asks for one.

#include <afk/adapter/kubernetes_api.hpp>
#include <afk/http/transport_curl.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/loopback_server.hpp>
#include <support/stream_server.hpp>
#include <support/temporary_folder.hpp>
#include <support/tls_context.hpp>

#include <memory>
#include <string>

namespace afk::test {
namespace {

constexpr const char* version = R"({"major": "1", "minor": "36"})";

void serve(Stream& stream) {
  std::string buffer;
  while (read_http_request(stream, buffer)) {
    stream.write(render_answer("200 OK", version, "Content-Type: application/json\r\n"));
  }
}

struct IdentityCase {
  const char* name;
  bool shows_certificate;
  bool is_of_the_authority;
  bool right;
};

} // namespace

TEST_CASE("a kubeconfig's client certificate is who we are, over TLS") {
  const auto row = GENERATE(values<IdentityCase>({{"the cluster's", true, true, true},
                                                  {"another authority's", true, false, false},
                                                  {"a token in its place", false, true, false}}));
  CAPTURE(row.name);
  const std::string authority = make_certificate({.common_name = "authority", .is_authority = true});
  const std::string other = make_certificate({.common_name = "other", .is_authority = true});
  const StreamServer server(
      serve, std::make_shared<TlsContext>(TlsOptions{.certificate = make_certificate({.signer = authority}),
                                                     .protocols = {"http/1.1"},
                                                     .client_authority = authority}));
  const std::string client =
      make_certificate({.for_clients = true, .signer = row.is_of_the_authority ? authority : other});
  const auto key = client.find("-----BEGIN PRIVATE KEY");
  const TemporaryFolder folder;
  put_file(folder / "authority", authority.substr(0, authority.find("-----BEGIN PRIVATE KEY")));
  put_file(folder / "certificate", client.substr(0, key));
  put_file(folder / "key", client.substr(key));
  std::string user = "{token: a-token}";
  if (row.shows_certificate) {
    user = "{client-certificate: certificate, client-key: key}";
  }
  auto kubeconfig =
      adapter::parse_kubeconfig("current-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n"
                                "clusters: [{name: c, cluster: {certificate-authority: authority, server: \"" +
                                server.url("") + "\"}}]\nusers: [{name: u, user: " + user + "}]\n");
  REQUIRE(kubeconfig.ok());
  auto access = adapter::open_kubeconfig_access(
      std::move(*kubeconfig), folder.path(),
      [](const std::string& path) -> Result<Secret> { return Secret(std::string_view(get_file(path))); });
  REQUIRE(access.ok());
  http::CurlTransport transport;
  adapter::KubernetesApi api(transport, std::move(*access), std::chrono::seconds(10));
  const auto answer = api.read({.target = "/version"});
  CAPTURE(answer.ok() ? std::string() : answer.error().message);
  REQUIRE(answer.ok() == row.right);
  if (answer.ok()) {
    CHECK(*answer == version);
  } else {
    CHECK(answer.error().kind == ErrorKind::unreachable);
  }
}

} // namespace afk::test
