// The keys of each kind of executor, of agents and of notifiers: the tables that people name themselves.
#include <afk/config/section_keys.hpp>

#include <afk/core/check.hpp>

namespace afk::config {
namespace {

constexpr NumberRange counted_from_one{.least = 1, .most = 1'000'000};

template <typename Kind>
ExecutorKind make_kind(std::string_view name, const Keys<Kind>& keys) {
  KeyList<ExecutorSettings> list;
  list.add_part("", keys, [](auto& settings) -> auto& { return std::get<Kind>(settings); });
  return ExecutorKind{.name = std::string(name), .built_in = Kind{}, .keys = std::move(list).take()};
}

Keys<ProcessExecutorSettings> process_keys() {
  using Settings = ProcessExecutorSettings;
  const DurationRange at_least_a_second{.least = std::chrono::seconds(1)};
  KeyList<Settings> list;
  list.add({"workspace_root", "the folder of the runs' clones and logs; empty: below the state folder of the user"},
           &Settings::workspace_root, path_type());
  list.add({"sandbox", "what stands between an agent and this machine; none means that the agent is you"},
           &Settings::sandbox,
           choice_type<Settings::Sandbox>({{"bubblewrap", Settings::Sandbox::bubblewrap},
                                           {"docker", Settings::Sandbox::docker},
                                           {"podman", Settings::Sandbox::podman},
                                           {"none", Settings::Sandbox::none}}));
  list.add({"image", "the container image, with sandbox = \"docker\" or \"podman\""}, &Settings::image,
           text_type({.what = "an image", .most_bytes = 500}));
  list.add({"timeout", "how long one turn may take at this executor"}, &Settings::timeout,
           duration_type(at_least_a_second));
  list.add({"output_limit", "how much output of one turn is kept"}, &Settings::output_limit, byte_count_type());
  list.add({"disk_limit", "how much one run may write"}, &Settings::disk_limit, byte_count_type());
  list.add({"memory_limit", "how much memory one turn may use"}, &Settings::memory_limit,
           byte_count_or_word_type("none"));
  list.add({"cpu_limit", "how many processors one turn may use; needs a container or a delegated cgroup"},
           &Settings::cpu_limit, number_or_word_type({.least = 1, .most = 4096}, "none"));
  list.add({"process_limit", "how many processes one turn may have at a time"}, &Settings::process_limit,
           number_or_word_type({.least = 16, .most = 1'000'000}, "none"));
  list.add({"network", "what an agent reaches: everything, nothing, or one proxy"}, &Settings::network,
           choice_type<Settings::Network>(
               {{"on", Settings::Network::on}, {"off", Settings::Network::off}, {"proxy", Settings::Network::proxy}}));
  list.add({"proxy", "the HTTP proxy as host:port, with network = \"proxy\""}, &Settings::proxy,
           text_type({.what = "a proxy", .most_bytes = 300}));
  list.add({"keep", "how long clones and logs stay after their run"}, &Settings::keep,
           duration_type({.least = Duration::zero(), .most = std::chrono::hours(3650 * 24)}));
  return std::move(list).take();
}

Keys<T3ExecutorSettings> t3_keys() {
  using Settings = T3ExecutorSettings;
  using Mode = Settings::RuntimeMode;
  KeyList<Settings> list;
  list.add({"url", "the address of the T3 Code server"}, &Settings::url, service_url_type());
  list.add({"token_file", "the token for the server", FileUse::secret}, &Settings::token_file, path_type());
  list.add({"instance_id", "which provider instance of the server works"}, &Settings::instance_id,
           text_type({.what = "an instance", .most_bytes = 200}));
  list.add({"model", "the model, where the agent names none"}, &Settings::model,
           text_type({.what = "a model", .most_bytes = 200}));
  list.add({"runtime_mode", "what the agent may do without asking"}, &Settings::runtime_mode,
           choice_type<Mode>({{"approval-required", Mode::approval_required},
                              {"auto-accept-edits", Mode::auto_accept_edits},
                              {"auto", Mode::automatic},
                              {"full-access", Mode::full_access}}));
  list.add({"workspace_root", "the folder on the server that holds <owner>__<name> for each repository"},
           &Settings::workspace_root, text_type({.what = "a path on the server", .most_bytes = 4095}));
  list.add({"clone", "who prepares a run's clone: afk, where the server shares a disk with it, or the agent"},
           &Settings::clone,
           choice_type<Settings::Clone>({{"afk", Settings::Clone::afk}, {"agent", Settings::Clone::agent}}));
  list.add({"sandbox", "what stands between check commands and this machine, with clone = \"afk\""}, &Settings::sandbox,
           choice_type<ProcessExecutorSettings::Sandbox>({{"bubblewrap", ProcessExecutorSettings::Sandbox::bubblewrap},
                                                          {"none", ProcessExecutorSettings::Sandbox::none}}));
  return std::move(list).take();
}

Keys<KubernetesExecutorSettings> kubernetes_keys() {
  using Settings = KubernetesExecutorSettings;
  KeyList<Settings> list;
  list.add({"namespace", "where the Jobs are created"}, &Settings::job_namespace,
           text_type({.what = "a namespace", .most_bytes = 63}));
  list.add({"template_file", "the Job that each run is made from; empty: the built-in one", FileUse::trusted},
           &Settings::template_file, path_type());
  list.add({"kubeconfig", "how the cluster is reached; empty: as the pod that this is", FileUse::secret},
           &Settings::kubeconfig, path_type());
  list.add({"image", "the image with the agents' programs, a shell and git"}, &Settings::image,
           text_type({.what = "an image", .most_bytes = 500}));
  list.add({"carrier_image", "afk's own image, which clones and pushes"}, &Settings::carrier_image,
           text_type({.what = "an image", .most_bytes = 500}));
  list.add({"credential_secret", "a Secret whose key token opens the repositories to clone and push"},
           &Settings::credential_secret, text_type({.what = "the name of a Secret", .most_bytes = 253}));
  list.add({"agent_secret", "a Secret whose keys become the environment of the agents"}, &Settings::agent_secret,
           text_type({.what = "the name of a Secret", .most_bytes = 253}));
  return std::move(list).take();
}

Keys<HttpExecutorSettings> http_keys() {
  using Settings = HttpExecutorSettings;
  KeyList<Settings> list;
  list.add({"url", "the address of the agent API"}, &Settings::url, service_url_type());
  list.add({"token_file", "the token for it", FileUse::secret}, &Settings::token_file, path_type());
  return std::move(list).take();
}

Keys<HandoffExecutorSettings> handoff_keys() {
  using Settings = HandoffExecutorSettings;
  using Comment = Settings::Comment;
  KeyList<Settings> list;
  list.add({"label", "the label that an agent which watches the tracker itself waits for"}, &Settings::label,
           text_type({.what = "a label", .most_bytes = 100}));
  list.add({"comment", "whether the issue also gets a comment that assigns it"}, &Settings::comment,
           flag_type(FlagNames<Comment>{.when_false = Comment::off, .when_true = Comment::on}));
  return std::move(list).take();
}

} // namespace

const std::vector<ExecutorKind>& executor_kinds() {
  static const std::vector<ExecutorKind> kinds{make_kind("process", process_keys()), make_kind("t3", t3_keys()),
                                               make_kind("kubernetes", kubernetes_keys()),
                                               make_kind("http", http_keys()), make_kind("handoff", handoff_keys())};
  return kinds;
}

const ExecutorKind& find_executor_kind(const ExecutorSettings& settings) {
  for (const ExecutorKind& kind : executor_kinds()) {
    if (kind.built_in.index() == settings.index()) {
      return kind;
    }
  }
  fail_check("every kind of executor has its keys", std::source_location::current());
}

namespace {

// What is said of an argv: a row of the command table says it itself.
void add_own_program_keys(KeyList<AgentSettings>& list) {
  using Settings = AgentSettings;
  list.add({"stdin", "what its argv finds on standard input"}, &Settings::input,
           choice_type<Settings::Input>({{"prompt", Settings::Input::prompt}, {"none", Settings::Input::none}}));
  Choices<AgentOutput> outputs;
  for (const AgentOutput output :
       {AgentOutput::text, AgentOutput::claude_stream, AgentOutput::codex_jsonl, AgentOutput::gemini_stream}) {
    outputs.emplace_back(render_agent_output(output), output);
  }
  list.add({"output", "what its argv prints: text, or one of the structured forms that afk reads"}, &Settings::output,
           choice_type<AgentOutput>(outputs));
  list.add({"resume", "the argv of a further turn in the same session, with {session}; empty: it begins anew"},
           &Settings::resume, argv_type());
  list.add({"state_env", "the variable that tells its argv a folder of the run for its sessions"}, &Settings::state_env,
           variable_name_type());
  list.add({"kind", "work, or review: judges work in the QA gate; empty: as the row of the command table"},
           &Settings::kind,
           derived_choice_type<Settings::Kind>({{"work", Settings::Kind::work}, {"review", Settings::Kind::review}}));
  list.add({"red_when", "of a reviewer: words in its output that mean that it found something"}, &Settings::red_when,
           text_list_type({.what = "a word of its output", .most_bytes = 200}));
}

} // namespace

const Keys<AgentSettings>& agent_keys() {
  static const Keys<AgentSettings> keys = [] {
    using Settings = AgentSettings;
    KeyList<Settings> list;
    list.add({"executor", "the executor that runs it, a name of the [executors] tables"}, &Settings::executor,
             text_type({.what = "an executor", .most_bytes = 100, .emptiness = Emptiness::refused}));
    list.add({"command", "a row of the command table, as \"claude\""}, &Settings::command,
             text_type({.what = "a command", .most_bytes = 200}));
    list.add({"argv", "the program and its arguments; the prompt is on standard input and in {prompt_file}"},
             &Settings::argv, argv_type());
    list.add({"model", "the model; a label agent:<name>:<model> overrides it"}, &Settings::model,
             text_type({.what = "a model", .most_bytes = 200}));
    list.add({"strengths", "the kinds of work that it is good at"}, &Settings::strengths,
             text_list_type({.what = "a strength", .most_bytes = 100}));
    list.add({"max_concurrent", "how many of its turns run at a time"}, &Settings::max_concurrent,
             number_type(counted_from_one));
    list.add({"credentials_env", "the variables that hold its credentials: it gets them, no other agent does"},
             &Settings::credentials_env, variable_list_type());
    list.add({"credential_files", "files with its credentials: shown to it alone, read-only", FileUse::secret},
             &Settings::credential_files, path_list_type());
    list.add({"configuration_paths", "its own configuration: shown to it read-only where it is there"},
             &Settings::configuration_paths, path_list_type());
    add_own_program_keys(list);
    list.add({"input_price_usd", "what a million input tokens cost, where it counts tokens and no money"},
             &Settings::input_price_usd, amount_type());
    list.add({"cached_input_price_usd", "the same of those that come from a cache"}, &Settings::cached_input_price_usd,
             amount_type());
    list.add({"output_price_usd", "the same of output tokens"}, &Settings::output_price_usd, amount_type());
    list.add({"persona", "who it is, in your words: goes into its prompts"}, &Settings::persona,
             text_type({.what = "a persona", .most_bytes = 4000}));
    return std::move(list).take();
  }();
  return keys;
}

const Keys<RoleSettings>& role_keys() {
  static const Keys<RoleSettings> keys = [] {
    KeyList<RoleSettings> list;
    list.add({"instructions", "what the prompts of an issue with the label role:<name> say besides"},
             &RoleSettings::instructions, text_type({.what = "instructions", .most_bytes = 8000}));
    return std::move(list).take();
  }();
  return keys;
}

const Keys<NotifierSettings>& notifier_keys() {
  static const Keys<NotifierSettings> keys = [] {
    using Settings = NotifierSettings;
    KeyList<Settings> list;
    list.add(
        {"kind", "what the doorbell is"}, &Settings::kind,
        choice_type<Settings::Kind>(
            {{"slack", Settings::Kind::slack}, {"ntfy", Settings::Kind::ntfy}, {"webhook", Settings::Kind::webhook}}));
    list.add({"url_file", "a file with the address, which is a secret", FileUse::secret}, &Settings::url_file,
             path_type());
    list.add({"on", "what it is rung for; empty is everything"}, &Settings::on, endings_type());
    return std::move(list).take();
  }();
  return keys;
}

} // namespace afk::config
