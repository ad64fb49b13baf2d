// Runs whose agents work at a T3 Code server that shares its disk with afk.

#include <e2e/journeys/journey.hpp>

#include <afk/adapter/commands_posix.hpp>

#include <support/catch.hpp>
#include <support/fake_t3_server.hpp>
#include <support/files.hpp>

#include <chrono>
#include <functional>
#include <stdexcept>
#include <utility>

using namespace afk;
using namespace afk::test;

namespace {

// What an agent does in its clone, in a shell; `order` is the message that it got.
void work(const FakeT3::Turn& turn, const std::string& shell) {
  CommandLine command;
  command.argv = {"sh", "-euc", shell};
  command.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                         {"HOME", "/nonexistent"},
                         {"GIT_AUTHOR_DATE", "2026-01-02T00:00:00Z"},
                         {"GIT_COMMITTER_DATE", "2026-01-02T00:00:00Z"}};
  command.working_folder = turn.worktree;
  adapter::PosixCommands commands;
  const auto output = commands.run(command);
  if (!output.ok() || output->exit_code != 0)
    throw std::runtime_error(output.ok() ? output->standard_error : output.error().message);
}

constexpr const char* says_hello = "echo hello > greeting.txt\ngit commit --quiet --all --message 'Say hello'\n";

using Agent = std::function<void(FakeT3& server, const FakeT3::Turn& turn)>;

// The server, and a story whose agents are its.
class Studio {
 public:
  explicit Studio(Agent agent, FakeT3::Setup setup = {})
      : server_(complete(std::move(setup), std::move(agent))), loopback_(serve_t3(server_)) {}

  FakeT3& server() { return server_; }

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(loopback_.port()); }

  [[nodiscard]] Story story() const {
    Story story;
    story.executor = "[agents.script]\nexecutor = \"studio\"\n[executors.studio]\nkind = \"t3\"\nurl = \"" + url() +
                     "\"\ntoken_file = \"t3-token\"\ninstance_id = \"codex\"\nmodel = \"gpt-5.6-sol\"\n"
                     "workspace_root = \"ROOT/work\"\nsandbox = \"none\"\n";
    story.secrets = {{"t3-token", "claims.signature\n"}};
    return story;
  }

 private:
  static FakeT3::Setup complete(FakeT3::Setup setup, Agent agent) {
    setup.now = [] { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); };
    setup.agent = std::move(agent);
    return setup;
  }

  FakeT3 server_;
  LoopbackServer loopback_;
};

// Where the server listens differs each time.
void hide_server(Journey& journey, const Studio& studio) {
  journey.hide(studio.url(), "<t3>");
}

} // namespace

TEST_CASE("a run at a T3 Code server, a fix turn included", "[t3]") {
  Studio studio([](FakeT3& server, const FakeT3::Turn& turn) {
    const bool fixes = turn.message.find(":fix-") != std::string::npos;
    work(turn, fixes ? says_hello : "echo hallo > greeting.txt\ngit commit --quiet --all --message 'Say hallo'\n");
    server.say(turn.thread, "Done.\n\n```afk-report\n{\"result\": \"done\", \"step\": \"said it\"}\n```\n");
    server.finish(turn.thread);
  });
  Journey journey{studio.story()};
  hide_server(journey, studio);
  journey.start();
  journey.afk({"status"});
  journey.watch_until_over();
  CHECK(journey.is_closed());
  CHECK(get_file(journey.root() + "/app/greeting.txt") == "hello\n");
  CHECK(studio.server().all_starts() == 2);
  REQUIRE(studio.server().threads().size() == 1);
  CHECK(studio.server().is_archived(studio.server().threads().front()));
  journey.check_transcript("t3.txt");
}

