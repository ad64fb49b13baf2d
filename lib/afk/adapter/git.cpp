#include <afk/adapter/git.hpp>

#include <afk/core/check.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace afk::adapter {
namespace {

constexpr std::size_t longest_message = 600;

// Attributes decide about filters, merge drivers and line ends; newer gits read them from HEAD of a bare repository
// unless they are pointed elsewhere.
constexpr std::string_view empty_tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

std::vector<std::string> safe_settings() {
  return {"core.hooksPath=/dev/null",
          "core.fsmonitor=false",
          "core.attributesFile=/dev/null",
          "core.excludesFile=/dev/null",
          "core.fsync=committed,reference", // what is kept must survive a power cut
          "core.bigFileThreshold=32m",      // a blob above this is streamed, never held in memory
          fmt::format("attr.tree={}", empty_tree),
          "advice.detachedHead=false",
          "color.ui=false",
          "credential.helper=",
          "fetch.recurseSubmodules=false",
          "gc.auto=0",
          "http.followRedirects=false", // a redirect would carry the work to another host
          "http.lowSpeedLimit=1000",
          "http.lowSpeedTime=20",
          "i18n.logOutputEncoding=UTF-8",
          "log.showSignature=false",
          "maintenance.auto=false",
          "push.recurseSubmodules=no",
          "receive.autogc=false",
          "submodule.recurse=false"};
}

std::string_view allowed_protocol(const std::optional<GitRemote>& remote) {
  switch (remote ? remote->url.transport : GitTransport::local) {
  case GitTransport::local:
    return "file";
  case GitTransport::https:
    return "https";
  case GitTransport::http:
    return "http";
  case GitTransport::ssh:
    return "ssh";
  }
  return "file";
}

bool is_http(GitTransport transport) {
  return transport == GitTransport::https || transport == GitTransport::http;
}

// Bound to the remote's origin, so that no other host is ever sent the credential.
std::vector<std::string> credential_settings(const GitRemote& remote) {
  if (remote.credential_file.empty() || !is_http(remote.url.transport)) {
    return {};
  }
  const std::string helper = fmt::format(
      "!f() {{ test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' x-access-token \"$(head -n 1 {})\"; }}; f",
      quote_for_shell(remote.credential_file.string()));
  return {fmt::format("credential.{}.helper={}", remote.url.origin, helper)};
}

std::string ssh_command(const std::optional<GitRemote>& remote) {
  std::string command = "ssh -o BatchMode=yes -o ConnectTimeout=20";
  if (remote && remote->url.transport == GitTransport::ssh && !remote->credential_file.empty()) {
    command += fmt::format(" -o IdentitiesOnly=yes -o IdentityAgent=none -i {}",
                           quote_for_shell(remote->credential_file.string()));
  }
  return command;
}

// One entry of a list that is separated by colons.
std::string quote_alternate(std::string_view path) {
  std::string quoted = "\"";
  for (const char character : path) {
    if (character == '"' || character == '\\') {
      quoted += '\\';
    }
    quoted += character;
  }
  return quoted + "\"";
}

using Environment = std::vector<std::pair<std::string, std::string>>;

void add_place(Environment& environment, const GitPlace& place) {
  const auto add = [&environment](std::string name, const std::filesystem::path& path) {
    if (!path.empty()) {
      environment.emplace_back(std::move(name), path.string());
    }
  };
  add("GIT_DIR", place.git_dir);
  add("GIT_WORK_TREE", place.work_tree);
  add("GIT_OBJECT_DIRECTORY", place.objects);
  std::string borrowed;
  for (const auto& folder : place.borrowed_objects) {
    borrowed += (borrowed.empty() ? "" : ":") + quote_alternate(folder.string());
  }
  if (!borrowed.empty()) {
    environment.emplace_back("GIT_ALTERNATE_OBJECT_DIRECTORIES", std::move(borrowed));
  }
}

void add_identity(Environment& environment, std::int64_t commit_time) {
  const std::string date = fmt::format("@{} +0000", commit_time);
  for (const std::string_view role : {"AUTHOR", "COMMITTER"}) {
    environment.emplace_back(fmt::format("GIT_{}_NAME", role), git_identity_name);
    environment.emplace_back(fmt::format("GIT_{}_EMAIL", role), git_identity_email);
    environment.emplace_back(fmt::format("GIT_{}_DATE", role), date);
  }
}

Environment environment_of(const GitCall& call, const GitSettings& settings) {
  // A home that does not exist: libcurl and ssh would look for .netrc and .ssh in the user's own otherwise (ssh still
  // does, by the password database, which is what an operator with a key there expects).
  Environment environment{{"PATH", settings.path},
                          {"HOME", "/nonexistent"},
                          {"LC_ALL", "C"},
                          {"GIT_CONFIG_NOSYSTEM", "1"},
                          {"GIT_CONFIG_GLOBAL", "/dev/null"},
                          {"GIT_ATTR_NOSYSTEM", "1"},
                          {"GIT_NO_LAZY_FETCH", "1"},
                          {"GIT_NO_REPLACE_OBJECTS", "1"},
                          {"GIT_TERMINAL_PROMPT", "0"},
                          {"GIT_ALLOW_PROTOCOL", std::string(allowed_protocol(call.remote))},
                          {"GIT_SSH_COMMAND", ssh_command(call.remote)},
                          {"GIT_SSH_VARIANT", "ssh"}};
  add_place(environment, call.place);
  if (call.commit_time) {
    add_identity(environment, *call.commit_time);
  }
  return environment;
}

CommandLine command_line(const GitCall& call, const GitSettings& settings) {
  CommandLine command;
  command.argv.push_back(settings.program);
  const auto add_settings = [&command](std::vector<std::string> values) {
    for (auto& value : values) {
      command.argv.emplace_back("-c");
      command.argv.push_back(std::move(value));
    }
  };
  add_settings(safe_settings());
  if (call.remote) {
    add_settings(credential_settings(*call.remote));
  }
  add_settings(call.settings);
  command.argv.insert(command.argv.end(), call.arguments.begin(), call.arguments.end());
  command.environment = environment_of(call, settings);
  command.working_folder = "/";
  command.standard_input = call.standard_input;
  command.timeout = call.remote ? settings.remote_timeout : settings.local_timeout;
  command.output_limit = call.output_limit;
  return command;
}

// The words by which git, curl and ssh say why they failed.
struct Saying {
  std::string_view words;
  ErrorKind kind;
};

constexpr auto sayings = std::to_array<Saying>({
    {"dubious ownership", ErrorKind::configuration},
    {"Authentication failed", ErrorKind::unauthorized},
    {"could not read Username", ErrorKind::unauthorized},
    {"could not read Password", ErrorKind::unauthorized},
    {"Permission denied (publickey", ErrorKind::unauthorized},
    {"error: 401", ErrorKind::unauthorized},
    {"error: 403", ErrorKind::forbidden},
    {"Repository not found", ErrorKind::not_found},
    {"does not appear to be a git repository", ErrorKind::not_found},
    {"not found", ErrorKind::not_found},
});

ErrorKind derive_kind(const GitCall& call, std::string_view said) {
  if (!call.remote) {
    return ErrorKind::io;
  }
  for (const auto& saying : sayings) {
    if (said.find(saying.words) != std::string_view::npos) {
      return saying.kind;
    }
  }
  return ErrorKind::unreachable;
}

} // namespace

