#pragma once
// What is wrong with values that are each right: references to nothing, keys that exclude each other, keys that a
// choice needs. A check draws no conclusion from a value that was refused itself.

#include <afk/config/assembly.hpp>

namespace afk::config {

void check_tracker(Assembly& assembly);
void check_labels(Assembly& assembly);
void check_trust(Assembly& assembly);
void check_deployment(Assembly& assembly);
void check_agents(Assembly& assembly);
// The program of one agent, whose table is `table`, and the reviewers that the key `key` names.
void check_agent_program(Assembly& assembly, const std::string& table, const AgentSettings& agent);
void check_reviewers(Assembly& assembly, const std::string& key, const RepositoryEntry& sections);
void check_executors(Assembly& assembly);
void check_notifiers(Assembly& assembly);
void check_card(Assembly& assembly);
// Landing, checks, QA and policy, globally and for each repository with its own table.
void check_repositories(Assembly& assembly);

} // namespace afk::config
