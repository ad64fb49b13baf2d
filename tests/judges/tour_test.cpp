// A walk through the whole of the fake GitHub with a plain client, judged: so that the fake is held to GitHub's
// descriptions in everything that it can do, whichever parts the adapters use.
#include <judges/judge_run.hpp>

#include <support/catch.hpp>
#include <support/fake_clock.hpp>
#include <support/fake_github.hpp>
#include <support/fake_github_git.hpp>
#include <support/temporary_folder.hpp>

#include <afk/http/transport_curl.hpp>

#include <iostream>

using namespace afk;
using namespace afk::test;
using Json = nlohmann::json;

namespace {

const RepositoryName home{.owner = "acme", .name = "widgets"};

struct Sent {
  http::Method method = http::Method::get;
  std::string target;
  Json body = nullptr;
};

class Client {
 public:
  Client(FakeGithub& github, std::string version) : github_(github), version_(std::move(version)) {}

  // The status and the body of the answer.
  std::pair<int, Json> send(const Sent& sent) {
    const auto url = http::parse_url(github_.url() + sent.target).value();
    const http::Credential credential{
        .origin = url.origin, .header = "Authorization", .value = Secret("Bearer " + github_.settings().token)};
    http::Request request;
    request.method = sent.method;
    request.url = url;
    request.headers = {{"Accept", "application/vnd.github+json"}, {"X-GitHub-Api-Version", version_}};
    request.credential = &credential;
    if (!sent.body.is_null()) {
      request.body = sent.body.dump();
      request.headers.push_back({"Content-Type", "application/json"});
    }
    const auto answers = transport_.exchange(std::span(&request, 1));
    REQUIRE(answers.front().ok());
    return {answers.front()->status, Json::parse(answers.front()->body, nullptr, false)};
  }

  void expect(int status, const Sent& sent) {
    const auto [got, body] = send(sent);
    INFO(sent.target << " " << body.dump());
    CHECK(got == status);
  }

  Json graph(const std::string& text, const Json& variables = Json::object()) {
    const auto [status, body] =
        send({.method = http::Method::post, .target = "/graphql", .body = {{"query", text}, {"variables", variables}}});
    CHECK(status == 200);
    return body;
  }

 private:
  FakeGithub& github_;
  std::string version_;
  http::CurlTransport transport_;
};

struct World {
  FakeClock clock;
  TemporaryFolder folder;
  FakeGithub github{clock, {.git_folder = folder.path()}};
  IssueRef issue = {};
  std::int64_t comment = 0;
  std::int64_t pull = 0;
  std::int64_t job = 0;
  std::int64_t deployment = 0;
  std::string base;
  std::string head;

  World() {
    github.create_repository(home);
    issue = github.create_issue(home, "A title", "A body", "alice");
    const IssueRef blocker = github.create_issue(home, "Another", "", "bob");
    clock.advance(std::chrono::seconds(1));
    github.put_label(issue, "ready", "alice");
    github.put_label(issue, "bug", "robot[bot]");
    github.change_title(issue, "A better title", "bob");
    github.change_body(issue, "A better body", "bob");
    comment = github.comment(issue, "Hello", "bob");
    clock.advance(std::chrono::seconds(1));
    github.change_comment(issue, comment, "Hello again", "alice");
    github.add_dependency(issue, blocker);
    github.close(blocker, "not_planned", "bob");
    github.reopen(blocker, "alice");
    github.remove_account("bob");
    make_work();
  }

