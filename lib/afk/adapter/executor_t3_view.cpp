#include <afk/adapter/executor_t3_view.hpp>

#include <afk/adapter/agent_report_codec.hpp>
#include <afk/adapter/executor_t3_names.hpp>
#include <afk/adapter/executor_t3_text.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace afk::adapter {
namespace {

constexpr std::size_t longest_excerpt = std::size_t{16} << 10; // bytes

// What goes wrong is said in its first line; the rest is a stack.
std::string derive_first_line(std::string_view text) {
  constexpr std::size_t longest = 500;
  const auto lines = split_lines(text);
  return lines.empty() ? "" : truncate_text(clean_single_line(lines.front()), {.max_bytes = longest, .note = "..."});
}

bool says(const std::optional<T3Session>& session, std::string_view word) {
  return session && fold_ascii(session->last_error).find(word) != std::string::npos;
}

// A status that nobody knows may mean that somebody works.
bool is_session_live(const std::optional<T3Session>& session) {
  return session && (session->status == T3SessionStatus::starting || session->status == T3SessionStatus::running ||
                     session->status == T3SessionStatus::unknown);
}

bool has_moved(const T3Thread& thread, std::optional<Timestamp> since) {
  return thread.session && (!since || !thread.session->updated_at || *thread.session->updated_at >= *since);
}

T3Stage derive_turn_stage(const T3Thread& thread, Timestamp now) {
  const T3LatestTurn& turn = *thread.latest_turn;
  switch (turn.state) {
  case T3TurnState::completed:
    return thread.background_work == T3Flag::on ? T3Stage::running : T3Stage::completed;
  case T3TurnState::interrupted:
    return T3Stage::interrupted;
  case T3TurnState::error:
    if (says(thread.session, "restart")) {
      return T3Stage::restarted;
    }
    return says(thread.session, "usage limit") ? T3Stage::usage_limited : T3Stage::failed;
  case T3TurnState::running: {
    // Without a session that works: for a moment that is normal, and then nobody works on it any more.
    const auto since = thread.session ? thread.session->updated_at : turn.started_at;
    return since && now - *since < t3_start_grace ? T3Stage::running : T3Stage::restarted;
  }
  case T3TurnState::unknown:
    break;
  }
  return T3Stage::failed;
}

std::optional<Timestamp> latest(std::optional<Timestamp> left, std::optional<Timestamp> right) {
  return std::max(left, right); // nothing is before everything
}

std::optional<Timestamp> find_newest_message(const T3Thread& thread, const T3Detail& detail) {
  std::optional<Timestamp> newest = thread.latest_user_message_at;
  for (const T3Message& message : detail.messages) {
    if (message.role == T3Message::Role::user) {
      newest = latest(newest, message.created_at);
    }
  }
  return newest;
}

// One turn's part of the conversation.
struct Passage {
  TurnName turn;
  int starts = 0;
  std::optional<Timestamp> begun_at; // when its last start was accepted
  std::vector<std::string> answers;
  std::optional<Timestamp> answered_at;
};

std::vector<Passage> split_conversation(const AttemptName& attempt, const T3Detail& detail) {
  std::vector<Passage> passages;
  for (const T3Message& message : detail.messages) {
    const auto start =
        message.role == T3Message::Role::user ? try_t3_start(attempt, message.id) : std::optional<T3Start>();
    if (start) {
      if (passages.empty() || passages.back().turn != start->turn) {
        passages.push_back(
            {.turn = start->turn, .starts = 0, .begun_at = std::nullopt, .answers = {}, .answered_at = std::nullopt});
      }
      passages.back().starts = std::max(passages.back().starts + 1, start->number);
      passages.back().begun_at = message.created_at;
    } else if (message.role == T3Message::Role::assistant && !passages.empty()) {
      passages.back().answers.push_back(message.text);
      passages.back().answered_at = latest(passages.back().answered_at, latest(message.updated_at, message.created_at));
    }
  }
  return passages;
}

std::string derive_excerpt(const std::vector<std::string>& answers) {
  std::string text;
  for (const std::string& answer : answers) {
    text += answer + "\n";
  }
  std::size_t start = text.size() > longest_excerpt ? text.size() - longest_excerpt : 0;
  while (start > 0 && start < text.size() && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) {
    ++start;
  }
  return repair_utf8(std::string_view(text).substr(start));
}

void add_report(const Passage& passage, TurnView& view) {
  const auto bytes = passage.answers.empty() ? std::nullopt : find_t3_report(passage.answers.back());
  if (!bytes) {
    return;
  }
  auto report = parse_agent_report(*bytes);
  if (report) {
    view.report = std::move(report).value();
    return;
  }
  if (view.state == TurnState::ended || view.state == TurnState::vanished) { // else it may be half written
    view.report_problem = std::move(report).error().message;
    if (view.outcome == TurnOutcome::succeeded) {
      view.outcome = TurnOutcome::failed;
    }
  }
}

struct PortState {
  TurnState state = TurnState::starting;
  std::optional<TurnOutcome> outcome = std::nullopt;
};

PortState to_port(T3Stage stage) {
  switch (stage) {
  case T3Stage::untouched:
  case T3Stage::lost:
    return {.state = TurnState::lost};
  case T3Stage::pending:
    return {.state = TurnState::starting};
  case T3Stage::running:
    return {.state = TurnState::running};
  case T3Stage::waiting:
    return {.state = TurnState::waiting};
  case T3Stage::completed:
    return {.state = TurnState::ended, .outcome = TurnOutcome::succeeded};
  case T3Stage::failed:
  case T3Stage::start_failed:
    return {.state = TurnState::ended, .outcome = TurnOutcome::failed};
  case T3Stage::interrupted:
    return {.state = TurnState::ended, .outcome = TurnOutcome::interrupted};
  case T3Stage::usage_limited:
    return {.state = TurnState::ended, .outcome = TurnOutcome::usage_limited};
  case T3Stage::restarted:
    break;
  }
  return {.state = TurnState::vanished};
}

// The last turn of a thread, from everything but the conversation.
TurnView view_last_turn(const T3Thread& thread, const TurnName& turn, T3Stage stage) {
  TurnView view;
  view.turn = turn;
  view.kind = derive_turn_kind(turn);
  const PortState port = to_port(stage);
  view.state = port.state;
  view.outcome = port.outcome;
  if (view.state == TurnState::lost) {
    return view;
  }
  const std::optional<Timestamp> session_at = thread.session ? thread.session->updated_at : std::nullopt;
  if (thread.latest_turn && stage != T3Stage::pending && stage != T3Stage::start_failed) {
    view.started_at = thread.latest_turn->requested_at;
  }
  if (!view.started_at) {
    view.started_at = thread.latest_user_message_at ? thread.latest_user_message_at : thread.created_at;
  }
  view.last_progress_at = latest(view.started_at, latest(thread.updated_at, session_at));
  if (view.state == TurnState::ended) {
    const auto completed = thread.latest_turn && stage != T3Stage::start_failed ? thread.latest_turn->completed_at
                                                                                : std::optional<Timestamp>();
    view.ended_at = completed ? completed : latest(session_at, view.started_at);
  }
  const bool failed = view.outcome && *view.outcome != TurnOutcome::succeeded;
  if ((failed || view.state == TurnState::vanished) && thread.session) {
    view.output_excerpt = derive_first_line(thread.session->last_error);
  }
  return view;
}

// Why a start failed: an activity tells even where the session does not.
std::string find_start_failure(const T3Detail& detail) {
  const auto failure = std::find_if(detail.activities.rbegin(), detail.activities.rend(),
                                    [](const T3Activity& one) { return one.kind == T3Activity::Kind::start_failed; });
  if (failure == detail.activities.rend()) {
    return "";
  }
  return derive_first_line(failure->detail.empty() ? failure->summary : failure->detail);
}

TurnView view_current(const T3Thread& thread, const T3Detail& detail, const Passage& passage, T3Stage stage) {
  TurnView view = view_last_turn(thread, passage.turn, stage);
  if (view.state == TurnState::lost) {
    return view;
  }
  view.last_progress_at = latest(view.last_progress_at, passage.answered_at);
  const std::string excerpt = derive_excerpt(passage.answers);
  const std::string problem =
      stage == T3Stage::start_failed && view.output_excerpt.empty() ? find_start_failure(detail) : view.output_excerpt;
  view.output_excerpt = problem.empty() ? excerpt : excerpt + problem + "\n";
  if (stage == T3Stage::waiting) {
    const auto request = find_t3_request(detail);
    view.request = request ? request->id : "";
    view.question = request ? request->text : "The agent waits for a person; its thread shows for what.";
  }
  add_report(passage, view);
  return view;
}

// A turn that another one of ours followed: what it ended with is no longer told, but whether it said anything is.
TurnView view_earlier(const Passage& passage, std::optional<Timestamp> next_at) {
  TurnView view;
  view.turn = passage.turn;
  view.kind = derive_turn_kind(passage.turn);
  view.state = TurnState::ended;
  view.outcome = passage.answers.empty() ? TurnOutcome::failed : TurnOutcome::succeeded;
  view.started_at = passage.begun_at;
  view.ended_at = passage.answered_at ? passage.answered_at : next_at;
  view.last_progress_at = view.ended_at;
  view.output_excerpt = derive_excerpt(passage.answers);
  add_report(passage, view);
  return view;
}

} // namespace

