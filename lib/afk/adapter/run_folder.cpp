#include <afk/adapter/run_folder.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace afk::adapter {
namespace {

template <typename Document>
Result<std::optional<Document>> try_read_document(const Folder& folder, std::string_view name,
                                                  Result<Document> (*parse)(std::string_view)) {
  const auto file = folder.try_read(name, longest_run_document);
  if (!file) {
    return file.error();
  }
  if (!file->has_value()) {
    return std::optional<Document>();
  }
  auto document = parse((*file)->bytes);
  if (!document) {
    return with_context(folder.path(), std::move(document).error());
  }
  return std::optional(std::move(document).value());
}

// The documents and the lock as one look at them in the right order saw them.
struct TurnSight {
  std::optional<StartedDocument> started;
  SupervisorLock::Holder supervisor = SupervisorLock::Holder::never_came;
  std::optional<EndedDocument> ended;
};

// `started` is looked at before the lock, and `ended` after it: a supervisor that is seen to be gone has written all
// that it ever will, and one that wrote `started` held the lock before that. Where `started` is missing it is looked at
// once more behind a free lock, because a whole supervisor may have fitted in between.
Result<TurnSight> look_at_turn(const Folder& folder) {
  TurnSight sight;
  for (int round = 0; round < 2 && !sight.started; ++round) {
    auto started = try_read_document<StartedDocument>(folder, turn_entry::started, parse_started_document);
    if (!started) {
      return std::move(started).error();
    }
    sight.started = std::move(*started);
    const auto supervisor = SupervisorLock::probe(folder, turn_entry::supervisor_lock);
    if (!supervisor) {
      return supervisor.error();
    }
    sight.supervisor = *supervisor;
    if (sight.supervisor == SupervisorLock::Holder::present) {
      break;
    }
  }
  auto ended = try_read_document<EndedDocument>(folder, turn_entry::ended, parse_ended_document);
  if (!ended) {
    return std::move(ended).error();
  }
  sight.ended = std::move(*ended);
  return sight;
}

// A turn that was asked to stop and is gone has stopped, also when its supervisor died before it could say so.
EndedDocument derive_stopped_end(const StartedDocument& started, const FileStamp& request) {
  const std::chrono::nanoseconds requested_at(request.modified_ns);
  EndedDocument ended;
  ended.outcome = TurnOutcome::interrupted;
  ended.reason = "stopped on request; its supervisor was gone before it could say so";
  ended.started_at = started.at;
  ended.ended_at = Timestamp(std::chrono::floor<std::chrono::milliseconds>(requested_at));
  return ended;
}

} // namespace

const std::vector<ProcessStatus>& ProcessTable::processes() {
  if (!processes_) {
    processes_ = list_processes();
  }
  return *processes_;
}

LeftBehind find_left_behind(const TurnName& turn, const ProcessIdentity& supervisor, ProcessTable& table) {
  LeftBehind left_behind;
  const auto world = read_process_world();
  if (!world || world->boot_id != supervisor.boot_id || world->id_namespace != supervisor.id_namespace) {
    return left_behind;
  }
  const std::vector<ProcessStatus>& processes = table.processes();
  // A number is given away again only when its session is empty: somebody new under it means that ours is.
  const bool session_is_ours = std::ranges::none_of(processes, [&](const ProcessStatus& process) {
    return process.id == supervisor.id && process.start_ticks != supervisor.start_ticks;
  });
  for (const ProcessStatus& process : processes) {
    if (process.id == supervisor.id || process.start_ticks < supervisor.start_ticks) {
      continue;
    }
    if (try_read_variable(process.id, "AFK_TURN") == turn.text) {
      left_behind.named.push_back(process);
    } else if (session_is_ours && process.session == supervisor.id) {
      left_behind.other.push_back(process);
    }
  }
  return left_behind;
}

bool is_live(TurnState state) {
  return state == TurnState::starting || state == TurnState::running || state == TurnState::waiting;
}

Result<TurnRecord> read_turn(const Folder& turn_folder, const TurnName& turn, ProcessTable& table) {
  auto sight = look_at_turn(turn_folder);
  if (!sight) {
    return std::move(sight).error();
  }
  TurnRecord record{.state = std::nullopt, .started = std::move(sight->started), .ended = std::move(sight->ended)};
  const bool is_supervised = sight->supervisor == SupervisorLock::Holder::present;
  if (record.ended && record.started) {
    record.state = TurnState::ended;
  } else if (record.started && is_supervised) {
    record.state = TurnState::running;
  } else if (record.started && !find_left_behind(turn, record.started->supervisor, table).empty()) {
    record.state = TurnState::running;
  } else if (record.started) {
    const auto stopped = turn_folder.try_stamp(turn_entry::stop);
    if (!stopped) {
      return stopped.error();
    }
    record.state = stopped->has_value() ? TurnState::ended : TurnState::vanished;
    if (stopped->has_value()) {
      record.ended = derive_stopped_end(*record.started, **stopped);
    }
  } else if (is_supervised) {
    record.state = TurnState::starting;
  } else if (sight->supervisor == SupervisorLock::Holder::gone) {
    record.state = TurnState::lost;
  }
  return record;
}

