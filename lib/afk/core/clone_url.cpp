#include <afk/core/clone_url.hpp>

#include <fmt/format.h>

namespace afk {

namespace {

std::string_view derive_web_root(TrackerKind tracker, std::string_view api_url) {
  constexpr std::string_view github_api = "https://api.github.com";
  while (api_url.ends_with('/'))
    api_url.remove_suffix(1);
  if (tracker == TrackerKind::github && (api_url.empty() || api_url == github_api))
    return "https://github.com";
  const std::string_view suffix = tracker == TrackerKind::github ? "/api/v3" : "/api/v1";
  if (api_url.ends_with(suffix))
    api_url.remove_suffix(suffix.size());
  return api_url;
}

} // namespace

std::string derive_clone_url(TrackerKind tracker, std::string_view api_url, const RepositoryName& repository) {
  if (tracker == TrackerKind::directory)
    return "";
  const std::string_view root = derive_web_root(tracker, api_url);
  return root.empty() ? "" : fmt::format("{}/{}.git", root, render_repository_name(repository));
}

} // namespace afk