  void make_work() {
    const github::Git git(github.git_folder(home));
    base = git.branch("main").value();
    const github::GitCommit root = git.commit(base);
    head = git.commit_tree(root.tree, {base}, "Work", 1'795'176'000);
    static_cast<void>(git.move_branch("afk/1-abc", head, ""));
    pull = github.open_pull(home, "afk/1-abc", "main", "Closes #1", "alice");
    github.review(home, pull, "APPROVED", "alice");
    job = github.add_check(home, head, {.name = "build", .conclusion = "failure", .log = "it broke"});
    github.add_check(home, head, {.name = "lint", .status = "in_progress", .app = FakeGithub::NewCheck::App::other});
    github.add_status(home, head, "legacy", "success");
    deployment = github.add_deployment(home, base, "production");
    github.add_deployment_status(home, deployment, "success", "done");
    github.change([](github::State& state) {
      github::find_repository(state, "acme", "widgets")->protections["main"] = {.required_checks = {"build"},
                                                                                .required_reviews = 1};
    });
  }
};

const std::string below = "/repos/acme/widgets";

void read_everything(World& world, Client& client) {
  const std::string number = std::to_string(world.issue.number);
  for (const std::string& target : {std::string("/user"),
                                    std::string("/users/alice"),
                                    std::string("/rate_limit"),
                                    below,
                                    below + "/issues?state=all&per_page=100",
                                    below + "/issues?labels=ready,bug&per_page=1",
                                    below + "/issues/" + number,
                                    below + "/issues/" + number + "/comments?per_page=100",
                                    below + "/issues/" + number + "/events?per_page=100",
                                    below + "/issues/" + number + "/timeline?per_page=100",
                                    below + "/issues/" + number + "/labels",
                                    below + "/issues/" + number + "/dependencies/blocked_by",
                                    below + "/issues/2/dependencies/blocking",
                                    below + "/issues/" + number + "/sub_issues",
                                    below + "/issues/comments/" + std::to_string(world.comment),
                                    below + "/labels?per_page=100",
                                    below + "/labels/ready",
                                    below + "/collaborators/alice/permission",
                                    below + "/pulls?state=all&head=acme:afk/1-abc",
                                    below + "/pulls/" + std::to_string(world.pull),
                                    below + "/pulls/" + std::to_string(world.pull) + "/reviews",
                                    below + "/branches/main",
                                    below + "/branches/main/protection",
                                    below + "/branches/main/protection/required_status_checks",
                                    below + "/rules/branches/main",
                                    below + "/git/ref/heads/main",
                                    below + "/git/matching-refs/heads/afk/1-",
                                    below + "/commits/" + world.head,
                                    below + "/commits/" + world.head + "/check-runs?per_page=100",
                                    below + "/commits/" + world.head + "/check-suites",
                                    below + "/commits/" + world.head + "/status",
                                    below + "/commits/" + world.head + "/statuses",
                                    below + "/compare/main...afk%2F1-abc",
                                    below + "/check-runs/" + std::to_string(world.job),
                                    below + "/check-runs/" + std::to_string(world.job) + "/annotations",
                                    below + "/actions/jobs/" + std::to_string(world.job),
                                    below + "/deployments?environment=production",
                                    below + "/deployments/" + std::to_string(world.deployment),
                                    below + "/deployments/" + std::to_string(world.deployment) + "/statuses"}) {
    client.expect(200, {.target = target});
  }
  client.expect(302, {.target = below + "/actions/jobs/" + std::to_string(world.job) + "/logs"});
  client.expect(404, {.target = below + "/issues/4711"});
  client.expect(404, {.target = "/repos/nobody/nothing"});
}

void write_everything(World& world, Client& client) {
  using enum http::Method;
  client.expect(201, {.method = post, .target = below + "/issues", .body = {{"title", "New"}, {"labels", {"ready"}}}});
  client.expect(200, {.method = post, .target = below + "/issues/1/labels", .body = {{"labels", {"a b/c"}}}});
  client.expect(200, {.method = delete_, .target = below + "/issues/1/labels/a%20b%2Fc"});
  client.expect(404, {.method = delete_, .target = below + "/issues/1/labels/a%20b%2Fc"});
  client.expect(201, {.method = post, .target = below + "/labels", .body = {{"name", "new"}, {"color", "00ff00"}}});
  client.expect(422, {.method = post, .target = below + "/labels", .body = {{"name", "New"}}});
  client.expect(201, {.method = post, .target = below + "/issues/1/comments", .body = {{"body", "text"}}});
  client.expect(422, {.method = post, .target = below + "/issues/1/comments", .body = {{"body", " "}}});
  client.expect(200, {.method = patch,
                      .target = below + "/issues/comments/" + std::to_string(world.comment),
                      .body = {{"body", "edited"}}});
  client.expect(
      200,
      {.method = patch, .target = below + "/issues/1", .body = {{"state", "closed"}, {"state_reason", "completed"}}});
  client.expect(201, {.method = post, .target = below + "/actions/jobs/" + std::to_string(world.job) + "/rerun"});
  client.expect(
      201,
      {.method = post, .target = below + "/statuses/" + world.head, .body = {{"state", "success"}, {"context", "ci"}}});
  const std::string pull = below + "/pulls/" + std::to_string(world.pull);
  client.expect(405, {.method = put, .target = pull + "/merge", .body = {{"sha", world.head}}});
  world.github.add_check(home, world.head, {.name = "build"});
  client.expect(409, {.method = put, .target = pull + "/merge", .body = {{"sha", world.base}}});
  client.expect(200, {.method = put, .target = pull + "/merge", .body = {{"sha", world.head}}});
  client.expect(200, {.target = pull});
  client.expect(204, {.method = delete_, .target = below + "/git/refs/heads/afk/1-abc"});
  client.expect(422, {.method = delete_, .target = below + "/git/refs/heads/afk/1-abc"});
}

const std::string issue_query = R"(
query($owner: String!, $name: String!, $number: Int!) {
  viewer { login databaseId }
  rateLimit { cost remaining resetAt nodeCount limit used }
  repository(owner: $owner, name: $name) {
    id databaseId nameWithOwner isPrivate isArchived visibility viewerPermission hasIssuesEnabled
    ready: issues(first: 50, labels: ["ready"], states: [OPEN], orderBy: {field: CREATED_AT, direction: ASC}) {
      totalCount nodes { number state labels(first: 20) { nodes { name } } } pageInfo { hasNextPage endCursor }
    }
    collaborators(login: "alice", first: 1) { edges { permission node { login databaseId } } }
    issue(number: $number) {
      ...conversation
      state stateReason body lastEditedAt editor { ...who } author { ...who }
      subIssuesSummary { total completed percentCompleted }
      closedByPullRequestsReferences(first: 5) { nodes { number url headRefName } }
      userContentEdits(first: 5) { nodes { editedAt editor { ...who } } }
      timelineItems(last: 50, itemTypes: [LABELED_EVENT, UNLABELED_EVENT, RENAMED_TITLE_EVENT, CLOSED_EVENT, REOPENED_EVENT]) {
        filteredCount pageInfo { hasPreviousPage startCursor }
        nodes {
          __typename
          ... on LabeledEvent { id createdAt actor { ...who } label { name } }
          ... on UnlabeledEvent { id createdAt actor { ...who } label { name } }
          ... on RenamedTitleEvent { id createdAt actor { ...who } previousTitle currentTitle }
          ... on ClosedEvent { id createdAt actor { ...who } stateReason }
          ... on ReopenedEvent { id createdAt actor { ...who } }
        }
      }
    }
  }
}
fragment conversation on Issue {
  id number title url fullDatabaseId
  comments(last: 20) {
    totalCount pageInfo { hasPreviousPage startCursor }
    nodes { id fullDatabaseId databaseId body createdAt lastEditedAt viewerDidAuthor author { ...who } editor { ...who } }
  }
}
fragment who on Actor { __typename login ... on User { databaseId } ... on Bot { databaseId } ... on Mannequin { databaseId } }
)";

const std::string work_query = R"(
query($head: String!) {
  repository(owner: "acme", name: "widgets") {
    defaultBranchRef { name target { oid } refUpdateRule { requiredStatusCheckContexts } branchProtectionRule { requiredStatusCheckContexts } }
    branchProtectionRules(first: 10) { nodes { pattern requiredStatusCheckContexts requiresStatusChecks } }
    refs(refPrefix: "refs/heads/afk/", first: 10) { nodes { name target { oid } } }
    ref(qualifiedName: "refs/heads/afk/1-abc") { name prefix target { oid } }
    pullRequests(first: 5, headRefName: $head, states: [OPEN, MERGED, CLOSED], orderBy: {field: CREATED_AT, direction: DESC}) {
      nodes {
        id number state isDraft merged mergedAt mergeable mergeStateStatus reviewDecision url headRefName headRefOid
        baseRefName createdAt author { login __typename } mergeCommit { oid } mergedBy { login }
        timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) { nodes { ... on ClosedEvent { actor { login } } } }
        commits(last: 1) { nodes { commit { oid messageHeadline statusCheckRollup {
          state
          contexts(first: 100) { totalCount pageInfo { hasNextPage endCursor } nodes {
            __typename
            ... on CheckRun { databaseId name status conclusion startedAt completedAt detailsUrl url isRequired(pullRequestNumber: 3)
              checkSuite { databaseId app { databaseId slug } workflowRun { databaseId } } }
            ... on StatusContext { id context state createdAt targetUrl description isRequired(pullRequestNumber: 3) }
          } }
        } } } }
      }
    }
    deployments(first: 5, environments: ["production"], orderBy: {field: CREATED_AT, direction: DESC}) {
      nodes { databaseId commitOid state environment createdAt latestStatus { state description logUrl environmentUrl createdAt } }
    }
  }
}
)";

