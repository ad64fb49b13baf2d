// The types of keys that hold lists. Every wrong entry is said, each at its own place.
#include <afk/config/nearest.hpp>
#include <afk/config/read_text.hpp>
#include <afk/config/value_type.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace afk::config {
namespace {

// Enough for any organisation; a list beyond it is a mistake of a generator.
constexpr std::size_t most_entries = 10'000;

enum class Repetition : std::uint8_t { refused, allowed };

// Reads each entry with `read_entry`; entries with equal keys (`derive_key`) are refused.
template <typename T, typename ReadEntry, typename DeriveKey>
std::optional<std::vector<T>> read_list(const Node& node, const ValueContext& context, ReadEntry read_entry,
                                        DeriveKey derive_key) {
  const auto* list = std::get_if<List>(&node.value);
  if (list == nullptr) {
    refuse_type(node, "a list of strings", context, "write [\"...\", \"...\"]");
    return std::nullopt;
  }
  if (list->size() > most_entries) {
    context.refuse(node, fmt::format("the list has {} entries, {} are allowed", list->size(), most_entries));
    return std::nullopt;
  }
  std::vector<T> values;
  std::vector<std::string> seen;
  bool sound = true;
  for (const Node& entry : *list) {
    std::optional<T> value = read_entry(entry);
    if (!value) {
      sound = false;
      continue;
    }
    std::string key = derive_key(*value);
    if (!key.empty() && std::ranges::find(seen, key) != seen.end()) {
      context.refuse(entry, fmt::format("{} stands in the list twice", quote_value(key)), "leave one of them out");
      sound = false;
    }
    seen.push_back(std::move(key));
    values.push_back(*std::move(value));
  }
  return sound ? std::optional(std::move(values)) : std::nullopt;
}

template <typename T, typename Render>
Node show_list(const std::vector<T>& values, Render render) {
  List list;
  for (const T& value : values) {
    list.push_back(Node{.value = std::string(render(value))});
  }
  return Node{.value = std::move(list)};
}

Node show_texts(const std::vector<std::string>& values) {
  return show_list(values, [](const std::string& text) { return text; });
}

std::string as_it_is(const std::string& text) {
  return text;
}

// A digit sequence and a login, or the name of an OS user.
std::optional<ListedLabeler> parse_labeler(std::string_view text) {
  constexpr std::string_view digits = "0123456789";
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-[]$";
  const std::size_t colon = text.find(':');
  const std::string_view id = colon == std::string_view::npos ? std::string_view() : text.substr(0, colon);
  const std::string_view login = colon == std::string_view::npos ? text : text.substr(colon + 1);
  const bool id_is_right = colon == std::string_view::npos ||
                           (!id.empty() && id.size() <= 20 && id.find_first_not_of(digits) == std::string_view::npos);
  if (!id_is_right || login.empty() || login.size() > 100 ||
      login.find_first_not_of(letters) != std::string_view::npos) {
    return std::nullopt;
  }
  return ListedLabeler{.id = std::string(id), .login = std::string(login)};
}

std::string render_labeler(const ListedLabeler& labeler) {
  return labeler.id.empty() ? labeler.login : fmt::format("{}:{}", labeler.id, labeler.login);
}

std::vector<std::string> list_endings() {
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(Ending::stood_down));
  for (int index = 0; index < static_cast<int>(Ending::stood_down); ++index) {
    names.emplace_back(render_ending(static_cast<Ending>(index)));
  }
  return names;
}

std::optional<Ending> read_ending(const Node& node, const ValueContext& context) {
  const auto text = read_text(node, TextRules{.what = "a kind of doorbell"}, context);
  if (!text) {
    return std::nullopt;
  }
  const Result<Ending> ending = parse_ending(*text);
  // Nobody is called when a person took the issue back.
  if (ending.ok() && *ending != Ending::stood_down) {
    return *ending;
  }
  const std::vector<std::string> names = list_endings();
  const auto nearest = find_nearest(*text, names);
  context.refuse(node, fmt::format("{} is not a kind of doorbell", quote_value(*text)),
                 nearest ? fmt::format("did you mean \"{}\"?", *nearest)
                         : fmt::format("the kinds are {}", fmt::join(names, ", ")));
  return std::nullopt;
}

