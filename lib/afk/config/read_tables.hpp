#pragma once
// From the tree of the file and the variables to values: first the unnamed tables, then what the environment says
// about them, then the tables that people name.

#include <afk/config/assembly.hpp>

namespace afk::config {

void read_global_tables(Assembly& assembly, const Table& document);
void read_environment(Assembly& assembly);
// After the two above: a repository's table overrides what they said.
void read_named_tables(Assembly& assembly, const Table& document);

} // namespace afk::config
