#include <afk/http/paging.hpp>

#include <support/catch.hpp>
#include <support/scripted_transport.hpp>

#include <array>

namespace afk::http {
namespace {

using test::make_request;
using test::make_response;
using test::ScriptedTransport;

const Url asked = parse_url("https://forge.example/api/issues?page=1").value();

struct LinkCase {
  const char* name;
  const char* header;
  const char* next; // "": none
};

TEST_CASE("the next page", "[paging]") {
  const auto row = GENERATE(values<LinkCase>({
      {"none of the links", R"(<https://forge.example/api/issues?page=9>; rel="last")", ""},
      {"the usual", R"(<https://forge.example/x?page=2>; rel="next", <https://forge.example/x?page=9>; rel="last")",
       "https://forge.example/x?page=2"},
      {"not the first", R"(<https://forge.example/1>; rel="prev", <https://forge.example/3>; rel="next")",
       "https://forge.example/3"},
      {"without quotes", "<https://forge.example/2>; rel=next", "https://forge.example/2"},
      {"several relations", R"(<https://forge.example/2>; rel="last NEXT")", "https://forge.example/2"},
      {"other parameters first", R"(<https://forge.example/2>; title="a; rel=\"prev\", <x>"; rel="next")",
       "https://forge.example/2"},
      {"a path alone", R"(</api/issues?page=2>; rel="next")", "https://forge.example/api/issues?page=2"},
      {"a query alone", R"(<?page=2>; rel="next")", "https://forge.example/api/issues?page=2"},
      {"a comma in the address", R"(<https://forge.example/a,b>; rel="next")", "https://forge.example/a,b"},
      {"nextish", R"(<https://forge.example/2>; rel="nextish")", ""},
      {"no relation", "<https://forge.example/2>", ""},
      {"the first relation counts", R"(<https://forge.example/2>; rel="prev"; rel="next")", ""},
      {"nothing", "", ""},
      {"commas", ",,,", ""},
  }));
  CAPTURE(row.name);
  const auto next = find_next_page(asked, make_response(200, {{"link", row.header}}));
  REQUIRE(next.ok());
  REQUIRE(next->has_value() == (std::string_view(row.next) != ""));
  if (*next) {
    CHECK(render_url(**next) == row.next);
  }
}

TEST_CASE("no page is looked for elsewhere", "[paging]") {
  struct Case {
    const char* header;
    ErrorKind kind;
  };

  const auto row = GENERATE(values<Case>({
      {R"(<https://evil.example/2>; rel="next")", ErrorKind::refused},
      {R"(<//evil.example/2>; rel="next")", ErrorKind::refused},
      {R"(<https://forge.example:444/2>; rel="next")", ErrorKind::refused},
      {R"(<https://forge.example.evil.example/2>; rel="next")", ErrorKind::refused},
      {R"(<http://127.0.0.1/2>; rel="next")", ErrorKind::refused},
      {R"(<http://forge.example/2>; rel="next")", ErrorKind::malformed},
      {R"(<https://me@forge.example/2>; rel="next")", ErrorKind::malformed},
      {R"(<file:///etc/passwd>; rel="next")", ErrorKind::malformed},
      {R"(<relative>; rel="next")", ErrorKind::malformed},
      {R"(https://forge.example/2; rel="next")", ErrorKind::malformed},
      {R"(<https://forge.example/2; rel="next")", ErrorKind::malformed},
  }));
  CAPTURE(row.header);
  const auto next = find_next_page(asked, make_response(200, {{"link", row.header}}));
  REQUIRE_FALSE(next.ok());
  CHECK(next.error().kind == row.kind);
}

Response page(const std::string& body, const std::string& next) {
  return make_response(
      200, next.empty() ? std::vector<Header>{} : std::vector<Header>{{"link", "<" + next + ">; rel=next"}}, body);
}

TEST_CASE("the n-th pages of all lists travel together", "[paging]") {
  ScriptedTransport transport;
  transport.expect("GET https://forge.example/a", page("a1", "/a?2"));
  transport.expect("GET https://forge.example/b", page("b1", ""));
  transport.expect("GET https://forge.example/c", make_response(404));
  transport.expect("GET https://forge.example/d", test::make_unreachable());
  transport.expect("GET https://forge.example/a?2", page("a2", "/a?3"));
  transport.expect("GET https://forge.example/a?3", page("a3", ""));
  const auto lists =
      fetch_all_pages(transport,
                      std::array{make_request("https://forge.example/a"), make_request("https://forge.example/b"),
                                 make_request("https://forge.example/c"), make_request("https://forge.example/d")},
                      {.who = "forge.example"});
  transport.check_all_used();
  CHECK(transport.batches.size() == 3);
  REQUIRE(lists.size() == 4);
  REQUIRE(lists[0]->size() == 3);
  CHECK(lists[0]->at(2).body == "a3");
  CHECK(lists[1]->size() == 1);
  CHECK(lists[2].error().kind == ErrorKind::not_found);
  CHECK(lists[3].error().kind == ErrorKind::unreachable);
}

TEST_CASE("a list that is not whole is an error", "[paging]") {
  ScriptedTransport transport;
  const auto fetch = [&](std::size_t most) {
    auto lists = fetch_all_pages(transport, std::array{make_request("https://forge.example/a")},
                                 {.most_pages = most, .who = "forge.example"});
    transport.check_all_used();
    return std::move(lists.at(0));
  };
  transport.expect("GET https://forge.example/a", page("a1", "/a?2"));

  SECTION("too many pages") {
    transport.expect("GET https://forge.example/a?2", page("a2", "/a?3"));
    CHECK(fetch(2).error().kind == ErrorKind::too_large);
  }
  SECTION("as many as allowed") {
    transport.expect("GET https://forge.example/a?2", page("a2", ""));
    CHECK(fetch(2)->size() == 2);
  }
  SECTION("in a circle") {
    transport.expect("GET https://forge.example/a?2", page("a2", "/a"));
    CHECK(fetch(100).error().kind == ErrorKind::too_large);
  }
  SECTION("the second page failed") {
    transport.expect("GET https://forge.example/a?2", make_response(502));
    CHECK(fetch(100).error().kind == ErrorKind::unreachable);
  }
  SECTION("the third page is elsewhere") {
    transport.expect("GET https://forge.example/a?2", page("a2", "https://evil.example/"));
    CHECK(fetch(100).error().kind == ErrorKind::refused);
  }
}

TEST_CASE("pages are found in other ways too", "[paging]") {
  ScriptedTransport transport;
  transport.expect("GET https://forge.example/a", make_response(200, {}, "more"));
  transport.expect("GET https://forge.example/a?page=2", make_response(200, {}, ""));
  PagingRules rules{.who = "forge.example"};
  rules.find_next = [](const Url& from, const Response& response) -> Result<std::optional<Url>> {
    if (response.body.empty()) {
      return std::optional<Url>();
    }
    Url next = from;
    next.target += "?page=2";
    return std::optional(next);
  };
  CHECK(fetch_all_pages(transport, std::array{make_request("https://forge.example/a")}, rules).at(0)->size() == 2);

  SECTION("but never elsewhere") {
    transport.expect("GET https://forge.example/b", make_response(200));
    rules.find_next = [](const Url&, const Response&) -> Result<std::optional<Url>> {
      return std::optional(parse_url("https://evil.example/").value());
    };
    CHECK(fetch_all_pages(transport, std::array{make_request("https://forge.example/b")}, rules).at(0).error().kind ==
          ErrorKind::refused);
  }
  SECTION("and what is no page can be said otherwise") {
    transport.expect("GET https://forge.example/c", make_response(204));
    rules.derive_error = [](const Response&) { return std::optional(Error{ErrorKind::conflict, "no"}); };
    CHECK(fetch_all_pages(transport, std::array{make_request("https://forge.example/c")}, rules).at(0).error().kind ==
          ErrorKind::conflict);
  }
}

} // namespace
} // namespace afk::http
