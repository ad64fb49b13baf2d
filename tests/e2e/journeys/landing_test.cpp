// How a run's work reaches the base, whatever lies in the way there.

#include <e2e/journeys/journey.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>

using namespace afk::test;

TEST_CASE("a base that is checked out moves with its clean work tree", "[landing]") {
  Journey journey{Story{}};
  journey.start();
  journey.watch_until_over();
  CHECK(journey.is_closed());
  CHECK(get_file(journey.root() + "/app/greeting.txt") == "hello\n");
  journey.check_transcript("clean-work-tree.txt");
}

TEST_CASE("a base whose work tree is dirty goes to a person, who finds it as it was", "[landing]") {
  Journey journey{Story{}};
  journey.start();
  journey.person("somebody edits the base where it is checked out", "echo draft > app/greeting.txt");
  journey.watch_until_over();
  CHECK_FALSE(journey.is_closed());
  CHECK(journey.has_label("ready-for-human"));
  CHECK(get_file(journey.root() + "/app/greeting.txt") == "draft\n");
  journey.check_transcript("dirty-work-tree.txt");
}

TEST_CASE("a work tree that is tidied up in time gets the work", "[landing]") {
  Story story;
  story.turn_end_grace = "1h"; // the patience with it
  Journey journey{story};
  journey.start();
  journey.person("somebody edits the base where it is checked out", "echo draft > app/greeting.txt");
  journey.watch(3);
  CHECK_FALSE(journey.is_closed());
  journey.person("and takes it back", "git -C app checkout --quiet greeting.txt");
  journey.watch_until_over();
  CHECK(journey.is_closed());
  CHECK(get_file(journey.root() + "/app/greeting.txt") == "hello\n");
  journey.check_transcript("tidied-work-tree.txt");
}

TEST_CASE("a base that moved after the work was verified is merged in and verified again", "[landing]") {
  Journey journey{Story{}};
  journey.start();
  journey.watch();
  journey.person("somebody commits to the base",
                 "cd app; echo more > other.txt; git add .; git commit --quiet -m 'Add more'");
  journey.watch_until_over();
  CHECK(journey.is_closed());
  CHECK(get_file(journey.root() + "/app/greeting.txt") == "hello\n");
  CHECK(get_file(journey.root() + "/app/other.txt") == "more\n");
  journey.check_transcript("base-moved.txt");
}

TEST_CASE("a base that moved into a conflict is the agent's to merge", "[landing]") {
  Story story;
  story.agent = R"(if grep -q 'rebase turn' "$AFK_PROMPT_FILE"; then
  git merge --quiet origin/main > /dev/null || true
  printf 'hello\nworld\n' > greeting.txt
  git commit --quiet --all --message 'Keep both greetings'
else
  echo hello > greeting.txt
  git commit --quiet --all --message 'Say hello'
fi
)";
  Journey journey{story};
  journey.start();
  journey.watch();
  journey.person("somebody commits to the same line",
                 "cd app; echo world > greeting.txt; git commit --quiet -am 'Greet the world'");
  journey.watch_until_over();
  CHECK(journey.is_closed());
  CHECK(get_file(journey.root() + "/app/greeting.txt") == "hello\nworld\n");
  journey.check_transcript("base-moved-with-conflict.txt");
}

TEST_CASE("a conflict that the agent does not resolve goes to a person", "[landing]") {
  Story story;
  story.agent = "echo hello > greeting.txt\ngit commit --quiet --all --message 'Say hello' || true\n";
  story.lifecycle = "fix_forward_max_attempts = 1\n";
  Journey journey{story};
  journey.start();
  journey.watch();
  journey.person("somebody commits to the same line",
                 "cd app; echo world > greeting.txt; git commit --quiet -am 'Greet the world'");
  journey.watch_until_over();
  CHECK_FALSE(journey.is_closed());
  CHECK(journey.has_label("ready-for-human"));
  CHECK(get_file(journey.root() + "/app/greeting.txt") == "world\n");
  journey.check_transcript("conflict-stays.txt");
}

namespace {

// Writes a wrong word first, and in the fix turn the one that the failing command's output asks for.
const char* const learning_agent = R"(word=helo
if [ -s "$ORDER/FAILURE.txt" ]; then
  word=$(sed -n 's/^greeting.txt: must be //p' "$ORDER/FAILURE.txt")
fi
echo "$word" > greeting.txt
git commit --quiet --all --message "Say $word"
)";

const char* const judging_check = "grep -qx hello greeting.txt || { echo 'greeting.txt: must be hello'; exit 1; }\n";

} // namespace

TEST_CASE("red check commands order a fix turn with their output", "[landing]") {
  Story story;
  story.agent = learning_agent;
  story.check = judging_check;
  Journey journey{story};
  journey.start();
  journey.watch_until_over();
  CHECK(journey.is_closed());
  CHECK(get_file(journey.root() + "/app/greeting.txt") == "hello\n");
  journey.check_transcript("checks-red.txt");
}

TEST_CASE("red QA orders a fix turn with its output, and no check runs before", "[landing]") {
  Story story;
  story.agent = learning_agent;
  story.check = "test \"$(cat greeting.txt)\" = hello || { echo 'no check runs where QA is red'; exit 1; }\n";
  story.settings = "[qa]\nmode = \"commands\"\n"
                   "commands = [\"grep -qx hello greeting.txt || { echo 'greeting.txt: must be hello'; exit 1; }\"]\n";
  Journey journey{story};
  journey.start();
  journey.watch_until_over();
  CHECK(journey.is_closed());
  CHECK(get_file(journey.root() + "/app/greeting.txt") == "hello\n");
  journey.check_transcript("qa-red.txt");
}

TEST_CASE("checks that stay red freeze the run, and the base stays as it was", "[landing]") {
  Story story;
  story.agent = "echo helo >> greeting.txt\ngit commit --quiet --all --message 'Say helo'\n";
  story.lifecycle = "fix_forward_max_attempts = 2\n";
  Journey journey{story};
  journey.start();
  journey.watch_until_over();
  CHECK_FALSE(journey.is_closed());
  CHECK(journey.has_label("ready-for-human"));
  CHECK(get_file(journey.root() + "/app/greeting.txt") == "nothing\n");
  journey.check_transcript("frozen.txt");
}

TEST_CASE("work that touches a protected path is not published", "[landing]") {
  Story story;
  story.agent = "mkdir -p .github\necho 'on: push' > .github/ci.yml\necho hello > greeting.txt\n"
                "git add --all\ngit commit --quiet --message 'Say hello everywhere'\n";
  Journey journey{story};
  journey.start();
  journey.watch_until_over();
  CHECK_FALSE(journey.is_closed());
  CHECK(journey.has_label("ready-for-human"));
  CHECK(get_file(journey.root() + "/app/greeting.txt") == "nothing\n");
  journey.check_transcript("protected-path.txt");
}
