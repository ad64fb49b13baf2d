#include <afk/core/run_card.hpp>
#include <support/catch.hpp>
#include <support/digest.hpp>
#include <support/sample_card.hpp>

#include <functional>
#include <string>
#include <utility>

using namespace afk;

namespace {

const CardKeys no_keys;
const CardKeys one_key{.keys = {"first key"}};

Digest reference() {
  return test::make_reference_digest();
}

std::string render(const RunCard& card, const CardKeys& keys = no_keys) {
  return render_run_card(card, keys, reference());
}

Result<std::optional<RunCard>> parse(std::string_view body, const CardKeys& keys = no_keys) {
  return parse_run_card(body, keys, reference());
}

// A line that says what it likes under a checksum that fits: what a newer or a broken afk could write.
std::string resign(std::string line) {
  line = line.substr(0, line.rfind(" sum="));
  return line + " sum=sha256:" + render_hex(test::sha256(line)) + " -->";
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t position = text.find(from);
  REQUIRE(position != std::string::npos);
  return text.replace(position, from.size(), to);
}

std::string message_of(const Result<std::optional<RunCard>>& result) {
  if (result.ok()) {
    return result.value() ? "(a card)" : "(no card)";
  }
  CHECK(result.error().kind == ErrorKind::malformed);
  return result.error().message;
}

} // namespace

TEST_CASE("A card is one comment line that nobody sees") {
  CHECK(render(test::sample_card()) ==
        "<!-- afk-run-card/1 afk=0.1.0 run=afk-k3j7x2abcdefghijklmnopqrst arming=1795185399:583231:0 "
        "executor=host-3f2a agent=claude model=opus-4.1 content=" +
            std::string(64, 'a') + " prompt=" + std::string(64, 'b') +
            " template=builtin/1 configuration=" + std::string(64, 'c') +
            " state=ended ending=frozen reason=tests/unit%20is%20red:%203%20of%20120%20failed%20-%2D%20see%20the%20log "
            "first_seen=commit,1795183500000;red,1795183800250;run,1795183200000 "
            "refused=403:%20%22resource%20not%20accessible%22 "
            "interrupt=run-limit,fix-abcdefghijkl-0,1795186800000 turns=first,,0,free,1795183200000;fix," +
            std::string(40, 'd') + ",0,counts,1795183860000;rebase," + std::string(40, 'e') +
            ",1,free,1795184400000 forgotten_attempts=0 redispatches=1 parked_until=1795190400000 checked_head=" +
            std::string(40, 'd') + " rerun_heads=" + std::string(40, 'd') + ";" + std::string(40, 'e') +
            " cost_usd=1.25 doorbells=question,question%201,slack,rung,1795185000000;frozen,ended,slack,owed,"
            "1795186860000 labels=agent-in-progress,off,1795186860000;ready-for-human,on,1795186860000 "
            "recorded_arming=1795185400:1:0 "
            "sum=sha256:102bc17cd2779d881a02ba6769aeab6aa246623520ddf1487594c303d6cf944f -->");
  // Both checksums were computed by Python's hashlib and hmac.
  CHECK(render(test::sample_card(), one_key)
            .ends_with(" sum=hmac-sha256:f576fdfb423a73ffb9c71452011d961a69cd5768fc36a8a13ecd75d5b58d9a9d -->"));
}

TEST_CASE("A card that was written is the card that is read") {
  SECTION("with every field filled") {
    CHECK(parse(render(test::sample_card())).value() == test::sample_card());
  }
  SECTION("with every optional field empty") {
    RunCard card;
    card.run = test::sample_card().run;
    card.arming = test::sample_card().arming;
    CHECK(parse(render(card)).value() == card);
  }
  SECTION("with the question that its time belongs to") {
    RunCard card = test::sample_card();
    card.first_seen[FirstSeen::question] = test::moment("2026-11-20T14:06:00Z");
    card.asked = "first-abcdefghijkl-0:a b,c;d=e";
    const std::string line = render(card);
    CHECK(parse(line).value() == card);
    const std::string moved = resign(replaced(line, ";question,", ";run,"));
    CHECK(message_of(parse(moved)) != "(a card)");
    card.first_seen.erase(FirstSeen::question);
    CHECK(bound_run_card(card).asked.empty());
  }
  SECTION("behind the checklist, with line ends as a forge may change them") {
    const std::string line = render(test::sample_card());
    CHECK(parse("### heading\n\n- [x] claimed\n\n" + line + "\n").value() == test::sample_card());
    CHECK(parse("### heading\r\n\r\n" + line + "\r\n\r\n  \r\n").value() == test::sample_card());
  }
}

