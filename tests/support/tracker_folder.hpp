#pragma once
// A directory tracker in a temporary folder, and people who use it: through the log by name, or by hand with an editor.

#include <afk/adapter/crypto.hpp>
#include <afk/adapter/tracker_directory.hpp>
#include <afk/adapter/tracker_directory_setup.hpp>
#include <support/fake_clock.hpp>
#include <support/temporary_folder.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace afk::test {

// What an editor leaves in a new issue's file.
struct IssueSketch {
  std::string title = "Parse durations";
  std::vector<std::string> labels = {};
  std::vector<std::string> blocked_by = {};
  std::string body = "Durations such as 90s are refused.\n";
};

std::string render_sketch(const IssueSketch& sketch);

class TrackerFolder {
 public:
  explicit TrackerFolder(TemporaryFolder::Medium medium = TemporaryFolder::Medium::memory);

  FakeClock clock;
  FakeRandom random;
  Digest digest = adapter::make_digest();

  [[nodiscard]] const std::string& root() const { return folder_.path(); }

  [[nodiscard]] std::string repository_path(const RepositoryName& repository) const;
  [[nodiscard]] std::string text_path(const IssueRef& issue) const;
  [[nodiscard]] std::string log_path(const IssueRef& issue) const;
  [[nodiscard]] std::string comments_path(const IssueRef& issue) const;

  // A client that writes in the name of `login`.
  adapter::DirectoryTracker make_tracker(std::string login = "afk");

  void create_repository(const RepositoryName& repository);

  // A new file, saved by hand now. Numbers count from 1.
  IssueRef create_issue(const RepositoryName& repository, const IssueSketch& sketch = {});
  void save(const IssueRef& issue, std::string_view text); // by hand, now

  // Changes through the log, in the name of `person`.
  void change(const IssueRef& issue, std::string_view person, const adapter::DeriveChange& derive_change);
  void put_label(const IssueRef& issue, std::string_view label, std::string_view person);
  void take_label(const IssueRef& issue, std::string_view label, std::string_view person);

  // A person who changes the text and says so in the log.
  void change_text(const IssueRef& issue, std::string_view person, const IssueSketch& sketch);

 private:
  TemporaryFolder folder_;
};

// Sets the time at which a file was saved.
void set_modified(const std::string& path, Timestamp moment);

} // namespace afk::test
