#include <afk/adapter/executor_t3_start.hpp>

#include <afk/adapter/executor_t3_command_codec.hpp>
#include <afk/adapter/executor_t3_names.hpp>
#include <afk/adapter/executor_t3_stop.hpp>
#include <afk/adapter/executor_t3_view.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace afk::adapter {
namespace {

Error refused(std::string message) {
  return {.kind = ErrorKind::refused, .message = std::move(message)};
}

class TurnStart {
 public:
  TurnStart(const T3StartPlace& place, const Order& order)
      : place_(place), order_(order), attempt_{.run = order.run, .redispatch = order.redispatch} {}

  Result<Started> run() {
    if (!place_.setup.agents.contains(order_.agent)) {
      return Error{.kind = ErrorKind::configuration,
                   .message = fmt::format("no agent {} works at this executor: see [agents] in the configuration",
                                          quote_for_display(order_.agent))};
    }
    if (!place_.parts.local) {
      return run_alone();
    }
    const auto lock = place_.parts.local->workspace.lock(order_.run);
    return lock ? run_alone() : Result<Started>(lock.error());
  }

 private:
  // What there is to do about a turn, as far as the server shows it.
  struct Standing {
    enum class Turn : std::uint8_t { absent, sent } turn = Turn::absent;
    enum class Thread : std::uint8_t { absent, present } thread = Thread::absent;
    int starts = 0; // of this turn, which came to nothing
    std::string title;
  };

  Result<Started> run_alone() {
    auto reading = place_.read({.history = T3Client::History::wanted, .detail = attempt_});
    if (!reading) {
      return std::move(reading).error();
    }
    auto standing = judge(*reading);
    if (!standing) {
      return std::move(standing).error();
    }
    if (standing->turn == Standing::Turn::sent) {
      return adopt(*reading);
    }
    auto text = prepare(*reading);
    if (!text) {
      return std::move(text).error();
    }
    if (standing->thread == Standing::Thread::absent) {
      if (auto created = create_thread(*reading); !created) {
        return std::move(created).error();
      }
      reading = place_.read({.history = T3Client::History::wanted, .detail = attempt_});
      if (!reading) {
        return std::move(reading).error();
      }
      standing = judge(*reading);
      if (!standing) {
        return std::move(standing).error();
      }
      if (standing->turn == Standing::Turn::sent) {
        return adopt(*reading);
      }
      if (standing->thread == Standing::Thread::absent) {
        return refused("T3 Code does not make the run's thread, and its log alone says why");
      }
    }
    if (auto titled = set_title(*reading, *standing); !titled) {
      return std::move(titled).error();
    }
    return send(*reading, *standing, std::move(text).value());
  }

  Result<Standing> judge(const T3Reading& reading) const {
    if (auto free = check_other_attempts(reading); !free) {
      return std::move(free).error();
    }
    const auto thread = find_t3_thread(reading, attempt_);
    if (!thread) {
      return thread.error();
    }
    if (*thread == nullptr) {
      return Standing{};
    }
    if ((*thread)->shelf != T3Thread::Shelf::active) {
      return refused(fmt::format("{} is concluded: no turn starts in it any more", derive_t3_thread_id(attempt_)));
    }
    if (reading.detail_problem) {
      return *reading.detail_problem;
    }
    if (!reading.detail) {
      return Error{.kind = ErrorKind::unreachable,
                   .message =
                       fmt::format("the thread {} was there and is not: look again", derive_t3_thread_id(attempt_))};
    }
    return judge_thread(**thread, *reading.detail, reading.now);
  }

  Result<Standing> judge_thread(const T3Thread& thread, const T3Detail& detail, Timestamp now) const {
    Standing standing{
        .turn = Standing::Turn::absent, .thread = Standing::Thread::present, .starts = 0, .title = thread.title};
    const auto sent = derive_t3_sent(attempt_, detail);
    const auto ours = std::ranges::find(sent, order_.turn, &T3Sent::turn);
    const T3Stage stage = derive_t3_stage(thread, detail, now);
    if (ours != sent.end()) {
      standing.starts = ours->starts;
      const bool was_lost = ours + 1 == sent.end() && stage == T3Stage::lost;
      standing.turn = was_lost ? Standing::Turn::absent : Standing::Turn::sent;
    }
    if (standing.turn == Standing::Turn::absent && is_live(stage)) {
      return conflict();
    }
    return standing;
  }

