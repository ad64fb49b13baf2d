#include <support/fake_github_graph.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::test::github {

namespace {

struct NodeId {
  std::string kind;
  std::int64_t number = 0;
};

NodeId split_id(const std::string& id) {
  const std::size_t bar = id.rfind('_');
  return bar == std::string::npos ? NodeId{}
                                  : NodeId{.kind = id.substr(0, bar), .number = number_of(id.substr(bar + 1))};
}

[[noreturn]] void fail_node(const std::string& id) {
  throw FieldError{"NOT_FOUND", fmt::format("Could not resolve to a node with the global id of '{}'", id)};
}

Issue& require_issue(Call& call, const std::string& id, std::string_view kind) {
  const NodeId node = split_id(id);
  const auto found = call.state.issues.find(node.number);
  if (found == call.state.issues.end() || (!kind.empty() && node.kind != kind) ||
      found->second.presence != Issue::Presence::here) {
    fail_node(id);
  }
  return found->second;
}

struct FoundComment {
  Issue* issue = nullptr;
  Comment* comment = nullptr;
};

FoundComment require_comment(Call& call, const std::string& id) {
  const NodeId node = split_id(id);
  for (auto& [number, issue] : call.state.issues) {
    const auto found = std::ranges::find(issue.comments, node.number, &Comment::id);
    if (node.kind == "IC" && found != issue.comments.end()) {
      return {.issue = &issue, .comment = &*found};
    }
  }
  fail_node(id);
}

void require_role(Call& call, const Issue& issue, std::string_view least) {
  call.repository = &call.state.repositories.at(issue.repository);
  if (!viewer_may(call, least)) {
    throw FieldError{"FORBIDDEN", "Resource not accessible by personal access token"};
  }
}

Value payload(const std::string& type, const std::string& field, Value value) {
  const ObjectPointer object = make_object(type);
  object->leaf("clientMutationId", nullptr);
  object->fields[field] = [value](const Arguments&) { return value; };
  return Value::of(object);
}

Value labelable(Call& call, Issue& issue) {
  return Value::of(issue.pull ? graph_pull(call, issue) : graph_issue(call, issue));
}

void fill_issue_mutations(Object& root, Call& call) {
  const auto change_labels = [&call](const Arguments& arguments, const char* type, auto change) {
    const Arguments input(arguments.object("input"));
    Issue& issue = require_issue(call, input.text("labelableId"), "");
    require_role(call, issue, "triage");
    for (const std::string& id : input.texts("labelIds")) {
      const Label* const label = find_label_by_id(*call.repository, split_id(id).number);
      if (label == nullptr) {
        fail_node(id);
      }
      change(issue, label->name);
    }
    return payload(type, "labelable", labelable(call, issue));
  };
  root.fields["addLabelsToLabelable"] = [&call, change_labels](const Arguments& arguments) {
    return change_labels(arguments, "AddLabelsToLabelablePayload", [&call](Issue& issue, const std::string& name) {
      put_label(call.state, issue, call.state.viewer, name);
    });
  };
  root.fields["removeLabelsFromLabelable"] = [&call, change_labels](const Arguments& arguments) {
    return change_labels(arguments, "RemoveLabelsFromLabelablePayload", [&call](Issue& issue, const std::string& name) {
      take_label(call.state, issue, call.state.viewer, name);
    });
  };
  root.fields["addComment"] = [&call](const Arguments& arguments) {
    const Arguments input(arguments.object("input"));
    Issue& issue = require_issue(call, input.text("subjectId"), "");
    const std::string body = input.text("body");
    if (body.find_first_not_of(" \t\r\n") == std::string::npos) {
      throw FieldError{"UNPROCESSABLE", "Body cannot be blank"};
    }
    Comment& comment = add_comment(call.state, issue, call.state.viewer, body);
    const ObjectPointer edge = make_object("IssueCommentEdge");
    edge->leaf("cursor", "c:1");
    edge->fields["node"] = [&call, &issue, &comment](const Arguments&) {
      return Value::of(graph_comment(call, issue, comment));
    };
    return payload("AddCommentPayload", "commentEdge", Value::of(edge));
  };
  root.fields["updateIssueComment"] = [&call](const Arguments& arguments) {
    const Arguments input(arguments.object("input"));
    const FoundComment found = require_comment(call, input.text("id"));
    if (found.comment->author != call.state.viewer) {
      require_role(call, *found.issue, "write");
    }
    change_comment(call.state, *found.issue, *found.comment, call.state.viewer, input.text("body"));
    return payload("UpdateIssueCommentPayload", "issueComment",
                   Value::of(graph_comment(call, *found.issue, *found.comment)));
  };
  root.fields["closeIssue"] = [&call](const Arguments& arguments) {
    const Arguments input(arguments.object("input"));
    Issue& issue = require_issue(call, input.text("issueId"), "I");
    require_role(call, issue, "triage");
    close_issue(call.state, issue, call.state.viewer,
                input.text("stateReason") == "NOT_PLANNED" ? "not_planned" : "completed");
    return payload("CloseIssuePayload", "issue", Value::of(graph_issue(call, issue)));
  };
}

void fill_pull_mutations(Object& root, Call& call) {
  const auto set_draft = [&call](const Arguments& arguments, const char* type, bool draft) {
    Issue& issue = require_issue(call, Arguments(arguments.object("input")).text("pullRequestId"), "PR");
    require_role(call, issue, "write");
    refresh_pull(call.state, issue);
    if (!issue.open) {
      throw FieldError{"UNPROCESSABLE", "Pull request is closed"};
    }
    issue.pull->draft = draft;
    return payload(type, "pullRequest", Value::of(graph_pull(call, issue)));
  };
  root.fields["markPullRequestReadyForReview"] = [set_draft](const Arguments& arguments) {
    return set_draft(arguments, "MarkPullRequestReadyForReviewPayload", false);
  };
  root.fields["convertPullRequestToDraft"] = [set_draft](const Arguments& arguments) {
    return set_draft(arguments, "ConvertPullRequestToDraftPayload", true);
  };
  root.fields["mergePullRequest"] = [&call](const Arguments& arguments) {
    const Arguments input(arguments.object("input"));
    Issue& issue = require_issue(call, input.text("pullRequestId"), "PR");
    require_role(call, issue, "write");
    refresh_pull(call.state, issue);
    const Answer merged = merge_pull(call.state, issue, call.state.viewer, input.text("expectedHeadOid"));
    if (merged.status != 200) {
      throw FieldError{"UNPROCESSABLE", merged.body.at("message").get<std::string>()};
    }
    return payload("MergePullRequestPayload", "pullRequest", Value::of(graph_pull(call, issue)));
  };
}

} // namespace

