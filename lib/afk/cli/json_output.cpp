#include <afk/cli/json_output.hpp>

#include <afk/core/policy_verdict.hpp>
#include <afk/core/time.hpp>

#include <nlohmann/json.hpp>

namespace afk::cli {

namespace {

// Keys stand in the order in which people read them.
using Json = nlohmann::ordered_json;

template <typename T, typename Render>
Json optional_json(const std::optional<T>& value, Render render) {
  return value ? Json(render(*value)) : Json(nullptr);
}

Json text_or_null(const std::optional<std::string>& value) {
  return value ? Json(*value) : Json(nullptr);
}

// Hostile bytes become valid UTF-8; nlohmann escapes the rest.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

Json render_gate(const GateVerdict& gate) {
  Json one;
  one["name"] = gate.name;
  one["pass"] = gate.state == GateState::not_evaluated ? Json(nullptr) : Json(gate.state == GateState::pass);
  one["reason"] = gate.reason;
  one["change"] = gate.change;
  return one;
}

Json render_issue(const loop::IssueReport& issue) {
  Json one;
  one["issue"] = render_issue_ref(issue.issue);
  one["title"] = issue.title;
  one["verdict"] = optional_json(issue.verdict, [](auto verdict) { return loop::render_verdict(verdict); });
  one["reason"] = issue.reason;
  one["gates"] = Json::array();
  for (const GateVerdict& gate : issue.gates)
    one["gates"].push_back(render_gate(gate));
  one["run"] = optional_json(issue.run, [](const RunName& run) { return run.text; });
  one["turn"] = optional_json(issue.turn, [](const TurnName& turn) { return turn.text; });
  one["agent"] = text_or_null(issue.agent);
  one["executor"] = text_or_null(issue.executor);
  one["executor_ref"] = text_or_null(issue.executor_ref);
  one["phase"] = text_or_null(issue.phase);
  one["action"] = text_or_null(issue.action);
  one["row"] = optional_json(issue.row, [](int row) { return row; });
  one["terminal"] = optional_json(issue.terminal, [](Ending ending) { return render_ending(ending); });
  one["started_at"] = optional_json(issue.started_at, render_timestamp);
  one["attempts"] = optional_json(issue.attempts, [](int attempts) { return attempts; });
  one["evidence"] = Json::object();
  for (const loop::EvidenceLink& link : issue.evidence)
    one["evidence"][link.name] = link.value;
  one["step"] = text_or_null(issue.step);
  one["quiet_since"] = optional_json(issue.quiet_since, render_timestamp);
  one["writes"] = issue.writes;
  one["prompt"] = text_or_null(issue.prompt);
  return one;
}

Json render_errors(const loop::TickReport& report) {
  Json errors = Json::array();
  const auto add = [&](const std::optional<IssueRef>& issue, const Error& error) {
    Json one;
    one["issue"] = optional_json(issue, render_issue_ref);
    one["kind"] = render_error_kind(error.kind);
    one["message"] = error.message;
    errors.push_back(std::move(one));
  };
  if (report.fatal)
    add(std::nullopt, *report.fatal);
  for (const loop::ReportedError& reported : report.errors)
    add(reported.issue, reported.error);
  return errors;
}

Json render_requests(const loop::RequestCount& requests) {
  Json one;
  one["count"] = requests.count;
  one["by_host"] = Json::object();
  for (const auto& [host, count] : requests.by_host)
    one["by_host"][host] = count;
  one["points"] = optional_json(requests.points, [](int points) { return points; });
  one["rate_limit_remaining"] = optional_json(requests.rate_limit_remaining, [](int left) { return left; });
  return one;
}

std::string_view render_command(loop::TickCommand command) {
  switch (command) {
  case loop::TickCommand::poll:
    return "poll";
  case loop::TickCommand::watch:
    return "watch";
  case loop::TickCommand::tick:
    return "tick";
  }
  return "tick";
}

Json render_issues(const loop::TickReport& report) {
  Json issues = Json::array();
  for (const loop::IssueReport& issue : report.issues)
    issues.push_back(render_issue(issue));
  return issues;
}

Json to_json(const config::Node& node) {
  return std::visit(
      [](const auto& value) -> Json {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, config::List>) {
          Json list = Json::array();
          for (const config::Node& one : value)
            list.push_back(to_json(one));
          return list;
        } else if constexpr (std::is_constructible_v<Json, Value>) {
          return Json(value);
        } else {
          return Json(nullptr);
        }
      },
      node.value);
}

} // namespace

std::string render_tick_json(const loop::TickReport& report) {
  Json json;
  json["schema"] = "afk.tick/1";
  json["command"] = render_command(report.command);
  json["dry_run"] = report.mode == loop::TickReport::Mode::dry_run;
  json["kill_switch"] = report.kill_switch == KillSwitch::on;
  json["started_at"] = render_timestamp(report.started_at);
  json["duration_ms"] = report.duration.count();
  json["requests"] = render_requests(report.requests);
  json["issues"] = render_issues(report);
  json["errors"] = render_errors(report);
  return dump(json);
}

std::string render_status_json(const loop::TickReport& report) {
  Json json;
  json["schema"] = "afk.status/1";
  json["issues"] = render_issues(report);
  json["errors"] = render_errors(report);
  return dump(json);
}

std::string render_why_json(const loop::TickReport& report) {
  Json json;
  json["schema"] = "afk.why/1";
  json["issues"] = render_issues(report);
  json["errors"] = render_errors(report);
  return dump(json);
}

std::string render_doctor_json(const std::vector<Finding>& findings) {
  Json json;
  json["schema"] = "afk.doctor/1";
  json["findings"] = Json::array();
  for (const Finding& finding : findings) {
    Json one;
    one["check"] = finding.check;
    one["state"] = render_finding_state(finding.state);
    one["message"] = finding.message;
    one["cure"] = finding.cure;
    json["findings"].push_back(std::move(one));
  }
  return dump(json);
}

std::string render_config_json(const std::vector<config::Setting>& settings) {
  Json json;
  json["schema"] = "afk.config/1";
  json["settings"] = Json::array();
  for (const config::Setting& setting : settings) {
    Json one;
    one["key"] = setting.key;
    one["value"] = to_json(setting.value);
    one["origin"] = setting.origin;
    json["settings"].push_back(std::move(one));
  }
  return dump(json);
}

std::string render_log_json(const LogRecord& record) {
  Json json;
  json["time"] = record.time;
  json["level"] = record.level;
  json["message"] = record.message;
  json["issue"] = record.issue.empty() ? Json(nullptr) : Json(record.issue);
  json["kind"] = record.kind.empty() ? Json(nullptr) : Json(record.kind);
  return dump(json);
}

} // namespace afk::cli