Result<TurnDocument> read_turn_document(const Folder& turn_folder) {
  auto document = try_read_document<TurnDocument>(turn_folder, turn_entry::document, parse_turn_document);
  if (!document) {
    return std::move(document).error();
  }
  if (!document->has_value()) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("{} is not there", turn_folder.path_of(turn_entry::document))};
  }
  return std::move(**document);
}

Result<std::optional<AttemptFolder>> AttemptFolder::try_open(const WorkspaceLayout& layout,
                                                             const AttemptName& attempt) {
  auto folder = Folder::open(layout.run_folder(attempt).string());
  if (!folder) {
    if (folder.error().kind == ErrorKind::not_found) {
      return std::optional<AttemptFolder>();
    }
    return std::move(folder).error();
  }
  return std::optional(AttemptFolder(attempt, std::move(folder).value()));
}

Result<AttemptFolder> AttemptFolder::open_or_create(const WorkspaceLayout& layout, const AttemptName& attempt) {
  const std::string path = layout.run_folder(attempt).string();
  if (auto created = create_folders(path, private_folder); !created) {
    return std::move(created).error();
  }
  auto folder = Folder::open(path);
  if (!folder) {
    return std::move(folder).error();
  }
  return AttemptFolder(attempt, std::move(folder).value());
}

Result<Seal> AttemptFolder::read_seal() const {
  const auto kind = folder_.try_kind(run_entry::sealed);
  if (!kind) {
    return kind.error();
  }
  return kind->has_value() ? Seal::concluded : Seal::open;
}

Result<void> AttemptFolder::seal() const {
  const auto seal = read_seal();
  if (!seal) {
    return seal.error();
  }
  if (*seal == Seal::concluded) {
    return {};
  }
  return folder_.append_durable(run_entry::sealed, "", private_file);
}

Result<std::optional<RunDocument>> AttemptFolder::try_read_run() const {
  return try_read_document<RunDocument>(folder_, run_entry::document, parse_run_document);
}

Result<std::optional<Folder>> AttemptFolder::try_open_turns() const {
  return folder_.try_open_folder(run_entry::turns);
}

Result<std::vector<TurnName>> AttemptFolder::list_turns() const {
  std::vector<TurnName> names;
  const auto turns = try_open_turns();
  if (!turns) {
    return turns.error();
  }
  if (!turns->has_value()) {
    return names;
  }
  const auto entries = (*turns)->list();
  if (!entries) {
    return entries.error();
  }
  for (const FolderEntry& entry : *entries) {
    if (auto name = parse_turn_name(entry.name)) {
      names.push_back(std::move(name).value());
    }
  }
  return names;
}

Result<std::optional<Folder>> AttemptFolder::try_open_turn(const TurnName& turn) const {
  const auto turns = try_open_turns();
  if (!turns) {
    return turns.error();
  }
  return turns->has_value() ? (*turns)->try_open_folder(turn.text) : Result<std::optional<Folder>>(std::nullopt);
}

Result<std::vector<AttemptName>> list_attempts(const WorkspaceLayout& layout) {
  std::vector<AttemptName> attempts;
  const auto runs = Folder::open(layout.runs().string());
  if (!runs) {
    return runs.error().kind == ErrorKind::not_found ? Result<std::vector<AttemptName>>(std::move(attempts))
                                                     : Result<std::vector<AttemptName>>(runs.error());
  }
  const auto entries = runs->list();
  if (!entries) {
    return entries.error();
  }
  for (const FolderEntry& entry : *entries) {
    if (auto name = parse_attempt_name(entry.name)) {
      attempts.push_back(std::move(name).value());
    }
  }
  return attempts;
}

Result<FileLock> lock_run(const WorkspaceLayout& layout, const RunName& run, Duration patience) {
  const auto attempt = AttemptFolder::open_or_create(layout, {.run = run, .redispatch = 0});
  if (!attempt) {
    return attempt.error();
  }
  return FileLock::acquire(attempt->folder(), run_entry::lock, patience);
}

} // namespace afk::adapter
