#include <afk/adapter/github_blockers.hpp>
#include <afk/adapter/github_reader.hpp>
#include <afk/adapter/github_rest_codec.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace afk::adapter {

namespace {

constexpr int not_found = 404;
constexpr int gone = 410;

using Facts = Result<GithubRepositoryFacts>;

// One issue on its way.
struct Fetching {
  std::optional<Error> failed;
  std::optional<GithubRestIssue> found;
  GithubRepositoryFacts facts;
  Result<std::vector<Blocker>> native = std::vector<Blocker>{};
  std::vector<IssueRef> named;

  [[nodiscard]] bool goes_on() const { return !failed && found; }

  void fail(Error error) {
    if (!failed) {
      failed = std::move(error);
    }
  }
};

class RestReader final : public GithubReader {
 public:
  explicit RestReader(const GithubReaderParts& parts) : parts_(parts) {}

  std::vector<Result<RepositoryListing>> list(std::span<const RepositoryName> repositories,
                                              const ListingQuery& query) override {
    const std::vector<std::string> labels = query.labels.empty() ? std::vector<std::string>{""} : query.labels;
    std::vector<http::Request> lists;
    for (const RepositoryName& repository : repositories) {
      lists.push_back(parts_.client.read(render_github_path(repository, {})));
      for (const std::string& label : labels) {
        lists.push_back(parts_.client.read(render_list_path(repository, label, query.states)));
      }
    }
    const auto answers = parts_.client.fetch_pages(lists, most_list_pages);
    std::vector<Result<RepositoryListing>> listings;
    facts_.clear();
    for (std::size_t index = 0; index < repositories.size(); ++index) {
      const auto mine = std::span(answers).subspan(index * (labels.size() + 1), labels.size() + 1);
      listings.push_back(read_listing(repositories[index], mine, labels));
    }
    return listings;
  }

  // One read of the issue, then its log and the rest, then the issue once more: the log is believed only between two
  // reads of the labels that agree.
  std::vector<Result<IssueRecord>> fetch(std::span<const IssueRef> issues, GithubDetail detail) override {
    if (issues.empty()) {
      return {};
    }
    if (auto viewer = parts_.client.fetch_viewer(); !viewer.ok()) {
      return std::vector<Result<IssueRecord>>(issues.size(), std::move(viewer).error());
    }
    std::vector<Fetching> all(issues.size());
    fetch_issues(issues, all);
    fetch_lists(issues, detail, all);
    check_again(issues, all);
    std::vector<Result<IssueRecord>> records;
    for (std::size_t index = 0; index < issues.size(); ++index) {
      records.push_back(finish(issues[index], detail, std::move(all[index])));
    }
    return records;
  }

 private:
  using Named = std::map<IssueRef, Result<GithubNamedIssue>>;

  static std::string render_list_path(const RepositoryName& repository, const std::string& label,
                                      ListingQuery::States states) {
    return fmt::format("{}?state={}&per_page=100{}", render_github_path(repository, {"issues"}),
                       states == ListingQuery::States::open_only ? "open" : "all",
                       label.empty() ? "" : "&labels=" + encode_github_value(label));
  }

  static std::string render_issue_path(const IssueRef& issue, std::string_view list) {
    const std::string number = fmt::format("{}", issue.number);
    return list.empty() ? render_github_path(issue.repository, {"issues", number})
                        : render_github_path(issue.repository, {"issues", number, list}) + "?per_page=100";
  }

