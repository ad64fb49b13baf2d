#pragma once
// Which names a configuration may give to things of a cluster
// (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/).

#include <string_view>

namespace afk::config {

// A namespace: up to 63 small letters, digits and hyphens, with a hyphen at neither end.
[[nodiscard]] bool is_namespace_name(std::string_view text);

// A Deployment: parts like a namespace's, with dots between them, 253 bytes together.
[[nodiscard]] bool is_object_name(std::string_view text);

// An annotation's key: a name of up to 63 letters, digits, "-", "_" and ".", perhaps behind a domain and "/".
[[nodiscard]] bool is_annotation_key(std::string_view text);

} // namespace afk::config
