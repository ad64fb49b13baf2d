#include <afk/config/origin.hpp>

#include <fmt/format.h>

namespace afk::config {

Origin find_origin(const Provenance& provenance, const std::string& key) {
  const auto found = provenance.origins.find(key);
  return found == provenance.origins.end() ? Origin{} : found->second;
}

std::string render_origin(const Provenance& provenance, const Origin& origin) {
  switch (origin.kind) {
  case Origin::Kind::built_in:
    return "default";
  case Origin::Kind::file:
    return fmt::format("{}:{}", provenance.file, origin.position.line);
  case Origin::Kind::environment:
    return origin.source;
  case Origin::Kind::derived:
    return fmt::format("derived from {}", origin.source);
  }
  return "default";
}

} // namespace afk::config