  Result<RepositoryListing> read_listing(const RepositoryName& asked,
                                         std::span<const Result<std::vector<http::Response>>> answers,
                                         std::span<const std::string> labels) {
    Facts facts = answers.front().ok() ? parse_rest_repository(answers.front()->front(), parts_.client.asked())
                                       : Facts(answers.front().error());
    if (!facts.ok()) {
      return hide_repository_error(asked, std::move(facts).error());
    }
    facts_.insert_or_assign(asked, facts);
    RepositoryListing listing;
    listing.repository = facts->name;
    listing.repository_id = facts->id;
    std::map<std::int64_t, IssueSummary> issues;
    for (std::size_t index = 0; index < labels.size(); ++index) {
      const auto& pages = answers[index + 1];
      if (!pages.ok() && pages.error().kind == ErrorKind::too_large) {
        listing.completeness = Completeness::truncated;
        continue;
      }
      if (!pages.ok()) {
        return pages.error();
      }
      for (const http::Response& page : *pages) {
        auto read = parse_rest_issue_list(page, facts->name, parts_.client.asked());
        if (!read.ok()) {
          return std::move(read).error();
        }
        for (IssueSummary& issue : *read) {
          const bool has = labels[index].empty() || std::ranges::any_of(issue.labels, [&](const std::string& one) {
                             return equal_ascii_folded(one, labels[index]);
                           });
          if (has) {
            const std::int64_t number = issue.issue.number;
            issues.try_emplace(number, std::move(issue));
          }
        }
      }
    }
    for (auto& [number, issue] : issues) {
      listing.issues.push_back(std::move(issue));
    }
    return listing;
  }

  void fetch_issues(std::span<const IssueRef> issues, std::vector<Fetching>& all) {
    std::set<RepositoryName> unknown;
    for (const IssueRef& issue : issues) {
      if (!facts_.contains(issue.repository)) {
        unknown.insert(issue.repository);
      }
    }
    std::vector<http::Request> requests;
    for (const RepositoryName& repository : unknown) {
      requests.push_back(parts_.client.read(render_github_path(repository, {})));
    }
    for (const IssueRef& issue : issues) {
      requests.push_back(parts_.client.read(render_issue_path(issue, "")));
    }
    const auto answers = parts_.client.exchange(requests);
    std::size_t next = 0;
    for (const RepositoryName& repository : unknown) {
      facts_.insert_or_assign(repository, read_facts(repository, answers[next++]));
    }
    for (std::size_t index = 0; index < issues.size(); ++index) {
      const Facts& facts = facts_.at(issues[index].repository);
      if (!facts.ok()) {
        all[index].fail(facts.error());
        continue;
      }
      all[index].facts = *facts;
      read_issue(answers[next + index], all[index]);
    }
  }

  Facts read_facts(const RepositoryName& repository, const Result<http::Response>& answer) {
    if (!answer.ok()) {
      return answer.error();
    }
    if (auto error = derive_github_error(*answer, parts_.client.asked())) {
      return hide_repository_error(repository, *std::move(error));
    }
    return parse_rest_repository(*answer, parts_.client.asked());
  }

  void read_issue(const Result<http::Response>& answer, Fetching& one) const {
    if (!answer.ok()) {
      one.fail(answer.error());
      return;
    }
    if (answer->status == not_found || answer->status == gone) {
      return;
    }
    if (auto error = derive_github_error(*answer, parts_.client.asked())) {
      one.fail(*std::move(error));
      return;
    }
    auto issue = parse_rest_issue(*answer, one.facts, parts_.client.asked());
    if (!issue.ok()) {
      one.fail(std::move(issue).error());
      return;
    }
    one.found = std::move(*issue);
  }

  // What one list of a batch is for.
  struct List {
    enum class Kind : std::uint8_t { log, comments, blockers, sub_issues, person, state } kind = Kind::log;
    std::size_t owner = 0; // an issue, a person or a state
  };