bool is_live(T3Stage stage) {
  return stage == T3Stage::pending || stage == T3Stage::running || stage == T3Stage::waiting;
}

T3Stage derive_t3_stage(const T3Thread& thread, std::optional<Timestamp> message_at, Timestamp now) {
  if (is_session_live(thread.session)) {
    const bool asks = thread.pending_approvals == T3Flag::on || thread.pending_user_input == T3Flag::on;
    return asks ? T3Stage::waiting : T3Stage::running;
  }
  const auto answered_at = thread.latest_turn ? thread.latest_turn->requested_at : std::nullopt;
  if (thread.latest_turn && (!message_at || (answered_at && *answered_at >= *message_at))) {
    return derive_turn_stage(thread, now);
  }
  const bool session_moved = has_moved(thread, message_at);
  if (!message_at) {
    return session_moved ? T3Stage::start_failed : T3Stage::untouched;
  }
  const bool session_over = session_moved && (thread.session->status == T3SessionStatus::error ||
                                              thread.session->status == T3SessionStatus::stopped);
  if (session_over) {
    return T3Stage::start_failed;
  }
  if (now - *message_at < t3_start_grace) {
    return T3Stage::pending;
  }
  return session_moved ? T3Stage::start_failed : T3Stage::lost;
}

T3Stage derive_t3_stage(const T3Thread& thread, Timestamp now) {
  return derive_t3_stage(thread, thread.latest_user_message_at, now);
}