  // Only the newest attempt goes on, and only when nothing of the others lives.
  Result<void> check_other_attempts(const T3Reading& reading) const {
    for (const T3Listing* const listing : {&reading.active, &*reading.history}) {
      for (const auto& [attempt, thread] : listing->threads) {
        if (attempt.run != attempt_.run || attempt == attempt_) {
          continue;
        }
        if (attempt.redispatch > attempt_.redispatch) {
          return refused(
              fmt::format("{} has been given up for {}", derive_t3_thread_id(attempt_), derive_t3_thread_id(attempt)));
        }
        if (!thread) {
          return thread.error();
        }
        if (is_live(derive_t3_stage(*thread, reading.now))) {
          return conflict();
        }
      }
    }
    return check_verifier();
  }

  // A verify turn runs on this machine.
  Result<void> check_verifier() const {
    if (!place_.parts.local) {
      return {};
    }
    const auto look = place_.parts.local->verifier.look();
    if (!look) {
      return look.error();
    }
    const bool lives =
        std::ranges::any_of(look->live, [&](const LiveAttempt& live) { return live.attempt.run == order_.run; });
    return lives ? Result<void>(conflict()) : Result<void>();
  }

  [[nodiscard]] Error conflict() const {
    return {.kind = ErrorKind::conflict,
            .message = fmt::format("another turn of {} is still live: nothing starts beside it",
                                   derive_t3_thread_id(attempt_))};
  }

  [[nodiscard]] Result<Started> adopt(const T3Reading& reading) const {
    return Started{.outcome = StartOutcome::adopted,
                   .reference = place_.parts.client.derive_link(reading.environment, attempt_)};
  }

  [[nodiscard]] std::string project_root() const {
    return derive_t3_project_root(place_.setup.settings.workspace_root, order_.issue.repository);
  }

  // The length is looked at first: the server would accept a longer text and start nothing.
  Result<std::string> prepare(const T3Reading& reading) {
    const auto& local = place_.parts.local;
    auto text =
        derive_t3_text(order_, local ? local->workspace.derive_delivery(order_) : T3Delivery{}, place_.parts.digest);
    if (!text) {
      return text;
    }
    if (local) {
      if (auto prepared = local->workspace.prepare(order_, project_root()); !prepared) {
        return std::move(prepared).error();
      }
    }
    for (int redispatch = 0; redispatch < order_.redispatch; ++redispatch) {
      const AttemptName earlier{.run = order_.run, .redispatch = redispatch};
      const auto thread = find_t3_thread(reading, earlier);
      if (thread.ok() && *thread != nullptr && (*thread)->shelf != T3Thread::Shelf::active) {
        continue;
      }
      const T3StopPlace stop{.setup = place_.setup, .parts = place_.parts, .read = place_.read};
      if (auto sealed = conclude_t3_attempt(stop, earlier); !sealed) {
        return std::move(sealed).error();
      }
    }
    return text;
  }

  [[nodiscard]] Result<T3Model> derive_model(const T3Reading& reading) const {
    const T3ExecutorSettings& settings = place_.setup.settings;
    T3Model model{.instance = settings.instance_id, .model = order_.model.empty() ? settings.model : order_.model};
    const auto project = std::ranges::find_if(reading.active.projects, [&](const T3Project& one) {
      return one.workspace_root == project_root() && one.presence == T3Project::Presence::active;
    });
    if (project != reading.active.projects.end() && project->default_model) {
      const bool same = model.instance.empty() || model.instance == project->default_model->instance;
      if (model.instance.empty()) {
        model.instance = project->default_model->instance;
      }
      if (model.model.empty() && same) {
        model.model = project->default_model->model;
      }
    }
    if (model.instance.empty() || model.model.empty()) {
      return Error{.kind = ErrorKind::configuration,
                   .message = "T3 Code has no list of providers to choose from: write instance_id and model in the "
                              "executor's table, or give the project a default model there"};
    }
    return model;
  }

  Result<void> create_thread(const T3Reading& reading) const {
    const auto model = derive_model(reading);
    if (!model) {
      return model.error();
    }
    const auto project = find_or_create_t3_project(
        place_, reading, {.root = project_root(), .title = render_repository_name(order_.issue.repository)});
    if (!project) {
      return project.error();
    }
    const bool has_clone = place_.parts.local.has_value();
    T3ThreadCreate command{.command_id = {},
                           .thread_id = derive_t3_thread_id(attempt_),
                           .project_id = *project,
                           .title = render_t3_title(title()),
                           .model = *model,
                           .runtime_mode = render_t3_runtime_mode(place_.setup.settings.runtime_mode),
                           .branch = has_clone ? order_.branch : "",
                           .worktree_path =
                               has_clone ? place_.parts.local->workspace.derive_delivery(order_).clone : ""};
    return create_at_t3(place_, reading.active.sequence, [&](std::string_view suffix) {
      command.command_id = derive_t3_command_id(attempt_, fmt::format("create{}", suffix));
      return render_t3_command(command);
    });
  }

