#include <afk/adapter/run_folder_codec.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace afk::adapter {
namespace {

using Json = nlohmann::ordered_json;

constexpr int schema = 1;

struct OutcomeName {
  TurnOutcome outcome;
  std::string_view name;
};

constexpr std::array outcome_names{
    OutcomeName{TurnOutcome::succeeded, "succeeded"},        OutcomeName{TurnOutcome::failed, "failed"},
    OutcomeName{TurnOutcome::interrupted, "interrupted"},    OutcomeName{TurnOutcome::timed_out, "timed-out"},
    OutcomeName{TurnOutcome::output_limit, "output-limit"},  OutcomeName{TurnOutcome::disk_limit, "disk-limit"},
    OutcomeName{TurnOutcome::usage_limited, "usage-limited"}};

// Paths and branch names may hold bytes that are no UTF-8; a document that replaces them still says what was meant.
std::string render(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

// Turns whatever the library or a value's own parser says into one kind of error.
struct WrongDocument {
  std::string reason;
};

template <typename T>
T take(Result<T> result) {
  if (!result) {
    throw WrongDocument{result.error().message};
  }
  return std::move(result).value();
}

template <typename Document, typename Read>
Result<Document> parse(std::string_view name, std::string_view bytes, Read read) {
  try {
    if (bytes.size() > longest_run_document) {
      throw WrongDocument{"it is too long"};
    }
    const Json json = Json::parse(bytes);
    if (json.at("schema").get<int>() != schema) {
      throw WrongDocument{"its schema is not 1: a newer afk wrote it"};
    }
    return read(json);
  } catch (const WrongDocument& wrong) {
    return Error{.kind = ErrorKind::malformed, .message = fmt::format("{} cannot be read: {}", name, wrong.reason)};
  } catch (const Json::exception& wrong) {
    return Error{.kind = ErrorKind::malformed, .message = fmt::format("{} cannot be read: {}", name, wrong.what())};
  }
}

Json render_variables(const EnvironmentVariables& variables) {
  Json rendered = Json::array();
  for (const auto& [name, value] : variables) {
    rendered.push_back(Json::array({name, value}));
  }
  return rendered;
}

EnvironmentVariables read_variables(const Json& json) {
  EnvironmentVariables variables;
  for (const Json& variable : json) {
    variables.emplace_back(variable.at(0).get<std::string>(), variable.at(1).get<std::string>());
  }
  return variables;
}

Json render_step(const TurnStep& step) {
  return {{"argv", step.argv},
          {"standard_input", step.standard_input},
          {"header", step.header},
          {"failure", step.failure == TurnStep::Failure::ignored ? "ignored" : "ends-turn"},
          {"child", step.child == TurnStep::Child::sandbox ? "sandbox" : "itself"},
          {"timeout", step.timeout ? Json(render_duration(*step.timeout)) : Json()},
          {"removal", step.removal},
          {"output", render_agent_output(step.output)},
          {"prices",
           {{"input", step.prices.input}, {"cached_input", step.prices.cached_input}, {"output", step.prices.output}}},
          {"red_when", step.red_when},
          {"variables", render_variables(step.variables)},
          {"withheld", step.withheld}};
}

Json render_limits(const TurnLimits& limits) {
  return {{"timeout", render_duration(limits.timeout)},
          {"stop_grace", render_duration(limits.stop_grace)},
          {"watch_interval", render_duration(limits.watch_interval)},
          {"output_bytes", limits.output_bytes},
          {"disk_bytes", limits.disk_bytes},
          {"memory_bytes", limits.memory_bytes ? Json(*limits.memory_bytes) : Json()},
          {"processes", limits.processes ? Json(*limits.processes) : Json()},
          {"processors", limits.processors ? Json(*limits.processors) : Json()},
          {"cgroup_parent", limits.cgroup_parent}};
}

bool is_first_of(const Json& json, const char* key, std::string_view first, std::string_view second) {
  const auto text = json.at(key).get<std::string>();
  if (text != first && text != second) {
    throw WrongDocument{fmt::format("{} is neither {} nor {}", key, first, second)};
  }
  return text == first;
}

TurnStep read_step(const Json& json) {
  TurnStep step{.argv = json.at("argv").get<std::vector<std::string>>(),
                .standard_input = json.at("standard_input").get<std::string>(),
                .header = json.at("header").get<std::string>()};
  if (step.argv.empty()) {
    throw WrongDocument{"a step has no program"};
  }
  step.failure =
      is_first_of(json, "failure", "ignored", "ends-turn") ? TurnStep::Failure::ignored : TurnStep::Failure::ends_turn;
  step.child = is_first_of(json, "child", "sandbox", "itself") ? TurnStep::Child::sandbox : TurnStep::Child::itself;
  if (!json.at("timeout").is_null()) {
    step.timeout = take(parse_duration(json.at("timeout").get<std::string>()));
  }
  step.removal = json.at("removal").get<std::vector<std::string>>();
  step.output = take(parse_agent_output(json.at("output").get<std::string>()));
  const Json& prices = json.at("prices");
  step.prices = {prices.at("input").get<double>(), prices.at("cached_input").get<double>(),
                 prices.at("output").get<double>()};
  step.red_when = json.at("red_when").get<std::vector<std::string>>();
  step.variables = read_variables(json.at("variables"));
  step.withheld = json.at("withheld").get<std::vector<std::string>>();
  return step;
}

template <typename T>
Json render_optional(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

std::optional<int> read_optional_number(const Json& json, const char* key) {
  return json.at(key).is_null() ? std::nullopt : std::optional(json.at(key).get<int>());
}

Timestamp read_timestamp(const Json& json, const char* key) {
  return take(parse_timestamp(json.at(key).get<std::string>()));
}

Duration read_duration(const Json& json, const char* key) {
  return take(parse_duration(json.at(key).get<std::string>()));
}

TurnLimits read_limits(const Json& json) {
  TurnLimits limits{.timeout = read_duration(json, "timeout"),
                    .stop_grace = read_duration(json, "stop_grace"),
                    .watch_interval = read_duration(json, "watch_interval"),
                    .output_bytes = json.at("output_bytes").get<std::int64_t>(),
                    .disk_bytes = json.at("disk_bytes").get<std::int64_t>(),
                    .processes = read_optional_number(json, "processes"),
                    .processors = read_optional_number(json, "processors"),
                    .cgroup_parent = json.at("cgroup_parent").get<std::string>()};
  if (!json.at("memory_bytes").is_null()) {
    limits.memory_bytes = json.at("memory_bytes").get<std::int64_t>();
  }
  return limits;
}

} // namespace

std::string_view render_turn_outcome(TurnOutcome outcome) {
  for (const OutcomeName& row : outcome_names) {
    if (row.outcome == outcome) {
      return row.name;
    }
  }
  return "failed";
}

Result<TurnOutcome> parse_turn_outcome(std::string_view text) {
  for (const OutcomeName& row : outcome_names) {
    if (row.name == text) {
      return row.outcome;
    }
  }
  return Error{.kind = ErrorKind::malformed, .message = "there is no such outcome of a turn"};
}

std::string render_run_document(const RunDocument& document) {
  return render({{"schema", schema},
                 {"issue", render_issue_ref(document.issue)},
                 {"agent", document.agent},
                 {"model", document.model},
                 {"branch", document.branch},
                 {"base_branch", document.base_branch},
                 {"base_head", document.base_head}});
}

Result<RunDocument> parse_run_document(std::string_view bytes) {
  return parse<RunDocument>("run.json", bytes, [](const Json& json) {
    return RunDocument{.issue = take(parse_issue_ref(json.at("issue").get<std::string>())),
                       .agent = json.at("agent").get<std::string>(),
                       .model = json.at("model").get<std::string>(),
                       .branch = json.at("branch").get<std::string>(),
                       .base_branch = json.at("base_branch").get<std::string>(),
                       .base_head = json.at("base_head").get<std::string>()};
  });
}

std::string render_turn_document(const TurnDocument& document) {
  Json steps = Json::array();
  for (const TurnStep& step : document.steps) {
    steps.push_back(render_step(step));
  }
  return render({{"schema", schema},
                 {"sequence", document.sequence},
                 {"turn", document.turn.text},
                 {"agent", document.agent},
                 {"branch", document.branch},
                 {"verify_head", document.verify_head},
                 {"steps", std::move(steps)},
                 {"working_folder", document.working_folder},
                 {"measured_folders", document.measured_folders},
                 {"variables", render_variables(document.variables)},
                 {"limits", render_limits(document.limits)},
                 {"proxy", document.proxy}});
}

Result<TurnDocument> parse_turn_document(std::string_view bytes) {
  return parse<TurnDocument>("order.json", bytes, [](const Json& json) {
    TurnDocument document{.sequence = json.at("sequence").get<int>(),
                          .turn = take(parse_turn_name(json.at("turn").get<std::string>())),
                          .agent = json.at("agent").get<std::string>(),
                          .branch = json.at("branch").get<std::string>(),
                          .verify_head = json.at("verify_head").get<std::string>(),
                          .working_folder = json.at("working_folder").get<std::string>(),
                          .measured_folders = json.at("measured_folders").get<std::vector<std::string>>()};
    for (const Json& step : json.at("steps")) {
      document.steps.push_back(read_step(step));
    }
    document.variables = read_variables(json.at("variables"));
    document.limits = read_limits(json.at("limits"));
    document.proxy = json.at("proxy").get<std::string>();
    return document;
  });
}

std::string render_started_document(const StartedDocument& document) {
  return render({{"schema", schema},
                 {"pid", document.supervisor.id},
                 {"start_ticks", document.supervisor.start_ticks},
                 {"boot_id", document.supervisor.boot_id},
                 {"id_namespace", document.supervisor.id_namespace},
                 {"at", render_timestamp(document.at)},
                 {"head_before", document.head_before}});
}

Result<StartedDocument> parse_started_document(std::string_view bytes) {
  return parse<StartedDocument>("started", bytes, [](const Json& json) {
    StartedDocument document{.supervisor = {.id = json.at("pid").get<pid_t>(),
                                            .start_ticks = json.at("start_ticks").get<std::uint64_t>(),
                                            .boot_id = json.at("boot_id").get<std::string>(),
                                            .id_namespace = json.at("id_namespace").get<std::string>()},
                             .at = read_timestamp(json, "at"),
                             .head_before = json.at("head_before").get<std::string>()};
    // A number that is not one process means a whole group, or everybody, to kill(2).
    if (document.supervisor.id <= 1) {
      throw WrongDocument{"pid is not the number of a supervisor"};
    }
    return document;
  });
}

std::string render_ended_document(const EndedDocument& document) {
  return render({{"schema", schema},
                 {"outcome", render_turn_outcome(document.outcome)},
                 {"reason", document.reason},
                 {"exit_code", render_optional(document.exit_code)},
                 {"signal", render_optional(document.ended_signal)},
                 {"failed_step", render_optional(document.failed_step)},
                 {"started_at", render_timestamp(document.started_at)},
                 {"ended_at", render_timestamp(document.ended_at)},
                 {"output_bytes", document.output_bytes},
                 {"left_behind", document.left_behind},
                 {"head_after", document.head_after}});
}

Result<EndedDocument> parse_ended_document(std::string_view bytes) {
  return parse<EndedDocument>("ended.json", bytes, [](const Json& json) {
    return EndedDocument{.outcome = take(parse_turn_outcome(json.at("outcome").get<std::string>())),
                         .reason = json.at("reason").get<std::string>(),
                         .exit_code = read_optional_number(json, "exit_code"),
                         .ended_signal = read_optional_number(json, "signal"),
                         .failed_step = read_optional_number(json, "failed_step"),
                         .started_at = read_timestamp(json, "started_at"),
                         .ended_at = read_timestamp(json, "ended_at"),
                         .output_bytes = json.at("output_bytes").get<std::int64_t>(),
                         .left_behind = json.at("left_behind").get<int>(),
                         .head_after = json.at("head_after").get<std::string>()};
  });
}

} // namespace afk::adapter
