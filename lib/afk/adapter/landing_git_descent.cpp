#include <afk/adapter/landing_git_descent.hpp>

#include <afk/adapter/landing_git_merge.hpp>
#include <afk/adapter/landing_git_refs.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace afk::adapter {
namespace {

constexpr std::size_t shortest_abbreviation = 7;
constexpr std::size_t longest_object_id = 64;

bool is_abbreviation(std::string_view text) {
  const auto is_hex = [](char character) {
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
  };
  return text.size() >= shortest_abbreviation && text.size() <= longest_object_id && std::ranges::all_of(text, is_hex);
}

// The whole name of a commit that the repository has; nothing for one that it has not, or that is ambiguous.
Result<std::optional<std::string>> find_commit(Git& git, const GitPlace& place, std::string_view name) {
  if (!is_abbreviation(name)) {
    return std::optional<std::string>();
  }
  GitCall call;
  call.place = place;
  call.arguments = {"rev-parse", "--verify", "--quiet", "--end-of-options", fmt::format("{}^{{commit}}", name)};
  const auto output = git.run(call);
  if (!output.ok()) {
    return output.error();
  }
  // Rev-parse answers its own option too.
  const auto lines = split_lines(trim_ascii(output->standard_output));
  if (output->exit_code != 0 || lines.empty() || !is_object_id(lines.back())) {
    return std::optional<std::string>();
  }
  return std::optional(std::string(lines.back()));
}

Result<Descent> compare_in(Git& git, const GitPlace& place, const DescentQuery& query) {
  const auto ancestor = find_commit(git, place, query.ancestor);
  const auto descendant = find_commit(git, place, query.descendant);
  if (!ancestor.ok() || !descendant.ok()) {
    return ancestor.ok() ? descendant.error() : ancestor.error();
  }
  if (!ancestor->has_value() || !descendant->has_value()) {
    return Descent::no;
  }
  const auto found = find_ancestry(git, {.place = place, .ancestor = **ancestor, .descendant = **descendant});
  if (!found.ok()) {
    return found.error();
  }
  return *found == Ancestry::ancestor ? Descent::yes : Descent::no;
}

} // namespace

std::vector<Result<Descent>> compare_commits(const DescentTools& tools, std::span<const DescentQuery> queries) {
  std::map<RepositoryName, Result<void>> refreshed;
  std::vector<Result<Descent>> answers;
  for (const DescentQuery& query : queries) {
    auto found = refreshed.find(query.repository);
    if (found == refreshed.end()) {
      const auto repository = tools.settings.find_repository(query.repository);
      Result<void> outcome;
      if (!repository.ok()) {
        outcome = repository.error();
      } else if (auto base = tools.workspace.fetch_base(repository->source); !base.ok()) {
        outcome = std::move(base).error();
      }
      found = refreshed.emplace(query.repository, std::move(outcome)).first;
    }
    if (!found->second.ok()) {
      answers.emplace_back(with_context(render_repository_name(query.repository), found->second.error()));
      continue;
    }
    const Mirror mirror = derive_mirror(tools.git, tools.workspace.layout(), query.repository);
    answers.push_back(compare_in(tools.git, mirror.place(), query));
  }
  return answers;
}

} // namespace afk::adapter
