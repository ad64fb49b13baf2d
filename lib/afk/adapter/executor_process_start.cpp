#include <afk/adapter/executor_process_start.hpp>

#include <afk/adapter/executor_process_agents.hpp>
#include <afk/adapter/executor_process_launch.hpp>
#include <afk/adapter/executor_process_sandbox.hpp>
#include <afk/adapter/executor_process_state.hpp>
#include <afk/adapter/run_folder.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace afk::adapter {
namespace {

constexpr std::string_view standard_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

Error refuse(const AttemptName& attempt) {
  return {.kind = ErrorKind::refused,
          .message = fmt::format("{} is concluded: no turn starts in it any more",
                                 derive_attempt_name(attempt.run, attempt.redispatch))};
}

class TurnStart {
 public:
  TurnStart(const ProcessExecutorSetup& setup, const ProcessExecutorParts& parts, const Order& order)
      : setup_(setup), parts_(parts), order_(order), layout_(parts.workspace.layout()),
        attempt_name_{.run = order.run, .redispatch = order.redispatch} {}

  Result<Started> run(std::vector<pid_t>& supervisors) {
    const auto lock = lock_run(layout_, order_.run, setup_.lock_patience);
    if (!lock) {
      return lock.error();
    }
    const auto attempt = AttemptFolder::open_or_create(layout_, attempt_name_);
    if (!attempt) {
      return attempt.error();
    }
    const auto seal = attempt->read_seal();
    if (!seal) {
      return seal.error();
    }
    if (*seal == Seal::concluded) {
      return refuse(attempt_name_);
    }
    const auto found = find_started_turn(*attempt);
    if (!found) {
      return found.error();
    }
    if (*found == Found::started) {
      return Started{.outcome = StartOutcome::adopted, .reference = derive_reference()};
    }
    if (auto free = check_nothing_else_lives(); !free) {
      return free.error();
    }
    if (auto sealed = seal_earlier_attempts(layout_, attempt_name_); !sealed) {
      return sealed.error();
    }
    if (auto prepared = prepare(*attempt); !prepared) {
      return prepared.error();
    }
    return launch(*attempt, supervisors);
  }

 private:
  enum class Found : std::uint8_t { nothing, started };

  [[nodiscard]] std::string turn_path() const {
    return (layout_.run_folder(attempt_name_) / run_entry::turns / order_.turn.text).string();
  }

  [[nodiscard]] std::string derive_reference() const { return fmt::format("{}/{}", turn_path(), turn_entry::output); }

  Result<Found> find_started_turn(const AttemptFolder& attempt) const {
    const auto folder = attempt.try_open_turn(order_.turn);
    if (!folder) {
      return folder.error();
    }
    if (!folder->has_value()) {
      return Found::nothing;
    }
    const auto kind = (*folder)->try_kind(turn_entry::started);
    if (!kind) {
      return kind.error();
    }
    return kind->has_value() ? Found::started : Found::nothing;
  }

  // Turns of all attempts: an agent of the attempt before may be alive.
  Result<void> check_nothing_else_lives() const {
    const auto attempts = list_attempts(layout_);
    if (!attempts) {
      return attempts.error();
    }
    ProcessTable processes;
    for (const AttemptName& name : *attempts) {
      if (name.run != order_.run) {
        continue;
      }
      if (auto free = check_nothing_lives_in(name, processes); !free) {
        return free;
      }
    }
    return {};
  }

  Result<void> check_nothing_lives_in(const AttemptName& name, ProcessTable& processes) const {
    const auto attempt = AttemptFolder::try_open(layout_, name);
    if (!attempt || !attempt->has_value()) {
      return attempt ? Result<void>() : Result<void>(attempt.error());
    }
    const auto turns = (*attempt)->list_turns();
    if (!turns) {
      return turns.error();
    }
    for (const TurnName& turn : *turns) {
      const auto folder = (*attempt)->try_open_turn(turn);
      if (!folder || !folder->has_value() || (name == attempt_name_ && turn == order_.turn)) {
        continue;
      }
      const auto record = read_turn(**folder, turn, processes);
      if (!record) {
        return record.error();
      }
      if (record->state && is_live(*record->state)) {
        return Error{.kind = ErrorKind::conflict,
                     .message = fmt::format("turn {} of {} is still live: nothing starts beside it", turn.text,
                                            derive_attempt_name(name.run, name.redispatch))};
      }
    }
    return {};
  }

