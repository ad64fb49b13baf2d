#pragma once
// Run cards for tests: one that has something in every field, and seeded random ones with hostile texts in them.

#include <support/hostile_text.hpp>

#include <afk/core/run_card.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace afk::test {

inline Timestamp moment(std::string_view text) {
  return parse_timestamp(text).value();
}

inline RunCard sample_card() {
  RunCard card;
  card.afk_version = "0.1.0";
  card.run = RunName{"afk-k3j7x2abcdefghijklmnopqrst"};
  card.arming = ArmingId{"1795185399:583231:0"};
  card.executor_identity = "host-3f2a";
  card.agent = "claude";
  card.model = "opus-4.1";
  card.content_hash = std::string(64, 'a');
  card.prompt_hash = std::string(64, 'b');
  card.template_version = "builtin/1";
  card.configuration_digest = std::string(64, 'c');
  card.state = CardState::ended;
  card.ending = Ending::frozen;
  card.ending_reason = "tests/unit is red: 3 of 120 failed -- see the log";
  card.first_seen = {{FirstSeen::commit, moment("2026-11-20T14:05:00Z")},
                     {FirstSeen::red, moment("2026-11-20T14:10:00.250Z")},
                     {FirstSeen::run, moment("2026-11-20T14:00:00Z")}};
  card.refused_answer = "403: \"resource not accessible\"";
  card.interrupt = CardInterrupt{
      .cause = InterruptCause::run_limit, .turn = TurnName{"fix-abcdefghijkl-0"}, .at = moment("2026-11-20T15:00:00Z")};
  card.turns = {{TurnKind::first, "", 0, Attempt::free, moment("2026-11-20T14:00:00Z")},
                {TurnKind::fix, std::string(40, 'd'), 0, Attempt::counts, moment("2026-11-20T14:11:00Z")},
                {TurnKind::rebase, std::string(40, 'e'), 1, Attempt::free, moment("2026-11-20T14:20:00Z")}};
  card.redispatches = 1;
  card.parked_until = moment("2026-11-20T16:00:00Z");
  card.checked_head = std::string(40, 'd');
  card.rerun_heads = {std::string(40, 'd'), std::string(40, 'e')};
  card.cost_usd = 1.25;
  card.doorbells = {
      {Ending::question, "question 1", "slack", CardDoorbell::State::rung, moment("2026-11-20T14:30:00Z")},
      {Ending::frozen, "ended", "slack", CardDoorbell::State::owed, moment("2026-11-20T15:01:00Z")}};
  card.label_changes = {{"agent-in-progress", CardLabelChange::Target::off, moment("2026-11-20T15:01:00Z")},
                        {"ready-for-human", CardLabelChange::Target::on, moment("2026-11-20T15:01:00Z")}};
  card.recorded_arming = "1795185400:1:0";
  return card;
}

// Cards within their limits; the same seed gives the same cards.
class RandomCards {
 public:
  explicit RandomCards(unsigned seed) : random_(seed), pieces_(hostile_pieces()) {}

  RunCard next() {
    RunCard card;
    card.afk_version = text(20);
    card.run = RunName{"afk-" + base32(26)};
    card.arming = ArmingId{legal_id()};
    card.executor_identity = text(60);
    card.agent = text(40);
    card.model = text(60);
    card.content_hash = text(64);
    card.prompt_hash = text(64);
    card.template_version = text(30);
    card.configuration_digest = text(64);
    card.state = static_cast<CardState>(below(5));
    if (below(2) == 0) {
      card.ending = static_cast<Ending>(below(22));
    }
    card.ending_reason = text(200);
    for (unsigned clock = 0; clock <= static_cast<unsigned>(FirstSeen::complete); ++clock) {
      if (below(3) == 0) {
        card.first_seen.emplace(static_cast<FirstSeen>(clock), time());
      }
    }
    if (card.first_seen.contains(FirstSeen::question)) {
      card.asked = text(60);
    }
    card.refused_answer = text(200);
    add_lists(card);
    card.forgotten_attempts = static_cast<int>(below(50));
    card.redispatches = static_cast<int>(below(1000));
    if (below(3) == 0) {
      card.parked_until = time();
    }
    card.checked_head = text(60);
    card.cost_usd = cost();
    card.recorded_arming = text(60);
    return card;
  }

 private:
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

  std::string base32(std::size_t count) {
    std::string letters;
    while (letters.size() < count) {
      letters.push_back("abcdefghijklmnopqrstuvwxyz234567"[below(32)]);
    }
    return letters;
  }

  std::string legal_id() {
    std::string id;
    for (auto count = 1 + below(60); count > 0; --count) {
      id.push_back("abcXYZ0189:._-"[below(14)]);
    }
    return id;
  }

  std::string text(std::size_t max_bytes) {
    std::string text;
    for (auto count = below(8); count > 0; --count) {
      text += below(3) == 0 ? std::string(1, static_cast<char>(below(256))) : pieces_[random_() % pieces_.size()];
    }
    text.resize(std::min(text.size(), max_bytes)); // also in the middle of a character
    return text;
  }

  Timestamp time() {
    switch (below(4)) {
    case 0:
      return Timestamp(Duration(static_cast<std::int64_t>(random_()) - (std::int64_t{1} << 31U)));
    case 1:
      return Timestamp(Duration(static_cast<std::int64_t>(wide_(random_))));
    default:
      return Timestamp(std::chrono::seconds(1'795'000'000 + below(1'000'000)));
    }
  }

  double cost() {
    switch (below(4)) {
    case 0:
      return 0;
    case 1:
      return below(100'000) / 100.0;
    case 2:
      return std::uniform_real_distribution<double>(0, 1e6)(random_);
    default:
      return std::uniform_real_distribution<double>(0, 1)(random_) * 1e-300;
    }
  }

  void add_lists(RunCard& card) {
    for (auto count = below(12); count > 0; --count) {
      card.turns.push_back({static_cast<TurnKind>(below(7)), text(40), static_cast<int>(below(1'000'000)),
                            static_cast<Attempt>(below(2)), time()});
    }
    for (auto count = below(4); count > 0; --count) {
      card.doorbells.push_back(
          {static_cast<Ending>(below(22)), text(30), text(30), static_cast<CardDoorbell::State>(below(3)), time()});
    }
    for (auto count = below(6); count > 0; --count) {
      card.label_changes.push_back({text(30), static_cast<CardLabelChange::Target>(below(2)), time()});
    }
    for (auto count = below(6); count > 0; --count) {
      card.rerun_heads.push_back(base32(1 + below(40)));
    }
    if (below(3) == 0) {
      card.interrupt = CardInterrupt{
          .cause = static_cast<InterruptCause>(below(3)), .turn = TurnName{"fix-" + base32(12) + "-7"}, .at = time()};
    }
  }

  std::mt19937 random_;
  std::uniform_int_distribution<std::int64_t> wide_;
  std::vector<std::string> pieces_;
};

} // namespace afk::test
