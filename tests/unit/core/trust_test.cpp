#include <afk/core/text.hpp>
#include <afk/core/trust.hpp>
#include <support/catch.hpp>

#include <string>
#include <vector>

using namespace afk;

namespace {

using Labeler = TrustSettings::Labeler;
using Stage = ContentFacts::Stage;

Actor a_person() {
  return {.id = "583231", .login = "octocat", .kind = ActorKind::person};
}

Actor a_local(ActorKind kind) {
  return {.id = "alice", .login = "alice", .kind = kind};
}

TrustSettings settings_of(Labeler labeler, std::vector<ListedLabeler> labelers = {}) {
  TrustSettings settings;
  settings.labeler = labeler;
  settings.labelers = std::move(labelers);
  return settings;
}

ActorVerdict judge(const ActorFacts& facts, const TrustSettings& settings) {
  return derive_actor_trust(facts, settings).verdict;
}

} // namespace

TEST_CASE("A person needs the configured permission now") {
  struct Case {
    Permission permission;
    ActorVerdict write;
    ActorVerdict maintain;
    ActorVerdict admin;
  };

  using enum ActorVerdict;
  const auto test = GENERATE(values<Case>({
      {Permission::unknown, permission_unknown, permission_unknown, permission_unknown},
      {Permission::none, untrusted, untrusted, untrusted},
      {Permission::read, untrusted, untrusted, untrusted},
      {Permission::triage, untrusted, untrusted, untrusted},
      {Permission::write, trusted, untrusted, untrusted},
      {Permission::maintain, trusted, trusted, untrusted},
      {Permission::admin, trusted, trusted, trusted},
  }));
  const ActorFacts facts{.actor = a_person(), .permission = test.permission};
  CHECK(judge(facts, settings_of(Labeler::write)) == test.write);
  CHECK(judge(facts, settings_of(Labeler::maintain)) == test.maintain);
  CHECK(judge(facts, settings_of(Labeler::admin)) == test.admin);
  CHECK(judge(facts, settings_of(Labeler::listed)) == not_listed);
}

TEST_CASE("Nothing but being listed helps a bot, a ghost or our own account") {
  using enum ActorVerdict;
  for (const Permission permission : {Permission::unknown, Permission::none, Permission::write, Permission::admin}) {
    for (const Labeler labeler : {Labeler::write, Labeler::maintain, Labeler::admin, Labeler::listed}) {
      ActorFacts facts{.actor = a_person(), .permission = permission};
      facts.actor.kind = ActorKind::bot;
      CHECK(judge(facts, settings_of(labeler)) == bot);
      CHECK(judge(facts, settings_of(labeler, {{"583231", "octocat"}})) == trusted);
      facts.actor.kind = ActorKind::own_account;
      CHECK(judge(facts, settings_of(labeler)) == own_account_unrecorded);
      CHECK(judge(facts, settings_of(labeler, {{"583231", "octocat"}})) == trusted);
      facts.requeue = Requeue::recorded;
      CHECK(judge(facts, settings_of(labeler)) == trusted);
      facts.actor.kind = ActorKind::ghost;
      CHECK(judge(facts, settings_of(labeler, {{"583231", "octocat"}})) == ghost);
    }
  }
}

TEST_CASE("A recorded requeue speaks for our own account alone") {
  CHECK(judge({.actor = a_person(), .permission = Permission::read, .requeue = Requeue::recorded},
              settings_of(Labeler::write)) == ActorVerdict::untrusted);
}

TEST_CASE("An entry of the list needs both of its halves") {
  struct Case {
    std::string name;
    Actor actor;
    ListedLabeler entry;
    ActorVerdict expected;
  };

  using enum ActorVerdict;
  const auto test = GENERATE(values<Case>({
      {"id and login", a_person(), {"583231", "octocat"}, trusted},
      {"login in other case", a_person(), {"583231", "OctoCat"}, trusted},
      {"login registered anew", a_person(), {"1", "octocat"}, not_listed},
      {"renamed account", a_person(), {"583231", "tentacle"}, not_listed},
      {"login alone where the tracker has ids", a_person(), {"", "octocat"}, not_listed},
      {"id where the login should be", a_person(), {"", "583231"}, not_listed},
      {"id alone", a_person(), {"583231", ""}, not_listed},
      {"nothing", a_person(), {"", ""}, not_listed},
      {"name where the tracker has none but names", a_local(ActorKind::person), {"", "alice"}, trusted},
      {"names of OS users have their case", a_local(ActorKind::person), {"", "Alice"}, not_listed},
      {"actor without a login", {.id = "583231", .login = "", .kind = ActorKind::person}, {"583231", ""}, ghost},
      {"actor without anything", {.id = "", .login = "", .kind = ActorKind::person}, {"", ""}, ghost},
  }));
  DYNAMIC_SECTION(test.name) {
    const ActorFacts facts{.actor = test.actor, .permission = Permission::admin};
    CHECK(judge(facts, settings_of(Labeler::listed, {test.entry})) == test.expected);
  }
}

