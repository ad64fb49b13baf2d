// One table describes the fields; writing and reading walk over it in the same order, so that neither can forget one.
#include <afk/core/card_encoding.hpp>
#include <afk/core/check.hpp>
#include <afk/core/run_card.hpp>
#include <afk/core/run_card_items.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace afk {

namespace {

constexpr std::string_view comment_opener = "<!--";
constexpr std::string_view marker = "afk-run-card";
constexpr std::string_view line_start = "<!-- afk-run-card/";
constexpr std::string_view line_end = " -->";
constexpr std::string_view sum_key = " sum=";
constexpr std::string_view keyed_sum = "hmac-sha256:";
constexpr std::string_view plain_sum = "sha256:";
constexpr int schema_now = 1;

Error malformed(std::string_view problem) {
  return Error{.kind = ErrorKind::malformed, .message = fmt::format("the run card {}", problem)};
}

// The values of the fields as text, one function pair for each type of value. `parse` answers whether the text is one
// that `render` writes.
struct Field {
  std::string_view key;
  std::string (*render)(const RunCard& card);
  bool (*parse)(std::string_view text, RunCard& card);
};

template <typename Value>
bool store(std::optional<Value> read, Value& value) {
  if (!read) {
    return false;
  }
  value = *std::move(read);
  return true;
}

template <typename Value>
bool store(Result<Value> read, Value& value) {
  if (!read.ok()) {
    return false;
  }
  value = std::move(read).value();
  return true;
}

template <std::string RunCard::* Member>
constexpr Field text_field(std::string_view key) {
  return {key, [](const RunCard& card) { return encode_card_text(card.*Member); },
          [](std::string_view text, RunCard& card) { return store(try_decode_card_text(text), card.*Member); }};
}

template <int RunCard::* Member>
constexpr Field count_field(std::string_view key) {
  return {key, [](const RunCard& card) { return fmt::format("{}", card.*Member); },
          [](std::string_view text, RunCard& card) {
            const auto number = try_card_number(text);
            const bool fits = number && *number >= 0 && *number <= std::numeric_limits<int>::max();
            card.*Member = fits ? static_cast<int>(*number) : 0;
            return fits;
          }};
}

template <typename Item>
std::string render_list(const std::vector<Item>& items, std::string (*render)(const Item&)) {
  std::string text;
  for (const Item& item : items) {
    text += text.empty() ? "" : ";";
    text += render(item);
  }
  return text;
}

template <typename Item>
bool parse_list(std::string_view text, std::optional<Item> (*try_item)(std::string_view), std::vector<Item>& items) {
  for (const std::string_view part : split_card_list(text, ';')) {
    auto item = try_item(part);
    if (!item) {
      return false;
    }
    items.push_back(*std::move(item));
  }
  return true;
}

std::string render_clocks(const RunCard& card) {
  std::string text;
  for (const auto& [clock, moment] : card.first_seen) {
    text += fmt::format("{}{},{}", text.empty() ? "" : ";", render_first_seen(clock), render_card_moment(moment));
    if (clock == FirstSeen::question && !card.asked.empty()) {
      text += "," + encode_card_text(card.asked);
    }
  }
  return text;
}

bool parse_clocks(std::string_view text, RunCard& card) {
  for (const std::string_view part : split_card_list(text, ';')) {
    const auto pair = split_card_list(part, ',');
    if (pair.size() != 2 && pair.size() != 3) {
      return false;
    }
    const auto clock = try_first_seen(pair[0]);
    if (pair.size() == 3 &&
        (clock != FirstSeen::question || !store(try_decode_card_text(pair[2]), card.asked) || card.asked.empty())) {
      return false;
    }
    const auto moment = try_card_moment(pair[1]);
    if (!clock || !moment) {
      return false;
    }
    if (!card.first_seen.empty() && card.first_seen.rbegin()->first >= *clock) {
      return false;
    }
    card.first_seen.emplace(*clock, *moment);
  }
  return true;
}

// The shortest decimal that reads back as the same number.
bool parse_cost(std::string_view text, RunCard& card) {
  double cost = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), cost);
  if (problem != std::errc{} || !std::isfinite(cost) || std::signbit(cost) || fmt::format("{}", cost) != text) {
    return false;
  }
  card.cost_usd = cost;
  return true;
}

bool parse_ending_field(std::string_view text, RunCard& card) {
  if (text.empty()) {
    return true;
  }
  const auto ending = parse_ending(text);
  card.ending = ending.ok() ? std::optional(ending.value()) : std::nullopt;
  return ending.ok();
}

bool parse_interrupt_field(std::string_view text, RunCard& card) {
  card.interrupt = text.empty() ? std::nullopt : try_card_interrupt(text);
  return text.empty() || card.interrupt.has_value();
}

