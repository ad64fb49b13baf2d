#pragma once
// Where the effective value of a key comes from.

#include <afk/config/node.hpp>

#include <cstdint>
#include <map>
#include <string>

namespace afk::config {

struct Origin {
  enum class Kind : std::uint8_t { built_in, file, environment, derived };

  Kind kind = Kind::built_in;
  Position position = {};  // of the value, where the file says it
  std::string source = {}; // the variable, or what it is derived from

  friend bool operator==(const Origin&, const Origin&) = default;
};

// By full key, as `afk config show` prints it. A key that is missing here is built in.
struct Provenance {
  std::string file; // as the caller named it
  std::map<std::string, Origin> origins;

  friend bool operator==(const Provenance&, const Provenance&) = default;
};

[[nodiscard]] Origin find_origin(const Provenance& provenance, const std::string& key);

// "default", "afk.toml:12", "AFK_ALLOWLIST", "derived from tracker.kind".
[[nodiscard]] std::string render_origin(const Provenance& provenance, const Origin& origin);

} // namespace afk::config
