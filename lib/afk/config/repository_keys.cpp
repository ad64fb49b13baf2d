// The keys that hold for all repositories and may be overridden for one, and those of a repository itself.
#include <afk/config/section_keys.hpp>

namespace afk::config {
namespace {

constexpr NumberRange counted_from_one{.least = 1, .most = 1'000'000};
constexpr NumberRange counted_from_zero{.least = 0, .most = 1'000'000};
// A limit of nothing would end every run at once; waiting for nothing is a decision that somebody may take.
const DurationRange a_limit{.least = std::chrono::seconds(1)};
const DurationRange a_wait{.least = Duration::zero()};

} // namespace

Keys<PolicySettings> policy_keys() {
  using Settings = PolicySettings;
  const auto labels = text_list_type({.what = "a label", .most_bytes = 100});
  KeyList<Settings> list;
  list.add({"max_per_tick", "how many runs one tick starts at most"}, &Settings::max_per_tick,
           number_or_word_type(counted_from_one, "none"));
  list.add({"max_in_flight", "how many runs are in flight at most"}, &Settings::max_in_flight,
           number_type(counted_from_one));
  list.add({"slots_per_repository", "how many runs one repository has at a time"}, &Settings::slots_per_repository,
           number_type(counted_from_one));
  list.add({"max_dispatches_per_day", "how many runs are started within 24 hours at most"},
           &Settings::max_dispatches_per_day, number_or_word_type(counted_from_one, "none"));
  list.add({"exclude_labels", "an issue with one of them is not dispatched"}, &Settings::exclude_labels, labels);
  list.add({"require_labels", "an issue without all of them is not dispatched"}, &Settings::require_labels, labels);
  list.add({"default_priority", "the priority of an issue without a label priority:<n>; lower goes first"},
           &Settings::default_priority, number_type(counted_from_zero));
  list.add({"red_base", "what a base branch with red checks means for its repository"}, &Settings::red_base,
           choice_type<Settings::RedBase>({{"hold", Settings::RedBase::hold}, {"ignore", Settings::RedBase::ignore}}));
  list.add({"hours", "when work may be started; empty is always"}, &Settings::hours, working_hours_type());
  return std::move(list).take();
}

Keys<LifecycleSettings> lifecycle_keys() {
  using Settings = LifecycleSettings;
  KeyList<Settings> list;
  list.add({"landing", "how work reaches the base branch; empty: pr on forges, push on the directory tracker"},
           &Settings::landing,
           derived_choice_type<LandingMode>({{"pr", LandingMode::pull_request}, {"push", LandingMode::push}}));
  list.add({"last_stage", "how far a run is followed; empty: derived from landing and auto_merge"},
           &Settings::last_stage,
           derived_choice_type<LastStage>({{"review", LastStage::review},
                                           {"checks", LastStage::checks},
                                           {"merged", LastStage::merged},
                                           {"deployed", LastStage::deployed}}));
  list.add({"auto_merge", "whether a green pull request is merged without a person"}, &Settings::auto_merge,
           flag_type(FlagNames<AutoMerge>{.when_false = AutoMerge::off, .when_true = AutoMerge::on}));
  list.add({"fix_forward_max_attempts", "how many corrective turns a run has"}, &Settings::fix_forward_max_attempts,
           number_type(counted_from_zero));
  list.add({"fix_forward_max_seconds", "for how long after the first red a run is corrected"},
           &Settings::fix_forward_max_seconds, seconds_type({.least = 0, .most = 31'536'000}));
  list.add({"redispatch_max", "how often a run that vanished is started again"}, &Settings::redispatch_max,
           number_type({.least = 0, .most = 100}));
  list.add({"run_limit", "how long a turn may take"}, &Settings::run_limit, duration_type(a_limit));
  list.add({"stall_limit", "how long a turn may show no progress"}, &Settings::stall_limit, duration_type(a_limit));
  list.add({"turn_end_grace", "how long what a turn left behind may take to arrive"}, &Settings::turn_end_grace,
           duration_type(a_wait));
  list.add({"ci_missing_after", "how long checks may take to start"}, &Settings::ci_missing_after,
           duration_type(a_wait));
  list.add({"no_verdict_after", "how long checks may take to end"}, &Settings::no_verdict_after, duration_type(a_wait));
  list.add({"unreachable_after", "how long a needed service may be out of reach"}, &Settings::unreachable_after,
           duration_type(a_wait));
  list.add({"base_red_after", "how long a red base branch may hold a run"}, &Settings::base_red_after,
           duration_type(a_wait));
  list.add({"merge_after", "how long a green pull request may wait for its merge"}, &Settings::merge_after,
           duration_type(a_wait));
  list.add({"deploy_after", "how long a deployment may take to be seen"}, &Settings::deploy_after,
           duration_type(a_wait));
  list.add({"budget_usd", "what a run may cost, where its executor reports cost"}, &Settings::budget_usd,
           amount_type());
  list.add({"protected_paths", "files that afk neither pushes nor merges when a run has changed them"},
           &Settings::protected_paths, text_list_type({.what = "a pattern", .most_bytes = 500}));
  return std::move(list).take();
}

Keys<CheckSettings> check_keys() {
  using Settings = CheckSettings;
  KeyList<Settings> list;
  list.add({"mode", "what says that work is good; empty: all on forges, commands on the directory tracker"},
           &Settings::mode,
           derived_choice_type<Settings::Mode>({{"all", Settings::Mode::all},
                                                {"required", Settings::Mode::required},
                                                {"commands", Settings::Mode::commands},
                                                {"none", Settings::Mode::none}}));
  list.add({"required", "the checks of the forge that have to be green, with mode = \"required\""}, &Settings::required,
           text_list_type({.what = "the name of a check", .most_bytes = 300}));
  list.add({"commands", "shell lines that have to succeed, with mode = \"commands\""}, &Settings::commands,
           text_list_type({.what = "a command", .most_bytes = 4096}));
  return std::move(list).take();
}

Keys<QaSettings> qa_keys() {
  using Settings = QaSettings;
  KeyList<Settings> list;
  list.add(
      {"mode", "what is run on an agent's work before it is published"}, &Settings::mode,
      choice_type<Settings::Mode>(
          {{"off", Settings::Mode::off}, {"auto", Settings::Mode::automatic}, {"commands", Settings::Mode::commands}}));
  list.add({"commands", "shell lines that have to succeed, with mode = \"commands\""}, &Settings::commands,
           text_list_type({.what = "a command", .most_bytes = 4096}));
  list.add({"reviewers", "agents of kind review that have to find nothing, whatever the mode"}, &Settings::reviewers,
           text_list_type({.what = "an agent", .most_bytes = 100}));
  return std::move(list).take();
}

const Keys<RepositoryEntry>& repository_keys() {
  static const Keys<RepositoryEntry> keys = [] {
    using Settings = RepositoryEntry;
    KeyList<Settings> list;
    list.add({"clone_url", "where a run's clone is taken from; empty: from the forge"}, &Settings::clone_url,
             clone_url_type());
    list.add({"base", "the branch that work lands on; empty: the default branch"}, &Settings::base,
             text_type({.what = "a branch", .most_bytes = 200}));
    list.add({"push_credential_file", "the credential that pushes; agents never see it", FileUse::secret},
             &Settings::push_credential_file, path_type());
    list.add_part("policy", policy_keys(), &Settings::policy);
    list.add_part("lifecycle", lifecycle_keys(), &Settings::lifecycle);
    list.add_part("checks", check_keys(), &Settings::checks);
    list.add_part("qa", qa_keys(), &Settings::qa);
    return std::move(list).take();
  }();
  return keys;
}

} // namespace afk::config
