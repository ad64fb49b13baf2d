#include <afk/adapter/tracker_directory_repositories.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <utility>

namespace afk::adapter {

Result<Repositories> Repositories::open(const std::string& root) {
  const auto no_tracker = [&](std::string_view what) {
    return Error{.kind = ErrorKind::unreachable,
                 .message = fmt::format("{} {}; mount it, or run afk init to make a tracker there", root, what)};
  };
  auto folder = Folder::open(root);
  if (!folder) {
    return folder.error().kind == ErrorKind::not_found ? no_tracker("does not exist") : std::move(folder).error();
  }
  const auto kind = folder->try_kind(tracker_file);
  if (!kind) {
    return kind.error();
  }
  if (!kind->has_value()) {
    return no_tracker(fmt::format("holds no {}", tracker_file));
  }
  return Repositories(std::move(folder).value());
}

Result<const OpenRepository*> Repositories::find(const RepositoryName& name) {
  std::string key = fold_ascii(render_repository_name(name));
  auto found = opened_.find(key);
  if (found == opened_.end()) {
    found = opened_.emplace(std::move(key), try_open_repository(root_, name)).first;
  }
  if (!found->second) {
    return found->second.error();
  }
  return found->second->has_value() ? &**found->second : nullptr;
}

Result<const RepositoryContents*> Repositories::contents(const OpenRepository& repository) {
  auto found = contents_.find(repository.id);
  if (found == contents_.end()) {
    found = contents_.emplace(repository.id, list_repository(repository)).first;
  }
  if (!found->second) {
    return found->second.error();
  }
  return &*found->second;
}

} // namespace afk::adapter
