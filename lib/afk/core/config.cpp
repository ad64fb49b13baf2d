#include <afk/core/config.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace afk {
namespace {

constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> byte_units{
    {{"GiB", std::int64_t{1} << 30}, {"MiB", std::int64_t{1} << 20}, {"KiB", std::int64_t{1} << 10}, {"B", 1}}};

// One pebibyte: above any disk that a run should fill, and far from an overflow.
constexpr std::int64_t largest_byte_count = std::int64_t{1} << 50;

Error configuration_error(std::string message) {
  return Error{.kind = ErrorKind::configuration, .message = std::move(message)};
}

bool is_repository_id(std::string_view text) {
  constexpr std::string_view legal = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  return !text.empty() && text.size() <= 64 && text.find_first_not_of(legal) == std::string_view::npos;
}

} // namespace

Result<ByteCount> parse_byte_count(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  const auto* const known = std::ranges::find(byte_units, unit, &std::pair<std::string_view, std::int64_t>::first);
  if (status != std::errc{} || number < 0 || known == byte_units.end()) {
    return configuration_error(
        fmt::format("{} is not a size: write a number and B, KiB, MiB or GiB, as \"64MiB\"", quote_for_display(text)));
  }
  if (number > largest_byte_count / known->second) {
    return configuration_error(
        fmt::format("{} is larger than {}", quote_for_display(text), render_byte_count(ByteCount{largest_byte_count})));
  }
  return ByteCount{number * known->second};
}

std::string render_byte_count(ByteCount count) {
  const auto* const unit = std::ranges::find_if(
      byte_units, [count](const auto& candidate) { return count.bytes != 0 && count.bytes % candidate.second == 0; });
  return unit == byte_units.end() ? fmt::format("{}B", count.bytes)
                                  : fmt::format("{}{}", count.bytes / unit->second, unit->first);
}

Result<AllowlistEntry> parse_allowlist_entry(std::string_view text) {
  if (text.find('*') != std::string_view::npos) {
    return configuration_error(fmt::format(
        "{} is a pattern, and patterns open gates that nobody looked at; write each repository as owner/repo",
        quote_for_display(text)));
  }
  const std::size_t at = text.find('@');
  Result<RepositoryName> repository = parse_repository_name(text.substr(0, at));
  if (!repository.ok()) {
    return configuration_error(
        fmt::format("{} is neither owner/repo nor owner/repo@<repository id>", quote_for_display(text)));
  }
  AllowlistEntry entry{.repository = *std::move(repository), .repository_id = std::nullopt};
  if (at != std::string_view::npos) {
    const std::string_view id = text.substr(at + 1);
    if (!is_repository_id(id)) {
      return configuration_error(
          fmt::format("{}: the id behind @ is 1 to 64 letters, digits, \"_\" or \"-\"", quote_for_display(text)));
    }
    entry.repository_id = std::string(id);
  }
  return entry;
}

std::string render_allowlist_entry(const AllowlistEntry& entry) {
  const std::string name = render_repository_name(entry.repository);
  return entry.repository_id ? fmt::format("{}@{}", name, *entry.repository_id) : name;
}

std::string_view render_check_mode(CheckSettings::Mode mode) {
  switch (mode) {
  case CheckSettings::Mode::all:
    return "all";
  case CheckSettings::Mode::required:
    return "required";
  case CheckSettings::Mode::commands:
    return "commands";
  case CheckSettings::Mode::none:
    return "none";
  }
  return "all";
}

} // namespace afk
