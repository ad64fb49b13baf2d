#include <afk/core/kill_switch.hpp>

#include <support/catch.hpp>

#include <string>

namespace afk {

TEST_CASE("a switch has eight words and no other") {
  for (const std::string word : {"true", "1", "yes", "on"}) {
    INFO(word);
    REQUIRE(parse_switch(word).ok());
    CHECK(*parse_switch(word) == KillSwitch::on);
    CHECK(*parse_switch("  " + word + "\r\n") == KillSwitch::on);
  }
  for (const std::string word : {"false", "0", "no", "off"}) {
    INFO(word);
    REQUIRE(parse_switch(word).ok());
    CHECK(*parse_switch(word) == KillSwitch::off);
    CHECK(*parse_switch(word + "\n") == KillSwitch::off);
  }
  for (const std::string word : {"", " ", "TRUE", "False", "OFF", "disabled", "2", "00", "-0", "off off", "off#", "0.0",
                                 "of", "n", "null", "none", "\xEF\xBB\xBFoff", "off\xC2\xA0"}) {
    INFO("\"" << word << "\"");
    REQUIRE_FALSE(parse_switch(word).ok());
    CHECK(parse_switch(word).error().kind == ErrorKind::configuration);
  }
  CHECK_FALSE(parse_switch(std::string_view("off\0", 4)).ok());
}

TEST_CASE("a kill switch file is off only when it says so") {
  CHECK(derive_kill_switch("off") == KillSwitch::off);
  CHECK(derive_kill_switch("false\n") == KillSwitch::off);
  CHECK(derive_kill_switch("on") == KillSwitch::on);
  CHECK(derive_kill_switch("") == KillSwitch::on);
  CHECK(derive_kill_switch("off, please") == KillSwitch::on);
  CHECK(derive_kill_switch(std::string(100'000, '0')) == KillSwitch::on);
  CHECK(derive_kill_switch(std::nullopt) == KillSwitch::on);
}

TEST_CASE("a kill switch has a name that is a switch again") {
  CHECK(*parse_switch(render_kill_switch(KillSwitch::on)) == KillSwitch::on);
  CHECK(*parse_switch(render_kill_switch(KillSwitch::off)) == KillSwitch::off);
}

} // namespace afk
