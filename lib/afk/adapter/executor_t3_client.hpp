#pragma once
// What afk says to a T3 Code server over HTTP, and nothing of why (orchestration protocol 1; routes and errors:
// github.com/pingdotgg/t3code, packages/contracts/src/environmentHttp.ts).
//
// Errors: `unreachable` (no whole answer in time, 5xx: whether a command was carried out is not known), `unauthorized`
// (the token), `forbidden` (its scopes), `refused` (another protocol, a server that is too old, an address that is no
// T3 Code server), `malformed`, `too_large`.
//
// A server that has just been started may leave a request without any answer for ever, so each has its own short limit.

#include <afk/adapter/executor_t3_values.hpp>
#include <afk/core/secret.hpp>
#include <afk/http/transport.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace afk::adapter {

struct T3Address {
  http::Url url; // of the server; API paths are appended to its own
  Secret token;
  Duration connect_timeout = std::chrono::seconds(5);
  Duration timeout = std::chrono::seconds(15); // of one request
};

// What one batch of requests has read.
struct T3Reading {
  T3Environment environment;
  T3Listing active;                    // /shell
  std::optional<T3Listing> history;    // /snapshot, where it was asked for
  std::optional<T3Detail> detail;      // of the thread that was asked for; absent where it is not there or not active
  std::optional<Error> detail_problem; // `too_large`: it is there, and not even its newest turn can be read
  Timestamp now;                       // the server's clock
};

class T3Client {
 public:
  // `transport` outlives it.
  T3Client(http::Transport& transport, T3Address address);
  T3Client(const T3Client&) = delete;
  T3Client& operator=(const T3Client&) = delete;

  enum class History : std::uint8_t { left_out, wanted };

  struct Wanted {
    History history = History::left_out;
    std::optional<AttemptName> detail = std::nullopt;
  };

  // Probe and lists in one batch. Refuses what is not protocol 1.
  Result<T3Reading> read(const Wanted& wanted);

  Result<T3Listing> read_history();

  // In the order asked; absent where the thread is not there or not active. Of a conversation that is too long, the
  // newest turn alone.
  std::vector<Result<std::optional<T3Detail>>> read_details(std::span<const AttemptName> attempts);

  Result<T3Access> read_access();

  // `rejected`: not carried out, and never will be under this command id. The server tells neither why nor whether it
  // was its own fault.
  enum class Verdict : std::uint8_t { accepted, rejected };
  Result<Verdict> dispatch(std::string command);

  // "http://127.0.0.1:3773/<environment>/<thread>": the thread's page of the server's own web application (routes in
  // apps/web/src/routes/_chat.$environmentId.$threadId.tsx).
  [[nodiscard]] std::string derive_link(const T3Environment& environment, const AttemptName& attempt) const;

 private:
  [[nodiscard]] http::Request make_request(http::Method method, std::string_view path, std::size_t body_limit) const;
  [[nodiscard]] Result<http::Response> judge(Result<http::Response> answer) const;
  [[nodiscard]] Error describe(const http::Response& response, Error error) const;
  [[nodiscard]] Result<std::optional<T3Detail>> take_detail(Result<http::Response> answer) const;
  [[nodiscard]] http::Request make_detail_request(const AttemptName& attempt, std::string_view query) const;
  Result<std::optional<T3Detail>> complete_detail(Result<std::optional<T3Detail>> detail, const AttemptName& attempt);

  http::Transport& transport_;
  T3Address address_;
  http::Credential credential_;
  std::string base_; // the address' own path, without a slash at its end
  std::string who_;  // for messages
};

// Fails with `refused` for what this afk cannot speak with: another protocol than 1, a server before 0.0.32 (whose
// /snapshot reads every message that there is).
Result<void> check_t3_environment(const T3Environment& environment);

} // namespace afk::adapter
