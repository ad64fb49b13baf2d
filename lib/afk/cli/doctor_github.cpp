#include <afk/adapter/github_examination.hpp>
#include <afk/adapter/github_writes.hpp>
#include <afk/cli/doctor_checks.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

namespace afk::cli {

namespace {

using adapter::GithubExamination;
using adapter::GithubRepositoryExamination;

// A clock that is off by more makes times of cards and of the log disagree.
constexpr auto tolerated_skew = std::chrono::seconds(60);

std::string_view render_right(Permission permission) {
  constexpr std::array<std::string_view, 7> names{"unknown", "none", "read", "triage", "write", "maintain", "admin"};
  return names.at(static_cast<std::size_t>(permission));
}

void examine_account(const GithubExamination& found, Findings& findings) {
  if (!found.viewer.ok()) {
    const bool unreachable = found.viewer.error().kind == ErrorKind::unreachable;
    findings.push_back({unreachable ? "tracker" : "token", FindingState::bad, found.viewer.error().message,
                        unreachable ? "check tracker.url, and that this machine reaches it"
                                    : "make a token for the account that afk works as, and name it by token_file, "
                                      "token_env or token_command"});
    return;
  }
  findings.push_back({"token", FindingState::good,
                      fmt::format("it is that of {} ({}){}", quote_for_display(found.viewer->login), found.viewer->id,
                                  found.scopes.empty() ? "" : fmt::format(", with the scopes {}", found.scopes)),
                      ""});
}

void examine_rights(const GithubRepositoryExamination& one, const std::string& name, Findings& findings) {
  if (one.own == Permission::unknown)
    findings.push_back({name, FindingState::note,
                        "what the token may do there is not told; an installation's rights "
                        "are issues and pull requests: write, checks, statuses, actions and "
                        "metadata: read",
                        ""});
  else if (one.own == Permission::write || one.own == Permission::maintain || one.own == Permission::admin)
    findings.push_back(
        {name, FindingState::good, fmt::format("the token's account has {}", render_right(one.own)), ""});
  else
    findings.push_back({name, FindingState::bad,
                        fmt::format("the token's account has {}: it can neither ask who may arm nor set labels",
                                    render_right(one.own)),
                        "give the account write permission in the repository"});
}

void examine_labels(const Examination& examination, const GithubRepositoryExamination& one, const std::string& name,
                    Findings& findings) {
  if (one.missing_labels.empty()) {
    findings.push_back({name, FindingState::good, "afk's labels are there", ""});
    return;
  }
  const std::string missing = fmt::format("{}", fmt::join(one.missing_labels, ", "));
  if (examination.fix == Fix::no) {
    findings.push_back({name, FindingState::note, fmt::format("these labels are not there yet: {}", missing),
                        "run afk doctor --fix; afk makes those that it sets by itself"});
    return;
  }
  for (const std::string& label : one.missing_labels) {
    auto made = adapter::make_github_label(*examination.github, one.facts->name, label);
    if (!made.ok()) {
      findings.push_back({name, FindingState::bad, made.error().message, "make the label by hand"});
      return;
    }
  }
  findings.push_back({name, FindingState::fixed, fmt::format("these labels were made: {}", missing), ""});
}

void examine_repository(const Examination& examination, const GithubRepositoryExamination& one, Findings& findings) {
  const std::string name = fmt::format("repository {}", render_repository_name(one.asked));
  if (!one.facts.ok()) {
    findings.push_back({name, FindingState::bad, one.facts.error().message,
                        "check its name on the allowlist, and that the token's account may see it"});
    return;
  }
  if (!same_repository(one.facts->name, one.asked)) {
    findings.push_back({name, FindingState::bad,
                        fmt::format("it is called {} now", render_repository_name(one.facts->name)),
                        "write the new name into the allowlist; until then nothing is started in it"});
    return;
  }
  findings.push_back({name, FindingState::good,
                      fmt::format("its id is {0}; {1}@{0} on the allowlist keeps a repository that is made anew under "
                                  "the name out",
                                  one.facts->id, render_repository_name(one.facts->name)),
                      ""});
  examine_rights(one, name, findings);
  examine_labels(examination, one, name, findings);
}

void examine_limits(const Examination& examination, const GithubExamination& found, Findings& findings) {
  for (const auto& [resource, limit] : found.limits) {
    if (!limit.remaining)
      continue;
    const bool is_short = *limit.remaining <= examination.config.limits.reserve;
    findings.push_back({"rate limit", is_short ? FindingState::bad : FindingState::good,
                        fmt::format("{}: {} of {} are left{}", resource, *limit.remaining, limit.limit.value_or(0),
                                    limit.reset ? fmt::format(" until {}", render_timestamp(*limit.reset)) : ""),
                        is_short ? "wait, lower limits.reserve, or give afk an account of its own" : ""});
  }
  if (!found.clock_skew)
    return;
  const auto skew = std::chrono::duration_cast<std::chrono::seconds>(*found.clock_skew);
  const bool is_off = std::chrono::abs(skew) > tolerated_skew;
  findings.push_back({"clock", is_off ? FindingState::bad : FindingState::good,
                      fmt::format("this machine is {} s {} GitHub", std::chrono::abs(skew).count(),
                                  skew.count() < 0 ? "behind" : "ahead of"),
                      is_off ? "set the machine's clock, by NTP for example" : ""});
}

} // namespace

void examine_github_tracker(const Examination& examination, Findings& findings) {
  const LabelSettings& labels = examination.config.labels;
  const std::array<std::string, 5> names{labels.ready, labels.in_progress, labels.human, labels.question,
                                         labels.paused};
  std::vector<RepositoryName> repositories;
  for (const AllowlistEntry& entry : examination.config.allowlist)
    repositories.push_back(entry.repository);
  const GithubExamination found = adapter::examine_github(*examination.github, {repositories, names});
  examine_account(found, findings);
  for (const GithubRepositoryExamination& one : found.repositories)
    examine_repository(examination, one, findings);
  examine_limits(examination, found, findings);
}

} // namespace afk::cli