  Result<void> prepare(const AttemptFolder& attempt) {
    auto agent = find_prepared_agent();
    if (!agent) {
      return std::move(agent).error();
    }
    auto reviewers = find_reviewers(setup_, order_);
    if (!reviewers) {
      return std::move(reviewers).error();
    }
    auto programs = find_programs();
    if (!programs) {
      return std::move(programs).error();
    }
    const SandboxOrder sandbox_order{.settings = setup_.settings,
                                     .search_path = setup_.sandbox_search_path,
                                     .environment = setup_.environment,
                                     .agent_variables = list_turn_variables(setup_, order_),
                                     .program = setup_.program};
    auto sandbox = prepare_sandbox(parts_.commands, sandbox_order);
    if (!sandbox) {
      return std::move(sandbox).error();
    }
    auto source = setup_.derive_source(order_.issue.repository);
    if (!source) {
      return std::move(source).error();
    }
    auto run = prepare_run(attempt, *source);
    if (!run) {
      return std::move(run).error();
    }
    TurnPlan plan{.order = order_,
                  .agent = agent->has_value() ? &**agent : nullptr,
                  .paths = derive_paths(),
                  .programs = std::move(programs).value(),
                  .base_branch = run->base_branch,
                  .sandbox = std::move(sandbox->view),
                  .limits = std::move(sandbox->limits),
                  .proxy = sandbox->proxy,
                  .reviewers = std::move(reviewers).value(),
                  .base_head = run->base_head};
    plan.limits.stop_grace = setup_.stop_grace;
    plan.limits.watch_interval = setup_.watch_interval;
    if (plan.agent != nullptr) {
      if (auto state = prepare_state(attempt, *plan.agent); !state) {
        return state;
      }
      auto session = find_session(attempt, order_.turn);
      if (!session) {
        return std::move(session).error();
      }
      plan.session = std::move(session).value();
    }
    if (auto fit = check_paths(plan); !fit) {
      return fit;
    }
    if (auto written = write_turn(attempt, derive_turn_document(plan), plan.reviewers); !written) {
      return written;
    }
    if (order_.kind != TurnKind::verify) {
      return {};
    }
    return parts_.workspace.prepare_checkout({.repository = order_.issue.repository,
                                              .head = order_.verify_head,
                                              .destination = std::filesystem::path(plan.paths.checkout)});
  }

  [[nodiscard]] const ProcessAgent* find_agent() const {
    const auto agent = setup_.agents.find(order_.agent);
    return order_.kind == TurnKind::verify || agent == setup_.agents.end() ? nullptr : &agent->second;
  }

  // The agent with what of its own is there; nothing for verify turns.
  [[nodiscard]] Result<std::optional<ProcessAgent>> find_prepared_agent() const {
    const ProcessAgent* const agent = find_agent();
    if (agent == nullptr) {
      return std::optional<ProcessAgent>();
    }
    auto prepared = prepare_agent(setup_, order_.agent, *agent);
    return prepared ? Result<std::optional<ProcessAgent>>(std::optional(std::move(prepared).value()))
                    : Result<std::optional<ProcessAgent>>(std::move(prepared).error());
  }

  static Result<void> check_paths(const TurnPlan& plan) {
    const auto unfit = find_unfit_path(plan);
    if (!unfit) {
      return {};
    }
    return Error{.kind = ErrorKind::configuration,
                 .message = fmt::format("a container cannot be shown {}: its path holds a comma, colon, quote or line "
                                        "end. Choose another one",
                                        quote_for_display(*unfit))};
  }

