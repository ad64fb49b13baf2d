// The main program of every suite: Catch2's own, and at the end one line that tests/run.sh adds up.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

#include <support/skip.hpp>

#include <iostream>

namespace afk::test {
namespace {

#if __has_include(<catch2/catch_all.hpp>)
using ListenerBase = Catch::EventListenerBase;
#else
using ListenerBase = Catch::TestEventListenerBase;
#endif

bool skip_was_called = false;

class Counts : public ListenerBase {
 public:
  using ListenerBase::ListenerBase;

  void testCaseStarting(const Catch::TestCaseInfo& test_case) override {
    ListenerBase::testCaseStarting(test_case);
    skip_was_called = false;
  }

  void testCaseEnded(const Catch::TestCaseStats& test_case) override {
    const bool failed = test_case.totals.testCases.failed > 0;
    if (failed) {
      ++failed_;
    } else if (skip_was_called) {
      ++skipped_;
    } else {
      ++passed_;
    }
    ListenerBase::testCaseEnded(test_case);
  }

  void testRunEnded(const Catch::TestRunStats& run) override {
    ListenerBase::testRunEnded(run);
    std::cout << passed_ << " passed, " << failed_ << " failed, " << skipped_ << " skipped" << std::endl;
  }

 private:
  int passed_ = 0;
  int failed_ = 0;
  int skipped_ = 0;
};

CATCH_REGISTER_LISTENER(Counts)

} // namespace

void skip(std::string_view reason) {
  skip_was_called = true;
  std::cout << "skipped: " << reason << '\n';
}

} // namespace afk::test

int main(int argc, char** argv) {
  return Catch::Session().run(argc, argv);
}
