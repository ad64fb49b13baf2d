#include <afk/adapter/supervisor_output.hpp>

#include <afk/adapter/run_folder.hpp>

#include <algorithm>
#include <cerrno>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace afk::adapter {

Result<OutputLog> OutputLog::open(const Folder& turn_folder, std::int64_t limit) {
  const std::string name(turn_entry::output);
  UniqueFd file(openat(turn_folder.descriptor(), name.c_str(),
                       O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, private_file.bits));
  if (!file.valid()) {
    return describe_system_error("open", turn_folder.path_of(name), errno);
  }
  return OutputLog(std::move(file), limit);
}

OutputLog::Room OutputLog::append(std::string_view bytes) {
  const auto room = static_cast<std::size_t>(std::max<std::int64_t>(limit_ - written_, 0));
  std::string_view fitting = bytes.substr(0, room);
  while (!fitting.empty()) {
    const ssize_t count = write(file_.get(), fitting.data(), fitting.size());
    if (count < 0 && errno != EINTR) {
      return Room::disk_full;
    }
    if (count > 0) {
      written_ += count;
      fitting.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  return bytes.size() > room ? Room::full : Room::left;
}

void OutputLog::sync() {
  fdatasync(file_.get()); // best effort: the ending that follows is what counts
}

} // namespace afk::adapter
