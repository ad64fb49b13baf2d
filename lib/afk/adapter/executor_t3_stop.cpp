#include <afk/adapter/executor_t3_stop.hpp>

#include <afk/adapter/executor_t3_command_codec.hpp>
#include <afk/adapter/executor_t3_names.hpp>
#include <afk/adapter/executor_t3_start.hpp>
#include <afk/adapter/executor_t3_text.hpp>
#include <afk/adapter/executor_t3_view.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace afk::adapter {
namespace {

constexpr std::string_view stop_type = "thread.session.stop";
constexpr std::string_view archive_type = "thread.archive";

bool is_running(T3Stage stage) {
  return stage == T3Stage::running || stage == T3Stage::waiting;
}

// A conversation that is too long to be read keeps nobody from stopping it.
T3Stage derive_stage(const T3Reading& reading, const T3Thread& thread) {
  return reading.detail ? derive_t3_stage(thread, *reading.detail, reading.now) : derive_t3_stage(thread, reading.now);
}

// Accepted or rejected, what is there now is read by whoever needs to know.
Result<void> send(const T3StopPlace& place, const T3Reading& reading, std::string_view type,
                  const AttemptName& attempt) {
  const std::string_view verb = type.substr(type.rfind('.') + 1);
  const auto verdict = place.parts.client.dispatch(render_t3_command(
      T3ThreadCommand{.type = type,
                      .command_id = derive_t3_command_id(attempt, fmt::format("{}:{}", verb, reading.active.sequence)),
                      .thread_id = derive_t3_thread_id(attempt)}));
  return verdict ? Result<void>() : Result<void>(verdict.error());
}

class Conclusion {
 public:
  Conclusion(const T3StopPlace& place, const AttemptName& attempt) : place_(place), attempt_(attempt) {}

  Result<void> run() {
    constexpr int most_rounds = 3; // a thread that is there: one and the look that confirms it
    for (int round = 0; round < most_rounds; ++round) {
      const auto reading = place_.read({.history = T3Client::History::wanted, .detail = attempt_});
      if (!reading) {
        return reading.error();
      }
      const auto thread = find_t3_thread(*reading, attempt_);
      if (!thread) {
        return thread.error();
      }
      if (*thread != nullptr && (*thread)->shelf != T3Thread::Shelf::active) {
        return stop_behind_seal(*reading, **thread);
      }
      if (auto sealed = *thread == nullptr ? create(*reading) : stop_and_archive(*reading, **thread); !sealed) {
        return sealed;
      }
    }
    return Error{.kind = ErrorKind::unreachable,
                 .message = fmt::format("T3 Code does not archive the thread {}, and its log alone says why",
                                        derive_t3_thread_id(attempt_))};
  }

 private:
  // A start that was accepted just before the thread was archived.
  Result<void> stop_behind_seal(const T3Reading& reading, const T3Thread& thread) const {
    if (!is_running(derive_t3_stage(thread, reading.now))) {
      return {};
    }
    if (auto stopped = send(place_, reading, stop_type, attempt_); !stopped) {
      return stopped;
    }
    const auto again = place_.read({.history = T3Client::History::wanted});
    if (!again) {
      return again.error();
    }
    const auto found = find_t3_thread(*again, attempt_);
    if (found.ok() && *found != nullptr && is_running(derive_t3_stage(**found, again->now))) {
      return Error{.kind = ErrorKind::conflict,
                   .message = fmt::format("a turn of {} still runs: look again", derive_t3_thread_id(attempt_))};
    }
    return {};
  }

  Result<void> stop_and_archive(const T3Reading& reading, const T3Thread& thread) const {
    if (is_running(derive_stage(reading, thread))) {
      if (auto stopped = send(place_, reading, stop_type, attempt_); !stopped) {
        return stopped;
      }
    }
    return send(place_, reading, archive_type, attempt_);
  }

  // Under the id that a start would use: whichever comes first, there is one thread, and it is read again.
  Result<void> create(const T3Reading& reading) const {
    const auto project = choose_project(reading);
    if (!project) {
      return project.error();
    }
    T3ThreadCreate command{.command_id = {},
                           .thread_id = derive_t3_thread_id(attempt_),
                           .project_id = *project,
                           .title = derive_t3_seal_title(attempt_),
                           .model = {.instance = or_none(place_.setup.settings.instance_id),
                                     .model = or_none(place_.setup.settings.model)},
                           .runtime_mode = render_t3_runtime_mode(place_.setup.settings.runtime_mode),
                           .branch = {},
                           .worktree_path = {}};
    return create_at_t3(start_place(), reading.active.sequence, [&](std::string_view suffix) {
      command.command_id = derive_t3_command_id(attempt_, fmt::format("create{}", suffix));
      return render_t3_command(command);
    });
  }

  static std::string or_none(const std::string& text) { return text.empty() ? "none" : text; }

