// Who may arm an issue, and which edits void it: every kind of actor with every kind of edit, judged by the real
// program in dry polls over the fake GitHub. The table is the documentation.
#include <e2e/github/github_story.hpp>

#include <support/catch.hpp>
#include <support/fake_clock.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>

using namespace afk;
using namespace afk::test;
using Json = nlohmann::json;

namespace {

enum class Edit { none, before, after, title };

constexpr std::pair<Edit, std::string_view> edits[] = {
    {Edit::none, "no edit"}, {Edit::before, "body before"}, {Edit::after, "body after"}, {Edit::title, "title after"}};

struct ActorRow {
  std::string kind;
  std::string login;
  std::string role;       // when it armed
  std::string role_since; // now
  bool trusted = false;
  std::string reason; // part of what is said where it is not trusted
};

std::vector<ActorRow> actor_rows() {
  return {
      {.kind = "admin", .login = "adam", .role = "admin", .role_since = "admin", .trusted = true, .reason = ""},
      {.kind = "write", .login = "wanda", .role = "write", .role_since = "write", .trusted = true, .reason = ""},
      {.kind = "triage", .login = "tina", .role = "triage", .role_since = "triage", .reason = "triage"},
      {.kind = "read", .login = "rita", .role = "read", .role_since = "read", .reason = "read"},
      {.kind = "bot", .login = "helper[bot]", .role = "write", .role_since = "write", .reason = "bot"},
      {.kind = "ghost", .login = "gone", .role = "admin", .role_since = "admin", .reason = "account"},
      {.kind = "unknown", .login = "uma", .role = "admin", .role_since = "admin", .reason = "permission"},
      {.kind = "removed since", .login = "remy", .role = "write", .role_since = "none", .reason = "read"},
      {.kind = "promoted since", .login = "pia", .role = "read", .role_since = "write", .trusted = true, .reason = ""},
      {.kind = "own account", .login = "afk-account", .role = "admin", .role_since = "admin", .reason = "own account"},
      {.kind = "listed bot",
       .login = "lister[bot]",
       .role = "none",
       .role_since = "none",
       .trusted = true,
       .reason = ""},
      {.kind = "listed reader", .login = "lea", .role = "read", .role_since = "read", .trusted = true, .reason = ""},
  };
}

std::string repository_name(std::size_t row, std::size_t edit) {
  return fmt::format("r{:02}-{}", row, edit);
}

// The login or id that a listed one is listed by.
std::string render_configuration(GithubStory& story, const std::vector<ActorRow>& rows, std::string_view api,
                                 std::size_t edit) {
  std::string listed;
  story.github.change([&](github::State& state) {
    for (const ActorRow& row : rows) {
      if (row.kind.starts_with("listed")) {
        listed += fmt::format("\"{}:{}\", ", github::find_account(state, row.login)->id, row.login);
      }
    }
  });
  std::string names;
  std::string clones;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const RepositoryName home{.owner = "acme", .name = repository_name(row, edit)};
    names += "\"" + render_repository_name(home) + "\", ";
    clones += fmt::format("[repositories.\"{}\"]\nclone_url = \"{}\"\n", render_repository_name(home),
                          story.github.git_folder(home));
  }
  return "kill_switch = false\nallowlist = [" + names + "]\n[tracker]\n" + story.tracker_lines() +
         fmt::format("api = \"{}\"\n", api) + "[trust]\nlabelers = [" + listed + "]\n" +
         "[policy]\nmax_in_flight = 1000\n[agents.script]\nargv = [\"/bin/true\"]\nmax_concurrent = 1000\n" +
         "[routing]\ndefault_agent = \"script\"\n[executors.local]\nkind = \"process\"\n" +
         "workspace_root = \"work\"\nsandbox = \"none\"\n" + clones;
}

