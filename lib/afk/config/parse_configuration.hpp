#pragma once
// A configuration from its text and the environment: everything that holds, or everything that is wrong.
//
// Pure: no file, clock or process environment is looked at. Called by load_configuration and by tests.

#include <afk/config/environment.hpp>
#include <afk/config/keys.hpp>
#include <afk/config/origin.hpp>
#include <afk/config/problem.hpp>
#include <afk/core/config.hpp>

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace afk::config {

struct Sources {
  std::string_view text;   // TOML; what a file says that does not exist is ""
  std::string file_name;   // how messages call the file
  std::string folder;      // absolute: what relative paths of the file are relative to
  Environment environment; // of the process
};

// A file that a key names, with what has to be true of it. Looking at it is load_configuration's work.
struct NamedFile {
  std::string key;
  FilePath path;
  FileUse use = FileUse::secret;
};

// In `config` nothing is left to derive: landing, last_stage and the check mode are there, globally and for each
// repository; the tracker's url, the labeler and the executors' workspace_root are the effective ones.
struct Loaded {
  Config config;
  Provenance provenance;
  std::vector<NamedFile> files;
};

// A syntax error stands alone; of everything else all problems are there, in the order of the file. What is loaded is
// only fit for use when there is none.
struct Assessment {
  Loaded loaded;
  Problems problems;
};

[[nodiscard]] Assessment assess_configuration(const Sources& sources);

// The same for callers that want one or the other.
[[nodiscard]] std::expected<Loaded, Problems> parse_configuration(const Sources& sources);

} // namespace afk::config
