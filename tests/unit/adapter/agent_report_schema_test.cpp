// The published schema of the report against the program that reads it: both say the same of every report.
#include <afk/adapter/agent_report_codec.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

namespace afk::adapter {
namespace {

using Json = nlohmann::json;

bool has_type(const Json& value, const std::string& type) {
  return (type == "object" && value.is_object()) || (type == "string" && value.is_string()) ||
         (type == "number" && value.is_number()) || (type == "null" && value.is_null());
}

bool has_one_of_types(const Json& value, const Json& types) {
  return types.is_string() ? has_type(value, types)
                           : std::ranges::any_of(types, [&](const Json& type) { return has_type(value, type); });
}

bool has_all_required(const Json& value, const Json& names) {
  return std::ranges::all_of(names, [&](const Json& name) { return value.contains(name.get<std::string>()); });
}

// As much of JSON Schema as this schema uses; an unknown word makes the test fail instead of being passed over.
bool accepts(const Json& schema, const Json& value) {
  bool good = true;
  for (const auto& [word, rule] : schema.items()) {
    if (word == "type") {
      good = good && has_one_of_types(value, rule);
    } else if (word == "enum") {
      good = good && std::ranges::find(rule, value) != rule.end();
    } else if (word == "const") {
      good = good && value == rule;
    } else if (word == "minimum") {
      good = good && (!value.is_number() || value.get<double>() >= rule.get<double>());
    } else if (word == "maximum") {
      good = good && (!value.is_number() || value.get<double>() <= rule.get<double>());
    } else if (word == "minLength") {
      good = good && (!value.is_string() || value.get<std::string>().size() >= rule.get<std::size_t>());
    } else if (word == "required") {
      good = good && has_all_required(value, rule);
    } else if (word == "properties") {
      for (const auto& [name, inner] : rule.items()) {
        good = good && (!value.contains(name) || accepts(inner, value.at(name)));
      }
    } else if (word == "allOf") {
      good = good && std::ranges::all_of(rule, [&](const Json& part) { return accepts(part, value); });
    } else if (word == "if") {
      good = good && (!accepts(rule, value) || accepts(schema.at("then"), value));
    } else {
      REQUIRE((word == "then" || word == "$schema" || word == "$id" || word == "title" || word == "description" ||
               (word == "additionalProperties" && rule == true)));
    }
  }
  return good;
}

TEST_CASE("the schema and the program agree on every report") {
  const Json schema =
      Json::parse(afk::test::get_file(std::string(AFK_SOURCE_DIR) + "/config/schemas/agent-report.json"));
  const std::vector<std::string> values{"null",
                                        "true",
                                        "7",
                                        "-1",
                                        "0.5",
                                        "1e6",
                                        "2e6",
                                        "\"\"",
                                        "\"done\"",
                                        "\"nothing-to-do\"",
                                        "\"blocked\"",
                                        "\"working\"",
                                        "\"tests-red\"",
                                        "\"tests-green\"",
                                        "\"pushed\"",
                                        "\"Why?\"",
                                        "[]",
                                        "{}"};
  int reports = 0;
  int good = 0;
  const auto compare = [&](const std::string& text) {
    INFO(text);
    const bool accepted = accepts(schema, Json::parse(text));
    CHECK(accepted == parse_agent_report(text).ok());
    ++reports;
    good += accepted ? 1 : 0;
  };
  for (const std::string key : {"result", "question", "phase", "step", "cost_usd", "unknown"}) {
    for (const std::string& value : values) {
      compare("{\"" + key + "\": " + value + "}");
    }
  }
  for (const std::string& result : values) {
    for (const std::string& question : values) {
      compare("{\"result\": " + result + ", \"question\": " + question + "}");
    }
  }
  compare("{}");
  CHECK(reports == 433);
  CHECK(good > 50);
}

} // namespace
} // namespace afk::adapter
