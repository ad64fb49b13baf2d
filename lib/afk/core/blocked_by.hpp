#pragma once
// Dependencies that people write into the text of an issue, beside those that a forge knows by itself.
//
// Read are "Blocked by #12, owner/repo#7 and #9", anywhere in a line, and everything below a heading "Blocked by" up to
// the next heading (or the list below a line "Blocked by:"). Between and in front of the references may stand commas,
// "and", "or", "issue", emphasis, brackets of links; any other word ends them. Not read are block quotes, code, HTML
// comments (markdown_prose.hpp) and what is negated ("not blocked by #3", "isn't blocked by", "no longer blocked by";
// below a heading an item that begins with "none" or "nothing").

#include <afk/core/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace afk {

inline constexpr std::size_t most_blockers = 100;

struct BlockedBy {
  enum class Completeness : std::uint8_t { complete, too_many };

  std::vector<IssueRef> issues; // in the order of the text, each once without regard to case
  // References at such a place that name no issue ("#0", "a/b/c#3"), shown harmlessly: what they mean nobody knows, so
  // whoever decides takes them for blockers that are missing.
  std::vector<std::string> unreadable;
  Completeness completeness = Completeness::complete; // more than most_blockers: the rest is not in the lists

  friend bool operator==(const BlockedBy&, const BlockedBy&) = default;
};

// `home` is the repository that "#12" means. Total, linear time; an issue that names itself is in the list like any
// other.
[[nodiscard]] BlockedBy derive_blocked_by(std::string_view body, const RepositoryName& home);

} // namespace afk
