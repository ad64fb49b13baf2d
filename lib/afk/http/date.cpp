#include <afk/http/date.hpp>

#include <afk/core/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace afk::http {
namespace {

constexpr auto days = std::to_array<std::string_view>({"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"});
constexpr auto months = std::to_array<std::string_view>(
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"});
constexpr std::string_view form = "ddd, 00 mmm 0000 00:00:00 GMT";

bool has_form(std::string_view text) {
  if (text.size() != form.size()) {
    return false;
  }
  for (std::size_t index = 0; index < form.size(); ++index) {
    const char expected = form[index];
    const bool is_digit = text[index] >= '0' && text[index] <= '9';
    const bool is_letter = expected == 'd' || expected == 'm';
    if (expected == '0' ? !is_digit : !is_letter && text[index] != expected) {
      return false;
    }
  }
  return std::ranges::find(days, text.substr(0, 3)) != days.end();
}

// Only digits stand there.
unsigned read_number(std::string_view digits) {
  unsigned number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

} // namespace

std::optional<Timestamp> try_date(std::string_view text) {
  text = trim_ascii(text);
  if (!has_form(text)) {
    return std::nullopt;
  }
  const auto month = std::ranges::find(months, text.substr(8, 3));
  if (month == months.end()) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(read_number(text.substr(12, 4)))),
                                         std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
                                         std::chrono::day(read_number(text.substr(5, 2))));
  const unsigned hour = read_number(text.substr(17, 2));
  const unsigned minute = read_number(text.substr(20, 2));
  const unsigned second = read_number(text.substr(23, 2));
  constexpr unsigned leap_second = 60;
  if (!date.ok() || hour > 23 || minute > 59 || second > leap_second) {
    return std::nullopt;
  }
  return Timestamp(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

} // namespace afk::http
