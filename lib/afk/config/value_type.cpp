#include <afk/config/value_type.hpp>

#include <afk/config/nearest.hpp>
#include <afk/config/read_text.hpp>
#include <afk/config/url_rules.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace afk::config {
namespace {

constexpr double largest_amount = 1e9;

bool reads_like_a_number(std::string_view text) {
  double number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && status == std::errc{} && end == text.data() + text.size();
}

// People quote numbers and booleans out of habit.
std::string hint_at_quotes(const Node& node, const ValueContext& context) {
  const auto* text = std::get_if<std::string>(&node.value);
  const bool quoted = context.source() == ValueContext::Source::file && text != nullptr &&
                      (*text == "true" || *text == "false" || reads_like_a_number(*text));
  return quoted ? fmt::format("write {} without quotes", *text) : std::string();
}

std::string describe_range(NumberRange range) {
  if (range.most >= std::numeric_limits<int>::max()) {
    return fmt::format("a whole number from {}", range.least);
  }
  return fmt::format("a whole number from {} to {}", range.least, range.most);
}

std::optional<std::int64_t> read_number(const Node& node, NumberRange range, const ValueContext& context) {
  const auto* number = std::get_if<std::int64_t>(&node.value);
  if (number == nullptr) {
    refuse_type(node, describe_range(range), context, hint_at_quotes(node, context));
    return std::nullopt;
  }
  if (*number < range.least || *number > range.most) {
    context.refuse(node, fmt::format("{} was expected, this is {}", describe_range(range), *number));
    return std::nullopt;
  }
  return *number;
}

std::string drop_last_slashes(std::string text) {
  while (text.size() > 1 && text.ends_with('/')) {
    text.pop_back();
  }
  return text;
}

template <typename T>
Node show_integer(const T& number) {
  return Node{.value = std::int64_t{number}};
}

// Types that are written as one text with a parser of their own in core.
template <typename T, typename Parse>
std::optional<T> parse_text_value(const Node& node, const ValueContext& context, Parse parse) {
  const auto* text = std::get_if<std::string>(&node.value);
  Result<T> value = parse(std::string_view(*text));
  if (!value.ok()) {
    context.refuse(node, value.error().message);
    return std::nullopt;
  }
  return *std::move(value);
}

} // namespace

ValueType<std::string> text_type(const TextRules& rules) {
  return ValueType<std::string>{
      .form = Form::text,
      .read = [rules](const Node& node, const ValueContext& context) { return read_text(node, rules, context); },
      .show = [](const std::string& text) { return Node{.value = text}; }};
}

ValueType<FilePath> path_type() {
  return ValueType<FilePath>{
      .form = Form::text, .read = read_path, .show = [](const FilePath& path) { return Node{.value = path.text}; }};
}

ValueType<int> number_type(NumberRange range) {
  return ValueType<int>{.form = Form::scalar,
                        .read = [range](const Node& node, const ValueContext& context) -> std::optional<int> {
                          const auto number = read_number(node, range, context);
                          return number ? std::optional<int>(static_cast<int>(*number)) : std::nullopt;
                        },
                        .show = show_integer<int>};
}

ValueType<std::chrono::seconds> seconds_type(NumberRange range) {
  return ValueType<std::chrono::seconds>{
      .form = Form::scalar,
      .read = [range](const Node& node, const ValueContext& context) -> std::optional<std::chrono::seconds> {
        const auto number = read_number(node, range, context);
        return number ? std::optional<std::chrono::seconds>(*number) : std::nullopt;
      },
      .show = [](const std::chrono::seconds& time) { return show_integer(time.count()); }};
}

ValueType<std::optional<int>> number_or_word_type(NumberRange range, std::string word) {
  const std::string expected = fmt::format("{} or \"{}\"", describe_range(range), word);
  return ValueType<std::optional<int>>{
      .form = Form::scalar,
      .read = [range, word, expected](const Node& node,
                                      const ValueContext& context) -> std::optional<std::optional<int>> {
        const auto* text = std::get_if<std::string>(&node.value);
        if (text != nullptr && *text == word) {
          return std::optional<int>();
        }
        const auto* number = std::get_if<std::int64_t>(&node.value);
        if (number != nullptr && *number >= range.least && *number <= range.most) {
          return std::optional<int>(static_cast<int>(*number));
        }
        if (number != nullptr) {
          context.refuse(node, fmt::format("{} was expected, this is {}", expected, *number));
        } else if (text != nullptr && hint_at_quotes(node, context).empty()) {
          context.refuse(node, fmt::format("{} was expected, this is {}", expected, quote_value(*text)));
        } else {
          refuse_type(node, expected, context, hint_at_quotes(node, context));
        }
        return std::nullopt;
      },
      .show =
          [word](const std::optional<int>& number) { return number ? show_integer(*number) : Node{.value = word}; }};
}

