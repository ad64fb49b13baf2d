#include <afk/adapter/file_system.hpp>
#include <afk/adapter/tracker_directory_setup.hpp>
#include <afk/cli/commands.hpp>
#include <afk/cli/starter_configuration.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <utility>

namespace afk::cli {

namespace {

// The place that a person would write to: what was named, else the user's own.
Result<std::filesystem::path> choose_path(const Invocation& invocation) {
  if (!invocation.arguments.config_file.empty())
    return std::filesystem::absolute(invocation.arguments.config_file);
  for (const auto& [variable, suffix] : {std::pair{"AFK_CONFIG", ""}, std::pair{"XDG_CONFIG_HOME", "afk/afk.toml"},
                                         std::pair{"HOME", ".config/afk/afk.toml"}}) {
    const auto value = config::find_variable(invocation.environment, variable);
    if (value && !value->empty())
      return std::filesystem::path(std::string(*value)) / suffix;
  }
  return Error{ErrorKind::usage, "neither XDG_CONFIG_HOME nor HOME is set: say where with --config FILE"};
}

enum class Written : std::uint8_t { now, before };

Result<Written> write_configuration(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error)
    return Error{ErrorKind::io, fmt::format("cannot create {}: {}", path.parent_path().string(), error.message())};
  auto folder = adapter::Folder::open(path.parent_path().string());
  if (!folder)
    return std::move(folder).error();
  auto kind = folder->try_kind(path.filename().string());
  if (!kind)
    return std::move(kind).error();
  if (kind->has_value())
    return Written::before;
  auto written = folder->write_atomic(path.filename().string(), render_starter_configuration(), {.bits = 0644});
  return written ? Result<Written>(Written::now) : Result<Written>(std::move(written).error());
}

} // namespace

Result<ExitCode> run_init_command(Invocation& invocation) {
  auto path = choose_path(invocation);
  if (!path)
    return std::move(path).error();
  auto written = write_configuration(*path);
  if (!written)
    return std::move(written).error();
  std::string text =
      *written == Written::now
          ? fmt::format("{}: written; the kill switch is on and the allowlist is empty\n", path->string())
          : fmt::format("{}: is there already and stays as it is\n", path->string());

  const auto loaded = config::load_configuration({path->string(), invocation.environment});
  if (!loaded)
    return config::derive_error(loaded.error());
  if (loaded->config.tracker.kind == TrackerKind::directory) {
    auto host = adapter::create_directory_tracker(loaded->config.tracker.url, invocation.random);
    if (!host)
      return std::move(host).error();
    text += fmt::format("{}: the tracker {} is set up\n", loaded->config.tracker.url, host->text);
  }
  if (invocation.arguments.quiet == Quiet::yes)
    return ExitCode::done;
  auto printed = invocation.console.print(text);
  return printed ? Result<ExitCode>(ExitCode::done) : Result<ExitCode>(std::move(printed).error());
}

} // namespace afk::cli
