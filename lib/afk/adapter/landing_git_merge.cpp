#include <afk/adapter/landing_git_merge.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <utility>

namespace afk::adapter {
namespace {

constexpr int most_subjects = 20;
constexpr std::size_t longest_subject = 200;
constexpr std::int64_t latest_time = 4'102'444'800; // the year 2100: an agent may write any date into a commit

std::vector<std::string> split_zero(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find('\0'), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// The questions about one pair of heads.
class Merger {
 public:
  Merger(Git& git, const MergeQuestion& question) : git_(git), question_(question) {}

  Result<MergeAnswer> run() {
    MergeAnswer answer;
    if (auto counted = count_commits(answer); !counted.ok() || answer.commits == 0) {
      return counted.ok() ? Result<MergeAnswer>(std::move(answer)) : std::move(counted).error();
    }
    const auto merge_base = find_merge_base();
    if (!merge_base.ok()) {
      return merge_base.error();
    }
    if (auto listed = list_changes(*merge_base, answer); !listed.ok()) {
      return std::move(listed).error();
    }
    if (*merge_base == question_.base_head) {
      answer.candidate_head = question_.run_head;
      return answer;
    }
    if (auto merged = merge(answer); !merged.ok()) {
      return std::move(merged).error();
    }
    return answer;
  }

 private:
  [[nodiscard]] GitCall call(std::vector<std::string> arguments) const {
    GitCall made;
    made.place = question_.place;
    made.arguments = std::move(arguments);
    return made;
  }

  [[nodiscard]] std::string own_commits() const {
    return fmt::format("{}..{}", question_.base_head, question_.run_head);
  }

  Result<void> count_commits(MergeAnswer& answer) {
    const auto counted = git_.read(call({"rev-list", "--count", own_commits(), "--"}));
    if (!counted.ok()) {
      return counted.error();
    }
    const std::string_view text = trim_ascii(*counted);
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), answer.commits);
    if (parsed.ec != std::errc{}) {
      return Error{.kind = ErrorKind::malformed, .message = "git rev-list --count answered no number"};
    }
    return {};
  }

  Result<std::string> find_merge_base() {
    const auto output = git_.run(call({"merge-base", question_.base_head, question_.run_head}));
    if (!output.ok()) {
      return output.error();
    }
    const std::string id(trim_ascii(output->standard_output));
    if (output->exit_code == 1 || !is_object_id(id)) {
      return Error{.kind = ErrorKind::refused,
                   .message = fmt::format("the branch {} shares no commit with {}", question_.run_branch,
                                          question_.base_branch)};
    }
    return id;
  }

  Result<void> list_changes(const std::string& merge_base, MergeAnswer& answer) {
    const auto paths = git_.read(call(
        {"diff-tree", "-r", "-z", "--name-only", "--no-renames", "--no-ext-diff", merge_base, question_.run_head}));
    if (!paths.ok()) {
      return paths.error();
    }
    answer.changed_paths = split_zero(*paths);
    const auto subjects = git_.read(
        call({"log", "-z", "--format=%s", fmt::format("--max-count={}", most_subjects), own_commits(), "--"}));
    if (!subjects.ok()) {
      return subjects.error();
    }
    answer.subjects = split_zero(*subjects);
    for (auto& subject : answer.subjects) {
      subject.resize(std::min(subject.size(), longest_subject));
    }
    return {};
  }

  // merge-tree answers the tree, then the names of conflicted files, all closed by zero bytes; exit code 1 says that
  // there are some.
  Result<void> merge(MergeAnswer& answer) {
    const auto asked = call(
        {"merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", question_.base_head, question_.run_head});
    const auto output = git_.run(asked);
    if (!output.ok()) {
      return output.error();
    }
    if (output->exit_code != 0 && output->exit_code != 1) {
      return derive_git_error(asked, *output);
    }
    auto parts = split_zero(output->standard_output);
    if (parts.empty() || !is_object_id(parts.front())) {
      return Error{.kind = ErrorKind::malformed, .message = "git merge-tree answered no tree"};
    }
    if (output->exit_code == 1) {
      answer.conflicts.assign(parts.begin() + 1, std::ranges::find(parts, std::string()));
      return {};
    }
    auto commit = commit_merge(parts.front());
    if (!commit.ok()) {
      return std::move(commit).error();
    }
    answer.candidate_head = std::move(commit).value();
    return {};
  }

  Result<std::string> commit_merge(const std::string& tree) {
    const auto time = find_later_time();
    if (!time.ok()) {
      return time.error();
    }
    auto commit = call({"commit-tree", tree, "-p", question_.base_head, "-p", question_.run_head});
    commit.commit_time = *time;
    commit.standard_input = fmt::format("Merge {} into {}\n\nAfk-Run: {}\n", question_.run_branch,
                                        question_.base_branch, question_.run.text);
    const auto answer = git_.read(commit);
    if (!answer.ok()) {
      return answer.error();
    }
    std::string id(trim_ascii(*answer));
    if (!is_object_id(id)) {
      return Error{.kind = ErrorKind::malformed, .message = "git commit-tree answered no commit"};
    }
    return id;
  }

  Result<std::int64_t> find_later_time() {
    const auto times =
        git_.read(call({"log", "--no-walk=unsorted", "--format=%ct", question_.base_head, question_.run_head, "--"}));
    if (!times.ok()) {
      return times.error();
    }
    std::int64_t latest = 0;
    for (const std::string_view line : split_lines(*times)) {
      std::int64_t time = 0;
      std::from_chars(line.data(), line.data() + line.size(), time);
      latest = std::max(latest, std::min(time, latest_time));
    }
    return latest;
  }

  Git& git_;
  const MergeQuestion& question_;
};

} // namespace

Result<MergeAnswer> derive_merge(Git& git, const MergeQuestion& question) {
  return Merger(git, question).run();
}

Result<Ancestry> find_ancestry(Git& git, const AncestryQuestion& question) {
  GitCall call;
  call.place = question.place;
  call.arguments = {"merge-base", "--is-ancestor", question.ancestor, question.descendant};
  const auto output = git.run(call);
  if (!output.ok()) {
    return output.error();
  }
  if (output->exit_code != 0 && output->exit_code != 1) {
    return derive_git_error(call, *output);
  }
  return output->exit_code == 0 ? Ancestry::ancestor : Ancestry::other;
}

} // namespace afk::adapter
