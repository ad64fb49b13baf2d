#include <support/fake_github_call.hpp>

#include <afk/core/text.hpp>

#include <algorithm>

namespace afk::test::github {

namespace {

// The issue of path segment 1, if it is there; otherwise what GitHub answers.
struct Found {
  Issue* issue = nullptr;
  Answer answer = {};
};

Found find(Call& call) {
  Issue* const issue = find_issue(call.state, *call.repository, number_of(call.path.at(1)));
  if (issue == nullptr) {
    return {.answer = fail(404)};
  }
  if (issue->presence == Issue::Presence::deleted) {
    return {.answer = fail(410, "This issue was deleted")};
  }
  if (issue->presence == Issue::Presence::transferred) {
    const Issue& there = call.state.issues.at(issue->transferred_to);
    std::string url =
        call.base_url + "/repositories/" + std::to_string(there.repository) + "/issues/" + std::to_string(there.number);
    for (std::size_t index = 2; index < call.path.size(); ++index) {
      url += "/" + percent_encode(call.path[index]);
    }
    Answer moved{.status = call.method == "GET" ? 301 : 307};
    moved.body = {
        {"message", "Moved Permanently"}, {"url", url}, {"documentation_url", "https://docs.github.com/rest"}};
    moved.headers.emplace_back("Location", url);
    return {.answer = moved};
  }
  return {.issue = issue};
}

template <typename Handle>
Answer with_issue(Call& call, Handle handle) {
  Found found = find(call);
  return found.issue == nullptr ? std::move(found.answer) : handle(*found.issue);
}

Duration replica_lag(const Call& call) {
  return call.replica ? call.state.replica_lag : Duration(0);
}

Json labels_of(const Call& call, const Issue& issue) {
  return render_issue(call, issue).at("labels");
}

std::vector<std::string> split_labels(const std::string& text) {
  std::vector<std::string> labels;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    if (end > start) {
      labels.push_back(text.substr(start, end - start));
    }
    start = end + 1;
  }
  return labels;
}

// Labels of the query are joined by AND; a label that the repository does not have fits nothing.
bool has_labels(Call& call, const Moment& moment, const std::vector<std::string>& names) {
  return std::ranges::all_of(names, [&](const std::string& name) {
    const Label* const label = find_label(*call.repository, name);
    return label != nullptr && std::ranges::find(moment.labels, label->id) != moment.labels.end();
  });
}

Answer list_issues(Call& call) {
  const std::string state = call.query.contains("state") ? call.query.at("state") : "open";
  if (state != "open" && state != "closed" && state != "all") {
    return fail_validation("Issue", "state", "invalid");
  }
  const auto names = split_labels(call.query.contains("labels") ? call.query.at("labels") : "");
  std::vector<Json> listed;
  for (const std::int64_t id : call.repository->issues) {
    const Issue& issue = call.state.issues.at(id);
    if (issue.presence != Issue::Presence::here) {
      continue;
    }
    const Moment moment = moment_of(call.state, issue, call.state.list_lag);
    if ((state == "all" || moment.open == (state == "open")) && has_labels(call, moment, names)) {
      listed.push_back(render_issue(call, issue, call.state.list_lag));
    }
  }
  if (!call.query.contains("direction") || call.query.at("direction") != "asc") {
    std::ranges::reverse(listed);
  }
  return answer_page(call, listed);
}

// Names of "labels": [..] or of the list itself; nothing where it holds anything else.
std::optional<std::vector<std::string>> read_label_names(const Json& body) {
  const Json list = body.is_array() ? body : (body.contains("labels") ? body.at("labels") : Json());
  if (!list.is_array()) {
    return std::nullopt;
  }
  std::vector<std::string> names;
  for (const Json& entry : list) {
    const std::string name = entry.is_string() ? entry.get<std::string>() : text_of(entry, "name");
    if (name.find_first_not_of(" \t\r\n") == std::string::npos || name.size() > 200) {
      return std::nullopt;
    }
    names.push_back(name);
  }
  return names;
}

Answer open_issue(Call& call) {
  const std::string title = text_of(call.body, "title");
  if (title.empty()) {
    return fail_validation("Issue", "title", "missing_field");
  }
  Issue& issue = create_issue(call.state, *call.repository, call.state.viewer, title, text_of(call.body, "body"));
  if (viewer_may(call, "triage") && call.body.contains("labels")) {
    for (const std::string& name : read_label_names(call.body).value_or(std::vector<std::string>())) {
      put_label(call.state, issue, call.state.viewer, name);
    }
  }
  return {.status = 201, .body = render_issue(call, issue)};
}

Answer show_issue(Call& call) {
  return with_issue(call, [&](Issue& issue) { return Answer{.body = render_issue(call, issue, replica_lag(call))}; });
}

Answer edit_issue(Call& call) {
  return with_issue(call, [&](Issue& issue) {
    if (!viewer_may(call, "triage") && issue.author != call.state.viewer) {
      return fail(403);
    }
    const std::string state = text_of(call.body, "state");
    const std::string reason = text_of(call.body, "state_reason", "completed");
    if ((!state.empty() && state != "open" && state != "closed") ||
        (reason != "completed" && reason != "not_planned" && reason != "reopened" && reason != "duplicate")) {
      return fail_validation("Issue", "state", "invalid");
    }
    if (call.body.contains("title")) {
      change_title(call.state, issue, call.state.viewer, text_of(call.body, "title"));
    }
    if (call.body.contains("body")) {
      change_body(call.state, issue, call.state.viewer, text_of(call.body, "body"));
    }
    if (state == "closed") {
      close_issue(call.state, issue, call.state.viewer, reason);
    }
    if (state == "open") {
      reopen_issue(call.state, issue, call.state.viewer);
    }
    return Answer{.body = render_issue(call, issue)};
  });
}

Answer list_comments(Call& call) {
  return with_issue(call, [&](Issue& issue) {
    std::vector<Json> listed;
    for (const Comment& comment : issue.comments) {
      listed.push_back(render_comment(call, issue, comment));
    }
    return answer_page(call, listed);
  });
}

Answer write_comment(Call& call) {
  return with_issue(call, [&](Issue& issue) {
    const std::string body = text_of(call.body, "body");
    if (body.find_first_not_of(" \t\r\n") == std::string::npos) {
      return fail_validation("IssueComment", "body", "missing_field", "Body cannot be blank");
    }
    if (body.size() > 65536) {
      return fail_validation("IssueComment", "body", "custom", "Body is too long (maximum is 65536 characters)");
    }
    Comment& comment = add_comment(call.state, issue, call.state.viewer, body);
    return Answer{.status = 201, .body = render_comment(call, issue, comment)};
  });
}

struct FoundComment {
  Issue* issue = nullptr;
  Comment* comment = nullptr;
};

FoundComment find_comment(Call& call) {
  const std::int64_t id = number_of(call.path.at(2));
  for (const std::int64_t issue_id : call.repository->issues) {
    Issue& issue = call.state.issues.at(issue_id);
    const auto found = std::ranges::find(issue.comments, id, &Comment::id);
    if (found != issue.comments.end() && issue.presence == Issue::Presence::here) {
      return {.issue = &issue, .comment = &*found};
    }
  }
  return {};
}

Answer show_comment(Call& call) {
  const FoundComment found = find_comment(call);
  return found.comment == nullptr ? fail(404) : Answer{.body = render_comment(call, *found.issue, *found.comment)};
}

Answer edit_comment(Call& call) {
  const FoundComment found = find_comment(call);
  if (found.comment == nullptr) {
    return fail(404);
  }
  if (found.comment->author != call.state.viewer && !viewer_may(call, "write")) {
    return fail(403);
  }
  const std::string body = text_of(call.body, "body");
  if (body.find_first_not_of(" \t\r\n") == std::string::npos) {
    return fail_validation("IssueComment", "body", "missing_field", "Body cannot be blank");
  }
  change_comment(call.state, *found.issue, *found.comment, call.state.viewer, body);
  return {.body = render_comment(call, *found.issue, *found.comment)};
}

Answer delete_comment(Call& call) {
  const FoundComment found = find_comment(call);
  if (found.comment == nullptr) {
    return fail(404);
  }
  std::erase_if(found.issue->comments, [&](const Comment& one) { return one.id == found.comment->id; });
  return {.status = 204};
}

Answer list_events(Call& call) {
  return with_issue(call, [&](Issue& issue) {
    std::vector<Json> listed;
    for (const Event& event : events_of(call.state, issue, replica_lag(call))) {
      if (event.kind != "cross-referenced") {
        listed.push_back(render_event(call, issue, event));
      }
    }
    return answer_page(call, listed);
  });
}

// Events and comments in the order of their times.
Answer list_timeline(Call& call) {
  return with_issue(call, [&](Issue& issue) {
    std::vector<std::pair<Timestamp, Json>> timed;
    for (const Event& event : events_of(call.state, issue, replica_lag(call))) {
      timed.emplace_back(event.at, render_event(call, issue, event));
    }
    for (const Comment& comment : issue.comments) {
      Json entry = render_comment(call, issue, comment);
      entry["event"] = "commented";
      entry["actor"] = entry["user"];
      timed.emplace_back(comment.created_at, std::move(entry));
    }
    std::ranges::stable_sort(timed, {}, &std::pair<Timestamp, Json>::first);
    std::vector<Json> listed;
    for (auto& entry : timed) {
      listed.push_back(std::move(entry.second));
    }
    return answer_page(call, listed);
  });
}

Answer list_issue_labels(Call& call) {
  return with_issue(call, [&](Issue& issue) {
    const Json labels = render_issue(call, issue, replica_lag(call)).at("labels");
    return answer_page(call, std::vector<Json>(labels.begin(), labels.end()));
  });
}

Answer add_issue_labels(Call& call) {
  return with_issue(call, [&](Issue& issue) {
    if (!viewer_may(call, "triage")) {
      return fail(403);
    }
    const auto names = read_label_names(call.body);
    if (!names) {
      return fail_validation("Label", "name", "invalid");
    }
    if (call.method == "PUT") {
      for (const Json& label : labels_of(call, issue)) {
        if (std::ranges::find(*names, label.at("name").get<std::string>()) == names->end()) {
          take_label(call.state, issue, call.state.viewer, label.at("name").get<std::string>());
        }
      }
    }
    for (const std::string& name : *names) {
      put_label(call.state, issue, call.state.viewer, name);
    }
    return Answer{.body = labels_of(call, issue)};
  });
}

Answer remove_issue_label(Call& call) {
  return with_issue(call, [&](Issue& issue) {
    if (!viewer_may(call, "triage")) {
      return fail(403);
    }
    const Label* const label = find_label(*call.repository, call.path.at(3));
    if (label == nullptr || std::ranges::find(issue.labels, label->id) == issue.labels.end()) {
      return fail(404, "Label does not exist");
    }
    take_label(call.state, issue, call.state.viewer, label->name);
    return Answer{.body = labels_of(call, issue)};
  });
}

Answer list_dependencies(Call& call) {
  if (!call.repository->dependencies) {
    return fail(404);
  }
  return with_issue(call, [&](Issue& issue) {
    std::vector<Json> listed;
    if (call.path.at(3) == "blocked_by") {
      for (const std::int64_t id : issue.blocked_by) {
        listed.push_back(render_issue(call, call.state.issues.at(id)));
      }
    }
    if (call.path.at(3) == "blocking") {
      for (const auto& [id, other] : call.state.issues) {
        if (std::ranges::find(other.blocked_by, issue.id) != other.blocked_by.end()) {
          listed.push_back(render_issue(call, other));
        }
      }
    }
    return answer_page(call, listed);
  });
}

Answer add_dependency(Call& call) {
  if (!call.repository->dependencies) {
    return fail(404);
  }
  return with_issue(call, [&](Issue& issue) {
    const auto given = call.body.find("issue_id");
    if (given == call.body.end() || !given->is_number_integer()) {
      return fail_validation("Issue", "issue_id", "missing_field");
    }
    const auto blocker = call.state.issues.find(given->get<std::int64_t>());
    if (blocker == call.state.issues.end() || blocker->second.pull) {
      return fail(404);
    }
    if (std::ranges::find(issue.blocked_by, blocker->first) != issue.blocked_by.end()) {
      return fail_validation("Issue", "issue_id", "already_exists");
    }
    issue.blocked_by.push_back(blocker->first);
    return Answer{.status = 201, .body = render_issue(call, issue)};
  });
}

Answer list_sub_issues(Call& call) {
  return with_issue(call, [&](Issue& issue) {
    std::vector<Json> listed;
    for (const std::int64_t id : issue.sub_issues) {
      listed.push_back(render_issue(call, call.state.issues.at(id)));
    }
    return answer_page(call, listed);
  });
}

} // namespace

