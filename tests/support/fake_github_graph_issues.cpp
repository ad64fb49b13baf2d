#include <support/fake_github_graph.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <regex>

namespace afk::test::github {

namespace {

constexpr std::int64_t largest_int = 2'147'483'647;

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](char letter) {
    return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  });
  return text;
}

Value actor_value(const Call& call, std::int64_t account) {
  return Value::of(graph_actor(call, account));
}

struct EventType {
  std::string_view rest;
  std::string_view item;
  std::string_view type;
};

constexpr EventType event_types[] = {
    {"labeled", "LABELED_EVENT", "LabeledEvent"},
    {"unlabeled", "UNLABELED_EVENT", "UnlabeledEvent"},
    {"closed", "CLOSED_EVENT", "ClosedEvent"},
    {"reopened", "REOPENED_EVENT", "ReopenedEvent"},
    {"renamed", "RENAMED_TITLE_EVENT", "RenamedTitleEvent"},
    {"merged", "MERGED_EVENT", "MergedEvent"},
    {"transferred", "TRANSFERRED_EVENT", "TransferredEvent"},
    {"cross-referenced", "CROSS_REFERENCED_EVENT", "CrossReferencedEvent"},
};

Value make_event(Call& call, Issue& issue, const Event& event, const EventType& type) {
  const ObjectPointer object = make_object(std::string(type.type));
  object->leaf("id", fmt::format("LE_{}", event.id));
  object->leaf("createdAt", render_time(event.at));
  object->fields["actor"] = [&call, id = event.actor](const Arguments&) { return actor_value(call, id); };
  if (!event.label.empty()) {
    object->fields["label"] = [&call, &issue, name = event.label](const Arguments&) {
      const Label* const label = find_label(call.state.repositories.at(issue.repository), name);
      return Value::of(graph_label(call, label == nullptr ? Label{.name = name} : *label));
    };
  }
  if (event.kind == "renamed") {
    object->leaf("previousTitle", event.from);
    object->leaf("currentTitle", event.to);
  }
  if (event.kind == "closed" || event.kind == "reopened") {
    object->leaf("stateReason", event.state_reason.empty() ? Json(nullptr) : Json(upper(event.state_reason)));
  }
  if (event.kind == "closed") {
    object->fields["closer"] = [&call, &issue, commit = event.commit](const Arguments&) {
      return commit.empty() ? Value{}
                            : Value::of(graph_commit(call, call.state.repositories.at(issue.repository), commit));
    };
  }
  if (event.kind == "merged") {
    object->fields["commit"] = [&call, &issue, commit = event.commit](const Arguments&) {
      return Value::of(graph_commit(call, call.state.repositories.at(issue.repository), commit));
    };
  }
  if (event.kind == "cross-referenced") {
    object->leaf("isCrossRepository", false);
    object->leaf("willCloseTarget", false);
    object->fields["source"] = [&call, source = event.source](const Arguments&) {
      Issue& from = call.state.issues.at(source);
      return Value::of(from.pull ? graph_pull(call, from) : graph_issue(call, from));
    };
  }
  return Value::of(object);
}

Value make_timeline(Call& call, Issue& issue, const Arguments& arguments) {
  const std::vector<std::string> wanted = arguments.texts("itemTypes");
  const auto is_wanted = [&](std::string_view item) {
    return wanted.empty() || std::ranges::find(wanted, item) != wanted.end();
  };
  std::vector<std::pair<Timestamp, MakeNode>> items;
  for (const Event& event : events_of(call.state, issue, call.replica ? call.state.replica_lag : Duration(0))) {
    const auto type = std::ranges::find(event_types, event.kind, &EventType::rest);
    if (type != std::end(event_types) && is_wanted(type->item)) {
      items.emplace_back(event.at, [&call, &issue, event, type] { return make_event(call, issue, event, *type); });
    }
  }
  if (is_wanted("ISSUE_COMMENT")) {
    for (Comment& comment : issue.comments) {
      items.emplace_back(comment.created_at,
                         [&call, &issue, &comment] { return Value::of(graph_comment(call, issue, comment)); });
    }
  }
  std::ranges::stable_sort(items, {}, &std::pair<Timestamp, MakeNode>::first);
  const auto since = parse_timestamp(arguments.text("since"));
  std::vector<MakeNode> nodes;
  for (auto& [at, make] : items) {
    if (!since.ok() || at >= since.value()) {
      nodes.push_back(std::move(make));
    }
  }
  return make_connection("timelineItems", arguments, std::move(nodes));
}

