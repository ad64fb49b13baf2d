#include <contract/tracker/github_machine.hpp>
#include <contract/tracker/tracker_contract.hpp>

#include <support/fake_clock.hpp>
#include <support/fake_github.hpp>
#include <support/files.hpp>
#include <support/nghttpx.hpp>
#include <support/skip.hpp>
#include <support/temporary_folder.hpp>
#include <support/tls_context.hpp>

#include <mutex>

namespace afk::test {

namespace {

// A tracker that several threads of a case may use at once, as several programs would use several. A write takes a
// second, as it does when writes are kept apart.
class OneAtATime final : public Tracker, private TrackerWrites {
  template <typename Deed>
  auto locked(const Deed& deed) {
    const std::lock_guard lock(mutex_);
    return deed();
  }

  template <typename Deed>
  auto written(const Deed& deed) {
    const std::lock_guard lock(mutex_);
    clock_.advance(std::chrono::seconds(1));
    return deed();
  }

 public:
  OneAtATime(Tracker& inner, FakeClock& clock) : inner_(inner), clock_(clock) {}

  Result<TrackerHost> fetch_host() override {
    return locked([&] { return inner_.fetch_host(); });
  }

  Result<Timestamp> fetch_time() override {
    return locked([&] { return inner_.fetch_time(); });
  }

  std::vector<Result<RepositoryListing>> list_issues(std::span<const RepositoryName> repositories,
                                                     const ListingQuery& query) override {
    return locked([&] { return inner_.list_issues(repositories, query); });
  }

  std::vector<Result<IssueRecord>> fetch_issues(std::span<const IssueRef> issues) override {
    return locked([&] { return inner_.fetch_issues(issues); });
  }

  TrackerWrites& writes() override { return *this; }

 private:
  Result<void> set_label(const IssueRef& issue, std::string_view label, LabelTarget target) override {
    return written([&] { return inner_.writes().set_label(issue, label, target); });
  }

  Result<std::string> create_comment(const IssueRef& issue, std::string_view body) override {
    return written([&] { return inner_.writes().create_comment(issue, body); });
  }

  Result<std::string> create_comment_once(const IssueRef& issue, std::string_view body,
                                          std::string_view mark) override {
    return written([&] { return inner_.writes().create_comment_once(issue, body, mark); });
  }

  Result<void> edit_comment(const IssueRef& issue, std::string_view comment_id, std::string_view body) override {
    return written([&] { return inner_.writes().edit_comment(issue, comment_id, body); });
  }

  Result<void> close_issue(const IssueRef& issue) override {
    return written([&] { return inner_.writes().close_issue(issue); });
  }

  Result<std::vector<IssueEvent>> record_hand_edits(const IssueRef& issue) override {
    return locked([&] { return inner_.writes().record_hand_edits(issue); });
  }

  std::mutex mutex_;
  Tracker& inner_;
  FakeClock& clock_;
};

class GithubWorld final : public TrackerWorld {
 public:
  // What stands in front of the forge.
  struct Front {
    bool is_there = false;
    std::vector<std::string> options = {}; // of nghttpx
    std::string protocol = "h2";
  };

  GithubWorld(adapter::GithubApi reads, const std::string& version, const Front& front)
      : front_(front), curl_(front.is_there ? put_nghttpx_in_front() : http::CurlSettings{}),
        first_machine_(github_, clock_, make_github_settings(github_, reads, version), curl_),
        second_machine_(github_, clock_, make_github_settings(github_, reads, version), curl_) {}

  Tracker& tracker() override { return first_; }

  Tracker& second_tracker() override { return second_; }

  void create_repository(const RepositoryName& name) override { github_.create_repository(name); }

  IssueRef create_issue(const RepositoryName& repository, const NewIssue& issue) override {
    step();
    return github_.create_issue(repository, issue.title, issue.body);
  }

  void put_label(const IssueRef& issue, std::string_view label, std::string_view person) override {
    step();
    github_.put_label(issue, label, person);
  }

  void take_label(const IssueRef& issue, std::string_view label, std::string_view person) override {
    step();
    github_.take_label(issue, label, person);
  }

  void close(const IssueRef& issue, IssueState as, std::string_view person) override {
    step();
    github_.close(issue, as == IssueState::closed_not_planned ? "not_planned" : "completed", person);
  }

  void reopen(const IssueRef& issue, std::string_view person) override {
    step();
    github_.reopen(issue, person);
  }

  void change_title(const IssueRef& issue, std::string_view title, std::string_view person) override {
    step();
    github_.change_title(issue, title, person);
  }

  void change_body(const IssueRef& issue, std::string_view body, std::string_view person) override {
    step();
    github_.change_body(issue, body, person);
  }

  void remove_issue(const IssueRef& issue) override { github_.delete_issue(issue); }

  void add_dependency(const IssueRef& issue, const IssueRef& blocker) override {
    step();
    github_.add_dependency(issue, blocker);
  }

