// Git's word on a branch and the forge's on its pull request, put together.

#include <afk/core/clone_url.hpp>
#include <afk/core/published_work.hpp>
#include <afk/core/pull_request_text.hpp>
#include <afk/core/test_path.hpp>

#include <support/catch.hpp>

using namespace afk;

namespace {

using State = PublishedState;

struct Case {
  const char* name;
  const char* branch;  // the head at the remote
  const char* on_base; // a head of the run that Git sees on the base
  std::optional<PullRequestState> pull_request;
  const char* shown; // the pull request's head
  State expected;
  const char* head;
  bool is_stale;
};

} // namespace

TEST_CASE("a pull request counts for the head that it shows") {
  using Pull = PullRequestState;
  const auto row = GENERATE(values<Case>({
      {"nothing", "", "", std::nullopt, "", State::nothing, "", false},
      {"a branch alone", "b", "", std::nullopt, "", State::branch, "b", false},
      {"open", "b", "", Pull::open, "b", State::open, "b", false},
      {"draft", "b", "", Pull::draft, "b", State::draft, "b", false},
      {"open, of an older head", "b", "", Pull::open, "a", State::open, "a", true},
      {"open, without a branch", "", "", Pull::open, "b", State::open, "b", true},
      {"merged, its branch gone", "", "", Pull::merged, "b", State::merged, "b", false},
      {"merged, its branch there", "b", "", Pull::merged, "b", State::merged, "b", false},
      {"more was pushed after the merge", "c", "", Pull::merged, "b", State::branch, "c", false},
      {"closed", "b", "", Pull::closed_unmerged, "b", State::branch, "b", false},
      {"closed, its branch gone", "", "", Pull::closed_unmerged, "b", State::nothing, "", false},
      {"on the base, whatever the forge shows", "b", "b", Pull::open, "b", State::merged, "b", false},
      {"on the base, without a pull request", "", "b", std::nullopt, "", State::merged, "b", false},
      {"an older head is on the base", "c", "b", std::nullopt, "", State::branch, "c", false},
      {"an older head is on the base, the next one is open", "c", "b", Pull::open, "c", State::open, "c", false},
  }));
  DYNAMIC_SECTION(row.name) {
    WorkEvidence work;
    work.branch_head = row.branch;
    if (std::string(row.on_base) != "") {
      work.published.state = State::on_base;
      work.published.head = row.on_base;
    }
    std::optional<PullRequestEvidence> pull_request;
    if (row.pull_request) {
      pull_request.emplace();
      pull_request->state = *row.pull_request;
      pull_request->head = row.shown;
    }
    const PublishedWork published = derive_published_work(work, pull_request);
    CHECK(published.published.state == row.expected);
    CHECK(published.published.head == row.head);
    CHECK(published.problem.empty() != row.is_stale);
    const bool closed = published.published.pull_request == PublishedEvidence::Closed::closed_unmerged;
    CHECK(closed == (row.pull_request == Pull::closed_unmerged));
    CHECK(published.published.landed.empty() == (row.expected != State::merged));
  }
}

TEST_CASE("what a squash brought onto the base is the merge commit") {
  PullRequestEvidence pull_request;
  pull_request.state = PullRequestState::merged;
  pull_request.head = "b";
  pull_request.merge_commit = "m";
  CHECK(derive_published_work({}, pull_request).published.landed == "m");
}

TEST_CASE("a pull request names its issue and its run, and closes the issue only where the run ends before") {
  PullRequestFacts facts{{{"acme", "app"}, 12}, "Greet @everyone, fixes #7", {"afk-abc"}, "claude", LastStage::review};
  const PullRequestText review = derive_pull_request_text(facts);
  CHECK(review.title.find("(#12)") != std::string::npos);
  CHECK(review.title.find("@everyone") == std::string::npos);
  CHECK(review.title.find("fixes #7") == std::string::npos);
  CHECK(review.title.find('\n') == std::string::npos);
  CHECK(review.body.starts_with("Closes #12.\n"));
  CHECK(review.body.find("afk-abc") != std::string::npos);
  for (const LastStage stage : {LastStage::merged, LastStage::deployed}) {
    facts.last_stage = stage;
    const PullRequestText text = derive_pull_request_text(facts);
    CHECK(text.body.find("Closes") == std::string::npos);
    CHECK(text.body.starts_with("For #12, which afk closes"));
  }
}

TEST_CASE("tests are known by the names that people agree on") {
  for (const char* path : {"tests/a.cpp", "lib/x/test/a.js", "a_test.go", "test_a.py", "a.test.ts", "spec/a.rb",
                           "a_spec.rb", "src/FooTest.java", "pkg/testdata/a.json", "__tests__/a.js", "a.spec.tsx"}) {
    CAPTURE(path);
    CHECK(is_test_path(path));
  }
  for (const char* path : {"a.cpp", "latest/a.cpp", "contest.py", "testing/a.go", "src/attest.rs", "Makefile",
                           "lib/tests.cpp.in/x.cpp", ""}) {
    CAPTURE(path);
    CHECK_FALSE(is_test_path(path));
  }
}

TEST_CASE("a forge serves repositories beside its API") {
  const RepositoryName app{"acme", "app"};
  CHECK(derive_clone_url(TrackerKind::github, "", app) == "https://github.com/acme/app.git");
  CHECK(derive_clone_url(TrackerKind::github, "https://api.github.com", app) == "https://github.com/acme/app.git");
  CHECK(derive_clone_url(TrackerKind::github, "https://ghe.example/api/v3", app) == "https://ghe.example/acme/app.git");
  CHECK(derive_clone_url(TrackerKind::forgejo, "https://forge.example/git/api/v1/", app) ==
        "https://forge.example/git/acme/app.git");
  CHECK(derive_clone_url(TrackerKind::directory, "tracker", app).empty());
}