std::optional<Answer> answer_issues(Call& call) {
  if (!call.path.empty() && call.path.front() == "issues" && !call.repository->has_issues) {
    return fail(410, "Issues has been disabled in this repository.");
  }
  static const std::vector<Route> routes{
      {"GET", "issues", list_issues},
      {"POST", "issues", open_issue},
      {"GET", "issues/comments/*", show_comment},
      {"PATCH", "issues/comments/*", edit_comment},
      {"DELETE", "issues/comments/*", delete_comment},
      {"GET", "issues/*", show_issue},
      {"PATCH", "issues/*", edit_issue},
      {"GET", "issues/*/comments", list_comments},
      {"POST", "issues/*/comments", write_comment},
      {"GET", "issues/*/events", list_events},
      {"GET", "issues/*/timeline", list_timeline},
      {"GET", "issues/*/labels", list_issue_labels},
      {"POST", "issues/*/labels", add_issue_labels},
      {"PUT", "issues/*/labels", add_issue_labels},
      {"DELETE", "issues/*/labels/*", remove_issue_label},
      {"GET", "issues/*/dependencies/*", list_dependencies},
      {"POST", "issues/*/dependencies/blocked_by", add_dependency},
      {"GET", "issues/*/sub_issues", list_sub_issues},
  };
  return try_routes(call, routes);
}

} // namespace afk::test::github
