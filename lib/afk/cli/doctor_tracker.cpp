#include <afk/cli/doctor_checks.hpp>

#include <afk/adapter/tracker_directory_setup.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <cstdlib>

#include <unistd.h>

namespace afk::cli {

namespace {

void examine_host(const Examination& examination, Findings& findings) {
  const std::string& root = examination.config.tracker.url;
  auto host = examination.context.tracker.fetch_host();
  if (host) {
    findings.push_back({"tracker", FindingState::good, fmt::format("{} is the tracker {}", root, host->text), ""});
    return;
  }
  if (examination.fix == Fix::yes) {
    auto created = adapter::create_directory_tracker(root, examination.invocation.random);
    if (created) {
      findings.push_back({"tracker", FindingState::fixed, fmt::format("{} was set up as {}", root, created->text), ""});
      return;
    }
  }
  findings.push_back({"tracker", FindingState::bad, host.error().message, "run: afk init, or afk doctor --fix"});
}

void examine_writable(const Examination& examination, Findings& findings) {
  const std::string& root = examination.config.tracker.url;
  if (::access(root.c_str(), F_OK) != 0 || ::access(root.c_str(), W_OK | X_OK) == 0)
    return; // that it is not there was said before
  findings.push_back({"tracker", FindingState::bad, fmt::format("{}: this user may not write there", root),
                      fmt::format("give the folder to the user that runs afk, as: chown -R USER {}", root)});
}

} // namespace

void examine_tracker(const Examination& examination, Findings& findings) {
  if (examination.github != nullptr) {
    examine_github_tracker(examination, findings);
    return;
  }
  examine_host(examination, findings);
  examine_writable(examination, findings);
  std::vector<RepositoryName> repositories;
  for (const AllowlistEntry& entry : examination.config.allowlist)
    repositories.push_back(entry.repository);
  const LabelSettings& labels = examination.config.labels;
  const ListingQuery query{{labels.ready, labels.in_progress, labels.question}, ListingQuery::States::any};
  const auto listings = examination.context.tracker.list_issues(repositories, query);
  for (std::size_t i = 0; i < listings.size(); ++i) {
    const std::string name = fmt::format("issues of {}", render_repository_name(repositories[i]));
    if (!listings[i]) {
      findings.push_back({name, FindingState::bad, listings[i].error().message,
                          "create the repository's folder in the tracker, or take it off the allowlist"});
      continue;
    }
    for (const auto& [issue, error] : listings[i]->broken)
      findings.push_back({render_issue_ref(issue), FindingState::bad, error.message,
                          "mend the file; until then this issue is left alone"});
    findings.push_back(
        {name, FindingState::good, fmt::format("{} with a label of afk's", listings[i]->issues.size()), ""});
  }
}

} // namespace afk::cli
