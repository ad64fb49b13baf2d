#include <afk/adapter/tracker_directory.hpp>

#include <afk/adapter/tracker_directory_blockers.hpp>
#include <afk/adapter/tracker_directory_comments.hpp>
#include <afk/adapter/tracker_directory_setup.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace afk::adapter {

namespace {

bool is_asked_for(const IssueText& issue, const ListingQuery& query) {
  if (query.states == ListingQuery::States::open_only && issue.state != IssueState::open) {
    return false;
  }
  return query.labels.empty() || std::ranges::any_of(issue.labels, [&](const std::string& label) {
           return std::ranges::any_of(query.labels,
                                      [&](const std::string& asked) { return equal_ascii_folded(label, asked); });
         });
}

Error no_such_repository(const RepositoryName& name, const Folder& root) {
  return Error{.kind = ErrorKind::not_found,
               .message = fmt::format("the tracker {} has no folder {}", root.path(), render_repository_name(name))};
}

// Every issue's text is read and parsed, its log and comments are not touched.
Result<RepositoryListing> list_one(Repositories& repositories, const RepositoryName& name, const ListingQuery& query) {
  const auto repository = repositories.find(name);
  if (!repository) {
    return repository.error();
  }
  if (*repository == nullptr) {
    return no_such_repository(name, repositories.root());
  }
  const OpenRepository& opened = **repository;
  const auto contents = repositories.contents(opened);
  if (!contents) {
    return contents.error();
  }
  RepositoryListing listing;
  listing.repository = opened.name;
  listing.repository_id = opened.id;
  const auto ref_to = [&](std::int64_t number) { return IssueRef{.repository = opened.name, .number = number}; };
  for (const auto& [number, problem] : (*contents)->broken) {
    listing.broken.emplace_back(ref_to(number), problem);
  }
  std::string bytes;
  std::string file_name;
  for (const std::int64_t number : (*contents)->numbers) {
    file_name = derive_text_name(number);
    const auto stamp = opened.folder.try_read_into(file_name, most_text_bytes, bytes);
    if (!stamp) {
      listing.broken.emplace_back(ref_to(number), stamp.error());
      continue;
    }
    if (!stamp->has_value()) {
      listing.broken.emplace_back(ref_to(number), describe_missing_text(opened, number));
      continue;
    }
    auto text = parse_issue_text(bytes);
    if (!text) {
      listing.broken.emplace_back(ref_to(number), in_file(opened.folder.path_of(file_name), std::move(text).error()));
    } else if (is_asked_for(*text, query)) {
      listing.issues.push_back({.issue = ref_to(number),
                                .state = text->state,
                                .title = std::move(text->title),
                                .labels = std::move(text->labels)});
    }
  }
  return listing;
}

// What one fetch of a batch needs.
struct Batch {
  Repositories& repositories;
  BlockerResolver blockers;
  Timestamp now;
  const Digest& digest;
};

IssueRecord make_absent_record(const IssueRef& issue) {
  IssueRecord record;
  record.issue = issue;
  record.repository_id = fold_ascii(render_repository_name(issue.repository));
  record.state = IssueState::gone;
  return record;
}

Result<IssueRecord> fetch_one(Batch& batch, const IssueRef& issue) {
  const auto repository = batch.repositories.find(issue.repository);
  if (!repository) {
    return repository.error();
  }
  if (*repository == nullptr) {
    return make_absent_record(issue);
  }
  const OpenRepository& opened = **repository;
  const auto contents = batch.repositories.contents(opened);
  if (!contents) {
    return contents.error();
  }
  // Names say more than the file alone: 7.md beside 007.md is nobody's issue 7.
  if (const auto broken = (*contents)->broken.find(issue.number); broken != (*contents)->broken.end()) {
    return broken->second;
  }
  auto stored = try_read_issue_with_comments(opened, issue.number, batch.digest);
  if (!stored) {
    return std::move(stored).error();
  }
  const IssueRef spelled{.repository = opened.name, .number = issue.number};
  if (!stored->has_value()) {
    return make_absent_record(spelled);
  }
  auto view = derive_issue_view((*stored)->issue, batch.now, batch.digest);
  if (!view) {
    return in_file(opened.folder.path_of(derive_text_name(issue.number)), std::move(view).error());
  }
  IssueRecord record;
  record.issue = spelled;
  record.repository_id = opened.id;
  record.state = view->state;
  record.title = std::move(view->title);
  record.labels = std::move(view->labels);
  record.events = view->events();
  record.edit_log = EditLog::complete; // an edit by hand shows against the hashes in the log
  record.comments = std::move((*stored)->comments);
  record.blockers =
      batch.blockers.resolve(spelled, BlockerResolver::named_blockers(opened.name, view->blocked_by, view->body));
  record.body = std::move(view->body);
  return record;
}

Result<void> check_label(std::string_view label) {
  if (trim_ascii(label).empty() || label.size() > longest_label || !is_valid_utf8(label)) {
    return Error{.kind = ErrorKind::refused,
                 .message = fmt::format("{} can not be a label: 1 to {} bytes of UTF-8, not blank",
                                        quote_for_display(label), longest_label)};
  }
  return {};
}

// Opens the repository of an issue that is to be changed and runs `change(repository)`.
template <typename Change>
auto with_repository(const std::string& root, const IssueRef& issue, Change change)
    -> decltype(change(std::declval<const OpenRepository&>())) {
  auto repositories = Repositories::open(root);
  if (!repositories) {
    return std::move(repositories).error();
  }
  const auto repository = repositories->find(issue.repository);
  if (!repository) {
    return repository.error();
  }
  if (*repository == nullptr) {
    return no_such_repository(issue.repository, repositories->root());
  }
  return change(**repository);
}

Result<void> without_answer(const Result<IssueView>& result) {
  return result ? Result<void>() : Result<void>(result.error());
}

} // namespace

