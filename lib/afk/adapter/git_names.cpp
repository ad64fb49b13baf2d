#include <afk/adapter/git_names.hpp>

#include <afk/core/check.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace afk::adapter {
namespace {

constexpr std::size_t longest_branch = 200;
constexpr std::size_t longest_url = 2000;
constexpr std::size_t sha1_digits = 40;
constexpr std::size_t sha256_digits = 64;

bool is_lower_hex(char character) {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
}

bool is_alphanumeric(char character) {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
         (character >= 'A' && character <= 'Z');
}

bool is_control(char character) {
  return static_cast<unsigned char>(character) < 0x20 || character == 0x7f;
}

// An address as a message may repeat it: without what stands between a user's name and the host.
std::string hide_password(std::string_view text) {
  const auto scheme = text.find("://");
  const auto begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const auto at = text.substr(0, text.find('/', begin)).rfind('@');
  const auto colon = text.find(':', begin);
  if (at == std::string_view::npos || colon >= at) {
    return std::string(text);
  }
  return fmt::format("{}:***{}", text.substr(0, colon), text.substr(at));
}

Error wrong_url(std::string_view text, std::string_view why) {
  return Error{.kind = ErrorKind::configuration,
               .message = fmt::format("clone_url {} {}; right are an absolute path, file:///path, https://host/path, "
                                      "ssh://user@host/path and user@host:path",
                                      quote_for_display(hide_password(text)), why)};
}

bool is_branch_part(std::string_view part) {
  return !part.empty() && !part.starts_with('.') && !part.ends_with(".lock");
}

bool has_branch_characters(std::string_view branch) {
  return std::ranges::none_of(branch, [](char character) {
    return is_control(character) || std::string_view(" ~^:?*[\\").find(character) != std::string_view::npos;
  });
}

// "host", "host:8443" or "[::1]:8443"
struct Authority {
  std::string user;
  std::string host; // without brackets
  std::string rest; // as written, for the origin
};

bool is_host(std::string_view host) {
  return !host.empty() && !host.starts_with('-') && !host.starts_with('.') &&
         std::ranges::all_of(host, [](char character) {
           return is_alphanumeric(character) || character == '.' || character == '-' || character == '_';
         });
}

bool is_user(std::string_view user) {
  return !user.empty() && !user.starts_with('-') && std::ranges::all_of(user, [](char character) {
    return is_alphanumeric(character) || character == '.' || character == '-' || character == '_';
  });
}

bool is_port(std::string_view port) {
  return !port.empty() && port.size() <= 5 &&
         std::ranges::all_of(port, [](char character) { return character >= '0' && character <= '9'; });
}

std::optional<Authority> try_authority(std::string_view text) {
  Authority authority;
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    authority.user = text.substr(0, at);
    text.remove_prefix(at + 1);
  }
  authority.rest = text;
  std::string_view after;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    authority.host = text.substr(1, end - 1);
    after = text.substr(end + 1);
    const bool is_ipv6 = !authority.host.empty() && std::ranges::all_of(authority.host, [](char character) {
      return is_lower_hex(character) || (character >= 'A' && character <= 'F') || character == ':' || character == '.';
    });
    if (!is_ipv6) {
      return std::nullopt;
    }
  } else {
    const auto colon = text.find(':');
    authority.host = text.substr(0, colon);
    after = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
    if (!is_host(authority.host)) {
      return std::nullopt;
    }
  }
  if (!after.empty() && (!after.starts_with(':') || !is_port(after.substr(1)))) {
    return std::nullopt;
  }
  return authority;
}

bool is_loopback(std::string_view host) {
  return equal_ascii_folded(host, "localhost") || host == "127.0.0.1" || host == "::1";
}

std::optional<std::string> try_percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t index = 0; index < text.size(); ++index) {
    if (text[index] != '%') {
      decoded += text[index];
      continue;
    }
    const std::string digits = fold_ascii(text.substr(index + 1, 2));
    if (digits.size() != 2 || !std::ranges::all_of(digits, is_lower_hex)) {
      return std::nullopt;
    }
    const int byte = std::stoi(digits, nullptr, 16);
    if (byte < 0x20) {
      return std::nullopt;
    }
    decoded += static_cast<char>(byte);
    index += 2;
  }
  return decoded;
}

