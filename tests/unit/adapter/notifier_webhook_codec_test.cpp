#include <afk/adapter/notifier_webhook_codec.hpp>

#include <support/catch.hpp>

#include <nlohmann/json.hpp>

namespace afk::adapter {
namespace {

TEST_CASE("a webhook is sent one flat object", "[webhook]") {
  Doorbell doorbell{.key = "afk-abcdefghijklmnopqrstuvwxyz:question",
                    .issue = {.repository = {.owner = "acme", .name = "widget"}, .number = 12},
                    .run = {"afk-abcdefghijklmnopqrstuvwxyz"},
                    .kind = Ending::needs_human,
                    .title = "acme/widget#12: \"quoted\"",
                    .message = "line\nline\ttab",
                    .link = "https://forge.example/12"};
  CHECK(render_webhook_body(doorbell) ==
        R"({"kind":"needs-human","issue":"acme/widget#12","run":"afk-abcdefghijklmnopqrstuvwxyz",)"
        R"("title":"acme/widget#12: \"quoted\"","message":"line\nline\ttab","link":"https://forge.example/12",)"
        R"("key":"afk-abcdefghijklmnopqrstuvwxyz:question"})");

  SECTION("whatever the texts are") {
    doorbell.title = "\xff\xfe broken \xe2\x82";
    doorbell.message = "\x1b[2J</script>{}";
    const auto parsed = nlohmann::json::parse(render_webhook_body(doorbell));
    CHECK(parsed.at("message") == doorbell.message);
    CHECK(parsed.at("title").get<std::string>().find("broken") != std::string::npos);
    CHECK(parsed.size() == 7);
  }
}

} // namespace
} // namespace afk::adapter
