#include "github_probe.hpp"

#include <afk/adapter/github_client.hpp>
#include <afk/adapter/github_rest_codec.hpp>

#include <support/fake_clock.hpp>

#include <fmt/format.h>

#include <array>

namespace afk::test {
namespace {

// The adapter sets limits of its own; the cases are made for these.
class Limiting final : public http::Transport {
 public:
  Limiting(http::Transport& inner, const http::Limits& limits) : inner_(inner), limits_(limits) {}

  std::vector<Result<http::Response>> exchange(std::span<const http::Request> requests) override {
    std::vector<http::Request> limited(requests.begin(), requests.end());
    for (http::Request& request : limited) {
      request.limits = limits_;
    }
    return inner_.exchange(limited);
  }

 private:
  http::Transport& inner_;
  const http::Limits& limits_;
};

Result<std::size_t> fetch(http::Transport& transport, const http::Url& base, const http::Limits& limits) {
  Limiting limiting(transport, limits);
  const FakeClock clock;
  const Secret token(std::string_view("secret-token"));
  adapter::GithubClient client(limiting, clock, token, {.api = base, .reads = adapter::GithubApi::rest});
  const auto lists = client.fetch_pages(std::array{client.read("/repos/secret/secret/issues?labels=secret")}, 10);
  if (!lists.front().ok()) {
    return lists.front().error();
  }
  std::size_t count = 0;
  for (const http::Response& page : *lists.front()) {
    const auto issues = adapter::parse_rest_issue_list(page, {.owner = "secret", .name = "secret"}, client.asked());
    if (!issues.ok()) {
      return issues.error();
    }
    count += issues->size();
  }
  return count;
}

struct Issue {
  std::string_view number = "12";
  std::string_view title = "\"a title\"";
  std::string_view state = "\"open\"";
  std::string_view labels = R"([{"id":1,"name":"ready-for-agent"}])";
};

std::string render(const Issue& issue) {
  return fmt::format(R"([{{"number":{},"title":{},"state":{},"labels":{}}}])", issue.number, issue.title, issue.state,
                     issue.labels);
}

} // namespace

HostileProbe make_github_probe() {
  return {.fetch = fetch,
          .good_body = render({}),
          .wrong_bodies = {{"an object instead of a list", R"({"number":12})"},
                           {"a text instead of a list", "\"[]\""},
                           {"null instead of a list", "null"},
                           {"true instead of a list", "true"},
                           {"a list of lists", "[[]]"},
                           {"a list of nulls", "[null]"},
                           {"a list of texts", R"(["a"])"},
                           {"an empty entry", "[{}]"},
                           {"an error instead of a list", R"({"message":"Not Found","status":"404"})"},
                           {"no labels", R"([{"number":12,"title":"a","state":"open"}])"},
                           {"no state", R"([{"number":12,"title":"a","labels":[]}])"},
                           {"no title", R"([{"number":12,"state":"open","labels":[]}])"},
                           {"no number", R"([{"title":"a","state":"open","labels":[]}])"},
                           {"a number as a text", render({.number = "\"12\""})},
                           {"a number with a fraction", render({.number = "12.5"})},
                           {"a number of null", render({.number = "null"})},
                           {"the number 0", render({.number = "0"})},
                           {"a negative number", render({.number = "-12"})},
                           {"a title that is a number", render({.title = "12"})},
                           {"a title of null", render({.title = "null"})},
                           {"a title that is an object", render({.title = "{}"})},
                           {"a state that nobody knows", render({.state = "\"ajar\""})},
                           {"a state of null", render({.state = "null"})},
                           {"a state that is a number", render({.state = "1"})},
                           {"labels of null", render({.labels = "null"})},
                           {"labels that are an object", render({.labels = "{}"})},
                           {"labels that are numbers", render({.labels = "[1]"})},
                           {"a label without a name", render({.labels = R"([{"id":1}])"})},
                           {"a label whose name is null", render({.labels = R"([{"name":null}])"})}}};
}

} // namespace afk::test
