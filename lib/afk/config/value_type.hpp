#pragma once
// The types that a key can have: how a value is read, and how it is shown again.
//
// `read` says everything that is wrong to the context and answers nothing then; it never throws away a part of a value.
// show(read(node)) means the same as the node, so that `afk config show` prints a configuration that can be loaded.

#include <afk/config/node.hpp>
#include <afk/config/value_context.hpp>
#include <afk/core/config.hpp>

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace afk::config {

// How the text of an environment variable becomes a node: as it is, as a number or true/false where it reads like one,
// or as a list ("a,b", or a list as in TOML).
enum class Form : std::uint8_t { text, scalar, list };

template <typename T>
struct ValueType {
  Form form = Form::text;
  std::function<std::optional<T>(const Node&, const ValueContext&)> read;
  std::function<Node(const T&)> show;
};

struct NumberRange {
  std::int64_t least = 0;
  std::int64_t most = std::numeric_limits<int>::max();
};

struct DurationRange {
  Duration least{1};
  Duration most = std::chrono::hours(365 * 24);
};

// Whether an empty text is a value of the key, meaning "not set".
enum class Emptiness : std::uint8_t { refused, allowed };

struct TextRules {
  std::string what = "text"; // "a label"
  std::size_t most_bytes = 1000;
  Emptiness emptiness = Emptiness::allowed;
};

[[nodiscard]] ValueType<std::string> text_type(const TextRules& rules);
[[nodiscard]] ValueType<FilePath> path_type();
[[nodiscard]] ValueType<int> number_type(NumberRange range);
[[nodiscard]] ValueType<std::chrono::seconds> seconds_type(NumberRange range);
// A number, or the word that means "nothing": "none", "auto".
[[nodiscard]] ValueType<std::optional<int>> number_or_word_type(NumberRange range, std::string word);
[[nodiscard]] ValueType<double> amount_type();
[[nodiscard]] ValueType<KillSwitch> kill_switch_type();
[[nodiscard]] ValueType<Duration> duration_type(DurationRange range);
[[nodiscard]] ValueType<ByteCount> byte_count_type();
// A size, or the word that means "nothing": "none".
[[nodiscard]] ValueType<std::optional<ByteCount>> byte_count_or_word_type(std::string word);
[[nodiscard]] ValueType<WorkingHours> working_hours_type();
[[nodiscard]] ValueType<std::vector<std::string>> text_list_type(TextRules rules);
[[nodiscard]] ValueType<std::vector<std::string>> argv_type();
[[nodiscard]] ValueType<std::vector<FilePath>> path_list_type();
[[nodiscard]] ValueType<std::vector<AllowlistEntry>> allowlist_type();
[[nodiscard]] ValueType<std::vector<ListedLabeler>> labelers_type();
[[nodiscard]] ValueType<std::vector<Ending>> endings_type();
// An https URL, or http to this machine; no credentials, query or fragment. A slash at its end is dropped.
[[nodiscard]] ValueType<std::string> service_url_type();
// What git can clone without running a program of somebody's choice: an https, ssh or file URL, user@host:path, or a
// path.
[[nodiscard]] ValueType<std::string> clone_url_type();
// An API root as above, or a path: which of the two is right depends on tracker.kind and is checked later.
[[nodiscard]] ValueType<std::string> tracker_url_type();
// The name of an environment variable that holds a secret.
[[nodiscard]] ValueType<std::string> variable_name_type();
[[nodiscard]] ValueType<std::vector<std::string>> variable_list_type();

// The building blocks of choice_type and flag_type, which are templates over an enum.
using ChoiceNames = std::vector<std::string>;
[[nodiscard]] std::string describe_choice(const ChoiceNames& names);
[[nodiscard]] std::optional<std::size_t> read_choice(const Node& node, const ChoiceNames& names,
                                                     const ValueContext& context);
[[nodiscard]] std::optional<std::size_t> read_flag(const Node& node, const ValueContext& context);

template <typename Enum>
using Choices = std::vector<std::pair<std::string, Enum>>;

template <typename Enum>
ChoiceNames derive_names(const Choices<Enum>& choices) {
  ChoiceNames names;
  for (const auto& [name, value] : choices) {
    names.push_back(name);
  }
  return names;
}

template <typename Enum>
Node show_choice(const Choices<Enum>& choices, Enum value) {
  for (const auto& [name, candidate] : choices) {
    if (candidate == value) {
      return Node{.value = name};
    }
  }
  return Node{.value = std::string()};
}

// One of several words.
template <typename Enum>
ValueType<Enum> choice_type(const Choices<Enum>& choices) {
  const ChoiceNames names = derive_names(choices);
  return ValueType<Enum>{
      .form = Form::text,
      .read = [choices, names](const Node& node, const ValueContext& context) -> std::optional<Enum> {
        const auto index = read_choice(node, names, context);
        return index ? std::optional<Enum>(choices[*index].second) : std::nullopt;
      },
      .show = [choices](const Enum& value) { return show_choice(choices, value); }};
}

// The same, where an empty text means that the value is derived.
template <typename Enum>
ValueType<std::optional<Enum>> derived_choice_type(const Choices<Enum>& choices) {
  const ValueType<Enum> type = choice_type(choices);
  return ValueType<std::optional<Enum>>{
      .form = Form::text,
      .read = [type](const Node& node, const ValueContext& context) -> std::optional<std::optional<Enum>> {
        const auto* text = std::get_if<std::string>(&node.value);
        if (text != nullptr && text->empty()) {
          return std::optional<Enum>();
        }
        const auto value = type.read(node, context);
        return value ? std::optional<std::optional<Enum>>(value) : std::nullopt;
      },
      .show =
          [type](const std::optional<Enum>& value) {
            return value ? type.show(*value) : Node{.value = std::string()};
          }};
}

// true or false, where the program prefers names.
template <typename Enum>
struct FlagNames {
  Enum when_false;
  Enum when_true;
};

template <typename Enum>
ValueType<Enum> flag_type(FlagNames<Enum> names) {
  return ValueType<Enum>{.form = Form::scalar,
                         .read = [names](const Node& node, const ValueContext& context) -> std::optional<Enum> {
                           const auto flag = read_flag(node, context);
                           if (!flag) {
                             return std::nullopt;
                           }
                           return *flag == 0 ? names.when_false : names.when_true;
                         },
                         .show = [names](const Enum& value) { return Node{.value = value == names.when_true}; }};
}

} // namespace afk::config
