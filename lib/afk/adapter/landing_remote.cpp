#include <afk/adapter/landing_remote.hpp>

#include <afk/adapter/git_remote.hpp>
#include <afk/adapter/landing_git_push.hpp>
#include <afk/adapter/landing_git_refs.hpp>
#include <afk/adapter/workspace_clone.hpp>
#include <afk/adapter/workspace_mirror.hpp>

#include <fmt/format.h>

#include <array>
#include <utility>

namespace afk::adapter {
namespace {

// The head of one branch of the remote; "" where it has none.
Result<std::string> find_remote_head(Git& git, const GitRemote& remote, const std::string& branch) {
  const auto branches = look_at_remote(git, remote, std::array{branch});
  if (!branches) {
    return branches.error();
  }
  const auto found = branches->heads.find(branch);
  return found == branches->heads.end() ? std::string() : found->second;
}

} // namespace

LandingRemote::LandingRemote(Git& git, Workspace& workspace, LandingRemoteSettings settings)
    : git_(git), workspace_(workspace), settings_(std::move(settings)), landing_(git, workspace, settings_.landing) {}

std::vector<Result<WorkEvidence>> LandingRemote::inspect(std::span<const WorkQuery> queries) {
  std::vector<WorkQuery> brought;
  std::vector<Result<WorkEvidence>> answers;
  std::vector<std::size_t> places;
  for (std::size_t index = 0; index < queries.size(); ++index) {
    auto outcome =
        settings_.access == LandingRemoteSettings::Access::read_only ? Result<void>() : bring(queries[index]);
    answers.emplace_back(outcome ? Error{} : std::move(outcome).error());
    if (outcome) {
      brought.push_back(queries[index]);
      places.push_back(index);
    }
  }
  auto looks = landing_.inspect(brought);
  for (std::size_t index = 0; index < looks.size(); ++index) {
    answers[places[index]] = std::move(looks[index]);
  }
  return answers;
}

Result<void> LandingRemote::bring(const WorkQuery& query) {
  const auto repository = settings_.landing.find_repository(query.issue.repository);
  if (!repository) {
    return repository.error();
  }
  const auto remote = derive_remote(repository->source);
  if (!remote) {
    return remote.error();
  }
  const auto head = find_remote_head(git_, *remote, query.branch);
  if (!head || head->empty()) {
    return head ? Result<void>() : Result<void>(head.error());
  }
  const AttemptName attempt = derive_attempt(query);
  const auto clone = workspace_.layout().clone(attempt);
  const auto known = read_branch_head(clone, query.branch);
  if (!known || (known->has_value() && **known == *head)) {
    return known ? Result<void>() : Result<void>(known.error());
  }
  const auto prepared =
      workspace_.prepare_clone({.source = repository->source, .attempt = attempt, .branch = query.branch});
  if (!prepared) {
    return prepared.error();
  }
  Mirror mirror = derive_mirror(git_, workspace_.layout(), query.issue.repository);
  {
    const auto lock = mirror.lock();
    if (!lock) {
      return lock.error();
    }
    if (auto fetched = mirror.fetch({.remote = *remote, .head = *head}); !fetched) {
      return fetched;
    }
  }
  GitCall call; // nobody but afk writes this clone
  call.place.git_dir = clone / ".git";
  call.arguments = {"update-ref", fmt::format("refs/heads/{}", query.branch), *head};
  const auto moved = git_.read(call);
  return moved ? Result<void>() : Result<void>(moved.error());
}

Result<std::string> LandingRemote::fetch_base_head(const RepositoryName& repository) {
  return landing_.fetch_base_head(repository);
}

std::vector<Result<Descent>> LandingRemote::compare(std::span<const DescentQuery> queries) {
  return landing_.compare(queries);
}

Result<void> LandingRemote::keep_candidate(const WorkQuery& query, const WorkEvidence& evidence) {
  if (auto kept = landing_.keep_candidate(query, evidence); !kept) {
    return kept;
  }
  const auto repository = settings_.landing.find_repository(query.issue.repository);
  if (!repository) {
    return repository.error();
  }
  auto remote = derive_remote(repository->source);
  if (!remote) {
    return std::move(remote).error();
  }
  auto head = find_remote_head(git_, *remote, query.branch);
  if (!head) {
    return std::move(head).error();
  }
  if (*head == evidence.candidate_head) {
    return {};
  }
  if (*head != evidence.run_head) {
    return Error{.kind = ErrorKind::conflict,
                 .message = fmt::format("{} moved since it was looked at: look again", query.branch)};
  }
  return push_commit(git_, {.mirror = workspace_.layout().mirror(query.issue.repository),
                            .remote = std::move(remote).value(),
                            .branch = query.branch,
                            .expected = std::move(head).value(),
                            .head = evidence.candidate_head});
}

Result<void> LandingRemote::push(const WorkQuery& query, const WorkEvidence& evidence) {
  return landing_.push(query, evidence);
}

} // namespace afk::adapter
