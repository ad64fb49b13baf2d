#pragma once
// Which agents rest, because a run in flight met its provider's usage limit: all that share the credential do, until
// the limit is over.

#include <afk/core/issue_history.hpp>
#include <afk/loop/tick_context.hpp>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace afk::loop {

class Cooldowns {
 public:
  // Notes what the cards of an issue in flight say.
  void add(const TickContext& context, const IssueHistory& history);

  // Absent: the agent may work.
  [[nodiscard]] std::optional<Timestamp> find(const TickContext& context, const std::string& agent,
                                              Timestamp now) const;

 private:
  std::map<std::string, Timestamp> until_; // by derive_credential_key
};

} // namespace afk::loop
