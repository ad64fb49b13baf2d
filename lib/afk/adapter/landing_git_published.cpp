#include <afk/adapter/landing_git_published.hpp>

#include <afk/core/test_path.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace afk::adapter {
namespace {

constexpr int most_commits = 50;     // that are searched for one with tests alone
constexpr char commit_mark = '\x01'; // git quotes it in a file's name

GitCall call_in(const GitPlace& place, std::vector<std::string> arguments) {
  GitCall call;
  call.place = place;
  call.arguments = std::move(arguments);
  return call;
}

Result<std::string> find_merge_base(Git& git, const PublishedQuestion& question) {
  const auto call = call_in(question.place, {"merge-base", question.base_head, question.head});
  const auto output = git.run(call);
  if (!output.ok()) {
    return output.error();
  }
  std::string id(trim_ascii(output->standard_output));
  if (output->exit_code == 1 || !is_object_id(id)) {
    return Error{.kind = ErrorKind::refused,
                 .message = fmt::format("{} shares no commit with the base", quote_for_display(question.head))};
  }
  return id;
}

Result<std::vector<std::string>> list_paths(Git& git, const PublishedQuestion& question, const std::string& from) {
  const auto paths = git.read(call_in(
      question.place, {"diff-tree", "-r", "-z", "--name-only", "--no-renames", "--no-ext-diff", from, question.head}));
  if (!paths.ok()) {
    return paths.error();
  }
  std::vector<std::string> found;
  for (std::string_view rest = *paths; !rest.empty();) {
    const auto end = std::min(rest.find('\0'), rest.size());
    found.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return found;
}

// The oldest of the run's commits that has files, all of them tests.
Result<std::string> find_test_commit(Git& git, const PublishedQuestion& question) {
  const auto log =
      git.read(call_in(question.place, {"log", "--no-merges", "--name-only", "--no-renames", "--no-ext-diff",
                                        fmt::format("--max-count={}", most_commits), "--format=%x01%H",
                                        fmt::format("{}..{}", question.base_head, question.head), "--"}));
  if (!log.ok()) {
    return log.error();
  }
  std::string oldest;
  std::string commit;
  bool tests_alone = false;
  const auto close = [&] {
    if (tests_alone) {
      oldest = commit;
    }
  };
  for (const std::string_view line : split_lines(*log)) {
    if (line.starts_with(commit_mark)) {
      close();
      commit = line.substr(1);
      tests_alone = false;
      continue;
    }
    if (line.empty() || commit.empty()) {
      continue;
    }
    if (!is_test_path(line)) {
      commit.clear(); // the rest of its files does not matter
      tests_alone = false;
    } else {
      tests_alone = true;
    }
  }
  close();
  return oldest;
}

} // namespace

Result<void> read_published(Git& git, const PublishedQuestion& question, WorkEvidence& evidence) {
  auto merge_base = find_merge_base(git, question);
  if (!merge_base.ok()) {
    return std::move(merge_base).error();
  }
  evidence.merge_base = std::move(merge_base).value();
  auto paths = list_paths(git, question, evidence.merge_base);
  if (!paths.ok()) {
    return std::move(paths).error();
  }
  evidence.published_paths = std::move(paths).value();
  auto test_commit = find_test_commit(git, question);
  if (!test_commit.ok()) {
    return std::move(test_commit).error();
  }
  evidence.test_commit = std::move(test_commit).value();
  return {};
}

Result<int> count_unpublished(Git& git, const UnpublishedQuestion& question) {
  const auto counted = git.read(call_in(question.place, {"rev-list", "--count", question.run_head,
                                                         "^" + question.base_head, "^" + question.branch_head, "--"}));
  if (!counted.ok()) {
    return counted.error();
  }
  const std::string_view text = trim_ascii(*counted);
  int count = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), count).ec != std::errc{}) {
    return Error{.kind = ErrorKind::malformed, .message = "git rev-list --count answered no number"};
  }
  return count;
}

} // namespace afk::adapter
