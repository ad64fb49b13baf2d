#pragma once
// The labels that afk reads and sets. Trackers compare labels without regard to case, and so does everything here.

#include <afk/core/result.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace afk {

// `priority:<n>`, n from 0 to 1000000; lower goes first.
struct PriorityLabels {
  std::optional<int> priority;      // the lowest of several; nothing without a legal one
  std::vector<std::string> ignored; // labels that begin with "priority:" and say no such number, as written
};

[[nodiscard]] PriorityLabels derive_priority(std::span<const std::string> labels);

// `agent:<name>[:model]`: which agent a person wants. The name is folded to lower case; the model stays as it is and
// may itself hold colons (`agent:local:qwen2.5:7b`).
struct AgentLabel {
  std::string name;  // 1 to 64 of [a-z0-9._-], beginning with a letter or digit
  std::string model; // "" or 1 to 128 of [A-Za-z0-9._:/@+-], beginning with a letter or digit

  friend bool operator==(const AgentLabel&, const AgentLabel&) = default;
};

// Absent without such a label. Fails with `malformed` on one that names no agent, and with `conflict` on two that
// disagree: a guess would start the wrong agent.
Result<std::optional<AgentLabel>> derive_agent_label(std::span<const std::string> labels);

} // namespace afk
