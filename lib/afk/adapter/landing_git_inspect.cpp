#include <afk/adapter/landing_git_inspect.hpp>

#include <afk/adapter/git_remote.hpp>
#include <afk/adapter/landing_git_merge.hpp>
#include <afk/adapter/landing_git_published.hpp>
#include <afk/adapter/landing_git_refs.hpp>
#include <afk/adapter/landing_git_root.hpp>
#include <afk/adapter/landing_git_scratch.hpp>
#include <afk/adapter/workspace_clone.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace afk::adapter {
namespace {

// A query with what this machine knows of it.
struct Subject {
  const WorkQuery* query = nullptr;
  LandingRepository repository;
  GitRemote remote;
  Mirror mirror;
  AttemptRefs refs;

  [[nodiscard]] AttemptName attempt() const { return derive_attempt(*query); }

  // Configured, else where the run began: a default branch that changes meanwhile does not take the run along.
  [[nodiscard]] std::string base_branch(const RemoteBranches& branches) const {
    if (!repository.source.base.empty()) {
      return repository.source.base;
    }
    return refs.start ? refs.start->branch : branches.default_branch.value_or("");
  }
};

class Inspection {
 public:
  explicit Inspection(const InspectionTools& tools) : tools_(tools) {}

  std::vector<Result<WorkEvidence>> run(std::span<const WorkQuery> queries) {
    std::vector<Result<Subject>> subjects;
    for (const auto& query : queries) {
      subjects.push_back(prepare(query));
    }
    look_at_remotes(subjects);
    std::vector<Result<WorkEvidence>> answers;
    for (auto& subject : subjects) {
      answers.push_back(subject.ok() ? inspect(*subject) : Result<WorkEvidence>(subject.error()));
    }
    return answers;
  }

 private:
  Result<Subject> prepare(const WorkQuery& query) {
    const auto& name = query.issue.repository;
    auto repository = tools_.settings.find_repository(name);
    if (!repository.ok()) {
      return with_context(render_repository_name(name), std::move(repository).error());
    }
    auto remote = derive_remote(repository->source);
    if (!remote.ok()) {
      return std::move(remote).error();
    }
    if (auto checked = check_branch_name(query.branch); !checked.ok()) {
      return std::move(checked).error();
    }
    Subject subject{.query = &query,
                    .repository = std::move(repository).value(),
                    .remote = std::move(remote).value(),
                    .mirror = derive_mirror(tools_.git, tools_.workspace.layout(), name),
                    .refs = {}};
    auto refs = read_attempt_refs(subject.mirror, subject.attempt());
    if (!refs.ok()) {
      return with_context(render_repository_name(name), std::move(refs).error());
    }
    subject.refs = std::move(refs).value();
    return subject;
  }

  // One look per repository for everything that any of its runs needs.
  void look_at_remotes(std::span<const Result<Subject>> subjects) {
    std::map<std::string, std::pair<const GitRemote*, std::set<std::string>>> wanted;
    for (const auto& subject : subjects) {
      if (!subject.ok()) {
        continue;
      }
      auto& [remote, branches] = wanted[subject->remote.url.text];
      remote = &subject->remote;
      if (const auto base = subject->base_branch({}); !base.empty()) {
        branches.insert(base);
      }
      if (subject->repository.landing == LandingMode::pull_request) {
        branches.insert(subject->query->branch);
      }
    }
    for (const auto& [url, look] : wanted) {
      const std::vector<std::string> branches(look.second.begin(), look.second.end());
      looks_.emplace(url, look_at_remote(tools_.git, *look.first, branches));
    }
  }

  Result<WorkEvidence> inspect(Subject& subject) {
    auto evidence = read_remote(subject);
    if (!evidence.ok()) {
      return evidence;
    }
    const auto head = find_head(subject);
    if (!head.ok()) {
      return head.error();
    }
    if (!head->has_value() && subject.refs.heads.empty() && evidence->branch_head.empty()) {
      return evidence;
    }
    auto place = open_place(subject, *evidence);
    if (!place.ok()) {
      return std::move(place).error();
    }
    if (auto read = read_landed(subject, *place, *evidence); !read.ok()) {
      return std::move(read).error();
    }
    if (head->has_value()) {
      if (auto read = read_work(subject, *place, **head, *evidence); !read.ok()) {
        return std::move(read).error();
      }
    }
    if (auto read = read_branch(subject, *place, *evidence); !read.ok()) {
      return std::move(read).error();
    }
    return evidence;
  }