bool parse_parked_until(std::string_view text, RunCard& card) {
  card.parked_until = text.empty() ? std::nullopt : try_card_moment(text);
  return text.empty() || card.parked_until.has_value();
}

bool parse_rerun_heads(std::string_view text, RunCard& card) {
  return parse_list<std::string>(text, try_decode_card_text, card.rerun_heads) &&
         std::ranges::none_of(card.rerun_heads, [](const std::string& head) { return head.empty(); });
}

constexpr auto fields = std::to_array<Field>({
    text_field<&RunCard::afk_version>("afk"),
    {"run", [](const RunCard& card) { return encode_card_text(card.run.text); },
     [](std::string_view text, RunCard& card) { return store(parse_run_name(text), card.run); }},
    {"arming", [](const RunCard& card) { return encode_card_text(card.arming.text); },
     [](std::string_view text, RunCard& card) {
       const auto decoded = try_decode_card_text(text);
       return decoded && store(parse_arming_id(*decoded), card.arming);
     }},
    text_field<&RunCard::executor_identity>("executor"),
    text_field<&RunCard::agent>("agent"),
    text_field<&RunCard::model>("model"),
    text_field<&RunCard::content_hash>("content"),
    text_field<&RunCard::prompt_hash>("prompt"),
    text_field<&RunCard::template_version>("template"),
    text_field<&RunCard::configuration_digest>("configuration"),
    {"state", [](const RunCard& card) { return std::string(render_card_state(card.state)); },
     [](std::string_view text, RunCard& card) { return store(try_card_state(text), card.state); }},
    {"ending", [](const RunCard& card) { return card.ending ? std::string(render_ending(*card.ending)) : ""; },
     parse_ending_field},
    text_field<&RunCard::ending_reason>("reason"),
    {"first_seen", render_clocks, parse_clocks},
    text_field<&RunCard::refused_answer>("refused"),
    {"interrupt", [](const RunCard& card) { return card.interrupt ? render_card_interrupt(*card.interrupt) : ""; },
     parse_interrupt_field},
    {"turns", [](const RunCard& card) { return render_list<CardTurn>(card.turns, render_card_turn); },
     [](std::string_view text, RunCard& card) { return parse_list<CardTurn>(text, try_card_turn, card.turns); }},
    count_field<&RunCard::forgotten_attempts>("forgotten_attempts"),
    count_field<&RunCard::redispatches>("redispatches"),
    {"parked_until",
     [](const RunCard& card) { return card.parked_until ? render_card_moment(*card.parked_until) : ""; },
     parse_parked_until},
    text_field<&RunCard::checked_head>("checked_head"),
    {"rerun_heads",
     [](const RunCard& card) {
       return render_list<std::string>(card.rerun_heads,
                                       [](const std::string& head) { return encode_card_text(head); });
     },
     parse_rerun_heads},
    {"cost_usd", [](const RunCard& card) { return fmt::format("{}", card.cost_usd); }, parse_cost},
    {"doorbells", [](const RunCard& card) { return render_list<CardDoorbell>(card.doorbells, render_card_doorbell); },
     [](std::string_view text, RunCard& card) {
       return parse_list<CardDoorbell>(text, try_card_doorbell, card.doorbells);
     }},
    {"labels",
     [](const RunCard& card) { return render_list<CardLabelChange>(card.label_changes, render_card_label_change); },
     [](std::string_view text, RunCard& card) {
       return parse_list<CardLabelChange>(text, try_card_label_change, card.label_changes);
     }},
    text_field<&RunCard::recorded_arming>("recorded_arming"),
});

// Every byte is looked at, wherever the first difference stands.
bool equal_in_constant_time(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) {
    return false;
  }
  unsigned difference = 0;
  for (std::size_t index = 0; index < left.size(); ++index) {
    difference |=
        static_cast<unsigned char>(left[index]) ^ static_cast<unsigned>(static_cast<unsigned char>(right[index]));
  }
  return difference == 0;
}

std::string render_sum(std::string_view covered, const CardKeys& keys, const Digest& digest) {
  if (keys.keys.empty()) {
    return std::string(plain_sum) + render_hex(digest.sha256(covered));
  }
  return std::string(keyed_sum) + render_hex(digest.hmac_sha256(keys.keys.front(), covered));
}

Result<void> check_sum(std::string_view covered, std::string_view sum, const CardKeys& keys, const Digest& digest) {
  const bool is_keyed = sum.starts_with(keyed_sum);
  if (!is_keyed && !sum.starts_with(plain_sum)) {
    return malformed("has a checksum of an unknown kind");
  }
  if (is_keyed && keys.keys.empty()) {
    return malformed("is signed, but no key is configured to check it with; set card.key_file");
  }
  if (!is_keyed && !keys.keys.empty()) {
    return malformed("is not signed, but card.key_file is configured; a card from before the key has to be deleted");
  }
  if (!is_keyed) {
    return equal_in_constant_time(render_sum(covered, keys, digest), sum)
               ? Result<void>()
               : malformed("was changed after it was written: its checksum does not fit");
  }
  bool fits = false;
  for (const std::string& key : keys.keys) {
    fits = equal_in_constant_time(render_sum(covered, {.keys = {key}}, digest), sum) || fits;
  }
  return fits ? Result<void>()
              : malformed("was changed after it was written, or signed with another key: its checksum does not fit");
}

