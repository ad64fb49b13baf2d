#include <afk/adapter/github_blockers.hpp>
#include <afk/adapter/github_issue_codec.hpp>
#include <afk/adapter/github_reader.hpp>
#include <afk/adapter/github_work_codec.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace afk::adapter {

namespace {

// A repository's listing while its pages come in.
struct Growing {
  std::optional<Error> failed;
  GithubRepositoryFacts facts;
  Completeness completeness = Completeness::complete;
  std::map<std::int64_t, IssueSummary> issues;

  void take(std::vector<IssueSummary> page) {
    for (IssueSummary& issue : page) {
      const std::int64_t number = issue.issue.number;
      const auto [known, is_new] = issues.try_emplace(number, std::move(issue));
      if (!is_new) {
        std::ranges::move(issue.labels, std::back_inserter(known->second.labels));
      }
    }
  }
};

struct OpenPage {
  std::size_t owner = 0; // index of the repository
  GithubListPage page;
};

// One issue on its way.
struct Fetching {
  std::optional<Error> failed;
  GithubFetched fetched;
  Result<std::vector<Blocker>> native = std::vector<Blocker>{};
  std::vector<IssueRef> named;
  std::size_t pages = 1;
};

using NamedIssues = std::map<IssueRef, Result<GithubNamedIssue>>;

class GraphqlReader final : public GithubReader {
 public:
  explicit GraphqlReader(const GithubReaderParts& parts) : parts_(parts) {}

  std::vector<Result<RepositoryListing>> list(std::span<const RepositoryName> repositories,
                                              const ListingQuery& query) override {
    std::vector<Growing> growing(repositories.size());
    std::vector<OpenPage> open;
    std::vector<http::Request> requests;
    for (std::size_t start = 0; start < repositories.size(); start += repositories_per_query) {
      requests.push_back(
          parts_.client.query(render_listing_query(chunk(repositories, start, repositories_per_query), query)));
    }
    const auto answers = parts_.client.exchange(requests);
    for (std::size_t index = 0; index < answers.size(); ++index) {
      const std::size_t start = index * repositories_per_query;
      take_listing(answers[index], chunk(repositories, start, repositories_per_query), query,
                   std::span(growing).subspan(start), start, open);
    }
    for (std::size_t round = 1; round < most_list_pages && !open.empty(); ++round) {
      open = fetch_next_pages(open, growing);
    }
    for (const OpenPage& page : open) {
      growing[page.owner].completeness = Completeness::truncated;
    }
    return finish(std::move(growing));
  }

  std::vector<Result<IssueRecord>> fetch(std::span<const IssueRef> issues, GithubDetail detail) override {
    if (issues.empty()) {
      return {};
    }
    std::vector<Fetching> all(issues.size());
    NamedIssues named;
    fetch_first(issues, detail, all, named);
    fetch_older_pages(issues, all);
    if (detail == GithubDetail::whole) {
      fetch_named(issues, all, named);
    }
    std::vector<Result<IssueRecord>> records;
    for (std::size_t index = 0; index < issues.size(); ++index) {
      records.push_back(finish(issues[index], detail, std::move(all[index]), named));
    }
    return records;
  }

 private:
  template <typename T>
  static std::span<const T> chunk(std::span<const T> all, std::size_t start, std::size_t size) {
    return all.subspan(start, std::min(size, all.size() - start));
  }

  void take_listing(const Result<http::Response>& answer, std::span<const RepositoryName> repositories,
                    const ListingQuery& query, std::span<Growing> growing, std::size_t start,
                    std::vector<OpenPage>& open) {
    auto listing = answer.ok() ? parse_github_listing(*answer, repositories, query, parts_.client.asked())
                               : Result<GithubListing>(answer.error());
    if (listing.ok()) {
      parts_.client.note_viewer(listing->viewer);
    }
    for (std::size_t index = 0; index < repositories.size(); ++index) {
      Growing& one = growing[index];
      if (!listing.ok() || !listing->repositories[index].ok()) {
        one.failed = hide_repository_error(repositories[index],
                                           listing.ok() ? listing->repositories[index].error() : listing.error());
        continue;
      }
      GithubListedRepository& repository = *listing->repositories[index];
      one.facts = std::move(repository.facts);
      for (std::size_t label = 0; label < repository.lists.size(); ++label) {
        GithubListed& listed = repository.lists[label];
        one.take(std::move(listed.issues));
        if (!listed.next.empty()) {
          open.push_back({start + index,
                          {.repository = one.facts.name,
                           .label = query.labels.empty() ? "" : query.labels[label],
                           .states = query.states,
                           .cursor = std::move(listed.next)}});
        }
      }
    }
  }

