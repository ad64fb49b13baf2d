#include <afk/adapter/executor_process_redact.hpp>

#include <algorithm>
#include <array>

namespace afk::adapter {
namespace {

bool is_called_secret(std::string_view name) {
  constexpr auto words = std::to_array<std::string_view>({"KEY", "TOKEN", "SECRET", "PASSWORD"});
  return std::ranges::any_of(words, [&](std::string_view word) { return name.contains(word); });
}

} // namespace

Redactor make_agent_redactor(const ProcessExecutorSetup& setup) {
  Redactor redactor;
  const auto add = [&](const std::string& name) {
    if (const auto value = find_variable(setup.environment, name)) {
      redactor.add(Secret(std::string_view(*value)));
    }
  };
  for (const auto& [agent_name, agent] : setup.agents) {
    std::ranges::for_each(agent.credential_variables, add);
    for (const std::string& name : agent.environment) {
      if (is_called_secret(name)) {
        add(name);
      }
    }
  }
  return redactor;
}

void redact_attempt(const Redactor& redactor, AttemptView& attempt) {
  const auto redact = [&](std::string& text) { text = redactor.redact(text); };
  for (TurnView& turn : attempt.turns) {
    redact(turn.report_problem);
    redact(turn.question);
    redact(turn.output_excerpt);
    if (turn.report) {
      redact(turn.report->question);
      redact(turn.report->step);
      std::ranges::for_each(turn.report->notes, redact);
    }
    if (turn.activity) {
      redact(turn.activity->step);
      redact(turn.activity->message);
      redact(turn.activity->problem);
    }
  }
}

} // namespace afk::adapter
