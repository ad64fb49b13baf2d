#include <afk/cli/arguments.hpp>

#include <afk/cli/version.hpp>
#include <afk/core/text.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

namespace afk::cli {

namespace {

// What CLI11 fills in; turned into Arguments once it is known to be right.
struct Raw {
  std::string config_file;
  bool json = false;
  bool dry_run = false;
  bool wait = false;
  bool fix = false;
  bool quiet = false;
  std::string issue;
  std::string timeout;
  std::string interval;
  std::string log_format = "text";
  std::string log_level = "warning";
  std::string color = "auto";
};

constexpr std::string_view issue_help = "the issue, as owner/repo#12";

void add_common(CLI::App& app, Raw& raw) {
  app.add_option("--config", raw.config_file, "configuration file");
  app.add_option("--log-format", raw.log_format, "messages on stderr as text or json")
      ->check(CLI::IsMember({"text", "json"}));
  app.add_option("--log-level", raw.log_level, "how much is said on stderr")
      ->check(CLI::IsMember({"error", "warning", "info", "debug"}));
  app.add_option("--color", raw.color, "colours: auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_flag("--quiet", raw.quiet, "say nothing on success");
}

void add_json(CLI::App& command, Raw& raw) {
  command.add_flag("--json", raw.json, "the result as one JSON object on stdout");
}

void add_dry_run(CLI::App& command, Raw& raw) {
  command.add_flag("--dry-run", raw.dry_run, "say what would be done, write nothing");
}

void add_only(CLI::App& command, Raw& raw) {
  command.add_option("--only", raw.issue, fmt::format("look at one issue alone: {}", issue_help));
}

void add_issue(CLI::App& command, Raw& raw) {
  command.add_option("issue", raw.issue, std::string(issue_help))->required();
}

struct Commands {
  CLI::App* poll = nullptr;
  CLI::App* watch = nullptr;
  CLI::App* tick = nullptr;
  CLI::App* why = nullptr;
  CLI::App* status = nullptr;
  CLI::App* doctor = nullptr;
  CLI::App* init = nullptr;
  CLI::App* config = nullptr;
  CLI::App* requeue = nullptr;
  CLI::App* stop = nullptr;
};

void add_tick_commands(CLI::App& app, Raw& raw, Commands& commands) {
  commands.poll = app.add_subcommand("poll", "one dispatch tick: start agents on issues that are ready");
  add_dry_run(*commands.poll, raw);
  add_only(*commands.poll, raw);
  add_json(*commands.poll, raw);

  commands.watch = app.add_subcommand("watch", "one watcher tick: look at every run in flight");
  add_dry_run(*commands.watch, raw);
  add_only(*commands.watch, raw);
  add_json(*commands.watch, raw);
  auto* wait = commands.watch->add_flag("--wait", raw.wait, "tick until the chosen runs are over");
  commands.watch->add_option("--timeout", raw.timeout, "with --wait: give up after this time (30m)")->needs(wait);
  commands.watch->add_option("--interval", raw.interval, "with --wait: time between two ticks (15s)")->needs(wait);
  wait->excludes(commands.watch->get_option("--dry-run"));

  commands.tick = app.add_subcommand("tick", "watch, then poll");
  add_dry_run(*commands.tick, raw);
  add_json(*commands.tick, raw);
}

void add_other_commands(CLI::App& app, Raw& raw, Commands& commands) {
  commands.why = app.add_subcommand("why", "every gate's verdict for one issue, and what would change it");
  add_issue(*commands.why, raw);
  add_json(*commands.why, raw);

  commands.status = app.add_subcommand("status", "runs in flight");
  add_json(*commands.status, raw);

  commands.doctor = app.add_subcommand("doctor", "prove that this afk can work: configuration, tracker, executors");
  commands.doctor->add_flag("--fix", raw.fix, "mend what can be mended without opening a gate");
  add_json(*commands.doctor, raw);

  commands.init = app.add_subcommand("init", "write a starter configuration (disarmed) and set the tracker up");

  commands.config = app.add_subcommand("config", "the configuration");
  commands.config->require_subcommand(1);
  auto* show = commands.config->add_subcommand("show", "every value in force, with its origin");
  add_json(*show, raw);
  show->fallthrough();

  commands.requeue = app.add_subcommand("requeue", "arm a new run of an issue whose run is over");
  add_issue(*commands.requeue, raw);
  commands.stop = app.add_subcommand("stop", "interrupt the run of an issue and hand the issue to a person");
  add_issue(*commands.stop, raw);
}

Command derive_command(const Commands& commands) {
  const std::array<std::pair<CLI::App*, Command>, 10> all{{{commands.poll, Command::poll},
                                                           {commands.watch, Command::watch},
                                                           {commands.tick, Command::tick},
                                                           {commands.why, Command::why},
                                                           {commands.status, Command::status},
                                                           {commands.doctor, Command::doctor},
                                                           {commands.init, Command::init},
                                                           {commands.config, Command::config_show},
                                                           {commands.requeue, Command::requeue},
                                                           {commands.stop, Command::stop}}};
  for (const auto& [app, command] : all)
    if (app->parsed())
      return command;
  return Command::poll;
}

EarlyExit refuse(std::string_view message) {
  return {fmt::format("afk: {}\nTry 'afk --help'.\n", message), ExitCode::usage};
}

LogLevel derive_log_level(const std::string& text) {
  if (text == "error")
    return LogLevel::error;
  if (text == "info")
    return LogLevel::info;
  return text == "debug" ? LogLevel::debug : LogLevel::warning;
}

ColorChoice derive_color(const std::string& text) {
  if (text == "always")
    return ColorChoice::always;
  return text == "never" ? ColorChoice::never : ColorChoice::automatic;
}

std::variant<Arguments, EarlyExit> derive_arguments(const Raw& raw, Command command) {
  Arguments arguments;
  arguments.command = command;
  arguments.config_file = raw.config_file;
  arguments.output = raw.json ? OutputForm::json : OutputForm::text;
  arguments.log_format = raw.log_format == "json" ? OutputForm::json : OutputForm::text;
  arguments.log_level = derive_log_level(raw.log_level);
  arguments.color = derive_color(raw.color);
  arguments.quiet = raw.quiet ? Quiet::yes : Quiet::no;
  arguments.dry_run = raw.dry_run ? DryRun::yes : DryRun::no;
  arguments.wait = raw.wait ? Wait::yes : Wait::no;
  arguments.fix = raw.fix ? Fix::yes : Fix::no;
  if (!raw.issue.empty()) {
    auto issue = parse_issue_ref(raw.issue);
    if (!issue)
      return refuse(issue.error().message);
    arguments.issue = std::move(*issue);
  }
  for (const auto& [text, target, name] : {std::tuple{&raw.timeout, &arguments.timeout, "--timeout"},
                                           std::tuple{&raw.interval, &arguments.interval, "--interval"}}) {
    if (text->empty())
      continue;
    auto duration = parse_duration(*text);
    if (!duration)
      return refuse(fmt::format("{}: {}", name, duration.error().message));
    *target = *duration;
  }
  if (arguments.interval < std::chrono::milliseconds(100))
    return refuse("--interval: at least 100ms");
  return arguments;
}

// The library says of a misspelt command only that one is missing.
std::string find_unknown_command(const CLI::App& app, const std::vector<std::string>& words) {
  if (!app.get_subcommands().empty() || words.empty() || words.front().starts_with('-'))
    return "";
  return words.front();
}

} // namespace

std::variant<Arguments, EarlyExit> parse_arguments(int argc, const char* const* argv) {
  Raw raw;
  Commands commands;
  CLI::App app("Coding agents work an issue tracker's backlog while nobody is at the keyboard.", "afk");
  app.set_version_flag("--version", std::string("afk ") + std::string(version));
  app.require_subcommand(1);
  app.fallthrough();
  add_common(app, raw);
  add_tick_commands(app, raw, commands);
  add_other_commands(app, raw, commands);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return EarlyExit{app.help(), ExitCode::done};
  } catch (const CLI::CallForAllHelp&) {
    return EarlyExit{app.help("", CLI::AppFormatMode::All), ExitCode::done};
  } catch (const CLI::CallForVersion&) {
    return EarlyExit{fmt::format("afk {}\n", version), ExitCode::done};
  } catch (const CLI::ParseError& error) {
    const std::string word = find_unknown_command(app, {argv + 1, argv + argc});
    return refuse(word.empty() ? error.what() : fmt::format("there is no command \"{}\"", clean_single_line(word)));
  }
  return derive_arguments(raw, derive_command(commands));
}

} // namespace afk::cli