ObjectPointer graph_node(Call& call, const std::string& id) {
  const NodeId node = split_id(id);
  if (node.kind == "I") {
    return graph_issue(call, require_issue(call, id, "I"));
  }
  if (node.kind == "PR") {
    return graph_pull(call, require_issue(call, id, "PR"));
  }
  if (node.kind == "IC") {
    const FoundComment found = require_comment(call, id);
    return graph_comment(call, *found.issue, *found.comment);
  }
  if (const auto found = call.state.repositories.find(node.number);
      node.kind == "R" && found != call.state.repositories.end()) {
    return graph_repository(call, found->second);
  }
  if (node.kind == "U" && shown_account(call.state, node.number) != nullptr) {
    return graph_actor(call, node.number);
  }
  fail_node(id);
}

ObjectPointer graph_query(Call& call, std::int64_t cost, std::int64_t nodes) {
  const ObjectPointer root = make_object("Query");
  root->fields["viewer"] = [&call](const Arguments&) { return Value::of(graph_actor(call, call.state.viewer)); };
  root->fields["repository"] = [&call](const Arguments& arguments) {
    const std::string owner = arguments.text("owner");
    const std::string name = arguments.text("name");
    Repository* const repository = find_repository(call.state, owner, name);
    const bool visible =
        repository != nullptr && !repository->hidden && role_of(call.state, *repository, call.state.viewer) != "none";
    if (!visible) {
      throw FieldError{"NOT_FOUND",
                       fmt::format("Could not resolve to a Repository with the name '{}/{}'.", owner, name)};
    }
    return Value::of(graph_repository(call, *repository));
  };
  root->fields["node"] = [&call](const Arguments& arguments) {
    return Value::of(graph_node(call, arguments.text("id")));
  };
  root->fields["nodes"] = [&call](const Arguments& arguments) {
    std::vector<Value> found;
    for (const std::string& id : arguments.texts("ids")) {
      found.push_back(Value::of(graph_node(call, id)));
    }
    return Value::of(std::move(found));
  };
  root->fields["user"] = [&call](const Arguments& arguments) {
    const Account* const account = find_account(call.state, arguments.text("login"));
    if (account == nullptr || account->kind != Account::Kind::user) {
      throw FieldError{"NOT_FOUND",
                       fmt::format("Could not resolve to a User with the login of '{}'.", arguments.text("login"))};
    }
    return Value::of(graph_actor(call, account->id));
  };
  root->fields["rateLimit"] = [&call, cost, nodes](const Arguments&) {
    const ObjectPointer limit = make_object("RateLimit");
    limit->leaf("cost", cost);
    limit->leaf("nodeCount", nodes);
    limit->leaf("limit", call.state.graph.limit);
    limit->leaf("used", call.state.graph.used);
    limit->leaf("remaining", std::max<std::int64_t>(0, call.state.graph.limit - call.state.graph.used));
    limit->leaf("resetAt", render_time(call.state.reset));
    return Value::of(limit);
  };
  return root;
}

ObjectPointer graph_mutation(Call& call) {
  const ObjectPointer root = make_object("Mutation");
  fill_issue_mutations(*root, call);
  fill_pull_mutations(*root, call);
  return root;
}

} // namespace afk::test::github
