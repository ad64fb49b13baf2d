// What a card leaves out when it runs full. Counted turns are remembered as a number, because the attempts of a run are
// its budget; of the announced label changes the first of each kind stays, because a change that nobody announced is
// taken for a person's.
#include <afk/core/card_encoding.hpp>
#include <afk/core/run_card_items.hpp>
#include <afk/core/utf8.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace afk {

namespace {

constexpr std::size_t turns_size = 5 * 1024;
constexpr std::size_t doorbells_size = 2 * 1024;
constexpr std::size_t label_changes_size = 2 * 1024 + 512;
constexpr std::size_t rerun_heads_size = 1024;

constexpr std::size_t longest_cause = 256;
constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_model = 128;
constexpr std::size_t longest_transition = 128;
constexpr std::size_t longest_identity = 128;
constexpr std::size_t longest_label = 200;
constexpr std::size_t longest_reason = 360;

void shorten(std::string& text, std::size_t max_bytes) {
  text = truncate_text(text, {.max_bytes = max_bytes, .note = {}});
}

void shorten_texts(RunCard& card) {
  for (std::string* const name : {&card.afk_version, &card.agent, &card.content_hash, &card.prompt_hash,
                                  &card.template_version, &card.configuration_digest, &card.checked_head}) {
    shorten(*name, longest_name);
  }
  shorten(card.model, longest_model);
  shorten(card.executor_identity, longest_identity);
  shorten(card.recorded_arming, longest_identity);
  shorten(card.asked, longest_identity);
  shorten(card.ending_reason, longest_reason);
  shorten(card.refused_answer, longest_reason);
  for (CardTurn& turn : card.turns) {
    shorten(turn.cause, longest_cause);
  }
  for (CardDoorbell& doorbell : card.doorbells) {
    shorten(doorbell.transition, longest_transition);
    shorten(doorbell.notifier, longest_name);
  }
  for (CardLabelChange& change : card.label_changes) {
    shorten(change.label, longest_label);
  }
  for (std::string& head : card.rerun_heads) {
    shorten(head, longest_name);
  }
}

// Takes items out, the one that `find_victim` points at each time, until the rest fits.
template <typename Item, typename Measure, typename FindVictim, typename Forget>
void fit(std::vector<Item>& items, std::size_t size, Measure measure, FindVictim find_victim, Forget forget) {
  std::size_t taken = 0;
  for (const Item& item : items) {
    taken += measure(item) + 1;
  }
  while (taken > size) {
    const auto victim = find_victim(items);
    taken -= measure(*victim) + 1;
    forget(*victim);
    items.erase(victim);
  }
}

void fit_turns(RunCard& card) {
  const auto find_victim = [](std::vector<CardTurn>& turns) {
    const auto inner = turns.begin() + 1;
    const auto free =
        std::find_if(inner, turns.end() - 1, [](const CardTurn& turn) { return turn.attempt == Attempt::free; });
    return free == turns.end() - 1 ? inner : free;
  };
  const auto forget = [&](const CardTurn& turn) { card.forgotten_attempts += turn.attempt == Attempt::counts ? 1 : 0; };
  fit(card.turns, turns_size, [](const CardTurn& turn) { return render_card_turn(turn).size(); }, find_victim, forget);
}

void fit_doorbells(RunCard& card) {
  const auto find_victim = [](std::vector<CardDoorbell>& doorbells) {
    const auto settled = std::ranges::find_if(
        doorbells, [](const CardDoorbell& doorbell) { return doorbell.state != CardDoorbell::State::owed; });
    return settled == doorbells.end() ? doorbells.begin() : settled;
  };
  fit(
      card.doorbells, doorbells_size,
      [](const CardDoorbell& doorbell) { return render_card_doorbell(doorbell).size(); }, find_victim,
      [](const CardDoorbell&) {});
}

void fit_label_changes(RunCard& card) {
  const auto find_victim = [](std::vector<CardLabelChange>& changes) {
    for (auto change = changes.begin(); change != changes.end(); ++change) {
      const bool repeats = std::any_of(changes.begin(), change, [&](const CardLabelChange& earlier) {
        return earlier.label == change->label && earlier.target == change->target;
      });
      if (repeats) {
        return change;
      }
    }
    return changes.begin();
  };
  fit(
      card.label_changes, label_changes_size,
      [](const CardLabelChange& change) { return render_card_label_change(change).size(); }, find_victim,
      [](const CardLabelChange&) {});
}

void fit_rerun_heads(RunCard& card) {
  std::erase_if(card.rerun_heads, [](const std::string& head) { return head.empty(); });
  fit(
      card.rerun_heads, rerun_heads_size, [](const std::string& head) { return encode_card_text(head).size(); },
      [](std::vector<std::string>& heads) { return heads.begin(); }, [](const std::string&) {});
}

} // namespace

RunCard bound_run_card(RunCard card) {
  card.schema = 1;
  if (!std::isfinite(card.cost_usd) || card.cost_usd <= 0) {
    card.cost_usd = 0;
  }
  if (!card.first_seen.contains(FirstSeen::question)) {
    card.asked.clear();
  }
  shorten_texts(card);
  fit_turns(card);
  fit_doorbells(card);
  fit_label_changes(card);
  fit_rerun_heads(card);
  return card;
}

int derive_attempts_used(const RunCard& card) {
  const auto counted = std::ranges::count(card.turns, Attempt::counts, &CardTurn::attempt);
  return card.forgotten_attempts + static_cast<int>(counted);
}

} // namespace afk
