#include <e2e/journeys/journey.hpp>
#include <e2e/support/normalise.hpp>

#include <afk/adapter/commands_posix.hpp>

#include <support/files.hpp>
#include <support/git_repository.hpp>
#include <support/golden.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <stdexcept>

namespace afk::test {

namespace {

namespace fs = std::filesystem;

constexpr const char* process_executor = R"([agents.script]
argv = ["ROOT/agent.sh"]
[executors.local]
kind = "process"
workspace_root = "work"
sandbox = "none"
)";

std::string replace_all(std::string text, const std::string& old_text, const std::string& new_text) {
  for (auto place = text.find(old_text); place != std::string::npos; place = text.find(old_text, place + 1))
    text.replace(place, old_text.size(), new_text);
  return text;
}

std::string render_configuration(const std::string& root, const Story& story) {
  return R"(kill_switch = false
kill_switch_file = "kill-switch"
allowlist = ["acme/app"]
[tracker]
kind = "directory"
url = "tracker"
[trust]
labelers = ["ada"]
)" + replace_all(story.executor.empty() ? process_executor : story.executor, "ROOT", root) +
         R"([routing]
default_agent = "script"
[repositories."acme/app"]
clone_url = "app"
[lifecycle]
turn_end_grace = ")" +
         story.turn_end_grace + R"("
)" + story.lifecycle +
         R"([checks]
mode = "commands"
commands = ["./check.sh"]
)" + story.settings;
}

void put_program(const std::string& path, const std::string& text) {
  put_file(path, text);
  fs::permissions(path, fs::perms::owner_all);
}

void put_armed_issue(const std::string& path, int number, const std::string& labeler, const std::string& front_matter) {
  put_file(path + ".md", "+++\ntitle = \"Say hello\"\nlabels = [\"ready-for-agent\"]\n" + front_matter +
                             "events = 1\n+++\n\nPlease say hello.\n");
  // The hashes are those of the title and the text above: whoever changes one changes the other.
  put_file(path + ".events.jsonl", R"({"id":"arming-)" + std::to_string(number) +
                                       R"(","time":"2026-01-01T00:00:00.000Z","by":")" + labeler +
                                       R"(","kind":"labeled","label":"ready-for-agent",)"
                                       R"("title":"6d995dba1af0373913b98421f7b825327673d9870e4227386600e9d929f2c90c",)"
                                       R"("body":"3f79eae06d503b5d96fa16716a2b05d5654ebbe3a2df74f28e64b577e4332455"})"
                                       "\n");
}

bool is_hexadecimal(const std::string& word) {
  return word.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::vector<std::string> split_words(const std::string& text) {
  std::vector<std::string> words(1);
  bool in_word = false;
  for (const char letter : text) {
    const bool is_word = std::isalnum(static_cast<unsigned char>(letter)) != 0;
    if (is_word != in_word)
      words.emplace_back();
    words.back() += letter;
    in_word = is_word;
  }
  return words;
}

// Commits by the order in which they turn up; what afk shortened is one of them too.
std::string number_commits(const std::string& text) {
  const auto words = split_words(text);
  std::map<std::string, std::string> names;
  std::string result;
  for (const std::string& word : words)
    if (word.size() == 40 && is_hexadecimal(word) && !names.contains(word))
      names.emplace(word, "<commit " + std::to_string(names.size() + 1) + ">");
  for (const std::string& word : words) {
    const auto known = names.lower_bound(word);
    const bool is_commit = word.size() >= 7 && known != names.end() && known->first.starts_with(word);
    result += is_commit ? known->second : word;
  }
  return result;
}

// Hashes of prompt and configuration change with every word of either, which their own tests look at.
std::string hide_hash(std::string text, const std::string& name) {
  for (auto place = text.find(" " + name + "="); place != std::string::npos;
       place = text.find(" " + name + "=", place + 1)) {
    const auto begin = place + name.size() + 2;
    text.replace(begin, text.find(' ', begin) - begin, "<hash>");
  }
  return text;
}

// "12 ms" at the end of a line.
std::string hide_durations(std::string text) {
  const std::string unit = " ms\n";
  const std::string hidden = "<some>";
  for (auto end = text.find(unit); end != std::string::npos; end = text.find(unit, end + unit.size())) {
    const auto begin = text.find_last_not_of("0123456789", end - 1) + 1;
    text.replace(begin, end - begin, hidden);
    end = begin + hidden.size();
  }
  return text;
}

std::string indent(const std::string& text) {
  std::string result;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    result += end == begin ? "\n" : "  " + text.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  return result;
}

} // namespace

Journey::Journey(const Story& story) : world_(folder_ / "story") {
  fs::create_directories(root() + "/tmp");
  create_repository(story);
  put_program(root() + "/agent.sh", "#!/bin/sh\nset -e\nWORLD=$(dirname \"$0\")\n"
                                    "ORDER=$(dirname \"$AFK_PROMPT_FILE\")\n"
                                    "export GIT_AUTHOR_DATE=2026-01-02T00:00:00Z "
                                    "GIT_COMMITTER_DATE=2026-01-02T00:00:00Z\ncat > /dev/null\n" +
                                        story.agent);
  put_file(root() + "/kill-switch", "off\n");
  Files private_files = story.secrets;
  private_files["afk.toml"] = render_configuration(root(), story);
  for (const auto& [name, text] : private_files) {
    put_file(root() + "/" + name, text);
    fs::permissions(root() + "/" + name, fs::perms::owner_read | fs::perms::owner_write);
  }
  put_file(world_.tracker() + "/tracker.toml", "format = 1\nid = \"7a6f1c3e-58d2-4b90-8c11-2f0e9d4b6a75\"\n");
  const ProgramOutcome initialised = world_.afk({"init"});
  if (initialised.exit_code != 0)
    throw std::runtime_error("afk init: " + initialised.output);
  put_armed_issue(world_.tracker() + "/acme/app/1", 1, story.labeler, "");
}

