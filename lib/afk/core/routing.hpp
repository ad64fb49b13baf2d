#pragma once
// Which agent works on an issue: the one that a label names, else the default.
//
// A routing label counts only if it was there when the issue was armed or was put on by somebody who is trusted: a
// stranger who may label could otherwise pick the agent that reaches furthest.

#include <afk/core/config.hpp>
#include <afk/core/policy_input.hpp>

#include <map>
#include <optional>
#include <span>
#include <string>

namespace afk {

struct RoutingFacts {
  std::span<const std::string> counting_labels; // those that were there at the arming or set by a trusted person
  const std::map<std::string, AgentSettings>& agents;
  const RoutingSettings& routing;
};

struct Route {
  std::optional<RoutedAgent> agent;
  std::string problem; // why there is none, for people
};

[[nodiscard]] Route derive_route(const RoutingFacts& facts);

} // namespace afk