  void fetch_lists(std::span<const IssueRef> issues, GithubDetail detail, std::vector<Fetching>& all) {
    std::vector<http::Request> requests;
    std::vector<List> lists;
    const auto ask = [&](List::Kind kind, std::size_t owner, http::Request request) {
      lists.push_back({kind, owner});
      requests.push_back(std::move(request));
    };
    std::set<IssueRef> states;
    for (std::size_t index = 0; index < issues.size(); ++index) {
      Fetching& one = all[index];
      if (!one.goes_on()) {
        continue;
      }
      ask(List::Kind::log, index, parts_.client.read(render_issue_path(issues[index], "timeline")));
      ask(List::Kind::comments, index, parts_.client.read(render_issue_path(issues[index], "comments")));
      if (detail == GithubDetail::run) {
        continue;
      }
      ask(List::Kind::blockers, index, ask_for_blockers(parts_.client, issues[index]));
      if (one.found->sub_issues == GithubRestIssue::SubIssues::open) {
        ask(List::Kind::sub_issues, index, parts_.client.read(render_issue_path(issues[index], "sub_issues")));
      }
      one.named = derive_named_blockers(one.facts.name, one.found->issue.record.body);
      std::ranges::copy_if(one.named, std::inserter(states, states.end()),
                           [](const IssueRef& named) { return named.number > 0; });
    }
    const auto people = std::exchange(parts_.memory.expected, {});
    for (std::size_t index = 0; index < people.size(); ++index) {
      ask(List::Kind::person, index, ask_for_permission(parts_.client, people[index]));
    }
    const std::vector<IssueRef> asked_states(states.begin(), states.end());
    for (std::size_t index = 0; index < asked_states.size(); ++index) {
      ask(List::Kind::state, index, parts_.client.read(render_issue_path(asked_states[index], "")));
    }
    take_lists(requests, lists, all, people, asked_states);
  }

  void take_lists(std::span<const http::Request> requests, std::span<const List> lists, std::vector<Fetching>& all,
                  std::span<const PermissionQuery> people, std::span<const IssueRef> states) {
    named_.clear();
    const auto answers = parts_.client.fetch_pages(requests, most_issue_pages);
    for (std::size_t index = 0; index < lists.size(); ++index) {
      const auto& pages = answers[index];
      const std::size_t owner = lists[index].owner;
      switch (lists[index].kind) {
      case List::Kind::person:
        parts_.memory.permissions.insert_or_assign(make_github_key(people[owner].repository, people[owner].actor.id),
                                                   read_permission(parts_.client, people[owner], first_page(pages)));
        break;
      case List::Kind::state:
        named_.insert_or_assign(states[owner], read_named(states[owner], pages));
        break;
      case List::Kind::blockers:
        all[owner].native = join_pages(pages);
        break;
      case List::Kind::log:
      case List::Kind::comments:
      case List::Kind::sub_issues:
        take_pages(pages, lists[index].kind, all[owner]);
        break;
      }
    }
  }

  // A status that is an error comes out of paging as one; whoever judges the status itself gets that back.
  static Result<http::Response> first_page(const Result<std::vector<http::Response>>& pages) {
    if (pages.ok()) {
      return pages->front();
    }
    const bool told = pages.error().kind == ErrorKind::not_found || pages.error().kind == ErrorKind::forbidden;
    if (told && pages.error().http_status) {
      return http::Response{.status = *pages.error().http_status, .headers = {}, .body = {}};
    }
    return pages.error();
  }

  Result<std::vector<Blocker>> join_pages(const Result<std::vector<http::Response>>& pages) const {
    if (!pages.ok()) {
      return pages.error().kind == ErrorKind::not_found ? Result<std::vector<Blocker>>(std::vector<Blocker>{})
                                                        : Result<std::vector<Blocker>>(pages.error());
    }
    std::vector<Blocker> all;
    for (const http::Response& page : *pages) {
      auto some = parse_rest_blockers(page, parts_.client.asked());
      if (!some.ok()) {
        return some;
      }
      std::ranges::move(*some, std::back_inserter(all));
    }
    return all;
  }

  Result<GithubNamedIssue> read_named(const IssueRef& issue, const Result<std::vector<http::Response>>& pages) const {
    GithubNamedIssue named;
    named.issue = issue;
    if (!pages.ok()) {
      if (pages.error().kind != ErrorKind::not_found) {
        return pages.error();
      }
      const auto home = facts_.find(issue.repository);
      const bool is_known = home != facts_.end() && home->second.ok();
      named.presence = is_known ? GithubNamedIssue::Presence::no_issue : GithubNamedIssue::Presence::no_repository;
      return named;
    }
    auto state = parse_rest_state(pages->front(), parts_.client.asked());
    if (!state.ok()) {
      return std::move(state).error();
    }
    named.presence = GithubNamedIssue::Presence::known;
    named.state = state->state;
    named.body = std::move(state->body);
    return named;
  }