ValueType<double> amount_type() {
  return ValueType<double>{.form = Form::scalar,
                           .read = [](const Node& node, const ValueContext& context) -> std::optional<double> {
                             const auto* whole = std::get_if<std::int64_t>(&node.value);
                             const auto* number = std::get_if<double>(&node.value);
                             if (whole == nullptr && number == nullptr) {
                               refuse_type(node, "a number from 0", context, hint_at_quotes(node, context));
                               return std::nullopt;
                             }
                             const double amount = whole != nullptr ? static_cast<double>(*whole) : *number;
                             if (!std::isfinite(amount) || amount < 0 || amount > largest_amount) {
                               context.refuse(node, fmt::format("a number from 0 to {:.0f} was expected, this is {}",
                                                                largest_amount, amount));
                               return std::nullopt;
                             }
                             return amount;
                           },
                           .show = [](const double& amount) { return Node{.value = amount}; }};
}

ValueType<KillSwitch> kill_switch_type() {
  return ValueType<KillSwitch>{.form = Form::text,
                               .read = [](const Node& node, const ValueContext& context) -> std::optional<KillSwitch> {
                                 if (const auto* flag = std::get_if<bool>(&node.value)) {
                                   return *flag ? KillSwitch::on : KillSwitch::off;
                                 }
                                 const auto* text = std::get_if<std::string>(&node.value);
                                 if (text == nullptr) {
                                   refuse_type(node, "true or false", context);
                                   return std::nullopt;
                                 }
                                 const Result<KillSwitch> parsed = parse_switch(*text);
                                 if (!parsed.ok()) {
                                   context.refuse(
                                       node, fmt::format("{}, this is {}", parsed.error().message, quote_value(*text)));
                                   return std::nullopt;
                                 }
                                 return *parsed;
                               },
                               .show = [](const KillSwitch& value) { return Node{.value = value == KillSwitch::on}; }};
}

ValueType<Duration> duration_type(DurationRange range) {
  return ValueType<Duration>{
      .form = Form::text,
      .read = [range](const Node& node, const ValueContext& context) -> std::optional<Duration> {
        if (!std::holds_alternative<std::string>(node.value)) {
          refuse_type(node, "a duration", context, "write a string with the unit: \"90s\", \"30m\", \"6h\" or \"7d\"");
          return std::nullopt;
        }
        const auto value = parse_text_value<Duration>(node, context, parse_duration);
        if (value && (*value < range.least || *value > range.most)) {
          context.refuse(node,
                         fmt::format("a duration from {} to {} was expected, this is {}", render_duration(range.least),
                                     render_duration(range.most), render_duration(*value)));
          return std::nullopt;
        }
        return value;
      },
      .show = [](const Duration& value) { return Node{.value = render_duration(value)}; }};
}

ValueType<ByteCount> byte_count_type() {
  return ValueType<ByteCount>{.form = Form::text,
                              .read = [](const Node& node, const ValueContext& context) -> std::optional<ByteCount> {
                                if (!std::holds_alternative<std::string>(node.value)) {
                                  refuse_type(node, "a size", context,
                                              "write a string with the unit: \"512KiB\", \"64MiB\" or \"10GiB\"");
                                  return std::nullopt;
                                }
                                const auto value = parse_text_value<ByteCount>(node, context, parse_byte_count);
                                if (value && value->bytes == 0) {
                                  context.refuse(node, "a size of nothing leaves no room for work");
                                  return std::nullopt;
                                }
                                return value;
                              },
                              .show = [](const ByteCount& value) { return Node{.value = render_byte_count(value)}; }};
}

ValueType<std::optional<ByteCount>> byte_count_or_word_type(std::string word) {
  const ValueType<ByteCount> size = byte_count_type();
  return ValueType<std::optional<ByteCount>>{
      .form = Form::text,
      .read = [size, word](const Node& node, const ValueContext& context) -> std::optional<std::optional<ByteCount>> {
        const auto* text = std::get_if<std::string>(&node.value);
        if (text != nullptr && *text == word) {
          return std::optional<ByteCount>();
        }
        const auto value = size.read(node, context);
        return value ? std::optional<std::optional<ByteCount>>(value) : std::nullopt;
      },
      .show = [size, word](
                  const std::optional<ByteCount>& value) { return value ? size.show(*value) : Node{.value = word}; }};
}

