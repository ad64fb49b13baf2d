#pragma once
// The files of the project as the tidy rules see them: paths relative to the project and their text.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace afk::tidy {

struct SourceFile {
  std::string path; // with forward slashes, as in "lib/afk/core/text.cpp"
  std::string text;
};

using SourceTree = std::vector<SourceFile>;

// Everything that people wrote below the project's folder, sorted by path; not what a build made, not Git's own files.
// Throws where a file cannot be read: the test then fails.
SourceTree read_source_tree(const std::string& project_folder);

[[nodiscard]] bool is_cpp(const SourceFile& file); // .cpp or .hpp
[[nodiscard]] bool is_header(const SourceFile& file);

// True when the path lies in the folder, named with its closing slash.
[[nodiscard]] bool lies_in(const SourceFile& file, std::string_view folder);

} // namespace afk::tidy
