#include <afk/adapter/front_matter.hpp>
#include <afk/adapter/front_matter_render.hpp>
#include <afk/adapter/front_matter_text.hpp>

#include <support/catch.hpp>

#include <fmt/format.h>

using namespace afk;
using namespace afk::adapter;

namespace {

std::string in_front(const std::string& front, const std::string& body = "Body\n") {
  return "+++\n" + front + "+++\n\n" + body;
}

} // namespace

TEST_CASE("a file is split into front matter and body byte for byte") {
  struct Case {
    std::string name;
    std::string text;
    std::string front;
    std::string body;
  };

  const auto row = GENERATE(values<Case>({
      {"usual", "+++\na = 1\n+++\n\nBody\n", "a = 1\n", "Body\n"},
      {"no blank line", "+++\na = 1\n+++\nBody\n", "a = 1\n", "Body\n"},
      {"one blank line only is layout", "+++\n+++\n\n\nBody", "", "\nBody"},
      {"blank line with carriage return", "+++\r\na = 1\r\n+++\r\n\r\nBody\r\n", "a = 1\r\n", "Body\r\n"},
      {"no body", "+++\na = 1\n+++\n", "a = 1\n", ""},
      {"no line feed at the end", "+++\na = 1\n+++", "a = 1\n", ""},
      {"blanks behind the fences", "+++ \t\na = 1\n+++  \nBody", "a = 1\n", "Body"},
      {"no front matter", "# Title\n\nBody\n", "", "# Title\n\nBody\n"},
      {"byte order mark", "\xEF\xBB\xBF+++\na = 1\n+++\nBody\n", "a = 1\n", "Body\n"},
      {"byte order mark without front matter", "\xEF\xBB\xBF# Title\n", "", "# Title\n"},
      {"a longer line is no fence", "+++\na = \"\"\"\n++++\n+++x\n\"\"\"\n+++\nBody",
       "a = \"\"\"\n++++\n+++x\n\"\"\"\n", "Body"},
      {"fences in the body", "+++\n+++\nBody\n+++\nx = 1\n+++\n", "", "Body\n+++\nx = 1\n+++\n"},
  }));
  DYNAMIC_SECTION(row.name) {
    const auto split = split_front_matter(row.text);
    REQUIRE(split.ok());
    CHECK(split->front == row.front);
    CHECK(split->body == row.body);
  }
}

TEST_CASE("what is joined is split again") {
  const std::string body =
      GENERATE(values<std::string>({"", "x", "\n", "\n\nx", "\r\n", "+++\n", "+++\na = 1\n+++\n"}));
  const std::string front = GENERATE(values<std::string>({"", "a = 1\n"}));
  const std::string text = join_front_matter({.front = front, .body = body});
  const auto split = split_front_matter(text);
  REQUIRE(split.ok());
  CHECK(split->front == front);
  CHECK(split->body == body);
}

TEST_CASE("a text that can not be split says where and what to do") {
  struct Case {
    std::string name;
    std::string text;
    std::string message;
  };

  const auto row = GENERATE(values<Case>({
      {"empty", "", "1: the file is empty"},
      {"blank", " \n\t\r\n", "1: the file is empty"},
      {"not closed", "+++\ntitle = \"x\"\n", "1: the front matter has no end"},
      {"YAML", "---\ntitle: x\n---\n", "1: a front matter in YAML"},
      {"not UTF-8 in the body", "+++\ntitle = \"x\"\n+++\n\nok\n\xFF\n", "6: the text is not UTF-8"},
      {"not UTF-8 in the front matter", "+++\ntitle = \"\xC3\"\n+++\n", "2: the text is not UTF-8"},
  }));
  DYNAMIC_SECTION(row.name) {
    const auto split = split_front_matter(row.text);
    REQUIRE_FALSE(split.ok());
    CHECK(split.error().kind == ErrorKind::malformed);
    INFO(split.error().message);
    CHECK(split.error().message.starts_with(row.message));
  }
}

TEST_CASE("an issue is read from what a person wrote") {
  const std::string text = in_front("# a comment\n"
                                    "title = \"Fix \\\"it\\\"\"\n"
                                    "state = \"not-planned\"\n"
                                    "labels = [\"Ready\", 'bug', \"READY\"]\n"
                                    "blocked_by = [\"#3\", \"o/n#4\", 5]\n"
                                    "events = 7\n"
                                    "assignee = \"alice\" # not ours\n"
                                    "[other.tool]\nlabels = [1]\n");
  const auto issue = parse_issue_text(text); // which it looks into
  REQUIRE(issue.ok());
  CHECK(issue->title == "Fix \"it\"");
  CHECK(issue->state == IssueState::closed_not_planned);
  CHECK(issue->labels == std::vector<std::string>{"Ready", "bug"});
  CHECK(issue->blocked_by == std::vector<std::string>{"#3", "o/n#4", "#5"});
  CHECK(issue->events == 7);
  CHECK(issue->body == "Body\n");
}

