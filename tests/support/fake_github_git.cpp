#include <support/fake_github_git.hpp>

#include <algorithm>
#include <array>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace afk::test::github {

namespace {

struct GitRun {
  std::string folder;
  std::vector<std::string> arguments;
  std::int64_t time = 1'700'000'000;
};

struct GitOutput {
  int exit_code = 0;
  std::string text;
};

std::vector<std::string> make_environment(std::int64_t time) {
  const std::string date = "@" + std::to_string(time) + " +0000";
  return {"PATH=/usr/local/bin:/usr/bin:/bin",
          "HOME=/nonexistent",
          "LC_ALL=C",
          "GIT_CONFIG_NOSYSTEM=1",
          "GIT_AUTHOR_NAME=GitHub",
          "GIT_AUTHOR_EMAIL=noreply@github.com",
          "GIT_AUTHOR_DATE=" + date,
          "GIT_COMMITTER_NAME=GitHub",
          "GIT_COMMITTER_EMAIL=noreply@github.com",
          "GIT_COMMITTER_DATE=" + date};
}

std::vector<char*> point_at(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

GitOutput run(const GitRun& what) {
  std::vector<std::string> words{"git", "-C", what.folder};
  words.insert(words.end(), what.arguments.begin(), what.arguments.end());
  std::vector<std::string> environment = make_environment(what.time);
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    throw std::runtime_error("the fake's git: no pipe");
  }
  posix_spawn_file_actions_t actions{};
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = -1;
  const int problem =
      ::posix_spawnp(&child, "git", &actions, nullptr, point_at(words).data(), point_at(environment).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  GitOutput output;
  std::array<char, 65536> bytes{};
  for (ssize_t got = 1; problem == 0 && got > 0;) {
    got = ::read(ends[0], bytes.data(), bytes.size());
    output.text.append(bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  }
  ::close(ends[0]);
  int status = 0;
  if (problem != 0 || ::waitpid(child, &status, 0) != child) {
    throw std::runtime_error("the fake cannot start git");
  }
  output.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  while (output.text.ends_with('\n')) {
    output.text.pop_back();
  }
  return output;
}

std::string demand(const GitRun& what) {
  const GitOutput output = run(what);
  if (output.exit_code != 0) {
    throw std::runtime_error("the fake's git " + what.arguments.front() + " failed in " + what.folder);
  }
  return output.text;
}

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

bool is_object_id(const std::string& text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

} // namespace

std::map<std::string, std::string> Git::branches() const {
  std::map<std::string, std::string> branches;
  for (const std::string& line :
       split_lines(demand({folder_, {"for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads"}}))) {
    branches[line.substr(41)] = line.substr(0, 40);
  }
  return branches;
}

std::optional<std::string> Git::branch(const std::string& name) const {
  const auto known = branches();
  const auto found = known.find(name);
  return found == known.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> Git::resolve(const std::string& revision) const {
  if (is_object_id(revision)) {
    const GitOutput output = run({folder_, {"cat-file", "-t", revision}});
    return output.exit_code == 0 && output.text == "commit" ? std::optional(revision) : std::nullopt;
  }
  for (const std::string prefix : {"refs/heads/", "heads/", ""}) {
    if (revision.starts_with(prefix)) {
      if (auto found = branch(revision.substr(prefix.size()))) {
        return found;
      }
    }
  }
  return std::nullopt;
}

GitCommit Git::commit(const std::string& sha) const {
  const auto lines = split_lines(demand({folder_, {"log", "-1", "--format=%H%n%T%n%P%n%an%n%ae%n%ct%n%B", sha, "--"}}));
  GitCommit commit{.sha = lines.at(0),
                   .tree = lines.at(1),
                   .author = lines.at(3),
                   .email = lines.at(4),
                   .time = std::stoll(lines.at(5))};
  std::istringstream parents(lines.at(2));
  for (std::string parent; parents >> parent;) {
    commit.parents.push_back(parent);
  }
  for (std::size_t index = 6; index < lines.size(); ++index) {
    commit.message += (index == 6 ? "" : "\n") + lines[index];
  }
  return commit;
}

std::optional<std::string> Git::merge_base(const std::string& one, const std::string& two) const {
  const GitOutput output = run({folder_, {"merge-base", one, two}});
  return output.exit_code == 0 ? std::optional(output.text) : std::nullopt;
}

std::vector<std::string> Git::between(const std::string& excluded, const std::string& included) const {
  return split_lines(demand({folder_, {"rev-list", "--reverse", included, "^" + excluded, "--"}}));
}

std::vector<GitFile> Git::changed(const std::string& from, const std::string& to) const {
  std::vector<GitFile> files;
  for (const std::string& line :
       split_lines(demand({folder_, {"diff-tree", "-r", "--no-renames", "--name-status", from, to}}))) {
    const char kind = line.front();
    files.push_back({.path = line.substr(2), .status = kind == 'A' ? "added" : (kind == 'D' ? "removed" : "modified")});
  }
  return files;
}

std::optional<std::string> Git::merge_tree(const std::string& base, const std::string& head) const {
  const GitOutput output = run({folder_, {"merge-tree", "--write-tree", base, head}});
  return output.exit_code == 0 ? std::optional(output.text) : std::nullopt;
}

std::string Git::commit_tree(const std::string& tree, const std::vector<std::string>& parents,
                             const std::string& message, std::int64_t time) const {
  GitRun what{.folder = folder_, .arguments = {"commit-tree", tree, "-m", message}, .time = time};
  for (const std::string& parent : parents) {
    what.arguments.insert(what.arguments.end(), {"-p", parent});
  }
  return demand(what);
}

Git::Outcome Git::move_branch(const std::string& name, const std::string& to, const std::string& expected) const {
  const std::string before = expected.empty() ? std::string(40, '0') : expected;
  const GitOutput output = run({folder_, {"update-ref", "refs/heads/" + name, to, before}});
  return output.exit_code == 0 ? Outcome::done : Outcome::refused;
}

Git::Outcome Git::delete_branch(const std::string& name) const {
  if (!branch(name)) {
    return Outcome::refused;
  }
  demand({folder_, {"update-ref", "-d", "refs/heads/" + name}});
  return Outcome::done;
}

} // namespace afk::test::github
