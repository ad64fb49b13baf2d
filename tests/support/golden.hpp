#pragma once
// Golden files: what people and agents read, byte for byte. AFK_UPDATE_GOLDEN=1 rewrites them, and that run fails, so
// that nobody takes an update for a passing test.

#include <support/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

namespace afk::test {

// All golden files of one folder under tests/golden, each compared under its name. A file of the folder that no
// comparison asked for is stale: call check_all_used at the end.
class GoldenFolder {
 public:
  explicit GoldenFolder(std::string_view folder)
      : folder_(std::filesystem::path(AFK_SOURCE_DIR) / "tests" / "golden" / folder) {}

  void check(const std::string& name, const std::string& text) {
    used_.insert(name);
    INFO("golden file " << (folder_ / name).string());
    if (is_update()) {
      std::filesystem::create_directories(folder_);
      std::ofstream(folder_ / name, std::ios::binary) << text;
      FAIL_CHECK("rewritten; look at the difference and run again without AFK_UPDATE_GOLDEN");
      return;
    }
    std::ifstream file(folder_ / name, std::ios::binary);
    std::ostringstream expected;
    expected << file.rdbuf();
    CHECK(text == expected.str());
  }

  void check_all_used() const {
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      INFO("stale golden file " << entry.path().string());
      CHECK(used_.contains(entry.path().filename().string()));
    }
  }

 private:
  static bool is_update() {
    const char* const update = std::getenv("AFK_UPDATE_GOLDEN");
    return update != nullptr && std::string_view(update) == "1";
  }

  std::filesystem::path folder_;
  std::set<std::string> used_;
};

} // namespace afk::test