Value make_edits(Call& call, const std::vector<Edit>& edits, Timestamp created, std::int64_t author,
                 const Arguments& arguments) {
  std::vector<MakeNode> nodes;
  // Newest first; the text as it was written at first is among them as soon as there is another.
  std::vector<Edit> shown = edits;
  if (!shown.empty()) {
    shown.insert(shown.begin(), Edit{.editor = author, .at = created});
  }
  std::ranges::reverse(shown);
  for (const Edit& edit : shown) {
    nodes.push_back([&call, edit] {
      const ObjectPointer object = make_object("UserContentEdit");
      object->leaf("id", fmt::format("UCE_{}", edit.at.time_since_epoch().count()));
      object->leaf("createdAt", render_time(edit.at));
      object->leaf("editedAt", render_time(edit.at));
      object->leaf("updatedAt", render_time(edit.at));
      object->leaf("deletedAt", nullptr);
      object->leaf("diff", nullptr);
      object->fields["editor"] = [&call, id = edit.editor](const Arguments&) { return actor_value(call, id); };
      return Value::of(object);
    });
  }
  return make_connection("userContentEdits", arguments, std::move(nodes));
}

void fill_edits(Object& object, Call& call, const std::vector<Edit>& edits, Timestamp created, std::int64_t author) {
  object.leaf("lastEditedAt", edits.empty() ? Json(nullptr) : render_time(edits.back().at));
  object.leaf("includesCreatedEdit", !edits.empty());
  object.fields["editor"] = [&call, id = edits.empty() ? 0 : edits.back().editor](const Arguments&) {
    return actor_value(call, id);
  };
  object.fields["userContentEdits"] = [&call, &edits, created, author](const Arguments& arguments) {
    return make_edits(call, edits, created, author, arguments);
  };
}

// Open pull requests that say that they close this issue.
std::vector<Issue*> closing_pulls(Call& call, const Issue& issue, const Arguments& arguments) {
  const std::regex closes(fmt::format("(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\\s+#{}\\b", issue.number),
                          std::regex::icase);
  std::vector<Issue*> pulls;
  for (const std::int64_t id : call.state.repositories.at(issue.repository).issues) {
    Issue& other = call.state.issues.at(id);
    const bool with_closed = arguments.object("includeClosedPrs") == Json(true);
    if (other.pull && (other.open || with_closed) && std::regex_search(other.body, closes)) {
      pulls.push_back(&other);
    }
  }
  return pulls;
}

Value connect_issues(Call& call, const std::string& name, const std::vector<std::int64_t>& ids,
                     const Arguments& arguments) {
  std::vector<MakeNode> nodes;
  for (const std::int64_t id : ids) {
    nodes.push_back([&call, id] { return Value::of(graph_issue(call, call.state.issues.at(id))); });
  }
  return make_connection(name, arguments, std::move(nodes));
}

} // namespace

ObjectPointer graph_actor(const Call& call, std::int64_t account) {
  const Account* const shown = shown_account(call.state, account);
  if (shown == nullptr) {
    return nullptr;
  }
  static const std::map<Account::Kind, std::string> types{{Account::Kind::user, "User"},
                                                          {Account::Kind::bot, "Bot"},
                                                          {Account::Kind::organization, "Organization"},
                                                          {Account::Kind::mannequin, "Mannequin"}};
  const ObjectPointer object = make_object(types.at(shown->kind));
  // A bot is "name[bot]" in REST and "name" here.
  std::string login = shown->login;
  if (shown->kind == Account::Kind::bot && login.ends_with("[bot]")) {
    login.erase(login.size() - 5);
  }
  object->leaf("login", login);
  object->leaf("id", fmt::format("U_{}", shown->id));
  object->leaf("databaseId", shown->id);
  object->leaf("url", call.base_url + "/" + percent_encode(login));
  object->leaf("resourcePath", "/" + percent_encode(login));
  object->leaf("avatarUrl", call.base_url + "/avatars/u/" + std::to_string(shown->id));
  object->leaf("createdAt", "2020-01-01T00:00:00Z");
  object->leaf("updatedAt", "2020-01-01T00:00:00Z");
  if (shown->kind == Account::Kind::user) {
    object->leaf("name", nullptr);
    object->leaf("isViewer", shown->id == call.state.viewer);
    object->leaf("isSiteAdmin", false);
  }
  return object;
}

ObjectPointer graph_label(const Call& call, const Label& label) {
  const ObjectPointer object = make_object("Label");
  object->leaf("id", fmt::format("LA_{}", label.id));
  object->leaf("name", label.name);
  object->leaf("color", label.color);
  object->leaf("description", nullptr);
  object->leaf("isDefault", false);
  object->leaf("url", call.base_url + "/labels/" + percent_encode(label.name));
  return object;
}

