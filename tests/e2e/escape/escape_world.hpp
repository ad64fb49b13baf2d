#pragma once
// One hostile agent, the real program, real Git, and what it must not reach: each attempt is made in the sandbox, where
// it has to fail, and without it, where it has to succeed: an attempt that succeeds nowhere shows nothing.

#include <string>
#include <vector>

namespace afk::test {

struct Attempt {
  const char* name;
  // A shell script, the agent. It got out when its output, or the canary, holds the word REACHED. Names in it:
  // {root} the world, {home} the home folder, {app} the repository, {run} and {turn} the agent's own folders at the
  // host, {mirror}, {sibling} a process of the same user that holds a token, {port} a service of this machine.
  const char* script;
  const char* canary = ""; // a file at the host; "" = the output tells
  // What "without" means: the same program with sandbox = "none", or no afk at all, for what afk itself stops.
  enum class Without : std::uint8_t { sandbox, afk } without = Without::sandbox;
  // What a host does with the clone afterwards that knows of no danger; afk's own steps come instead in the sandbox.
  const char* host = "";
  int seconds_later = 0;     // when it is looked at
  const char* settings = ""; // more lines of [executors.local]
  // Who can make the attempt at all: to root some things are open that nobody else has.
  enum class As : std::uint8_t { anybody, root, somebody_else } as = As::anybody;
};

// Makes the attempt as this user. Where this is root: as another one too in the long run, as one of the two in the
// slice.
void try_escape(const Attempt& attempt);

} // namespace afk::test