void read_graph(World& world, Client& client) {
  const Json issue =
      client.graph(issue_query, {{"owner", "acme"}, {"name", "widgets"}, {"number", world.issue.number}});
  INFO(issue.dump(1).substr(0, 3000));
  CHECK(!issue.contains("errors"));
  const Json& events = issue.at("data").at("repository").at("issue").at("timelineItems").at("nodes");
  REQUIRE(events.size() == 3);
  CHECK(events[0].at("actor").at("login") == "alice");
  CHECK(events[2].at("actor").is_null()); // bob's account is gone
  const Json work = client.graph(work_query, {{"head", "afk/1-abc"}});
  INFO(work.dump(1).substr(0, 3000));
  CHECK(!work.contains("errors"));
  const Json& found = work.at("data").at("repository").at("pullRequests").at("nodes").at(0);
  CHECK(found.at("headRefOid") == world.head);
  CHECK(found.at("mergeable") == "UNKNOWN"); // not computed before it was asked for
  CHECK(client.graph(work_query,
                     {{"head", "afk/1-abc"}})["data"]["repository"]["pullRequests"]["nodes"][0]["mergeable"] ==
        "MERGEABLE");
  CHECK(client.graph("{repository(owner:\"a\",name:\"b\"){id}}").at("errors").at(0).at("type") == "NOT_FOUND");
}

