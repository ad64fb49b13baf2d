#pragma once
// A file that is handed to an agent beside its prompt (ISSUE.md, the output of a failing check): hostile bytes under a
// fixed name, never parsed by afk.

#include <string>

namespace afk {

struct PromptFile {
  std::string name; // [A-Za-z0-9._-]
  std::string bytes;

  friend bool operator==(const PromptFile&, const PromptFile&) = default;
};

} // namespace afk
