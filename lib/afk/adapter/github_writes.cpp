#include <afk/adapter/github_writes.hpp>

#include <afk/adapter/github_reader.hpp>
#include <afk/adapter/github_rest_codec.hpp>
#include <afk/core/text.hpp>
#include <afk/port/tracker.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace afk::adapter {

namespace {

constexpr int not_found = 404;
constexpr int first_server_error = 500;

std::string render_number(const IssueRef& issue) {
  return fmt::format("{}", issue.number);
}

// Success, or what the answer says is wrong.
Result<http::Response> judge(GithubClient& client, Result<http::Response> answer) {
  if (answer.ok()) {
    if (auto error = derive_github_error(*answer, client.asked())) {
      return *std::move(error);
    }
  }
  return answer;
}

Result<std::vector<std::string>> read_labels(GithubClient& client, const IssueRef& issue) {
  auto answer = judge(
      client, client.exchange(client.read(
                  render_github_path(issue.repository, {"issues", render_number(issue), "labels"}) + "?per_page=100")));
  return answer.ok() ? parse_rest_labels(*answer, client.asked())
                     : Result<std::vector<std::string>>(std::move(answer).error());
}

bool holds(const std::vector<std::string>& labels, std::string_view label) {
  return std::ranges::any_of(labels, [&](const std::string& one) { return equal_ascii_folded(one, label); });
}

Error unknown_outcome(const Result<http::Response>& answer, const GithubClient& client) {
  Error error = answer.ok() ? derive_github_error(*answer, client.asked()).value_or(Error{}) : answer.error();
  error.kind = ErrorKind::unreachable;
  return error;
}

// What a label looks like after a write whose answer did not come.
Result<void> read_back_label(GithubClient& client, const IssueRef& issue, std::string_view label,
                             TrackerWrites::LabelTarget target, const Result<http::Response>& answer) {
  const auto labels = read_labels(client, issue);
  const bool wanted = target == TrackerWrites::LabelTarget::on;
  if (labels.ok() && holds(*labels, label) == wanted) {
    return {};
  }
  return unknown_outcome(answer, client);
}

// Comments of our own account that hold a mark, oldest first.
Result<std::vector<std::string>> find_marked(GithubClient& client, const IssueRef& issue, std::string_view mark) {
  const auto viewer = client.fetch_viewer();
  if (!viewer.ok()) {
    return viewer.error();
  }
  const http::Request first =
      client.read(render_github_path(issue.repository, {"issues", render_number(issue), "comments"}) + "?per_page=100");
  const auto lists = client.fetch_pages(std::span(&first, 1), most_issue_pages);
  if (!lists.front().ok()) {
    return lists.front().error();
  }
  std::vector<std::string> ids;
  for (const http::Response& page : *lists.front()) {
    const auto comments = parse_rest_comment_list(page, client.asked());
    if (!comments.ok()) {
      return comments.error();
    }
    for (const GithubRestComment& comment : *comments) {
      if (comment.author_id == viewer->id && comment.body.find(mark) != std::string::npos) {
        ids.push_back(comment.id);
      }
    }
  }
  return ids;
}

http::Request delete_comment(const GithubClient& client, const IssueRef& issue, const std::string& id) {
  return client.write({.method = http::Method::delete_,
                       .path = render_github_path(issue.repository, {"issues", "comments", id}),
                       .body = {}});
}

// Two ticks may have looked before either wrote. Both see both now, and the older one stays.
Result<std::string> keep_oldest(GithubClient& client, const GithubNewComment& comment, std::string made) {
  const auto ids = find_marked(client, comment.issue, comment.mark);
  if (!ids.ok() || ids->empty() || ids->front() == made) {
    return made; // a list that lags shows nothing: the comment is there all the same
  }
  if (std::ranges::find(*ids, made) != ids->end()) {
    static_cast<void>(client.exchange(delete_comment(client, comment.issue, made))); // else a later look does it
  }
  return ids->front();
}

} // namespace

Result<void> make_github_label(GithubClient& client, const RepositoryName& repository, std::string_view label) {
  if (client.find_label(repository, label) == GithubClient::LabelKnowledge::exists) {
    return {};
  }
  const auto known = client.exchange(client.read(render_github_path(repository, {"labels", label})));
  if (!known.ok() || known->status != not_found) {
    return {}; // it is there, or whatever is wrong shows when it is put on
  }
  auto answer = client.exchange(client.write({.method = http::Method::post,
                                              .path = render_github_path(repository, {"labels"}),
                                              .body = render_rest_new_label(label)}));
  if (answer.ok() && find_rest_code(*answer, "already_exists") == GithubCode::present) {
    return {};
  }
  if (derive_outcome(answer) == GithubOutcome::unknown) {
    return {}; // putting it on shows
  }
  auto judged = judge(client, std::move(answer));
  return judged.ok() ? Result<void>() : Result<void>(with_context("making the label", std::move(judged).error()));
}

GithubOutcome derive_outcome(const Result<http::Response>& answer) {
  if (!answer.ok()) {
    const ErrorKind kind = answer.error().kind;
    const bool sent = kind == ErrorKind::unreachable || kind == ErrorKind::malformed || kind == ErrorKind::too_large;
    return sent ? GithubOutcome::unknown : GithubOutcome::known;
  }
  return answer->status >= first_server_error ? GithubOutcome::unknown : GithubOutcome::known;
}

