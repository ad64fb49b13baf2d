#pragma once
// Finding the configuration file and reading it, with everything that has to be true of it and of the files it names.
// The only place of this room that touches the file system; the commands call it once, first of all.

#include <afk/config/parse_configuration.hpp>

#include <expected>
#include <string>
#include <vector>

namespace afk::config {

struct LoadRequest {
  std::string flag;        // of --config; empty where it was not given
  Environment environment; // of the process
};

// Where a configuration is looked for. A file that somebody names has to be there; of the places that are only usual
// the first one that exists counts. The working folder is none of them: a checkout may be hostile.
struct Candidate {
  std::string path;
  enum class Need : std::uint8_t { must_exist, may_exist } need = Need::may_exist;
  std::string said_by; // "--config", "AFK_CONFIG"; empty for a usual place
};

[[nodiscard]] std::expected<std::vector<Candidate>, Problem> list_candidates(const LoadRequest& request);

// Everything that holds, or everything that is wrong: with the file, its text, the environment and the files that it
// names.
[[nodiscard]] std::expected<Loaded, Problems> load_configuration(const LoadRequest& request);

} // namespace afk::config
