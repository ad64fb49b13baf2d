#include <afk/adapter/deployments_url.hpp>

#include <afk/adapter/deployments_url_codec.hpp>
#include <afk/http/status.hpp>

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>

namespace afk::adapter {
namespace {

constexpr std::size_t largest_answer = std::size_t{64} << 10;
constexpr int not_found = 404;

std::string encode_segment(std::string_view text) {
  std::string encoded;
  for (const char character : text) {
    const bool plain = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
                       (character >= '0' && character <= '9') || character == '-' || character == '_' ||
                       character == '.';
    encoded += plain ? std::string(1, character) : fmt::format("%{:02X}", static_cast<unsigned char>(character));
  }
  return encoded;
}

void replace_all(std::string& text, std::string_view from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

http::Request derive_request(const http::Url& url, Duration timeout) {
  http::Request request;
  request.url = url;
  request.headers = {{.name = "Accept", .value = "application/json, text/plain"},
                     {.name = "Cache-Control", .value = "no-cache"}};
  request.limits.connect = timeout;
  request.limits.total = timeout;
  request.limits.body_bytes = largest_answer;
  return request;
}

} // namespace

UrlDeployments::UrlDeployments(http::Transport& transport, UrlDeploymentsSettings settings)
    : transport_(transport), settings_(std::move(settings)) {}

Result<http::Url> UrlDeployments::derive_url(const RepositoryName& repository) const {
  std::string url = settings_.url;
  replace_all(url, "{owner}", encode_segment(repository.owner));
  replace_all(url, "{name}", encode_segment(repository.name));
  auto parsed = http::parse_url(url);
  return parsed.ok() ? parsed : with_context("deployment.url", std::move(parsed).error());
}

std::vector<Result<DeploymentEvidence>> UrlDeployments::inspect(std::span<const DeploymentQuery> queries) {
  const auto confirmations = static_cast<std::size_t>(settings_.confirmations);
  std::map<http::Url, std::size_t> first_of; // the first of a service's requests
  std::vector<http::Request> requests;
  std::vector<Result<http::Url>> urls;
  for (const DeploymentQuery& query : queries) {
    urls.push_back(derive_url(query.repository));
    if (!urls.back().ok() || !first_of.emplace(*urls.back(), requests.size()).second) {
      continue;
    }
    for (std::size_t i = 0; i < confirmations; ++i) {
      requests.push_back(derive_request(*urls.back(), settings_.timeout));
    }
  }
  std::vector<Result<http::Response>> heard;
  if (!requests.empty()) {
    heard = transport_.exchange(requests);
  }
  std::vector<Result<DeploymentEvidence>> answers;
  for (const auto& url : urls) {
    if (!url.ok()) {
      answers.emplace_back(url.error());
      continue;
    }
    const auto own = std::span(heard).subspan(first_of.at(*url), confirmations);
    auto judged = judge(http::render_url(*url), own);
    answers.push_back(judged.ok() ? std::move(judged)
                                  : with_context(http::render_origin(url->origin), std::move(judged).error()));
  }
  return answers;
}

Result<DeploymentEvidence> UrlDeployments::judge(const std::string& link,
                                                 std::span<const Result<http::Response>> answers) const {
  DeploymentEvidence evidence;
  evidence.link = link;
  std::size_t absent = 0;
  std::optional<std::string> common;
  bool differ = false;
  for (const auto& answer : answers) {
    if (!answer.ok()) {
      return answer.error();
    }
    if (answer->status == not_found) {
      ++absent;
      continue;
    }
    if (auto error = http::derive_status_error(*answer, "the service")) {
      return std::move(*error);
    }
    auto revision = parse_deployed_revision(*answer, settings_.field);
    if (!revision.ok()) {
      return std::move(revision).error();
    }
    differ = differ || (common && *common != *revision);
    common = std::move(revision).value();
  }
  if (!common) {
    return evidence;
  }
  evidence.state = differ || absent > 0 ? DeploymentState::pending : DeploymentState::deployed;
  evidence.revision = evidence.state == DeploymentState::deployed ? *common : "";
  return evidence;
}

} // namespace afk::adapter