  std::vector<OpenPage> fetch_next_pages(const std::vector<OpenPage>& open, std::vector<Growing>& growing) {
    std::vector<http::Request> requests;
    std::vector<std::vector<GithubListPage>> asked;
    for (std::size_t start = 0; start < open.size(); start += repositories_per_query) {
      std::vector<GithubListPage> pages;
      for (const OpenPage& page : chunk(std::span(open), start, repositories_per_query)) {
        pages.push_back(page.page);
      }
      requests.push_back(parts_.client.query(render_list_page_query(pages)));
      asked.push_back(std::move(pages));
    }
    const auto answers = parts_.client.exchange(requests);
    std::vector<OpenPage> further;
    for (std::size_t index = 0; index < answers.size(); ++index) {
      auto pages = answers[index].ok() ? parse_github_list_pages(*answers[index], asked[index], parts_.client.asked())
                                       : Result<std::vector<Result<GithubListed>>>(answers[index].error());
      for (std::size_t at = 0; at < asked[index].size(); ++at) {
        const OpenPage& page = open[index * repositories_per_query + at];
        if (!pages.ok() || !(*pages)[at].ok()) {
          growing[page.owner].failed = pages.ok() ? (*pages)[at].error() : pages.error();
          continue;
        }
        GithubListed& listed = *(*pages)[at];
        growing[page.owner].take(std::move(listed.issues));
        if (!listed.next.empty()) {
          further.push_back(page);
          further.back().page.cursor = std::move(listed.next);
        }
      }
    }
    return further;
  }

  static std::vector<Result<RepositoryListing>> finish(std::vector<Growing> growing) {
    std::vector<Result<RepositoryListing>> listings;
    for (Growing& one : growing) {
      if (one.failed) {
        listings.emplace_back(*std::move(one.failed));
        continue;
      }
      RepositoryListing listing;
      listing.repository = std::move(one.facts.name);
      listing.repository_id = std::move(one.facts.id);
      listing.completeness = one.completeness;
      for (auto& [number, issue] : one.issues) {
        listing.issues.push_back(std::move(issue));
      }
      listings.emplace_back(std::move(listing));
    }
    return listings;
  }

  // Issues, their dependencies, the states of what their texts named a moment ago, and whoever is expected to be asked
  // about: all in one round trip.
  void fetch_first(std::span<const IssueRef> issues, GithubDetail detail, std::vector<Fetching>& all,
                   NamedIssues& named) {
    const std::size_t size = detail == GithubDetail::arming ? armings_per_query : issues_per_query;
    std::vector<http::Request> requests;
    std::vector<GithubIssueQuery> queries;
    for (std::size_t start = 0; start < issues.size(); start += size) {
      const auto part = chunk(issues, start, size);
      queries.push_back({.issues = {part.begin(), part.end()}, .detail = detail, .environment = parts_.environment});
      requests.push_back(parts_.client.query(render_issue_query(queries.back())));
    }
    const std::size_t behind_issues = requests.size();
    std::vector<PermissionQuery> people;
    std::vector<IssueRef> states;
    if (detail == GithubDetail::whole) {
      for (const IssueRef& issue : issues) {
        requests.push_back(ask_for_blockers(parts_.client, issue));
      }
      people = std::exchange(parts_.memory.expected, {});
      for (const PermissionQuery& query : people) {
        requests.push_back(ask_for_permission(parts_.client, query));
      }
      states = gather_remembered(issues);
    }
    const std::size_t behind_people = requests.size();
    add_state_queries(states, requests);
    const auto answers = parts_.client.exchange(requests);
    for (std::size_t index = 0; index < behind_issues; ++index) {
      take_issues(answers[index], queries[index], std::span(all).subspan(index * size));
    }
    for (std::size_t index = behind_issues; index < behind_people; ++index) {
      const std::size_t at = index - behind_issues;
      if (at < issues.size()) {
        all[at].native = read_blockers(parts_.client, answers[index]);
      } else {
        const PermissionQuery& query = people[at - issues.size()];
        parts_.memory.permissions.insert_or_assign(make_github_key(query.repository, query.actor.id),
                                                   read_permission(parts_.client, query, answers[index]));
      }
    }
    take_states(std::span(answers).subspan(behind_people), states, named);
  }

