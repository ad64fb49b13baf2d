#include <afk/config/parse_configuration.hpp>

#include <afk/config/assembly.hpp>
#include <afk/config/contradictions.hpp>
#include <afk/config/read_tables.hpp>
#include <afk/core/repository_settings.hpp>

#include <utility>

namespace afk::config {
namespace {

constexpr std::string_view public_github = "https://api.github.com";

void derive_tracker(Assembly& assembly) {
  Config& config = assembly.config;
  if (config.tracker.kind == TrackerKind::github && config.tracker.url.empty()) {
    config.tracker.url = public_github;
    assembly.note_derived_value("tracker.url", "tracker.kind");
  }
  const auto labeler = derive_labeler(config.tracker.kind, config.trust.labeler);
  if (labeler != config.trust.labeler) {
    config.trust.labeler = labeler;
    assembly.note_derived_value("trust.labeler", "tracker.kind");
  }
}

std::optional<LandingPlan> derive_plan(const Config& config, const LifecycleSettings& lifecycle) {
  const auto plan = derive_landing(LandingRequest{.tracker = config.tracker.kind,
                                                  .deployment = config.deployment.kind,
                                                  .landing = lifecycle.landing,
                                                  .last_stage = lifecycle.last_stage,
                                                  .auto_merge = lifecycle.auto_merge});
  const auto* possible = std::get_if<LandingPlan>(&plan);
  return possible == nullptr ? std::nullopt : std::optional(*possible);
}

// A repository that says nothing about its landing inherits what is derived for all, and is not shown to derive it.
bool says_landing(const Assembly& assembly, const std::string& table) {
  return table.empty() || assembly.is_written(join_key(table, "lifecycle.landing")) ||
         assembly.is_written(join_key(table, "lifecycle.last_stage")) ||
         assembly.is_written(join_key(table, "lifecycle.auto_merge"));
}

void derive_lifecycle(Assembly& assembly, LifecycleSettings& lifecycle, const std::string& table) {
  const auto plan = derive_plan(assembly.config, lifecycle);
  if (!plan) {
    return; // refused already
  }
  const bool noted = says_landing(assembly, table);
  if (!lifecycle.landing && noted) {
    assembly.note_derived_value(join_key(table, "lifecycle.landing"), "tracker.kind");
  }
  if (!lifecycle.last_stage && noted) {
    const bool by_merge = plan->landing == LandingMode::pull_request;
    assembly.note_derived_value(join_key(table, "lifecycle.last_stage"),
                                by_merge ? "lifecycle.landing and lifecycle.auto_merge" : "lifecycle.landing");
  }
  lifecycle.landing = plan->landing;
  lifecycle.last_stage = plan->last_stage;
}

void derive_landing_and_checks(Assembly& assembly) {
  Config& config = assembly.config;
  for (RepositoryEntry& entry : config.repositories) {
    const std::string name = render_repository_name(entry.repository);
    derive_lifecycle(assembly, entry.lifecycle, join_key(repositories_table, render_key_part(name)));
    entry.checks.mode = derive_check_mode(config.tracker.kind, entry.checks.mode);
  }
  derive_lifecycle(assembly, config.lifecycle, "");
  if (!config.checks.mode) {
    config.checks.mode = derive_check_mode(config.tracker.kind, std::nullopt);
    assembly.note_derived_value("checks.mode", "tracker.kind");
  }
}

// Below the state folder of the user, as the base directory specification has it.
void derive_workspaces(Assembly& assembly) {
  for (auto& [name, settings] : assembly.config.executors) {
    auto* process = std::get_if<ProcessExecutorSettings>(&settings);
    const std::string key = join_key(executors_table, name) + ".workspace_root";
    if (process == nullptr || !process->workspace_root.empty() || !assembly.are_sound({key})) {
      continue;
    }
    const std::string state(find_variable(assembly.environment(), "XDG_STATE_HOME").value_or(""));
    const std::string home(find_variable(assembly.environment(), "HOME").value_or(""));
    if (state.starts_with('/')) {
      process->workspace_root.text = state + "/afk/runs";
      assembly.note_derived_value(key, "XDG_STATE_HOME");
    } else if (home.starts_with('/')) {
      process->workspace_root.text = home + "/.local/state/afk/runs";
      assembly.note_derived_value(key, "HOME");
    } else {
      assembly.refuse(key, "neither XDG_STATE_HOME nor HOME says where the clones could be",
                      "write workspace_root = \"/var/lib/afk/runs\", for example");
    }
  }
}

template <typename Section>
void append_files(std::vector<NamedFile>& files, const Keys<Section>& keys, const Section& section,
                  const std::string& table) {
  const auto append = [&files](const std::string& key, const Node& node, FileUse use) {
    const auto* text = std::get_if<std::string>(&node.value);
    if (text != nullptr && !text->empty()) {
      files.push_back(NamedFile{.key = key, .path = FilePath{*text}, .use = use});
    }
  };
  for (const Key<Section>& key : keys) {
    if (key.file_use == FileUse::none) {
      continue;
    }
    const Node shown = key.show(section);
    const std::string full = join_key(table, key.path);
    append(full, shown, key.file_use);
    if (const auto* list = std::get_if<List>(&shown.value)) {
      for (const Node& entry : *list) {
        append(full, entry, key.file_use);
      }
    }
  }
}

std::vector<NamedFile> list_files(const Config& config) {
  std::vector<NamedFile> files;
  append_files(files, global_keys(), config, "");
  for (const auto& [name, settings] : config.executors) {
    append_files(files, find_executor_kind(settings).keys, settings, join_key(executors_table, name));
  }
  for (const auto& [name, settings] : config.notify) {
    append_files(files, notifier_keys(), settings, join_key(notify_table, name));
  }
  for (const RepositoryEntry& entry : config.repositories) {
    append_files(files, repository_keys(), entry,
                 join_key(repositories_table, render_key_part(render_repository_name(entry.repository))));
  }
  return files;
}

void check_everything(Assembly& assembly) {
  check_tracker(assembly);
  check_labels(assembly);
  check_trust(assembly);
  check_deployment(assembly);
  check_agents(assembly);
  check_executors(assembly);
  check_notifiers(assembly);
  check_card(assembly);
  check_repositories(assembly);
}

} // namespace

Assessment assess_configuration(const Sources& sources) {
  const auto document = parse_document(sources.text);
  if (!document) {
    Problem problem{.file = sources.file_name,
                    .position = document.error().position,
                    .variable = {},
                    .key = {},
                    .message = "this is not TOML: " + document.error().message,
                    .hint = {}};
    return Assessment{.loaded = {}, .problems = {std::move(problem)}};
  }
  Assembly assembly({.file = sources.file_name, .folder = sources.folder, .environment = sources.environment});
  read_global_tables(assembly, *document);
  read_environment(assembly);
  read_named_tables(assembly, *document);
  check_everything(assembly);
  derive_tracker(assembly);
  derive_landing_and_checks(assembly);
  derive_workspaces(assembly);
  sort_problems(assembly.problems);
  std::vector<NamedFile> files = list_files(assembly.config);
  return Assessment{.loaded = {.config = std::move(assembly.config),
                               .provenance = std::move(assembly.provenance),
                               .files = std::move(files)},
                    .problems = std::move(assembly.problems)};
}

std::expected<Loaded, Problems> parse_configuration(const Sources& sources) {
  Assessment assessment = assess_configuration(sources);
  if (!assessment.problems.empty()) {
    return std::unexpected(std::move(assessment.problems));
  }
  return std::move(assessment.loaded);
}

} // namespace afk::config
