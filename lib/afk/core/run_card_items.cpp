#include <afk/core/card_encoding.hpp>
#include <afk/core/run_card_items.hpp>

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <utility>

namespace afk {

namespace {

constexpr std::uint8_t more_than_any_enum = 64;

// The value of an enum by its name. The names come from a switch, so that the compiler misses a new value in one place.
template <typename Enum>
std::optional<Enum> try_named(std::string_view text, std::string_view (*render)(Enum)) {
  for (std::uint8_t number = 0; !text.empty() && number < more_than_any_enum; ++number) {
    const auto value = static_cast<Enum>(number);
    if (render(value) == text) {
      return value;
    }
  }
  return std::nullopt;
}

std::string_view render_attempt(Attempt attempt) {
  switch (attempt) {
  case Attempt::counts:
    return "counts";
  case Attempt::free:
    return "free";
  }
  return {};
}

std::string_view render_bell_state(CardDoorbell::State state) {
  switch (state) {
  case CardDoorbell::State::owed:
    return "owed";
  case CardDoorbell::State::rung:
    return "rung";
  case CardDoorbell::State::given_up:
    return "given_up";
  }
  return {};
}

std::string_view render_target(CardLabelChange::Target target) {
  switch (target) {
  case CardLabelChange::Target::on:
    return "on";
  case CardLabelChange::Target::off:
    return "off";
  }
  return {};
}

std::optional<int> try_count(std::string_view text) {
  const auto number = try_card_number(text);
  if (!number || *number < 0 || *number > std::numeric_limits<int>::max()) {
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

} // namespace

std::string_view render_card_state(CardState state) {
  switch (state) {
  case CardState::dispatch_failing:
    return "dispatch_failing";
  case CardState::starting:
    return "starting";
  case CardState::running:
    return "running";
  case CardState::parked:
    return "parked";
  case CardState::ended:
    return "ended";
  }
  return {};
}

std::optional<CardState> try_card_state(std::string_view text) {
  return try_named<CardState>(text, render_card_state);
}

std::string_view render_first_seen(FirstSeen clock) {
  switch (clock) {
  case FirstSeen::commit:
    return "commit";
  case FirstSeen::red:
    return "red";
  case FirstSeen::unreachable:
    return "unreachable";
  case FirstSeen::question:
    return "question";
  case FirstSeen::base_red:
    return "base_red";
  case FirstSeen::vanished:
    return "vanished";
  case FirstSeen::refused:
    return "refused";
  case FirstSeen::hold:
    return "hold";
  case FirstSeen::run:
    return "run";
  case FirstSeen::dispatch_failing:
    return "dispatch_failing";
  case FirstSeen::checks:
    return "checks";
  case FirstSeen::rerun:
    return "rerun";
  case FirstSeen::landed:
    return "landed";
  case FirstSeen::complete:
    return "complete";
  }
  return {};
}

std::optional<FirstSeen> try_first_seen(std::string_view text) {
  return try_named<FirstSeen>(text, render_first_seen);
}

std::string render_card_moment(Timestamp moment) {
  return fmt::format("{}", moment.time_since_epoch().count());
}

std::optional<Timestamp> try_card_moment(std::string_view text) {
  const auto number = try_card_number(text);
  if (!number) {
    return std::nullopt;
  }
  return Timestamp(Duration(*number));
}

std::optional<std::int64_t> try_card_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || fmt::format("{}", number) != text) {
    return std::nullopt;
  }
  return number;
}

std::string render_card_turn(const CardTurn& turn) {
  return fmt::format("{},{},{},{},{}", render_turn_kind(turn.kind), encode_card_text(turn.cause), turn.ordinal,
                     render_attempt(turn.attempt), render_card_moment(turn.ordered_at));
}

std::optional<CardTurn> try_card_turn(std::string_view text) {
  const auto parts = split_card_list(text, ',');
  if (parts.size() != 5) {
    return std::nullopt;
  }
  const auto kind = parse_turn_kind(parts[0]);
  auto cause = try_decode_card_text(parts[1]);
  const auto ordinal = try_count(parts[2]);
  const auto attempt = try_named<Attempt>(parts[3], render_attempt);
  const auto ordered_at = try_card_moment(parts[4]);
  if (!kind.ok() || !cause || !ordinal || !attempt || !ordered_at) {
    return std::nullopt;
  }
  return CardTurn{.kind = kind.value(),
                  .cause = *std::move(cause),
                  .ordinal = *ordinal,
                  .attempt = *attempt,
                  .ordered_at = *ordered_at};
}

std::string render_card_interrupt(const CardInterrupt& interrupt) {
  return fmt::format("{},{},{}", render_interrupt_cause(interrupt.cause), encode_card_text(interrupt.turn.text),
                     render_card_moment(interrupt.at));
}

std::optional<CardInterrupt> try_card_interrupt(std::string_view text) {
  const auto parts = split_card_list(text, ',');
  if (parts.size() != 3) {
    return std::nullopt;
  }
  const auto cause = parse_interrupt_cause(parts[0]);
  auto turn = parse_turn_name(parts[1]);
  const auto at = try_card_moment(parts[2]);
  if (!cause.ok() || !turn.ok() || !at) {
    return std::nullopt;
  }
  return CardInterrupt{.cause = cause.value(), .turn = std::move(turn).value(), .at = *at};
}

std::string render_card_doorbell(const CardDoorbell& doorbell) {
  return fmt::format("{},{},{},{},{}", render_ending(doorbell.kind), encode_card_text(doorbell.transition),
                     encode_card_text(doorbell.notifier), render_bell_state(doorbell.state),
                     render_card_moment(doorbell.since));
}

std::optional<CardDoorbell> try_card_doorbell(std::string_view text) {
  const auto parts = split_card_list(text, ',');
  if (parts.size() != 5) {
    return std::nullopt;
  }
  const auto kind = parse_ending(parts[0]);
  auto transition = try_decode_card_text(parts[1]);
  auto notifier = try_decode_card_text(parts[2]);
  const auto state = try_named<CardDoorbell::State>(parts[3], render_bell_state);
  const auto since = try_card_moment(parts[4]);
  if (!kind.ok() || !transition || !notifier || !state || !since) {
    return std::nullopt;
  }
  return CardDoorbell{.kind = kind.value(),
                      .transition = *std::move(transition),
                      .notifier = *std::move(notifier),
                      .state = *state,
                      .since = *since};
}

std::string render_card_label_change(const CardLabelChange& change) {
  return fmt::format("{},{},{}", encode_card_text(change.label), render_target(change.target),
                     render_card_moment(change.at));
}

std::optional<CardLabelChange> try_card_label_change(std::string_view text) {
  const auto parts = split_card_list(text, ',');
  if (parts.size() != 3) {
    return std::nullopt;
  }
  auto label = try_decode_card_text(parts[0]);
  const auto target = try_named<CardLabelChange::Target>(parts[1], render_target);
  const auto at = try_card_moment(parts[2]);
  if (!label || !target || !at) {
    return std::nullopt;
  }
  return CardLabelChange{.label = *std::move(label), .target = *target, .at = *at};
}

} // namespace afk
