#include <afk/core/ids.hpp>
#include <support/catch.hpp>
#include <support/digest.hpp>

#include <set>
#include <string>

using namespace afk;

namespace {

RunIdentity an_identity() {
  return RunIdentity{
      .host = {"github.com"}, .repository_id = "1296269", .issue_number = 1347, .arming = {"1782312999:583231:0"}};
}

const RunName a_run{"afk-qwwp74v6n2fy3kekljdmqwhu2b"};

} // namespace

// The expected names come from the shell: each part as its length in 8 bytes and its bytes, through
// `openssl dgst -sha256 -binary | base32`, lower case, the first 26 or 12 characters.
TEST_CASE("Run names are the same for ever") {
  struct Case {
    std::string name;
    RunIdentity identity;
    std::string expected;
  };

  const auto test = GENERATE(values<Case>({
      {"GitHub", an_identity(), "afk-qwwp74v6n2fy3kekljdmqwhu2b"},
      {"GitHub, second arming of a second by a ghost",
       {.host = {"github.com"}, .repository_id = "1296269", .issue_number = 1347, .arming = {"1782312999:0:1"}},
       "afk-fuwptkxxam74jztxrmggwthl45"},
      {"Forgejo with a port",
       {.host = {"code.example.org:3000"}, .repository_id = "42", .issue_number = 7, .arming = {"90210"}},
       "afk-26gdsprsmru5knuqlnfvcyuhld"},
      {"directory tracker",
       {.host = {"6f1c3a52-9d0e-4f7b-8a55-2b8f0f5f3c11"},
        .repository_id = "shop/cart",
        .issue_number = 12,
        .arming = {"01hq3f8k2v9mzr4t7x5c6b1n0e"}},
       "afk-gy3x3vh3hjpigcq4u6pvzztjvx"},
  }));
  DYNAMIC_SECTION(test.name) {
    CHECK(derive_run_name(test.identity, test::make_reference_digest()).text == test.expected);
  }
}

TEST_CASE("Turn names are the same for ever") {
  struct Case {
    TurnKind kind;
    std::string cause;
    int ordinal;
    std::string expected;
  };

  const auto test = GENERATE(values<Case>({
      {TurnKind::first, "", 0, "first-hr4z3jhvr6kp-0"},
      {TurnKind::fix, "5f3c1b2a4d6e8f90123456789abcdef012345678", 1, "fix-k73jqaky6ont-1"},
      {TurnKind::redispatch, "2", 0, "redispatch-srjr6h7abf55-0"},
  }));
  const TurnName name = derive_turn_name(
      {.run = a_run, .kind = test.kind, .cause = test.cause, .ordinal = test.ordinal}, test::make_reference_digest());
  CHECK(name.text == test.expected);
  CHECK(name.text.size() <= 30);
  CHECK(parse_turn_name(name.text).value() == name);
  CHECK(derive_turn_kind(name) == test.kind);
}

TEST_CASE("No two identities share a run name") {
  const Digest digest = test::make_reference_digest();
  std::set<std::string> names;
  std::size_t count = 0;
  const auto add = [&](const std::string& host, const std::string& repository, std::int64_t number,
                       const std::string& arming) {
    names.insert(derive_run_name(
                     {.host = {host}, .repository_id = repository, .issue_number = number, .arming = {arming}}, digest)
                     .text);
    ++count;
  };
  // Bytes moved from one part to its neighbour, where concatenation alone would make the same text.
  add("host", "1", 12, "3");
  add("host", "11", 2, "3");
  add("host", "1", 1, "23");
  add("host1", "", 12, "3");
  add("hos", "t1", 12, "3");
  add("host", "1", 123, "");
  add("", "host1", 12, "3");
  CHECK(names.size() == count);
}

TEST_CASE("Names that derive from a run name") {
  CHECK(derive_run8(a_run) == "qwwp74v6");
  CHECK(derive_branch_name(1347, a_run) == "afk/1347-qwwp74v6");
  CHECK(derive_attempt_name(a_run, 0) == a_run.text);
  CHECK(derive_attempt_name(a_run, 3) == a_run.text + "-r3");
  CHECK(parse_attempt_name(a_run.text).value() == AttemptName{.run = a_run, .redispatch = 0});
  CHECK(parse_attempt_name(a_run.text + "-r3").value() == AttemptName{.run = a_run, .redispatch = 3});
}