Result<GitUrl> parse_local(std::string_view text, std::string_view path) {
  if (!path.starts_with('/')) {
    return wrong_url(text, "is not an absolute path");
  }
  return GitUrl{.transport = GitTransport::local, .text = std::string(path), .origin = {}, .path = path};
}

Result<GitUrl> parse_remote(std::string_view text, std::string_view scheme) {
  const std::string_view rest = text.substr(scheme.size() + 3);
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos || slash + 1 == rest.size()) {
    return wrong_url(text, "names no repository after the host");
  }
  const auto authority = try_authority(rest.substr(0, slash));
  if (!authority) {
    return wrong_url(text, "has no valid host");
  }
  if (scheme == "ssh") {
    if (!authority->user.empty() && !is_user(authority->user)) {
      return wrong_url(text, "carries something else than a user name before the host (no password: use a key)");
    }
    return GitUrl{.transport = GitTransport::ssh, .text = std::string(text), .origin = {}, .path = {}};
  }
  if (!authority->user.empty()) {
    return Error{.kind = ErrorKind::configuration,
                 .message = "clone_url carries a credential before its host, where every user of this machine can "
                            "read it; put it into a file and name that as push_credential_file"};
  }
  if (scheme == "http" && !is_loopback(authority->host)) {
    return wrong_url(text, "is not encrypted; http is for this machine alone");
  }
  return GitUrl{.transport = scheme == "http" ? GitTransport::http : GitTransport::https,
                .text = std::string(text),
                .origin = fmt::format("{}://{}", scheme, authority->rest),
                .path = {}};
}

// user@host:path, as ssh and scp write it
Result<GitUrl> parse_scp_form(std::string_view text) {
  const auto colon = text.find(':');
  const auto at = text.find('@');
  if (colon == std::string_view::npos || at == std::string_view::npos || at > colon) {
    return wrong_url(text, "is not an address of a repository");
  }
  const std::string_view path = text.substr(colon + 1);
  if (!is_user(text.substr(0, at)) || !is_host(text.substr(at + 1, colon - at - 1)) || path.empty() ||
      path.starts_with('-')) {
    return wrong_url(text, "is not an address of a repository");
  }
  return GitUrl{.transport = GitTransport::ssh, .text = std::string(text), .origin = {}, .path = {}};
}

} // namespace

bool is_object_id(std::string_view text) {
  return (text.size() == sha1_digits || text.size() == sha256_digits) && std::ranges::all_of(text, is_lower_hex);
}

ObjectFormat derive_object_format(std::string_view id) {
  check(is_object_id(id), "an object id was checked where it came in");
  return id.size() == sha1_digits ? ObjectFormat::sha1 : ObjectFormat::sha256;
}

Result<void> check_branch_name(std::string_view branch) {
  bool parts = true;
  for (std::size_t start = 0; start <= branch.size() && parts;) {
    const auto end = std::min(branch.find('/', start), branch.size());
    parts = is_branch_part(branch.substr(start, end - start));
    start = end + 1;
  }
  const bool right = parts && branch.size() <= longest_branch && has_branch_characters(branch) && branch != "@" &&
                     !branch.starts_with('-') && !branch.ends_with('.') &&
                     branch.find("..") == std::string_view::npos && branch.find("@{") == std::string_view::npos;
  if (!right) {
    return Error{.kind = ErrorKind::configuration,
                 .message = fmt::format("{} is not a branch that git would accept; a right one reads like main or "
                                        "release/1.2",
                                        quote_for_display(branch))};
  }
  return {};
}

Result<GitUrl> parse_git_url(std::string_view text) {
  if (text.empty() || text.size() > longest_url || std::ranges::any_of(text, is_control)) {
    return wrong_url(text.substr(0, 100), "is empty, too long or holds control characters");
  }
  if (text.starts_with('/')) {
    return parse_local(text, text);
  }
  if (text.starts_with("file://")) {
    const auto path = try_percent_decoded(text.substr(std::string_view("file://").size()));
    return path ? parse_local(text, *path) : wrong_url(text, "is not percent-encoded as a URL must be");
  }
  for (const std::string_view scheme : {"https", "http", "ssh"}) {
    if (text.starts_with(scheme) && text.substr(scheme.size()).starts_with("://")) {
      return parse_remote(text, scheme);
    }
  }
  if (text.find("://") != std::string_view::npos || text.find("::") != std::string_view::npos) {
    return wrong_url(text, "uses a transport that is not allowed");
  }
  return parse_scp_form(text);
}

} // namespace afk::adapter