ValueType<WorkingHours> working_hours_type() {
  return ValueType<WorkingHours>{
      .form = Form::text,
      .read = [](const Node& node, const ValueContext& context) -> std::optional<WorkingHours> {
        if (!read_text(node, TextRules{.what = "working hours"}, context)) {
          return std::nullopt;
        }
        return parse_text_value<WorkingHours>(node, context, parse_working_hours);
      },
      .show = [](const WorkingHours& hours) { return Node{.value = render_working_hours(hours)}; }};
}

ValueType<std::string> service_url_type() {
  return ValueType<std::string>{
      .form = Form::text,
      .read = [](const Node& node, const ValueContext& context) -> std::optional<std::string> {
        auto text = read_text(node, TextRules{.what = "a URL"}, context);
        if (!text || text->empty()) {
          return text;
        }
        if (const auto refusal = check_service_url(*text)) {
          context.refuse(node, refusal->message, refusal->hint);
          return std::nullopt;
        }
        return drop_last_slashes(*std::move(text));
      },
      .show = [](const std::string& url) { return Node{.value = url}; }};
}

ValueType<std::string> tracker_url_type() {
  ValueType<std::string> type = service_url_type();
  type.read = [read_url = type.read](const Node& node, const ValueContext& context) -> std::optional<std::string> {
    const auto* text = std::get_if<std::string>(&node.value);
    if (text != nullptr && text->find("://") != std::string::npos) {
      return read_url(node, context);
    }
    auto path = read_path(node, context);
    return path ? std::optional(drop_last_slashes(std::move(path->text))) : std::nullopt;
  };
  return type;
}

ValueType<std::string> clone_url_type() {
  return ValueType<std::string>{
      .form = Form::text,
      .read = [](const Node& node, const ValueContext& context) -> std::optional<std::string> {
        auto text = read_text(node, TextRules{.what = "an address to clone from"}, context);
        if (!text || text->empty()) {
          return text;
        }
        if (const auto refusal = check_clone_url(*text)) {
          context.refuse(node, refusal->message, refusal->hint);
          return std::nullopt;
        }
        if (text->find("://") != std::string::npos || is_scp_address(*text)) {
          return text;
        }
        auto path = read_path(node, context);
        return path ? std::optional(std::move(path->text)) : std::nullopt;
      },
      .show = [](const std::string& url) { return Node{.value = url}; }};
}

ValueType<std::string> variable_name_type() {
  return ValueType<std::string>{
      .form = Form::text,
      .read = [](const Node& node, const ValueContext& context) -> std::optional<std::string> {
        auto text = read_text(node, TextRules{.what = "the name of a variable", .most_bytes = 128}, context);
        constexpr std::string_view legal = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
        const bool right = text && text->find_first_not_of(legal) == std::string::npos &&
                           (text->empty() || text->front() < '0' || text->front() > '9');
        if (text && !right) {
          // Not repeated: it may be the secret itself.
          context.refuse(node, "this is not the name of a variable: letters, digits and \"_\", no digit first",
                         "write the name, not the value; the secret stays in the variable");
          return std::nullopt;
        }
        return text;
      },
      .show = [](const std::string& name) { return Node{.value = name}; }};
}

std::string describe_choice(const ChoiceNames& names) {
  std::string text = "one of ";
  for (std::size_t index = 0; index < names.size(); ++index) {
    text += fmt::format("{}\"{}\"", index == 0 ? "" : ", ", names[index]);
  }
  return text;
}

std::optional<std::size_t> read_choice(const Node& node, const ChoiceNames& names, const ValueContext& context) {
  const auto* text = std::get_if<std::string>(&node.value);
  if (text == nullptr) {
    refuse_type(node, describe_choice(names), context);
    return std::nullopt;
  }
  for (std::size_t index = 0; index < names.size(); ++index) {
    if (names[index] == *text) {
      return index;
    }
  }
  const auto nearest = find_nearest(*text, names);
  context.refuse(node, fmt::format("{} was expected, this is {}", describe_choice(names), quote_value(*text)),
                 nearest ? fmt::format("did you mean \"{}\"?", *nearest) : std::string());
  return std::nullopt;
}

std::optional<std::size_t> read_flag(const Node& node, const ValueContext& context) {
  if (const auto* flag = std::get_if<bool>(&node.value)) {
    return *flag ? 1 : 0;
  }
  refuse_type(node, "true or false", context, hint_at_quotes(node, context));
  return std::nullopt;
}

} // namespace afk::config