// Ten seconds between the deeds of one issue.
void make_issue(GithubStory& story, FakeClock& clock, const RepositoryName& home, const ActorRow& actor, Edit edit) {
  FakeGithub& github = story.github;
  const auto step = [&] { clock.advance(std::chrono::seconds(10)); };
  github.create_repository(home);
  const IssueRef issue = github.create_issue(home, "Say hello", "Please say hello.", "reporter");
  step();
  if (edit == Edit::before) {
    github.change_body(issue, "Please say hello, politely.", "reporter");
  }
  step();
  github.change([&](github::State&) {
    github.add_account(actor.login,
                       actor.login.ends_with("[bot]") ? github::Account::Kind::bot : github::Account::Kind::user);
  });
  github.set_role(home, actor.login, actor.role);
  github.put_label(issue, "ready-for-agent", actor.login);
  step();
  if (edit == Edit::after) {
    github.change_body(issue, "Please say goodbye.", "reporter");
  }
  if (edit == Edit::title) {
    github.change_title(issue, "Say goodbye", "reporter");
  }
  github.set_role(home, actor.login, actor.role_since);
  step();
}

// What one dry poll says of each issue, by its name.
std::map<std::string, Json> poll(GithubStory& story) {
  const auto polled = story.afk({"poll", "--dry-run", "--json"});
  INFO(polled.errors.substr(0, 4000));
  REQUIRE(polled.exit_code == 0);
  INFO(polled.output.substr(0, 3000));
  const Json result = Json::parse(polled.output);
  std::map<std::string, Json> verdicts;
  for (const Json& issue : result.at("issues")) {
    verdicts[issue.at("issue").get<std::string>()] = issue;
  }
  return verdicts;
}

// REST does not tell that a body was edited. What is hashed, and held against every later look, is what the first tick
// finds: an edit between the arming and that tick is not seen.
bool is_expected(const ActorRow& actor, Edit edit, std::string_view api) {
  const bool unseen = edit == Edit::after && api == "rest";
  return actor.trusted && (edit == Edit::none || edit == Edit::before || unseen);
}

void try_table(std::string_view api) {
  FakeClock clock;
  GithubStory story(clock);
  const std::vector<ActorRow> rows = actor_rows();
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t edit = 0; edit < std::size(edits); ++edit) {
      make_issue(story, clock, {.owner = "acme", .name = repository_name(row, edit)}, rows[row], edits[edit].first);
    }
  }
  story.github.remove_account("gone");
  story.github.inject({.fault = FakeFault::forbidden, .match = "/collaborators/uma/permission", .times = 1000});
  std::map<std::string, Json> verdicts;
  for (std::size_t edit = 0; edit < std::size(edits); ++edit) {
    story.put_private("afk.toml", render_configuration(story, rows, api, edit));
    verdicts.merge(poll(story));
  }
  fmt::print("who armed, by {}\n{:<16}", api, "");
  for (const auto& [edit, name] : edits) {
    fmt::print(" {:<16}", name);
  }
  for (std::size_t row = 0; row < rows.size(); ++row) {
    fmt::print("\n{:<16}", rows[row].kind);
    for (std::size_t edit = 0; edit < std::size(edits); ++edit) {
      const std::string issue = "acme/" + repository_name(row, edit) + "#1";
      REQUIRE(verdicts.contains(issue));
      const Json& verdict = verdicts.at(issue);
      const bool dispatched = verdict.at("verdict") == "would-dispatch";
      fmt::print(" {:<16}", dispatched ? "dispatched" : "refused");
      INFO(api << ": " << rows[row].kind << ", " << edits[edit].second << "\n" << verdict.dump(1));
      CHECK(dispatched == is_expected(rows[row], edits[edit].first, api));
      if (!rows[row].trusted && edits[edit].first == Edit::none) {
        CHECK(verdict.at("reason").get<std::string>().find(rows[row].reason) != std::string::npos);
      }
    }
  }
  fmt::print("\n");
}

} // namespace

TEST_CASE("an arming counts by who made it and by what was edited since, read by GraphQL") {
  try_table("graphql");
}

TEST_CASE("an arming counts by who made it and by what was edited since, read by REST") {
  try_table("rest");
}
