// Doorbells: recorded as owed, rung, recorded as rung.

#include <e2e/journeys/journey.hpp>

#include <support/catch.hpp>
#include <support/loopback_server.hpp>

#include <atomic>

using namespace afk::test;

namespace {

Story story_with_doorbell(const std::string& url) {
  Story story;
  story.settings = "[notify.bell]\nkind = \"webhook\"\nurl_file = \"bell-url\"\n";
  story.secrets["bell-url"] = url + "\n";
  return story;
}

} // namespace

TEST_CASE("a doorbell that nobody hears stays owed, and is rung once when somebody does", "[doorbell]") {
  std::atomic<bool> awake = false;
  const LoopbackServer server([&](const ReceivedRequest&) {
    return ServerAnswer{render_answer(awake ? "204 No Content" : "503 Service Unavailable")};
  });
  Journey journey{story_with_doorbell(server.url("/bell"))};
  journey.start();
  journey.watch(4);
  REQUIRE(server.requests().size() >= 1);
  CHECK(journey.is_closed());
  CHECK(journey.has_label("agent-in-progress")); // the lock stays as long as somebody is to be told
  const auto unheard = server.requests().size();
  awake = true;
  journey.watch_until_over();
  CHECK(journey.is_closed());
  const auto requests = server.requests();
  CHECK(requests.size() == unheard + 1);
  for (const auto& request : requests) {
    CHECK(request.method == "POST");
    CHECK(request.headers.at("idempotency-key") == requests.front().headers.at("idempotency-key"));
    CHECK(request.body == requests.front().body);
  }
  journey.watch();
  CHECK(server.requests().size() == unheard + 1);
}

TEST_CASE("a doorbell that fails for too long is given up, and the card says so", "[doorbell]") {
  Story story = story_with_doorbell(LoopbackServer::dead_url("/bell"));
  story.lifecycle = "unreachable_after = \"5s\"\n";
  Journey journey{story};
  journey.start();
  journey.watch(4);
  CHECK(journey.has_label("agent-in-progress"));
  journey.person("time passes", "sleep 5");
  journey.watch_until_over();
  CHECK(journey.is_closed());
  CHECK(journey.comments().find("bell") != std::string::npos);
}