TEST_CASE("Repositories and issues are read strictly") {
  SECTION("legal ones come back as they were") {
    const auto text = GENERATE(values<std::string>({"owner/name", "O-1/n.a_m-e", "a/.github", "_/_", "1/2"}));
    const auto repository = parse_repository_name(text);
    REQUIRE(repository.ok());
    CHECK(render_repository_name(repository.value()) == text);
    const auto issue = parse_issue_ref(text + "#9223372036854775807");
    REQUIRE(issue.ok());
    CHECK(render_issue_ref(issue.value()) == text + "#9223372036854775807");
  }
  SECTION("a part of 100 characters is the longest") {
    const std::string part(100, 'a');
    CHECK(parse_repository_name(part + "/" + part).ok());
    CHECK_FALSE(parse_repository_name(part + "a/" + part).ok());
    CHECK_FALSE(parse_repository_name(part + "/" + part + "a").ok());
  }
  SECTION("others are malformed") {
    const auto text =
        GENERATE(values<std::string>({"", "/", "owner", "owner/", "/name", "a/b/c", "./b", "a/..", "-a/b", "a/-b",
                                      "a b/c", "a/b ", "a/b\n", "\xC3\xA4/b", "a/b;rm", "*", std::string("a/b\0", 4)}));
    const auto repository = parse_repository_name(text);
    REQUIRE_FALSE(repository.ok());
    CHECK(repository.error().kind == ErrorKind::malformed);
    CHECK_FALSE(parse_issue_ref(text + "#1").ok());
  }
  SECTION("numbers of issues have one spelling") {
    const auto number = GENERATE(values<std::string>(
        {"", "#", "#0", "#-1", "#+1", "#01", "#1 ", "# 1", "#1.0", "#1#2", "#9223372036854775808"}));
    const auto issue = parse_issue_ref("owner/name" + number);
    REQUIRE_FALSE(issue.ok());
    CHECK(issue.error().kind == ErrorKind::malformed);
  }
  SECTION("case does not tell repositories apart") {
    CHECK(same_repository({"Owner", "NAME"}, {"owner", "name"}));
    CHECK_FALSE(same_repository({"owner", "name"}, {"owner", "names"}));
    CHECK_FALSE(same_repository({"owners", "name"}, {"owner", "name"}));
  }
}

TEST_CASE("An error shows hostile input harmlessly") {
  const auto issue = parse_issue_ref("\x1B[31m" + std::string(5000, 'x'));
  REQUIRE_FALSE(issue.ok());
  CHECK(issue.error().message.find('\x1B') == std::string::npos);
  CHECK(issue.error().message.size() < 300);
}

TEST_CASE("Arming ids are opaque but bounded") {
  CHECK(parse_arming_id("1782312999:583231:0").value().text == "1782312999:583231:0");
  CHECK(parse_arming_id(std::string(128, 'z')).ok());
  const auto text = GENERATE(values<std::string>({"", " ", "a b", "a/b", "a\n", "\xC3\xA4", std::string(129, 'z')}));
  REQUIRE_FALSE(parse_arming_id(text).ok());
  CHECK(parse_arming_id(text).error().kind == ErrorKind::malformed);
}

TEST_CASE("Run, attempt and turn names are read strictly") {
  const std::string run = a_run.text;
  SECTION("run") {
    CHECK(parse_run_name(run).value() == a_run);
    const auto text = GENERATE_COPY(values<std::string>(
        {"", "afk-", run + "a", run.substr(0, 29), "AFK-" + run.substr(4), "afk-" + std::string(26, '1'),
         "afk-" + std::string(26, 'A'), "afk-" + std::string(25, 'a') + "/", run.substr(0, 29) + "\n"}));
    REQUIRE_FALSE(parse_run_name(text).ok());
    CHECK(parse_run_name(text).error().kind == ErrorKind::malformed);
  }
  SECTION("attempt") {
    const auto text =
        GENERATE_COPY(values<std::string>({"", run + "-", run + "-r", run + "-r0", run + "-r01", run + "-r-1",
                                           run + "-x1", run + "-r1x", run + "r1", run + "-r99999999999", "afk-r1"}));
    REQUIRE_FALSE(parse_attempt_name(text).ok());
    CHECK(parse_attempt_name(text).error().kind == ErrorKind::malformed);
  }
  SECTION("turn") {
    CHECK(parse_turn_name("verify-aaaaaaaaaaaa-999999").ok());
    const auto text = GENERATE(values<std::string>(
        {"", "fix", "fix-", "fix-aaaaaaaaaaaa", "fix-aaaaaaaaaaaa-", "fix-aaaaaaaaaaaa-01", "fix-aaaaaaaaaaaa-1000000",
         "fix-aaaaaaaaaaa-0", "fix-aaaaaaaaaaaaa-0", "fix-aaaaaaaaaaa1-0", "Fix-aaaaaaaaaaaa-0", "mend-aaaaaaaaaaaa-0",
         "fix-aaaaaaaaaaaa-0 ", "../-aaaaaaaaaaaa-0"}));
    REQUIRE_FALSE(parse_turn_name(text).ok());
    CHECK(parse_turn_name(text).error().kind == ErrorKind::malformed);
  }
}

TEST_CASE("Every kind of turn has a name of its own") {
  std::set<std::string> names;
  for (const TurnKind kind : {TurnKind::first, TurnKind::fix, TurnKind::rebase, TurnKind::finish, TurnKind::answer,
                              TurnKind::redispatch, TurnKind::verify}) {
    names.emplace(render_turn_kind(kind));
    CHECK(parse_turn_kind(render_turn_kind(kind)).value() == kind);
  }
  CHECK(names.size() == 7);
  CHECK(parse_turn_kind("").error().kind == ErrorKind::malformed);
}
