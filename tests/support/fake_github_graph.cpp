#include <support/fake_github_graph.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace afk::test::github {

namespace {

constexpr std::int64_t node_limit = 500'000;

Json location(const Position& position) {
  return Json::array({{{"line", position.line}, {"column", position.column}}});
}

Json resolve_value(const Json& value, const Json& variables) {
  if (value.is_object() && value.contains("$variable")) {
    return variables.value(value.at("$variable").get<std::string>(), Json());
  }
  if (value.is_object() && value.contains("$enum")) {
    return value.at("$enum");
  }
  Json resolved = value;
  if (value.is_structured()) {
    for (auto& part : resolved) {
      part = resolve_value(part, variables);
    }
  }
  return resolved;
}

// The interfaces and unions that a type belongs to, as far as they occur here.
bool belongs_to(const std::string& type, const std::string& condition) {
  static const std::map<std::string, std::set<std::string>> families{
      {"Actor", {"User", "Bot", "Mannequin", "Organization"}},
      {"RepositoryOwner", {"User", "Organization"}},
      {"GitObject", {"Commit"}},
      {"Closable", {"Issue", "PullRequest"}},
      {"Labelable", {"Issue", "PullRequest"}},
      {"Assignable", {"Issue", "PullRequest"}},
      {"Comment", {"Issue", "PullRequest", "IssueComment"}},
      {"UpdatableComment", {"Issue", "PullRequest", "IssueComment"}},
      {"IssueOrPullRequest", {"Issue", "PullRequest"}},
      {"Closer", {"Commit", "PullRequest"}},
      {"IssueTimelineItems",
       {"LabeledEvent", "UnlabeledEvent", "ClosedEvent", "ReopenedEvent", "RenamedTitleEvent", "TransferredEvent",
        "CrossReferencedEvent", "IssueComment"}},
      {"PullRequestTimelineItems",
       {"LabeledEvent", "UnlabeledEvent", "ClosedEvent", "ReopenedEvent", "RenamedTitleEvent", "MergedEvent",
        "CrossReferencedEvent", "IssueComment"}},
      {"RuleParameters", {"RequiredStatusChecksParameters"}},
      {"RequirableByPullRequest", {"CheckRun", "StatusContext"}},
      {"StatusCheckRollupContext", {"CheckRun", "StatusContext"}}};
  if (type == condition || condition == "Node" || condition.empty()) {
    return true;
  }
  const auto family = families.find(condition);
  return family != families.end() && family->second.contains(type);
}

class Executor {
 public:
  Executor(const Document& document, const Operation& operation, Json variables)
      : document_(document), operation_(operation), variables_(std::move(variables)) {}

  // Of the text alone, by the published rules: each connection is asked once for every node of those around it.
  struct Size {
    std::int64_t requests = 0;
    std::int64_t nodes = 0;
  };

  [[nodiscard]] Size measure() const {
    Size size;
    measure(operation_.selections, 1, size);
    return size;
  }

  Json execute(const Object& root) {
    Json answer;
    answer["data"] = select(root, operation_.selections, Json::array());
    if (!errors_.empty()) {
      answer["errors"] = errors_;
    }
    return answer;
  }

 private:
  void measure(const std::vector<Selection>& selections, std::int64_t around, Size& size) const {
    for (const Selection& selection : selections) {
      if (selection.kind == Selection::Kind::spread) {
        measure(find_fragment(selection).selections, around, size);
        continue;
      }
      const Arguments arguments = read_arguments(selection);
      const std::int64_t asked = std::max(arguments.number("first"), arguments.number("last"));
      std::int64_t inside = around;
      if (asked > 0) {
        size.requests += around;
        size.nodes += around * asked;
        inside = around * asked;
      }
      measure(selection.selections, inside, size);
    }
  }

  [[nodiscard]] const Fragment& find_fragment(const Selection& spread) const {
    const auto found = document_.fragments.find(spread.name);
    if (found == document_.fragments.end()) {
      throw QueryError{{{"message", "Fragment " + spread.name + " was used, but not defined"},
                        {"locations", location(spread.position)}}};
    }
    return found->second;
  }

  [[nodiscard]] Arguments read_arguments(const Selection& selection) const {
    Json values = Json::object();
    for (const auto& [name, value] : selection.arguments) {
      values[name] = resolve_value(value, variables_);
    }
    return Arguments(std::move(values));
  }

  [[nodiscard]] bool is_wanted(const Selection& selection) const {
    const auto holds = [&](const char* name, bool otherwise) {
      const auto found = selection.directives.find(name);
      return found == selection.directives.end() ? otherwise : resolve_value(found->second, variables_) == Json(true);
    };
    return holds("include", true) && !holds("skip", false);
  }

