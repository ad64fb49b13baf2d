#pragma once
// The YAML that kubectl and people write for Kubernetes (kubeconfig files, a Job's template), as JSON text. JSON is
// YAML too, so that either may be written.
//
// One document, at most 1 MiB and 64 levels deep; plain scalars are read by YAML's core schema with octal numbers as
// Kubernetes reads them (0440). What two readers could take for two things is refused: anchors and aliases, tags, keys
// that are no text, keys that come twice, and the words yes, no, on and off without quotes.

#include <afk/core/result.hpp>

#include <string>
#include <string_view>

namespace afk::adapter {

// Fails with `malformed`, naming line and column.
Result<std::string> convert_yaml_to_json(std::string_view yaml);

} // namespace afk::adapter
