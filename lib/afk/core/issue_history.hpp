#pragma once
// What an issue's log and comments say about its runs: the armings, the cards that count, and what people did since.
// Pure; both ticks read it.

#include <afk/core/config.hpp>
#include <afk/core/issue.hpp>
#include <afk/core/run_card.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace afk {

// How many armings of one issue, counted from the newest, are looked at.
inline constexpr std::size_t armings_looked_at = 20;

struct ArmingRecord {
  IssueEvent event;
  std::size_t position = 0; // of the event in the record's log
  RunName run;
};

// A card that counts: written by our own account, checksum right.
struct FoundCard {
  std::string comment_id;
  std::string body;
  RunCard card;
};

struct IssueHistory {
  std::vector<ArmingRecord> armings; // oldest first, at most armings_looked_at
  std::vector<FoundCard> cards;      // in the order of the comments
  // Comments of our own account that look like cards and are none: damaged, or of a newer schema.
  std::vector<Error> card_problems;

  [[nodiscard]] const FoundCard* find_card(const RunName& run) const;
};

struct HistoryContext {
  TrackerHost host;
  LabelSettings labels;
  CardKeys card_keys;
  Digest digest;
};

[[nodiscard]] IssueHistory derive_issue_history(const IssueRecord& record, const HistoryContext& context);

// What a person did after an arming. What our own account did counts as a person's unless a card announced it; the
// first stamp needs no announcement.
enum class PersonAct : std::uint8_t {
  took_in_progress_off,
  took_ready_off, // while the in-progress label was not on
  put_human_on,
  closed_issue,
};

[[nodiscard]] std::vector<PersonAct> derive_person_acts(const IssueRecord& record, const IssueHistory& history,
                                                        const ArmingRecord& arming, const LabelSettings& labels);

// A spent arming starts nothing any more: poll takes its ready label off.
enum class Spent : std::uint8_t { no, yes };
[[nodiscard]] Spent derive_spent(std::span<const PersonAct> acts);

// Whether our own account ever put the in-progress label on: one half of the proof that a lock is ours.
enum class OwnStamp : std::uint8_t { never, seen };
[[nodiscard]] OwnStamp derive_own_stamp(const IssueRecord& record, const LabelSettings& labels);

// Whether a card's newest word on a label is that it goes on, and the log shows nobody putting it on since: the tick
// that announced it did not come to it.
enum class AnnouncedLabel : std::uint8_t { nothing_open, still_to_be_put_on };
[[nodiscard]] AnnouncedLabel derive_announced_label(const IssueRecord& record, const RunCard& card,
                                                    std::string_view label);

[[nodiscard]] bool has_label(std::span<const std::string> labels, std::string_view label);

} // namespace afk
