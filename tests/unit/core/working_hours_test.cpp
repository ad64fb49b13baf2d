#include <afk/core/working_hours.hpp>

#include <support/catch.hpp>

#include <string>

namespace afk {
namespace {

WorkingHours hours(std::string_view text) {
  const Result<WorkingHours> parsed = parse_working_hours(text);
  if (!parsed.ok()) {
    FAIL(parsed.error().message);
  }
  return *parsed;
}

HoursState at(std::string_view text, std::string_view moment) {
  const Result<Timestamp> parsed = parse_timestamp(moment);
  REQUIRE(parsed.ok());
  return is_open(hours(text), *parsed);
}

struct Case {
  std::string name;
  std::string hours;
  std::string moment;
  HoursState expected;
};

constexpr HoursState open = HoursState::open;
constexpr HoursState closed = HoursState::closed;

} // namespace

// 2026-11-20 is a Friday, 2026-11-22 a Sunday, 2026-11-23 a Monday.
TEST_CASE("hours are open inside their windows and nowhere else") {
  const auto row = GENERATE(values<Case>({
      {"no hours are all hours", "", "2026-11-22T03:00:00Z", open},
      {"blanks are no hours", "  \t", "2026-11-22T03:00:00Z", open},
      {"first minute", "Mon-Fri 08:00-17:00 UTC", "2026-11-20T08:00:00Z", open},
      {"a millisecond before", "Mon-Fri 08:00-17:00 UTC", "2026-11-20T07:59:59.999Z", closed},
      {"last millisecond", "Mon-Fri 08:00-17:00 UTC", "2026-11-20T16:59:59.999Z", open},
      {"the end is outside", "Mon-Fri 08:00-17:00 UTC", "2026-11-20T17:00:00Z", closed},
      {"another day", "Mon-Fri 08:00-17:00 UTC", "2026-11-21T12:00:00Z", closed},
      {"a single day", "Sun 08:00-17:00 Z", "2026-11-22T12:00:00Z", open},
      {"a single day, not that one", "Sun 08:00-17:00 Z", "2026-11-21T12:00:00Z", closed},
      {"past midnight, before it", "Mon-Fri 22:00-06:00 UTC", "2026-11-20T23:30:00Z", open},
      {"past midnight, after it", "Mon-Fri 22:00-06:00 UTC", "2026-11-21T05:59:59Z", open},
      {"past midnight, over", "Mon-Fri 22:00-06:00 UTC", "2026-11-21T06:00:00Z", closed},
      {"the night belongs to the day before", "Mon-Fri 22:00-06:00 UTC", "2026-11-23T05:00:00Z", closed},
      {"Sunday night passes the week's end", "Sun 22:00-06:00 UTC", "2026-11-23T05:00:00Z", open},
      {"and is over on Monday", "Sun 22:00-06:00 UTC", "2026-11-23T06:00:00Z", closed},
      {"a range past the week's end, its end", "Sat-Mon 10:00-12:00 UTC", "2026-11-23T11:00:00Z", open},
      {"a range past the week's end, inside", "Sat-Mon 10:00-12:00 UTC", "2026-11-22T11:00:00Z", open},
      {"a range past the week's end, outside", "Sat-Mon 10:00-12:00 UTC", "2026-11-24T11:00:00Z", closed},
      {"a whole day", "Fri 00:00-24:00 UTC", "2026-11-20T23:59:59.999Z", open},
      {"a whole day and no more", "Fri 00:00-24:00 UTC", "2026-11-21T00:00:00Z", closed},
      {"until midnight, written as 00:00", "Fri 20:00-00:00 UTC", "2026-11-20T23:59:59Z", open},
      {"until midnight and no more", "Fri 20:00-00:00 UTC", "2026-11-21T00:00:00Z", closed},
      {"every minute of the week", "Mon-Sun 00:00-24:00 +05:30", "2026-11-22T18:30:00Z", open},
      {"east: local midnight is earlier", "Sat 00:00-01:00 +02:00", "2026-11-20T22:00:00Z", open},
      {"east: before local midnight", "Sat 00:00-01:00 +02:00", "2026-11-20T21:59:59Z", closed},
      {"west: still yesterday", "Fri 23:00-24:00 -05:00", "2026-11-21T04:30:00Z", open},
      {"west: over at local midnight", "Fri 23:00-24:00 -05:00", "2026-11-21T05:00:00Z", closed},
      {"half an hour", "Fri 12:00-13:00 +05:30", "2026-11-20T06:30:00Z", open},
      {"east across the week's end", "Mon 00:00-01:00 +02:00", "2026-11-22T22:30:00Z", open},
      {"second of two windows", "Mon 08:00-09:00 UTC; Fri 10:00-11:00 UTC", "2026-11-20T10:30:00Z", open},
      {"between two windows", "Fri 08:00-09:00 UTC, Fri 10:00-11:00 UTC", "2026-11-20T09:30:00Z", closed},
      {"windows with offsets of their own", "Fri 08:00-09:00 UTC; Fri 08:00-09:00 -03:00", "2026-11-20T11:30:00Z",
       open},
      {"before 1970", "Thu 00:00-24:00 UTC", "1969-12-31T23:59:59.999Z", closed},
      {"1970 began on a Thursday", "Thu 00:00-24:00 UTC", "1970-01-01T00:00:00Z", open},
  }));
  INFO(row.name << ": " << row.hours << " at " << row.moment);
  CHECK(at(row.hours, row.moment) == row.expected);
}

TEST_CASE("a window of the night is open for as many minutes of the week as it says") {
  // Counted minute by minute: 5 nights of 8 hours, whatever the offset.
  for (const std::string offset : {"UTC", "+02:00", "-11:30", "+14:00"}) {
    const WorkingHours night = hours("Mon-Fri 22:00-06:00 " + offset);
    const Timestamp monday = *parse_timestamp("2026-11-23T00:00:00Z");
    int minutes = 0;
    for (int minute = 0; minute < 7 * 24 * 60; ++minute) {
      minutes += is_open(night, monday + std::chrono::minutes(minute)) == open ? 1 : 0;
    }
    INFO(offset);
    CHECK(minutes == 5 * 8 * 60);
  }
}

TEST_CASE("hours have one spelling, which means the same") {
  struct Spelling {
    std::string written;
    std::string rendered;
  };

  const auto row = GENERATE(values<Spelling>({
      {"", ""},
      {"mon-FRI  22:00-06:00\t+02:00", "Mon-Fri 22:00-06:00 +02:00"},
      {"Sat 10:00-12:00 Z,Sun 10:00-00:00 UTC", "Sat 10:00-12:00 +00:00; Sun 10:00-24:00 +00:00"},
      {"Fri-Mon 00:00-24:00 -03:30", "Fri-Mon 00:00-24:00 -03:30"},
      {"Mon-Mon 08:00-09:00 +00:00", "Mon 08:00-09:00 +00:00"},
  }));
  INFO(row.written);
  CHECK(render_working_hours(hours(row.written)) == row.rendered);
  CHECK(hours(render_working_hours(hours(row.written))) == hours(row.written));
}

TEST_CASE("hours that are not clear are refused with the reason") {
  struct Broken {
    std::string text;
    std::string reason;
  };

  const auto row = GENERATE(values<Broken>({
      {"always", "days, times and offset"},
      {"Mon-Fri 22:00-06:00", "offset from UTC is missing"},
      {"22:00-06:00 UTC", "offset from UTC is missing"},
      {"Mon-Fri 22:00-06:00 +02:00 CET", "days, times and offset"},
      {"Montag 22:00-06:00 UTC", "days are"},
      {"Mon-Fry 22:00-06:00 UTC", "days are"},
      {"Mon-Tue-Wed 22:00-06:00 UTC", "days are"},
      {"- 22:00-06:00 UTC", "days are"},
      {"Mon 22:00 UTC", "times are from-to"},
      {"Mon 22-06 UTC", "times are 00:00"},
      {"Mon 22:00-6:00 UTC", "times are 00:00"},
      {"Mon 22:60-23:00 UTC", "times are 00:00"},
      {"Mon 24:00-06:00 UTC", "times are 00:00"},
      {"Mon 20:00-24:01 UTC", "times are 00:00"},
      {"Mon +2:00-06:00 UTC", "times are 00:00"},
      {"Mon 10:00-10:00 UTC", "same minute"},
      {"Mon 00:00-00:00 UTC", "same minute"},
      {"Mon 10:00-12:00 CET", "the offset is"},
      {"Mon 10:00-12:00 2:00", "the offset is"},
      {"Mon 10:00-12:00 +2", "the offset is"},
      {"Mon 10:00-12:00 +14:01", "the offset is"},
      {"Mon 10:00-12:00 +", "the offset is"},
      {"Mon 10:00-12:00 UTC;", "days, times and offset"},
      {";", "days, times and offset"},
      {"Mon, Wed 10:00-12:00 UTC", "days, times and offset"},
  }));
  INFO(row.text);
  const Result<WorkingHours> parsed = parse_working_hours(row.text);
  REQUIRE_FALSE(parsed.ok());
  CHECK(parsed.error().kind == ErrorKind::configuration);
  INFO(parsed.error().message);
  CHECK(parsed.error().message.find(row.reason) != std::string::npos);
}

} // namespace afk
