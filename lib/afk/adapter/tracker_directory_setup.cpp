#include <afk/adapter/tracker_directory_setup.hpp>

#include <afk/adapter/file_lock.hpp>
#include <afk/adapter/front_matter_render.hpp>
#include <afk/adapter/tracker_directory_files.hpp>
#include <afk/adapter/tracker_directory_repositories.hpp>

#include <fmt/format.h>

#include <utility>

namespace afk::adapter {

namespace {

constexpr std::int64_t known_format = 1;
constexpr std::size_t most_bytes = 64UL * 1024UL;
constexpr Duration lock_patience = std::chrono::seconds(10);

// Line ends stay as they are, because the hash of a text counts; logs of two branches are put one behind the other.
constexpr std::string_view git_attributes = "* -text\n*.events.jsonl -text merge=union\n";

// What a writer stages beside the files.
constexpr std::string_view git_ignore = ".*.tmp\n";

bool is_uuid(std::string_view text) {
  if (text.size() != 36) {
    return false;
  }
  for (std::size_t index = 0; index < text.size(); ++index) {
    const bool is_hyphen = index == 8 || index == 13 || index == 18 || index == 23;
    constexpr std::string_view digits = "0123456789abcdef";
    if (is_hyphen ? text[index] != '-' : digits.find(text[index]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

// Version 4, variant 1 of RFC 9562.
std::string make_uuid(Random& random) {
  std::string digits = random.hex(16);
  digits[12] = '4';
  digits[16] = "89ab"[(digits[16] >= 'a' ? digits[16] - 'a' + 10 : digits[16] - '0') % 4];
  return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4), digits.substr(12, 4),
                     digits.substr(16, 4), digits.substr(20, 12));
}

Result<void> write_if_absent(const Folder& folder, std::string_view name, std::string_view bytes) {
  const auto kind = folder.try_kind(name);
  if (!kind) {
    return kind.error();
  }
  return kind->has_value() ? Result<void>() : folder.write_atomic(name, bytes);
}

} // namespace

Result<TrackerHost> fetch_directory_host(const Folder& root) {
  const auto file = root.try_read(tracker_file, most_bytes);
  if (!file) {
    return file.error();
  }
  const std::string path = root.path_of(tracker_file);
  if (!file->has_value()) {
    return Error{.kind = ErrorKind::configuration,
                 .message = fmt::format("{} does not exist: {} is no tracker yet; run afk init", path, root.path())};
  }
  const auto text = parse_tracker_text((*file)->bytes);
  if (!text) {
    return in_file(path, text.error());
  }
  if (text->format != known_format) {
    return Error{.kind = ErrorKind::configuration,
                 .message = fmt::format("{}: this afk knows format {}, the tracker has format {}", path, known_format,
                                        text->format)};
  }
  if (!is_uuid(text->id)) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("{}: the id must be the UUID that afk init wrote; take the file back from "
                                        "version control",
                                        path)};
  }
  return TrackerHost{text->id};
}

Result<TrackerHost> create_directory_tracker(const std::string& root, Random& random) {
  if (auto created = create_folders(root); !created) {
    return std::move(created).error();
  }
  const auto folder = Folder::open(root);
  if (!folder) {
    return folder.error();
  }
  const auto lock = FileLock::acquire_folder(*folder, lock_patience);
  if (!lock) {
    return lock.error();
  }
  const TrackerText text{.format = known_format, .id = make_uuid(random)};
  for (const auto& [name, bytes] : {std::pair<std::string_view, std::string>{".gitattributes", git_attributes},
                                    {".gitignore", std::string(git_ignore)},
                                    {tracker_file, render_tracker_text(text)}}) {
    if (auto written = write_if_absent(*folder, name, bytes); !written) {
      return std::move(written).error();
    }
  }
  return fetch_directory_host(*folder);
}

} // namespace afk::adapter
