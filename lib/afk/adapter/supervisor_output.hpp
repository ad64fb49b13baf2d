#pragma once
// The log of a turn: what its programs print, up to an exact number of bytes.

#include <afk/adapter/file_system.hpp>
#include <afk/core/result.hpp>

#include <cstdint>
#include <string_view>

namespace afk::adapter {

class OutputLog {
 public:
  static Result<OutputLog> open(const Folder& turn_folder, std::int64_t limit);

  enum class Room : std::uint8_t { left, full, disk_full };

  // Appends what fits under the limit and drops the rest. `full` from the first byte that does not fit.
  Room append(std::string_view bytes);

  [[nodiscard]] std::int64_t written() const { return written_; }

  void sync();

 private:
  OutputLog(UniqueFd file, std::int64_t limit) : file_(std::move(file)), limit_(limit) {}

  UniqueFd file_;
  std::int64_t limit_;
  std::int64_t written_ = 0;
};

} // namespace afk::adapter
