// The demonstration, which judges itself: as it is delivered, and with agents that lose a part of what they are given.
// What is lost must be missed, or the demonstration would show nothing about orders, excerpts and answers.
#include <support/catch.hpp>
#include <support/child_process.hpp>
#include <support/files.hpp>
#include <support/temporary_folder.hpp>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

using namespace afk::test;

namespace {

// Long enough for several at a time on a busy machine; alone it takes some ten seconds.
constexpr const char* limit_in_seconds = "300";

struct Rehearsal {
  const char* name = "";
  const char* loss = "";         // shell, before the agent begins: $files are its files, $order is its standard input
  std::vector<std::string> said; // among other things, by the demonstration
  int exit_code = 1;
};

const std::vector<Rehearsal>& rehearsals() {
  static const std::vector<Rehearsal> all{
      {.name = "nothing is lost", .loss = ":", .said = {"All as it should be"}, .exit_code = 0},
      {.name = "the order is lost",
       .loss = ": > \"$order\"",
       .said = {"-greeting.txt:Hello and welcome", "-commit: Charge the tax"}},
      {.name = "the issue is lost",
       .loss = ": > \"$files/ISSUE.md\"",
       .said = {"-greeting.txt:Hello and welcome", "-commit: Charge the tax"}},
      {.name = "the output of the failing test is lost",
       .loss = "rm -f \"$files/FAILURE.txt\"",
       .said = {"-till.conf:rate=0.19", " farewell.txt:GOODBYE"}},
      {.name = "the answer is lost",
       .loss = "rm -f \"$files/ANSWER.txt\"",
       .said = {" till.conf:rate=0.19", "-farewell.txt:GOODBYE"}}};
  return all;
}

std::string source(const std::string& path) {
  return std::string(AFK_SOURCE_DIR) + "/" + path;
}

// The delivered agent behind a few lines that lose something. In a sandbox it is alone, so it is one file.
std::string render_agent(const Rehearsal& rehearsal) {
  return std::string(R"sh(#!/bin/sh
files=$PWD/.git/given
order=$PWD/.git/order
mkdir -p "$files"
cp "$(dirname "$AFK_PROMPT_FILE")"/* "$files"
cat > "$order"
)sh") + rehearsal.loss +
         "\nAFK_PROMPT_FILE=$files/prompt.md\nexec < \"$order\"\n" + get_file(source("deploy/demonstration/agent.sh"));
}

// All at once: most of the time of each goes by in waiting.
class Rehearsals {
 public:
  Rehearsals() {
    const char* program = std::getenv("AFK_PROGRAM");
    if (program == nullptr || *program == '\0') {
      throw std::runtime_error("AFK_PROGRAM does not name the program");
    }
    start("delivered", {source("deploy/demonstration/run.sh"), program, "", limit_in_seconds});
    for (const Rehearsal& rehearsal : rehearsals()) {
      const std::string agent = folder_ / (std::string(rehearsal.name) + ".sh");
      put_file(agent, render_agent(rehearsal));
      std::filesystem::permissions(agent, std::filesystem::perms::owner_all);
      start(rehearsal.name, {source("deploy/demonstration/run.sh"), program, agent, limit_in_seconds});
    }
    for (Run& run : runs_) {
      run.exit_code = wait_for_child(run.child);
      run.output = get_file(folder_ / run.name);
    }
  }

  struct Run {
    std::string name;
    pid_t child = -1;
    int exit_code = -1;
    std::string output;
  };

  [[nodiscard]] const Run& find(const std::string& name) const {
    for (const Run& run : runs_) {
      if (run.name == name) {
        return run;
      }
    }
    throw std::runtime_error("no rehearsal has the name " + name);
  }

 private:
  void start(const std::string& name, std::vector<std::string> arguments) {
    const std::string output = folder_ / name;
    const pid_t child = start_child([&] {
      const int log = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
      if (log < 0 || ::dup2(log, STDOUT_FILENO) < 0 || ::dup2(log, STDERR_FILENO) < 0 ||
          ::setenv("TMPDIR", folder_.path().c_str(), 1) != 0) {
        return 252;
      }
      std::vector<char*> pointers;
      for (std::string& argument : arguments) {
        pointers.push_back(argument.data());
      }
      pointers.push_back(nullptr);
      ::execv(pointers.front(), pointers.data());
      return 251;
    });
    runs_.push_back(Run{.name = name, .child = child, .output = {}});
  }

  TemporaryFolder folder_;
  std::vector<Run> runs_;
};

const Rehearsals::Run& rehearse(const std::string& name) {
  static const Rehearsals all;
  return all.find(name);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("the demonstration takes its backlog to the end") {
  const auto& run = rehearse("delivered");
  INFO(run.output);
  CHECK(run.exit_code == 0);
  CHECK(contains(run.output, "order fix"));
  CHECK(contains(run.output, "order answer"));
  CHECK(contains(run.output, "\"mallory\" is not in trust.labelers"));
  CHECK(contains(run.output, "All as it should be"));
}

TEST_CASE("the demonstration misses what its agent loses") {
  const auto rehearsal = GENERATE(from_range(rehearsals()));
  DYNAMIC_SECTION(rehearsal.name) {
    const auto& run = rehearse(rehearsal.name);
    INFO(run.output);
    CHECK(run.exit_code == rehearsal.exit_code);
    for (const std::string& part : rehearsal.said) {
      INFO("to be said: " << part);
      CHECK(contains(run.output, part));
    }
  }
}
