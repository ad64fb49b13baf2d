#include <afk/adapter/executor_process_state.hpp>

#include <afk/adapter/agent_activity_codec.hpp>

#include <cerrno>
#include <optional>
#include <string_view>

#include <unistd.h>

namespace afk::adapter {
namespace {

constexpr std::string_view staged_state = ".state.new";

// The link's folders below the state folder, then the link itself.
Result<void> make_link(const Folder& state, const AgentStateLink& link) {
  std::optional<Folder> inner;
  std::string_view name = link.name;
  for (std::size_t slash = name.find('/'); slash != std::string_view::npos; slash = name.find('/')) {
    auto next = (inner ? *inner : state).open_or_create_folder(name.substr(0, slash), private_folder);
    if (!next) {
      return std::move(next).error();
    }
    inner = std::move(next).value();
    name.remove_prefix(slash + 1);
  }
  const Folder& folder = inner ? *inner : state;
  if (symlinkat(link.path.c_str(), folder.descriptor(), std::string(name).c_str()) != 0 && errno != EEXIST) {
    return describe_system_error("link", folder.path_of(name), errno);
  }
  return {};
}

Result<void> make_links(const Folder& state, const std::vector<AgentStateLink>& links) {
  for (const AgentStateLink& link : links) {
    if (access(link.path.c_str(), F_OK) != 0) {
      continue; // the agent makes its own where it needs one
    }
    if (auto made = make_link(state, link); !made) {
      return made;
    }
  }
  return {};
}

} // namespace

Result<void> prepare_state(const AttemptFolder& attempt, const ProcessAgent& agent) {
  if (agent.state_variable.empty()) {
    return {};
  }
  const auto kind = attempt.folder().try_kind(run_entry::state);
  if (!kind) {
    return kind.error();
  }
  if (kind->has_value()) {
    return {};
  }
  if (auto removed = attempt.folder().remove_tree(staged_state); !removed) {
    return removed;
  }
  const auto state = attempt.folder().open_or_create_folder(staged_state, private_folder);
  if (!state) {
    return state.error();
  }
  if (auto made = make_links(*state, agent.state_links); !made) {
    return made;
  }
  return attempt.folder().rename({.from = staged_state, .to = run_entry::state});
}

Result<void> prepare_review_state(const Folder& turn_folder, const std::vector<TurnReviewer>& reviewers) {
  if (reviewers.empty()) {
    return {};
  }
  const auto state = turn_folder.open_or_create_folder(turn_entry::review_state, private_folder);
  if (!state) {
    return state.error();
  }
  for (const TurnReviewer& reviewer : reviewers) {
    if (auto made = make_links(*state, reviewer.agent.state_links); !made) {
      return made;
    }
  }
  return {};
}

Result<std::string> find_session(const AttemptFolder& attempt, const TurnName& turn) {
  const auto names = attempt.list_turns();
  if (!names) {
    return names.error();
  }
  std::string session;
  int newest = 0;
  for (const TurnName& name : *names) {
    if (name == turn || derive_turn_kind(name) == TurnKind::verify) {
      continue;
    }
    const auto folder = attempt.try_open_turn(name);
    if (!folder || !folder->has_value()) {
      continue;
    }
    const auto document = read_turn_document(**folder);
    const auto started = (*folder)->try_kind(turn_entry::started);
    if (!document || !started || !started->has_value() || document->sequence <= newest) {
      continue;
    }
    newest = document->sequence;
    const auto file = (*folder)->try_read(turn_entry::activity, longest_activity);
    const auto activity =
        file && file->has_value() ? std::optional(parse_agent_activity((*file)->bytes)) : std::nullopt;
    session = activity && activity->ok() && (*activity)->turns > 0 ? (*activity)->session : "";
  }
  return session;
}

} // namespace afk::adapter
