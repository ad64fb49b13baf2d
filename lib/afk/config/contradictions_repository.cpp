// Contradictions of labels and of what holds per repository. Each repository with a table of its own is looked at with
// its overrides applied; a problem stands at the key that says it, its own or the global one.
#include <afk/config/contradictions.hpp>
#include <afk/config/keys.hpp>
#include <afk/config/read_text.hpp>
#include <afk/core/repository_settings.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace afk::config {
namespace {

struct NamedLabel {
  std::string_view key;
  const std::string* label;
};

std::array<NamedLabel, 5> list_labels(const LabelSettings& labels) {
  return {NamedLabel{"labels.ready", &labels.ready}, NamedLabel{"labels.in_progress", &labels.in_progress},
          NamedLabel{"labels.human", &labels.human}, NamedLabel{"labels.question", &labels.question},
          NamedLabel{"labels.paused", &labels.paused}};
}

bool holds_label(const std::vector<std::string>& labels, std::string_view wanted) {
  return std::ranges::any_of(labels, [wanted](const std::string& label) { return equal_ascii_folded(label, wanted); });
}

// What is looked at together: the global sections, or those of a repository.
class Scope {
 public:
  Scope(Assembly& assembly, std::string table) : assembly_(assembly), table_(std::move(table)) {}

  // The key that says it: the repository's own where it overrides, else the global one.
  [[nodiscard]] std::string find_key(const std::string& key) const {
    const std::string own = join_key(table_, key);
    return !table_.empty() && assembly_.is_written(own) ? own : key;
  }

  // Whether this scope itself says something about the key.
  [[nodiscard]] bool writes(const std::string& key) const { return assembly_.is_written(join_key(table_, key)); }

  [[nodiscard]] bool are_sound(std::initializer_list<std::string> keys) const {
    return std::ranges::all_of(
        keys, [this](const std::string& key) { return assembly_.are_sound({key, join_key(table_, key)}); });
  }

  void refuse(const std::string& key, std::string message, std::string hint) const {
    assembly_.refuse(find_key(key), std::move(message), std::move(hint));
  }

  [[nodiscard]] const Config& config() const { return assembly_.config; }

  void refuse_reviewers(const RepositoryEntry& sections) const {
    check_reviewers(assembly_, find_key("qa.reviewers"), sections);
  }

