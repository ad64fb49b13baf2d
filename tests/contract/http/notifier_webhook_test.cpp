// Doorbells at a real receiver.

#include <afk/adapter/notifier_webhook.hpp>
#include <afk/adapter/notifier_webhook_codec.hpp>
#include <afk/http/redirect_transport.hpp>
#include <afk/http/transport_curl.hpp>

#include <support/catch.hpp>
#include <support/loopback_server.hpp>

#include <optional>

namespace afk::adapter {
namespace {

using test::LoopbackServer;
using test::ReceivedRequest;
using test::render_answer;
using test::ServerAnswer;
using End = ServerAnswer::End;

const Doorbell doorbell{.key = "afk-abcdefghijklmnopqrstuvwxyz:done",
                        .issue = {.repository = {.owner = "acme", .name = "widget"}, .number = 12},
                        .run = {"afk-abcdefghijklmnopqrstuvwxyz"},
                        .kind = Ending::done,
                        .title = "Landed",
                        .message = "The change is on the base.",
                        .link = ""};

ReceiverSettings settings_for(const std::string& url) {
  return {.name = "team", .on = {}, .url = http::parse_url(url).value(), .timeout = std::chrono::seconds(20)};
}

TEST_CASE("a receiver gets the doorbell and its key", "[webhook]") {
  LoopbackServer server([](const ReceivedRequest&) { return ServerAnswer{render_answer("202 Accepted")}; });
  http::CurlTransport transport;
  WebhookNotifier notifier(transport, settings_for(server.url("/hooks/secret")));
  REQUIRE(notifier.ring(doorbell).ok());
  const auto seen = server.requests();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].method == "POST");
  CHECK(seen[0].target == "/hooks/secret");
  CHECK(seen[0].headers.at("content-type") == "application/json");
  CHECK(seen[0].headers.at("idempotency-key") == doorbell.key);
  CHECK(seen[0].body == render_webhook_body(doorbell));

  SECTION("the same when it rings again") {
    REQUIRE(notifier.ring(doorbell).ok());
    CHECK(server.requests().at(1).headers.at("idempotency-key") == doorbell.key);
    CHECK(server.requests().at(1).body == seen[0].body);
  }
}

TEST_CASE("a receiver hears what its table asks for", "[webhook]") {
  http::CurlTransport transport;
  auto settings = settings_for("https://example.org/");
  CHECK(WebhookNotifier(transport, settings).interest(Ending::done) == Notifier::Interest::wanted);
  settings.on = {Ending::question, Ending::frozen};
  const WebhookNotifier notifier(transport, settings);
  CHECK(notifier.interest(Ending::question) == Notifier::Interest::wanted);
  CHECK(notifier.interest(Ending::frozen) == Notifier::Interest::wanted);
  CHECK(notifier.interest(Ending::done) == Notifier::Interest::none);
  CHECK(notifier.name() == "team");
}

struct RingCase {
  const char* name;
  ServerAnswer answer;
  std::optional<ErrorKind> kind; // nothing: rung
};

TEST_CASE("every answer to a doorbell has its kind of error", "[webhook]") {
  const auto row = GENERATE(values<RingCase>({
      {"200", {render_answer("200 OK")}, std::nullopt},
      {"204", {"HTTP/1.1 204 No Content\r\n\r\n"}, std::nullopt},
      {"299", {render_answer("299 Fine")}, std::nullopt},
      {"301", {render_answer("301 Moved", "", "Location: /elsewhere\r\n")}, ErrorKind::refused},
      {"307 to another place",
       {render_answer("307 Moved", "", "Location: http://127.0.0.1:9/\r\n")},
       ErrorKind::refused},
      {"400", {render_answer("400 Bad Request")}, ErrorKind::refused},
      {"401", {render_answer("401 Unauthorized")}, ErrorKind::refused},
      {"403", {render_answer("403 Forbidden")}, ErrorKind::refused},
      {"404", {render_answer("404 Not Found")}, ErrorKind::refused},
      {"408", {render_answer("408 Request Timeout")}, ErrorKind::unreachable},
      {"409", {render_answer("409 Conflict")}, ErrorKind::refused},
      {"410", {render_answer("410 Gone")}, ErrorKind::refused},
      {"413", {render_answer("413 Too Large")}, ErrorKind::refused},
      {"429", {render_answer("429 Too Many Requests", "", "Retry-After: 5\r\n")}, ErrorKind::rate_limited},
      {"499", {render_answer("499 Odd")}, ErrorKind::refused},
      {"500", {render_answer("500 Internal Server Error")}, ErrorKind::unreachable},
      {"503", {render_answer("503 Service Unavailable", "", "Retry-After: 5\r\n")}, ErrorKind::unreachable},
      {"a huge answer", {render_answer("200 OK", std::string(1 << 20, 'x'))}, ErrorKind::unreachable},
      {"garbage", {"\x16\x03\x01garbage\r\n\r\n"}, ErrorKind::unreachable},
      {"closed", {""}, ErrorKind::unreachable},
      {"reset", {"", End::reset}, ErrorKind::unreachable},
      {"closed in the middle", {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"}, ErrorKind::unreachable},
      {"slow", {"", End::hang}, ErrorKind::unreachable},
  }));
  CAPTURE(row.name);
  LoopbackServer server([&row](const ReceivedRequest&) { return row.answer; });
  http::CurlTransport transport;
  auto settings = settings_for(server.url("/hooks/secret"));
  if (row.answer.end == End::hang) {
    settings.timeout = std::chrono::milliseconds(300);
  }
  WebhookNotifier notifier(transport, settings);
  const auto rung = notifier.ring(doorbell);
  if (!row.kind) {
    CHECK(rung.ok());
    return;
  }
  REQUIRE_FALSE(rung.ok());
  CHECK(rung.error().kind == *row.kind);
  CHECK(rung.error().is_transient() == (*row.kind != ErrorKind::refused));
  CHECK(rung.error().message.find("secret") == std::string::npos);
  CHECK(rung.error().message.find("127.0.0.1") != std::string::npos);
  const bool asks_to_wait = row.answer.bytes.find("Retry-After") != std::string::npos;
  CHECK(rung.error().retry_after.has_value() == asks_to_wait);
}

TEST_CASE("a doorbell does not follow its receiver elsewhere", "[webhook]") {
  LoopbackServer elsewhere([](const ReceivedRequest&) { return ServerAnswer{render_answer("200 OK")}; });
  LoopbackServer server([&](const ReceivedRequest&) {
    return ServerAnswer{render_answer("308 Moved", "", "Location: " + elsewhere.url("/stolen") + "\r\n")};
  });
  http::CurlTransport curl;
  http::RedirectTransport transport(curl);
  const auto rung = WebhookNotifier(transport, settings_for(server.url("/hooks/secret"))).ring(doorbell);
  REQUIRE_FALSE(rung.ok());
  CHECK(rung.error().kind == ErrorKind::refused); // a person has to change the address
  CHECK(rung.error().message.find("secret") == std::string::npos);
  CHECK(elsewhere.connections() == 0);
}

TEST_CASE("a receiver that is not there", "[webhook]") {
  http::CurlTransport transport;
  WebhookNotifier notifier(transport, settings_for(LoopbackServer::dead_url("/hooks/secret")));
  const auto rung = notifier.ring(doorbell);
  REQUIRE_FALSE(rung.ok());
  CHECK(rung.error().kind == ErrorKind::unreachable);
  CHECK(rung.error().message.find("secret") == std::string::npos);
}

} // namespace
} // namespace afk::adapter
