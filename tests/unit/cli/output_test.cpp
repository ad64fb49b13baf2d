#include <afk/cli/json_output.hpp>
#include <afk/cli/pipeline_output.hpp>
#include <afk/cli/report_exit.hpp>
#include <afk/cli/text_output.hpp>
#include <afk/cli/wait_outcome.hpp>

#include <support/catch.hpp>

#include <nlohmann/json.hpp>

#include <set>
#include <string>

using namespace afk;
using namespace afk::cli;

namespace {

constexpr const char* hostile_title = "Fix\x1b[31m \xff it\n::error::gotcha @everyone | <!-- x -->";

loop::TickReport sample_report() {
  loop::TickReport report;
  report.command = loop::TickCommand::poll;
  report.mode = loop::TickReport::Mode::dry_run;
  report.kill_switch = KillSwitch::off;
  loop::IssueReport issue;
  issue.issue = {{"acme", "app"}, 12};
  issue.title = hostile_title;
  issue.verdict = loop::Verdict::would_dispatch;
  issue.reason = hostile_title;
  issue.gates = {{"trust", GateState::pass, "listed", ""},
                 {"blockers", GateState::fail, "blocked: acme/app#3", "close it"},
                 {"slots", GateState::not_evaluated, "", ""}};
  issue.writes = {"put on label x"};
  report.issues.push_back(issue);
  report.errors.push_back({issue.issue, Error{ErrorKind::unreachable, "no answer"}});
  return report;
}

std::set<std::string> keys_of(const nlohmann::json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) {
    keys.insert(key);
  }
  return keys;
}

} // namespace

TEST_CASE("A tick's JSON has every key of the interface, and null for what is absent") {
  const auto json = nlohmann::json::parse(render_tick_json(sample_report()));
  CHECK(json["schema"] == "afk.tick/1");
  CHECK(keys_of(json) == std::set<std::string>{"schema", "command", "dry_run", "kill_switch", "started_at",
                                               "duration_ms", "requests", "issues", "errors"});
  CHECK(keys_of(json["requests"]) == std::set<std::string>{"count", "by_host", "points", "rate_limit_remaining"});
  CHECK(json["requests"]["points"].is_null());
  const auto& issue = json["issues"][0];
  const std::set<std::string> wanted{"issue",    "verdict",      "reason", "gates",  "run", "turn",     "agent",
                                     "executor", "executor_ref", "phase",  "action", "row", "terminal", "evidence"};
  const auto keys = keys_of(issue);
  for (const std::string& key : wanted) {
    CAPTURE(key);
    CHECK(keys.contains(key));
  }
  CHECK(issue["issue"] == "acme/app#12");
  CHECK(issue["verdict"] == "would-dispatch");
  CHECK(issue["run"].is_null());
  CHECK(issue["gates"][0]["pass"] == true);
  CHECK(issue["gates"][1]["pass"] == false);
  CHECK(issue["gates"][2]["pass"].is_null());
  CHECK(issue["writes"][0] == "put on label x");
  CHECK(json["errors"][0]["issue"] == "acme/app#12");
  CHECK(json["errors"][0]["kind"] == "unreachable");
}

TEST_CASE("JSON is one line of valid text, whatever a title holds") {
  const std::string text = render_tick_json(sample_report());
  CHECK(text.find('\n') == text.size() - 1);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(nlohmann::json::accept(text));
}

TEST_CASE("What could not be done at all is the first error") {
  loop::TickReport report = sample_report();
  report.fatal = Error{ErrorKind::unreachable, "the tracker is gone"};
  const auto json = nlohmann::json::parse(render_tick_json(report));
  CHECK(json["errors"][0]["message"] == "the tracker is gone");
  CHECK(json["errors"][0]["issue"].is_null());
  CHECK(derive_report_exit(report) == ExitCode::unreachable);
  report.fatal->kind = ErrorKind::configuration;
  CHECK(derive_report_exit(report) == ExitCode::usage);
  report.fatal.reset();
  CHECK(derive_report_exit(report) == ExitCode::some_failed);
  report.errors.clear();
  CHECK(derive_report_exit(report) == ExitCode::done);
}

