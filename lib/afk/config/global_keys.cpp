// The keys of the tables without a name of their own, in the order in which the documentation explains them.
#include <afk/config/section_keys.hpp>

namespace afk::config {
namespace {

Keys<TrackerSettings> tracker_keys() {
  using Settings = TrackerSettings;
  KeyList<Settings> list;
  list.add(
      {"kind", "where the issues are"}, &Settings::kind,
      choice_type<TrackerKind>(
          {{"directory", TrackerKind::directory}, {"github", TrackerKind::github}, {"forgejo", TrackerKind::forgejo}}));
  list.add({"url", "the API root of the forge, or the folder of the directory tracker"}, &Settings::url,
           tracker_url_type());
  list.add({"token_file", "a file with the token", FileUse::secret}, &Settings::token_file, path_type());
  list.add({"token_env", "the name of the variable that holds the token"}, &Settings::token_env, variable_name_type());
  list.add({"token_command", "a program that prints the token"}, &Settings::token_command, argv_type());
  list.add({"api", "which of GitHub's interfaces issues are read through; rest tells less"}, &Settings::api,
           choice_type<Settings::Api>({{"graphql", Settings::Api::graphql}, {"rest", Settings::Api::rest}}));
  list.add({"api_version", "the version of GitHub's REST interface"}, &Settings::api_version,
           choice_type<std::string>({{"2022-11-28", "2022-11-28"}, {"2026-03-10", "2026-03-10"}}));
  return std::move(list).take();
}

Keys<LabelSettings> label_keys() {
  using Settings = LabelSettings;
  const auto label = text_type({.what = "a label", .most_bytes = 50, .emptiness = Emptiness::refused});
  KeyList<Settings> list;
  list.add({"ready", "arms an issue"}, &Settings::ready, label);
  list.add({"in_progress", "the lock of an issue that is worked on"}, &Settings::in_progress, label);
  list.add({"human", "hands an issue to a person"}, &Settings::human, label);
  list.add({"question", "an agent waits for an answer"}, &Settings::question, label);
  list.add({"paused", "holds an issue where it is"}, &Settings::paused, label);
  return std::move(list).take();
}

Keys<TrustSettings> trust_keys() {
  using Settings = TrustSettings;
  KeyList<Settings> list;
  list.add({"labeler", "the permission that the arming person must have now; the directory tracker knows only listed"},
           &Settings::labeler,
           choice_type<Settings::Labeler>({{"write", Settings::Labeler::write},
                                           {"maintain", Settings::Labeler::maintain},
                                           {"admin", Settings::Labeler::admin},
                                           {"listed", Settings::Labeler::listed}}));
  list.add({"labelers", "people whose arming counts: \"583231:octocat\", or names of OS users"}, &Settings::labelers,
           labelers_type());
  list.add({"pin_content", "whether an edit after the arming makes it void"}, &Settings::pin_content,
           flag_type(FlagNames<Settings::ContentPin>{.when_false = Settings::ContentPin::off,
                                                     .when_true = Settings::ContentPin::on}));
  list.add(
      {"comments", "which comments of an issue an agent reads"}, &Settings::comments,
      choice_type<Settings::Comments>({{"none", Settings::Comments::none}, {"trusted", Settings::Comments::trusted}}));
  return std::move(list).take();
}

Keys<RoutingSettings> routing_keys() {
  KeyList<RoutingSettings> list;
  list.add({"default_agent", "who works on an issue that names nobody, a name of the [agents] tables"},
           &RoutingSettings::default_agent,
           text_type({.what = "an agent", .most_bytes = 100, .emptiness = Emptiness::refused}));
  return std::move(list).take();
}

Keys<PromptSettings> prompt_keys() {
  using Form = PromptSettings::IssueForm;
  KeyList<PromptSettings> list;
  list.add({"issue", "whether the agent is given the issue or sent to it"}, &PromptSettings::issue,
           choice_type<Form>({{"embed", Form::embed}, {"pointer", Form::pointer}}));
  list.add({"template_file", "the prompt's template; empty: the built-in one", FileUse::trusted},
           &PromptSettings::template_file, path_type());
  return std::move(list).take();
}

Keys<DeploymentSettings> deployment_keys() {
  KeyList<DeploymentSettings> list;
  list.add({"kind", "where a deployment is seen"}, &DeploymentSettings::kind,
           choice_type<DeploymentKind>({{"none", DeploymentKind::none},
                                        {"forge", DeploymentKind::forge},
                                        {"url", DeploymentKind::url},
                                        {"kubernetes", DeploymentKind::kubernetes},
                                        {"woodpecker", DeploymentKind::woodpecker}}));
  list.add({"url", "the address that answers the deployed revision; {owner} and {name} are the repository's"},
           &DeploymentSettings::url, text_type({.what = "an address"}));
  list.add({"field", "the field of a JSON answer that holds the revision; empty: the answer is the revision"},
           &DeploymentSettings::field, text_type({.what = "a field", .most_bytes = 200}));
  list.add({"confirmations", "how many answers of one look must name the same revision"},
           &DeploymentSettings::confirmations, number_type({.least = 1, .most = 10}));
  list.add({"environment", "the forge's environment whose deployments count; empty: the newest of any"},
           &DeploymentSettings::environment, text_type({.what = "an environment", .most_bytes = 255}));
  list.add({"namespace", "the namespace of the cluster's Deployment"}, &DeploymentSettings::rollout_namespace,
           text_type({.what = "a namespace", .most_bytes = 63}));
  list.add({"name", "the name of the cluster's Deployment; {owner} and {name} are the repository's, in small letters"},
           &DeploymentSettings::name, text_type({.what = "the name of a Deployment", .most_bytes = 253}));
  list.add({"annotation", "the annotation of the Deployment's pod template that names the commit"},
           &DeploymentSettings::annotation, text_type({.what = "an annotation", .most_bytes = 317}));
  list.add({"kubeconfig", "how the Deployment's cluster is reached; empty: as the pod that this is", FileUse::secret},
           &DeploymentSettings::kubeconfig, path_type());
  return std::move(list).take();
}

Keys<CardSettings> card_keys() {
  KeyList<CardSettings> list;
  list.add({"key_file", "the key that run cards are signed with", FileUse::secret}, &CardSettings::key_file,
           path_type());
  list.add({"previous_key_files", "keys that older cards may still be signed with", FileUse::secret},
           &CardSettings::previous_key_files, path_list_type());
  return std::move(list).take();
}

Keys<LimitSettings> limit_keys() {
  KeyList<LimitSettings> list;
  list.add({"tick_deadline", "how long a tick may take"}, &LimitSettings::tick_deadline,
           duration_type({.least = std::chrono::seconds(1), .most = std::chrono::hours(1)}));
  list.add({"requests_per_tick", "how many requests a tick may make; auto is the published bound"},
           &LimitSettings::requests_per_tick, number_or_word_type({.least = 1, .most = 1'000'000}, "auto"));
  list.add({"reserve", "how many API calls of the hour are left for people"}, &LimitSettings::reserve,
           number_type({.least = 0, .most = 1'000'000}));
  return std::move(list).take();
}

} // namespace

const Keys<Config>& global_keys() {
  static const Keys<Config> keys = [] {
    KeyList<Config> list;
    list.add({"kill_switch", "on: nothing is started"}, &Config::kill_switch, kill_switch_type());
    list.add({"kill_switch_file", "a file that says the same, read again before every effect"},
             &Config::kill_switch_file, path_type());
    list.add({"allowlist", "the repositories that are worked on"}, &Config::allowlist, allowlist_type());
    list.add_part("tracker", tracker_keys(), &Config::tracker);
    list.add_part("labels", label_keys(), &Config::labels);
    list.add_part("policy", policy_keys(), &Config::policy);
    list.add_part("trust", trust_keys(), &Config::trust);
    list.add_part("routing", routing_keys(), &Config::routing);
    list.add_part("prompt", prompt_keys(), &Config::prompt);
    list.add_part("lifecycle", lifecycle_keys(), &Config::lifecycle);
    list.add_part("checks", check_keys(), &Config::checks);
    list.add_part("qa", qa_keys(), &Config::qa);
    list.add_part("deployment", deployment_keys(), &Config::deployment);
    list.add_part("card", card_keys(), &Config::card);
    list.add_part("limits", limit_keys(), &Config::limits);
    return std::move(list).take();
  }();
  return keys;
}

} // namespace afk::config
