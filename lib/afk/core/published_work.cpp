#include <afk/core/published_work.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

namespace afk {

namespace {

constexpr std::size_t shown_head = 12;

std::string shorten(std::string_view head) {
  return quote_for_display(head.substr(0, shown_head));
}

PublishedEvidence derive_branch(const WorkEvidence& work) {
  PublishedEvidence branch;
  branch.state = work.branch_head.empty() ? PublishedState::nothing : PublishedState::branch;
  branch.head = work.branch_head;
  return branch;
}

// Git's proof that a head of the run is on the base, which holds whatever a pull request shows at this moment.
bool is_branch_on_base(const WorkEvidence& work) {
  return work.published.state == PublishedState::on_base &&
         (work.branch_head.empty() || work.branch_head == work.published.head);
}

PublishedEvidence derive_merged(const WorkEvidence& work, const std::optional<PullRequestEvidence>& pull_request) {
  PublishedEvidence merged;
  merged.state = PublishedState::merged;
  merged.head = work.published.head;
  merged.landed = work.published.head;
  if (pull_request) {
    merged.link = pull_request->link;
    merged.at = pull_request->merged_at;
  }
  return merged;
}

PublishedEvidence derive_merged_by_forge(const PullRequestEvidence& pull_request) {
  PublishedEvidence merged;
  merged.state = PublishedState::merged;
  merged.head = pull_request.head;
  merged.landed = pull_request.merge_commit.empty() ? pull_request.head : pull_request.merge_commit;
  merged.link = pull_request.link;
  merged.at = pull_request.merged_at;
  return merged;
}

PublishedWork derive_open(const WorkEvidence& work, const PullRequestEvidence& pull_request) {
  PublishedWork open;
  open.published.state = pull_request.state == PullRequestState::draft ? PublishedState::draft : PublishedState::open;
  open.published.head = pull_request.head;
  open.published.link = pull_request.link;
  open.published.at = pull_request.created_at;
  if (work.branch_head.empty())
    open.problem = "the pull request is shown as open, and its branch is not there";
  else if (work.branch_head != pull_request.head)
    open.problem = fmt::format("the pull request shows {} and its branch is at {}", shorten(pull_request.head),
                               shorten(work.branch_head));
  return open;
}

} // namespace

PublishedWork derive_published_work(const WorkEvidence& work, const std::optional<PullRequestEvidence>& pull_request) {
  if (is_branch_on_base(work))
    return {derive_merged(work, pull_request), ""};
  if (!pull_request)
    return {derive_branch(work), ""};
  switch (pull_request->state) {
  case PullRequestState::draft:
  case PullRequestState::open:
    return derive_open(work, *pull_request);
  case PullRequestState::merged:
    if (work.branch_head.empty() || work.branch_head == pull_request->head)
      return {derive_merged_by_forge(*pull_request), ""};
    return {derive_branch(work), ""};
  case PullRequestState::closed_unmerged:
    break;
  }
  PublishedWork closed{derive_branch(work), ""};
  closed.published.link = pull_request->link;
  closed.published.pull_request = PublishedEvidence::Closed::closed_unmerged;
  return closed;
}

} // namespace afk
