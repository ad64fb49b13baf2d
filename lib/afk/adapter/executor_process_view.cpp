#include <afk/adapter/executor_process_view.hpp>

#include <afk/adapter/agent_activity_codec.hpp>
#include <afk/adapter/agent_report_codec.hpp>
#include <afk/core/utf8.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace afk::adapter {
namespace {

// The end of a log, from the start of a line where one is near, as valid UTF-8.
std::string read_output_excerpt(const Folder& turn_folder) {
  const std::string name(turn_entry::output);
  const UniqueFd file(openat(turn_folder.descriptor(), name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status{};
  if (!file.valid() || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return "";
  }
  const off_t start = std::max<off_t>(status.st_size - static_cast<off_t>(longest_output_excerpt), 0);
  std::string bytes(static_cast<std::size_t>(status.st_size - start), '\0');
  const ssize_t count = pread(file.get(), bytes.data(), bytes.size(), start);
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  constexpr std::size_t near = 1024;
  if (const std::size_t line_end = bytes.find('\n'); start > 0 && line_end < near) {
    bytes.erase(0, line_end + 1);
  }
  return repair_utf8(bytes);
}

std::optional<Timestamp> find_modification(const Folder& folder, std::string_view name) {
  const auto stamp = folder.try_stamp(name);
  if (!stamp || !stamp->has_value()) {
    return std::nullopt;
  }
  const std::chrono::nanoseconds since_epoch((*stamp)->modified_ns);
  return Timestamp(std::chrono::floor<std::chrono::milliseconds>(since_epoch));
}

// The report is the agent's to write, so it may be anything: a link, a device, a gigabyte.
void add_report(const Folder& turn_folder, TurnView& view) {
  const auto refuse = [&](std::string reason) {
    if (view.state == TurnState::ended || view.state == TurnState::vanished) { // else it may be half written
      view.report_problem = std::move(reason);
    }
  };
  const auto folder = turn_folder.try_open_folder(turn_entry::report_folder);
  if (!folder) {
    return refuse(folder.error().message);
  }
  if (!folder->has_value()) {
    return;
  }
  const auto file = (*folder)->try_read(turn_entry::report, longest_agent_report);
  if (!file) {
    return refuse(file.error().message);
  }
  if (!file->has_value()) {
    return;
  }
  view.last_progress_at = std::max(view.last_progress_at, std::optional((*file)->modified_at()));
  auto report = parse_agent_report((*file)->bytes);
  if (!report) {
    return refuse(std::move(report).error().message);
  }
  view.report = std::move(report).value();
}

bool is_read(const TurnDocument& document) {
  return !document.steps.empty() && document.steps.back().output != AgentOutput::text;
}

// A damaged one is like none: the next saving replaces it, and the ending was judged by the supervisor.
void add_activity(const Folder& turn_folder, TurnView& view) {
  const auto file = turn_folder.try_read(turn_entry::activity, longest_activity);
  if (!file || !file->has_value()) {
    return;
  }
  auto activity = parse_agent_activity((*file)->bytes);
  if (!activity) {
    return;
  }
  view.activity = std::move(activity).value();
  view.limited_until = view.activity->limited_until;
  if (!view.activity->message.empty() || !view.activity->problem.empty()) {
    view.output_excerpt = view.activity->message;
    if (!view.activity->problem.empty() && view.activity->problem != view.activity->message) {
      view.output_excerpt += fmt::format("{}{}", view.activity->message.empty() ? "" : "\n", view.activity->problem);
    }
  }
}

TurnView view_turn(const Folder& turn_folder, const TurnDocument& document, const TurnRecord& record) {
  TurnView view;
  view.turn = document.turn;
  view.kind = derive_turn_kind(document.turn);
  view.state = record.state.value_or(TurnState::lost);
  view.verify_head = document.verify_head;
  if (record.started) {
    view.started_at = record.started->at;
    view.head_before = record.started->head_before;
  }
  if (record.started) {
    view.output_excerpt = read_output_excerpt(turn_folder);
    if (is_read(document)) {
      add_activity(turn_folder, view);
      view.last_progress_at =
          std::max(view.started_at, view.activity ? view.activity->progressed_at : std::optional<Timestamp>());
    } else {
      view.last_progress_at = std::max(view.started_at, find_modification(turn_folder, turn_entry::output));
    }
    add_report(turn_folder, view);
  }
  if (view.state == TurnState::ended) {
    view.outcome = record.ended->outcome;
    view.ended_at = record.ended->ended_at;
    view.head_after = record.ended->head_after;
    if (!view.report_problem.empty() && view.outcome == TurnOutcome::succeeded) {
      view.outcome = TurnOutcome::failed;
    }
  }
  return view;
}

struct SequencedTurn {
  int sequence = 0;
  TurnView view;
};

Result<std::vector<TurnView>> view_turns(const AttemptFolder& attempt, ProcessTable& processes) {
  const auto names = attempt.list_turns();
  if (!names) {
    return names.error();
  }
  std::vector<SequencedTurn> turns;
  for (const TurnName& name : *names) {
    const auto folder = attempt.try_open_turn(name);
    if (!folder) {
      return folder.error();
    }
    if (!folder->has_value()) {
      continue;
    }
    const auto record = read_turn(**folder, name, processes);
    if (!record) {
      return record.error();
    }
    if (!record->state) {
      continue;
    }
    const auto document = read_turn_document(**folder);
    if (!document) {
      return document.error();
    }
    turns.push_back({.sequence = document->sequence, .view = view_turn(**folder, *document, *record)});
  }
  // A turn that is started again after another one keeps its place: it is the order in which they were ordered.
  std::ranges::sort(turns, {}, &SequencedTurn::sequence);
  std::vector<TurnView> views;
  views.reserve(turns.size());
  for (SequencedTurn& turn : turns) {
    views.push_back(std::move(turn.view));
  }
  return views;
}

// Which turns of an attempt live, and when its first one started, at the price of a few looks per turn.
struct AttemptPulse {
  enum class Life : std::uint8_t { none, live } life = Life::none;
  std::optional<Timestamp> began_at;
};

Result<AttemptPulse> feel_pulse(const AttemptFolder& attempt, ProcessTable& processes) {
  AttemptPulse pulse;
  const auto names = attempt.list_turns();
  if (!names) {
    return names.error();
  }
  for (const TurnName& name : *names) {
    const auto folder = attempt.try_open_turn(name);
    if (!folder || !folder->has_value()) {
      continue;
    }
    if (const auto started_at = find_modification(**folder, turn_entry::started)) {
      pulse.began_at = std::min(pulse.began_at.value_or(*started_at), *started_at);
    }
    const auto ended = (*folder)->try_kind(turn_entry::ended);
    if (pulse.life == AttemptPulse::Life::live || (ended.ok() && ended->has_value())) {
      continue;
    }
    const auto record = read_turn(**folder, name, processes);
    if (!record || (record->state && is_live(*record->state))) {
      pulse.life = AttemptPulse::Life::live;
    }
  }
  return pulse;
}

} // namespace

Result<std::optional<AttemptView>> view_attempt(const WorkspaceLayout& layout, const AttemptName& name,
                                                ProcessTable& processes) {
  const auto attempt = AttemptFolder::try_open(layout, name);
  if (!attempt) {
    return attempt.error();
  }
  if (!attempt->has_value()) {
    return std::optional<AttemptView>();
  }
  const auto seal = (*attempt)->read_seal();
  if (!seal) {
    return seal.error();
  }
  auto turns = view_turns(**attempt, processes);
  if (!turns) {
    return std::move(turns).error();
  }
  if (turns->empty() && *seal == Seal::open) {
    return std::optional<AttemptView>();
  }
  const auto run = (*attempt)->try_read_run();
  if (!run) {
    return run.error();
  }
  if (!run->has_value() && !turns->empty()) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("{} is not there", (*attempt)->folder().path_of(run_entry::document))};
  }
  const RunDocument document = run->value_or(RunDocument{});
  return std::optional(AttemptView{.attempt = name,
                                   .issue = document.issue,
                                   .agent = document.agent,
                                   .model = document.model,
                                   .turns = std::move(turns).value(),
                                   .conclusion = *seal == Seal::concluded ? AttemptView::Conclusion::concluded
                                                                          : AttemptView::Conclusion::open,
                                   .reference = (*attempt)->folder().path()});
}