  // Fields of fragments are merged into those around them.
  void collect(const Object& object, const std::vector<Selection>& selections,
               std::vector<std::pair<std::string, std::vector<const Selection*>>>& fields) const {
    for (const Selection& selection : selections) {
      if (!is_wanted(selection)) {
        continue;
      }
      if (selection.kind == Selection::Kind::spread) {
        const Fragment& fragment = find_fragment(selection);
        if (belongs_to(object.type, fragment.condition)) {
          collect(object, fragment.selections, fields);
        }
      } else if (selection.kind == Selection::Kind::inline_fragment) {
        if (belongs_to(object.type, selection.condition)) {
          collect(object, selection.selections, fields);
        }
      } else {
        const auto same = std::ranges::find(fields, selection.key, [](const auto& field) { return field.first; });
        if (same == fields.end()) {
          fields.emplace_back(selection.key, std::vector{&selection});
        } else {
          same->second.push_back(&selection);
        }
      }
    }
  }

  Json select(const Object& object, const std::vector<Selection>& selections, const Json& path) {
    std::vector<std::pair<std::string, std::vector<const Selection*>>> fields;
    collect(object, selections, fields);
    Json selected = Json::object();
    for (const auto& [key, asked] : fields) {
      Json place = path;
      place.push_back(key);
      selected[key] = resolve(object, asked, place);
    }
    return selected;
  }

  Json resolve(const Object& object, const std::vector<const Selection*>& asked, const Json& path) {
    const Selection& first = *asked.front();
    if (first.name == "__typename") {
      return object.type;
    }
    const auto field = object.fields.find(first.name);
    if (field == object.fields.end()) {
      throw QueryError{
          {{"path", path},
           {"extensions", {{"code", "undefinedField"}, {"typeName", object.type}, {"fieldName", first.name}}},
           {"locations", location(first.position)},
           {"message", fmt::format("Field '{}' doesn't exist on type '{}'", first.name, object.type)}}};
    }
    try {
      std::vector<Selection> inner;
      for (const Selection* const one : asked) {
        inner.insert(inner.end(), one->selections.begin(), one->selections.end());
      }
      return complete(field->second(read_arguments(first)), inner, path, first);
    } catch (const FieldError& problem) {
      errors_.push_back({{"type", problem.type},
                         {"path", path},
                         {"locations", location(first.position)},
                         {"message", problem.message}});
      return nullptr;
    }
  }

  Json complete(const Value& value, const std::vector<Selection>& selections, const Json& path,
                const Selection& field) {
    switch (value.kind) {
    case Value::Kind::leaf:
      if (!selections.empty() && !value.leaf.is_null()) {
        throw QueryError{{{"message", fmt::format("Selections can't be made on scalars (field '{}')", field.name)},
                          {"locations", location(field.position)}}};
      }
      return value.leaf;
    case Value::Kind::object:
      if (selections.empty()) {
        throw QueryError{{{"message", fmt::format("Field must have selections (field '{}' returns {} but has no "
                                                  "selections. Did you mean '{} {{ ... }}'?)",
                                                  field.name, value.object->type, field.name)},
                          {"locations", location(field.position)}}};
      }
      return select(*value.object, selections, path);
    case Value::Kind::list:
      break;
    }
    Json list = Json::array();
    for (const Value& one : value.list) {
      Json place = path;
      place.push_back(list.size());
      list.push_back(complete(one, selections, place, field));
    }
    return list;
  }

  const Document& document_;
  const Operation& operation_;
  Json variables_;
  Json errors_ = Json::array();
};

Json invalid(Json error) {
  return {{"errors", Json::array({std::move(error)})}};
}

const Operation& choose_operation(const Document& document, const std::string& name) {
  for (const Operation& operation : document.operations) {
    if (name.empty() || operation.name == name) {
      return operation;
    }
  }
  throw QueryError{{{"message", "No operation named \"" + name + "\""}}};
}

Json read_variables(const Operation& operation, const Json& given) {
  Json variables = Json::object();
  for (const VariableDefinition& variable : operation.variables) {
    const bool is_given = given.is_object() && given.contains(variable.name);
    if (!is_given && !variable.has_default && variable.type.ends_with('!')) {
      throw QueryError{
          {{"message", fmt::format("Variable ${} of type {} was provided invalid value", variable.name, variable.type)},
           {"extensions", {{"value", nullptr}}}}};
    }
    variables[variable.name] = is_given ? given.at(variable.name) : resolve_value(variable.otherwise, Json::object());
  }
  return variables;
}

} // namespace

std::vector<std::string> Arguments::texts(std::string_view name) const {
  std::vector<std::string> texts;
  if (has(name)) {
    const Json& value = values_.at(name);
    if (value.is_string()) {
      return {value.get<std::string>()}; // one stands for a list of one
    }
    for (const Json& entry : value) {
      texts.push_back(entry.is_string() ? entry.get<std::string>() : "");
    }
  }
  return texts;
}

