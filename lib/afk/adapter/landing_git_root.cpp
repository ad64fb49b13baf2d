#include <afk/adapter/landing_git_root.hpp>

#include <algorithm>
#include <string_view>

namespace afk::adapter {

Result<std::vector<std::string>> read_root_entries(Git& git, const GitPlace& place, const std::string& commit) {
  constexpr std::size_t most_entries = 10'000;
  GitCall call;
  call.place = place;
  call.arguments = {"ls-tree", "--name-only", "-z", commit};
  const auto names = git.read(call);
  if (!names.ok()) {
    return names.error();
  }
  std::vector<std::string> entries;
  std::string_view left = *names;
  while (!left.empty() && entries.size() < most_entries) {
    const std::size_t end = std::min(left.find('\0'), left.size());
    entries.emplace_back(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return entries;
}

} // namespace afk::adapter
