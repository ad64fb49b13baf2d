#pragma once
// Which addresses a configuration may name. Messages never repeat an address: somebody may have put a password into it.

#include <optional>
#include <string>
#include <string_view>

namespace afk::config {

struct UrlRefusal {
  std::string message;
  std::string hint;
};

// An https URL with a host and perhaps a port and a path; http only where it does not leave this machine.
[[nodiscard]] std::optional<UrlRefusal> check_service_url(std::string_view url);

// An https, ssh or file URL, host:path, or a path. Refused: passwords, transports that run programs ("ext::"), and
// what git would take for an option.
[[nodiscard]] std::optional<UrlRefusal> check_clone_url(std::string_view url);

// "host:path" as ssh users write it, with or without a user in front: git sees one wherever a colon comes before the
// first slash.
[[nodiscard]] bool is_scp_address(std::string_view text);

} // namespace afk::config