std::string quote_for_shell(std::string_view text) {
  std::string quoted = "'";
  for (const char character : text) {
    quoted += character == '\'' ? std::string_view("'\\''") : std::string_view(&character, 1);
  }
  return quoted + "'";
}

std::string render_git_message(const CommandOutput& output) {
  const std::string_view said = trim_ascii(output.standard_error);
  const std::string_view end = said.substr(said.size() - std::min(said.size(), longest_message));
  const std::string message = clean_single_line(end);
  return message.empty() ? fmt::format("git ended with exit code {} and said nothing", output.exit_code) : message;
}

Error derive_git_error(const GitCall& call, const CommandOutput& output) {
  const ErrorKind kind = derive_kind(call, output.standard_error);
  const std::string command = call.arguments.empty() ? std::string() : call.arguments.front();
  std::string message = fmt::format("git {}: {}", command, render_git_message(output));
  if (kind == ErrorKind::configuration) {
    message += "; the repository belongs to another user of this machine: run afk as that user, or give it a copy";
  }
  return Error{.kind = kind, .message = std::move(message)};
}

Git::Git(Commands& commands, GitSettings settings) : commands_(commands), settings_(std::move(settings)) {}

Result<CommandOutput> Git::run(const GitCall& call) {
  check(!call.arguments.empty(), "a git call names its command");
  auto output = commands_.run(command_line(call, settings_));
  if (!output.ok()) {
    return with_context(fmt::format("git {}", call.arguments.front()), std::move(output).error());
  }
  if (output->standard_output.size() >= call.output_limit) {
    return Error{.kind = ErrorKind::too_large,
                 .message =
                     fmt::format("git {} answered with more than {} bytes", call.arguments.front(), call.output_limit)};
  }
  return output;
}

Result<std::string> Git::read(const GitCall& call) {
  auto output = run(call);
  if (!output.ok()) {
    return std::move(output).error();
  }
  if (output->exit_code != 0) {
    return derive_git_error(call, *output);
  }
  return std::move(output->standard_output);
}

} // namespace afk::adapter
