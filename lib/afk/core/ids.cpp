#include <afk/core/check.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

namespace afk {

namespace {

constexpr std::string_view run_prefix = "afk-";
constexpr std::size_t run_digest_length = 26;
constexpr std::size_t turn_digest_length = 12;
constexpr std::size_t longest_repository_part = 100;
constexpr std::size_t longest_arming_id = 128;
constexpr int highest_ordinal = 999'999;
constexpr std::size_t longest_echo = 120;

constexpr auto turn_kinds = std::to_array<std::pair<TurnKind, std::string_view>>({
    {TurnKind::first, "first"},
    {TurnKind::fix, "fix"},
    {TurnKind::rebase, "rebase"},
    {TurnKind::finish, "finish"},
    {TurnKind::answer, "answer"},
    {TurnKind::redispatch, "redispatch"},
    {TurnKind::verify, "verify"},
});

bool is_letter_or_digit(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9');
}

bool is_base32(std::string_view text) {
  return std::ranges::all_of(text, [](char character) {
    return (character >= 'a' && character <= 'z') || (character >= '2' && character <= '7');
  });
}

Error malformed(std::string_view text, std::string_view expected) {
  const std::string shown = quote_for_display(truncate_text(text, {.max_bytes = longest_echo, .note = "..."}));
  return Error{.kind = ErrorKind::malformed, .message = fmt::format("{} is not {}", shown, expected)};
}

// A decimal number in its only spelling: no sign, no leading zero.
template <typename Number>
std::optional<Number> try_number(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) {
    return std::nullopt;
  }
  Number number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || stop != end || number < 0) {
    return std::nullopt;
  }
  return number;
}

bool is_repository_part(std::string_view part) {
  if (part.empty() || part.size() > longest_repository_part || part == "." || part == ".." || part.front() == '-') {
    return false;
  }
  return std::ranges::all_of(part, [](char character) {
    return is_letter_or_digit(character) || character == '.' || character == '_' || character == '-';
  });
}

// The length in front of each part keeps ("ab", "c") and ("a", "bc") apart.
Sha256 digest_parts(std::span<const std::string_view> parts, const Digest& digest) {
  std::string bytes;
  for (const std::string_view part : parts) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<char>((static_cast<std::uint64_t>(part.size()) >> static_cast<unsigned>(shift)) &
                                        std::uint64_t{0xFF}));
    }
    bytes.append(part);
  }
  return digest.sha256(bytes);
}

struct TurnParts {
  TurnKind kind = TurnKind::first;
  int ordinal = 0;
};

std::optional<TurnParts> try_turn_parts(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) {
    return std::nullopt;
  }
  const auto kind = parse_turn_kind(text.substr(0, dash));
  const std::string_view rest = text.substr(dash + 1);
  if (!kind.ok() || rest.size() < turn_digest_length + 2 || rest[turn_digest_length] != '-' ||
      !is_base32(rest.substr(0, turn_digest_length))) {
    return std::nullopt;
  }
  const auto ordinal = try_number<int>(rest.substr(turn_digest_length + 1));
  if (!ordinal || *ordinal > highest_ordinal) {
    return std::nullopt;
  }
  return TurnParts{.kind = kind.value(), .ordinal = *ordinal};
}

} // namespace

Result<RepositoryName> parse_repository_name(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || !is_repository_part(text.substr(0, slash)) ||
      !is_repository_part(text.substr(slash + 1))) {
    return malformed(text, "a repository; expected owner/name, each of 1 to 100 letters, digits, '.', '_' or '-'");
  }
  return RepositoryName{.owner = std::string(text.substr(0, slash)), .name = std::string(text.substr(slash + 1))};
}

std::string render_repository_name(const RepositoryName& repository) {
  return repository.owner + '/' + repository.name;
}

bool same_repository(const RepositoryName& left, const RepositoryName& right) {
  return equal_ascii_folded(left.owner, right.owner) && equal_ascii_folded(left.name, right.name);
}

Result<IssueRef> parse_issue_ref(std::string_view text) {
  const std::size_t hash = text.find('#');
  if (hash == std::string_view::npos) {
    return malformed(text, "an issue; expected owner/name#number");
  }
  auto repository = parse_repository_name(text.substr(0, hash));
  const auto number = try_number<std::int64_t>(text.substr(hash + 1));
  if (!repository.ok() || !number || *number < 1) {
    return malformed(text, "an issue; expected owner/name#number with a number from 1 up");
  }
  return IssueRef{.repository = std::move(repository).value(), .number = *number};
}