  // The newest head of the run's branch where its agent works; nothing while it has no commit there.
  Result<std::optional<std::string>> find_head(const Subject& subject) {
    const auto clone = tools_.workspace.layout().clone(subject.attempt());
    auto head = read_branch_head(clone, subject.query->branch);
    if (!head.ok() || !head->has_value()) {
      return head;
    }
    if (!subject.refs.start) {
      return Error{.kind = ErrorKind::io,
                   .message = fmt::format("{} does not know where {} began: the mirror was replaced",
                                          subject.mirror.folder().string(), clone.string())};
    }
    return **head == subject.refs.start->head ? std::optional<std::string>() : *head;
  }

  Result<WorkEvidence> read_remote(const Subject& subject) {
    const auto& look = looks_.at(subject.remote.url.text);
    const std::string name = render_repository_name(subject.query->issue.repository);
    if (!look.ok()) {
      return with_context(name, look.error());
    }
    WorkEvidence evidence;
    evidence.base_branch = subject.base_branch(*look);
    const auto base = look->heads.find(evidence.base_branch);
    if (base == look->heads.end()) {
      return Error{.kind = ErrorKind::not_found,
                   .message = fmt::format("{}: {} has no branch {}", name, quote_for_display(subject.remote.url.text),
                                          quote_for_display(evidence.base_branch))};
    }
    evidence.base_head = base->second;
    const auto branch = look->heads.find(subject.query->branch);
    if (branch == look->heads.end()) {
      return evidence;
    }
    evidence.branch_head = branch->second;
    if (subject.repository.landing == LandingMode::pull_request) {
      evidence.published.state = PublishedState::branch;
      evidence.published.head = branch->second;
    }
    return evidence;
  }

  // The mirror, with new objects going to a scratch folder; heads of the remote that the mirror lacks are fetched there
  // too.
  Result<GitPlace> open_place(const Subject& subject, const WorkEvidence& evidence) {
    if (subject.mirror.find() == Mirror::Presence::absent) {
      // The branch is there and the mirror is lost: it is a cache, and what the branch changes must be known.
      if (auto created = tools_.workspace.fetch_base(subject.repository.source); !created.ok()) {
        return std::move(created).error();
      }
    }
    auto objects = create_folder("work");
    if (!objects.ok()) {
      return std::move(objects).error();
    }
    GitPlace place{.git_dir = subject.mirror.folder(),
                   .work_tree = {},
                   .objects = std::move(objects).value(),
                   .borrowed_objects = {subject.mirror.objects()}};
    Mirror mirror = subject.mirror;
    const auto known = mirror.list_refs("refs/");
    if (!known.ok()) {
      return known.error();
    }
    for (const std::string& head : {evidence.base_head, evidence.branch_head}) {
      if (head.empty() || std::ranges::any_of(*known, [&](const MirrorRef& ref) { return ref.head == head; })) {
        continue;
      }
      auto fetched = fetch_head(subject, head);
      if (!fetched.ok()) {
        return std::move(fetched).error();
      }
      place.borrowed_objects.push_back(std::move(fetched).value());
    }
    return place;
  }

  Result<std::filesystem::path> fetch_head(const Subject& subject, const std::string& head) {
    const std::string key = subject.mirror.folder().string() + " " + head;
    if (const auto known = fetched_.find(key); known != fetched_.end()) {
      return known->second;
    }
    auto objects = create_folder("fetched");
    if (!objects.ok()) {
      return objects;
    }
    GitCall call;
    call.place = {.git_dir = subject.mirror.folder(),
                  .work_tree = {},
                  .objects = *objects,
                  .borrowed_objects = {subject.mirror.objects()}};
    call.remote = subject.remote;
    call.arguments = {"fetch",
                      "--quiet",
                      "--no-write-fetch-head",
                      "--no-tags",
                      "--no-recurse-submodules",
                      "--end-of-options",
                      subject.remote.url.text,
                      head};
    if (const auto fetched = tools_.git.read(call); !fetched.ok()) {
      return with_context(render_repository_name(subject.query->issue.repository), fetched.error());
    }
    fetched_.emplace(key, *objects);
    return objects;
  }

  // Landed is what was kept before it was pushed and is on the base now, whoever brought it there.
  Result<void> read_landed(const Subject& subject, const GitPlace& place, WorkEvidence& evidence) {
    if (subject.refs.heads.empty()) {
      return {};
    }
    GitCall call;
    call.place = place;
    call.arguments = {"for-each-ref", "--format=%(objectname)", fmt::format("--merged={}", evidence.base_head),
                      derive_kept_head_prefix(subject.attempt()), derive_kept_candidate_prefix(subject.attempt())};
    const auto landed = tools_.git.read(call);
    if (!landed.ok()) {
      return landed.error();
    }
    if (trim_ascii(*landed).empty()) {
      return {};
    }
    GitCall newest;
    newest.place = place;
    newest.arguments = {"rev-list", "--topo-order", "--max-count=1", "--stdin"};
    newest.standard_input = *landed;
    const auto head = tools_.git.read(newest);
    if (!head.ok()) {
      return head.error();
    }
    note_landed(subject, std::string(trim_ascii(*head)), evidence);
    return {};
  }

