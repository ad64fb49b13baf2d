// A service that tells its revision itself.

#include <afk/adapter/deployments_url.hpp>
#include <afk/adapter/deployments_url_codec.hpp>

#include <support/catch.hpp>
#include <support/scripted_transport.hpp>

using namespace afk;
using namespace afk::test;
using adapter::UrlDeployments;

namespace {

const std::string revision = "0123456789abcdef0123456789abcdef01234567";
const std::string asked = "GET https://app.example/acme/app/version";

UrlDeployments make_deployments(http::Transport& transport, int confirmations) {
  return {transport,
          {.url = "https://app.example/{owner}/{name}/version", .field = "", .confirmations = confirmations}};
}

const DeploymentQuery query{{"acme", "app"}, "feedbeef"};

struct BodyCase {
  const char* name;
  const char* field;
  std::string body;
  const char* expected; // "" = malformed
};

} // namespace

TEST_CASE("a revision is read from text and from a field of JSON") {
  const auto row = GENERATE(values<BodyCase>({
      {"text", "", revision + "\n", "0123456789abcdef0123456789abcdef01234567"},
      {"text with more behind it", "", "0123abc built on Friday", "0123abc"},
      {"upper case", "", "0123ABC", "0123abc"},
      {"field", "commit", R"({"commit": "0123abc"})", "0123abc"},
      {"field inside", "build.commit", R"({"build": {"commit": "0123abc"}})", "0123abc"},
      {"too short", "", "0123ab", ""},
      {"too long", "", std::string(65, 'a'), ""},
      {"no revision", "", "<html>", ""},
      {"nothing", "", "", ""},
      {"an option", "", "--upload-pack=x", ""},
      {"no JSON", "commit", revision, ""},
      {"another type", "commit", R"({"commit": 123})", ""},
      {"null", "commit", R"({"commit": null})", ""},
      {"absent", "commit", "{}", ""},
      {"no object on the way", "build.commit", R"({"build": "0123abc"})", ""},
      {"twice", "commit", R"({"commit": "0123abc", "commit": "feedbee"})", ""},
  }));
  DYNAMIC_SECTION(row.name) {
    const auto parsed = adapter::parse_deployed_revision(make_response(200, {}, row.body), row.field);
    CHECK((parsed.ok() ? *parsed : "") == row.expected);
    if (!parsed.ok())
      CHECK(parsed.error().kind == ErrorKind::malformed);
  }
}

TEST_CASE("every confirmation has to name the same revision") {
  ScriptedTransport transport;
  const auto expect = [&](int status, const std::string& body) {
    transport.expect(asked, make_response(status, {}, body));
  };
  SECTION("they do") {
    expect(200, revision), expect(200, revision), expect(200, revision);
    const auto answers = make_deployments(transport, 3).inspect({{query, query}});
    REQUIRE(answers.size() == 2); // two runs of one repository cost no more than one
    REQUIRE(answers[0].ok());
    CHECK(answers[0]->state == DeploymentState::deployed);
    CHECK(answers[0]->revision == revision);
    CHECK(answers[1].value() == answers[0].value());
    CHECK(transport.batches.size() == 1);
  }
  SECTION("a rollout is under way") {
    expect(200, revision), expect(200, "feedbeef"), expect(200, revision);
    const auto answers = make_deployments(transport, 3).inspect({{query}});
    REQUIRE(answers[0].ok());
    CHECK(answers[0]->state == DeploymentState::pending);
    CHECK(answers[0]->revision.empty());
  }
  SECTION("one of them is not there yet") {
    expect(200, revision), expect(404, "");
    CHECK(make_deployments(transport, 2).inspect({{query}})[0].value().state == DeploymentState::pending);
  }
  SECTION("nothing is there") {
    expect(404, ""), expect(404, "");
    CHECK(make_deployments(transport, 2).inspect({{query}})[0].value().state == DeploymentState::absent);
  }
  transport.check_all_used();
}

TEST_CASE("what a service does not say is an error, never a deployment") {
  ScriptedTransport transport;
  SECTION("it is down") {
    transport.expect(asked, make_response(503));
    CHECK(make_deployments(transport, 1).inspect({{query}})[0].error().kind == ErrorKind::unreachable);
  }
  SECTION("it moved") {
    transport.expect(asked, make_response(302));
    CHECK(make_deployments(transport, 1).inspect({{query}})[0].error().kind == ErrorKind::refused);
  }
  SECTION("the connection broke") {
    transport.expect(asked, make_unreachable());
    CHECK(make_deployments(transport, 1).inspect({{query}})[0].error().kind == ErrorKind::unreachable);
  }
  SECTION("it shows a page") {
    transport.expect(asked, make_response(200, {}, "<!doctype html>"));
    CHECK(make_deployments(transport, 1).inspect({{query}})[0].error().kind == ErrorKind::malformed);
  }
}
