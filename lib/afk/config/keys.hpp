#pragma once
// Every key of the configuration, described once: how it is called, what it is for, how it is read and how it is shown.
// Reading a file, naming environment variables, suggesting the key that was meant, `afk config show` and the test of
// the example configuration all work from these tables.

#include <afk/config/value_type.hpp>
#include <afk/core/config.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace afk::config {

// What has to be true of the file that a path names, before anything is done: a secret belongs to its user alone, a
// trusted file may be read by everybody but is written by nobody else.
enum class FileUse : std::uint8_t { none, secret, trusted };

enum class Reading : std::uint8_t { accepted, refused };

template <typename Section>
struct Key {
  std::string path; // relative to its section: "policy.max_in_flight" of the whole, "executor" of an agent
  std::string documentation;
  Form form = Form::text;
  FileUse file_use = FileUse::none;
  std::function<Reading(Section&, const Node&, const ValueContext&)> read;
  std::function<Node(const Section&)> show;
};

template <typename Section>
using Keys = std::vector<Key<Section>>;

// The unnamed tables, in the order of the documentation.
[[nodiscard]] const Keys<Config>& global_keys();
[[nodiscard]] const Keys<AgentSettings>& agent_keys();
[[nodiscard]] const Keys<NotifierSettings>& notifier_keys();
[[nodiscard]] const Keys<RoleSettings>& role_keys();
// A repository's own keys, then every key of policy, lifecycle, checks and qa.
[[nodiscard]] const Keys<RepositoryEntry>& repository_keys();

// The keys of an executor depend on its kind, which is a key itself and stands in none of these lists.
struct ExecutorKind {
  std::string name;
  ExecutorSettings built_in;
  Keys<ExecutorSettings> keys;
};

[[nodiscard]] const std::vector<ExecutorKind>& executor_kinds();
[[nodiscard]] const ExecutorKind& find_executor_kind(const ExecutorSettings& settings);

// The tables whose entries people name themselves; they come from the file only.
inline constexpr std::string_view agents_table = "agents";
inline constexpr std::string_view executors_table = "executors";
inline constexpr std::string_view repositories_table = "repositories";
inline constexpr std::string_view notify_table = "notify";
inline constexpr std::string_view roles_table = "roles";

} // namespace afk::config
