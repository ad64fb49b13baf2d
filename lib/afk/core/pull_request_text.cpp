#include <afk/core/message.hpp>
#include <afk/core/pull_request_text.hpp>

#include <fmt/format.h>

namespace afk {

namespace {

std::string render_reference(const PullRequestFacts& facts) {
  switch (facts.last_stage) {
  case LastStage::review:
    return fmt::format("Closes #{}.", facts.issue.number);
  case LastStage::deployed:
    return fmt::format("For #{}, which afk closes once this is deployed.", facts.issue.number);
  case LastStage::merged:
  case LastStage::checks:
    break;
  }
  return fmt::format("For #{}, which afk closes once this is merged.", facts.issue.number);
}

} // namespace

PullRequestText derive_pull_request_text(const PullRequestFacts& facts) {
  PullRequestText text;
  text.title = fmt::format("{} (#{})", render_title_for_people(facts.issue_title), facts.issue.number);
  text.body = render_reference(facts) + "\n\n";
  text.body += fmt::format("Opened by afk for its run `{}`. The run's card, a comment of the issue, says how far it is "
                           "and how to stop it.\n",
                           facts.run.text);
  if (const std::string agent = render_line_for_people(facts.agent); !agent.empty())
    text.body += fmt::format("\n- Agent: {}\n", agent);
  return text;
}

} // namespace afk
