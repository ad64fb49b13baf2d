#include <afk/core/working_hours.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace afk {
namespace {

constexpr std::array<std::string_view, 7> day_names{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::chrono::minutes day_length{24 * 60};
constexpr std::chrono::minutes largest_offset{14 * 60};

std::optional<int> parse_day(std::string_view text) {
  for (std::size_t day = 0; day < day_names.size(); ++day) {
    if (equal_ascii_folded(text, day_names[day])) {
      return static_cast<int>(day);
    }
  }
  return std::nullopt;
}

// "hh:mm" with exactly two digits each, up to 24:00.
std::optional<std::chrono::minutes> parse_time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') {
    return std::nullopt;
  }
  std::array<int, 4> digits{};
  constexpr std::array<std::size_t, 4> places{0, 1, 3, 4};
  for (std::size_t index = 0; index < places.size(); ++index) {
    const char character = text[places[index]];
    if (character < '0' || character > '9') {
      return std::nullopt;
    }
    digits[index] = character - '0';
  }
  const int hours = digits[0] * 10 + digits[1];
  const int minutes = digits[2] * 10 + digits[3];
  if (hours > 24 || minutes > 59 || (hours == 24 && minutes != 0)) {
    return std::nullopt;
  }
  return std::chrono::minutes(hours * 60 + minutes);
}

std::optional<std::chrono::minutes> parse_offset(std::string_view text) {
  if (text == "UTC" || text == "Z") {
    return std::chrono::minutes(0);
  }
  if (text.empty() || (text.front() != '+' && text.front() != '-')) {
    return std::nullopt;
  }
  const auto size = parse_time_of_day(text.substr(1));
  if (!size || *size > largest_offset) {
    return std::nullopt;
  }
  return text.front() == '-' ? -*size : *size;
}

// "a-b" as its two halves; "a" twice where there is no dash.
std::pair<std::string_view, std::string_view> split_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) {
    return {text, text};
  }
  return {text.substr(0, dash), text.substr(dash + 1)};
}

std::vector<std::string_view> split_words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) {
      break;
    }
    const std::size_t end = std::min(text.find_first_of(" \t", begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
  return words;
}

Error window_error(std::string_view window, std::string_view reason) {
  return Error{.kind = ErrorKind::configuration,
               .message = fmt::format("the window {}: {}; a window reads \"Mon-Fri 22:00-06:00 +02:00\"",
                                      quote_for_display(window), reason)};
}

Result<HoursWindow> parse_window(std::string_view text) {
  const std::vector<std::string_view> words = split_words(text);
  if (words.size() == 2) {
    return window_error(text, "its offset from UTC is missing");
  }
  if (words.size() != 3) {
    return window_error(text, "days, times and offset were expected, separated by blanks");
  }
  const auto [first_day, last_day] = split_range(words[0]);
  const auto first = parse_day(first_day);
  const auto last = parse_day(last_day);
  if (!first || !last) {
    return window_error(text, "days are Mon, Tue, Wed, Thu, Fri, Sat, Sun or a range of them");
  }
  if (words[1].find('-') == std::string_view::npos) {
    return window_error(text, "times are from-to, as 22:00-06:00");
  }
  const auto [begin_text, end_text] = split_range(words[1]);
  const auto begin = parse_time_of_day(begin_text);
  const auto end = parse_time_of_day(end_text);
  if (!begin || !end || *begin == day_length) {
    return window_error(text, "times are 00:00 to 23:59, and 24:00 as an end");
  }
  if (*begin == *end) {
    return window_error(text, "it begins and ends at the same minute; a whole day is 00:00-24:00");
  }
  const auto offset = parse_offset(words[2]);
  if (!offset) {
    return window_error(text, "the offset is UTC or +hh:mm, at most 14 hours");
  }
  const auto end_of_window = *end == std::chrono::minutes(0) ? day_length : *end;
  return HoursWindow{.first_day = *first, .last_day = *last, .begin = *begin, .end = end_of_window, .offset = *offset};
}

int derive_days(const HoursWindow& window) {
  return (window.last_day - window.first_day + 7) % 7 + 1;
}

bool contains(const HoursWindow& window, Timestamp moment) {
  constexpr Duration day = day_length;
  constexpr Duration week = 7 * day;
  // 1 January 1970 was a Thursday; counted from the Monday before it.
  const Duration since_monday = moment.time_since_epoch() + 3 * day + window.offset;
  const Duration in_week = (since_monday % week + week) % week;
  Duration length = window.end - window.begin;
  if (length <= Duration::zero()) {
    length += day;
  }
  for (int index = 0; index < derive_days(window); ++index) {
    const Duration begin = (window.first_day + index) % 7 * day + window.begin;
    if ((in_week - begin + week) % week < length) {
      return true;
    }
  }
  return false;
}

std::string render_minutes(std::chrono::minutes time) {
  return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60);
}

std::string render_window(const HoursWindow& window) {
  std::string days{day_names.at(static_cast<std::size_t>(window.first_day))};
  if (window.last_day != window.first_day) {
    days += fmt::format("-{}", day_names.at(static_cast<std::size_t>(window.last_day)));
  }
  const bool west = window.offset < std::chrono::minutes(0);
  return fmt::format("{} {}-{} {}{}", days, render_minutes(window.begin), render_minutes(window.end), west ? '-' : '+',
                     render_minutes(west ? -window.offset : window.offset));
}

} // namespace

Result<WorkingHours> parse_working_hours(std::string_view text) {
  WorkingHours hours;
  if (trim_ascii(text).empty()) {
    return hours;
  }
  std::string_view rest = text;
  while (true) {
    const std::size_t end = rest.find_first_of(";,");
    const std::string_view part = trim_ascii(rest.substr(0, end));
    Result<HoursWindow> window = parse_window(part);
    if (!window.ok()) {
      return std::move(window).error();
    }
    hours.windows.push_back(*window);
    if (end == std::string_view::npos) {
      return hours;
    }
    rest.remove_prefix(end + 1);
  }
}

std::string render_working_hours(const WorkingHours& hours) {
  std::string text;
  for (const HoursWindow& window : hours.windows) {
    text += fmt::format("{}{}", text.empty() ? "" : "; ", render_window(window));
  }
  return text;
}

HoursState is_open(const WorkingHours& hours, Timestamp moment) {
  if (hours.windows.empty()) {
    return HoursState::open;
  }
  const bool inside =
      std::ranges::any_of(hours.windows, [moment](const HoursWindow& window) { return contains(window, moment); });
  return inside ? HoursState::open : HoursState::closed;
}

} // namespace afk