namespace {

// The type of a connection's elements, by the field that it is under; its own is that and "Connection".
std::string element_of(const std::string& field) {
  static const std::map<std::string, std::string> elements{{"issues", "Issue"},
                                                           {"subIssues", "Issue"},
                                                           {"comments", "IssueComment"},
                                                           {"labels", "Label"},
                                                           {"timelineItems", "IssueTimelineItems"},
                                                           {"userContentEdits", "UserContentEdit"},
                                                           {"pullRequests", "PullRequest"},
                                                           {"closedByPullRequestsReferences", "PullRequest"},
                                                           {"contexts", "StatusCheckRollupContext"},
                                                           {"checkRuns", "CheckRun"},
                                                           {"checkSuites", "CheckSuite"},
                                                           {"annotations", "CheckAnnotation"},
                                                           {"deployments", "Deployment"},
                                                           {"statuses", "DeploymentStatus"},
                                                           {"collaborators", "RepositoryCollaborator"},
                                                           {"branchProtectionRules", "BranchProtectionRule"},
                                                           {"rules", "RepositoryRule"},
                                                           {"refs", "Ref"},
                                                           {"parents", "Commit"},
                                                           {"commits", "PullRequestCommit"}};
  return elements.at(field);
}

} // namespace

Value make_connection(const std::string& name, const Arguments& arguments, std::vector<MakeNode> nodes,
                      const FillEdge& fill_edge) {
  if (!arguments.has("first") && !arguments.has("last")) {
    throw FieldError{
        "MISSING_PAGINATION_BOUNDARIES",
        fmt::format("You must provide a `first` or `last` value to properly paginate the `{}` connection.", name)};
  }
  const std::int64_t asked = arguments.number(arguments.has("first") ? "first" : "last");
  if (asked < 0 || asked > 100) {
    throw FieldError{"EXCESSIVE_PAGINATION",
                     fmt::format("Requesting {} records on the `{}` connection exceeds the `first` limit of 100 "
                                 "records.",
                                 asked, name)};
  }
  const auto place = [](const std::string& cursor) {
    return number_of(cursor.substr(std::min<std::size_t>(2, cursor.size())));
  };
  const auto count = static_cast<std::int64_t>(nodes.size());
  std::int64_t begin = arguments.has("after") ? std::min(count, place(arguments.text("after"))) : 0;
  std::int64_t end = arguments.has("before") ? std::max(begin, place(arguments.text("before")) - 1) : count;
  if (arguments.has("first")) {
    end = std::min(end, begin + asked);
  } else {
    begin = std::max(begin, end - asked);
  }
  const auto cursor = [](std::int64_t index) { return "c:" + std::to_string(index + 1); };
  const ObjectPointer connection = make_object(element_of(name) + "Connection");
  connection->leaf("totalCount", count);
  connection->leaf("filteredCount", count);
  connection->leaf("pageCount", end - begin);
  connection->fields["nodes"] = [nodes, begin, end](const Arguments&) {
    std::vector<Value> shown;
    for (std::int64_t index = begin; index < end; ++index) {
      shown.push_back(nodes[static_cast<std::size_t>(index)]());
    }
    return Value::of(std::move(shown));
  };
  connection->fields["edges"] = [nodes, begin, end, name, cursor, fill_edge](const Arguments&) {
    std::vector<Value> shown;
    for (std::int64_t index = begin; index < end; ++index) {
      const auto at = static_cast<std::size_t>(index);
      const ObjectPointer edge = make_object(element_of(name) + "Edge");
      edge->leaf("cursor", cursor(index));
      edge->fields["node"] = [make = nodes[at]](const Arguments&) { return make(); };
      if (fill_edge) {
        fill_edge(*edge, at);
      }
      shown.push_back(Value::of(edge));
    }
    return Value::of(std::move(shown));
  };
  const ObjectPointer page = make_object("PageInfo");
  page->leaf("hasNextPage", end < count);
  page->leaf("hasPreviousPage", begin > 0);
  page->leaf("startCursor", begin < end ? Json(cursor(begin)) : Json(nullptr));
  page->leaf("endCursor", begin < end ? Json(cursor(end - 1)) : Json(nullptr));
  connection->fields["pageInfo"] = [page](const Arguments&) { return Value::of(page); };
  return Value::of(connection);
}

Json answer_graph(Call& call) {
  if (!call.body.is_object() || text_of(call.body, "query").empty()) {
    return invalid({{"message", "A query attribute must be specified and must be a string."}});
  }
  try {
    const Document document = parse_document(text_of(call.body, "query"));
    const Operation& operation = choose_operation(document, text_of(call.body, "operationName"));
    Executor executor(document, operation, read_variables(operation, call.body.value("variables", Json::object())));
    const Executor::Size size = executor.measure();
    if (size.nodes > node_limit) {
      return invalid({{"type", "MAX_NODE_LIMIT_EXCEEDED"},
                      {"message", fmt::format("This query requests up to {} possible nodes which exceeds the maximum "
                                              "limit of {}.",
                                              size.nodes, node_limit)}});
    }
    const std::int64_t cost = std::max<std::int64_t>(1, std::llround(static_cast<double>(size.requests) / 100));
    call.state.graph.used += cost;
    const ObjectPointer root =
        operation.kind == "mutation" ? graph_mutation(call) : graph_query(call, cost, size.nodes);
    return executor.execute(*root);
  } catch (const SyntaxError& problem) {
    return invalid({{"message", problem.message}, {"locations", location(problem.position)}});
  } catch (const QueryError& problem) {
    return invalid(problem.error);
  }
}

} // namespace afk::test::github
