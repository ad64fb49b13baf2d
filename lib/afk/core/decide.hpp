#pragma once
// The run state machine of the watcher: a pure and total function, first match wins.
//
//  1 issue deleted, transferred, or closed before anything landed   stand down
//  2 a person took the issue back                                    stand down
//  3 lock not ours                                                   report foreign-lock
//  4 arming void                                                     escalate trust
//  5 live turn past a limit                                          interrupt, later escalate the cause
//  6 question label on                                               wait
//  7 run asks and nobody answered                                    park
//  8 live turn                                                       wait
//  9 an input unreachable                                            wait, later escalate unreachable
// 10 run asks and is answered                                        > answer
// 11 last stage reached                                              land
// 12 provider's usage limit                                          wait
// 13 nothing done; vanished, or usage limit over                     > redispatch or repeat
// 14 nothing pushed, nothing finished                                grace; > finish; escalate
// 15 finished in the workspace, QA not red                           > verify, then push
// 16 published without a pull request                                > open it
// 17 conflict                                                        > rebase, later escalate conflict
// 18 red at the merge base too                                       hold, > rebase, later escalate base-red
// 19 red and can be re-run                                           > re-run
// 20 red, budget left                                                grace; > fix
// 21 red, budget out                                                 freeze
// 22 no checks started                                               wait, later escalate ci-missing
// 23 checks pending                                                  wait, later escalate no-verdict
// 24 green, last turn not clean                                      > finish, later escalate needs-human
// 25 green, pull request open                                        > ready, > merge, hand over, wait
// 26 landed, not deployed                                            wait, later escalate no-deploy
// 27 nothing else                                                    programmer error
//
// Rows marked > start work or change a repository: they become `wait held` while the situation is held.

#include <afk/core/action.hpp>
#include <afk/core/situation.hpp>

namespace afk {

[[nodiscard]] Decision decide(const Situation& situation);

} // namespace afk
