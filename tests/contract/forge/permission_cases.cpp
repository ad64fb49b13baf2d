#include <contract/forge/forge_contract.hpp>

#include <fmt/format.h>

namespace afk::test {

namespace {

constexpr std::string_view group = "permissions";

Actor actor_of(ForgeWorld& world, const std::string& login) {
  std::int64_t id = 0;
  world.github.change([&](github::State& state) { id = github::find_account(state, login)->id; });
  return {.id = std::to_string(id), .login = login, .kind = ActorKind::person};
}

Permission ask(ForgeWorld& world, ContractRun& run, const Actor& actor) {
  world.clock.advance(std::chrono::seconds(1));
  const PermissionQuery query{.repository = work_home, .actor = actor};
  auto answers = world.permissions().fetch(std::span(&query, 1));
  run.require(answers.size() == 1, "one answer");
  run.require_ok(answers.front());
  return answers.front().value();
}

ForgeCase role_case(std::string_view role, Permission expected) {
  return {group, fmt::format("somebody with the role {}", role), [role, expected](ForgeWorld& world, ContractRun& run) {
            world.github.set_role(work_home, "alice", role);
            run.expect(ask(world, run, actor_of(world, "alice")) == expected, "that permission");
          }};
}

void stranger_reads_what_is_public(ForgeWorld& world, ContractRun& run) {
  run.expect(ask(world, run, actor_of(world, "reporter")) == Permission::read, "that everybody reads");
}

void stranger_of_a_private_one(ForgeWorld& world, ContractRun& run) {
  world.github.change(
      [](github::State& state) { github::find_repository(state, "acme", "widgets")->is_private = true; });
  run.expect(ask(world, run, actor_of(world, "reporter")) == Permission::none, "nothing");
}

void now_counts(ForgeWorld& world, ContractRun& run) {
  world.github.set_role(work_home, "alice", "write");
  const Actor alice = actor_of(world, "alice");
  run.expect(ask(world, run, alice) == Permission::write, "before");
  world.github.set_role(work_home, "alice", "read");
  run.expect(ask(world, run, alice) == Permission::read, "after");
}

void login_registered_anew(ForgeWorld& world, ContractRun& run) {
  world.github.set_role(work_home, "alice", "write");
  Actor former = actor_of(world, "alice");
  world.github.remove_account("alice");
  world.github.set_role(work_home, "alice", "admin");
  run.expect(ask(world, run, former) == Permission::unknown || ask(world, run, former) == Permission::none,
             "no trust for another account of that name");
}

void account_that_is_gone(ForgeWorld& world, ContractRun& run) {
  world.github.set_role(work_home, "alice", "write");
  const Actor alice = actor_of(world, "alice");
  world.github.remove_account("alice");
  const Permission permission = ask(world, run, alice);
  run.expect(permission == Permission::none || permission == Permission::unknown, "no trust");
}

void token_without_the_right_to_ask(ForgeWorld& world, ContractRun& run) {
  world.github.set_role(work_home, "alice", "write");
  const Actor alice = actor_of(world, "alice");
  world.github.set_role(work_home, world.github.settings().viewer, "read");
  run.expect(ask(world, run, alice) == Permission::unknown, "that it could not be read");
}

void batch_stands_in_order(ForgeWorld& world, ContractRun& run) {
  world.github.set_role(work_home, "alice", "admin");
  world.github.set_role(work_home, "bob", "triage");
  const std::vector<PermissionQuery> queries{{.repository = work_home, .actor = actor_of(world, "bob")},
                                             {.repository = work_home, .actor = actor_of(world, "alice")}};
  const auto answers = world.permissions().fetch(queries);
  run.require(answers.size() == 2, "two answers");
  run.require_ok(answers[0]);
  run.require_ok(answers[1]);
  run.expect(answers[0].value() == Permission::triage && answers[1].value() == Permission::admin, "their order");
}

void hostile_login(ForgeWorld& world, ContractRun& run) {
  for (const std::string login : {"../../user", "a/b", "x?y=1", "a b"}) {
    const PermissionQuery query{.repository = work_home,
                                .actor = {.id = "1", .login = login, .kind = ActorKind::person}};
    const auto answers = world.permissions().fetch(std::span(&query, 1));
    run.expect(!answers.front().ok() || answers.front().value() == Permission::unknown ||
                   answers.front().value() == Permission::none,
               "no trust for " + login);
  }
  for (const ReceivedRequest& request : world.github.requests()) {
    run.expect(request.target.find("../") == std::string::npos && request.target.find("a/b") == std::string::npos,
               "no path that the login made");
  }
}

} // namespace

std::vector<ForgeCase> permission_cases() {
  return {
      role_case("admin", Permission::admin),
      role_case("maintain", Permission::maintain),
      role_case("write", Permission::write),
      role_case("triage", Permission::triage),
      role_case("read", Permission::read),
      {group, "a stranger reads what is public", stranger_reads_what_is_public},
      {group, "a stranger has nothing in what is private", stranger_of_a_private_one},
      {group, "what somebody may do now counts", now_counts},
      {group, "a login that was registered anew is somebody else", login_registered_anew},
      {group, "an account that is gone is not trusted", account_that_is_gone},
      {group, "a token that may not ask knows nothing", token_without_the_right_to_ask},
      {group, "several are answered in the order asked", batch_stands_in_order},
      {group, "a hostile login makes no path", hostile_login},
  };
}

} // namespace afk::test
