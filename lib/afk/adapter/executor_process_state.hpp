#pragma once
// What an agent keeps from turn to turn: its sessions, in a folder of the attempt, with links to its configuration.
//
// The agent may write there, so that nothing in it is believed; which session a turn had is read from the turn's own
// folder, which is not the agent's.

#include <afk/adapter/executor_process_order.hpp>
#include <afk/adapter/run_folder.hpp>
#include <afk/core/result.hpp>

#include <string>
#include <vector>

namespace afk::adapter {

// runs/<attempt>/state/, which appears whole and is then left as the agent leaves it. Nothing to do for an agent
// without a state variable.
Result<void> prepare_state(const AttemptFolder& attempt, const ProcessAgent& agent);

// The same of all reviewers of a turn, inside a turn's folder that is being filled.
Result<void> prepare_review_state(const Folder& turn_folder, const std::vector<TurnReviewer>& reviewers);

// The session to go on with: that of the newest turn of an agent in this attempt before `turn`, where the model got to
// answer in it. "" where there is none: an agent that could not take a session up again begins anew the next time.
Result<std::string> find_session(const AttemptFolder& attempt, const TurnName& turn);

} // namespace afk::adapter
