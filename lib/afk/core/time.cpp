#include <afk/core/text.hpp>
#include <afk/core/time.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace afk {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Timestamp earliest = std::chrono::sys_days(std::chrono::year(0) / 1 / 1);
constexpr Timestamp latest = std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1) - milliseconds(1);
constexpr Duration longest_duration = days(3650);

// From the largest to the smallest, so that rendering takes the largest that divides.
constexpr auto units = std::to_array<std::pair<std::string_view, Duration>>({
    {"d", days(1)},
    {"h", hours(1)},
    {"m", minutes(1)},
    {"s", seconds(1)},
    {"ms", milliseconds(1)},
});

Error malformed(std::string_view text, std::string_view expected) {
  const std::string shown = quote_for_display(truncate_text(text, {.max_bytes = 60, .note = "..."}));
  return Error{.kind = ErrorKind::malformed, .message = fmt::format("{} is not {}", shown, expected)};
}

// Reads a text from left to right; every step answers whether the text went on as expected.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool take(char expected) {
    if (!rest_.starts_with(expected)) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<int> try_digits(std::size_t count) {
    if (rest_.size() < count || leading_digits() < count) {
      return std::nullopt;
    }
    int number = 0;
    std::from_chars(rest_.data(), rest_.data() + count, number);
    rest_.remove_prefix(count);
    return number;
  }

  // The digits after the decimal point, 1 to 9 of them, as milliseconds; what is finer is cut off.
  std::optional<milliseconds> try_fraction() {
    const std::size_t count = leading_digits();
    if (count < 1 || count > 9) {
      return std::nullopt;
    }
    std::string digits(rest_.substr(0, std::min<std::size_t>(count, 3)));
    digits.resize(3, '0');
    rest_.remove_prefix(count);
    return Reader(digits).try_digits(3).transform([](int number) { return milliseconds(number); });
  }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  [[nodiscard]] std::size_t leading_digits() const {
    return std::min(rest_.find_first_not_of("0123456789"), rest_.size());
  }

  std::string_view rest_;
};

std::optional<Timestamp> try_date(Reader& reader) {
  const auto year = reader.try_digits(4);
  const bool first = reader.take('-');
  const auto month = reader.try_digits(2);
  const bool second = reader.take('-');
  const auto day = reader.try_digits(2);
  if (!year || !first || !month || !second || !day) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) {
    return std::nullopt;
  }
  return Timestamp(std::chrono::sys_days(date));
}

std::optional<Duration> try_hours_and_minutes(Reader& reader) {
  const auto hour = reader.try_digits(2);
  const bool colon = reader.take(':');
  const auto minute = reader.try_digits(2);
  if (!hour || !colon || !minute || *hour > 23 || *minute > 59) {
    return std::nullopt;
  }
  return hours(*hour) + minutes(*minute);
}

std::optional<Duration> try_time_of_day(Reader& reader) {
  const auto start = try_hours_and_minutes(reader);
  const bool colon = reader.take(':');
  const auto second = reader.try_digits(2);
  if (!start || !colon || !second || *second > 59) {
    return std::nullopt;
  }
  Duration fraction{};
  if (reader.take('.')) {
    const auto digits = reader.try_fraction();
    if (!digits) {
      return std::nullopt;
    }
    fraction = *digits;
  }
  return *start + seconds(*second) + fraction;
}

std::optional<Duration> try_offset(Reader& reader) {
  if (reader.take('Z')) {
    return Duration{};
  }
  const bool east = reader.take('+');
  if (!east && !reader.take('-')) {
    return std::nullopt;
  }
  const auto distance = try_hours_and_minutes(reader);
  if (!distance) {
    return std::nullopt;
  }
  return east ? *distance : -*distance;
}

} // namespace

Result<Timestamp> parse_timestamp(std::string_view text) {
  Reader reader(text);
  const auto date = try_date(reader);
  const bool separator = reader.take('T');
  const auto time = try_time_of_day(reader);
  const auto offset = try_offset(reader);
  if (!date || !separator || !time || !offset || !reader.at_end()) {
    return malformed(text, "a moment; expected a form like 2026-11-20T14:36:39Z");
  }
  const Timestamp moment = *date + *time - *offset;
  if (moment < earliest || moment > latest) {
    return malformed(text, "a moment of the years 0 to 9999 in UTC");
  }
  return moment;
}

std::string render_timestamp(Timestamp moment) {
  const Timestamp shown = std::clamp(moment, earliest, latest);
  const auto midnight = std::chrono::floor<days>(shown);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss<milliseconds> time(shown - midnight);
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                 time.hours().count(), time.minutes().count(), time.seconds().count());
  if (time.subseconds().count() != 0) {
    text += fmt::format(".{:03}", time.subseconds().count());
  }
  return text + 'Z';
}

Result<Duration> parse_duration(std::string_view text) {
  const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
  std::int64_t number = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + count, number);
  const bool is_number = count > 0 && problem == std::errc{};
  for (const auto& [name, unit] : units) {
    if (!is_number || text.substr(count) != name) {
      continue;
    }
    if (number > longest_duration / unit) {
      return malformed(text, "a duration of at most 10 years (3650d)");
    }
    return number * unit;
  }
  return malformed(text, "a duration; expected a whole number and a unit: 500ms, 90s, 30m, 6h or 7d");
}

std::string render_duration(Duration duration) {
  if (duration == Duration{}) {
    return "0s";
  }
  for (const auto& [name, unit] : units) {
    if (duration % unit == Duration{}) {
      return fmt::format("{}{}", duration / unit, name);
    }
  }
  return fmt::format("{}ms", duration.count());
}

} // namespace afk
