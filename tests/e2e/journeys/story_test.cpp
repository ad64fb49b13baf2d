// What a run can meet besides its work: gates, people, questions, and an agent that goes away.

#include <e2e/journeys/journey.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>

using namespace afk::test;

namespace {

// The agent of turns that are over only when the test says so. It never outlives its story.
const char* const waiting_agent = R"(waited=0
while [ ! -e "$WORLD/go" ] && [ "$waited" -lt 600 ]; do
  sleep 0.05
  waited=$((waited + 1))
done
echo hello > greeting.txt
git commit --quiet --all --message 'Say hello'
)";

} // namespace

TEST_CASE("a blocked issue waits for the one that blocks it", "[story]") {
  Journey journey{Story{}};
  journey.add_issue(2, "blocked_by = [\"#1\"]\n");
  journey.start();
  CHECK_FALSE(journey.has_label("agent-in-progress", 2));
  journey.watch_until_over();
  REQUIRE(journey.is_closed());
  journey.afk({"poll", "--log-level", "info"});
  CHECK(journey.has_label("agent-in-progress", 2));
  journey.check_transcript("blocked-issue.txt");
}

TEST_CASE("why names every gate that keeps an issue back", "[story]") {
  Journey journey{Story{}};
  journey.add_issue(2, "blocked_by = [\"#1\"]\n");
  journey.afk({"why", "acme/app#1"});
  journey.afk({"why", "acme/app#2"});
  CHECK_FALSE(journey.has_label("agent-in-progress", 1));
  journey.check_transcript("why.txt");
}

TEST_CASE("an issue that nobody trusted armed is left alone", "[story]") {
  Story story;
  story.labeler = "mallory";
  Journey journey{story};
  journey.afk({"poll", "--dry-run"});
  journey.afk({"poll", "--log-level", "info"});
  CHECK_FALSE(journey.has_label("agent-in-progress"));
  CHECK(journey.has_label("ready-for-agent"));
  journey.check_transcript("untrusted-arming.txt");
}

TEST_CASE("a question parks the run, and its answer goes to the agent", "[story]") {
  Story story;
  story.agent = R"(if [ ! -s "$ORDER/ANSWER.txt" ]; then
  printf '{"result": "blocked", "question": "Which word?"}' > "$AFK_REPORT"
  exit 0
fi
head -n 1 "$ORDER/ANSWER.txt" > greeting.txt
git commit --quiet --all --message 'Say what was answered'
)";
  Journey journey{story};
  journey.start();
  journey.watch_until_over();
  CHECK(journey.has_label("needs-info"));
  CHECK(journey.has_label("ready-for-agent"));
  journey.person("Mallory answers, and nobody asked her",
                 "printf '+++\\nauthor = \"mallory\"\\n+++\\n\\ngoodbye\\n' > tracker/acme/app/1.comments/mallory.md");
  journey.person("Ada answers and takes the question label off",
                 "printf '+++\\nauthor = \"ada\"\\n+++\\n\\nhello\\n' > tracker/acme/app/1.comments/ada.md\n"
                 "sed -i 's/, \"needs-info\"//; s/\"needs-info\", //' tracker/acme/app/1.md");
  journey.afk({"poll", "--log-level", "info"});
  REQUIRE(journey.has_label("agent-in-progress"));
  journey.watch_until_over();
  CHECK(journey.is_closed());
  CHECK(get_file(journey.root() + "/app/greeting.txt") == "hello\n");
  journey.check_transcript("question-and-answer.txt");
}

TEST_CASE("stop interrupts the agent and hands its issue over; requeue arms a new run", "[story]") {
  Story story;
  story.agent = waiting_agent;
  story.settings = "[limits]\ntick_deadline = \"5s\"\n";
  Journey journey{story};
  journey.afk_beside_agents({"poll", "--log-level", "info"});
  REQUIRE(journey.has_label("agent-in-progress"));
  CHECK(journey.afk_beside_agents({"requeue", "acme/app#1"}) == 1);
  CHECK(journey.afk({"stop", "acme/app#1"}) == 0);
  CHECK(journey.has_label("ready-for-human"));
  CHECK_FALSE(journey.has_label("agent-in-progress"));
  CHECK_FALSE(journey.has_label("ready-for-agent"));
  CHECK(journey.afk({"stop", "acme/app#1"}) == 1);
  CHECK(journey.afk({"stop", "acme/app#7"}) == 2);

  journey.person("the agents need not wait any more", "touch go");
  CHECK(journey.afk({"requeue", "acme/app#1"}) == 0);
  CHECK_FALSE(journey.has_label("ready-for-human"));
  journey.person("what is armed again rests until no older tick can be alive", "sleep 6");
  const auto before = names_in(journey.root() + "/work/runs");
  journey.start();
  const auto after = names_in(journey.root() + "/work/runs");
  REQUIRE(after.size() == 2);
  journey.hide_run(after.front() == before.front() ? after.back() : after.front());
  journey.watch_until_over();
  CHECK(journey.is_closed());
  journey.check_transcript("stop-and-requeue.txt");
}