void Journey::create_repository(const Story& story) const {
  const GitRepository repository(root() + "/app");
  put_program(repository / "check.sh", "#!/bin/sh\n" + story.check);
  repository.commit("greeting.txt", "nothing\n", "Begin");
}

std::string Journey::issue_file(int number) const {
  return world_.tracker() + "/acme/app/" + std::to_string(number) + ".md";
}

void Journey::add_issue(int number, const std::string& front_matter) {
  put_armed_issue(world_.tracker() + "/acme/app/" + std::to_string(number), number, "ada", front_matter);
}

int Journey::afk_beside_agents(const std::vector<std::string>& arguments) {
  transcript_ += "$ afk";
  for (const std::string& argument : arguments)
    transcript_ += " " + argument;
  const ProgramOutcome outcome = world_.afk(arguments);
  transcript_ += "\n" + indent(outcome.output);
  if (outcome.exit_code != 0)
    transcript_ += "  exit " + std::to_string(outcome.exit_code) + "\n";
  return outcome.exit_code;
}

int Journey::afk(const std::vector<std::string>& arguments) {
  const int exit_code = afk_beside_agents(arguments);
  wait_until_idle();
  return exit_code;
}

void Journey::watch(int times) {
  for (int time = 0; time < times; ++time)
    static_cast<void>(afk({"watch", "--log-level", "info"}));
}

void Journey::start() {
  static_cast<void>(afk({"poll", "--log-level", "info"}));
  if (!has_label("agent-in-progress"))
    throw std::runtime_error("no run began:\n" + transcript_);
}

void Journey::watch_until_over() {
  for (int look = 0; look < 20 && has_label("agent-in-progress"); ++look)
    watch();
  if (has_label("agent-in-progress"))
    throw std::runtime_error("the run does not end:\n" + transcript_);
}

std::string Journey::run_shell(const std::string& shell) const {
  CommandLine command;
  command.argv = {"sh", "-euc", shell};
  command.environment = world_.environment();
  for (const std::string role : {"AUTHOR", "COMMITTER"}) {
    command.environment.emplace_back("GIT_" + role + "_NAME", "Ada");
    command.environment.emplace_back("GIT_" + role + "_EMAIL", "ada@example.org");
    command.environment.emplace_back("GIT_" + role + "_DATE", "2026-01-03T00:00:00Z");
  }
  command.working_folder = root();
  adapter::PosixCommands commands;
  const auto output = commands.run(command);
  if (!output.ok())
    throw std::runtime_error(output.error().message);
  if (output->exit_code != 0)
    throw std::runtime_error(shell + ": " + output->standard_error);
  return output->standard_output;
}

void Journey::person(const std::string& deed, const std::string& shell) {
  transcript_ += "# " + deed + "\n" + indent(run_shell(shell));
}

void Journey::look_at_the_end() {
  const std::string issue = "tracker/acme/app/1";
  person("what is on the base", "git -C app log --format='%H %an: %s (on %P)' main; git -C app status --short");
  person("the issue", "cat " + issue + ".md");
  person("its comments", "for comment in " + issue + ".comments/*; do [ ! -e \"$comment\" ] || cat \"$comment\"; done");
  person("its log", "cat " + issue + ".events.jsonl");
}

void Journey::hide_run(const std::string& run) {
  constexpr std::size_t prefix_size = 4; // "afk-"
  replaced_.emplace_back(run, "<run>");
  replaced_.emplace_back(run.substr(prefix_size, 8), "<run8>");
}

void Journey::check_transcript(const std::string& name) {
  look_at_the_end();
  std::string text = hide_durations(replace_all(transcript_, root(), "<root>"));
  for (const auto& [hidden, shown] : replaced_)
    text = replace_all(std::move(text), hidden, shown);
  for (const std::string hash : {"prompt", "configuration"})
    text = hide_hash(std::move(text), hash);
  GoldenFolder("journeys").check(name, number_commits(normalise(text)));
}

bool Journey::has_label(const std::string& label, int number) const {
  const std::string text = get_file(issue_file(number));
  const auto begin = text.find("labels = ");
  return begin != std::string::npos &&
         text.substr(begin, text.find('\n', begin) - begin).find('"' + label + '"') != std::string::npos;
}

bool Journey::is_closed(int number) const {
  return get_file(issue_file(number)).find("state = \"closed\"") != std::string::npos;
}

std::string Journey::comments() const {
  std::string text;
  const std::string folder = world_.tracker() + "/acme/app/1.comments";
  for (const std::string& name : names_in(folder))
    text += get_file(folder + "/" + name);
  return text;
}

} // namespace afk::test