  [[nodiscard]] Result<TurnPrograms> find_programs() const {
    const bool in_container = is_container(setup_.settings.sandbox);
    TurnPrograms programs;
    programs.git = in_container ? "git" : try_find_program("git", standard_path).value_or("git");
    if (order_.kind == TurnKind::verify) {
      return programs;
    }
    const ProcessAgent* const agent = find_agent();
    if (agent == nullptr || agent->argv.empty()) {
      return Error{.kind = ErrorKind::configuration,
                   .message = fmt::format("there is no agent {} with a command line: see [agents] in the configuration",
                                          quote_for_display(order_.agent))};
    }
    auto program = find_agent_program(setup_, order_.agent, *agent);
    if (!program) {
      return std::move(program).error();
    }
    programs.agent = std::move(program).value();
    return programs;
  }

  [[nodiscard]] TurnPaths derive_paths() const {
    const std::string turn = turn_path();
    return {.clone = layout_.clone(attempt_name_).string(),
            .checkout = fmt::format("{}/{}", turn, turn_entry::checkout),
            .mirror = layout_.mirror(order_.issue.repository).string(),
            .files = fmt::format("{}/{}", turn, turn_entry::files),
            .report_folder = fmt::format("{}/{}", turn, turn_entry::report_folder),
            .proxy_socket = fmt::format("{}/{}", turn, turn_entry::proxy),
            .state = (layout_.run_folder(attempt_name_) / run_entry::state).string(),
            .review_state = fmt::format("{}/{}", turn, turn_entry::review_state)};
  }

  // The clone, or for a further turn the base as it is now, and run.json, which speaks of both.
  Result<RunDocument> prepare_run(const AttemptFolder& attempt, const RepositorySource& source) const {
    auto before = attempt.try_read_run();
    if (!before) {
      return std::move(before).error();
    }
    RunDocument run = before->value_or(RunDocument{.issue = order_.issue});
    if (order_.kind != TurnKind::verify) {
      if (auto prepared = prepare_repository(attempt, source, run); !prepared) {
        return std::move(prepared).error();
      }
      run.agent = order_.agent;
      run.model = order_.model;
      run.branch = order_.branch;
    }
    if (*before != run) {
      if (auto written = attempt.folder().write_atomic(run_entry::document, render_run_document(run), private_file);
          !written) {
        return std::move(written).error();
      }
    }
    return run;
  }

  Result<void> prepare_repository(const AttemptFolder& attempt, const RepositorySource& source,
                                  RunDocument& run) const {
    const auto clone = attempt.folder().try_kind(run_entry::clone);
    if (!clone) {
      return clone.error();
    }
    if (!clone->has_value() && !run.base_head.empty()) {
      return Error{.kind = ErrorKind::io,
                   .message = fmt::format("the clone {} is gone, and the run's work with it",
                                          layout_.clone(attempt_name_).string())};
    }
    if (clone->has_value() && !run.base_head.empty()) {
      const auto fetched = parts_.workspace.fetch_base(source);
      return fetched ? Result<void>() : Result<void>(fetched.error());
    }
    auto prepared =
        parts_.workspace.prepare_clone({.source = source, .attempt = attempt_name_, .branch = order_.branch});
    if (!prepared) {
      return std::move(prepared).error();
    }
    run.base_branch = prepared->base_branch;
    run.base_head = prepared->base_head;
    return {};
  }

  // A turn's folder is filled under another name and appears whole. One that is there already was ordered before; its
  // programs and limits are those of today, because nothing has been started with the old ones.
  Result<void> write_turn(const AttemptFolder& attempt, TurnDocument document,
                          const std::vector<TurnReviewer>& reviewers) const {
    const auto turns = attempt.folder().open_or_create_folder(run_entry::turns, private_folder);
    if (!turns) {
      return turns.error();
    }
    const auto existing = turns->try_open_folder(order_.turn.text);
    if (!existing) {
      return existing.error();
    }
    if (existing->has_value()) {
      const auto before = read_turn_document(**existing);
      if (!before) {
        return before.error();
      }
      document.sequence = before->sequence;
      return document == *before
                 ? Result<void>()
                 : (*existing)->write_atomic(turn_entry::document, render_turn_document(document), private_file);
    }
    const auto others = attempt.list_turns();
    if (!others) {
      return others.error();
    }
    document.sequence = static_cast<int>(others->size()) + 1;
    const std::string staged = fmt::format(".{}.new", order_.turn.text);
    if (auto removed = turns->remove_tree(staged); !removed) {
      return removed;
    }
    if (auto filled = fill_turn(*turns, staged, document, reviewers); !filled) {
      return filled;
    }
    return turns->rename({.from = staged, .to = order_.turn.text});
  }