  void take_pages(const Result<std::vector<http::Response>>& pages, List::Kind kind, Fetching& one) const {
    if (!pages.ok()) {
      one.fail(pages.error());
      return;
    }
    GithubIssue& issue = one.found->issue;
    for (const http::Response& page : *pages) {
      if (kind == List::Kind::sub_issues) {
        take_sub_issues(page, one);
        continue;
      }
      auto done = kind == List::Kind::log ? parse_rest_timeline(page, issue, parts_.client.asked())
                                          : parse_rest_comments(page, issue, parts_.client.asked());
      if (!done.ok()) {
        one.fail(std::move(done).error());
        return;
      }
    }
  }

  void take_sub_issues(const http::Response& page, Fetching& one) const {
    auto parts = parse_rest_blockers(page, parts_.client.asked());
    if (!parts.ok()) {
      one.fail(std::move(parts).error());
      return;
    }
    for (const Blocker& part : *parts) {
      if (part.state == BlockerState::open) {
        one.found->issue.record.open_sub_issues.push_back(part.issue);
      }
    }
  }

  void check_again(std::span<const IssueRef> issues, std::vector<Fetching>& all) {
    std::vector<http::Request> requests;
    std::vector<std::size_t> owners;
    for (std::size_t index = 0; index < issues.size(); ++index) {
      if (all[index].goes_on()) {
        owners.push_back(index);
        requests.push_back(parts_.client.read(render_issue_path(issues[index], "")));
      }
    }
    const auto answers = parts_.client.exchange(requests);
    for (std::size_t index = 0; index < owners.size(); ++index) {
      Fetching& one = all[owners[index]];
      Fetching again;
      again.facts = one.facts;
      read_issue(answers[index], again);
      if (again.failed) {
        one.fail(*std::move(again.failed));
        continue;
      }
      const IssueRecord& before = one.found->issue.record;
      const IssueRecord after = again.found ? again.found->issue.record : IssueRecord{};
      const bool same = again.found && before.labels == after.labels && before.state == after.state &&
                        before.title == after.title && before.body == after.body;
      if (!same) {
        one.fail(Error{.kind = ErrorKind::unreachable,
                       .message = fmt::format("{} was changed while it was read; the next tick looks again",
                                              render_issue_ref(issues[owners[index]]))});
      }
    }
  }

  Result<IssueRecord> finish(const IssueRef& asked, GithubDetail detail, Fetching one) const {
    if (one.failed) {
      return *std::move(one.failed);
    }
    if (!one.found) {
      return make_gone_record(asked, one.facts.id);
    }
    auto record =
        derive_issue_record(std::move(one.found->issue), parts_.client.known_viewer().value_or(GithubViewer{}));
    if (!record.ok() || detail == GithubDetail::run) {
      return record;
    }
    if (!one.native.ok()) {
      return with_context(render_issue_ref(asked) + ": what blocks it", std::move(one.native).error());
    }
    std::vector<Blocker> written;
    for (const IssueRef& blocker : one.named) {
      if (blocker.number <= 0) {
        written.push_back({.issue = blocker, .state = BlockerState::missing});
        continue;
      }
      const auto& state = named_.at(blocker);
      if (!state.ok()) {
        return with_context(render_issue_ref(asked) + ": what blocks it", state.error());
      }
      written.push_back(derive_named_blocker(record->issue, *state));
    }
    record->blockers = join_blockers(std::move(*one.native), written);
    return record;
  }

  GithubReaderParts parts_;
  std::map<RepositoryName, Facts> facts_; // of the repositories listed last, and of those asked for since
  Named named_;
};

} // namespace

std::unique_ptr<GithubReader> make_github_rest_reader(const GithubReaderParts& parts) {
  return std::make_unique<RestReader>(parts);
}

} // namespace afk::adapter
