#pragma once
// What an agent says is shown to people and written to the tracker; the credentials that it was given are not.

#include <afk/adapter/executor_process.hpp>
#include <afk/core/redactor.hpp>

namespace afk::adapter {

// Knows the values of all agents' credential variables. Of those that the table of commands names and nobody wrote into
// the configuration, only what is called a key, token, secret or password: an address is none.
[[nodiscard]] Redactor make_agent_redactor(const ProcessExecutorSetup& setup);

// Every text of the attempt that an agent had a say in.
void redact_attempt(const Redactor& redactor, AttemptView& attempt);

} // namespace afk::adapter