TEST_CASE("Values that nobody thought of are not trusted") {
  ActorFacts facts{.actor = a_person(), .permission = static_cast<Permission>(99)};
  CHECK(judge(facts, settings_of(Labeler::write)) == ActorVerdict::permission_unknown);
  facts.permission = Permission::admin;
  CHECK(judge(facts, settings_of(static_cast<Labeler>(99))) == ActorVerdict::untrusted);
  facts.actor.kind = static_cast<ActorKind>(99);
  CHECK(judge(facts, settings_of(Labeler::write)) == ActorVerdict::ghost);
}

TEST_CASE("A reason is one clean sentence, whatever the login") {
  Actor actor = a_person();
  actor.login = "evil\x1B[2J\n@all " + std::string(5000, 'x');
  const ActorTrust trust =
      derive_actor_trust({.actor = actor, .permission = Permission::read}, settings_of(Labeler::write));
  CHECK(contains_hidden_characters(trust.reason) == HiddenCharacters::none);
  CHECK(trust.reason.find('\n') == std::string::npos);
  CHECK(trust.reason.size() < 300);
  CHECK(trust.reason.find("less than write") != std::string::npos);
}

TEST_CASE("An arming holds as long as its text does") {
  struct Case {
    std::string name;
    Stage stage;
    EditLog edit_log;
    std::vector<ContentEdit> edits;
    std::string pinned_hash;
    std::string current_hash;
    ContentVerdict expected;
  };

  using enum ContentVerdict;
  const ContentEdit trusted_body{IssueEventKind::body_changed, ActorVerdict::trusted};
  const ContentEdit trusted_title{IssueEventKind::title_changed, ActorVerdict::trusted};
  const ContentEdit untrusted_body{IssueEventKind::body_changed, ActorVerdict::untrusted};
  const auto before = Stage::before_dispatch;
  const auto during = Stage::during_run;
  const auto test = GENERATE_COPY(values<Case>({
      {"before: untouched", before, EditLog::complete, {}, "", "a", valid},
      {"before: untouched, bodies leave no trace", before, EditLog::titles_only, {}, "", "a", valid},
      {"before: changed by a trusted person", before, EditLog::complete, {trusted_body}, "", "a", voided},
      {"before: changed by another", before, EditLog::complete, {untrusted_body}, "", "a", voided},
      {"before: another text than first seen", before, EditLog::titles_only, {}, "a", "b", voided},
      {"before: the text first seen", before, EditLog::titles_only, {}, "a", "a", valid},
      {"before: no history", before, EditLog::unreadable, {}, "", "a", unknown},
      {"before: no text", before, EditLog::complete, {}, "a", "", unknown},
      {"during: untouched", during, EditLog::complete, {}, "a", "a", valid},
      {"during: changed by a trusted person", during, EditLog::complete, {trusted_body}, "a", "b", valid},
      {"during: changed by another", during, EditLog::complete, {untrusted_body}, "a", "b", voided},
      {"during: changed by a trusted one and another",
       during,
       EditLog::complete,
       {trusted_body, untrusted_body},
       "a",
       "b",
       voided},
      {"during: changed by another and back", during, EditLog::complete, {untrusted_body}, "a", "a", voided},
      {"during: changed by a bot",
       during,
       EditLog::complete,
       {{IssueEventKind::title_changed, ActorVerdict::bot}},
       "a",
       "b",
       voided},
      {"during: changed by somebody unknown",
       during,
       EditLog::complete,
       {{IssueEventKind::body_changed, ActorVerdict::permission_unknown}},
       "a",
       "b",
       voided},
      {"during: changed and no log says so", during, EditLog::complete, {}, "a", "b", voided},
      {"during: changed where bodies leave no trace", during, EditLog::titles_only, {}, "a", "b", voided},
      {"during: a trusted title does not explain a body",
       during,
       EditLog::titles_only,
       {trusted_title},
       "a",
       "b",
       voided},
      {"during: a body that left a trace after all", during, EditLog::titles_only, {trusted_body}, "a", "b", valid},
      {"during: lost card, untouched", during, EditLog::complete, {}, "", "b", valid},
      {"during: lost card, changed by another", during, EditLog::complete, {untrusted_body}, "", "b", voided},
      {"during: no history", during, EditLog::unreadable, {}, "a", "a", unknown},
      {"during: no text", during, EditLog::complete, {}, "a", "", unknown},
  }));
  DYNAMIC_SECTION(test.name) {
    const ContentFacts facts{.stage = test.stage,
                             .edit_log = test.edit_log,
                             .edits_after_arming = test.edits,
                             .pinned_hash = test.pinned_hash,
                             .current_hash = test.current_hash};
    const ContentTrust trust = derive_content_trust(facts, TrustSettings::ContentPin::on);
    CHECK(trust.verdict == test.expected);
    CHECK_FALSE(trust.reason.empty());
    CHECK(derive_content_trust(facts, TrustSettings::ContentPin::off).verdict == valid);
  }
}