TEST_CASE("a title is all that an issue needs") {
  SECTION("as a key") {
    const auto issue = parse_issue_text(in_front("title = \"x\"\n"));
    REQUIRE(issue.ok());
    CHECK(issue->state == IssueState::open);
    CHECK(issue->labels.empty());
    CHECK_FALSE(issue->events.has_value());
  }
  SECTION("as a heading, which stays in the body") {
    const auto issue = parse_issue_text("\n# Fix it \r\n\nBody\n");
    REQUIRE(issue.ok());
    CHECK(issue->title == "Fix it");
    CHECK(issue->body == "\n# Fix it \r\n\nBody\n");
  }
  SECTION("the key wins over the heading") {
    CHECK(parse_issue_text(in_front("title = \"key\"\n", "# heading\n"))->title == "key");
  }
}

TEST_CASE("a broken front matter says line, column and cure") {
  struct Case {
    std::string name;
    std::string front;
    std::string message;
    ErrorKind kind = ErrorKind::malformed;
  };

  std::string many = "title = \"x\"\nlabels = [";
  for (int count = 0; count <= 100; ++count) {
    many += fmt::format("\"l{}\", ", count);
  }
  const auto row = GENERATE_COPY(values<Case>({
      {"no TOML", "title: x\n", "2:6: this is not TOML"},
      {"no quotes", "title = x\n", "2:"},
      {"open list", "title = \"x\"\nlabels = [\"a\"\n", "3:15: this is not TOML"},
      {"a key twice", "title = \"x\"\ntitle = \"y\"\n", "3:"},
      {"title of a wrong type", "title = 7\n", "2:9: title must be a text in quotes"},
      {"no title", "labels = []\n", "1: the issue has no title; add title"},
      {"blank title", "title = \" \"\n", "1: the issue has no title"},
      {"unknown state", "title = \"x\"\nstate = \"done\"\n",
       "3:9: state is \"done\"; it must be \"open\", \"closed\" or \"not-planned\""},
      {"state of a wrong type", "title = \"x\"\nstate = true\n", "3:9: state must be a text"},
      {"labels as one text", "title = \"x\"\nlabels = \"a, b\"\n", "3:10: labels must be a list"},
      {"a label of a wrong type", "title = \"x\"\nlabels = [\"a\", 7]\n", "3:16: a label must be a text"},
      {"a blank label", "title = \"x\"\nlabels = [\"a\", \" \"]\n", "3:16: a label must be a text"},
      {"a long label", "title = \"x\"\nlabels = [\"" + std::string(257, 'a') + "\"]\n", "3:11: a label has at most",
       ErrorKind::too_large},
      {"many labels", many + "]\n", "3:10: labels has 101 entries", ErrorKind::too_large},
      {"a long title", "title = \"" + std::string(4097, 'a') + "\"\n", "1: the title has 4097 bytes",
       ErrorKind::too_large},
      {"a blocker that is none", "title = \"x\"\nblocked_by = [\"#3\", \"the other\"]\n",
       "3:21: a blocker must be an issue such as \"#3\""},
      {"a blocker that can not be", "title = \"x\"\nblocked_by = [0]\n", "3:15: a blocker must be"},
      {"blockers as one text", "title = \"x\"\nblocked_by = \"#3\"\n", "3:14: blocked_by must be a list"},
      {"a count of a wrong type", "title = \"x\"\nevents = \"7\"\n", "3:10: events must be a whole number"},
      {"a negative count", "title = \"x\"\nevents = -1\n", "3:10: events counts entries"},
      {"a huge count", "title = \"x\"\nevents = 99999999999\n", "3:10: events counts entries"},
      {"a slip: label", "title = \"x\"\nlabel = [\"a\"]\n", "3:1: the key \"label\" is not read; write labels"},
      {"a slip: blocked-by", "title = \"x\"\nblocked-by = [\"#1\"]\n",
       "3:1: the key \"blocked-by\" is not read; write blocked_by"},
      {"a slip: Title", "Title = \"x\"\n", "2:1: the key \"Title\" is not read; write title"},
      {"a slip: status", "title = \"x\"\nstatus = \"open\"\n", "3:1: the key \"status\" is not read; write state"},
  }));
  DYNAMIC_SECTION(row.name) {
    const auto issue = parse_issue_text(in_front(row.front));
    REQUIRE_FALSE(issue.ok());
    INFO(issue.error().message);
    CHECK(issue.error().kind == row.kind);
    CHECK(issue.error().message.starts_with(row.message));
    CHECK_FALSE(edit_issue_text(in_front(row.front), {.labels = {}, .state = {}, .events = 1}).ok());
  }
}