 private:
  Assembly& assembly_;
  std::string table_; // empty: the global sections
};

void check_landing(const Scope& scope, const LifecycleSettings& lifecycle) {
  if (!scope.are_sound(
          {"tracker.kind", "deployment.kind", "lifecycle.landing", "lifecycle.last_stage", "lifecycle.auto_merge"})) {
    return;
  }
  const auto plan = derive_landing(LandingRequest{.tracker = scope.config().tracker.kind,
                                                  .deployment = scope.config().deployment.kind,
                                                  .landing = lifecycle.landing,
                                                  .last_stage = lifecycle.last_stage,
                                                  .auto_merge = lifecycle.auto_merge});
  const auto* refusal = std::get_if<LandingRefusal>(&plan);
  if (refusal == nullptr) {
    return;
  }
  switch (refusal->key) {
  case LandingRefusal::Key::landing:
    return scope.refuse("lifecycle.landing", refusal->message, refusal->hint);
  case LandingRefusal::Key::last_stage:
    return scope.refuse("lifecycle.last_stage", refusal->message, refusal->hint);
  case LandingRefusal::Key::auto_merge:
    return scope.refuse("lifecycle.auto_merge", refusal->message, refusal->hint);
  }
}

void check_protected_paths(const Scope& scope, const LifecycleSettings& lifecycle) {
  for (const std::string& pattern : lifecycle.protected_paths) {
    if (pattern.starts_with('/') || pattern.find("..") != std::string::npos) {
      scope.refuse("lifecycle.protected_paths",
                   fmt::format("{} is not a pattern of files inside a repository", quote_value(pattern)),
                   "write it from the repository's top folder, as \".github/**\"");
    }
  }
}

void check_check_mode(const Scope& scope, const CheckSettings& checks) {
  if (!scope.are_sound({"tracker.kind", "checks.mode", "checks.required", "checks.commands"})) {
    return;
  }
  using Mode = CheckSettings::Mode;
  const TrackerKind tracker = scope.config().tracker.kind;
  const Mode mode = derive_check_mode(tracker, checks.mode);
  const std::string_view name = render_check_mode(mode);
  if (tracker == TrackerKind::directory && (mode == Mode::all || mode == Mode::required)) {
    scope.refuse("checks.mode", "the directory tracker has no checks of its own",
                 "write \"commands\" and what to run, or \"none\"");
    return;
  }
  if (mode == Mode::commands && checks.commands.empty()) {
    scope.refuse("checks.commands", "nothing would be checked before work lands",
                 "write commands = [\"make test\"], or say so with mode = \"none\"");
  }
  if (mode == Mode::required && checks.required.empty()) {
    scope.refuse("checks.required", "with mode = \"required\" and no name every head would be green",
                 "write the names of the checks, or mode = \"all\"");
  }
  if (mode != Mode::commands && !checks.commands.empty() && scope.writes("checks.commands")) {
    scope.refuse("checks.commands", fmt::format("with mode = \"{}\" they would never run", name),
                 "write mode = \"commands\", or leave them out");
  }
  if (mode != Mode::required && !checks.required.empty() && scope.writes("checks.required")) {
    scope.refuse("checks.required", fmt::format("with mode = \"{}\" nobody would look at them", name),
                 "write mode = \"required\", or leave them out");
  }
}

void check_qa(const Scope& scope, const QaSettings& qa) {
  if (!scope.are_sound({"qa.mode", "qa.commands"})) {
    return;
  }
  if (qa.mode == QaSettings::Mode::commands && qa.commands.empty()) {
    scope.refuse("qa.commands", "with mode = \"commands\" there has to be one",
                 "write commands = [\"make lint\"], or mode = \"off\"");
  }
  if (qa.mode != QaSettings::Mode::commands && !qa.commands.empty() && scope.writes("qa.commands")) {
    scope.refuse("qa.commands", "without mode = \"commands\" they would never run",
                 "write mode = \"commands\", or leave them out");
  }
}

void check_policy(const Scope& scope, const PolicySettings& policy) {
  if (!scope.are_sound({"policy.exclude_labels", "policy.require_labels"})) {
    return;
  }
  for (const std::string& label : policy.require_labels) {
    if (holds_label(policy.exclude_labels, label)) {
      scope.refuse("policy.require_labels",
                   fmt::format("{} is required here and excluded by exclude_labels", quote_value(label)),
                   "no issue could be dispatched; leave one of them out");
    }
  }
  for (const auto& [key, label] : list_labels(scope.config().labels)) {
    const bool is_ready = key == "labels.ready";
    if (is_ready && holds_label(policy.exclude_labels, *label)) {
      scope.refuse("policy.exclude_labels", fmt::format("{} is what arms an issue", quote_value(*label)),
                   "no issue could be dispatched; leave it out");
    }
    if (!is_ready && holds_label(policy.require_labels, *label)) {
      scope.refuse("policy.require_labels",
                   fmt::format("{} is {}, and an issue with it is not dispatched", quote_value(*label), key),
                   "leave it out");
    }
  }
}

void check_scope(const Scope& scope, const RepositoryEntry& sections) {
  check_landing(scope, sections.lifecycle);
  check_protected_paths(scope, sections.lifecycle);
  check_check_mode(scope, sections.checks);
  check_qa(scope, sections.qa);
  scope.refuse_reviewers(sections);
  check_policy(scope, sections.policy);
}

bool has_own_table(const Config& config, const RepositoryName& repository) {
  return std::ranges::any_of(config.repositories, [&repository](const RepositoryEntry& entry) {
    return same_repository(entry.repository, repository);
  });
}

// Where every repository that may be worked on has a table, what holds without one holds for nobody.
bool are_global_sections_used(const Config& config) {
  return config.allowlist.empty() || !std::ranges::all_of(config.allowlist, [&config](const AllowlistEntry& entry) {
           return has_own_table(config, entry.repository);
         });
}

void check_clone_urls(Assembly& assembly) {
  const Config& config = assembly.config;
  if (config.tracker.kind != TrackerKind::directory || !assembly.are_sound({"tracker.kind", "allowlist"})) {
    return;
  }
  for (const AllowlistEntry& allowed : config.allowlist) {
    const std::string name = render_repository_name(allowed.repository);
    const auto entry = std::ranges::find_if(config.repositories, [&allowed](const RepositoryEntry& candidate) {
      return same_repository(candidate.repository, allowed.repository);
    });
    const std::string table = join_key(
        repositories_table,
        render_key_part(entry == config.repositories.end() ? name : render_repository_name(entry->repository)));
    const std::string key = table + ".clone_url";
    const bool missing = entry == config.repositories.end() || entry->clone_url.empty();
    if (missing && assembly.are_sound({key})) {
      assembly.refuse(entry == config.repositories.end() ? "allowlist" : key,
                      fmt::format("the directory tracker does not know where {} is cloned from", name),
                      fmt::format("write clone_url = \"...\" in [{}]", table));
    }
  }
}

} // namespace

void check_labels(Assembly& assembly) {
  const auto labels = list_labels(assembly.config.labels);
  for (std::size_t index = 0; index < labels.size(); ++index) {
    for (std::size_t other = 0; other < index; ++other) {
      const std::string key(labels[index].key);
      const std::string earlier(labels[other].key);
      if (equal_ascii_folded(*labels[index].label, *labels[other].label) && assembly.are_sound({key, earlier})) {
        // The one that is written is to blame, where only one is.
        const bool blame_earlier = assembly.is_written(earlier) && !assembly.is_written(key);
        assembly.refuse(
            blame_earlier ? earlier : key,
            fmt::format("{} is the label of {} too", quote_value(*labels[index].label), blame_earlier ? key : earlier),
            "the five labels are different ones");
      }
    }
  }
}

void check_repositories(Assembly& assembly) {
  const Config& config = assembly.config;
  if (are_global_sections_used(config)) {
    RepositoryEntry global;
    global.policy = config.policy;
    global.lifecycle = config.lifecycle;
    global.checks = config.checks;
    global.qa = config.qa;
    check_scope(Scope(assembly, ""), global);
  }
  for (const RepositoryEntry& entry : config.repositories) {
    const std::string name = render_repository_name(entry.repository);
    check_scope(Scope(assembly, join_key(repositories_table, render_key_part(name))), entry);
  }
  check_clone_urls(assembly);
}

} // namespace afk::config