  Result<void> fill_turn(const Folder& turns, const std::string& name, const TurnDocument& document,
                         const std::vector<TurnReviewer>& reviewers) const {
    const auto turn = turns.open_or_create_folder(name, private_folder);
    if (!turn) {
      return turn.error();
    }
    if (auto written = turn->write_atomic(turn_entry::document, render_turn_document(document), private_file);
        !written) {
      return written;
    }
    if (order_.kind == TurnKind::verify) {
      return prepare_review_state(*turn, reviewers);
    }
    const auto files = turn->open_or_create_folder(turn_entry::files, private_folder);
    if (!files) {
      return files.error();
    }
    if (auto written = files->write_atomic(turn_entry::prompt, order_.prompt, private_file); !written) {
      return written;
    }
    for (const PromptFile& file : order_.files) {
      if (auto written = files->write_atomic(file.name, file.bytes, private_file); !written) {
        return written;
      }
    }
    const auto created = turn->create_folder(turn_entry::report_folder, private_folder);
    return created ? Result<void>() : Result<void>(created.error());
  }

  Result<Started> launch(const AttemptFolder& attempt, std::vector<pid_t>& supervisors) const {
    const auto folder = attempt.try_open_turn(order_.turn);
    if (!folder || !folder->has_value()) {
      return folder ? Error{.kind = ErrorKind::io, .message = fmt::format("{} has gone again", turn_path())}
                    : folder.error();
    }
    std::vector<std::string> names = list_turn_variables(setup_, order_);
    if (is_container(setup_.settings.sandbox)) {
      names.insert(names.end(), engine_variables.begin(), engine_variables.end());
    }
    const LaunchPlace place{.attempt = attempt,
                            .turn_folder = **folder,
                            .program = setup_.program,
                            .environment = derive_agent_environment(setup_.environment, names),
                            .patience = setup_.start_patience,
                            .clock = parts_.clock};
    const auto outcome = launch_supervisor(place, supervisors);
    if (!outcome) {
      return with_context(fmt::format("turn {}", order_.turn.text), outcome.error());
    }
    switch (*outcome) {
    case LaunchOutcome::concluded:
      return refuse(attempt_name_);
    case LaunchOutcome::started_by_us:
      return Started{.outcome = StartOutcome::created, .reference = derive_reference()};
    case LaunchOutcome::started_by_another:
      break;
    }
    return Started{.outcome = StartOutcome::adopted, .reference = derive_reference()};
  }

  const ProcessExecutorSetup& setup_;
  const ProcessExecutorParts& parts_;
  const Order& order_;
  const WorkspaceLayout& layout_;
  AttemptName attempt_name_;
};

} // namespace

Result<void> seal_earlier_attempts(const WorkspaceLayout& layout, const AttemptName& attempt) {
  for (int redispatch = 0; redispatch < attempt.redispatch; ++redispatch) {
    const auto earlier = AttemptFolder::try_open(layout, {.run = attempt.run, .redispatch = redispatch});
    if (!earlier) {
      return earlier.error();
    }
    if (earlier->has_value()) {
      if (auto sealed = (*earlier)->seal(); !sealed) {
        return sealed;
      }
    }
  }
  return {};
}

Result<Started> start_turn(const ProcessExecutorSetup& setup, const ProcessExecutorParts& parts, const Order& order,
                           std::vector<pid_t>& supervisors) {
  if (auto checked = check_order(order); !checked) {
    return std::move(checked).error();
  }
  return TurnStart(setup, parts, order).run(supervisors);
}

} // namespace afk::adapter
