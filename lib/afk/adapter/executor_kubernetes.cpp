#include <afk/adapter/executor_kubernetes.hpp>

#include <afk/adapter/pod_carrier_codec.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace afk::adapter {
namespace {

constexpr int page_size = 200;                       // objects of a list's page
constexpr int most_pages = 50;                       // past it the list counts as one that failed
constexpr int most_rounds = 8;                       // of looking again because another tick was faster
constexpr std::size_t most_runs_in_selector = 50;    // past it everything of afk is listed
constexpr std::size_t most_secret_bytes = 1'000'000; // of a Secret, whose limit is 1 MiB with its own fields
constexpr int log_lines = 400;
constexpr int log_bytes = 128 << 10;
constexpr int structured_log_bytes = 8 << 20; // a line may have a whole file in it
constexpr Duration one_day = std::chrono::hours(24);

constexpr int status_conflict = 409;
constexpr int status_not_found = 404;

std::string select_all() {
  return fmt::format("{}=afk", job_label::managed_by);
}

std::string select_runs(const std::set<std::string>& runs) {
  if (runs.size() > most_runs_in_selector) {
    return select_all();
  }
  return fmt::format("{},{} in ({})", select_all(), job_label::run, fmt::join(runs, ","));
}

std::string list_target(const std::string& target, const std::string& selector, const std::string& continue_token) {
  return fmt::format("{}?labelSelector={}&limit={}{}{}", target, encode_url_part(selector), page_size,
                     continue_token.empty() ? "" : "&continue=", encode_url_part(continue_token));
}

Error truncated() {
  return {.kind = ErrorKind::too_large,
          .message = fmt::format("the cluster lists more than {} objects of afk", page_size * most_pages)};
}

Result<std::string> take_answer(Result<http::Response>& answer) {
  if (!answer) {
    return with_context("the cluster", std::move(answer).error());
  }
  if (auto error = derive_api_error(*answer)) {
    return std::move(*error);
  }
  return std::move(answer->body);
}

// The further pages of a list whose first one is there.
template <typename Record, typename Parse>
Result<std::vector<Record>> read_pages(KubernetesApi& api, Result<http::Response>& first, Parse parse,
                                       const std::function<std::string(const std::string&)>& derive_target) {
  auto body = take_answer(first);
  std::vector<Record> items;
  for (int page = 1;; ++page) {
    if (!body) {
      return std::move(body).error();
    }
    auto parsed = parse(*body);
    if (!parsed) {
      return std::move(parsed).error();
    }
    std::ranges::move(parsed->items, std::back_inserter(items));
    if (parsed->continue_token.empty()) {
      return items;
    }
    if (page == most_pages) {
      return truncated();
    }
    body = api.read({.target = derive_target(parsed->continue_token)});
  }
}

bool is_status(const Result<http::Response>& answer, int status) {
  return answer.ok() && answer->status == status;
}

Error read_only_error() {
  return {.kind = ErrorKind::refused, .message = "this look at the executor changes nothing"};
}

Result<void> check_size(const Order& order) {
  std::size_t bytes = order.prompt.size();
  for (const PromptFile& file : order.files) {
    bytes += file.bytes.size();
    const bool is_key = !file.name.empty() && file.name.size() <= 100 && file.name.front() != '.' &&
                        file.name != "prompt.md" && file.name != "carry.json" &&
                        file.name.find_first_not_of(
                            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == std::string::npos;
    if (!is_key) {
      return Error{.kind = ErrorKind::configuration,
                   .message = fmt::format("{} is no name for a file of an order", quote_for_display(file.name))};
    }
  }
  constexpr std::size_t base64_numerator = 4;
  constexpr std::size_t base64_denominator = 3;
  if (bytes / base64_denominator * base64_numerator > most_secret_bytes) {
    return Error{.kind = ErrorKind::refused,
                 .message = fmt::format("the order's {} bytes do not fit into a Secret of the cluster", bytes)};
  }
  return {};
}

std::vector<RunEntry> entries_of(std::span<const RunEntry> log, const RunName& run) {
  std::vector<RunEntry> entries;
  std::ranges::copy_if(log, std::back_inserter(entries),
                       [&](const RunEntry& entry) { return entry.attempt.run == run; });
  return entries;
}

// What is asked about a turn once its Job and pod are known.
struct Question {
  enum class About : std::uint8_t { output, secret };

  std::size_t attempt = 0; // its view's place
  std::size_t turn = 0;    // in that view
  About about = About::output;
  std::string name;                     // of the pod; of the Job whose Secret it is
  AgentOutput form = AgentOutput::text; // of an output
  TokenPrices prices = {};
};

std::string derive_log_target(const std::string& pods, const Question& question) {
  return fmt::format("{}/{}/log?container={}&tailLines={}&limitBytes={}&timestamps=true", pods,
                     encode_url_part(question.name), pod_container::agent, log_lines,
                     question.form == AgentOutput::text ? log_bytes : structured_log_bytes);
}

// The log of a Job, for people.
std::string derive_reference(const std::string& space, const std::string& job) {
  return job.empty() ? "" : fmt::format("kubectl --namespace {} logs job/{} --container agent", space, job);
}

// Fills in the turns of the attempt. Its reference is the newest Job's name from then on.
std::vector<Question> gather_turns(AttemptView& view, const std::vector<TurnSight>& sights,
                                   const std::map<std::string, KubernetesAgent>& agents) {
  std::vector<Question> questions;
  std::map<TurnKind, Question> newest; // of the checks, and of everything else as `first`
  for (const TurnSight& seen : sights) {
    const RunEntry& entry = *seen.entry;
    if (entry.attempt != view.attempt) {
      continue;
    }
    view.issue = entry.issue;
    view.agent = entry.agent.empty() ? view.agent : entry.agent;
    view.model = entry.model.empty() ? view.model : entry.model;
    view.reference = entry.job.name;
    view.turns.push_back(derive_turn_view(seen));
    const TurnView& turn = view.turns.back();
    const std::size_t place = view.turns.size() - 1;
    // A Job that is being deleted may lose its Secret before itself: that says nothing about its start.
    if (turn.state == TurnState::starting && entry.job.deletion == JobRecord::Deletion::no) {
      questions.push_back({.turn = place, .about = Question::About::secret, .name = entry.job.name});
    }
    const bool has_log = seen.pod != nullptr && turn.state != TurnState::starting;
    Question output{.turn = place, .about = Question::About::output, .name = has_log ? seen.pod->name : ""};
    const auto agent = agents.find(entry.agent);
    if (turn.kind != TurnKind::verify && agent != agents.end() && agent->second.output != AgentOutput::text) {
      // Each turn's cost counts, and an earlier turn is judged as it was.
      output.form = agent->second.output;
      output.prices = agent->second.prices;
      newest.erase(TurnKind::first);
      if (has_log) {
        questions.push_back(std::move(output));
      }
      continue;
    }
    newest[turn.kind == TurnKind::verify ? turn.kind : TurnKind::first] = std::move(output);
  }
  for (auto& [kind, question] : newest) {
    if (!question.name.empty()) {
      questions.push_back(std::move(question));
    }
  }
  return questions;
}

} // namespace

KubernetesExecutor::KubernetesExecutor(KubernetesExecutorSetup setup, KubernetesApi& api, Clock& clock)
    : setup_(std::move(setup)), api_(api), clock_(clock) {}

std::string KubernetesExecutor::jobs_target() const {
  return fmt::format("/apis/batch/v1/namespaces/{}/jobs", encode_url_part(setup_.jobs.job_namespace));
}

std::string KubernetesExecutor::secrets_target() const {
  return fmt::format("/api/v1/namespaces/{}/secrets", encode_url_part(setup_.jobs.job_namespace));
}

std::string KubernetesExecutor::pods_target() const {
  return fmt::format("/api/v1/namespaces/{}/pods", encode_url_part(setup_.jobs.job_namespace));
}

Result<ExecutorLook> KubernetesExecutor::look() {
  const auto page = [this](const std::string& token) { return list_target(jobs_target(), select_all(), token); };
  const std::array requests{
      ApiRequest{.target = fmt::format("/api/v1/namespaces/{}", encode_url_part(setup_.jobs.job_namespace))},
      ApiRequest{.target = page("")}};
  auto answers = api_.exchange(requests);
  auto body = take_answer(answers[0]);
  if (!body) {
    return with_context("namespace " + setup_.jobs.job_namespace, std::move(body).error());
  }
  auto uid = parse_object_uid(*body);
  if (!uid) {
    return std::move(uid).error();
  }
  const auto jobs = read_pages<JobRecord>(api_, answers[1], parse_job_list, page);
  if (!jobs) {
    return jobs.error();
  }
  const auto log = derive_log(*jobs);
  if (!log) {
    return log.error();
  }
  ExecutorLook look{.identity = {.text = std::move(uid).value()}, .live = {}, .recent_starts = {}};
  std::map<AttemptName, RecentStart> starts;
  for (const RunEntry& entry : *log) {
    if (entry.kind == RunEntry::Kind::seal) {
      continue;
    }
    const Timestamp at =
        entry.kind == RunEntry::Kind::stop ? entry.started_at.value_or(entry.job.created_at) : entry.job.created_at;
    const auto [first, is_new] = starts.try_emplace(entry.attempt, RecentStart{.issue = entry.issue, .at = at});
    first->second.at = std::min(first->second.at, at);
    const bool is_listed = std::ranges::find(look.live, entry.attempt, &LiveAttempt::attempt) != look.live.end();
    if (entry.kind == RunEntry::Kind::turn && entry.job.state == JobRecord::State::live && !is_listed) {
      look.live.push_back({.attempt = entry.attempt, .issue = entry.issue, .agent = entry.agent, .model = entry.model});
    }
  }
  for (const auto& [attempt, start] : starts) {
    if (start.at > clock_.now() - one_day) {
      look.recent_starts.push_back(start);
    }
  }
  std::ranges::sort(look.live, {}, &LiveAttempt::attempt);
  std::ranges::stable_sort(look.recent_starts, {}, &RecentStart::at);
  return look;
}

Result<KubernetesExecutor::Sight> KubernetesExecutor::fetch_sight(const std::string& selector) {
  const auto job_page = [&](const std::string& token) { return list_target(jobs_target(), selector, token); };
  const auto pod_page = [&](const std::string& token) { return list_target(pods_target(), selector, token); };
  const std::array requests{ApiRequest{.target = job_page("")}, ApiRequest{.target = pod_page("")}};
  auto answers = api_.exchange(requests);
  const auto jobs = read_pages<JobRecord>(api_, answers[0], parse_job_list, job_page);
  if (!jobs) {
    return jobs.error();
  }
  auto log = derive_log(*jobs);
  if (!log) {
    return std::move(log).error();
  }
  auto pods = read_pages<PodRecord>(api_, answers[1], parse_pod_list, pod_page);
  if (!pods) {
    return std::move(pods).error();
  }
  return Sight{.log = std::move(log).value(), .pods = std::move(pods).value()};
}

std::vector<Result<std::optional<AttemptView>>> KubernetesExecutor::observe(std::span<const AttemptName> attempts) {
  std::set<std::string> runs;
  for (const AttemptName& attempt : attempts) {
    runs.insert(attempt.run.text);
  }
  if (runs.empty()) {
    return {};
  }
  const auto sight = fetch_sight(select_runs(runs));
  if (!sight) {
    return std::vector<Result<std::optional<AttemptView>>>(attempts.size(), sight.error());
  }
  std::vector<AttemptView> views;
  for (const AttemptName& attempt : attempts) {
    views.emplace_back().attempt = attempt;
  }
  const auto unknown = add_output(views, *sight);
  std::vector<Result<std::optional<AttemptView>>> answers;
  for (std::size_t index = 0; index < views.size(); ++index) {
    if (const auto error = unknown.find(index); error != unknown.end()) {
      answers.emplace_back(error->second);
      continue;
    }
    AttemptView& view = views[index];
    const auto log = entries_of(sight->log, view.attempt.run);
    const bool is_sealed = std::ranges::any_of(log, [&](const RunEntry& entry) {
      return entry.kind == RunEntry::Kind::seal && entry.attempt == view.attempt;
    });
    if (is_concluded(log, view.attempt)) {
      view.conclusion = AttemptView::Conclusion::concluded;
    }
    const bool is_known = is_sealed || !view.turns.empty();
    answers.emplace_back(is_known ? std::optional(std::move(view)) : std::nullopt);
  }
  return answers;
}

// The turns of each attempt, with what the last one of an agent and the last one of the checks printed.
std::map<std::size_t, Error> KubernetesExecutor::add_output(std::vector<AttemptView>& views, const Sight& sight) {
  std::map<std::size_t, Error> unknown;
  std::vector<Question> questions;
  for (std::size_t index = 0; index < views.size(); ++index) {
    const auto log = entries_of(sight.log, views[index].attempt.run);
    for (Question& question : gather_turns(views[index], derive_sights(log, sight.pods), setup_.agents)) {
      question.attempt = index;
      questions.push_back(std::move(question));
    }
  }
  for (AttemptView& view : views) {
    view.reference = derive_reference(setup_.jobs.job_namespace, view.reference);
  }
  if (questions.empty()) {
    return unknown;
  }
  std::vector<ApiRequest> requests;
  for (const Question& question : questions) {
    requests.push_back(question.about == Question::About::secret
                           ? ApiRequest{.method = http::Method::post,
                                        .target = secrets_target() + "?dryRun=All",
                                        .body = render_secret_probe(question.name)}
                           : ApiRequest{.target = derive_log_target(pods_target(), question)});
  }
  auto answers = api_.exchange(requests);
  std::map<std::size_t, std::set<std::size_t>> unfinished; // starts that were cut short
  for (std::size_t index = 0; index < questions.size(); ++index) {
    const Question& question = questions[index];
    const auto body = take_answer(answers[index]);
    if (!body) {
      // The Secret is there, or cannot be asked about; without the log the state is known all the same, but not how an
      // agent ended whose exit code alone does not tell it. A pod that is gone has no log any more.
      if (question.form != AgentOutput::text && body.error().kind != ErrorKind::not_found) {
        unknown.emplace(question.attempt, body.error());
      }
      continue;
    }
    if (question.about == Question::About::secret) {
      unfinished[question.attempt].insert(question.turn);
      continue;
    }
    TurnView& turn = views[question.attempt].turns[question.turn];
    if (question.form != AgentOutput::text) {
      add_activity(question.form, read_agent_log(*body, question.form, question.prices), turn);
      continue;
    }
    const LogTail tail = parse_log_tail(*body);
    turn.output_excerpt += (turn.output_excerpt.empty() ? "" : "\n") + tail.text;
    turn.last_progress_at = std::max(turn.last_progress_at, tail.last_at);
  }
  for (const auto& [attempt, turns] : unfinished) {
    for (auto turn = turns.rbegin(); turn != turns.rend(); ++turn) {
      views[attempt].turns.erase(views[attempt].turns.begin() + static_cast<std::ptrdiff_t>(*turn));
    }
  }
  return unknown;
}

Result<TurnJobPlan> KubernetesExecutor::plan_job(const Order& order, int slot) const {
  TurnJobPlan plan{.settings = setup_.jobs, .order = order, .slot = slot, .agent = {}};
  if (order.kind == TurnKind::verify) {
    return plan;
  }
  const auto agent = setup_.agents.find(order.agent);
  if (agent == setup_.agents.end() || agent->second.argv.empty()) {
    return Error{.kind = ErrorKind::configuration,
                 .message = fmt::format("there is no agent {} for this executor", quote_for_display(order.agent))};
  }
  plan.agent = agent->second;
  return plan;
}

Result<Started> KubernetesExecutor::start(const Order& order) {
  if (setup_.access == KubernetesExecutorSetup::Access::read_only) {
    return read_only_error();
  }
  if (auto fits = check_size(order); !fits) {
    return std::move(fits).error();
  }
  for (int round = 0; round < most_rounds; ++round) {
    const auto sight = fetch_sight(select_runs({order.run.text}));
    if (!sight) {
      return sight.error();
    }
    const StartPlan plan = plan_start(sight->log, sight->pods, order);
    const std::string attempt = derive_attempt_name(order.run, order.redispatch);
    switch (plan.action) {
    case StartPlan::Action::refuse:
      return Error{.kind = ErrorKind::refused,
                   .message = fmt::format("{} is concluded: no turn starts in it any more", attempt)};
    case StartPlan::Action::conflict:
      return Error{.kind = ErrorKind::conflict, .message = "another turn of this run is live"};
    case StartPlan::Action::adopt:
      return create_secret(order, plan.adopted->job, StartOutcome::adopted);
    case StartPlan::Action::create:
      break;
    }
    if (order.kind == TurnKind::verify) {
      if (auto held = setup_.check_head(order); !held) {
        return std::move(held).error();
      }
    }
    const auto job_plan = plan_job(order, derive_next_slot(sight->log));
    auto job = job_plan ? render_turn_job(*job_plan) : Result<std::string>(job_plan.error());
    if (!job) {
      return std::move(job).error();
    }
    const ApiRequest request{.method = http::Method::post,
                             .target = jobs_target() + "?fieldValidation=Strict&fieldManager=afk",
                             .body = std::move(job).value()};
    auto answers = api_.exchange(std::span(&request, 1));
    if (is_status(answers.front(), status_conflict)) {
      continue; // another tick was there first, with this turn or with something else
    }
    auto body = take_answer(answers.front());
    if (!body) {
      return std::move(body).error();
    }
    const auto created = parse_job(*body);
    return created ? create_secret(order, *created, StartOutcome::created) : Result<Started>(created.error());
  }
  return Error{.kind = ErrorKind::conflict, .message = "other ticks change this run at this moment"};
}

// Adopting finishes a start that was cut short. A Job that is over needs no Secret, and one whose Secret is there keeps
// it.
Result<Started> KubernetesExecutor::create_secret(const Order& order, const JobRecord& job, StartOutcome outcome) {
  Started started{.outcome = outcome, .reference = derive_reference(setup_.jobs.job_namespace, job.name)};
  if (job.state != JobRecord::State::live || job.deletion == JobRecord::Deletion::asked) {
    return started;
  }
  const auto source = setup_.derive_source(order.issue.repository);
  if (!source) {
    return source.error();
  }
  const std::string carry = render_carry_order({.run = order.run,
                                                .redispatch = order.redispatch,
                                                .turn = order.turn,
                                                .repository = order.issue.repository,
                                                .clone_url = source->clone_url,
                                                .base = source->base,
                                                .branch = order.branch,
                                                .verify_head = order.verify_head,
                                                .protected_paths = source->protected_paths});
  const ApiRequest request{.method = http::Method::post,
                           .target = secrets_target() + "?fieldValidation=Strict&fieldManager=afk",
                           .body = render_order_secret({.order = order,
                                                        .job_namespace = setup_.jobs.job_namespace,
                                                        .name = job.name,
                                                        .job_uid = job.uid,
                                                        .carry_order = carry})};
  auto answers = api_.exchange(std::span(&request, 1));
  if (is_status(answers.front(), status_conflict)) {
    return started;
  }
  auto body = take_answer(answers.front());
  return body ? Result<Started>(std::move(started)) : Result<Started>(std::move(body).error());
}

Result<KubernetesExecutor::Stopping> KubernetesExecutor::append_marker(const MarkerPlan& plan) {
  const ApiRequest request{.method = http::Method::post,
                           .target = jobs_target() + "?fieldValidation=Strict&fieldManager=afk",
                           .body = render_marker_job(plan)};
  auto answers = api_.exchange(std::span(&request, 1));
  if (is_status(answers.front(), status_conflict)) {
    return Stopping::look_again;
  }
  auto body = take_answer(answers.front());
  return body ? Result<Stopping>(Stopping::done) : Result<Stopping>(std::move(body).error());
}

// First the entry that remembers the turn, then the deletion: whoever dies in between left a turn that lives.
Result<KubernetesExecutor::Stopping> KubernetesExecutor::stop_turn(const Sight& sight, const TurnSight& turn) {
  const RunEntry& entry = *turn.entry;
  const bool is_remembered = std::ranges::any_of(sight.log, [&](const RunEntry& other) {
    return other.kind == RunEntry::Kind::stop && other.stopped_slot == entry.slot;
  });
  if (!is_remembered) {
    const TurnView view = derive_turn_view(turn);
    const auto appended = append_marker({.settings = setup_.jobs,
                                         .attempt = entry.attempt,
                                         .slot = derive_next_slot(sight.log),
                                         .stopped = &entry,
                                         .started_at = view.started_at,
                                         .head_before = view.head_before});
    if (!appended || *appended == Stopping::look_again) {
      return appended;
    }
  }
  if (entry.job.deletion == JobRecord::Deletion::asked) {
    return Stopping::done;
  }
  const ApiRequest request{.method = http::Method::delete_,
                           .target = fmt::format("{}/{}", jobs_target(), encode_url_part(entry.job.name)),
                           .body = render_job_deletion(entry.job)};
  auto answers = api_.exchange(std::span(&request, 1));
  if (is_status(answers.front(), status_not_found)) {
    return Stopping::done;
  }
  if (is_status(answers.front(), status_conflict)) {
    return Stopping::look_again; // it changed: it may have ended by itself
  }
  auto body = take_answer(answers.front());
  return body ? Result<Stopping>(Stopping::done) : Result<Stopping>(std::move(body).error());
}

Result<KubernetesExecutor::Stopping> KubernetesExecutor::try_stop(const AttemptName& attempt, Stop stop) {
  const auto sight = fetch_sight(select_runs({attempt.run.text}));
  if (!sight) {
    return sight.error();
  }
  // The seal comes before what is live is stopped: nothing starts behind it.
  if (stop == Stop::conclude && !is_concluded(sight->log, attempt)) {
    const auto sealed = append_marker(
        {.settings = setup_.jobs, .attempt = attempt, .slot = derive_next_slot(sight->log), .stopped = nullptr});
    return sealed ? Result<Stopping>(Stopping::look_again) : sealed;
  }
  for (const TurnSight& turn : derive_sights(sight->log, sight->pods)) {
    if (turn.entry->attempt == attempt && turn.entry->kind == RunEntry::Kind::turn &&
        is_turn_live(derive_turn_view(turn).state)) {
      return stop_turn(*sight, turn); // nothing else of the run can be live
    }
  }
  return Stopping::done;
}

Result<void> KubernetesExecutor::interrupt(const AttemptName& attempt, Stop stop) {
  if (setup_.access == KubernetesExecutorSetup::Access::read_only) {
    return read_only_error();
  }
  for (int round = 0; round < most_rounds; ++round) {
    const auto stopped = try_stop(attempt, stop);
    if (!stopped) {
      return stopped.error();
    }
    if (*stopped == Stopping::done) {
      return {};
    }
  }
  return Error{.kind = ErrorKind::conflict, .message = "other ticks change this run at this moment"};
}

Result<void> KubernetesExecutor::answer(const AttemptName& /*attempt*/, const TurnAnswer& /*answer*/) {
  return Error{.kind = ErrorKind::refused, .message = "an agent in a cluster takes no answer while it runs"};
}

} // namespace afk::adapter
