#include <afk/core/run_card.hpp>
#include <support/catch.hpp>
#include <support/digest.hpp>
#include <support/sample_card.hpp>

#include <algorithm>
#include <limits>
#include <string>

using namespace afk;

namespace {

std::string render(const RunCard& card) {
  return render_run_card(card, {}, test::make_reference_digest());
}

RunCard read_back(const RunCard& card) {
  return parse_run_card(render(card), {}, test::make_reference_digest()).value().value();
}

CardTurn turn(int number, Attempt attempt) {
  return {attempt == Attempt::counts ? TurnKind::fix : TurnKind::verify,
          std::string(36, 'a') + std::to_string(1000 + number), 0, attempt,
          test::moment("2026-11-20T14:00:00Z") + std::chrono::minutes(number)};
}

// Everything as long and as badly encodable as it gets.
RunCard worst_card() {
  RunCard card = test::sample_card();
  const std::string bad(5000, '\xFF');
  for (std::string* const text :
       {&card.afk_version, &card.executor_identity, &card.agent, &card.model, &card.content_hash, &card.prompt_hash,
        &card.template_version, &card.configuration_digest, &card.ending_reason, &card.refused_answer,
        &card.checked_head, &card.recorded_arming, &card.asked}) {
    *text = bad;
  }
  card.arming.text = std::string(128, ':');
  for (unsigned clock = 0; clock <= static_cast<unsigned>(FirstSeen::complete); ++clock) {
    card.first_seen[static_cast<FirstSeen>(clock)] = Timestamp::min();
  }
  card.cost_usd = std::numeric_limits<double>::max();
  card.redispatches = std::numeric_limits<int>::max();
  card.parked_until = Timestamp::min();
  for (int number = 0; number < 200; ++number) {
    card.turns.push_back({TurnKind::redispatch, bad, number, Attempt::counts, Timestamp::min()});
    card.doorbells.push_back({Ending::dispatch_unknown, bad, bad, CardDoorbell::State::given_up, Timestamp::min()});
    card.label_changes.push_back({bad, CardLabelChange::Target::off, Timestamp::min()});
    card.rerun_heads.push_back(bad);
  }
  return card;
}

} // namespace

TEST_CASE("No card grows past its limit, and what is read is what fits") {
  const RunCard card = worst_card();
  CHECK(render(card).size() <= longest_card_line);
  CHECK(render(card).size() > longest_card_line / 2);
  CHECK(read_back(card) == bound_run_card(card));
}

TEST_CASE("Limits applied twice are limits applied once, and change nothing that fits") {
  CHECK(bound_run_card(bound_run_card(worst_card())) == bound_run_card(worst_card()));
  CHECK(bound_run_card(test::sample_card()) == test::sample_card());
}

TEST_CASE("A text is cut at a whole character") {
  RunCard card = test::sample_card();
  card.ending_reason = std::string(359, 'a') + "\xC3\xA4";
  CHECK(bound_run_card(card).ending_reason == std::string(359, 'a'));
}

TEST_CASE("A cost that is no amount of money is none") {
  const auto cost =
      GENERATE(-1.0, -0.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity());
  RunCard card = test::sample_card();
  card.cost_usd = cost;
  CHECK(read_back(card).cost_usd == 0);
}

TEST_CASE("Free turns are forgotten before counted ones, and counted ones stay counted") {
  RunCard card = test::sample_card();
  card.turns.clear();
  card.turns.push_back({TurnKind::first, "", 0, Attempt::free, test::moment("2026-11-20T14:00:00Z")});
  for (int number = 1; number <= 150; ++number) {
    card.turns.push_back(turn(number, number % 2 == 0 ? Attempt::counts : Attempt::free));
  }
  card.turns.push_back(turn(151, Attempt::free));

  const RunCard kept = read_back(card);
  CHECK(kept.turns.size() < 100);
  CHECK(kept.turns.front() == card.turns.front());
  CHECK(kept.turns.back() == card.turns.back());
  CHECK(derive_attempts_used(kept) == 75);
  const auto free_ones = std::count_if(kept.turns.begin(), kept.turns.end(),
                                       [](const CardTurn& one) { return one.attempt == Attempt::free; });
  CHECK(free_ones < 10);
  CHECK(std::is_sorted(kept.turns.begin(), kept.turns.end(),
                       [](const CardTurn& left, const CardTurn& right) { return left.ordered_at < right.ordered_at; }));

  SECTION("however many there are") {
    for (int number = 152; number < 400; ++number) {
      card.turns.push_back(turn(number, Attempt::counts));
    }
    CHECK(derive_attempts_used(read_back(card)) == derive_attempts_used(card));
    CHECK(read_back(card).forgotten_attempts > 200);
  }
}

TEST_CASE("Owed doorbells outlive settled ones") {
  RunCard card = test::sample_card();
  card.doorbells.clear();
  for (int number = 0; number < 60; ++number) {
    const auto state = number % 3 == 0   ? CardDoorbell::State::owed
                       : number % 3 == 1 ? CardDoorbell::State::rung
                                         : CardDoorbell::State::given_up;
    card.doorbells.push_back(
        {Ending::question, "question " + std::to_string(number), "slack", state, test::moment("2026-11-20T14:00:00Z")});
  }
  const RunCard kept = read_back(card);
  CHECK(kept.doorbells.size() < 60);
  const auto owed = [](const CardDoorbell& one) { return one.state == CardDoorbell::State::owed; };
  CHECK(std::count_if(kept.doorbells.begin(), kept.doorbells.end(), owed) == 20);
  CHECK(kept.doorbells.back() == card.doorbells.back());
}

TEST_CASE("The first announcement of each label change stays, and the newest ones") {
  RunCard card = test::sample_card();
  card.label_changes.clear();
  for (int number = 0; number < 200; ++number) {
    card.label_changes.push_back({number % 2 == 0 ? "needs-info" : "agent-in-progress",
                                  number % 4 < 2 ? CardLabelChange::Target::on : CardLabelChange::Target::off,
                                  test::moment("2026-11-20T14:00:00Z") + std::chrono::minutes(number)});
  }
  const RunCard kept = read_back(card);
  CHECK(kept.label_changes.size() < 100);
  for (std::size_t index = 0; index < 4; ++index) {
    CHECK(kept.label_changes[index] == card.label_changes[index]);
  }
  CHECK(kept.label_changes.back() == card.label_changes.back());
}