  [[nodiscard]] std::vector<IssueRef> gather_remembered(std::span<const IssueRef> issues) const {
    std::set<IssueRef> states;
    for (const IssueRef& issue : issues) {
      const auto known = parts_.memory.blockers.find(issue);
      if (known != parts_.memory.blockers.end()) {
        std::ranges::copy_if(known->second, std::inserter(states, states.end()),
                             [](const IssueRef& one) { return one.number > 0; });
      }
    }
    return {states.begin(), states.end()};
  }

  void add_state_queries(std::span<const IssueRef> states, std::vector<http::Request>& requests) const {
    for (std::size_t start = 0; start < states.size(); start += states_per_query) {
      requests.push_back(parts_.client.query(render_state_query(chunk(states, start, states_per_query))));
    }
  }

  void take_states(std::span<const Result<http::Response>> answers, std::span<const IssueRef> states,
                   NamedIssues& named) const {
    for (std::size_t index = 0; index < answers.size(); ++index) {
      const auto asked = chunk(states, index * states_per_query, states_per_query);
      auto parsed = answers[index].ok() ? parse_github_states(*answers[index], asked, parts_.client.asked())
                                        : Result<std::vector<Result<GithubNamedIssue>>>(answers[index].error());
      for (std::size_t at = 0; at < asked.size(); ++at) {
        named.insert_or_assign(asked[at], parsed.ok() ? (*parsed)[at] : Result<GithubNamedIssue>(parsed.error()));
      }
    }
  }

  void take_issues(const Result<http::Response>& answer, const GithubIssueQuery& query, std::span<Fetching> all) {
    auto parsed = answer.ok() ? parse_github_issues(*answer, query, parts_.client.asked())
                              : Result<GithubFetchedIssues>(answer.error());
    if (parsed.ok()) {
      parts_.client.note_viewer(parsed->viewer);
    }
    for (std::size_t index = 0; index < query.issues.size(); ++index) {
      if (parsed.ok() && parsed->issues[index].ok()) {
        all[index].fetched = std::move(*parsed->issues[index]);
      } else {
        all[index].failed = hide_repository_error(query.issues[index].repository,
                                                  parsed.ok() ? parsed->issues[index].error() : parsed.error());
      }
    }
    if (parsed.ok() && query.detail != GithubDetail::whole) {
      note_github_work(*answer, query, parts_.client.asked(), parts_.memory);
    }
  }

  // Comments are read to their beginning, because a card may stand anywhere; the log as far as it takes to see how the
  // labels came to be.
  void fetch_older_pages(std::span<const IssueRef> issues, std::vector<Fetching>& all) {
    for (;;) {
      std::vector<GithubOlderPage> pages;
      std::vector<std::size_t> owners;
      const auto ask = [&](std::size_t index, GithubOlderPage::Kind kind, const std::string& cursor) {
        pages.push_back({.issue = issues[index], .kind = kind, .cursor = cursor});
        owners.push_back(index);
      };
      for (std::size_t index = 0; index < all.size(); ++index) {
        Fetching& one = all[index];
        if (one.failed || !one.fetched.issue) {
          continue;
        }
        const GithubIssue& issue = *one.fetched.issue;
        const bool comments = issue.older_comments.state == GithubOlder::State::more;
        const bool log = misses_arming(issue) && one.pages < most_log_pages;
        if (!comments && !log) {
          continue;
        }
        if (++one.pages > most_issue_pages) {
          one.failed = Error{.kind = ErrorKind::too_large,
                             .message = render_issue_ref(issues[index]) + " has more comments than can be read"};
          continue;
        }
        if (comments) {
          ask(index, GithubOlderPage::Kind::comments, issue.older_comments.cursor);
        }
        if (log) {
          ask(index, GithubOlderPage::Kind::log, issue.older_log.cursor);
        }
      }
      if (pages.empty()) {
        return;
      }
      take_older_pages(pages, owners, all);
    }
  }

