#include <afk/adapter/tracker_directory_log.hpp>

#include <support/catch.hpp>

#include <nlohmann/json.hpp>

using namespace afk;
using namespace afk::adapter;

namespace {

const LogEntry sample{.id = "8f00",
                      .time = parse_timestamp("2026-11-20T14:36:39.123Z").value(),
                      .by = "alice",
                      .kind = IssueEventKind::labeled,
                      .label = "ready-for-agent"};

const std::string line =
    R"({"id":"8f00","time":"2026-11-20T14:36:39.123Z","by":"alice","kind":"labeled","label":"ready-for-agent"})";

// The sample with one key replaced (or taken away, or added).
std::string with(const std::string& key, const nlohmann::ordered_json& value) {
  auto json = nlohmann::ordered_json::parse(line);
  if (value.is_discarded()) {
    json.erase(key);
  } else {
    json[key] = value;
  }
  return json.dump();
}

const nlohmann::ordered_json without(nlohmann::ordered_json::value_t::discarded);

} // namespace

TEST_CASE("an entry has one spelling") {
  CHECK(render_log_entry(sample) == line);
  CHECK(parse_log_entry(line).value() == sample);
}

TEST_CASE("every entry comes back") {
  const auto kind = GENERATE(
      values<IssueEventKind>({IssueEventKind::labeled, IssueEventKind::unlabeled, IssueEventKind::closed,
                              IssueEventKind::reopened, IssueEventKind::title_changed, IssueEventKind::body_changed}));
  LogEntry entry = sample;
  entry.kind = kind;
  entry.label =
      kind == IssueEventKind::labeled || kind == IssueEventKind::unlabeled ? "a \"b\" \\ \x1B \xF0\x9F\x9A\x80\n" : "";
  entry.title_sha256 = std::string(64, 'a');
  entry.body_sha256 = std::string(64, 'b');
  if (kind == IssueEventKind::closed) {
    entry.closed_as = IssueState::closed_not_planned;
  }
  const std::string text = render_log_entry(entry);
  CHECK(text.find('\n') == std::string::npos);
  CHECK(parse_log_entry(text).value() == entry);
}

TEST_CASE("an entry of a newer program is read as far as it is known") {
  CHECK(parse_log_entry(with("more", {{"deep", {1, "x", nullptr, {{"id", "no"}}}}})).value() == sample);
  CHECK(parse_log_entry(with("note", "x")).value() == sample);
  CHECK(parse_log_entry(with("count", 7)).value() == sample);
  CHECK(parse_log_entry(line + "\r").value() == sample);
}

