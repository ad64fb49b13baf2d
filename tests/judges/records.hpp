#pragma once
// What the suites that use the fake GitHub left for the judges: a file each, begun anew by every run of the suite.

#include <filesystem>
#include <string>
#include <vector>

namespace afk::test {

struct RecordSearch {
  std::filesystem::path exchanges; // the records' folder
  std::filesystem::path programs;  // where the suites are
  std::vector<std::string> suites;
};

struct RecordsFound {
  std::vector<std::filesystem::path> records; // of suites that ran and said something
  std::vector<std::string> silent;            // ran, and said nothing
  std::vector<std::string> not_run;           // no record, or one from before the suite was built
};

RecordsFound find_records(const RecordSearch& search);

// By blanks.
std::vector<std::string> split_words(const std::string& text);

} // namespace afk::test