TEST_CASE("an edit replaces values and nothing else") {
  struct Case {
    std::string name;
    std::string before;
    IssueEdits edits;
    std::string after;
  };

  const std::vector<std::string> two{"a", "b \"c\" \xF0\x9F\x9A\x80"};
  const std::string two_text = "[\"a\", \"b \\\"c\\\" \xF0\x9F\x9A\x80\"]";
  const auto row = GENERATE_COPY(values<Case>({
      {"a value keeps its line's comment",
       "title = \"x\"\nlabels = [] # mine\nz = 1\n",
       {.labels = two, .state = {}, .events = {}},
       "title = \"x\"\nlabels = " + two_text + " # mine\nz = 1\n"},
      {"a list over several lines",
       "title = \"x\"\nlabels = [\n  \"\xC3\xA4\", # why\n  \"b\",\n]  # end\nz = 1\n",
       {.labels = two, .state = {}, .events = {}},
       "title = \"x\"\nlabels = " + two_text + "  # end\nz = 1\n"},
      {"new keys stand behind the last of the root",
       "title = \"\xC3\xA4\" # t\n\n[other]\nx = 1\n",
       {.labels = two, .state = IssueState::closed, .events = 3},
       "title = \"\xC3\xA4\" # t\nstate = \"closed\"\nlabels = " + two_text + "\nevents = 3\n\n[other]\nx = 1\n"},
      {"behind a list over several lines",
       "title = \"x\"\nz = [\n1,\n]\n",
       {.labels = {}, .state = {}, .events = 1},
       "title = \"x\"\nz = [\n1,\n]\nevents = 1\n"},
      {"behind an inline table",
       "title = \"x\"\nz = { a = 1 }\n[t]\n",
       {.labels = {}, .state = {}, .events = 1},
       "title = \"x\"\nz = { a = 1 }\nevents = 1\n[t]\n"},
      {"a dotted key",
       "title = \"x\"\nz.a = 1\n",
       {.labels = {}, .state = {}, .events = 1},
       "title = \"x\"\nevents = 1\nz.a = 1\n"},
      {"equal values keep their layout",
       "title = \"x\"\nlabels = [ 'a' ]\nevents = 0x07\n",
       {.labels = std::vector<std::string>{"a"}, .state = IssueState::open, .events = 7},
       "title = \"x\"\nlabels = [ 'a' ]\nevents = 0x07\n"},
      {"quoted keys",
       "\"title\" = \"x\"\n\"events\" = 1\n",
       {.labels = {}, .state = {}, .events = 2},
       "\"title\" = \"x\"\n\"events\" = 2\n"},
      {"all at once",
       "events = 1\ntitle = \"x\"\nstate = \"closed\"\nlabels = [\"q\"]\n",
       {.labels = two, .state = IssueState::open, .events = 22},
       "events = 22\ntitle = \"x\"\nstate = \"open\"\nlabels = " + two_text + "\n"},
      {"a text over several lines",
       "title = \"x\"\nnote = \"\"\"\nlabels = []\n\"\"\"\nlabels = []\n",
       {.labels = two, .state = {}, .events = {}},
       "title = \"x\"\nnote = \"\"\"\nlabels = []\n\"\"\"\nlabels = " + two_text + "\n"},
  }));
  DYNAMIC_SECTION(row.name) {
    const auto edited = edit_issue_text(in_front(row.before, "Body\n+++\nlabels = [\"no\"]\n"), row.edits);
    INFO((edited ? "" : edited.error().message));
    REQUIRE(edited.ok());
    CHECK(*edited == in_front(row.after, "Body\n+++\nlabels = [\"no\"]\n"));
  }
}

TEST_CASE("an edit keeps the line ends and the byte order mark") {
  const auto edited = edit_issue_text("\xEF\xBB\xBF+++\r\ntitle = \"x\"\r\nlabels = []\r\n+++\r\nBody\r\n",
                                      {.labels = std::vector<std::string>{"a"}, .state = {}, .events = 1});
  REQUIRE(edited.ok());
  CHECK(*edited == "\xEF\xBB\xBF+++\r\ntitle = \"x\"\r\nlabels = [\"a\"]\r\nevents = 1\r\n+++\r\nBody\r\n");
}

