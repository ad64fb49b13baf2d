#include <afk/adapter/base64.hpp>
#include <afk/adapter/kubeconfig_codec.hpp>
#include <afk/adapter/yaml_codec.hpp>

#include <support/catch.hpp>

#include <string>

namespace afk::adapter {
namespace {

struct Text {
  std::string name;
  std::string yaml;
  std::string json; // "" = refused
};

const std::string kubeconfig = R"(apiVersion: v1
kind: Config
current-context: here
contexts:
- name: here
  context: {cluster: ours, user: afk, namespace: afk-agents}
clusters:
- name: other
  cluster: {server: https://other.example}
- name: ours
  cluster:
    server: https://cluster.example:6443
    certificate-authority-data: UEVN
users:
- name: afk
  user:
    token: secret-token
)";

std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

} // namespace

TEST_CASE("YAML as Kubernetes takes it becomes JSON") {
  const auto row = GENERATE(values<Text>({
      {"mapping", "a: 1\nb: two\n", R"({"a":1,"b":"two"})"},
      {"lists and flow", "a: [x, {b: c}]\nd:\n- e\n- f: g\n", R"({"a":["x",{"b":"c"}],"d":["e",{"f":"g"}]})"},
      {"JSON", R"({"a": [1, 2.5, null, true], "b": "c"})", R"({"a":[1,2.5,null,true],"b":"c"})"},
      {"truth and nothing", "a: true\nb: False\nc: null\nd: ~\ne:\n",
       R"({"a":true,"b":false,"c":null,"d":null,"e":null})"},
      {"numbers", "a: -7\nb: 0440\nc: 0x1F\nd: 1.5\ne: 1e3\nf: +3\n",
       R"({"a":-7,"b":288,"c":31,"d":1.5,"e":"1e3","f":3})"},
      {"quoted is text", "a: \"1\"\nb: 'true'\nc: 'no'\n", R"({"a":"1","b":"true","c":"no"})"},
      {"what looks like a number", "a: 1.2.3\nb: 10Gi\nc: 12:30\n", R"({"a":"1.2.3","b":"10Gi","c":"12:30"})"},
      {"block text", "a: |\n  one\n  two\n", "{\"a\":\"one\\ntwo\\n\"}"},
      {"one document with its marks", "---\na: b\n...\n", R"({"a":"b"})"},
      {"an alias", "a: &x 1\nb: *x\n", ""},
      {"a tag", "a: !!python/object:os.system x\n", ""},
      {"a merge key", "a: {b: 1}\nc:\n  <<: {d: 1}\n", ""},
      {"a key that comes twice", "a: 1\na: 2\n", ""},
      {"a key that is a list", "[a]: 1\n", ""},
      {"a word that is a truth value to some", "a: yes\n", ""},
      {"off", "a: Off\n", ""},
      {"two documents", "a: 1\n---\nb: 2\n", ""},
      {"nothing", "", ""},
      {"broken", "a: [1\n", ""},
      {"too deep", std::string(100, '['), ""},
      {"too long", "a: " + std::string(std::size_t{1} << 20, 'x'), ""},
      {"no UTF-8", "a: \xff\xfe\n", ""},
  }));
  INFO(row.name);
  const auto json = convert_yaml_to_json(row.yaml);
  if (row.json.empty()) {
    REQUIRE_FALSE(json.ok());
    CHECK(json.error().kind == ErrorKind::malformed);
    CHECK_FALSE(json.error().message.empty());
  } else {
    REQUIRE(json.ok());
    CHECK(*json == row.json);
  }
}

TEST_CASE("a fault in YAML has a place") {
  const auto json = convert_yaml_to_json("a: 1\nb: no\n");
  REQUIRE_FALSE(json.ok());
  CHECK(json.error().message.find("line 2, column 4") == 0);
}

TEST_CASE("a kubeconfig says where its current context is, and who we are there") {
  auto read = parse_kubeconfig(kubeconfig);
  REQUIRE(read.ok());
  CHECK(read->server == "https://cluster.example:6443");
  CHECK(read->context_namespace == "afk-agents");
  CHECK(read->authorities == "PEM");
  CHECK(read->token.reveal() == "secret-token");

  SECTION("a token in a file comes first") {
    const auto file = parse_kubeconfig(with(kubeconfig, "token: secret-token", "token: old\n    tokenFile: token"));
    REQUIRE(file.ok());
    CHECK(file->token.empty());
    CHECK(file->token_file == "token");
  }
  SECTION("a client certificate") {
    const auto certificate = parse_kubeconfig(
        with(kubeconfig, "token: secret-token", "client-certificate-data: UEVN\n    client-key: key.pem"));
    REQUIRE(certificate.ok());
    CHECK(certificate->certificate == "PEM");
    CHECK(certificate->key_file == "key.pem");
  }
}

TEST_CASE("what starts a program or weakens the connection is refused, with the cure") {
  struct Case {
    std::string name;
    std::string from;
    std::string to;
    ErrorKind kind;
    std::string said;
  };

  const auto row = GENERATE(values<Case>({
      {"exec", "token: secret-token", "exec: {command: aws}", ErrorKind::configuration, "\"exec\""},
      {"a plugin", "token: secret-token", "auth-provider: {name: gcp}", ErrorKind::configuration, "auth-provider"},
      {"a password", "token: secret-token", "username: a\n    password: b", ErrorKind::configuration,
       "service account"},
      {"impersonation", "token: secret-token", "token: t\n    as: admin", ErrorKind::configuration, "\"as\""},
      {"no verification", "    certificate-authority-data: UEVN", "    insecure-skip-tls-verify: true",
       ErrorKind::configuration, "certificate-authority-data"},
      {"a proxy", "    certificate-authority-data: UEVN", "    proxy-url: http://proxy", ErrorKind::configuration,
       "proxy-url"},
      {"nobody", "    token: secret-token", "    name: x", ErrorKind::configuration, "neither a token"},
      {"half a certificate", "token: secret-token", "client-certificate-data: UEVN", ErrorKind::malformed,
       "belong together"},
      {"no base64", "certificate-authority-data: UEVN", "certificate-authority-data: '%%'", ErrorKind::malformed,
       "base64"},
      {"a context that is not there", "current-context: here", "current-context: there", ErrorKind::malformed, "there"},
      {"no context", "current-context: here\n", "", ErrorKind::malformed, "current-context"},
      {"no server", "    server: https://cluster.example:6443\n", "", ErrorKind::malformed, "server"},
      {"a list for a token", "token: secret-token", "token: [secret-token]", ErrorKind::malformed, "token"},
  }));
  INFO(row.name);
  const auto read = parse_kubeconfig(with(kubeconfig, row.from, row.to));
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().kind == row.kind);
  CHECK(read.error().message.find(row.said) != std::string::npos);
  CHECK(read.error().message.find("secret-token") == std::string::npos);
}

TEST_CASE("base64 goes both ways") {
  for (const std::string bytes : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
    const auto back = parse_base64(render_base64(bytes));
    REQUIRE(back.ok());
    CHECK(*back == bytes);
  }
  CHECK(render_base64("foobar") == "Zm9vYmFy");
  CHECK(render_base64(std::string("\0\xff", 2)) == "AP8=");
  for (const std::string wrong : {"A", "AA", "AAA", "A===", "AA=A", "****", "AAAA="}) {
    INFO(wrong);
    CHECK_FALSE(parse_base64(wrong).ok());
  }
}

} // namespace afk::adapter