TEST_CASE("a paused run goes on where it was", "[story]") {
  Journey journey{Story{}};
  journey.start();
  journey.person("Ada pauses the run", "sed -i 's/^labels = \\[/labels = [\"paused\", /' tracker/acme/app/1.md");
  journey.watch(2);
  CHECK(journey.has_label("agent-in-progress"));
  journey.person("and lets it go on", "sed -i 's/\"paused\", //; s/, \"paused\"//' tracker/acme/app/1.md");
  journey.watch_until_over();
  CHECK(journey.is_closed());
  journey.check_transcript("paused.txt");
}

TEST_CASE("with the kill switch on a run waits, and its base does not move", "[story]") {
  Journey journey{Story{}};
  journey.start();
  journey.person("somebody pulls the switch", "echo on > kill-switch");
  journey.watch(2);
  journey.afk({"poll", "--log-level", "debug"});
  journey.person("an unreadable switch is on", "echo perhaps > kill-switch");
  journey.watch();
  journey.person("and so is a missing one", "rm kill-switch");
  journey.watch();
  CHECK(get_file(journey.root() + "/app/greeting.txt") == "nothing\n");
  journey.person("the switch is off", "echo off > kill-switch");
  journey.watch_until_over();
  CHECK(journey.is_closed());
  journey.check_transcript("kill-switch.txt");
}

TEST_CASE("a run whose agent vanished starts over once", "[story]") {
  Story story;
  story.agent = "case $AFK_TURN in redispatch-*) touch \"$WORLD/go\" ;; *) touch \"$WORLD/waits\" ;; esac\n";
  story.agent += waiting_agent;
  Journey journey{story};
  journey.afk_beside_agents({"poll", "--log-level", "info"});
  journey.person("the supervisor is killed, and the agent with it",
                 "until [ -e waits ]; do sleep 0.05; done\n"
                 "for file in /proc/[0-9]*/cmdline; do\n"
                 "  case $(tr '\\0' ' ' < $file 2> /dev/null) in\n"
                 "  *\" supervise $PWD/\"*) kill -9 $(echo $file | cut -d / -f 3) ;;\n"
                 "  esac\n"
                 "done");
  journey.wait_until_idle();
  journey.watch_until_over();
  CHECK(journey.is_closed());
  journey.check_transcript("vanished.txt");
}

TEST_CASE("an agent that finds nothing to do hands the issue over", "[story]") {
  Story story;
  story.agent = "printf '{\"result\": \"nothing-to-do\", \"step\": \"It says hello already\"}' > \"$AFK_REPORT\"\n";
  Journey journey{story};
  journey.start();
  journey.watch_until_over();
  CHECK(journey.has_label("ready-for-human"));
  CHECK_FALSE(journey.is_closed());
  journey.check_transcript("nothing-to-do.txt");
}

TEST_CASE("a person who takes the in-progress label off ends the run", "[story]") {
  Story story;
  story.agent = waiting_agent;
  Journey journey{story};
  journey.afk_beside_agents({"poll", "--log-level", "info"});
  journey.person("Ada takes the issue back",
                 "sed -i 's/, \"agent-in-progress\"//; s/\"agent-in-progress\", //' tracker/acme/app/1.md");
  journey.watch(2);
  journey.afk({"poll", "--log-level", "info"});
  CHECK_FALSE(journey.has_label("agent-in-progress"));
  CHECK_FALSE(journey.has_label("ready-for-agent"));
  CHECK_FALSE(journey.has_label("ready-for-human"));
  CHECK(get_file(journey.root() + "/app/greeting.txt") == "nothing\n");
  journey.check_transcript("taken-back.txt");
}