Result<void> put_github_label(GithubClient& client, const IssueRef& issue, std::string_view label) {
  if (auto made = make_github_label(client, issue.repository, label); !made.ok()) {
    return made;
  }
  auto answer = client.exchange(
      client.write({.method = http::Method::post,
                    .path = render_github_path(issue.repository, {"issues", render_number(issue), "labels"}),
                    .body = render_rest_labels(label)}));
  if (derive_outcome(answer) == GithubOutcome::unknown) {
    return read_back_label(client, issue, label, TrackerWrites::LabelTarget::on, answer);
  }
  auto judged = judge(client, std::move(answer));
  if (!judged.ok()) {
    return std::move(judged).error();
  }
  const auto labels = parse_rest_labels(*judged, client.asked());
  if (labels.ok() && holds(*labels, label)) {
    client.note_label(issue.repository, label);
    return {};
  }
  return read_back_label(client, issue, label, TrackerWrites::LabelTarget::on,
                         Error{.kind = ErrorKind::unreachable, .message = "the label is missing after it was put on"});
}

Result<void> take_github_label(GithubClient& client, const IssueRef& issue, std::string_view label) {
  auto answer = client.exchange(
      client.write({.method = http::Method::delete_,
                    .path = render_github_path(issue.repository, {"issues", render_number(issue), "labels", label}),
                    .body = {}}));
  const bool is_absent = answer.ok() && answer->status == not_found; // the label, or the issue
  if (is_absent || derive_outcome(answer) == GithubOutcome::unknown) {
    auto back = read_back_label(client, issue, label, TrackerWrites::LabelTarget::off, answer);
    if (!back.ok() && is_absent) {
      return derive_github_error(*answer, client.asked()).value_or(Error{});
    }
    return back;
  }
  auto judged = judge(client, std::move(answer));
  return judged.ok() ? Result<void>() : Result<void>(std::move(judged).error());
}

Result<std::string> create_github_comment(GithubClient& client, const GithubNewComment& comment) {
  const bool is_marked = !comment.mark.empty();
  if (is_marked) {
    const auto ids = find_marked(client, comment.issue, comment.mark);
    if (!ids.ok()) {
      return ids.error();
    }
    if (!ids->empty()) {
      return ids->front();
    }
  }
  auto answer = client.exchange(client.write(
      {.method = http::Method::post,
       .path = render_github_path(comment.issue.repository, {"issues", render_number(comment.issue), "comments"}),
       .body = render_rest_comment(comment.body),
       .effect = http::Effect::creates_content}));
  std::string id;
  if (derive_outcome(answer) == GithubOutcome::known) {
    auto judged = judge(client, answer);
    if (!judged.ok()) {
      return std::move(judged).error();
    }
    if (auto made = parse_rest_id(*judged, client.asked()); made.ok()) {
      id = std::move(*made);
    }
  }
  if (id.empty()) { // it may stand there: found by its mark, or by being the same from the first byte to the last
    const auto ids = find_marked(client, comment.issue, is_marked ? comment.mark : comment.body);
    if (!ids.ok() || ids->empty()) {
      return unknown_outcome(answer, client);
    }
    return is_marked ? ids->front() : ids->back();
  }
  return is_marked ? keep_oldest(client, comment, std::move(id)) : Result<std::string>(std::move(id));
}

Result<void> edit_github_comment(GithubClient& client, const GithubCommentEdit& edit) {
  const bool is_id =
      !edit.id.empty() && std::ranges::all_of(edit.id, [](char one) { return one >= '0' && one <= '9'; });
  if (!is_id) {
    return Error{.kind = ErrorKind::not_found, .message = "there is no comment of that id"};
  }
  const std::string path = render_github_path(edit.issue.repository, {"issues", "comments", edit.id});
  auto answer = client.exchange(
      client.write({.method = http::Method::patch, .path = path, .body = render_rest_comment(edit.body)}));
  if (derive_outcome(answer) == GithubOutcome::unknown) {
    const auto now = judge(client, client.exchange(client.read(path)));
    const auto text = now.ok() ? parse_rest_body(*now, client.asked()) : Result<std::string>(now.error());
    return text.ok() && *text == edit.body ? Result<void>() : Result<void>(unknown_outcome(answer, client));
  }
  auto judged = judge(client, std::move(answer));
  return judged.ok() ? Result<void>() : Result<void>(std::move(judged).error());
}

Result<void> close_github_issue(GithubClient& client, const IssueRef& issue) {
  const std::string path = render_github_path(issue.repository, {"issues", render_number(issue)});
  const auto is_closed = [&](const Result<http::Response>& answer) {
    const auto state =
        answer.ok() ? parse_rest_state(*answer, client.asked()) : Result<GithubRestState>(answer.error());
    return state.ok() && state->state != IssueState::open;
  };
  // A person may have closed it in their own way, with a reason of their own: that stays.
  const auto before = judge(client, client.exchange(client.read(path)));
  if (!before.ok()) {
    return before.error();
  }
  if (is_closed(before)) {
    return {};
  }
  auto answer =
      client.exchange(client.write({.method = http::Method::patch, .path = path, .body = render_rest_close()}));
  if (derive_outcome(answer) == GithubOutcome::unknown) {
    const auto after = judge(client, client.exchange(client.read(path)));
    return is_closed(after) ? Result<void>() : Result<void>(unknown_outcome(answer, client));
  }
  auto judged = judge(client, std::move(answer));
  if (!judged.ok()) {
    return std::move(judged).error();
  }
  return is_closed(judged)
             ? Result<void>()
             : Result<void>(Error{.kind = ErrorKind::refused,
                                  .message = render_issue_ref(issue) + " stayed open when it was closed"});
}

} // namespace afk::adapter