std::string render_issue_ref(const IssueRef& issue) {
  return fmt::format("{}/{}#{}", issue.repository.owner, issue.repository.name, issue.number);
}

Result<ArmingId> parse_arming_id(std::string_view text) {
  const auto is_legal = [](char character) {
    return is_letter_or_digit(character) || character == ':' || character == '.' || character == '_' ||
           character == '-';
  };
  if (text.empty() || text.size() > longest_arming_id || !std::ranges::all_of(text, is_legal)) {
    return malformed(text, "an arming id; expected 1 to 128 letters, digits, ':', '.', '_' or '-'");
  }
  return ArmingId{.text = std::string(text)};
}

RunName derive_run_name(const RunIdentity& identity, const Digest& digest) {
  const std::string number = fmt::format("{}", identity.issue_number);
  const auto parts =
      std::to_array<std::string_view>({identity.host.text, identity.repository_id, number, identity.arming.text});
  return RunName{.text = std::string(run_prefix) + render_base32(digest_parts(parts, digest), run_digest_length)};
}

Result<RunName> parse_run_name(std::string_view text) {
  if (text.size() != run_prefix.size() + run_digest_length || !text.starts_with(run_prefix) ||
      !is_base32(text.substr(run_prefix.size()))) {
    return malformed(text, "a run name; expected afk- and 26 characters of a-z and 2-7");
  }
  return RunName{.text = std::string(text)};
}

std::string derive_run8(const RunName& run) {
  check(run.text.size() == run_prefix.size() + run_digest_length, "a run name has 30 characters");
  return run.text.substr(run_prefix.size(), 8);
}

std::string derive_branch_name(std::int64_t issue_number, const RunName& run) {
  return fmt::format("afk/{}-{}", issue_number, derive_run8(run));
}

std::string derive_attempt_name(const RunName& run, int redispatch) {
  check(redispatch >= 0, "a redispatch is numbered from 0 up");
  return redispatch == 0 ? run.text : fmt::format("{}-r{}", run.text, redispatch);
}

Result<AttemptName> parse_attempt_name(std::string_view text) {
  const std::size_t run_length = run_prefix.size() + run_digest_length;
  auto run = parse_run_name(text.substr(0, run_length));
  if (run.ok() && text.size() == run_length) {
    return AttemptName{.run = std::move(run).value(), .redispatch = 0};
  }
  const std::string_view rest = text.size() > run_length ? text.substr(run_length) : std::string_view{};
  const auto redispatch = rest.starts_with("-r") ? try_number<int>(rest.substr(2)) : std::nullopt;
  if (!run.ok() || !redispatch || *redispatch < 1) {
    return malformed(text, "an attempt name; expected a run name, or a run name and -r1, -r2 and so on");
  }
  return AttemptName{.run = std::move(run).value(), .redispatch = *redispatch};
}

std::string_view render_turn_kind(TurnKind kind) {
  for (const auto& [value, name] : turn_kinds) {
    if (value == kind) {
      return name;
    }
  }
  fail_check("a turn kind without a name", std::source_location::current());
}

Result<TurnKind> parse_turn_kind(std::string_view text) {
  for (const auto& [value, name] : turn_kinds) {
    if (name == text) {
      return value;
    }
  }
  return malformed(text, "a kind of turn; expected first, fix, rebase, finish, answer, redispatch or verify");
}

TurnName derive_turn_name(const TurnIdentity& identity, const Digest& digest) {
  check(identity.ordinal >= 0 && identity.ordinal <= highest_ordinal, "the ordinal of a turn is 0 to 999999");
  const std::string_view kind = render_turn_kind(identity.kind);
  const std::string ordinal = fmt::format("{}", identity.ordinal);
  const auto parts = std::to_array<std::string_view>({identity.run.text, kind, identity.cause, ordinal});
  return TurnName{
      .text = fmt::format("{}-{}-{}", kind, render_base32(digest_parts(parts, digest), turn_digest_length), ordinal)};
}

Result<TurnName> parse_turn_name(std::string_view text) {
  if (!try_turn_parts(text)) {
    return malformed(text, "a turn name; expected its kind, 12 characters of a-z and 2-7, and its ordinal");
  }
  return TurnName{.text = std::string(text)};
}

TurnKind derive_turn_kind(const TurnName& turn) {
  const auto parts = try_turn_parts(turn.text);
  check(parts.has_value(), "a turn name comes from derive_turn_name or parse_turn_name");
  return parts->kind;
}

} // namespace afk