std::optional<AllowlistEntry> read_allowlist_entry(const Node& node, const ValueContext& context) {
  const auto text = read_text(node, TextRules{.what = "an entry of the allowlist"}, context);
  if (!text) {
    return std::nullopt;
  }
  Result<AllowlistEntry> entry = parse_allowlist_entry(*text);
  if (!entry.ok()) {
    context.refuse(node, entry.error().message);
    return std::nullopt;
  }
  return *std::move(entry);
}

} // namespace

ValueType<std::vector<std::string>> text_list_type(TextRules rules) {
  rules.emptiness = Emptiness::refused;
  return {.form = Form::list,
          .read =
              [rules](const Node& node, const ValueContext& context) {
                const auto read = [&](const Node& entry) { return read_text(entry, rules, context); };
                return read_list<std::string>(node, context, read, as_it_is);
              },
          .show = show_texts};
}

ValueType<std::vector<std::string>> argv_type() {
  return {.form = Form::list,
          .read = [](const Node& node, const ValueContext& context) -> std::optional<std::vector<std::string>> {
            const TextRules rules{.what = "an argument", .most_bytes = 4096};
            const auto read = [&](const Node& entry) { return read_text(entry, rules, context); };
            const auto never_equal = [](const std::string&) { return std::string(); };
            auto argv = read_list<std::string>(node, context, read, never_equal);
            if (argv && !argv->empty() && argv->front().empty()) {
              context.refuse(node, "the first entry names the program and is not empty");
              return std::nullopt;
            }
            return argv;
          },
          .show = show_texts};
}

ValueType<std::vector<std::string>> variable_list_type() {
  return ValueType<std::vector<std::string>>{
      .form = Form::list,
      .read =
          [name = variable_name_type()](const Node& node, const ValueContext& context) {
            return read_list<std::string>(
                node, context,
                [&](const Node& entry) -> std::optional<std::string> {
                  auto text = name.read(entry, context);
                  if (text && text->empty()) {
                    context.refuse(entry, "the name of a variable was expected, this is empty", "leave it out");
                    return std::nullopt;
                  }
                  return text;
                },
                as_it_is);
          },
      .show = show_texts};
}

ValueType<std::vector<FilePath>> path_list_type() {
  return {.form = Form::list,
          .read =
              [](const Node& node, const ValueContext& context) {
                const auto read = [&](const Node& entry) -> std::optional<FilePath> {
                  auto path = read_path(entry, context);
                  if (path && path->empty()) {
                    context.refuse(entry, "a path is not empty");
                    return std::nullopt;
                  }
                  return path;
                };
                return read_list<FilePath>(node, context, read, [](const FilePath& path) { return path.text; });
              },
          .show =
              [](const std::vector<FilePath>& paths) {
                return show_list(paths, [](const FilePath& path) { return path.text; });
              }};
}

ValueType<std::vector<AllowlistEntry>> allowlist_type() {
  return {
      .form = Form::list,
      .read =
          [](const Node& node, const ValueContext& context) {
            const auto read = [&](const Node& entry) { return read_allowlist_entry(entry, context); };
            return read_list<AllowlistEntry>(node, context, read, [](const AllowlistEntry& entry) {
              return fold_ascii(render_repository_name(entry.repository));
            });
          },
      .show = [](const std::vector<AllowlistEntry>& entries) { return show_list(entries, render_allowlist_entry); }};
}

ValueType<std::vector<ListedLabeler>> labelers_type() {
  return {.form = Form::list,
          .read =
              [](const Node& node, const ValueContext& context) {
                const auto read = [&](const Node& entry) -> std::optional<ListedLabeler> {
                  const auto text = read_text(entry, TextRules{.what = "a labeler"}, context);
                  const auto labeler = text ? parse_labeler(*text) : std::nullopt;
                  if (text && !labeler) {
                    context.refuse(entry, fmt::format("{} is neither <numeric id>:<login> nor the name of an OS user",
                                                      quote_value(*text)));
                  }
                  return labeler;
                };
                return read_list<ListedLabeler>(node, context, read, render_labeler);
              },
          .show = [](const std::vector<ListedLabeler>& labelers) { return show_list(labelers, render_labeler); }};
}

ValueType<std::vector<Ending>> endings_type() {
  return {.form = Form::list,
          .read =
              [](const Node& node, const ValueContext& context) {
                const auto read = [&](const Node& entry) { return read_ending(entry, context); };
                return read_list<Ending>(node, context, read,
                                         [](const Ending& ending) { return std::string(render_ending(ending)); });
              },
          .show = [](const std::vector<Ending>& endings) { return show_list(endings, render_ending); }};
}

} // namespace afk::config
