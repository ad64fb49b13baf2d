#include <afk/adapter/pod_carrier_codec.hpp>

#include <afk/adapter/agent_report_codec.hpp>
#include <afk/adapter/git_names.hpp>
#include <afk/core/utf8.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace afk::adapter {
namespace {

using Json = nlohmann::ordered_json;

constexpr int schema = 1;
constexpr std::size_t longest_report = 4096;  // bytes of a termination message
constexpr std::size_t longest_problem = 2000; // bytes
constexpr std::size_t longest_refusal = 300;  // bytes
constexpr std::size_t shortest_text = 100;    // bytes that are left of a text in any case
constexpr std::size_t shrink_step = 50;       // bytes

struct WrongDocument {
  std::string reason;
};

std::string render(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

template <typename Value, typename Read>
Result<Value> parse(std::string_view what, std::string_view bytes, Read read) {
  try {
    const Json json = Json::parse(bytes);
    if (json.at("schema").get<int>() != schema) {
      throw WrongDocument{"its schema is not 1"};
    }
    return read(json);
  } catch (const WrongDocument& wrong) {
    return Error{.kind = ErrorKind::malformed, .message = fmt::format("{} cannot be read: {}", what, wrong.reason)};
  } catch (const Json::exception&) {
    return Error{.kind = ErrorKind::malformed, .message = fmt::format("{} cannot be read", what)};
  }
}

template <typename T>
T take(Result<T> result) {
  if (!result) {
    throw WrongDocument{result.error().message};
  }
  return std::move(result).value();
}

Json make_report(const AgentReport& report) {
  Json json = Json::object();
  if (report.result) {
    json["result"] = render_declared_result(*report.result);
  }
  if (!report.question.empty()) {
    json["question"] = report.question;
  }
  if (report.phase) {
    json["phase"] = render_reported_phase(*report.phase);
  }
  if (!report.step.empty()) {
    json["step"] = report.step;
  }
  if (report.cost_usd) {
    json["cost_usd"] = *report.cost_usd;
  }
  return json;
}

// What a person is asked goes before everything else that is text.
void shrink(Json& json) {
  const auto cut = [&](Json& text, std::size_t least) {
    while (render(json).size() > longest_report && text.is_string() && text.get_ref<std::string&>().size() > least) {
      const std::size_t size = text.get_ref<std::string&>().size();
      const std::size_t shorter = std::max(least, size - std::min(size, shrink_step));
      text = truncate_text(text.get<std::string>(), {.max_bytes = shorter, .note = " [cut]"});
    }
  };
  cut(json["problem"], shortest_text);
  if (json["report"].contains("step")) {
    cut(json["report"]["step"], shortest_text);
  }
  if (json["report"].contains("question")) {
    cut(json["report"]["question"], shortest_text);
  }
}

// "" or an object id.
std::string read_head(const Json& json, const char* key) {
  auto head = json.at(key).get<std::string>();
  if (!head.empty() && !is_object_id(head)) {
    throw WrongDocument{fmt::format("{} is no commit", key)};
  }
  return head;
}

} // namespace

std::string render_carry_order(const CarryOrder& order) {
  return render(Json{{"schema", schema},
                     {"attempt", derive_attempt_name(order.run, order.redispatch)},
                     {"turn", order.turn.text},
                     {"repository", render_repository_name(order.repository)},
                     {"clone_url", order.clone_url},
                     {"base", order.base},
                     {"branch", order.branch},
                     {"verify_head", order.verify_head},
                     {"protected_paths", order.protected_paths}});
}

Result<CarryOrder> parse_carry_order(std::string_view bytes) {
  return parse<CarryOrder>("the order", bytes, [](const Json& json) {
    CarryOrder order;
    const AttemptName attempt = take(parse_attempt_name(json.at("attempt").get<std::string>()));
    order.run = attempt.run;
    order.redispatch = attempt.redispatch;
    order.turn = take(parse_turn_name(json.at("turn").get<std::string>()));
    order.repository = take(parse_repository_name(json.at("repository").get<std::string>()));
    order.clone_url = json.at("clone_url").get<std::string>();
    order.base = json.at("base").get<std::string>();
    order.branch = json.at("branch").get<std::string>();
    order.verify_head = read_head(json, "verify_head");
    order.protected_paths = json.at("protected_paths").get<std::vector<std::string>>();
    return order;
  });
}

std::string render_carry_report(const CarryReport& report) {
  Json json{{"schema", schema},
            {"head_before", report.head_before},
            {"head_after", report.head_after},
            {"exit_code", report.exit_code},
            {"timed_out", report.timed_out == CarryReport::TimedOut::yes},
            {"problem", truncate_text(report.problem, {.max_bytes = longest_problem, .note = "..."})}};
  if (!report.report_problem.empty()) {
    json["report_problem"] = truncate_text(report.report_problem, {.max_bytes = longest_refusal, .note = "..."});
  }
  if (report.report) {
    json["report"] = make_report(*report.report);
    shrink(json);
  }
  return render(json);
}

Result<CarryReport> parse_carry_report(std::string_view bytes) {
  return parse<CarryReport>("what the carrier said", bytes, [](const Json& json) {
    CarryReport report{.head_before = read_head(json, "head_before"),
                       .head_after = read_head(json, "head_after"),
                       .exit_code = json.at("exit_code").get<int>(),
                       .timed_out =
                           json.at("timed_out").get<bool>() ? CarryReport::TimedOut::yes : CarryReport::TimedOut::no,
                       .problem = json.at("problem").get<std::string>()};
    report.report_problem = json.value("report_problem", "");
    if (json.contains("report")) {
      report.report = take(parse_agent_report(render(json.at("report"))));
    }
    return report;
  });
}

} // namespace afk::adapter
