#include <afk/adapter/github_query.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace afk::adapter {

namespace {

constexpr std::string_view actor_fragment =
    "fragment A on Actor{__typename login ...on User{databaseId} ...on Bot{databaseId} ...on Organization{databaseId}}";

constexpr std::string_view label_fragment = "fragment L on Issue{labels(first:100){pageInfo{hasNextPage}nodes{name}}}";

constexpr std::string_view log_fragment =
    "fragment E on IssueTimelineItems{__typename "
    "...on LabeledEvent{createdAt actor{...A}label{name}} ...on UnlabeledEvent{createdAt actor{...A}label{name}} "
    "...on ClosedEvent{createdAt actor{...A}} ...on ReopenedEvent{createdAt actor{...A}} "
    "...on RenamedTitleEvent{createdAt actor{...A}}}";

constexpr std::string_view log_types = "itemTypes:[LABELED_EVENT,UNLABELED_EVENT,CLOSED_EVENT,REOPENED_EVENT,"
                                       "RENAMED_TITLE_EVENT]";

constexpr std::string_view comment_fragment = "fragment C on IssueComment{fullDatabaseId body createdAt lastEditedAt "
                                              "author{...A}editor{...A}}";

constexpr std::string_view repository_fragment = "fragment R on Repository{databaseId nameWithOwner visibility "
                                                 "defaultBranchRef{name target{oid}}}";

// The same with what the default branch's protection and rules require.
constexpr std::string_view protected_repository_fragment =
    "fragment R on Repository{databaseId nameWithOwner visibility defaultBranchRef{name target{oid}...B}}";

constexpr std::string_view protection_fragment =
    "fragment B on Ref{branchProtectionRule{requiresStatusChecks requiredStatusCheckContexts}rules(first:50){nodes{"
    "parameters{__typename ...on RequiredStatusChecksParameters{requiredStatusChecks{context}}}}}}";

// reviewDecision knows the branch's protection; who closed it stands in its log alone.
constexpr std::string_view pull_request_fragment =
    "fragment Q on PullRequest{id number state isDraft url baseRefName headRefName headRefOid isCrossRepository "
    "mergeable reviewDecision createdAt mergedAt mergeCommit{oid}author{...A}"
    "timelineItems(last:1,itemTypes:[CLOSED_EVENT]){nodes{...on ClosedEvent{actor{...A}}}}}";

constexpr std::string_view check_fragment =
    "fragment K on Commit{statusCheckRollup{contexts(first:100){pageInfo{hasNextPage}nodes{__typename "
    "...on CheckRun{databaseId name status conclusion startedAt completedAt detailsUrl checkSuite{databaseId "
    "app{slug}}} "
    "...on StatusContext{context state targetUrl createdAt}}}}}";

constexpr std::string_view deployment_fragment =
    "fragment D on DeploymentConnection{nodes{commitOid environment createdAt "
    "latestStatus{state environmentUrl logUrl description createdAt}}}";

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      quoted += '\\';
      quoted += character;
    } else if (byte < 0x20 || byte == 0x7F) {
      quoted += fmt::format("\\u{:04x}", byte);
    } else {
      quoted += character;
    }
  }
  return quoted + '"';
}

std::string open_repository(const RepositoryName& repository) {
  return fmt::format("repository(owner:{},name:{})", quote(repository.owner), quote(repository.name));
}

std::string_view render_states(ListingQuery::States states) {
  return states == ListingQuery::States::open_only ? ",states:[OPEN]" : "";
}

std::string_view render_listed_fields(std::string_view label) {
  return label.empty() ? "nodes{number title state stateReason ...L}" : "nodes{number title state stateReason}";
}

// "$l0:[String!],$l1:[String!]", with parentheses, where there are any.
std::string declare(const GithubQuery& query) {
  std::string declared;
  for (const auto& [name, values] : query.variables) {
    declared += fmt::format("{}${}:[String!]", declared.empty() ? "" : ",", name);
  }
  return declared.empty() ? "" : "(" + declared + ")";
}

void finish(GithubQuery& query, const std::string& body, std::initializer_list<std::string_view> fragments) {
  query.text = "query" + declare(query) + "{" + body + "}";
  for (const std::string_view fragment : fragments) {
    if (!fragment.empty()) {
      query.text += '\n';
      query.text += fragment;
    }
  }
}