Result<LiveView> view_live_attempts(const WorkspaceLayout& layout, Timestamp since) {
  LiveView view;
  const auto names = list_attempts(layout);
  if (!names) {
    return names.error();
  }
  ProcessTable processes;
  for (const AttemptName& name : *names) {
    const auto attempt = AttemptFolder::try_open(layout, name);
    if (!attempt || !attempt->has_value()) {
      continue;
    }
    const auto pulse = feel_pulse(**attempt, processes);
    const bool is_live = !pulse || pulse->life == AttemptPulse::Life::live;
    const bool is_recent = pulse.ok() && pulse->began_at && *pulse->began_at > since;
    if (!is_live && !is_recent) {
      continue;
    }
    const auto run = (*attempt)->try_read_run();
    const RunDocument document = run.ok() ? run->value_or(RunDocument{}) : RunDocument{};
    if (is_recent) {
      view.starts.push_back({.issue = document.issue, .at = *pulse->began_at});
    }
    if (is_live) {
      view.live.push_back({.attempt = name, .issue = document.issue, .agent = document.agent, .model = document.model});
    }
  }
  std::ranges::sort(view.live, {}, &LiveAttempt::attempt);
  std::ranges::sort(view.starts, {}, &RecentStart::at);
  return view;
}

} // namespace afk::adapter