TEST_CASE("Text for people carries nothing that acts on a terminal") {
  const std::string text = render_tick_text(sample_report(), Detail::full, Console::Colors::off);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("would put on label x") != std::string::npos);
  CHECK(text.find("FAIL blockers") != std::string::npos);
  CHECK(text.find("to change it: close it") != std::string::npos);
  CHECK(render_tick_text(sample_report(), Detail::brief, Console::Colors::on).find("\x1b[") != std::string::npos);
}

TEST_CASE("A brief answer leaves out what was only looked at") {
  loop::TickReport report = sample_report();
  report.issues[0].verdict = loop::Verdict::skipped;
  CHECK(render_tick_text(report, Detail::brief, Console::Colors::off).empty());
}

TEST_CASE("An annotation cannot be ended or begun by what it is about") {
  const std::string text = render_annotations(sample_report());
  CHECK(text == "::error title=acme/app#12::no answer\n");
  loop::TickReport report = sample_report();
  report.errors = {{std::nullopt, Error{ErrorKind::io, "100%\n::error::forged"}}};
  CHECK(render_annotations(report) == "::error title=afk::100%25%0A::error::forged\n");
}

TEST_CASE("A run that went to a person is a warning, one that landed a notice") {
  loop::TickReport report = sample_report();
  report.errors.clear();
  report.issues[0].reason = "why";
  report.issues[0].terminal = Ending::frozen;
  CHECK(render_annotations(report).starts_with("::warning title=acme/app#12::"));
  report.issues[0].terminal = Ending::done;
  CHECK(render_annotations(report).starts_with("::notice title=acme/app#12::"));
}

TEST_CASE("The step summary stays a table") {
  const std::string text = render_step_summary(sample_report());
  const auto row = text.substr(text.find("| acme/app#12"));
  CHECK(std::count(row.begin(), row.end(), '\n') == 1);
  CHECK(row.find("@everyone") == std::string::npos);
  CHECK(row.find("\\|") != std::string::npos);
}

TEST_CASE("Several runs leave with the worst of their outcomes") {
  using State = WaitedRun::State;
  const IssueRef issue{{"acme", "app"}, 1};
  const WaitedRun done{issue, State::over, Ending::done};
  const WaitedRun review{issue, State::over, Ending::review};
  const WaitedRun frozen{issue, State::over, Ending::frozen};
  const WaitedRun person{issue, State::over, Ending::stood_down};
  const WaitedRun none{issue, State::no_run, std::nullopt};
  const WaitedRun flying{issue, State::in_flight, std::nullopt};

  struct Case {
    std::string name;
    std::vector<WaitedRun> runs;
    ExitCode code;
  };

  const auto one = GENERATE_COPY(values<Case>({
      {"nothing was chosen", {}, ExitCode::done},
      {"landed", {done}, ExitCode::done},
      {"handed over for review", {done, review}, ExitCode::done},
      {"still in flight", {done, flying}, ExitCode::timeout},
      {"no run", {flying, none}, ExitCode::some_failed},
      {"handed to a person", {none, flying, person}, ExitCode::to_a_person},
      {"frozen", {person, none, flying, frozen, done}, ExitCode::frozen},
  }));
  CAPTURE(one.name);
  CHECK(derive_wait_exit(one.runs) == one.code);
}

TEST_CASE("Every ending is done, frozen or a person's") {
  for (int number = 0; number <= static_cast<int>(Ending::stood_down); ++number) {
    const auto ending = static_cast<Ending>(number);
    const WaitedRun run{{{"acme", "app"}, 1}, WaitedRun::State::over, ending};
    CAPTURE(render_ending(ending));
    const ExitCode code = derive_wait_exit({&run, 1});
    const bool good = ending == Ending::done || ending == Ending::review;
    const ExitCode otherwise = ending == Ending::frozen ? ExitCode::frozen : ExitCode::to_a_person;
    CHECK(code == (good ? ExitCode::done : otherwise));
  }
}
