#include <afk/loop/cooldowns.hpp>

#include <afk/core/agent_command.hpp>

#include <algorithm>

namespace afk::loop {

void Cooldowns::add(const TickContext& context, const IssueHistory& history) {
  for (const FoundCard& found : history.cards) {
    const RunCard& card = found.card;
    const AgentSettings* agent = find_agent(context, card.agent);
    if (card.state == CardState::ended || !card.parked_until || agent == nullptr)
      continue;
    Timestamp& until = until_[derive_credential_key(*agent)];
    until = std::max(until, *card.parked_until);
  }
}

std::optional<Timestamp> Cooldowns::find(const TickContext& context, const std::string& agent, Timestamp now) const {
  const AgentSettings* settings = find_agent(context, agent);
  const auto found = settings == nullptr ? until_.end() : until_.find(derive_credential_key(*settings));
  return found != until_.end() && found->second > now ? std::optional(found->second) : std::nullopt;
}

} // namespace afk::loop