TEST_CASE("a question of a live turn is parked, and its answer goes to the turn that waits", "[t3]") {
  FakeT3::Setup setup;
  std::string worktree;
  setup.hear = [&](FakeT3& server, const std::string& thread, const std::string& answer) {
    work({thread, "", "", worktree}, answer.find("hello") == std::string::npos ? "exit 1" : says_hello);
    server.say(thread, "Said it.");
    server.finish(thread);
  };
  Studio studio(
      [&](FakeT3& server, const FakeT3::Turn& turn) {
        worktree = turn.worktree;
        server.ask_input(turn.thread, {{{"id", "word"},
                                        {"header", "Word"},
                                        {"question", "Which word? <!channel> @all"},
                                        {"options", {{{"label", "hello"}, {"description", "a greeting"}}}}}});
      },
      setup);
  Journey journey{studio.story()};
  hide_server(journey, studio);
  journey.start();
  journey.watch_until_over();
  CHECK(journey.has_label("needs-info"));
  CHECK(journey.comments().find("Which word?") != std::string::npos);
  journey.person("Ada answers and takes the question label off",
                 "printf '+++\\nauthor = \"ada\"\\n+++\\n\\nHello\\n' > tracker/acme/app/1.comments/ada.md\n"
                 "sed -i 's/, \"needs-info\"//; s/\"needs-info\", //' tracker/acme/app/1.md");
  journey.afk({"poll", "--log-level", "info"});
  REQUIRE(journey.has_label("agent-in-progress"));
  journey.watch_until_over();
  CHECK(journey.is_closed());
  CHECK(get_file(journey.root() + "/app/greeting.txt") == "hello\n");
  CHECK(studio.server().all_starts() == 1);
  journey.check_transcript("t3-question.txt");
}

TEST_CASE("what the doctor proves of a T3 Code server", "[t3]") {
  const auto examine = [&](FakeT3::Setup setup) {
    Studio studio([](FakeT3&, const FakeT3::Turn&) {}, std::move(setup));
    Journey journey{studio.story()};
    hide_server(journey, studio);
    journey.afk({"doctor"});
    return journey.transcript();
  };
  SECTION("all is well") {
    const std::string said = examine({});
    CHECK(said.find("T3 Code 0.0.33, orchestration protocol 1") != std::string::npos);
    CHECK(said.find("the token is taken") != std::string::npos);
    CHECK(said.find("the first run makes a project for acme/app") != std::string::npos);
    CHECK(said.find("claims.signature") == std::string::npos);
  }
  SECTION("a token that may only read") {
    FakeT3::Setup setup;
    setup.scopes = {"orchestration:read"};
    CHECK(examine(setup).find("the token lacks the scope orchestration:operate") != std::string::npos);
  }
  SECTION("a token that ends tomorrow") {
    FakeT3::Setup setup;
    setup.token_ends_at = std::chrono::floor<Duration>(std::chrono::system_clock::now()) + std::chrono::hours(24);
    CHECK(examine(setup).find("the token is taken until") != std::string::npos);
    CHECK(examine(setup).find("t3 auth session issue") != std::string::npos);
  }
  SECTION("another token") {
    FakeT3::Setup setup;
    setup.token = "another.token";
    CHECK(examine(setup).find("t3 auth session issue") != std::string::npos);
  }
  SECTION("protocol 2") {
    FakeT3::Setup setup;
    setup.protocol = 2;
    CHECK(examine(setup).find("orchestration protocol 2") != std::string::npos);
  }
}

TEST_CASE("every tick warns of a token that has ended by its own claims", "[t3]") {
  FakeT3::Setup setup;
  setup.token = "eyJleHAiOjEwMDAwMDAwMDAwMDB9.c2lnbmF0dXJl"; // {"exp":1000000000000}
  Studio studio([](FakeT3&, const FakeT3::Turn&) {}, setup);
  Story story = studio.story();
  story.secrets = {{"t3-token", setup.token + "\n"}};
  Journey journey{std::move(story)};
  hide_server(journey, studio);
  journey.afk({"poll"});
  CHECK(journey.transcript().find("its token ended at 2001-09-09T01:46:40Z") != std::string::npos);
  CHECK(journey.transcript().find(setup.token) == std::string::npos);
}