T3Stage derive_t3_stage(const T3Thread& thread, const T3Detail& detail, Timestamp now) {
  const auto message_at = find_newest_message(thread, detail);
  const T3Stage stage = derive_t3_stage(thread, message_at, now);
  if (stage != T3Stage::pending && stage != T3Stage::lost) {
    return stage;
  }
  const bool failed = std::ranges::any_of(detail.activities, [&](const T3Activity& activity) {
    return activity.kind == T3Activity::Kind::start_failed && activity.created_at >= message_at;
  });
  return failed ? T3Stage::start_failed : stage;
}

T3Need derive_t3_need(const T3Thread& thread, Timestamp now) {
  if (thread.shelf != T3Thread::Shelf::active) {
    return T3Need::row; // there is no more to be had of it
  }
  switch (derive_t3_stage(thread, now)) {
  case T3Stage::untouched:
    return thread.latest_turn || thread.session ? T3Need::detail : T3Need::row;
  case T3Stage::pending:
    // Where the session has moved since, the start may have failed, and only the conversation tells.
    return try_t3_title(thread.title) && !has_moved(thread, thread.latest_user_message_at) ? T3Need::row
                                                                                           : T3Need::detail;
  case T3Stage::running:
    return try_t3_title(thread.title) ? T3Need::row : T3Need::detail;
  default:
    return T3Need::detail;
  }
}

std::vector<T3Sent> derive_t3_sent(const AttemptName& attempt, const T3Detail& detail) {
  std::vector<T3Sent> sent;
  for (const Passage& passage : split_conversation(attempt, detail)) {
    sent.push_back({.turn = passage.turn, .starts = passage.starts});
  }
  return sent;
}

std::optional<AttemptView> derive_t3_attempt(const T3Thread& thread, const std::optional<T3Detail>& detail,
                                             Timestamp now) {
  AttemptView view;
  view.attempt = thread.attempt;
  view.model = thread.model.model;
  view.conclusion =
      thread.shelf == T3Thread::Shelf::active ? AttemptView::Conclusion::open : AttemptView::Conclusion::concluded;
  const auto title = try_t3_title(thread.title);
  if (title) {
    view.issue = title->issue;
    view.agent = title->agent;
  }
  if (detail) {
    const auto passages = split_conversation(thread.attempt, *detail);
    for (std::size_t index = 0; index + 1 < passages.size(); ++index) {
      view.turns.push_back(view_earlier(passages[index], passages[index + 1].begun_at));
    }
    if (!passages.empty()) {
      view.turns.push_back(view_current(thread, *detail, passages.back(), derive_t3_stage(thread, *detail, now)));
    }
  } else if (title) {
    const T3Stage stage = derive_t3_stage(thread, now);
    if (stage != T3Stage::untouched || view.conclusion == AttemptView::Conclusion::concluded) {
      view.turns.push_back(view_last_turn(thread, title->turn, stage));
    }
  }
  if (view.turns.empty() && view.conclusion == AttemptView::Conclusion::open) {
    return std::nullopt;
  }
  return view;
}

} // namespace afk::adapter