DirectoryTracker::DirectoryTracker(DirectoryTrackerSettings settings, const Clock& clock, Random& random, Digest digest)
    : settings_(std::move(settings)), clock_(clock), random_(random), digest_(std::move(digest)) {}

WriterContext DirectoryTracker::writer() const {
  return {.clock = clock_,
          .random = random_,
          .digest = digest_,
          .login = settings_.login,
          .lock_patience = settings_.lock_patience};
}

Result<TrackerHost> DirectoryTracker::fetch_host() {
  const auto root = Folder::open(settings_.root);
  if (!root) {
    return root.error();
  }
  return fetch_directory_host(*root);
}

Result<Timestamp> DirectoryTracker::fetch_time() {
  return clock_.now();
}

std::vector<Result<RepositoryListing>> DirectoryTracker::list_issues(std::span<const RepositoryName> names,
                                                                     const ListingQuery& query) {
  std::vector<Result<RepositoryListing>> listings;
  listings.reserve(names.size());
  auto repositories = Repositories::open(settings_.root);
  for (const RepositoryName& name : names) {
    listings.push_back(repositories ? list_one(*repositories, name, query) : repositories.error());
  }
  return listings;
}

std::vector<Result<IssueRecord>> DirectoryTracker::fetch_issues(std::span<const IssueRef> issues) {
  std::vector<Result<IssueRecord>> records;
  records.reserve(issues.size());
  auto repositories = Repositories::open(settings_.root);
  if (!repositories) {
    records.assign(issues.size(), repositories.error());
    return records;
  }
  Batch batch{.repositories = *repositories,
              .blockers = BlockerResolver(*repositories),
              .now = clock_.now(),
              .digest = digest_};
  for (const IssueRef& issue : issues) {
    records.push_back(fetch_one(batch, issue));
  }
  return records;
}

Result<void> DirectoryTracker::set_label(const IssueRef& issue, std::string_view label, LabelTarget target) {
  if (auto checked = check_label(label); !checked) {
    return checked;
  }
  const auto derive_change = [&](const IssueView& view) {
    std::vector<LogEntry> entries;
    const auto found =
        std::ranges::find_if(view.labels, [&](const std::string& one) { return equal_ascii_folded(one, label); });
    if (target == LabelTarget::on && found == view.labels.end()) {
      entries.push_back({.kind = IssueEventKind::labeled, .label = std::string(label)});
    } else if (target == LabelTarget::off && found != view.labels.end()) {
      entries.push_back({.kind = IssueEventKind::unlabeled, .label = *found});
    }
    return entries;
  };
  return with_repository(settings_.root, issue, [&](const OpenRepository& repository) {
    return without_answer(commit_change(repository, issue.number, derive_change, writer()));
  });
}

Result<std::string> DirectoryTracker::create_comment(const IssueRef& issue, std::string_view body) {
  return with_repository(settings_.root, issue, [&](const OpenRepository& repository) {
    return commit_new_comment(repository, issue.number, {.body = body}, writer());
  });
}

Result<std::string> DirectoryTracker::create_comment_once(const IssueRef& issue, std::string_view body,
                                                          std::string_view mark) {
  return with_repository(settings_.root, issue, [&](const OpenRepository& repository) {
    return commit_new_comment(repository, issue.number, {.body = body, .mark = mark}, writer());
  });
}

Result<void> DirectoryTracker::edit_comment(const IssueRef& issue, std::string_view comment_id, std::string_view body) {
  return with_repository(settings_.root, issue, [&](const OpenRepository& repository) {
    return commit_comment_edit(repository, issue.number, {.id = comment_id, .body = body}, writer());
  });
}

Result<void> DirectoryTracker::close_issue(const IssueRef& issue) {
  const auto derive_change = [](const IssueView& view) {
    std::vector<LogEntry> entries;
    if (view.state == IssueState::open) {
      entries.push_back({.kind = IssueEventKind::closed});
    }
    return entries;
  };
  return with_repository(settings_.root, issue, [&](const OpenRepository& repository) {
    return without_answer(commit_change(repository, issue.number, derive_change, writer()));
  });
}

Result<std::vector<IssueEvent>> DirectoryTracker::record_hand_edits(const IssueRef& issue) {
  const auto nothing = [](const IssueView&) { return std::vector<LogEntry>(); };
  return with_repository(settings_.root, issue,
                         [&](const OpenRepository& repository) -> Result<std::vector<IssueEvent>> {
                           const auto view = commit_change(repository, issue.number, nothing, writer());
                           if (!view) {
                             return view.error();
                           }
                           return view->events();
                         });
}

} // namespace afk::adapter
