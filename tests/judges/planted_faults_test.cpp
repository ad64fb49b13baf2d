// A judge that finds nothing may be blind: faults that a client could make, each of which has to be found.
#include <judges/judge_run.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/temporary_folder.hpp>

#include <iostream>

using namespace afk::test;
using Json = nlohmann::json;

namespace {

struct Exchange {
  std::string method = "GET";
  std::string target = "/repos/acme/widgets/labels?per_page=100";
  std::string body = {};
  int status = 200;
  std::string answer = "[]";
  std::string version = "2022-11-28";
  std::string agent = "afk";
};

Json render(const Exchange& exchange) {
  Json headers{{"user-agent", exchange.agent},
               {"accept", "application/vnd.github+json"},
               {"x-github-api-version", exchange.version}};
  if (exchange.agent.empty()) {
    headers.erase("user-agent");
  }
  if (!exchange.body.empty()) {
    headers["content-type"] = "application/json";
  }
  return {{"method", exchange.method}, {"target", exchange.target}, {"request_headers", headers},
          {"request", exchange.body},  {"status", exchange.status}, {"answer", exchange.answer}};
}

Judgement judge_one(const std::filesystem::path& cache, const Exchange& exchange) {
  const TemporaryFolder folder;
  const std::string record = folder.path() + "/record.jsonl";
  put_file(record, render(exchange).dump() + "\n");
  return judge(cache, {record});
}

std::string query(const std::string& text, const Json& variables = Json::object()) {
  return Json{{"query", text}, {"variables", variables}}.dump();
}

struct Planted {
  std::string name;
  std::string side;
  std::string part; // of the finding
  Exchange exchange;
};

std::vector<Planted> planted_rest() {
  const std::string comments = "/repos/acme/widgets/issues/1/comments";
  const std::string comment = R"({"body":"x"})";
  return {
      {"an unknown query parameter", "request", "unknown query parameter", {.target = "/repos/a/b/labels?limit=5"}},
      {"a value that is none of the enum", "request", "query state", {.target = "/repos/a/b/issues?state=wat"}},
      {"a page that is no number", "request", "query page", {.target = "/repos/a/b/issues?page=one"}},
      {"an operation that does not exist", "request", "no such operation", {.target = "/repos/a/b/issue/1"}},
      {"a method that the path has not got",
       "request",
       "no such operation",
       {.method = "PUT", .target = comments, .body = comment}},
      {"a number of an issue that is none", "request", "path issue_number", {.target = "/repos/a/b/issues/one"}},
      {"an unknown key of the body",
       "request",
       "additional",
       {.method = "POST", .target = comments, .body = R"({"body":"x","text":"y"})", .status = 404, .answer = "{}"}},
      {"a missing key of the body",
       "request",
       "required",
       {.method = "POST", .target = comments, .body = R"({})", .status = 404, .answer = "{}"}},
      {"a key of the wrong type",
       "request",
       "must be string",
       {.method = "POST", .target = comments, .body = R"({"body":5})", .status = 404, .answer = "{}"}},
      {"a body that is no JSON",
       "request",
       "not JSON",
       {.method = "POST", .target = comments, .body = "body=x", .status = 404, .answer = "{}"}},
      {"a version that nobody knows", "request", "X-GitHub-Api-Version", {.version = "2030-01-01"}},
      {"no User-Agent", "request", "no User-Agent", {.agent = ""}},
      {"an answer with a status that is not declared", "answer", "not declared", {.status = 418, .answer = "{}"}},
      {"an answer without what is required", "answer", "required", {.answer = R"([{"name":"x"}])"}},
      {"an answer of the wrong type", "answer", "must be array", {.answer = R"({"labels":[]})"}},
  };
}

std::vector<Planted> planted_graphql() {
  const auto ask = [](const std::string& text, const std::string& answer = R"({"errors":[{"message":"x"}]})",
                      const Json& variables = Json::object()) {
    return Exchange{.method = "POST", .target = "/graphql", .body = query(text, variables), .answer = answer};
  };
  return {
      {"a field that does not exist", "request", "Cannot query field", ask("{viewer{nick}}")},
      {"an argument that does not exist", "request", "Unknown argument",
       ask("{repository(owner:\"a\",name:\"b\",id:1){id}}")},
      {"a variable that is not used", "request", "never used", ask("query($n:Int){viewer{login}}")},
      {"a variable of the wrong type", "request", "Int",
       ask("query($n:Int!){repository(owner:\"a\",name:\"b\"){issue(number:$n){id}}}", "{}", {{"n", "one"}})},
      {"a variable that was not declared", "request", "not declared", ask("{viewer{login}}", "{}", {{"stray", 1}})},
      {"a connection without a page", "request", "without first",
       ask("{repository(owner:\"a\",name:\"b\"){labels{totalCount}}}")},
      {"a page of more than a hundred", "request", "first 101",
       ask("{repository(owner:\"a\",name:\"b\"){labels(first:101){totalCount}}}")},
      {"a query that is none", "request", "Syntax Error", ask("{viewer{login}")},
      {"an answer without a field", "answer", "has the fields of no",
       ask("{viewer{login id}}", R"({"data":{"viewer":{"login":"a"}}})")},
      {"an answer with a null where none may be", "answer", "is null",
       ask("{viewer{login}}", R"({"data":{"viewer":{"login":null}}})")},
      {"an answer with a value of no enum", "answer", "no IssueState",
       ask("{repository(owner:\"a\",name:\"b\"){issue(number:1){state}}}",
           R"({"data":{"repository":{"issue":{"state":"open"}}}})")},
  };
}

} // namespace

TEST_CASE("the judges find what a client does wrong, and what an answer lacks") {
  const auto cache = find_judges_or_skip();
  if (!cache) {
    return;
  }
  std::vector<Planted> faults = planted_rest();
  for (auto& fault : planted_graphql()) {
    faults.push_back(std::move(fault));
  }
  const TemporaryFolder folder;
  const std::string record = folder.path() + "/planted.jsonl";
  std::string lines;
  for (const Planted& fault : faults) {
    lines += render(fault.exchange).dump() + "\n";
  }
  put_file(record, lines);
  const Judgement judgement = judge(*cache, {record});
  for (std::size_t index = 0; index < faults.size(); ++index) {
    const Planted& fault = faults[index];
    bool found = false;
    std::string said;
    for (const JudgeFinding& finding : judgement.findings) {
      if (finding.line == static_cast<int>(index) + 1) {
        said += finding.side + ": " + finding.what + "\n";
        found = found || (finding.side == fault.side && finding.what.find(fault.part) != std::string::npos);
      }
    }
    INFO(fault.name << "\n" << said);
    CHECK(found);
  }
  std::cout << "judges: " << faults.size() << " planted faults\n";
}

TEST_CASE("the judges find nothing where nothing is wrong") {
  const auto cache = find_judges_or_skip();
  if (!cache) {
    return;
  }
  CHECK(render_findings(judge_one(*cache, {})) == "");
  CHECK(render_findings(
            judge_one(*cache, {.method = "POST",
                               .target = "/graphql",
                               .body = query("query($owner:String!){repository(owner:$owner,name:\"b\")"
                                             "{labels(first:5){nodes{name}}}}",
                                             {{"owner", "a"}}),
                               .answer = R"({"data":{"repository":{"labels":{"nodes":[{"name":"x"}]}}}})"})) == "");
}
