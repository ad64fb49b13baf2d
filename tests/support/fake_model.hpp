#pragma once
// Stands in for the models that claude, codex and gemini talk to, on a loopback port: the three wire protocols as far
// as the programs use them, and a model that knows one kind of work.
//
// It reads what it is told like a model would. "Create the file NAME that says WORD" makes it run one shell command
// that writes, commits and reports, first with a mistake in the word; "NAME must say: WORD" in a later message makes it
// write that word; anything else it answers with words. A command's result ends its turn. It knows no issue and no file
// by itself, so that a prompt that is lost makes the test fail.
//
//   Anthropic Messages, streamed: POST /v1/messages            (docs.claude.com, streaming)
//   OpenAI Responses, streamed:   POST /v1/responses           (platform.openai.com, responses/streaming)
//   Gemini, streamed or not:      POST …:streamGenerateContent, …:generateContent (ai.google.dev)

#include <support/loopback_server.hpp>

#include <atomic>
#include <string>

namespace afk::test {

class FakeModel {
 public:
  FakeModel();

  [[nodiscard]] std::string url() const { return server_.url(""); }

  // Requests to a model's own address; others are answered with 404.
  [[nodiscard]] int answered() const { return answered_; }

  // How many of them came with the messages of an earlier turn: the session was gone on with.
  [[nodiscard]] int remembered() const { return remembered_; }

  // From now on every request is told that the account's limit is reached until `epoch_seconds`.
  void limit_until(long epoch_seconds) { limited_until_ = epoch_seconds; }

 private:
  ServerAnswer answer(const ReceivedRequest& request);

  std::atomic<int> answered_ = 0;
  std::atomic<int> remembered_ = 0;
  std::atomic<long> limited_until_ = 0;
  LoopbackServer server_; // last: its threads use the others
};

} // namespace afk::test