TEST_CASE("a text without front matter gets one and keeps its body") {
  const auto edited =
      edit_issue_text("# Fix it\n\nBody\n", {.labels = std::vector<std::string>{"a"}, .state = {}, .events = 1});
  REQUIRE(edited.ok());
  CHECK(*edited == "+++\nlabels = [\"a\"]\nevents = 1\n+++\n\n# Fix it\n\nBody\n");
  CHECK(parse_issue_text(*edited)->title == "Fix it");
}

TEST_CASE("labels of any bytes survive an edit") {
  std::string odd = "a";
  for (char character = 1; character < 127; ++character) {
    odd += character;
  }
  odd += "\x7F\xC2\x85\xE2\x80\xA8\xE2\x80\xAE";
  const auto edited = edit_issue_text(in_front("title = \"x\"\n"),
                                      {.labels = std::vector<std::string>{odd, "b"}, .state = {}, .events = {}});
  REQUIRE(edited.ok());
  CHECK(parse_issue_text(*edited)->labels == std::vector<std::string>{odd, "b"});
}

TEST_CASE("an edit that would break a limit is refused") {
  const std::vector<std::string> labels(101, "a");
  std::vector<std::string> different;
  for (int count = 0; count < 101; ++count) {
    different.push_back(fmt::format("l{}", count));
  }
  CHECK_FALSE(edit_issue_text(in_front("title = \"x\"\n"), {.labels = labels, .state = {}, .events = {}}).ok());
  CHECK_FALSE(edit_issue_text(in_front("title = \"x\"\n"), {.labels = different, .state = {}, .events = {}}).ok());
}

TEST_CASE("a comment comes back as it was written") {
  const CommentText written{.author = "al\"ice",
                            .created_at = parse_timestamp("2026-11-20T14:36:39.123Z").value(),
                            .edited_at = parse_timestamp("2026-11-20T14:36:40Z").value(),
                            .edited_by = "bob",
                            .body_sha256 = std::string(64, 'a'),
                            .body = "\n+++\nText\r\n"};
  const auto read = parse_comment_text(render_comment_text(written));
  REQUIRE(read.ok());
  CHECK(read->author == written.author);
  CHECK(read->created_at == written.created_at);
  CHECK(read->edited_at == written.edited_at);
  CHECK(read->edited_by == written.edited_by);
  CHECK(read->body_sha256 == written.body_sha256);
  CHECK(read->body == written.body);
}

TEST_CASE("a comment of a person may say less") {
  SECTION("nothing at all") {
    const auto comment = parse_comment_text("yes\n");
    REQUIRE(comment.ok());
    CHECK(comment->author.empty());
    CHECK_FALSE(comment->created_at.has_value());
    CHECK(comment->body == "yes\n");
  }
  SECTION("moments as TOML or as text, with any offset") {
    const std::string moment = GENERATE(values<std::string>({"2026-11-20T14:36:39Z", "2026-11-20T16:36:39+02:00",
                                                             "2026-11-20 09:36:39-05:00", "\"2026-11-20T14:36:39Z\""}));
    const auto comment = parse_comment_text(in_front("author = \"alice\"\ncreated_at = " + moment + "\n"));
    REQUIRE(comment.ok());
    CHECK(comment->author == "alice");
    CHECK(comment->created_at == parse_timestamp("2026-11-20T14:36:39Z").value());
  }
  SECTION("moments that are none") {
    const std::string moment =
        GENERATE(values<std::string>({"2026-11-20T14:36:39", "2026-11-20", "14:36:39", "\"soon\"", "7", "true"}));
    const auto comment = parse_comment_text(in_front("created_at = " + moment + "\n"));
    REQUIRE_FALSE(comment.ok());
    CHECK(comment.error().message.starts_with("2:14: created_at must be a moment with its offset"));
  }
  SECTION("an author of a wrong type") {
    CHECK(parse_comment_text(in_front("author = 7\n")).error().message == "2:10: author must be a text in quotes");
  }
}

TEST_CASE("the tracker's own file") {
  const auto tracker = parse_tracker_text(render_tracker_text({.format = 1, .id = "x"}));
  REQUIRE(tracker.ok());
  CHECK(tracker->format == 1);
  CHECK(tracker->id == "x");
  CHECK(parse_tracker_text("").error().message.starts_with("1:1: both format and id must be set"));
  CHECK(parse_tracker_text("format = \"1\"\nid = \"x\"\n").error().message.starts_with("1:10: format must be"));
  CHECK(parse_tracker_text("format = 1\nid = x\n").error().message.starts_with("2:"));
}
