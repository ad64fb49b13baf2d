#include <afk/adapter/github_work.hpp>

#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <tuple>
#include <utility>

namespace afk::adapter {

namespace {

struct Word {
  std::string_view word;
  CheckState state;
};

CheckState look_up(std::span<const Word> words, std::string_view word) {
  const auto found = std::ranges::find_if(words, [&](const Word& one) { return equal_ascii_folded(one.word, word); });
  return found == words.end() ? CheckState::unknown : found->state;
}

constexpr auto conclusions = std::to_array<Word>({
    {"success", CheckState::passed},
    {"neutral", CheckState::passed},
    {"skipped", CheckState::passed},
    {"failure", CheckState::failed},
    {"timed_out", CheckState::failed},
    {"cancelled", CheckState::failed},
    {"startup_failure", CheckState::failed},
    {"action_required", CheckState::pending},
});

constexpr auto running = std::to_array<Word>({
    {"queued", CheckState::pending},
    {"in_progress", CheckState::pending},
    {"waiting", CheckState::pending},
    {"requested", CheckState::pending},
    {"pending", CheckState::pending},
});

constexpr auto statuses = std::to_array<Word>({
    {"success", CheckState::passed},
    {"failure", CheckState::failed},
    {"error", CheckState::failed},
    {"pending", CheckState::pending},
    {"expected", CheckState::pending},
});

constexpr std::size_t longest_id = 20;

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= longest_id &&
         std::ranges::all_of(text, [](char one) { return one >= '0' && one <= '9'; });
}

// What stands between a mark and the next "/", "?" or "#".
std::string_view take_part(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end);
  return part;
}

bool skip(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) {
    return false;
  }
  text.remove_prefix(expected.size());
  return true;
}

} // namespace

CheckState derive_check_state(const GithubCheckFields& fields) {
  return equal_ascii_folded(fields.status, "completed") ? look_up(conclusions, fields.conclusion)
                                                        : look_up(running, fields.status);
}

CheckState derive_status_state(std::string_view state) {
  return look_up(statuses, state);
}

std::optional<GithubJob> try_github_job(std::string_view details_url) {
  constexpr std::string_view mark = "/actions/runs/";
  const auto at = details_url.find(mark);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view rest = details_url.substr(at + mark.size());
  const std::string_view run = take_part(rest);
  if (!skip(rest, "/job/")) {
    return std::nullopt;
  }
  const std::string_view job = take_part(rest);
  if (!is_id(run) || !is_id(job)) {
    return std::nullopt;
  }
  return GithubJob{.run = std::string(run), .job = std::string(job)};
}

std::string render_check_id(const std::optional<GithubJob>& job, std::string_view check_run) {
  const std::string check = fmt::format("check/{}", check_run);
  return job ? fmt::format("run/{}/job/{}/{}", job->run, job->job, check) : check;
}

std::optional<GithubCheckId> parse_check_id(std::string_view id) {
  GithubCheckId parsed;
  if (skip(id, "run/")) {
    const std::string_view run = take_part(id);
    if (!skip(id, "/job/")) {
      return std::nullopt;
    }
    const std::string_view job = take_part(id);
    if (!is_id(run) || !is_id(job) || !skip(id, "/")) {
      return std::nullopt;
    }
    parsed.job = GithubJob{.run = std::string(run), .job = std::string(job)};
  }
  if (!skip(id, "check/") || !is_id(id)) {
    return std::nullopt;
  }
  parsed.check_run = id;
  return parsed;
}

std::vector<CheckResult> keep_newest_checks(std::vector<GithubCheck> checks) {
  std::map<std::tuple<std::string, CheckResult::Source, std::string>, CheckResult> newest;
  const auto age = [](const CheckResult& result) {
    // A higher id was made later; ids are decimal, so that the longer one is higher.
    return std::tuple(result.started_at.value_or(Timestamp::max()), result.id.size(), result.id);
  };
  for (GithubCheck& check : checks) {
    CheckResult& result = check.result;
    const bool stands_alone = check.suite.empty() && result.source == CheckResult::Source::check_run;
    const auto key = std::tuple(result.name, result.source, stands_alone ? "run " + result.id : check.suite);
    const auto [known, is_new] = newest.try_emplace(key, result);
    if (!is_new && age(known->second) < age(result)) {
      known->second = std::move(result);
    }
  }
  std::vector<CheckResult> kept;
  for (auto& [key, result] : newest) {
    kept.push_back(std::move(result));
  }
  return kept;
}

DeploymentState derive_deployment_state(std::string_view state) {
  if (equal_ascii_folded(state, "success")) {
    return DeploymentState::deployed;
  }
  if (equal_ascii_folded(state, "failure") || equal_ascii_folded(state, "error")) {
    return DeploymentState::failed;
  }
  return equal_ascii_folded(state, "inactive") ? DeploymentState::absent : DeploymentState::pending;
}

DeploymentEvidence choose_deployment(const std::vector<DeploymentEvidence>& newest_first) {
  const auto found = std::ranges::find_if(
      newest_first, [](const DeploymentEvidence& one) { return one.state != DeploymentState::absent; });
  return found == newest_first.end() ? DeploymentEvidence{} : *found;
}

std::optional<PullRequestEvidence> choose_pull_request(std::vector<PullRequestEvidence> all) {
  if (all.empty()) {
    return std::nullopt;
  }
  const auto rank = [](const PullRequestEvidence& one) {
    const bool open = one.state == PullRequestState::open || one.state == PullRequestState::draft;
    return std::pair(open, one.number);
  };
  return *std::ranges::max_element(all, {}, rank);
}

} // namespace afk::adapter
