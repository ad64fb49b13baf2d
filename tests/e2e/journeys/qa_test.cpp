// The gate that finds its commands by itself: told by what stands at the root of the head that would land.
#include <e2e/journeys/journey.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>

using namespace afk::test;

namespace {

// Wrong at first; it learns from the test's output, as it is handed on.
const char* const project_agent = R"(
word=helo
if grep -q 'the greeting has to be hello' "$ORDER/FAILURE.txt" 2>/dev/null; then word=hello; fi
echo "$word" > greeting.txt
printf '%s\n' 'cmake_minimum_required(VERSION 3.16)' 'project(greeting NONE)' 'enable_testing()' \
  'add_test(NAME greeting COMMAND sh ${CMAKE_SOURCE_DIR}/greeting-test.sh)' > CMakeLists.txt
printf '%s\n' 'grep -qx hello "$(dirname "$0")/greeting.txt" && exit' \
  'echo the greeting has to be hello' 'exit 1' > greeting-test.sh
git add --all
git commit --quiet --message "Say $word"
)";

} // namespace

TEST_CASE("QA recognises the language of the head, and red QA is a fix turn", "[qa]") {
  Story story;
  story.agent = project_agent;
  story.check = "true\n";
  story.settings = "[qa]\nmode = \"auto\"\n";
  Journey journey{story};
  journey.start();
  journey.watch_until_over();
  CHECK(journey.is_closed());
  CHECK(get_file(journey.root() + "/app/greeting.txt") == "hello\n");
  CHECK(journey.comments().find("fix") != std::string::npos);
}

TEST_CASE("QA that recognises nothing publishes nothing, and tells a person what to write", "[qa]") {
  Story story;
  story.check = "true\n";
  story.settings = "[qa]\nmode = \"auto\"\n";
  story.lifecycle = "unreachable_after = \"1s\"\n";
  Journey journey{story};
  journey.start();
  CHECK(journey.afk({"watch"}) == 1);
  CHECK_FALSE(journey.has_label("ready-for-human")); // there is some time to write it
  journey.person("wait", "sleep 1.2");
  journey.watch_until_over();
  CHECK_FALSE(journey.is_closed());
  CHECK(journey.has_label("ready-for-human"));
  CHECK(get_file(journey.root() + "/app/greeting.txt") == "nothing\n");
  CHECK(journey.comments().find("qa.mode") != std::string::npos);
  CHECK(journey.comments().find("go, php, node") != std::string::npos);
}
