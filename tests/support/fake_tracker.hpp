#pragma once
// An issue tracker in memory, honest as the directory tracker is: every change leaves its event, labels and log agree,
// every write sets a target state. People act through it too.

#include <afk/port/clock.hpp>
#include <afk/port/tracker.hpp>

#include <support/faults.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace afk::test {

inline Actor person(const std::string& name) {
  return {name, name, ActorKind::person};
}

class FakeTracker final : public Tracker, private TrackerWrites {
 public:
  FakeTracker(Clock& clock, Faults& faults) : clock_(clock), faults_(faults) {}

  // What people do.

  void open(const IssueRef& issue) {
    IssueRecord record;
    record.issue = issue;
    record.repository_id = issue.repository.name;
    record.title = "Say hello";
    record.body = "Please say hello.\n";
    record.edit_log = EditLog::complete;
    records_[issue] = std::move(record);
  }

  void label(const IssueRef& issue, const std::string& label, LabelTarget target, const Actor& actor) {
    change_label(records_.at(issue), label, target, actor);
  }

  void comment(const IssueRef& issue, const std::string& body, const Actor& actor) {
    add_comment(records_.at(issue), body, actor);
  }

  void close(const IssueRef& issue, const Actor& actor) { close(records_.at(issue), actor); }

  void edit_body(const IssueRef& issue, const std::string& body, const Actor& actor) {
    IssueRecord& record = records_.at(issue);
    record.body = body;
    add_event(record, IssueEventKind::body_changed, actor, "");
  }

  void remove_comments(const IssueRef& issue) { records_.at(issue).comments.clear(); }

  [[nodiscard]] const IssueRecord& look(const IssueRef& issue) const { return records_.at(issue); }

  [[nodiscard]] bool has(const IssueRef& issue, const std::string& label) const {
    return std::ranges::find(records_.at(issue).labels, label) != records_.at(issue).labels.end();
  }

  // The port.

  Result<TrackerHost> fetch_host() override {
    return faults_.carry_out("fetch_host", [] { return Result<TrackerHost>(TrackerHost{"7a6f1c3e"}); });
  }

  Result<Timestamp> fetch_time() override {
    return faults_.carry_out("fetch_time", [&] { return Result<Timestamp>(clock_.now()); });
  }

  std::vector<Result<RepositoryListing>> list_issues(std::span<const RepositoryName> repositories,
                                                     const ListingQuery& query) override {
    std::vector<Result<RepositoryListing>> listings;
    for (const RepositoryName& repository : repositories)
      listings.push_back(
          faults_.carry_out("list_issues", [&] { return Result<RepositoryListing>(list(repository, query)); }));
    return listings;
  }

  std::vector<Result<IssueRecord>> fetch_issues(std::span<const IssueRef> issues) override {
    std::vector<Result<IssueRecord>> answers;
    for (const IssueRef& issue : issues)
      answers.push_back(faults_.carry_out("fetch_issue", [&] {
        if (const auto found = records_.find(issue); found != records_.end())
          return Result<IssueRecord>(found->second);
        IssueRecord gone;
        gone.issue = issue;
        gone.state = IssueState::gone;
        return Result<IssueRecord>(gone);
      }));
    return answers;
  }

  TrackerWrites& writes() override { return *this; }

 private:
  Result<void> set_label(const IssueRef& issue, std::string_view label, LabelTarget target) override {
    return faults_.carry_out("set_label", [&] {
      change_label(records_.at(issue), std::string(label), target, own_);
      return Result<void>();
    });
  }

  Result<std::string> create_comment(const IssueRef& issue, std::string_view body) override {
    return faults_.carry_out("create_comment", [&] {
      return Result<std::string>(add_comment(records_.at(issue), std::string(body), own_));
    });
  }

  Result<std::string> create_comment_once(const IssueRef& issue, std::string_view body,
                                          std::string_view mark) override {
    for (const Comment& comment : records_.at(issue).comments)
      if (comment.author == own_ && comment.body.find(mark) != std::string::npos)
        return comment.id;
    return create_comment(issue, body);
  }

  Result<void> edit_comment(const IssueRef& issue, std::string_view comment_id, std::string_view body) override {
    return faults_.carry_out("edit_comment", [&]() -> Result<void> {
      for (Comment& comment : records_.at(issue).comments)
        if (comment.id == comment_id) {
          comment.body = body;
          comment.edited_at = clock_.now();
          comment.edited_by = own_;
          return {};
        }
      return Error{ErrorKind::not_found, "there is no such comment"};
    });
  }

  Result<void> close_issue(const IssueRef& issue) override {
    return faults_.carry_out("close_issue", [&] {
      close(records_.at(issue), own_);
      return Result<void>();
    });
  }

  Result<std::vector<IssueEvent>> record_hand_edits(const IssueRef& issue) override {
    return records_.at(issue).events;
  }

  RepositoryListing list(const RepositoryName& repository, const ListingQuery& query) const {
    RepositoryListing listing;
    listing.repository = repository;
    listing.repository_id = repository.name;
    for (const auto& [issue, record] : records_) {
      const bool labelled = std::ranges::any_of(query.labels, [&](const std::string& one) { return has(issue, one); });
      const bool wanted = query.states == ListingQuery::States::any || record.state == IssueState::open;
      if (issue.repository == repository && labelled && wanted)
        listing.issues.push_back({issue, record.state, record.title, record.labels});
    }
    return listing;
  }

  void change_label(IssueRecord& record, const std::string& label, LabelTarget target, const Actor& actor) {
    const auto found = std::ranges::find(record.labels, label);
    if ((found != record.labels.end()) == (target == LabelTarget::on))
      return;
    if (target == LabelTarget::on)
      record.labels.push_back(label);
    else
      record.labels.erase(found);
    add_event(record, target == LabelTarget::on ? IssueEventKind::labeled : IssueEventKind::unlabeled, actor, label);
  }

  std::string add_comment(IssueRecord& record, const std::string& body, const Actor& actor) {
    const std::string id = "comment-" + std::to_string(++last_id_);
    record.comments.push_back({id, actor, clock_.now(), std::nullopt, std::nullopt, body});
    return id;
  }

  void close(IssueRecord& record, const Actor& actor) {
    if (record.state != IssueState::open)
      return;
    record.state = IssueState::closed;
    add_event(record, IssueEventKind::closed, actor, "");
  }

  void add_event(IssueRecord& record, IssueEventKind kind, const Actor& actor, const std::string& label) {
    record.events.push_back({{"event-" + std::to_string(++last_id_)}, kind, actor, clock_.now(), label, true});
  }

  Clock& clock_;
  Faults& faults_;
  Actor own_{"afk", "afk", ActorKind::own_account};
  std::map<IssueRef, IssueRecord> records_;
  int last_id_ = 0;
};

} // namespace afk::test
