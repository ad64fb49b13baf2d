#pragma once
// Names that are handed to git: object ids, branches, and the addresses of repositories.
//
// Nothing that fails these checks reaches a command line, so that no name can be read as an option, a second refspec
// or another program.

#include <afk/core/result.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace afk::adapter {

// 40 (SHA-1) or 64 (SHA-256) lower-case hex digits.
enum class ObjectFormat : std::uint8_t { sha1, sha256 };

[[nodiscard]] bool is_object_id(std::string_view text);

// Of an object id; programmer error for anything else.
[[nodiscard]] ObjectFormat derive_object_format(std::string_view id);

// A branch without "refs/heads/", by the rules of git-check-ref-format(1), at most 200 bytes. Fails with
// `configuration`.
Result<void> check_branch_name(std::string_view branch);

// How git reaches a repository. `http` is for loopback hosts alone.
enum class GitTransport : std::uint8_t { local, https, http, ssh };

struct GitUrl {
  GitTransport transport = GitTransport::local;
  std::string text;           // what git is given; of a local repository its absolute path
  std::string origin;         // "https://forge.example:8443"; empty for local and ssh
  std::filesystem::path path; // of a local repository
};

// An absolute path, file:///path, https://host/path, http:// on a loopback host, ssh://[user@]host/path or
// user@host:path. Fails with `configuration` and says what would be right; a credential in the address is refused,
// because command lines are public.
Result<GitUrl> parse_git_url(std::string_view text);

} // namespace afk::adapter
