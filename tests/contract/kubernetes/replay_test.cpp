// The recorded exchanges of a real API server: what it answered is read as what it is, and what afk sends is judged by
// the description of the same server.

#include <afk/adapter/deployments_kubernetes.hpp>
#include <afk/adapter/executor_kubernetes.hpp>
#include <afk/adapter/kubernetes_codec.hpp>

#include <support/catch.hpp>
#include <support/contracts_folder.hpp>
#include <support/files.hpp>
#include <support/kubernetes_schema.hpp>
#include <support/scripted_transport.hpp>

#include <cstdio>
#include <map>
#include <sstream>
#include <string>

namespace afk::test {
namespace {

struct Exchange {
  JudgedRequest request;
  http::Response response;
};

std::string without_mark(const std::string& line) {
  return line.size() > 2 ? line.substr(2) : "";
}

// "> METHOD target", "> Header: value", ">", "> body", then the same with "<", then the body as it came.
Exchange read_exchange(const std::string& text) {
  Exchange exchange;
  std::istringstream lines(text);
  bool in_body = false;
  std::string line;
  for (std::getline(lines, line); std::getline(lines, line);) {
    if (line.starts_with("< ")) {
      break;
    }
    in_body = in_body || line == ">";
    if (in_body && line.size() > 2) {
      exchange.request.body += without_mark(line);
    }
  }
  std::istringstream first(text);
  std::string mark;
  std::string target;
  first >> mark >> exchange.request.method >> target;
  exchange.request.path = target.substr(0, target.find('?'));
  exchange.response.status = std::stoi(line.substr(2, 3));
  while (std::getline(lines, line) && line.starts_with("< ")) {
  }
  std::ostringstream body;
  body << lines.rdbuf();
  exchange.response.body = body.str();
  return exchange;
}

struct Expected {
  std::string file;
  ErrorKind kind;
  std::string said;
};

} // namespace

TEST_CASE("recorded refusals are errors of the right kind, with the server's words") {
  const auto folder = find_contracts_or_skip("kubernetes-1.36");
  if (!folder) {
    return;
  }
  const auto row = GENERATE(values<Expected>({
      {"006-secret-create-409.txt", ErrorKind::conflict, "already exists"},
      {"007-secret-bad-base64.txt", ErrorKind::refused, "illegal base64"},
      {"011-cronjob-422-schedule.txt", ErrorKind::refused, "schedule"},
      {"012-cronjob-422-timezone.txt", ErrorKind::refused, "timeZone"},
      {"013-cronjob-400-unknown-field.txt", ErrorKind::refused, "unknown field"},
      {"015-cronjob-422-name.txt", ErrorKind::refused, "52"},
      {"016-cronjob-422-restartpolicy.txt", ErrorKind::refused, "restartPolicy"},
      {"018-cronjob-404.txt", ErrorKind::not_found, "not found"},
      {"021-cronjob-patch-wrong-ct.txt", ErrorKind::refused, "415"},
      {"024-job-create-409.txt", ErrorKind::conflict, "already exists"},
      {"030-pod-log-404.txt", ErrorKind::not_found, "not found"},
      {"032-401.txt", ErrorKind::unauthorized, "Unauthorized"},
      {"033-403.txt", ErrorKind::forbidden, "cannot list"},
      {"034-403-anon.txt", ErrorKind::forbidden, "anonymous"},
      {"040-bad-json.txt", ErrorKind::refused, "unexpected end"},
      {"043-lease-update-409.txt", ErrorKind::conflict, "has been modified"},
  }));
  INFO(row.file);
  const Exchange exchange = read_exchange(get_file((*folder / row.file).string()));
  const auto error = adapter::derive_api_error(exchange.response);
  REQUIRE(error.has_value());
  CHECK(error->kind == row.kind);
  CHECK(error->message.find(row.said) != std::string::npos);
}

TEST_CASE("recorded refusals are no deployment") {
  const auto folder = find_contracts_or_skip("kubernetes-1.36");
  if (!folder) {
    return;
  }
  const auto look = [&](const std::string& file) {
    ScriptedTransport transport;
    transport.expect("GET https://cluster.example:6443/apis/apps/v1/namespaces/production/deployments/web",
                     read_exchange(get_file((*folder / file).string())).response);
    adapter::KubernetesAccess access;
    access.server = http::parse_url("https://cluster.example:6443/").value();
    access.tls.origin = access.server.origin;
    adapter::KubernetesDeployments deployments(
        adapter::KubernetesApi(transport, std::move(access), std::chrono::seconds(10)),
        {.rollout_namespace = "production", .name = "web", .annotation = "example.com/revision"});
    return deployments.inspect({{{.repository = {.owner = "acme", .name = "web"}, .landed_head = ""}}}).front();
  };
  CHECK(look("018-cronjob-404.txt").value().state == DeploymentState::absent);
  CHECK(look("032-401.txt").error().kind == ErrorKind::unauthorized);
  CHECK(look("033-403.txt").error().kind == ErrorKind::forbidden);
  const auto job = look("023-job-create-named.txt"); // another object than was asked for
  REQUIRE_FALSE(job.ok());
  CHECK(job.error().kind == ErrorKind::malformed);
}

TEST_CASE("recorded objects are read") {
  const auto folder = find_contracts_or_skip("kubernetes-1.36");
  if (!folder) {
    return;
  }
  const auto response = [&](const std::string& file) {
    return read_exchange(get_file((*folder / file).string())).response;
  };
  SECTION("a namespace, with its uid") {
    CHECK_FALSE(adapter::derive_api_error(response("003-ns-create.txt")).has_value());
    const auto uid = adapter::parse_object_uid(response("003-ns-create.txt").body);
    REQUIRE(uid.ok());
    CHECK(*uid == "1443246a-335e-4dd6-a3e8-3bccfde6b011");
  }
  SECTION("a Job that was created") {
    const auto job = adapter::parse_job(response("023-job-create-named.txt").body);
    REQUIRE(job.ok());
    CHECK(job->name == "afk-fixed");
    CHECK(job->uid == "240f03b2-7bf1-4a3a-a383-020f640aaac0");
    CHECK(job->resource_version == "222");
    CHECK(job->state == adapter::JobRecord::State::live);
    CHECK(render_timestamp(job->created_at) == "2026-11-20T12:10:14Z");
    CHECK(job->labels.at("app") == "afk");
  }
  SECTION("a page of a list of Jobs, with where it goes on") {
    const auto page = adapter::parse_job_list(response("025-job-list-selector.txt").body);
    REQUIRE(page.ok());
    REQUIRE(page->items.size() == 1);
    CHECK(page->items.front().name == "afk-42-n75d2");
    CHECK(page->items.front().annotations.at("cronjob.kubernetes.io/instantiate") == "manual");
    CHECK_FALSE(page->continue_token.empty());
  }
  SECTION("the last page, another list, and the status of a Job") {
    const auto page = adapter::parse_job_list(response("038-200-with-role.txt").body);
    REQUIRE(page.ok());
    CHECK(page->continue_token.empty());
    const auto job = adapter::parse_job(response("026-job-status.txt").body);
    REQUIRE(job.ok());
    CHECK(job->state == adapter::JobRecord::State::live);
  }
  SECTION("no pods") {
    const auto page = adapter::parse_pod_list(response("029-pods.txt").body);
    REQUIRE(page.ok());
    CHECK(page->items.empty());
  }
  SECTION("a deletion is a success") {
    CHECK_FALSE(adapter::derive_api_error(response("027-job-delete-foreground.txt")).has_value());
  }
}

TEST_CASE("what was sent to the real server passes the judge, and what it refused as unknown does not") {
  const auto folder = find_contracts_or_skip("kubernetes-1.36");
  const auto* const schema = KubernetesSchema::try_load();
  if (!folder || schema == nullptr) {
    return;
  }
  int judged = 0;
  for (const std::string file :
       {"003-ns-create.txt", "004-sa-create.txt", "005-secret-create.txt", "008-netpol-create.txt",
        "010-cronjob-create.txt", "022-job-create.txt", "023-job-create-named.txt", "025-job-list-selector.txt",
        "027-job-delete-foreground.txt", "029-pods.txt", "036-role.txt", "037-rolebinding.txt"}) {
    INFO(file);
    for (const std::string& wrong : schema->judge_request(read_exchange(get_file((*folder / file).string())).request)) {
      FAIL_CHECK(wrong);
    }
    ++judged;
  }
  const auto unknown = read_exchange(get_file((*folder / "013-cronjob-400-unknown-field.txt").string())).request;
  CHECK_FALSE(schema->judge_request(unknown).empty());
  std::printf("recorded requests judged: %d\n", judged);
}

} // namespace afk::test
