#include <judges/records.hpp>

#include <sstream>

namespace afk::test {

namespace fs = std::filesystem;

RecordsFound find_records(const RecordSearch& search) {
  RecordsFound found;
  for (const std::string& suite : search.suites) {
    const fs::path record = search.exchanges / ("github-" + suite + ".jsonl");
    std::error_code missing;
    const auto written = fs::last_write_time(record, missing);
    std::error_code unbuilt;
    const auto built = fs::last_write_time(search.programs / suite, unbuilt);
    if (missing || unbuilt || written < built) {
      found.not_run.push_back(suite);
    } else if (fs::file_size(record) == 0) {
      found.silent.push_back(suite);
    } else {
      found.records.push_back(record);
    }
  }
  return found;
}

std::vector<std::string> split_words(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  return words;
}

} // namespace afk::test
