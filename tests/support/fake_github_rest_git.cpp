#include <support/fake_github_call.hpp>

#include <fmt/format.h>

namespace afk::test::github {

namespace {

constexpr std::size_t object_id_length = 40;

bool has_git(const Call& call) {
  return !call.repository->git_folder.empty();
}

Git git_of(const Call& call) {
  return Git(call.repository->git_folder);
}

std::string rest_of(const Call& call, std::size_t from) {
  std::string rest;
  for (std::size_t index = from; index < call.path.size(); ++index) {
    rest += (index == from ? "" : "/") + call.path[index];
  }
  return rest;
}

Json render_ref(const Call& call, const std::string& branch, const std::string& sha) {
  const std::string url = repository_url(call, *call.repository);
  return {{"ref", "refs/heads/" + branch},
          {"node_id", "REF_" + branch},
          {"url", url + "/git/refs/heads/" + branch},
          {"object", {{"type", "commit"}, {"sha", sha}, {"url", url + "/git/commits/" + sha}}}};
}

Answer show_ref(Call& call) {
  const std::string name = rest_of(call, 2);
  const auto sha = has_git(call) && name.starts_with("heads/") ? git_of(call).branch(name.substr(6)) : std::nullopt;
  return sha ? Answer{.body = render_ref(call, name.substr(6), *sha)} : fail(404);
}

Answer list_matching_refs(Call& call) {
  const std::string prefix = rest_of(call, 2);
  std::vector<Json> listed;
  if (has_git(call)) {
    for (const auto& [name, sha] : git_of(call).branches()) {
      if (("heads/" + name).starts_with(prefix)) {
        listed.push_back(render_ref(call, name, sha));
      }
    }
  }
  return answer_page(call, listed);
}

Answer delete_ref(Call& call) {
  const std::string name = rest_of(call, 2);
  if (!viewer_may(call, "write")) {
    return fail(403);
  }
  if (!has_git(call) || !name.starts_with("heads/") ||
      git_of(call).delete_branch(name.substr(6)) == Git::Outcome::refused) {
    return {.status = 422,
            .body = {{"message", "Reference does not exist"},
                     {"documentation_url", "https://docs.github.com/rest"},
                     {"status", "422"}}};
  }
  return {.status = 204};
}

Answer create_ref(Call& call) {
  const std::string name = text_of(call.body, "ref");
  const std::string sha = text_of(call.body, "sha");
  if (!name.starts_with("refs/heads/") || !has_git(call) || !git_of(call).resolve(sha)) {
    return fail(422, "Object does not exist");
  }
  if (git_of(call).move_branch(name.substr(11), sha, "") == Git::Outcome::refused) {
    return fail(422, "Reference already exists");
  }
  return {.status = 201, .body = render_ref(call, name.substr(11), sha)};
}

Answer show_commit(Call& call) {
  const std::string revision = rest_of(call, 1);
  const auto sha = has_git(call) ? git_of(call).resolve(revision) : std::nullopt;
  if (!sha) {
    return revision.size() == object_id_length ? fail(422, "No commit found for SHA: " + revision)
                                               : fail(422, "No commit found for the ref " + revision);
  }
  return {.body = render_commit(call, *sha)};
}

std::string status_of(std::size_t ahead, std::size_t behind) {
  if (ahead > 0) {
    return behind > 0 ? "diverged" : "ahead";
  }
  return behind > 0 ? "behind" : "identical";
}

Answer compare(Call& call) {
  const std::string range = rest_of(call, 1);
  const std::size_t dots = range.find("...");
  if (dots == std::string::npos || !has_git(call)) {
    return fail(404);
  }
  const Git git = git_of(call);
  const auto base = git.resolve(range.substr(0, dots));
  const auto head = git.resolve(range.substr(dots + 3));
  const auto shared = base && head ? git.merge_base(*base, *head) : std::nullopt;
  if (!shared) {
    return fail(404);
  }
  const auto ahead = git.between(*base, *head);
  const auto behind = git.between(*head, *base);
  Json commits = Json::array();
  for (const std::string& sha : ahead) {
    commits.push_back(render_commit(call, sha));
  }
  const std::string url = repository_url(call, *call.repository);
  Json files = Json::array();
  for (const GitFile& file : git.changed(*shared, *head)) {
    files.push_back({{"sha", *head},
                     {"filename", file.path},
                     {"status", file.status},
                     {"additions", 1},
                     {"deletions", 0},
                     {"changes", 1},
                     {"blob_url", url + "/blob/" + percent_encode(file.path)},
                     {"raw_url", url + "/raw/" + percent_encode(file.path)},
                     {"contents_url", url + "/contents/" + percent_encode(file.path)}});
  }
  const std::string page = fmt::format("{}/compare/{}", url, percent_encode(range));
  return {.body = {{"url", page},
                   {"html_url", page},
                   {"permalink_url", page},
                   {"diff_url", page + ".diff"},
                   {"patch_url", page + ".patch"},
                   {"base_commit", render_commit(call, *base)},
                   {"merge_base_commit", render_commit(call, *shared)},
                   {"status", status_of(ahead.size(), behind.size())},
                   {"ahead_by", ahead.size()},
                   {"behind_by", behind.size()},
                   {"total_commits", ahead.size()},
                   {"commits", commits},
                   {"files", files}}};
}

} // namespace

Json render_commit(const Call& call, const std::string& sha) {
  const GitCommit commit = git_of(call).commit(sha);
  const std::string url = repository_url(call, *call.repository);
  const Json person{{"name", commit.author},
                    {"email", commit.email},
                    {"date", render_time(Timestamp(std::chrono::seconds(commit.time)))}};
  Json parents = Json::array();
  for (const std::string& parent : commit.parents) {
    parents.push_back({{"sha", parent}, {"url", url + "/commits/" + parent}, {"html_url", url + "/commit/" + parent}});
  }
  return {{"sha", sha},
          {"node_id", "C_" + sha},
          {"url", url + "/commits/" + sha},
          {"html_url", url + "/commit/" + sha},
          {"comments_url", url + "/commits/" + sha + "/comments"},
          {"commit",
           {{"author", person},
            {"committer", person},
            {"message", commit.message},
            {"tree", {{"sha", commit.tree}, {"url", url + "/git/trees/" + commit.tree}}},
            {"url", url + "/git/commits/" + sha},
            {"comment_count", 0},
            {"verification",
             {{"verified", false},
              {"reason", "unsigned"},
              {"signature", nullptr},
              {"payload", nullptr},
              {"verified_at", nullptr}}}}},
          {"author", nullptr},
          {"committer", nullptr},
          {"parents", parents}};
}

std::optional<Answer> answer_git(Call& call) {
  static const std::vector<Route> routes{
      {"GET", "git/ref/**", show_ref},       {"GET", "git/matching-refs/**", list_matching_refs},
      {"DELETE", "git/refs/**", delete_ref}, {"POST", "git/refs", create_ref},
      {"GET", "commits/*", show_commit},     {"GET", "compare/**", compare},
  };
  return try_routes(call, routes);
}

} // namespace afk::test::github
