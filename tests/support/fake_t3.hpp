#pragma once
// A T3 Code server in memory (orchestration protocol 1), with the traps of the real one: receipts that are sticky and
// look at no payload, a refusal that tells nothing, archived and deleted threads that take messages and run nothing,
// starts that are accepted and lost, starts that fail without a turn, requests without an answer after a start, flags
// that outlive a restart, an interrupt that looks like success. Agents do what a test has them do.
//
// May be used by several threads at once; an agent is called on the thread of the request that starts it, and may call
// the server back.

#include <afk/core/time.hpp>
#include <afk/http/message.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace afk::test {

struct T3CallView {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers; // names in lower case
  std::string body;
};

class FakeT3 {
 public:
  struct Turn {
    std::string thread;
    std::string message;
    std::string text;
    std::string worktree; // "" where the thread has none
  };

  struct Setup {
    std::string environment = "5c02a310-0000-4000-8000-000000000001";
    std::string token = "claims.signature";
    std::set<std::string> scopes{"orchestration:read", "orchestration:operate"};
    std::set<std::string> instances{"codex"};
    std::string version = "0.0.33";
    std::optional<int> protocol = std::nullopt;
    std::optional<Timestamp> token_ends_at = std::nullopt;
    std::function<Timestamp()> now;
    std::function<void(FakeT3&, const Turn&)> agent = [](FakeT3& server, const Turn& turn) {
      server.say(turn.thread, "Done.");
      server.finish(turn.thread);
    };
    // Called when a person's answer reaches the agent: the request's id and the decision or the answers.
    std::function<void(FakeT3&, const std::string& thread, const std::string& answer)> hear;
  };

  explicit FakeT3(Setup setup);

  // Absent: the request hangs, and nothing was done.
  std::optional<http::Response> handle(const T3CallView& call);

  // --- what happens to the server ---

  void restart();                       // every live turn ends in an error, what had not begun is lost
  void pause_reactor(bool paused);      // accepted starts do not begin
  void hang_next(int requests);         // as in the first second after a start
  void fail_next_command();             // its database: 500, and no receipt
  void reject(const std::string& type); // the engine refuses the next command of this type, for good

  // --- what agents and providers do ---

  void say(const std::string& thread, const std::string& text);
  void finish(const std::string& thread);
  void fail(const std::string& thread, const std::string& error);
  void crash(const std::string& thread);
  std::string ask_approval(const std::string& thread, const std::string& kind, const std::string& detail);
  std::string ask_input(const std::string& thread, const nlohmann::json& questions);

  // --- what people do in its page ---

  void archive(const std::string& thread);
  void remove(const std::string& thread);
  void rename(const std::string& thread, const std::string& title);
  void interrupt(const std::string& thread);
  void remove_project(const std::string& workspace_root);

  // --- what there is to see ---

  [[nodiscard]] int starts(const std::string& message) const; // of the provider, for one message
  [[nodiscard]] int all_starts() const;                       // for all messages
  [[nodiscard]] int steers() const;                           // messages that reached a turn which was running
  [[nodiscard]] std::set<std::string> live_threads() const;   // with a session that works
  [[nodiscard]] std::vector<std::string> threads() const;     // ids, archived and deleted ones too
  [[nodiscard]] bool is_archived(const std::string& thread) const;
  [[nodiscard]] nlohmann::json row(const std::string& thread) const;                // as /shell would show it
  [[nodiscard]] std::vector<std::string> messages(const std::string& thread) const; // ids of user messages
  [[nodiscard]] int projects() const;

 private:
  struct Session {
    std::string status;
    std::string last_error; // "" = null
    Timestamp updated;
  };

  struct LatestTurn {
    std::string state;
    Timestamp requested;
    std::optional<Timestamp> completed;
  };

  struct Thread {
    std::string id;
    std::string project;
    std::string title;
    nlohmann::json model;
    std::string runtime_mode;
    nlohmann::json branch;
    nlohmann::json worktree;
    Timestamp created;
    Timestamp updated;
    std::optional<Timestamp> archived;
    std::optional<Timestamp> deleted;
    std::optional<Session> session;
    std::optional<LatestTurn> latest_turn;
    std::optional<Timestamp> latest_message;
    bool pending_approvals = false;
    bool pending_input = false;
    std::vector<nlohmann::json> messages;
    std::vector<nlohmann::json> activities;
  };

  struct Project {
    std::string id;
    std::string title;
    std::string workspace_root;
    std::optional<Timestamp> deleted;
  };

  struct Receipt {
    std::string aggregate;
    bool accepted = false;
    std::int64_t sequence = 0;
  };

  struct Pending {
    std::string thread;
    std::string message;
    std::string text;
    Timestamp requested;
  };

  enum class Turns : std::uint8_t { all, newest };

  http::Response route(const T3CallView& call);
  http::Response dispatch(const T3CallView& call);
  std::optional<std::string> refuse(const nlohmann::json& command); // the engine's own reason
  void apply(const nlohmann::json& command);
  void apply_to_thread(const nlohmann::json& command, Thread& thread);
  void accept_message(const nlohmann::json& command, Thread& thread);
  void respond(const nlohmann::json& command, Thread& thread);
  void run_reactor();
  void begin(const Pending& pending);
  void begin_turn(Thread& thread, const Pending& pending);
  void set_session(Thread& thread, const std::string& status, const std::string& error = "");
  void add_activity(Thread& thread, const std::string& kind, nlohmann::json payload);
  [[nodiscard]] nlohmann::json render_row(const Thread& thread) const;
  [[nodiscard]] nlohmann::json render_list(bool history) const;
  [[nodiscard]] http::Response render_detail(const std::string& id, Turns turns) const;
  Timestamp stamp(); // never the same twice
  http::Response answer(int status, const nlohmann::json& body) const;

  Setup setup_;
  mutable std::recursive_mutex mutex_;
  std::map<std::string, Thread> threads_;
  std::vector<Project> projects_;
  std::map<std::string, Receipt> receipts_;
  std::vector<Pending> pending_;
  std::map<std::string, int> starts_;
  std::set<std::string> rejected_types_;
  std::int64_t sequence_ = 0;
  Timestamp last_stamp_{};
  int hanging_ = 0;
  int steers_ = 0;
  int requests_of_agents_ = 0;
  bool paused_ = false;
  bool database_fails_ = false;
};

} // namespace afk::test
