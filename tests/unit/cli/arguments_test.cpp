#include <afk/cli/arguments.hpp>

#include <support/catch.hpp>

#include <string>
#include <vector>

using namespace afk;
using namespace afk::cli;

namespace {

std::variant<Arguments, EarlyExit> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "afk");
  std::vector<const char*> argv;
  for (const std::string& word : words) {
    argv.push_back(word.c_str());
  }
  return parse_arguments(static_cast<int>(argv.size()), argv.data());
}

struct Refused {
  std::string name;
  std::vector<std::string> words;
  std::string says;
};

} // namespace

TEST_CASE("Each command is understood") {
  struct Case {
    std::vector<std::string> words;
    Command command;
  };

  const auto one = GENERATE(values<Case>({{{"poll"}, Command::poll},
                                          {{"watch"}, Command::watch},
                                          {{"tick"}, Command::tick},
                                          {{"why", "acme/app#1"}, Command::why},
                                          {{"status"}, Command::status},
                                          {{"doctor"}, Command::doctor},
                                          {{"init"}, Command::init},
                                          {{"config", "show"}, Command::config_show},
                                          {{"requeue", "acme/app#1"}, Command::requeue},
                                          {{"stop", "acme/app#1"}, Command::stop}}));
  const auto parsed = parse(one.words);
  REQUIRE(std::holds_alternative<Arguments>(parsed));
  CHECK(std::get<Arguments>(parsed).command == one.command);
}

TEST_CASE("Flags reach their places") {
  const auto parsed =
      parse({"--config", "/x.toml", "--log-format", "json", "--log-level", "debug", "--color", "never", "--quiet",
             "watch", "--wait", "--timeout", "90s", "--interval", "2s", "--only", "acme/app#12", "--json"});
  REQUIRE(std::holds_alternative<Arguments>(parsed));
  const auto& arguments = std::get<Arguments>(parsed);
  CHECK(arguments.config_file == "/x.toml");
  CHECK(arguments.log_format == OutputForm::json);
  CHECK(arguments.log_level == LogLevel::debug);
  CHECK(arguments.color == ColorChoice::never);
  CHECK(arguments.quiet == Quiet::yes);
  CHECK(arguments.wait == Wait::yes);
  CHECK(arguments.timeout == std::chrono::seconds(90));
  CHECK(arguments.interval == std::chrono::seconds(2));
  CHECK(arguments.output == OutputForm::json);
  REQUIRE(arguments.issue.has_value());
  CHECK(render_issue_ref(*arguments.issue) == "acme/app#12");
}

TEST_CASE("Common flags may stand behind the command too") {
  const auto parsed = parse({"poll", "--dry-run", "--config", "/x.toml"});
  REQUIRE(std::holds_alternative<Arguments>(parsed));
  CHECK(std::get<Arguments>(parsed).config_file == "/x.toml");
  CHECK(std::get<Arguments>(parsed).dry_run == DryRun::yes);
}

TEST_CASE("What is wrong with a command line is said, and nothing is done") {
  const auto one = GENERATE(values<Refused>({
      {"nothing", {}, "subcommand is required"},
      {"an unknown command", {"dance"}, "there is no command \"dance\""},
      {"an unknown flag", {"poll", "--fast"}, "--fast"},
      {"a flag of another command", {"poll", "--wait"}, "--wait"},
      {"an issue that is none", {"why", "acme/app"}, "acme/app"},
      {"an issue with number zero", {"why", "acme/app#0"}, "acme/app#0"},
      {"an issue that climbs", {"why", "../app#1"}, "../app#1"},
      {"no issue", {"why"}, "issue"},
      {"a duration that is none", {"watch", "--wait", "--timeout", "soon"}, "--timeout"},
      {"an interval of nothing", {"watch", "--wait", "--interval", "1ms"}, "--interval"},
      {"a timeout without waiting", {"watch", "--timeout", "5m"}, "--wait"},
      {"waiting in a dry run", {"watch", "--wait", "--dry-run"}, "--dry-run"},
      {"a log format that is none", {"--log-format", "xml", "poll"}, "xml"},
      {"a colour that is none", {"--color", "green", "poll"}, "green"},
      {"half a command", {"config"}, "subcommand"},
      {"two commands", {"poll", "watch"}, "watch"},
  }));
  CAPTURE(one.name);
  const auto parsed = parse(one.words);
  REQUIRE(std::holds_alternative<EarlyExit>(parsed));
  const auto& refused = std::get<EarlyExit>(parsed);
  CHECK(refused.code == ExitCode::usage);
  CHECK(refused.text.find(one.says) != std::string::npos);
  CHECK(refused.text.find("afk --help") != std::string::npos);
}

TEST_CASE("Help and version are answers, not errors") {
  for (const std::string flag : {"--help", "--version"}) {
    const auto parsed = parse({flag});
    REQUIRE(std::holds_alternative<EarlyExit>(parsed));
    CHECK(std::get<EarlyExit>(parsed).code == ExitCode::done);
    CHECK_FALSE(std::get<EarlyExit>(parsed).text.empty());
  }
}
