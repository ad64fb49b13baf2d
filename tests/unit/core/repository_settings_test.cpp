#include <afk/core/repository_settings.hpp>

#include <support/catch.hpp>

namespace afk {
namespace {

const RepositoryName named{.owner = "Owner", .name = "Repo"};

Config make_config() {
  Config config;
  config.tracker.kind = TrackerKind::github;
  RepositoryEntry entry;
  entry.repository = {.owner = "owner", .name = "repo"};
  entry.clone_url = "https://forge.example/owner/repo.git";
  entry.base = "next";
  entry.push_credential_file.text = "/etc/afk/push";
  entry.policy.slots_per_repository = 3;
  entry.lifecycle.landing = LandingMode::push;
  entry.checks.mode = CheckSettings::Mode::none;
  entry.qa.mode = QaSettings::Mode::automatic;
  config.repositories.push_back(entry);
  return config;
}

} // namespace

TEST_CASE("a repository with its own table has its own settings, however it is spelt") {
  const Result<RepositorySettings> settings = derive_repository_settings(make_config(), named);
  REQUIRE(settings.ok());
  CHECK(settings->repository == named);
  CHECK(settings->clone_url == "https://forge.example/owner/repo.git");
  CHECK(settings->base == "next");
  CHECK(settings->push_credential_file.text == "/etc/afk/push");
  CHECK(settings->policy.slots_per_repository == 3);
  CHECK(settings->landing == LandingPlan{.landing = LandingMode::push, .last_stage = LastStage::checks});
  CHECK(settings->check_mode == CheckSettings::Mode::none);
  CHECK(settings->qa.mode == QaSettings::Mode::automatic);
}

TEST_CASE("a repository without a table has what holds for all") {
  const Config config = make_config();
  const Result<RepositorySettings> settings =
      derive_repository_settings(config, RepositoryName{.owner = "owner", .name = "other"});
  REQUIRE(settings.ok());
  CHECK(settings->clone_url.empty());
  CHECK(settings->policy == config.policy);
  CHECK(settings->lifecycle == config.lifecycle);
  CHECK(settings->landing == LandingPlan{.landing = LandingMode::pull_request, .last_stage = LastStage::review});
  CHECK(settings->check_mode == CheckSettings::Mode::all);
}

TEST_CASE("a combination that does not exist is an error with the repository's name") {
  Config config = make_config();
  config.repositories[0].lifecycle.last_stage = LastStage::merged;
  const Result<RepositorySettings> settings = derive_repository_settings(config, named);
  REQUIRE_FALSE(settings.ok());
  CHECK(settings.error().kind == ErrorKind::configuration);
  CHECK(settings.error().message.starts_with("Owner/Repo: "));
}

TEST_CASE("what is not written about checks and people follows from the tracker") {
  using Mode = CheckSettings::Mode;
  using Labeler = TrustSettings::Labeler;
  CHECK(derive_check_mode(TrackerKind::directory, std::nullopt) == Mode::commands);
  CHECK(derive_check_mode(TrackerKind::github, std::nullopt) == Mode::all);
  CHECK(derive_check_mode(TrackerKind::forgejo, std::nullopt) == Mode::all);
  CHECK(derive_check_mode(TrackerKind::directory, Mode::none) == Mode::none);
  CHECK(derive_check_mode(TrackerKind::github, Mode::required) == Mode::required);
  for (const Labeler labeler : {Labeler::write, Labeler::maintain, Labeler::admin, Labeler::listed}) {
    CHECK(derive_labeler(TrackerKind::directory, labeler) == Labeler::listed);
    CHECK(derive_labeler(TrackerKind::github, labeler) == labeler);
  }
}

} // namespace afk
