#include "list_reader_codec.hpp"

#include <afk/adapter/json_guard_codec.hpp>
#include <afk/http/paging.hpp>
#include <afk/http/rate_limit.hpp>

#include <nlohmann/json.hpp>

#include <array>

namespace afk::test {
namespace {

using nlohmann::json;

Result<void> read_issue(const json& issue) {
  if (auto number = adapter::require_int64(issue, "number"); !number.ok()) {
    return std::move(number).error();
  } else if (*number <= 0) {
    return Error{.kind = ErrorKind::malformed, .message = "an issue with the number of none"};
  }
  if (auto title = adapter::require_string(issue, "title"); !title.ok()) {
    return std::move(title).error();
  }
  if (auto body = adapter::find_string(issue, "body"); !body.ok()) {
    return std::move(body).error();
  }
  if (auto moment = adapter::require_timestamp(issue, "created_at"); !moment.ok()) {
    return std::move(moment).error();
  }
  if (auto locked = adapter::find_bool(issue, "locked"); !locked.ok()) {
    return std::move(locked).error();
  }
  if (auto user = adapter::find_object(issue, "user"); !user.ok()) {
    return std::move(user).error();
  } else if (*user != nullptr) {
    if (auto id = adapter::require_int64(**user, "id"); !id.ok()) {
      return std::move(id).error();
    }
  }
  auto labels = adapter::require_array(issue, "labels");
  if (!labels.ok()) {
    return std::move(labels).error();
  }
  for (const json& label : **labels) {
    if (auto name = adapter::require_string(label, "name"); !name.ok()) {
      return std::move(name).error();
    }
  }
  return {};
}

Result<std::size_t> count_issues(const http::Response& page) {
  auto list = adapter::parse_json_body(page);
  if (!list.ok()) {
    return std::move(list).error();
  }
  if (!list->is_array()) {
    return Error{.kind = ErrorKind::malformed, .message = "no array where a list belongs"};
  }
  for (const json& issue : *list) {
    if (auto read = read_issue(issue); !read.ok()) {
      return std::move(read).error();
    }
  }
  return list->size();
}

Result<std::size_t> fetch(http::Transport& transport, const http::Url& base, const http::Limits& limits) {
  http::Request request;
  request.url = {.origin = base.origin, .target = "/secret/issues?token=secret"};
  request.limits = limits;
  http::PagingRules rules{.most_pages = 10, .who = "the service"};
  rules.derive_error = [](const http::Response& answer) {
    return http::derive_answer_error(answer, "the service", Timestamp(std::chrono::seconds(1'795'176'000)));
  };
  auto lists = http::fetch_all_pages(transport, std::array{request}, rules);
  if (!lists.front().ok()) {
    return std::move(lists.front()).error();
  }
  std::size_t count = 0;
  for (const http::Response& page : *lists.front()) {
    auto issues = count_issues(page);
    if (!issues.ok()) {
      return std::move(issues).error();
    }
    count += *issues;
  }
  return count;
}

const json good_issue = {{"number", 12},
                         {"title", "a title"},
                         {"body", nullptr},
                         {"created_at", "2026-11-20T12:00:00Z"},
                         {"locked", false},
                         {"user", {{"id", 7}}},
                         {"labels", {{{"name", "ready-for-agent"}}}}};

std::pair<std::string, std::string> with(const std::string& name, const char* key, const json& value) {
  json issue = good_issue;
  issue[key] = value;
  return {name, json::array({issue}).dump()};
}

std::pair<std::string, std::string> without(const char* key) {
  json issue = good_issue;
  issue.erase(key);
  return {std::string("no ") + key, json::array({issue}).dump()};
}

} // namespace

HostileProbe make_list_probe() {
  return {.fetch = fetch,
          .good_body = json::array({good_issue}).dump(),
          .wrong_bodies = {{"an object instead of a list", good_issue.dump()},
                           {"a text instead of a list", "\"[]\""},
                           {"null instead of a list", "null"},
                           {"a number instead of a list", "1"},
                           {"a list of lists", "[[]]"},
                           {"a list of nulls", "[null]"},
                           {"a list of texts", R"(["a"])"},
                           {"an empty entry", "[{}]"},
                           {"an error instead of a list", R"({"message":"Not Found","status":"404"})"},
                           without("number"),
                           without("title"),
                           without("created_at"),
                           without("labels"),
                           with("a number as a text", "number", "12"),
                           with("a number with a fraction", "number", 12.5),
                           with("a number of null", "number", nullptr),
                           with("a negative number", "number", -12),
                           with("a number in a list", "number", json::array({12})),
                           with("a title that is a number", "title", 12),
                           with("a title of null", "title", nullptr),
                           with("a title that is an object", "title", {{"raw", "a"}}),
                           with("a body that is a list", "body", json::array()),
                           with("a body that is false", "body", false),
                           with("a time that is a number", "created_at", 1795176000),
                           with("a time that is none", "created_at", "yesterday"),
                           with("a time of the 32nd", "created_at", "2026-11-32T12:00:00Z"),
                           with("a flag as a text", "locked", "false"),
                           with("a flag as a number", "locked", 0),
                           with("a person that is a text", "user", "octocat"),
                           with("a person without an id", "user", {{"login", "octocat"}}),
                           with("an id as a text", "user", {{"id", "7"}}),
                           with("labels of null", "labels", nullptr),
                           with("labels that are an object", "labels", {{"name", "a"}}),
                           with("labels that are texts", "labels", json::array({"a"})),
                           with("a label without a name", "labels", json::array({{{"id", 1}}})),
                           with("a label whose name is null", "labels", json::array({{{"name", nullptr}}}))}};
}

} // namespace afk::test