ObjectPointer graph_comment(Call& call, Issue& issue, Comment& comment) {
  const ObjectPointer object = make_object("IssueComment");
  const Json rest = render_comment(call, issue, comment);
  object->leaf("id", rest.at("node_id"));
  // Beyond 32 bits the old field has nothing to say.
  object->leaf("databaseId", comment.id > largest_int ? Json(nullptr) : Json(comment.id));
  object->leaf("fullDatabaseId", std::to_string(comment.id));
  object->leaf("body", comment.body);
  object->leaf("url", rest.at("html_url"));
  object->leaf("createdAt", render_time(comment.created_at));
  object->leaf("updatedAt", rest.at("updated_at"));
  object->leaf("publishedAt", render_time(comment.created_at));
  object->leaf("isMinimized", false);
  object->leaf("authorAssociation", rest.at("author_association"));
  object->leaf("viewerDidAuthor", comment.author == call.state.viewer);
  object->leaf("viewerCanUpdate", true);
  object->fields["author"] = [&call, id = comment.author](const Arguments&) { return actor_value(call, id); };
  object->fields["issue"] = [&call, &issue](const Arguments&) { return Value::of(graph_issue(call, issue)); };
  fill_edits(*object, call, comment.edits, comment.created_at, comment.author);
  return object;
}

void fill_conversation(Object& object, Call& call, Issue& issue) {
  Repository& repository = call.state.repositories.at(issue.repository);
  const Duration lag = call.replica ? call.state.replica_lag : Duration(0);
  const Moment moment = moment_of(call.state, issue, lag);
  object.leaf("id", fmt::format("{}_{}", issue.pull ? "PR" : "I", issue.id));
  object.leaf("databaseId", issue.id > largest_int ? Json(nullptr) : Json(issue.id));
  object.leaf("fullDatabaseId", std::to_string(issue.id));
  object.leaf("number", issue.number);
  object.leaf("title", issue.broken ? Json(nullptr) : Json(issue.title));
  object.leaf("body", issue.body);
  object.leaf("bodyText", issue.body);
  object.leaf("closed", !moment.open);
  object.leaf("closedAt", render_time(issue.closed_at));
  object.leaf("createdAt", render_time(issue.created_at));
  object.leaf("updatedAt", render_time(issue.updated_at));
  object.leaf("locked", false);
  object.leaf("viewerDidAuthor", issue.author == call.state.viewer);
  const Json rest = render_issue(call, issue);
  object.leaf("url", rest.at("html_url"));
  object.leaf("authorAssociation", rest.at("author_association"));
  object.fields["author"] = [&call, &issue](const Arguments&) { return actor_value(call, issue.author); };
  object.fields["repository"] = [&call, &repository](const Arguments&) {
    return Value::of(graph_repository(call, repository));
  };
  fill_edits(object, call, issue.edits, issue.created_at, issue.author);
  object.fields["labels"] = [&call, &repository, moment](const Arguments& arguments) {
    std::vector<MakeNode> nodes;
    for (const std::int64_t id : moment.labels) {
      nodes.push_back(
          [&call, label = *find_label_by_id(repository, id)] { return Value::of(graph_label(call, label)); });
    }
    return make_connection("labels", arguments, std::move(nodes));
  };
  object.fields["comments"] = [&call, &issue](const Arguments& arguments) {
    std::vector<MakeNode> nodes;
    for (Comment& comment : issue.comments) {
      nodes.push_back([&call, &issue, &comment] { return Value::of(graph_comment(call, issue, comment)); });
    }
    return make_connection("comments", arguments, std::move(nodes));
  };
  object.fields["timelineItems"] = [&call, &issue](const Arguments& arguments) {
    return make_timeline(call, issue, arguments);
  };
}

ObjectPointer graph_issue(Call& call, Issue& issue) {
  const ObjectPointer object = make_object("Issue");
  fill_conversation(*object, call, issue);
  const Moment moment = moment_of(call.state, issue, call.replica ? call.state.replica_lag : Duration(0));
  object->leaf("state", moment.open ? "OPEN" : "CLOSED");
  object->leaf("stateReason", moment.state_reason.empty() ? Json(nullptr) : Json(upper(moment.state_reason)));
  object->leaf("isPinned", false);
  object->fields["parent"] = [&call, &issue](const Arguments&) {
    for (auto& [id, other] : call.state.issues) {
      if (std::ranges::find(other.sub_issues, issue.id) != other.sub_issues.end()) {
        return Value::of(graph_issue(call, other));
      }
    }
    return Value{};
  };
  object->fields["subIssues"] = [&call, &issue](const Arguments& arguments) {
    return connect_issues(call, "subIssues", issue.sub_issues, arguments);
  };
  const Json summary = render_issue(call, issue).at("sub_issues_summary");
  object->fields["subIssuesSummary"] = [summary](const Arguments&) {
    const ObjectPointer totals = make_object("SubIssuesSummary");
    totals->leaf("total", summary.at("total"));
    totals->leaf("completed", summary.at("completed"));
    totals->leaf("percentCompleted", summary.at("percent_completed"));
    return Value::of(totals);
  };
  object->fields["closedByPullRequestsReferences"] = [&call, &issue](const Arguments& arguments) {
    std::vector<MakeNode> nodes;
    for (Issue* const pull : closing_pulls(call, issue, arguments)) {
      nodes.push_back([&call, pull] { return Value::of(graph_pull(call, *pull)); });
    }
    return make_connection("closedByPullRequestsReferences", arguments, std::move(nodes));
  };
  return object;
}

} // namespace afk::test::github
