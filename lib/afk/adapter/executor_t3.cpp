#include <afk/adapter/executor_t3.hpp>

#include <afk/adapter/executor_t3_names.hpp>
#include <afk/adapter/executor_t3_start.hpp>
#include <afk/adapter/executor_t3_stop.hpp>
#include <afk/adapter/executor_t3_text.hpp>
#include <afk/adapter/executor_t3_view.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

namespace afk::adapter {
namespace {

constexpr Duration one_day = std::chrono::hours(24);

Error refuse(std::string_view what) {
  return {.kind = ErrorKind::refused, .message = fmt::format("this look at the executor {}", what)};
}

bool has_begun(const T3Thread& thread) {
  return thread.latest_turn || thread.session || thread.latest_user_message_at;
}

void add_live(const T3Listing& listing, Timestamp now, ExecutorLook& look) {
  for (const auto& [attempt, thread] : listing.threads) {
    if (!thread.ok() || !is_live(derive_t3_stage(*thread, now))) {
      continue;
    }
    const auto issue = find_t3_issue(*thread, listing);
    const bool listed = std::ranges::find(look.live, attempt, &LiveAttempt::attempt) != look.live.end();
    if (!issue || listed) {
      continue;
    }
    const auto title = try_t3_title(thread->title);
    look.live.push_back(
        {.attempt = attempt, .issue = *issue, .agent = title ? title->agent : "", .model = thread->model.model});
  }
}

void add_starts(const T3Listing& listing, Timestamp now, std::map<AttemptName, RecentStart>& starts) {
  for (const auto& [attempt, thread] : listing.threads) {
    if (!thread.ok() || !has_begun(*thread) || !thread->created_at || now - *thread->created_at >= one_day) {
      continue;
    }
    if (auto issue = find_t3_issue(*thread, listing)) {
      starts.insert_or_assign(attempt, RecentStart{.issue = std::move(*issue), .at = *thread->created_at});
    }
  }
}

// Whether the attempt cannot have begun, because one before it has not been sealed.
bool comes_after_open(const T3Listing& active, const AttemptName& attempt) {
  return std::ranges::any_of(active.threads, [&](const auto& one) {
    return one.first.run == attempt.run && one.first.redispatch < attempt.redispatch;
  });
}

// Conversations that are not active may be archived: only the history tells.
void add_history(T3Client& client, std::span<const AttemptName> attempts, Result<T3Reading>& reading) {
  const bool is_needed =
      reading.ok() && !reading->history && std::ranges::any_of(attempts, [&](const AttemptName& attempt) {
        return !reading->active.threads.contains(attempt) && !comes_after_open(reading->active, attempt);
      });
  if (!is_needed) {
    return;
  }
  auto history = client.read_history();
  if (history) {
    reading->history = std::move(history).value();
  } else {
    reading = std::move(history).error();
  }
}

// Turns of both places in the order in which they began.
void merge(std::optional<AttemptView>& view, std::optional<AttemptView> local) {
  if (!local || (local->turns.empty() && !view)) {
    return;
  }
  if (!view) {
    view = std::move(local);
    return;
  }
  for (TurnView& turn : local->turns) {
    view->turns.push_back(std::move(turn));
  }
  std::ranges::stable_sort(view->turns, {}, &TurnView::started_at);
}

} // namespace

std::string_view render_t3_runtime_mode(T3ExecutorSettings::RuntimeMode mode) {
  using Mode = T3ExecutorSettings::RuntimeMode;
  switch (mode) {
  case Mode::approval_required:
    return "approval-required";
  case Mode::auto_accept_edits:
    return "auto-accept-edits";
  case Mode::automatic:
    return "auto";
  case Mode::full_access:
    break;
  }
  return "full-access";
}

std::optional<IssueRef> find_t3_issue(const T3Thread& thread, const T3Listing& listing) {
  if (auto title = try_t3_title(thread.title)) {
    return std::move(title->issue);
  }
  const auto project = std::ranges::find(listing.projects, thread.project_id, &T3Project::id);
  if (project == listing.projects.end()) {
    return std::nullopt;
  }
  auto repository = parse_repository_name(project->title);
  constexpr std::string_view prefix = "afk/";
  std::int64_t number = 0;
  const std::string_view branch = thread.branch;
  if (!repository || !branch.starts_with(prefix)) {
    return std::nullopt;
  }
  const auto parsed = std::from_chars(branch.data() + prefix.size(), branch.data() + branch.size(), number);
  if (parsed.ec != std::errc{} || number < 1) {
    return std::nullopt;
  }
  return IssueRef{.repository = std::move(repository).value(), .number = number};
}

Result<const T3Thread*> find_t3_thread(const T3Reading& reading, const AttemptName& attempt) {
  const T3Thread* const none = nullptr;
  // The list of active threads tells more; the other one alone knows who was put away.
  for (const T3Listing* const listing : {&reading.active, reading.history ? &*reading.history : nullptr}) {
    if (listing == nullptr) {
      continue;
    }
    const auto found = listing->threads.find(attempt);
    if (found != listing->threads.end()) {
      return found->second.ok() ? Result<const T3Thread*>(&found->second.value())
                                : Result<const T3Thread*>(found->second.error());
    }
  }
  return none;
}

T3Executor::T3Executor(T3ExecutorSetup setup, T3ExecutorParts parts)
    : setup_(std::move(setup)), parts_(std::move(parts)) {}

// Between two requests of a tick the address may lead to another server.
Result<T3Reading> T3Executor::read(const T3Client::Wanted& wanted) {
  auto reading = parts_.client.read(wanted);
  if (reading.ok() && !identity_.empty() && reading->environment.id != identity_) {
    return Error{.kind = ErrorKind::conflict,
                 .message =
                     fmt::format("another T3 Code server answers than a moment ago, {} instead of {}: look again",
                                 reading->environment.id, identity_)};
  }
  return reading;
}

Result<ExecutorLook> T3Executor::look() {
  unused_.reset();
  auto reading = parts_.client.read({.history = setup_.day});
  if (!reading) {
    return std::move(reading).error();
  }
  identity_ = reading->environment.id;
  ExecutorLook look{.identity = {identity_}, .live = {}, .recent_starts = {}};
  std::map<AttemptName, RecentStart> starts;
  for (const T3Listing* const listing : {&reading->active, reading->history ? &*reading->history : nullptr}) {
    if (listing != nullptr) {
      add_live(*listing, reading->now, look);
      add_starts(*listing, reading->now, starts);
    }
  }
  for (auto& [attempt, start] : starts) {
    look.recent_starts.push_back(std::move(start));
  }
  if (parts_.local) {
    auto local = parts_.local->verifier.look();
    if (!local) {
      return std::move(local).error();
    }
    for (LiveAttempt& live : local->live) {
      if (std::ranges::find(look.live, live.attempt, &LiveAttempt::attempt) == look.live.end()) {
        look.live.push_back(std::move(live));
      }
    }
  }
  std::ranges::sort(look.live, {}, &LiveAttempt::attempt);
  std::ranges::sort(look.recent_starts, {}, &RecentStart::at);
  unused_ = std::move(reading).value();
  return look;
}

Result<T3Reading> T3Executor::take_reading() {
  if (!unused_) {
    return read({});
  }
  T3Reading reading = std::move(*unused_);
  unused_.reset();
  return reading;
}

std::vector<Result<std::optional<AttemptView>>> T3Executor::observe(std::span<const AttemptName> attempts) {
  std::vector<Result<std::optional<AttemptView>>> views(attempts.size(), std::optional<AttemptView>());
  if (attempts.empty()) {
    return views;
  }
  auto reading = take_reading();
  add_history(parts_.client, attempts, reading);
  if (!reading) {
    std::ranges::fill(views, Result<std::optional<AttemptView>>(reading.error()));
    return views;
  }
  std::vector<const T3Thread*> threads(attempts.size(), nullptr);
  std::vector<AttemptName> asked;
  for (std::size_t index = 0; index < attempts.size(); ++index) {
    const auto thread = find_t3_thread(*reading, attempts[index]);
    if (!thread) {
      views[index] = thread.error();
      continue;
    }
    threads[index] = *thread;
    if (*thread != nullptr && derive_t3_need(**thread, reading->now) == T3Need::detail) {
      asked.push_back(attempts[index]);
    }
  }
  auto answers = asked.empty() ? std::vector<Result<std::optional<T3Detail>>>() : parts_.client.read_details(asked);
  std::map<AttemptName, Result<std::optional<T3Detail>>> details;
  for (std::size_t index = 0; index < asked.size(); ++index) {
    details.insert_or_assign(asked[index], std::move(answers[index]));
  }
  auto local = parts_.local
                   ? parts_.local->verifier.observe(attempts)
                   : std::vector<Result<std::optional<AttemptView>>>(attempts.size(), std::optional<AttemptView>());
  for (std::size_t index = 0; index < attempts.size(); ++index) {
    const auto detail = details.find(attempts[index]);
    if (!views[index] || !local[index] || (detail != details.end() && !detail->second)) {
      views[index] = !views[index]   ? views[index]
                     : !local[index] ? local[index]
                                     : Result<std::optional<AttemptView>>(detail->second.error());
      continue;
    }
    std::optional<AttemptView> view;
    if (threads[index] != nullptr) {
      view = derive_t3_attempt(*threads[index], detail == details.end() ? std::nullopt : *detail->second, reading->now);
    }
    if (view) {
      for (TurnView& turn : view->turns) {
        turn.request = turn.request.empty() ? "" : derive_t3_request_name(turn.request, parts_.digest);
      }
      const T3Listing& listing = reading->history ? *reading->history : reading->active;
      view->issue = find_t3_issue(*threads[index], listing).value_or(view->issue);
      view->reference = parts_.client.derive_link(reading->environment, attempts[index]);
      if (parts_.local) {
        parts_.local->workspace.add_heads(*view);
      }
    }
    merge(view, std::move(local[index]).value());
    views[index] = std::move(view);
  }
  return views;
}

Result<Started> T3Executor::start(const Order& order) {
  unused_.reset();
  if (setup_.access == T3ExecutorSetup::Access::read_only) {
    return refuse("starts nothing");
  }
  if (order.kind == TurnKind::verify) {
    return start_verify(order);
  }
  const T3StartPlace place{
      .setup = setup_, .parts = parts_, .read = [this](const T3Client::Wanted& wanted) { return read(wanted); }};
  return start_t3_turn(place, order);
}

Result<Started> T3Executor::start_verify(const Order& order) {
  if (!parts_.local) {
    return Error{.kind = ErrorKind::configuration,
                 .message = "T3 Code runs no commands for afk, so checks and QA need the run's clone on this machine: "
                            "write clone = \"afk\" in the executor's table, or let the forge's checks judge"};
  }
  const auto reading = read({});
  if (!reading) {
    return reading.error();
  }
  for (const auto& [attempt, thread] : reading->active.threads) {
    if (attempt.run == order.run && (!thread.ok() || is_live(derive_t3_stage(*thread, reading->now)))) {
      return Error{.kind = ErrorKind::conflict, .message = "a turn of the run is still live: nothing starts beside it"};
    }
  }
  return parts_.local->verifier.start(order);
}

Result<void> T3Executor::interrupt(const AttemptName& attempt, Stop stop) {
  unused_.reset();
  if (setup_.access == T3ExecutorSetup::Access::read_only) {
    return refuse("stops nothing");
  }
  const T3StopPlace place{
      .setup = setup_, .parts = parts_, .read = [this](const T3Client::Wanted& wanted) { return read(wanted); }};
  if (auto stopped = stop == Stop::turn ? stop_t3_turn(place, attempt) : conclude_t3_attempt(place, attempt);
      !stopped) {
    return stopped;
  }
  return parts_.local ? parts_.local->verifier.interrupt(attempt, stop) : Result<void>();
}

Result<void> T3Executor::answer(const AttemptName& attempt, const TurnAnswer& answer) {
  unused_.reset();
  if (setup_.access == T3ExecutorSetup::Access::read_only) {
    return refuse("answers nothing");
  }
  const T3StopPlace place{
      .setup = setup_, .parts = parts_, .read = [this](const T3Client::Wanted& wanted) { return read(wanted); }};
  return answer_t3_request(place, attempt, answer);
}

Result<T3Examination> T3Executor::examine() {
  auto reading = parts_.client.read({});
  if (!reading) {
    return std::move(reading).error();
  }
  auto access = parts_.client.read_access();
  if (!access) {
    return std::move(access).error();
  }
  return T3Examination{.environment = std::move(reading->environment),
                       .access = std::move(access).value(),
                       .projects = std::move(reading->active.projects)};
}

} // namespace afk::adapter