  [[nodiscard]] T3Title title() const { return {.issue = order_.issue, .agent = order_.agent, .turn = order_.turn}; }

  // For people, and for looks that read no conversation. A server that will not have it does no harm.
  Result<void> set_title(const T3Reading& reading, const Standing& standing) const {
    const std::string wanted = render_t3_title(title());
    if (standing.title == wanted) {
      return {};
    }
    const auto verdict = place_.parts.client.dispatch(render_t3_command(
        T3TitleUpdate{.command_id = derive_t3_command_id(attempt_, fmt::format("title:{}", reading.active.sequence)),
                      .thread_id = derive_t3_thread_id(attempt_),
                      .title = wanted}));
    return verdict ? Result<void>() : Result<void>(verdict.error());
  }

  Result<Started> send(const T3Reading& reading, const Standing& standing, std::string text) const {
    const T3Start start{.turn = order_.turn, .number = standing.starts + 1};
    const auto verdict = place_.parts.client.dispatch(render_t3_command(
        T3TurnStart{.command_id = derive_t3_command_id(attempt_, fmt::format("{}:{}", start.turn.text, start.number)),
                    .thread_id = derive_t3_thread_id(attempt_),
                    .message_id = derive_t3_message_id(attempt_, start),
                    .text = std::move(text),
                    .runtime_mode = render_t3_runtime_mode(place_.setup.settings.runtime_mode)}));
    if (!verdict) {
      return verdict.error();
    }
    if (*verdict == T3Client::Verdict::accepted) {
      return Started{.outcome = StartOutcome::created,
                     .reference = place_.parts.client.derive_link(reading.environment, attempt_)};
    }
    return read_back();
  }

  // Rejected, or a fault of the server: no other id is tried for it, because a tick beside this one may be sending the
  // same start, and two ids would be two agents.
  [[nodiscard]] Result<Started> read_back() const {
    const auto reading = place_.read({.history = T3Client::History::wanted, .detail = attempt_});
    if (!reading) {
      return reading.error();
    }
    const auto standing = judge(*reading);
    if (!standing) {
      return standing.error();
    }
    if (standing->turn == Standing::Turn::sent) {
      return adopt(*reading);
    }
    return refused("T3 Code does not start the turn, and its log alone says why; if it goes on saying so, stop the run "
                   "and requeue its issue");
  }

  const T3StartPlace& place_;
  const Order& order_;
  AttemptName attempt_;
};

} // namespace

Result<void> create_at_t3(const T3StartPlace& place, std::int64_t sequence,
                          const std::function<std::string(std::string_view suffix)>& render) {
  const auto first = place.parts.client.dispatch(render(""));
  if (!first || *first == T3Client::Verdict::accepted) {
    return first ? Result<void>() : Result<void>(first.error());
  }
  const auto second = place.parts.client.dispatch(render(fmt::format(":{}", sequence)));
  return second ? Result<void>() : Result<void>(second.error());
}

Result<std::string> find_or_create_t3_project(const T3StartPlace& place, const T3Reading& reading,
                                              const T3ProjectOrder& order) {
  const auto try_find = [&](const T3Listing& listing) -> std::optional<std::string> {
    const auto found = std::ranges::find_if(listing.projects, [&](const T3Project& project) {
      return project.workspace_root == order.root && project.presence == T3Project::Presence::active;
    });
    return found == listing.projects.end() ? std::nullopt : std::optional(found->id);
  };
  if (auto known = try_find(reading.active)) {
    return std::move(*known);
  }
  int number = 1;
  const T3Listing& everything = reading.history ? *reading.history : reading.active;
  const auto is_taken = [&](const std::string& id) {
    return std::ranges::find(everything.projects, id, &T3Project::id) != everything.projects.end();
  };
  while (is_taken(derive_t3_project_id(order.root, number, place.parts.digest))) {
    ++number;
  }
  T3ProjectCreate command{.command_id = {},
                          .project_id = derive_t3_project_id(order.root, number, place.parts.digest),
                          .title = order.title,
                          .workspace_root = order.root};
  const auto created = create_at_t3(place, reading.active.sequence, [&](std::string_view suffix) {
    command.command_id = fmt::format("{}:create{}", command.project_id, suffix);
    return render_t3_command(command);
  });
  if (!created) {
    return created.error();
  }
  const auto again = place.read({});
  if (!again) {
    return again.error();
  }
  if (auto found = try_find(again->active)) {
    return std::move(*found);
  }
  return refused(fmt::format("T3 Code does not make a project for {}, and its log alone says why", order.root));
}

Result<Started> start_t3_turn(const T3StartPlace& place, const Order& order) {
  return TurnStart(place, order).run();
}

} // namespace afk::adapter
