#pragma once
// The trusted containers of a turn's pod: the hidden command `afk carry`.
//
//   afk carry clone --order FILE --space FOLDER --out FOLDER --result FILE [--credential FILE]
//   afk carry push  (the same)
//
// `clone` mirrors the repository, and clones it with the run's branch checked out: at the head that earlier turns left
// on the remote, or at the base's for a first turn. Of a verify turn it checks the head out. `push` runs when the agent
// is gone: its commits are carried out of the clone as landing_git_import.hpp says, and the branch is pushed, from
// exactly the head that `clone` saw; a branch that touches a protected path stays where it is. Both write what came of
// it to
// --result (pod_carrier_codec.hpp) and say it on standard error.
//
// The agent runs between the two and can write the clone and the out folder, never the mirror: nothing that it writes
// is run or followed here.

#include <span>
#include <string>

namespace afk::adapter {

// `arguments` are those behind "carry". Answers the exit code: 0 where the carrier did its work and, for push, the
// agent or the checks had ended well; 1 where not; 2 for arguments that are none.
int run_carry_command(std::span<const std::string> arguments);

} // namespace afk::adapter
