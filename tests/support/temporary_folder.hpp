#pragma once
// A fresh folder for one test, removed with everything in it when the test is over.

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include <unistd.h>

namespace afk::test {

class TemporaryFolder {
 public:
  // In memory a sync costs nothing: for tests that write much and do not ask the disk.
  enum class Medium : std::uint8_t { disk, memory };

  explicit TemporaryFolder(Medium medium = Medium::disk) {
    const std::filesystem::path memory = "/dev/shm";
    const bool in_memory = medium == Medium::memory && ::access(memory.c_str(), W_OK | X_OK) == 0;
    std::string pattern = ((in_memory ? memory : std::filesystem::temp_directory_path()) / "afk-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), "mkdtemp");
    }
    path_ = pattern;
  }

  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  ~TemporaryFolder() {
    std::error_code ignored; // a test that took permissions away gives them back itself
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }

  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

} // namespace afk::test