  // Nobody works there, so that any project does: that of another attempt of the run, else any that is active.
  [[nodiscard]] Result<std::string> choose_project(const T3Reading& reading) const {
    for (const auto& [attempt, thread] : reading.history->threads) {
      if (attempt.run == attempt_.run && thread.ok() && !thread->project_id.empty()) {
        return thread->project_id;
      }
    }
    const auto active = std::ranges::find(reading.active.projects, T3Project::Presence::active, &T3Project::presence);
    if (active != reading.active.projects.end()) {
      return active->id;
    }
    return find_or_create_t3_project(start_place(), reading,
                                     {.root = place_.setup.settings.workspace_root, .title = "afk"});
  }

  [[nodiscard]] T3StartPlace start_place() const {
    return {.setup = place_.setup, .parts = place_.parts, .read = place_.read};
  }

  const T3StopPlace& place_;
  AttemptName attempt_;
};

// Another tick may have given the answer a moment ago.
bool was_answered(const T3Detail& detail, const TurnAnswer& answer, const Digest& digest) {
  return std::ranges::any_of(detail.activities, [&](const T3Activity& activity) {
    const bool resolves =
        activity.kind == T3Activity::Kind::approval_resolved || activity.kind == T3Activity::Kind::input_resolved;
    return resolves && derive_t3_request_name(activity.request_id, digest) == answer.request;
  });
}

Error asks_nothing() {
  return {.kind = ErrorKind::refused, .message = "the agent asks nothing that it could be answered"};
}

Result<T3Client::Verdict> respond(const T3StopPlace& place, const AttemptName& attempt, const T3Request& request,
                                  std::string_view answer) {
  const std::string command_id =
      derive_t3_command_id(attempt, "respond:" + derive_t3_request_name(request.id, place.parts.digest));
  const std::string thread_id = derive_t3_thread_id(attempt);
  if (request.kind == T3Request::Kind::approval) {
    return place.parts.client.dispatch(render_t3_command(T3ApprovalRespond{.command_id = command_id,
                                                                           .thread_id = thread_id,
                                                                           .request_id = request.id,
                                                                           .decision = derive_t3_decision(answer)}));
  }
  return place.parts.client.dispatch(render_t3_command(T3InputRespond{.command_id = command_id,
                                                                      .thread_id = thread_id,
                                                                      .request_id = request.id,
                                                                      .answers = derive_t3_answers(request, answer)}));
}

} // namespace

Result<void> stop_t3_turn(const T3StopPlace& place, const AttemptName& attempt) {
  const auto reading = place.read({.history = T3Client::History::left_out, .detail = attempt});
  if (!reading) {
    return reading.error();
  }
  const auto thread = find_t3_thread(*reading, attempt);
  if (!thread || *thread == nullptr || (!reading->detail && !reading->detail_problem)) {
    return thread ? Result<void>() : Result<void>(thread.error());
  }
  const T3Stage stage = derive_stage(*reading, **thread);
  if (stage == T3Stage::pending) {
    return Error{.kind = ErrorKind::conflict,
                 .message = fmt::format("a turn of {} is about to begin: look again", derive_t3_thread_id(attempt))};
  }
  return is_running(stage) ? send(place, *reading, stop_type, attempt) : Result<void>();
}

Result<void> conclude_t3_attempt(const T3StopPlace& place, const AttemptName& attempt) {
  return Conclusion(place, attempt).run();
}

Result<void> answer_t3_request(const T3StopPlace& place, const AttemptName& attempt, const TurnAnswer& answer) {
  const auto reading = place.read({.history = T3Client::History::left_out, .detail = attempt});
  if (!reading) {
    return reading.error();
  }
  const auto thread = find_t3_thread(*reading, attempt);
  if (reading->detail_problem) {
    return *reading->detail_problem;
  }
  if (!thread || *thread == nullptr || !reading->detail) {
    return thread ? asks_nothing() : thread.error();
  }
  if (!is_running(derive_t3_stage(**thread, *reading->detail, reading->now))) {
    return asks_nothing(); // flags and requests outlive the turn that made them
  }
  const auto open = find_t3_requests(*reading->detail);
  const auto request = std::ranges::find(
      open, answer.request, [&](const T3Request& one) { return derive_t3_request_name(one.id, place.parts.digest); });
  if (request == open.end()) {
    if (was_answered(*reading->detail, answer, place.parts.digest)) {
      return {};
    }
    return open.empty() ? asks_nothing()
                        : Error{.kind = ErrorKind::conflict,
                                .message = "the agent asks something else than what was answered: look again"};
  }
  const auto verdict = respond(place, attempt, *request, answer.text);
  if (!verdict) {
    return verdict.error();
  }
  if (*verdict == T3Client::Verdict::accepted) {
    return {};
  }
  return Error{.kind = ErrorKind::refused, .message = "T3 Code does not take the answer, and its log alone says why"};
}

} // namespace afk::adapter