std::string use_environment(GithubQuery& query, const std::string& environment) {
  if (environment.empty()) {
    return "";
  }
  const auto known = std::ranges::find_if(
      query.variables, [&](const auto& one) { return one.second.size() == 1 && one.second.front() == environment; });
  if (known != query.variables.end()) {
    return fmt::format(",environments:${}", known->first);
  }
  query.variables.emplace_back(fmt::format("e{}", query.variables.size()), std::vector{environment});
  return fmt::format(",environments:${}", query.variables.back().first);
}

std::string ask_for_deployments(GithubQuery& query, const std::string& environment) {
  return fmt::format("deployments(first:10,orderBy:{{field:CREATED_AT,direction:DESC}}{}){{...D}}",
                     use_environment(query, environment));
}

std::string ask_for_log(std::string_view before) {
  const std::string cursor = before.empty() ? "" : fmt::format(",before:{}", quote(before));
  return fmt::format("timelineItems(last:100,{}{}){{pageInfo{{hasPreviousPage startCursor}}nodes{{...E}}}}", log_types,
                     cursor);
}

std::string ask_for_comments(std::string_view before) {
  const std::string cursor = before.empty() ? "" : fmt::format(",before:{}", quote(before));
  return fmt::format("comments(last:100{}){{pageInfo{{hasPreviousPage startCursor}}nodes{{...C}}}}", cursor);
}

constexpr std::string_view issue_head = "number title state stateReason url body ...L ";

std::string render_issue_fields(GithubDetail detail) {
  std::string fields(issue_head);
  fields += ask_for_log("");
  if (detail == GithubDetail::arming) {
    return fields;
  }
  fields += "createdAt lastEditedAt editor{...A}" + ask_for_comments("") +
            "userContentEdits(first:100){pageInfo{hasNextPage}nodes{editedAt editor{...A}}}";
  if (detail == GithubDetail::whole) {
    fields += "subIssues(first:100){pageInfo{hasNextPage}nodes{number state repository{nameWithOwner}}}"
              "closedByPullRequestsReferences(first:10){nodes{number url state headRefName isCrossRepository}}";
  }
  return fields;
}

// The branches of one issue's runs: found by the part of their name that the issue gives (core/ids.hpp).
std::string ask_for_branches(std::int64_t number) {
  return fmt::format("refs(refPrefix:\"refs/heads/\",query:\"afk/{}-\",first:2,orderBy:{{field:TAG_COMMIT_DATE,"
                     "direction:DESC}}){{pageInfo{{hasNextPage}}nodes{{name target{{oid ...K}}"
                     "associatedPullRequests(first:2,orderBy:{{field:CREATED_AT,direction:DESC}}){{nodes{{...Q}}}}}}}}",
                     number);
}

} // namespace

GithubQuery render_listing_query(std::span<const RepositoryName> repositories, const ListingQuery& query) {
  GithubQuery listing;
  std::string connections;
  for (std::size_t index = 0; index < query.labels.size(); ++index) {
    listing.variables.emplace_back(fmt::format("l{}", index), std::vector{query.labels[index]});
    connections += fmt::format("l{0}:issues(first:100,labels:$l{0}{1}){{...P}}", index, render_states(query.states));
  }
  if (query.labels.empty()) {
    connections = fmt::format("l0:issues(first:100{}){{...P}}", render_states(query.states));
  }
  std::string body = "viewer{databaseId login}";
  for (std::size_t index = 0; index < repositories.size(); ++index) {
    body += fmt::format("x{}:{}{{...R {}}}", index, open_repository(repositories[index]), connections);
  }
  const bool every = query.labels.empty();
  const std::string page = fmt::format("fragment P on IssueConnection{{pageInfo{{hasNextPage endCursor}}{}}}",
                                       render_listed_fields(every ? "" : "labelled"));
  if (repositories.empty()) {
    finish(listing, body, {});
  } else {
    finish(listing, body, {repository_fragment, page, every ? label_fragment : ""});
  }
  return listing;
}

GithubQuery render_list_page_query(std::span<const GithubListPage> pages) {
  GithubQuery query;
  std::string body;
  bool every = false;
  for (std::size_t index = 0; index < pages.size(); ++index) {
    const GithubListPage& page = pages[index];
    std::string filter;
    if (page.label.empty()) {
      every = true;
    } else {
      query.variables.emplace_back(fmt::format("l{}", index), std::vector{page.label});
      filter = fmt::format(",labels:$l{}", index);
    }
    body += fmt::format("x{}:{}{{issues(first:100,after:{}{}{}){{pageInfo{{hasNextPage endCursor}}{}}}}}", index,
                        open_repository(page.repository), quote(page.cursor), filter, render_states(page.states),
                        render_listed_fields(page.label));
  }
  finish(query, body, {every ? label_fragment : ""});
  return query;
}

