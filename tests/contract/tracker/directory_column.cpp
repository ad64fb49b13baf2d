#include <contract/tracker/tracker_contract.hpp>

#include <afk/adapter/tracker_directory_comments.hpp>
#include <afk/core/check.hpp>
#include <support/files.hpp>
#include <support/tracker_folder.hpp>

#include <filesystem>
#include <map>

namespace afk::test {

namespace {

class DirectoryWorld final : public TrackerWorld {
 public:
  Tracker& tracker() override { return first_; }

  Tracker& second_tracker() override { return second_; }

  void create_repository(const RepositoryName& name) override { folder_.create_repository(name); }

  IssueRef create_issue(const RepositoryName& repository, const NewIssue& issue) override {
    step();
    const IssueSketch sketch{.title = issue.title, .body = issue.body};
    const IssueRef created = folder_.create_issue(repository, sketch);
    sketches_[created] = sketch;
    return created;
  }

  void put_label(const IssueRef& issue, std::string_view label, std::string_view person) override {
    step();
    folder_.put_label(issue, label, person);
  }

  void take_label(const IssueRef& issue, std::string_view label, std::string_view person) override {
    step();
    folder_.take_label(issue, label, person);
  }

  void close(const IssueRef& issue, IssueState as, std::string_view person) override {
    change(issue, person, {.kind = IssueEventKind::closed, .closed_as = as});
  }

  void reopen(const IssueRef& issue, std::string_view person) override {
    change(issue, person, {.kind = IssueEventKind::reopened});
  }

  void change_title(const IssueRef& issue, std::string_view title, std::string_view person) override {
    step();
    sketches_[issue].title = title;
    folder_.change_text(issue, person, sketches_[issue]);
  }

  void change_body(const IssueRef& issue, std::string_view body, std::string_view person) override {
    step();
    sketches_[issue].body = body;
    folder_.change_text(issue, person, sketches_[issue]);
  }

  void remove_issue(const IssueRef& issue) override {
    std::filesystem::remove(folder_.text_path(issue));
    std::filesystem::remove(folder_.log_path(issue));
    std::filesystem::remove_all(folder_.comments_path(issue));
  }

  void add_dependency(const IssueRef& issue, const IssueRef& blocker) override {
    step();
    std::string text = get_file(folder_.text_path(issue));
    text.insert(text.find('\n') + 1, "blocked_by = [\"" + render_issue_ref(blocker) + "\"]\n");
    folder_.save(issue, text);
  }

  std::string comment(const IssueRef& issue, std::string_view body, std::string_view person) override {
    step();
    auto tracker = folder_.make_tracker(std::string(person));
    return tracker.writes().create_comment(issue, body).value();
  }

  void change_comment(const IssueRef& issue, std::string_view comment_id, std::string_view body,
                      std::string_view person) override {
    step();
    auto tracker = folder_.make_tracker(std::string(person));
    check(tracker.writes().edit_comment(issue, comment_id, body).ok(), "a person can edit a comment");
  }

  void break_issue(const IssueRef& issue) override { folder_.save(issue, "+++\ntitle = broken\n+++\n"); }

  void cut_listing(const RepositoryName&) override { check(false, "not applicable"); }

 private:
  void step() { folder_.clock.advance(std::chrono::seconds(1)); }

  void change(const IssueRef& issue, std::string_view person, const adapter::LogEntry& entry) {
    step();
    folder_.change(issue, person, [&](const adapter::IssueView&) { return std::vector{entry}; });
  }

  TrackerFolder folder_;
  adapter::DirectoryTracker first_ = folder_.make_tracker();
  adapter::DirectoryTracker second_ = folder_.make_tracker();
  std::map<IssueRef, IssueSketch> sketches_;
};

} // namespace

TrackerColumn directory_column() {
  return {.name = "directory",
          .make_world = [] { return std::make_unique<DirectoryWorld>(); },
          .not_applicable = {
              {.case_name = "a list that was cut says so", .reason = "a folder is read whole or the reading fails"}}};
}

} // namespace afk::test