TEST_CASE("Ten thousand random cards with hostile texts survive the way to the tracker and back") {
  test::RandomCards cards(20'261'120);
  int different_lines = 0;
  std::string previous;
  for (int round = 0; round < 10'000; ++round) {
    const RunCard card = cards.next();
    const CardKeys& keys = round % 2 == 0 ? no_keys : one_key;
    const std::string line = render(card, keys);
    different_lines += line != previous ? 1 : 0;
    previous = line;
    const std::string_view inside = std::string_view(line).substr(4, line.size() - 8);
    const bool is_hidden =
        line.starts_with("<!-- ") && line.ends_with(" -->") && inside.find("--") == std::string::npos;
    const bool is_plain = inside.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                                   "._:/+-%=,; ") == std::string::npos;
    const auto read = parse(line, keys);
    if (!is_hidden || !is_plain || line.size() > longest_card_line || !read.ok() || read.value() != card) {
      CAPTURE(round, line, message_of(read));
      REQUIRE(is_hidden);
      REQUIRE(is_plain);
      REQUIRE(line.size() <= longest_card_line);
      REQUIRE(read.ok());
      REQUIRE(read.value() == card);
    }
  }
  CHECK(different_lines == 10'000);
}

TEST_CASE("Every change of a single byte is refused") {
  const auto [name, keys] =
      GENERATE(values<std::pair<std::string, CardKeys>>({{"without a key", no_keys}, {"with a key", one_key}}));
  CAPTURE(name);
  const std::string line = render(test::sample_card(), keys);
  REQUIRE(parse(line, keys).value().has_value());
  int tried = 0;
  int unrecognised = 0;
  for (std::size_t position = 0; position < line.size(); ++position) {
    for (const int change : {1, 2, 4, 8, 16, 32, 64, 128, line[position] ^ '\n', line[position] ^ '%'}) {
      std::string damaged = line;
      damaged[position] = static_cast<char>(damaged[position] ^ change);
      if (damaged == line) {
        continue;
      }
      const auto read = parse(damaged, keys);
      ++tried;
      const bool is_no_card = read.ok() && !read.value().has_value();
      unrecognised += is_no_card ? 1 : 0;
      if (read.ok() && !is_no_card) {
        CAPTURE(position, damaged);
        FAIL("a damaged line was read as a card");
      }
    }
  }
  CHECK(tried > 10'000);
  // Only a line whose very marker is damaged does not look like a card any more: it is lost, and rebuilt.
  CHECK(unrecognised <= 10 * static_cast<int>(std::string_view("<!-- afk-run-card").size()));
}

TEST_CASE("A line that is cut off anywhere is refused") {
  const std::string line = render(test::sample_card());
  for (std::size_t length = std::string_view("<!-- afk-run-card").size(); length < line.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(parse(line.substr(0, length)).ok());
  }
}

TEST_CASE("A comment without a card is no card") {
  const auto body = GENERATE(values<std::string>({
      "",
      "A person's comment about afk-run-card and its format",
      "<!-- a hidden remark -->",
  }));
  CAPTURE(body);
  CHECK(message_of(parse(body)) == "(no card)");
}

TEST_CASE("A card that is quoted by somebody is no card") {
  const std::string line = render(test::sample_card());
  CHECK(message_of(parse("> " + line)) == "(no card)");
  CHECK(message_of(parse("Look: " + line)) == "(no card)");
  CHECK(message_of(parse("    " + line)) == "(no card)");
}

TEST_CASE("Forged and damaged cards are told apart by their message") {
  struct Case {
    std::string name;
    std::function<std::string(std::string)> change;
    std::string message;
  };

  const auto test = GENERATE(values<Case>({
      {"an edited field", [](std::string line) { return replaced(line, "redispatches=1", "redispatches=0"); },
       "was changed after it was written: its checksum does not fit"},
      {"two lines", [](std::string line) { return line + "\n" + line; }, "stands in one comment with another one"},
      {"a line copied into a person's text", [](std::string line) { return line + "\nThat is what I saw."; },
       "is followed by other text"},
      {"a newer schema", [](std::string line) { return replaced(line, "card/1", "card/2"); },
       "has schema 2, written by a newer afk; this one reads up to 1"},
      {"a newer schema with another checksum",
       [](std::string line) { return resign(replaced(line, "card/1", "card/12")); },
       "has schema 12, written by a newer afk; this one reads up to 1"},
      {"schema zero", [](std::string line) { return resign(replaced(line, "card/1", "card/0")); },
       "has a schema that is no number"},
      {"no schema", [](std::string line) { return resign(replaced(line, "card/1", "card/x")); },
       "has a schema that is no number"},
      {"no fields", [](std::string) { return std::string("<!-- afk-run-card/1 -->"); }, "is cut off"},
      {"fields and no checksum", [](std::string) { return std::string("<!-- afk-run-card/1 afk=1 -->"); },
       "is cut off"},
      {"a checksum alone", [](std::string) { return resign("<!-- afk-run-card/1 sum= -->"); }, "is cut off"},
      {"another checksum", [](std::string line) { return replaced(line, "sum=sha256:", "sum=md5:"); },
       "has a checksum of an unknown kind"},
      {"another comment", [](std::string line) { return replaced(line, "<!-- afk", "<!--  afk"); },
       "does not begin as one"},
      {"an unknown field", [](std::string line) { return resign(replaced(line, " agent=", " colour=red agent=")); },
       "has an unknown field \"colour\""},
      {"a word that is no field", [](std::string line) { return resign(replaced(line, " agent=", " colour agent=")); },
       "has an unknown field \"colour\""},
      {"two blanks", [](std::string line) { return resign(replaced(line, " agent=", "  agent=")); },
       "has an unknown field \"\""},
      {"a missing field", [](std::string line) { return resign(replaced(line, " agent=claude", "")); },
       "lacks the field agent"},
      {"the last field missing",
       [](std::string line) { return resign(replaced(line, " recorded_arming=1795185400:1:0", "")); },
       "lacks the field recorded_arming"},
      {"a field twice", [](std::string line) { return resign(replaced(line, " model=", " agent=claude model=")); },
       "has the field agent twice or out of order"},
      {"an illegal run name", [](std::string line) { return resign(replaced(line, "run=afk-k3", "run=afk-K3")); },
       "has no legal value in the field run"},
      {"an illegal state", [](std::string line) { return resign(replaced(line, "state=ended", "state=paused")); },
       "has no legal value in the field state"},
      {"no state", [](std::string line) { return resign(replaced(line, "state=ended", "state=")); },
       "has no legal value in the field state"},
      {"an unknown ending", [](std::string line) { return resign(replaced(line, "=frozen", "=molten")); },
       "has no legal value in the field ending"},
      {"clocks in another order",
       [](std::string line) { return resign(replaced(line, "commit,1795183500000;red,", "red,5;commit,")); },
       "has no legal value in the field first_seen"},
      {"a turn with a part too few",
       [](std::string line) { return resign(replaced(line, "first,,0,free,", "first,,0,")); },
       "has no legal value in the field turns"},
      {"a negative ordinal", [](std::string line) { return resign(replaced(line, "first,,0,", "first,,-1,")); },
       "has no legal value in the field turns"},
      {"a number with a leading zero",
       [](std::string line) { return resign(replaced(line, "redispatches=1", "redispatches=01")); },
       "has no legal value in the field redispatches"},
      {"a number that does not fit",
       [](std::string line) { return resign(replaced(line, "redispatches=1", "redispatches=4294967297")); },
       "has no legal value in the field redispatches"},
      {"a cost that is no number", [](std::string line) { return resign(replaced(line, "usd=1.25", "usd=nan")); },
       "has no legal value in the field cost_usd"},
      {"a negative cost", [](std::string line) { return resign(replaced(line, "usd=1.25", "usd=-1.25")); },
       "has no legal value in the field cost_usd"},
      {"a cost in another spelling", [](std::string line) { return resign(replaced(line, "usd=1.25", "usd=1.250")); },
       "has no legal value in the field cost_usd"},
      {"an empty head", [](std::string line) { return resign(replaced(line, "rerun_heads=", "rerun_heads=;")); },
       "has no legal value in the field rerun_heads"},
      {"a text in another spelling", [](std::string line) { return resign(replaced(line, "=claude", "=cl%61ude")); },
       "has no legal value in the field agent"},
  }));
  CAPTURE(test.name);
  CHECK(message_of(parse(test.change(render(test::sample_card())))) == "the run card " + test.message);
}

TEST_CASE("A line that is too long is not read at all") {
  const std::string line = render(test::sample_card());
  const std::string long_line = resign(replaced(line, "agent=", "agent=" + std::string(longest_card_line, 'a')));
  CHECK(message_of(parse(long_line)).find("at most 16384 are read") != std::string::npos);
}

TEST_CASE("Keys decide who may write a card") {
  struct Case {
    std::string name;
    CardKeys written_with;
    CardKeys read_with;
    std::string answer;
  };

  const auto test = GENERATE(values<Case>({
      {"the same key", {{"new"}}, {{"new"}}, "(a card)"},
      {"the previous key", {{"old"}}, {{"new", "old"}}, "(a card)"},
      {"the last of three", {{"oldest"}}, {{"new", "old", "oldest"}}, "(a card)"},
      {"the first signs", {{"new", "old"}}, {{"new"}}, "(a card)"},
      {"the others do not",
       {{"new", "old"}},
       {{"old"}},
       "the run card was changed after it was written, or signed with another key: its checksum does not fit"},
      {"a foreign key",
       {{"foreign"}},
       {{"new", "old"}},
       "the run card was changed after it was written, or signed with another key: its checksum does not fit"},
      {"no key where one is needed",
       {},
       {{"new"}},
       "the run card is not signed, but card.key_file is configured; a card from before the key has to be deleted"},
      {"a key where none is known",
       {{"new"}},
       {},
       "the run card is signed, but no key is configured to check it with; set card.key_file"},
  }));
  CAPTURE(test.name);
  CHECK(message_of(parse(render(test::sample_card(), test.written_with), test.read_with)) == test.answer);
}

TEST_CASE("A plain checksum under the name of a keyed one opens nothing") {
  const std::string line = render(test::sample_card());
  const std::string renamed = replaced(line, "sum=sha256:", "sum=hmac-sha256:");
  CHECK_FALSE(parse(renamed, one_key).ok());
  CHECK_FALSE(parse(renamed).ok());
}

TEST_CASE("Every state, ending, clock, turn and doorbell has a name of its own on the card") {
  RunCard card = test::sample_card();
  for (unsigned state = 0; state <= static_cast<unsigned>(CardState::ended); ++state) {
    card.state = static_cast<CardState>(state);
    CHECK(parse(render(card)).value() == card);
  }
  for (unsigned ending = 0; ending <= static_cast<unsigned>(Ending::stood_down); ++ending) {
    card.ending = static_cast<Ending>(ending);
    CHECK(parse(render(card)).value() == card);
  }
  for (unsigned clock = 0; clock <= static_cast<unsigned>(FirstSeen::complete); ++clock) {
    card.first_seen[static_cast<FirstSeen>(clock)] = test::moment("2026-11-20T14:05:00Z");
    CHECK(parse(render(card)).value() == card);
  }
}