  void take_older_pages(const std::vector<GithubOlderPage>& pages, const std::vector<std::size_t>& owners,
                        std::vector<Fetching>& all) {
    std::vector<http::Request> requests;
    for (std::size_t start = 0; start < pages.size(); start += armings_per_query) {
      requests.push_back(
          parts_.client.query(render_older_page_query(chunk(std::span(pages), start, armings_per_query))));
    }
    const auto answers = parts_.client.exchange(requests);
    for (std::size_t index = 0; index < answers.size(); ++index) {
      const std::size_t start = index * armings_per_query;
      const auto asked = chunk(std::span(pages), start, armings_per_query);
      auto parsed = answers[index].ok() ? parse_github_older_pages(*answers[index], asked, parts_.client.asked())
                                        : Result<std::vector<Result<GithubIssue>>>(answers[index].error());
      for (std::size_t at = 0; at < asked.size(); ++at) {
        Fetching& one = all[owners[start + at]];
        if (!parsed.ok() || !(*parsed)[at].ok()) {
          one.failed = parsed.ok() ? (*parsed)[at].error() : parsed.error();
        } else {
          put_in_front(std::move(*(*parsed)[at]), asked[at].kind, *one.fetched.issue);
        }
      }
    }
  }

  static void put_in_front(GithubIssue older, GithubOlderPage::Kind kind, GithubIssue& issue) {
    if (kind == GithubOlderPage::Kind::log) {
      auto& events = issue.record.events;
      events.insert(events.begin(), older.record.events.begin(), older.record.events.end());
      issue.older_log = std::move(older.older_log);
    } else {
      auto& comments = issue.record.comments;
      comments.insert(comments.begin(), older.record.comments.begin(), older.record.comments.end());
      issue.older_comments = std::move(older.older_comments);
    }
  }

  // A text that names something which was not known a moment ago costs one round trip more.
  void fetch_named(std::span<const IssueRef> issues, std::vector<Fetching>& all, NamedIssues& named) {
    std::set<IssueRef> missing;
    for (std::size_t index = 0; index < issues.size(); ++index) {
      Fetching& one = all[index];
      if (one.failed || !one.fetched.issue) {
        continue;
      }
      one.named = derive_named_blockers(one.fetched.facts.name, one.fetched.issue->record.body);
      for (const IssueRef& blocker : one.named) {
        if (blocker.number > 0 && !named.contains(blocker)) {
          missing.insert(blocker);
        }
      }
    }
    const std::vector<IssueRef> states(missing.begin(), missing.end());
    std::vector<http::Request> requests;
    add_state_queries(states, requests);
    take_states(parts_.client.exchange(requests), states, named);
  }

  Result<IssueRecord> finish(const IssueRef& asked, GithubDetail detail, Fetching one, const NamedIssues& named) {
    if (one.failed) {
      return *std::move(one.failed);
    }
    if (!one.fetched.issue) {
      return make_gone_record(asked, one.fetched.facts.id);
    }
    const std::string body = one.fetched.issue->record.body;
    auto record =
        derive_issue_record(*std::move(one.fetched.issue), parts_.client.known_viewer().value_or(GithubViewer{}));
    if (!record.ok()) {
      return record;
    }
    if (detail == GithubDetail::arming) {
      parts_.memory.blockers.insert_or_assign(asked, derive_named_blockers(record->issue.repository, body));
      record->body.clear(); // not what it is judged by
    }
    if (detail != GithubDetail::whole) {
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
      const auto& state = named.at(blocker);
      if (!state.ok()) {
        return with_context(render_issue_ref(asked) + ": what blocks it", state.error());
      }
      written.push_back(derive_named_blocker(record->issue, *state));
    }
    record->blockers = join_blockers(std::move(*one.native), written);
    return record;
  }

  static constexpr std::size_t most_log_pages = 6;

  GithubReaderParts parts_;
};

} // namespace

std::unique_ptr<GithubReader> make_github_graphql_reader(const GithubReaderParts& parts) {
  return std::make_unique<GraphqlReader>(parts);
}

} // namespace afk::adapter
