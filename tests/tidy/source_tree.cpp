#include <tidy/source_tree.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace afk::tidy {
namespace {

std::string read_text(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    throw std::runtime_error("cannot read " + path.string());
  }
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

} // namespace

SourceTree read_source_tree(const std::string& project_folder) {
  namespace fs = std::filesystem;
  SourceTree tree;
  for (auto entry = fs::recursive_directory_iterator(project_folder); entry != fs::recursive_directory_iterator();
       ++entry) {
    const std::string path = entry->path().lexically_relative(project_folder).generic_string();
    if (entry->is_directory() && (path == "build" || path == ".git")) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file() && !entry->is_symlink()) {
      tree.push_back({path, read_text(entry->path())});
    }
  }
  std::sort(tree.begin(), tree.end(),
            [](const SourceFile& left, const SourceFile& right) { return left.path < right.path; });
  return tree;
}

bool is_header(const SourceFile& file) {
  return file.path.ends_with(".hpp");
}

bool is_cpp(const SourceFile& file) {
  return is_header(file) || file.path.ends_with(".cpp");
}

bool lies_in(const SourceFile& file, std::string_view folder) {
  return file.path.starts_with(folder);
}

} // namespace afk::tidy
