// The floor of a quiet poll: opens, reads and parses the same files with the same library, with libcurl linked, and
// does nothing else. What a tick needs beyond this is afk's own.
#include <curl/curl.h>
#include <toml++/toml.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: floor <folder of issues>\n", stderr);
    return 2;
  }
  std::size_t keys = 0;
  std::string buffer(1 << 20, '\0');
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    const std::string path = entry.path().string();
    if (!path.ends_with(".md")) {
      continue;
    }
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const ssize_t size = ::read(file, buffer.data(), buffer.size());
    ::close(file);
    const std::string_view text(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    const auto begin = text.find("+++\n");
    const auto end = text.find("\n+++", begin + 4);
    keys += toml::parse(text.substr(begin + 4, end - begin - 4)).size();
  }
  // Names the library so that the linker keeps it.
  std::printf("%zu keys, %s\n", keys, curl_version() != nullptr ? "libcurl linked" : "");
  return 0;
}
