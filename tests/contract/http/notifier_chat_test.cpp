// Slack's webhooks and ntfy's topics as their servers behave: what they refuse, and what acts in their texts.

#include <afk/adapter/notifier_ntfy.hpp>
#include <afk/adapter/notifier_ntfy_codec.hpp>
#include <afk/adapter/notifier_slack.hpp>
#include <afk/adapter/notifier_slack_codec.hpp>
#include <afk/core/utf8.hpp>
#include <afk/http/transport_curl.hpp>

#include <nlohmann/json.hpp>

#include <support/catch.hpp>
#include <support/hostile_text.hpp>
#include <support/loopback_server.hpp>

#include <optional>

namespace afk::adapter {
namespace {

using nlohmann::json;
using test::LoopbackServer;
using test::ReceivedRequest;
using test::render_answer;
using test::ServerAnswer;

Doorbell make_doorbell(std::string title, std::string message) {
  return {.key = "afk-abcdefghijklmnopqrstuvwxyz:frozen",
          .issue = {.repository = {.owner = "acme", .name = "widget"}, .number = 12},
          .run = {"afk-abcdefghijklmnopqrstuvwxyz"},
          .kind = Ending::frozen,
          .title = std::move(title),
          .message = std::move(message),
          .link = "https://forge.example/acme/widget/issues/12"};
}

ReceiverSettings receiver(const std::string& url) {
  return {.name = "team", .on = {}, .url = http::parse_url(url).value(), .timeout = std::chrono::seconds(20)};
}

// The connection stays open for the next ring.
ServerAnswer stay(std::string bytes) {
  return {std::move(bytes), ServerAnswer::End::keep};
}

// A webhook of Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, "Handling errors".
ServerAnswer answer_as_slack(const ReceivedRequest& request) {
  const json body = json::parse(request.body, nullptr, false);
  if (request.target == "/services/gone")
    return stay(render_answer("404 Not Found", "no_service"));
  if (request.target == "/services/archived")
    return stay(render_answer("410 Gone", "channel_is_archived"));
  if (request.target == "/services/forbidden")
    return stay(render_answer("403 Forbidden", "invalid_token"));
  if (body.is_discarded() || !body.is_object())
    return stay(render_answer("400 Bad Request", "invalid_payload"));
  if (!body.contains("text") || !body["text"].is_string() || body["text"].get<std::string>().empty())
    return stay(render_answer("400 Bad Request", "no_text"));
  return stay(render_answer("200 OK", "ok"));
}

// A server of ntfy: bodies of 4,096 bytes are refused, a topic is what stands before the first '/' of a path, JSON goes
// to the root, priorities are 1 to 5.
class Ntfy {
 public:
  ServerAnswer answer(const ReceivedRequest& request) {
    if (request.body.size() >= 4096)
      return stay(render_answer("413 Request Entity Too Large", R"({"code":41301})"));
    const std::string path = request.target.substr(0, request.target.find('?'));
    if (path != "/") {
      topic = path.substr(1, path.find('/', 1) - 1);
      return stay(render_answer("200 OK", "{}"));
    }
    const json body = json::parse(request.body, nullptr, false);
    if (body.is_discarded() || !body.contains("topic"))
      return stay(render_answer("400 Bad Request", R"({"code":40024})"));
    if (body.value("priority", 3) < 1 || body.value("priority", 3) > 5)
      return stay(render_answer("400 Bad Request", R"({"code":40007})"));
    if (body["topic"] == "closed")
      return stay(render_answer("403 Forbidden", R"({"code":40301})"));
    topic = body["topic"];
    message = body["message"];
    return stay(render_answer("200 OK", "{}"));
  }