void write_graph(World& world, Client& client) {
  const Json id = client.graph(
      "query($n:Int!){repository(owner:\"acme\",name:\"widgets\"){pullRequest(number:$n){id}}}", {{"n", world.pull}});
  const std::string pull = id.at("data").at("repository").at("pullRequest").at("id");
  CHECK(!client
             .graph("mutation($id:ID!){convertPullRequestToDraft(input:{pullRequestId:$id}){pullRequest{isDraft}}}",
                    {{"id", pull}})
             .contains("errors"));
  const Json ready = client.graph(
      "mutation($id:ID!){markPullRequestReadyForReview(input:{pullRequestId:$id}){pullRequest{isDraft number}}}",
      {{"id", pull}});
  CHECK(ready.at("data").at("markPullRequestReadyForReview").at("pullRequest").at("isDraft") == false);
}

} // namespace

TEST_CASE("the fake does what GitHub describes, in both versions") {
  for (const std::string version : {"2022-11-28", "2026-03-10"}) {
    INFO(version);
    World world;
    Client client(world.github, version);
    read_graph(world, client);
    read_everything(world, client);
    write_graph(world, client);
    write_everything(world, client);
  }
  const auto cache = find_judges_or_skip();
  if (!cache) {
    return;
  }
  const Judgement judgement =
      judge(*cache, {std::filesystem::path(AFK_EXCHANGES_FOLDER) / "github-judge_github.jsonl"});
  std::cout << "tour: " << judgement.rest << " exchanges by REST and " << judgement.graphql << " by GraphQL, "
            << judgement.operations.size() << " operations\n";
  INFO(render_findings(judgement));
  CHECK(judgement.findings.empty());
  CHECK(judgement.rest > 100);
}