  static void note_landed(const Subject& subject, std::string head, WorkEvidence& evidence) {
    if (const auto onto = subject.refs.onto.find(head); onto != subject.refs.onto.end()) {
      evidence.merge_base = onto->second;
    }
    evidence.published.state = PublishedState::on_base;
    evidence.published.landed = head;
    evidence.published.head = std::move(head);
  }

  Result<void> read_work(const Subject& subject, const GitPlace& place, const std::string& head,
                         WorkEvidence& evidence) {
    const bool kept = subject.refs.heads.contains(head);
    if (!kept) {
      auto scratch = create_folder("import");
      if (!scratch.ok()) {
        return std::move(scratch).error();
      }
      if (auto imported = import_commit(tools_.git, {.clone = tools_.workspace.layout().clone(subject.attempt()),
                                                     .head = head,
                                                     .mirror_objects = subject.mirror.objects(),
                                                     .scratch = std::move(scratch).value(),
                                                     .into = place,
                                                     .limits = tools_.settings.import_limits});
          !imported.ok()) {
        return imported;
      }
    }
    auto merged = derive_merge(tools_.git, {.place = place,
                                            .base_head = evidence.base_head,
                                            .base_branch = evidence.base_branch,
                                            .run_head = head,
                                            .run_branch = subject.query->branch,
                                            .run = subject.query->run});
    if (!merged.ok()) {
      return std::move(merged).error();
    }
    // A branch without a commit of its own that was never kept only follows the base.
    if (merged->commits == 0 && !kept) {
      return {};
    }
    evidence.run_head = head;
    evidence.commits = merged->commits;
    evidence.candidate_head =
        subject.repository.landing == LandingMode::push || merged->commits == 0 ? merged->candidate_head : head;
    evidence.conflicts = std::move(merged->conflicts);
    evidence.changed_paths = std::move(merged->changed_paths);
    evidence.subjects = std::move(merged->subjects);
    evidence.unpublished = evidence.commits;
    if (!evidence.candidate_head.empty()) {
      auto entries = read_root_entries(tools_.git, place, evidence.candidate_head);
      if (!entries.ok()) {
        return std::move(entries).error();
      }
      evidence.root_entries = std::move(entries).value();
    }
    return {};
  }

  // What the run's branch has, where it is published and the forge lands it.
  Result<void> read_branch(const Subject& subject, const GitPlace& place, WorkEvidence& evidence) {
    if (subject.repository.landing != LandingMode::pull_request) {
      return {};
    }
    if (subject.refs.pushed.contains(evidence.run_head)) {
      evidence.delivery = WorkEvidence::Delivery::pushed;
    }
    if (evidence.branch_head.empty()) {
      return {};
    }
    if (evidence.branch_head == evidence.run_head) {
      evidence.unpublished = 0;
    } else if (evidence.unpublished > 0) {
      const auto count = count_unpublished(tools_.git, {.place = place,
                                                        .base_head = evidence.base_head,
                                                        .branch_head = evidence.branch_head,
                                                        .run_head = evidence.run_head});
      if (!count.ok()) {
        return count.error();
      }
      evidence.unpublished = *count;
    }
    return read_published(tools_.git, {.place = place, .base_head = evidence.base_head, .head = evidence.branch_head},
                          evidence);
  }

  Result<std::filesystem::path> create_folder(std::string_view purpose) {
    if (!scratch_) {
      auto created = ScratchFolder::create(tools_.settings.scratch_root);
      if (!created.ok()) {
        return std::move(created).error();
      }
      scratch_.emplace(std::move(created).value());
    }
    return scratch_->create_folder(fmt::format("{}-{}", purpose, ++folders_));
  }

  const InspectionTools& tools_;
  std::map<std::string, Result<RemoteBranches>> looks_;  // by url
  std::map<std::string, std::filesystem::path> fetched_; // objects of heads that the mirror lacks
  std::optional<ScratchFolder> scratch_;
  int folders_ = 0;
};

} // namespace

std::vector<Result<WorkEvidence>> inspect_work(const InspectionTools& tools, std::span<const WorkQuery> queries) {
  return Inspection(tools).run(queries);
}

} // namespace afk::adapter