  std::string topic;
  std::string message;
};

TEST_CASE("Slack gets a text in which nothing acts", "[slack]") {
  LoopbackServer server(answer_as_slack);
  http::CurlTransport transport;
  SlackNotifier notifier(transport, receiver(server.url("/services/T0/B0/secret")));
  REQUIRE(notifier.ring(make_doorbell("Frozen: <!channel> & <@U123>", "See <https://evil.example|the issue>\n")).ok());
  const json body = json::parse(server.requests().at(0).body);
  const std::string text = body["text"];
  CHECK(text.find("&lt;!channel&gt; &amp; &lt;@U123&gt;") != std::string::npos);
  CHECK(text.find("&lt;https://evil.example|the issue&gt;") != std::string::npos);
  CHECK(text.find_first_of("<>") == std::string::npos);
  CHECK(text.find("https://forge.example/acme/widget/issues/12") != std::string::npos);
  CHECK(body["mrkdwn"] == false);
  CHECK(server.requests().at(0).headers.at("content-type") == "application/json");
}

TEST_CASE("Slack is never sent a message without text, nor one that is too long", "[slack]") {
  LoopbackServer server(answer_as_slack);
  http::CurlTransport transport;
  SlackNotifier notifier(transport, receiver(server.url("/services/T0/B0/secret")));
  Doorbell empty = make_doorbell("", "");
  empty.link.clear();
  CHECK(notifier.ring(empty).ok());
  std::string penguins;
  for (int count = 0; count < 5000; ++count)
    penguins += "\xF0\x9F\x90\xA7";
  CHECK(notifier.ring(make_doorbell("Long", penguins)).ok());
  const std::string text = json::parse(server.requests().at(1).body)["text"];
  CHECK(text.size() <= longest_slack_text);
  CHECK(is_valid_utf8(text));
}

struct SlackRefusal {
  const char* target;
  const char* word;
};

TEST_CASE("a refusal of Slack's is told in its own word", "[slack]") {
  const auto row = GENERATE(values<SlackRefusal>({{"/services/gone", "no_service"},
                                                  {"/services/archived", "channel_is_archived"},
                                                  {"/services/forbidden", "invalid_token"}}));
  LoopbackServer server(answer_as_slack);
  http::CurlTransport transport;
  SlackNotifier notifier(transport, receiver(server.url(row.target)));
  const auto rung = notifier.ring(make_doorbell("Title", "Message"));
  REQUIRE_FALSE(rung.ok());
  CHECK(rung.error().kind == ErrorKind::refused);
  CHECK(rung.error().message.find(row.word) != std::string::npos);
  CHECK(rung.error().message.find("/services") == std::string::npos);
}

TEST_CASE("ntfy gets JSON at its root, with the topic inside", "[ntfy]") {
  Ntfy ntfy;
  LoopbackServer server([&](const ReceivedRequest& request) { return ntfy.answer(request); });
  http::CurlTransport transport;
  const ReceiverSettings settings = receiver(server.url("/afk_team?auth=QmVhcmVy"));
  NtfyNotifier notifier(transport, settings, parse_ntfy_topic(settings.url).value());
  REQUIRE(notifier.ring(make_doorbell("Frozen", "The checks stayed red.")).ok());
  CHECK(ntfy.topic == "afk_team");
  CHECK(ntfy.message == "The checks stayed red.");
  const auto seen = server.requests().at(0);
  CHECK(seen.target == "/?auth=QmVhcmVy");
  const json body = json::parse(seen.body);
  CHECK(body["priority"] == 5);
  CHECK(body["click"] == "https://forge.example/acme/widget/issues/12");
}

TEST_CASE("a topic is one part of a path and nothing else", "[ntfy]") {
  for (const char* good : {"https://ntfy.example/topic", "https://ntfy.example/Topic_1-2?auth=x"})
    CHECK(parse_ntfy_topic(http::parse_url(good).value()).ok());
  for (const char* bad : {"https://ntfy.example/", "https://ntfy.example/a/b", "https://ntfy.example/a/",
                          "https://ntfy.example//a", "https://ntfy.example/%2e", "https://ntfy.example/?auth=x"}) {
    const auto topic = parse_ntfy_topic(http::parse_url(bad).value());
    REQUIRE_FALSE(topic.ok());
    CHECK(topic.error().kind == ErrorKind::configuration);
    CHECK(topic.error().message.find("ntfy.example") == std::string::npos);
  }
}

TEST_CASE("a body is cut so that ntfy takes it, whatever its characters need", "[ntfy]") {
  Ntfy ntfy;
  LoopbackServer server([&](const ReceivedRequest& request) { return ntfy.answer(request); });
  http::CurlTransport transport;
  const ReceiverSettings settings = receiver(server.url("/topic"));
  NtfyNotifier notifier(transport, settings, parse_ntfy_topic(settings.url).value());
  for (const std::string unit : {"x", "\xC3\xA9", "\xF0\x9F\x90\xA7", "\"", "\\", "\n", "\xFF"}) {
    for (const std::size_t count : {std::size_t{100}, std::size_t{3900}, std::size_t{4096}, std::size_t{70'000}}) {
      std::string message;
      for (std::size_t index = 0; index < count; ++index)
        message += unit;
      CAPTURE(unit, count);
      REQUIRE(notifier.ring(make_doorbell("Title", message)).ok());
      const std::string body = server.requests().back().body;
      CHECK(body.size() <= longest_ntfy_body);
      CHECK(is_valid_utf8(body));
      if (count == 70'000 && unit != "\n")
        CHECK(body.size() > longest_ntfy_body - 16); // and no more than needed
    }
  }
}

TEST_CASE("a topic that is closed to us is refused, and every kind has a priority that ntfy knows", "[ntfy]") {
  Ntfy ntfy;
  LoopbackServer server([&](const ReceivedRequest& request) { return ntfy.answer(request); });
  http::CurlTransport transport;
  const ReceiverSettings settings = receiver(server.url("/closed"));
  NtfyNotifier closed(transport, settings, parse_ntfy_topic(settings.url).value());
  CHECK(closed.ring(make_doorbell("Title", "Message")).error().kind == ErrorKind::refused);
  for (int kind = 0; kind <= static_cast<int>(Ending::stood_down); ++kind) {
    const int priority = derive_ntfy_priority(static_cast<Ending>(kind));
    CHECK(priority >= 3);
    CHECK(priority <= 5);
  }
}

TEST_CASE("hostile texts neither ping in Slack nor break a body", "[slack][ntfy]") {
  for (const auto& text : test::hostile_texts()) {
    const Doorbell doorbell = make_doorbell(std::string(text), std::string(text));
    const json slack = json::parse(render_slack_body(doorbell), nullptr, false);
    REQUIRE_FALSE(slack.is_discarded());
    CHECK(slack["text"].get<std::string>().find_first_of("<>") == std::string::npos);
    const std::string ntfy = render_ntfy_body(doorbell, "topic");
    CHECK(ntfy.size() <= longest_ntfy_body);
    CHECK_FALSE(json::parse(ntfy, nullptr, false).is_discarded());
  }
}

} // namespace
} // namespace afk::adapter
