#include <afk/core/time.hpp>
#include <support/catch.hpp>

#include <string>

using namespace afk;
using namespace std::chrono_literals;

TEST_CASE("Moments are read in every legal spelling") {
  struct Case {
    std::string text;
    std::int64_t milliseconds; // since 1970, from `date -u -d ... +%s%3N`
    std::string rendered;
  };

  const auto test = GENERATE(values<Case>({
      {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"},
      {"2026-11-20T14:36:39Z", 1795185399000, "2026-11-20T14:36:39Z"},
      {"2026-11-20T16:36:39+02:00", 1795185399000, "2026-11-20T14:36:39Z"},
      {"2026-11-20T09:06:39-05:30", 1795185399000, "2026-11-20T14:36:39Z"},
      {"2026-11-20T14:36:39.5Z", 1795185399500, "2026-11-20T14:36:39.500Z"},
      {"2026-11-20T14:36:39.007999999Z", 1795185399007, "2026-11-20T14:36:39.007Z"},
      {"2026-11-20T14:36:39.000000001Z", 1795185399000, "2026-11-20T14:36:39Z"},
      {"2024-02-29T23:59:59Z", 1709251199000, "2024-02-29T23:59:59Z"},
      {"2026-12-31T23:30:00-01:00", 1798763400000, "2027-01-01T00:30:00Z"},
      {"1969-12-31T23:59:59.999Z", -1, "1969-12-31T23:59:59.999Z"},
      {"0000-01-01T00:00:00Z", -62167219200000, "0000-01-01T00:00:00Z"},
      {"9999-12-31T23:59:59.999Z", 253402300799999, "9999-12-31T23:59:59.999Z"},
  }));
  const auto moment = parse_timestamp(test.text);
  REQUIRE(moment.ok());
  CHECK(moment.value().time_since_epoch().count() == test.milliseconds);
  CHECK(render_timestamp(moment.value()) == test.rendered);
  CHECK(parse_timestamp(test.rendered).value() == moment.value());
}

TEST_CASE("What is no moment is malformed") {
  const auto text = GENERATE(values<std::string>({
      "",
      "now",
      "1795185399",
      "2026-11-20",
      "2026-11-20T14:36:39",
      "2026-11-20 14:36:39Z",
      "2026-11-20t14:36:39z",
      "2026-11-20T14:36Z",
      "2026-11-20T14:36:39Z ",
      " 2026-11-20T14:36:39Z",
      "2026-13-20T14:36:39Z",
      "2026-00-20T14:36:39Z",
      "2026-02-29T14:36:39Z",
      "2026-11-31T14:36:39Z",
      "2026-11-20T24:00:00Z",
      "2026-11-20T14:60:39Z",
      "2026-11-20T14:36:60Z",
      "2026-11-20T14:36:39.Z",
      "2026-11-20T14:36:39.1234567890Z",
      "2026-11-20T14:36:39+0200",
      "2026-11-20T14:36:39+24:00",
      "2026-11-20T14:36:39+02:60",
      "2026-11-20T14:36:39+02",
      "+026-11-20T14:36:39Z",
      "-026-11-20T14:36:39Z",
      "2026-1-20T14:36:39Z",
      "0000-01-01T00:00:00+00:01",
      "9999-12-31T23:59:59-00:01",
  }));
  const auto moment = parse_timestamp(text);
  CAPTURE(text);
  REQUIRE_FALSE(moment.ok());
  CHECK(moment.error().kind == ErrorKind::malformed);
}

TEST_CASE("A moment outside the calendar is rendered as its nearest end") {
  CHECK(render_timestamp(Timestamp::max()) == "9999-12-31T23:59:59.999Z");
  CHECK(render_timestamp(Timestamp::min()) == "0000-01-01T00:00:00Z");
}

TEST_CASE("Durations are read and rendered in their largest unit") {
  struct Case {
    std::string text;
    Duration duration;
    std::string rendered;
  };

  const auto test = GENERATE(values<Case>({
      {"0s", 0s, "0s"},
      {"0d", 0s, "0s"},
      {"250ms", 250ms, "250ms"},
      {"1500ms", 1500ms, "1500ms"},
      {"2000ms", 2s, "2s"},
      {"90s", 90s, "90s"},
      {"120s", 2min, "2m"},
      {"30m", 30min, "30m"},
      {"6h", 6h, "6h"},
      {"24h", 24h, "1d"},
      {"25h", 25h, "25h"},
      {"7d", 168h, "7d"},
      {"3650d", 24h * 3650, "3650d"},
      {"007s", 7s, "7s"},
  }));
  const auto duration = parse_duration(test.text);
  REQUIRE(duration.ok());
  CHECK(duration.value() == test.duration);
  CHECK(render_duration(test.duration) == test.rendered);
  CHECK(parse_duration(test.rendered).value() == test.duration);
}

TEST_CASE("What is no duration is malformed") {
  const auto text = GENERATE(
      values<std::string>({"", "s", "90", "-1s", "+1s", "1.5h", "1 h", "1h30m", "1H", "1w", "1sec", " 1s", "1s ",
                           "3651d", "87601h", "315360000001ms", "9223372036854775808s", "99999999999999999999d"}));
  const auto duration = parse_duration(text);
  CAPTURE(text);
  REQUIRE_FALSE(duration.ok());
  CHECK(duration.error().kind == ErrorKind::malformed);
}

TEST_CASE("A negative duration still has a text") {
  CHECK(render_duration(-90s) == "-90s");
}