  std::string comment(const IssueRef& issue, std::string_view body, std::string_view person) override {
    step();
    return std::to_string(github_.comment(issue, body, person));
  }

  void change_comment(const IssueRef& issue, std::string_view comment_id, std::string_view body,
                      std::string_view person) override {
    step();
    github_.change_comment(issue, std::stoll(std::string(comment_id)), body, person);
  }

  void break_issue(const IssueRef& issue) override { github_.break_issue(issue); }

  // More pages than there are, of which the second does not come.
  void cut_listing(const RepositoryName& repository) override {
    for (int count = 0; count < 101; ++count) {
      create_issue(repository, {});
    }
    github_.inject({.fault = FakeFault::server_error, .match = "page=2", .times = 100});
    github_.inject({.fault = FakeFault::graph_timeout, .match = "c:100", .times = 100});
  }

  void look_back(ContractRun& run) override {
    for (const auto& entry : proxy_ ? proxy_->log() : std::vector<Nghttpx::LogEntry>{}) {
      run.expect(entry.protocol == front_.protocol, "every request comes by " + front_.protocol);
    }
  }

 private:
  void step() { clock_.advance(std::chrono::seconds(1)); }

  // From here on the forge is spoken to through somebody else's TLS and HTTP/2.
  http::CurlSettings put_nghttpx_in_front() {
    static const std::string certificate = make_certificate();
    proxy_ = std::make_unique<Nghttpx>(github_.port(), certificate, front_.options);
    put_file(folder_ / "authorities", certificate);
    github_.answer_as(proxy_->url(""));
    return {.user_agent = "afk/test", .certificate_folder = "", .certificate_file = folder_ / "authorities"};
  }

  Front front_;
  FakeClock clock_;
  TemporaryFolder folder_;
  FakeGithub github_{clock_};
  std::unique_ptr<Nghttpx> proxy_;
  http::CurlSettings curl_;
  GithubMachine first_machine_;
  GithubMachine second_machine_;
  OneAtATime first_{first_machine_.tracker(), clock_};
  OneAtATime second_{second_machine_.tracker(), clock_};
};

std::vector<TrackerColumn::NotApplicable> not_applicable(adapter::GithubApi reads) {
  constexpr std::string_view circles =
      "circles are not followed: the blockers of blockers would cost a request each, and an open one waits anyhow";
  std::vector<TrackerColumn::NotApplicable> excused{
      {.case_name = "two that wait for each other", .reason = circles},
      {.case_name = "three in a circle, until one is closed", .reason = circles},
      {.case_name = "an issue of a missing repository is gone",
       .reason = "a repository that does not show itself may only be hidden from the token"},
      {.case_name = "recording edits of a missing issue is not found",
       .reason = "GitHub logs edits itself: nothing is recorded and nothing asked"},
      {.case_name = "a broken issue does not hide the others",
       .reason = "GitHub serves no issue without its title: a list with one is not believed at all"}};
  if (reads == adapter::GithubApi::graphql) {
    excused.push_back({.case_name = "a summary has reference, title, state and labels",
                       .reason = "a list names the label it was asked for; the others come with the issue itself"});
    excused.push_back({.case_name = "a log longer than a page is whole",
                       .reason = "a log is read back as far as its newest arming, and no further"});
  }
  if (reads == adapter::GithubApi::rest) {
    excused.push_back(
        {.case_name = "a change of the body is an event", .reason = "REST tells nobody of edited bodies"});
    excused.push_back({.case_name = "a reader beside a writer sees whole states",
                       .reason = "labels, log and labels again are three requests: what came and went between them is "
                                 "not seen"});
  }
  return excused;
}

TrackerColumn make_column(std::string_view name, adapter::GithubApi reads, std::string version,
                          GithubWorld::Front front = {}) {
  return {.name = name,
          .make_world = [reads, version, front] { return std::make_unique<GithubWorld>(reads, version, front); },
          .not_applicable = not_applicable(reads)};
}

} // namespace

std::vector<TrackerColumn> github_columns() {
  using enum adapter::GithubApi;
  std::vector<TrackerColumn> columns{make_column("graphql", graphql, "2022-11-28"),
                                     make_column("rest", rest, "2022-11-28"),
                                     make_column("rest of 2026", rest, "2026-03-10")};
  if (Nghttpx::find_program()) {
    const auto add = [&](std::string_view name, GithubWorld::Front front) {
      front.is_there = true;
      columns.push_back(make_column(name, graphql, "2022-11-28", std::move(front)));
    };
    add("h2", {});
    add("h2, GOAWAY", {.options = {"--frontend-max-requests=3"}});
    add("h2, 1 stream", {.options = {"--frontend-http2-max-concurrent-streams=1"}});
    add("http/1.1", {.options = {Nghttpx::only_http_1_1()}, .protocol = "http/1.1"});
  } else {
    skip("nghttpx is not installed, so that no column speaks HTTP/2");
  }
  return columns;
}

} // namespace afk::test