TEST_CASE("what is no entry says why") {
  struct Case {
    std::string name;
    std::string text;
    std::string reason;
  };

  const auto row = GENERATE_COPY(values<Case>({
      {"no JSON", "hello", "is not JSON"},
      {"half an entry", line.substr(0, 50), "is not JSON"},
      {"two entries in one line", line + line, "is not JSON"},
      {"a conflict of Git", "<<<<<<< HEAD", "is not JSON"},
      {"a list", "[" + line + "]", "an object is expected"},
      {"a text", "\"x\"", "an object is expected"},
      {"a number", "7", "an object is expected"},
      {"nothing", "null", "an object is expected"},
      {"not UTF-8", with("by", "x").replace(0, 1, "{\"a\":\"\xFF\","), "is not JSON"},
      {"a key twice", "{\"id\":\"a\"," + line.substr(1), "the key \"id\" stands there twice"},
      {"no id", with("id", without), "id, time, by and kind must be there"},
      {"no time", with("time", without), "id, time, by and kind must be there"},
      {"no by", with("by", without), "id, time, by and kind must be there"},
      {"no kind", with("kind", without), "id, time, by and kind must be there"},
      {"no label", with("label", without), "label must be there"},
      {"a blank label", with("label", " "), "label must be there"},
      {"an id that names nothing", with("id", "a b"), "the id \"a b\""},
      {"an empty id", with("id", ""), "the id \"\""},
      {"an id of a wrong type", with("id", 7), "id must be a text"},
      {"a time of a wrong form", with("time", "yesterday"), "\"yesterday\" is not a moment"},
      {"a blank name", with("by", " "), "by must be a name"},
      {"a long name", with("by", std::string(129, 'a')), "by must be a name"},
      {"a name of a wrong type", with("by", {{"login", "alice"}}), "by must be a text"},
      {"an unknown kind", with("kind", "starred"), "the kind \"starred\" is unknown"},
      {"an unknown reason", with("as", "wontfix"), "as must be"},
      {"a hash that is none", with("body", "xyz"), "must be a SHA-256"},
      {"a long line", with("note", std::string(70'000, 'a')), "it has more than 65536 bytes"},
      {"deep nesting", "{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}", "nested too deeply"},
  }));
  DYNAMIC_SECTION(row.name) {
    const auto entry = parse_log_entry(row.text);
    REQUIRE_FALSE(entry.ok());
    INFO(entry.error().message);
    CHECK(entry.error().kind == ErrorKind::malformed);
    CHECK(entry.error().message.find(row.reason) != std::string::npos);
  }
}

TEST_CASE("a log is read up to its last whole line") {
  const std::string two = line + "\n" + line + "\n";
  SECTION("whole") {
    const auto log = parse_log(two);
    REQUIRE(log.ok());
    CHECK(log->entries.size() == 2);
    CHECK(log->ends == std::vector<std::size_t>{line.size() + 1, two.size()});
    CHECK(log->whole_bytes == two.size());
    CHECK(log->last_line == ParsedLog::LastLine::ended);
  }
  SECTION("torn anywhere in its last line") {
    for (std::size_t cut = 1; cut < line.size(); ++cut) {
      const auto log = parse_log(two + line.substr(0, cut));
      REQUIRE(log.ok());
      CHECK(log->entries.size() == 2);
      CHECK(log->whole_bytes == two.size());
      CHECK(log->last_line == ParsedLog::LastLine::ended);
    }
  }
  SECTION("without the last line feed") {
    const auto log = parse_log(two + line);
    REQUIRE(log.ok());
    CHECK(log->entries.size() == 3);
    CHECK(log->whole_bytes == two.size() + line.size());
    CHECK(log->last_line == ParsedLog::LastLine::open);
  }
  SECTION("blank lines") {
    const auto log = parse_log("\n" + line + "\n\r\n \n");
    REQUIRE(log.ok());
    CHECK(log->entries.size() == 1);
    CHECK(log->whole_bytes == line.size() + 6);
  }
  SECTION("empty") {
    const auto log = parse_log("");
    REQUIRE(log.ok());
    CHECK(log->entries.empty());
    CHECK(log->whole_bytes == 0);
  }
  SECTION("torn from the start") {
    const auto log = parse_log("{\"id\":");
    REQUIRE(log.ok());
    CHECK(log->whole_bytes == 0);
  }
  SECTION("broken in the middle") {
    const auto log = parse_log(line + "\nhello\n" + line + "\n");
    REQUIRE_FALSE(log.ok());
    CHECK(log.error().message.starts_with("2: this line is no entry of the log"));
  }
}

TEST_CASE("replaying a log gives labels and state") {
  const auto entry = [](IssueEventKind kind, std::string label = {}) {
    return LogEntry{.id = "x", .kind = kind, .label = std::move(label)};
  };
  std::vector<LogEntry> entries{entry(IssueEventKind::labeled, "A"), entry(IssueEventKind::labeled, "b"),
                                entry(IssueEventKind::labeled, "a"), entry(IssueEventKind::unlabeled, "B"),
                                entry(IssueEventKind::unlabeled, "never")};
  CHECK(replay_log(entries).labels == std::vector<std::string>{"A"});
  CHECK(replay_log(entries).state == IssueState::open);
  entries.push_back(entry(IssueEventKind::closed));
  CHECK(replay_log(entries).state == IssueState::closed);
  entries.push_back(entry(IssueEventKind::closed));
  entries.back().closed_as = IssueState::closed_not_planned;
  entries.back().title_sha256 = "t";
  CHECK(replay_log(entries).state == IssueState::closed_not_planned);
  entries.push_back(entry(IssueEventKind::reopened));
  entries.push_back(entry(IssueEventKind::body_changed));
  entries.back().body_sha256 = "b";
  const LoggedState state = replay_log(entries);
  CHECK(state.state == IssueState::open);
  CHECK(state.title_sha256 == "t");
  CHECK(state.body_sha256 == "b");
}

TEST_CASE("names in the log are persons, but for our own") {
  CHECK(derive_actor("afk") == Actor{.id = "afk", .login = "afk", .kind = ActorKind::own_account});
  CHECK(derive_actor("alice") == Actor{.id = "alice", .login = "alice", .kind = ActorKind::person});
  CHECK(derive_actor("hand").kind == ActorKind::person);
  CHECK(derive_actor("AFK").kind == ActorKind::person);
  CHECK(derive_event(sample).recorded);
  LogEntry fresh = sample;
  fresh.id.clear();
  CHECK_FALSE(derive_event(fresh).recorded);
}