GithubQuery render_issue_query(const GithubIssueQuery& asked) {
  GithubQuery query;
  const bool arming = asked.detail == GithubDetail::arming;
  const bool run = asked.detail == GithubDetail::run;
  std::set<RepositoryName> seen;
  std::string body = "viewer{databaseId login}";
  for (std::size_t index = 0; index < asked.issues.size(); ++index) {
    const IssueRef& issue = asked.issues[index];
    // Whether a repository's base is red is asked before anything is started in it: once.
    const bool with_base = arming && seen.insert(issue.repository).second;
    body += fmt::format("x{}:{}{{...R {}issue(number:{}){{...I}}", index, open_repository(issue.repository),
                        with_base ? "defaultBranchRef{target{...K}...B}" : "", issue.number);
    if (run) {
      body += ask_for_branches(issue.number);
      if (asked.environment) {
        body += ask_for_deployments(query, *asked.environment);
      }
    }
    body += '}';
  }
  const std::string issue = fmt::format("fragment I on Issue{{{}}}", render_issue_fields(asked.detail));
  finish(query, body,
         {actor_fragment, run ? protected_repository_fragment : repository_fragment, label_fragment, log_fragment,
          issue, arming ? "" : comment_fragment, run || arming ? protection_fragment : "",
          run || arming ? check_fragment : "", run ? pull_request_fragment : "",
          run && asked.environment ? deployment_fragment : ""});
  return query;
}

GithubQuery render_older_page_query(std::span<const GithubOlderPage> pages) {
  GithubQuery query;
  std::string body;
  bool logs = false;
  bool comments = false;
  for (std::size_t index = 0; index < pages.size(); ++index) {
    const GithubOlderPage& page = pages[index];
    const bool is_log = page.kind == GithubOlderPage::Kind::log;
    (is_log ? logs : comments) = true;
    body += fmt::format("x{}:{}{{issue(number:{}){{{}}}}}", index, open_repository(page.issue.repository),
                        page.issue.number, is_log ? ask_for_log(page.cursor) : ask_for_comments(page.cursor));
  }
  finish(query, body, {actor_fragment, logs ? log_fragment : "", comments ? comment_fragment : ""});
  return query;
}

GithubQuery render_state_query(std::span<const IssueRef> issues) {
  GithubQuery query;
  std::string body;
  for (std::size_t index = 0; index < issues.size(); ++index) {
    const IssueRef& issue = issues[index];
    body += fmt::format("x{}:{}{{nameWithOwner issueOrPullRequest(number:{}){{__typename ...on Issue{{number state "
                        "stateReason body}} ...on PullRequest{{number pullState:state}}}}}}",
                        index, open_repository(issue.repository), issue.number);
  }
  finish(query, body, {});
  return query;
}

GithubQuery render_work_query(std::span<const GithubWorkPart> parts) {
  GithubQuery query;
  std::string body;
  bool pull_requests = false;
  bool checks = false;
  bool deployments = false;
  bool protection = false;
  for (std::size_t index = 0; index < parts.size(); ++index) {
    const GithubWorkPart& part = parts[index];
    body += fmt::format("x{}:{}{{nameWithOwner ", index, open_repository(part.repository));
    if (!part.branch.empty()) {
      pull_requests = true;
      body += fmt::format("pullRequests(headRefName:{},first:10,orderBy:{{field:CREATED_AT,direction:DESC}}){{"
                          "nodes{{...Q}}}}",
                          quote(part.branch));
    }
    if (!part.head.empty()) {
      checks = true;
      body += fmt::format("object(oid:{}){{...K}}", quote(part.head));
    }
    if (!part.base_branch.empty()) {
      protection = true;
      body += fmt::format("ref(qualifiedName:{}){{...B}}", quote("refs/heads/" + part.base_branch));
    }
    if (part.environment) {
      deployments = true;
      body += ask_for_deployments(query, *part.environment);
    }
    body += '}';
  }
  finish(query, body,
         {pull_requests ? actor_fragment : "", pull_requests ? pull_request_fragment : "", checks ? check_fragment : "",
          protection ? protection_fragment : "", deployments ? deployment_fragment : ""});
  return query;
}

GithubQuery render_viewer_query() {
  return {.text = "query{viewer{databaseId login}}", .variables = {}};
}

GithubQuery render_ready_mutation(std::string_view id) {
  return {.text =
              fmt::format("mutation{{markPullRequestReadyForReview(input:{{pullRequestId:{}}}){{pullRequest{{isDraft}}"
                          "}}}}",
                          quote(id)),
          .variables = {}};
}

} // namespace afk::adapter