// Walks over "key=value" words in the order of the table.
Result<RunCard> parse_fields(std::string_view text) {
  RunCard card;
  const auto words = split_card_list(text, ' ');
  std::size_t next = 0;
  for (const std::string_view word : words) {
    const std::string_view key = word.substr(0, word.find('='));
    const auto* const known = std::ranges::find(fields, key, &Field::key);
    if (known == fields.end() || key.size() == word.size()) {
      return malformed(fmt::format("has an unknown field {}", quote_for_display(key)));
    }
    const auto position = static_cast<std::size_t>(known - fields.begin());
    if (position < next) {
      return malformed(fmt::format("has the field {} twice or out of order", key));
    }
    if (position > next) {
      return malformed(fmt::format("lacks the field {}", fields[next].key));
    }
    if (!known->parse(word.substr(key.size() + 1), card)) {
      return malformed(fmt::format("has no legal value in the field {}", key));
    }
    ++next;
  }
  if (next < fields.size()) {
    return malformed(fmt::format("lacks the field {}", fields[next].key));
  }
  return card;
}

Result<void> check_schema(std::string_view number) {
  const auto schema = try_card_number(number);
  if (!schema || *schema < 1) {
    return malformed("has a schema that is no number");
  }
  if (*schema > schema_now) {
    return malformed(
        fmt::format("has schema {}, written by a newer afk; this one reads up to {}", *schema, schema_now));
  }
  return {};
}

Result<RunCard> parse_line(std::string_view line, const CardKeys& keys, const Digest& digest) {
  if (line.size() > longest_card_line) {
    return malformed(fmt::format("is {} bytes long; at most {} are read", line.size(), longest_card_line));
  }
  if (!line.starts_with(line_start)) {
    return malformed("does not begin as one");
  }
  const std::string_view rest = line.substr(line_start.size());
  const std::size_t schema_end = rest.find(' ');
  if (schema_end == std::string_view::npos) {
    return malformed("is cut off");
  }
  if (auto schema = check_schema(rest.substr(0, schema_end)); !schema.ok()) {
    return std::move(schema).error();
  }
  const std::size_t sum_start = line.rfind(sum_key);
  const std::size_t fields_start = line_start.size() + schema_end + 1;
  if (!line.ends_with(line_end) || sum_start == std::string_view::npos || sum_start < fields_start) {
    return malformed("is cut off");
  }
  const std::string_view covered = line.substr(0, sum_start);
  const std::size_t value_start = sum_start + sum_key.size();
  if (value_start > line.size() - line_end.size()) {
    return malformed("is cut off");
  }
  const std::string_view sum = line.substr(value_start, line.size() - line_end.size() - value_start);
  if (auto checked = check_sum(covered, sum, keys, digest); !checked.ok()) {
    return std::move(checked).error();
  }
  return parse_fields(line.substr(fields_start, sum_start - fields_start));
}

bool begins_like_a_card(std::string_view line) {
  return line.starts_with(comment_opener) && line.contains(marker);
}

} // namespace

std::string render_run_card(const RunCard& card, const CardKeys& keys, const Digest& digest) {
  check(std::ranges::none_of(keys.keys, &std::string::empty), "the key of a run card is never empty");
  const RunCard bounded = bound_run_card(card);
  std::string line = fmt::format("{}{}", line_start, schema_now);
  for (const Field& field : fields) {
    line += fmt::format(" {}={}", field.key, field.render(bounded));
  }
  const std::string sum = render_sum(line, keys, digest);
  return line + std::string(sum_key) + sum + std::string(line_end);
}

Result<std::optional<RunCard>> parse_run_card(std::string_view comment_body, const CardKeys& keys,
                                              const Digest& digest) {
  check(std::ranges::none_of(keys.keys, &std::string::empty), "the key of a run card is never empty");
  std::optional<std::string_view> found;
  bool is_last = false;
  for (const std::string_view line : split_lines(comment_body)) {
    if (begins_like_a_card(line)) {
      if (found) {
        return malformed("stands in one comment with another one");
      }
      found = line;
      is_last = true;
    } else if (!trim_ascii(line).empty()) {
      is_last = false;
    }
  }
  if (!found) {
    return std::optional<RunCard>();
  }
  if (!is_last) {
    return malformed("is followed by other text");
  }
  auto card = parse_line(*found, keys, digest);
  if (!card.ok()) {
    return std::move(card).error();
  }
  return std::optional(std::move(card).value());
}

} // namespace afk
