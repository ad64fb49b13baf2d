#include <contract/forge/forge_contract.hpp>

#include <support/files.hpp>

#include <cstdlib>
#include <stdexcept>

namespace afk::test {

namespace {

void run_shell(const std::string& folder, const std::string& script) {
  put_file(folder + "/deed.sh", "set -e\nexport GIT_CONFIG_NOSYSTEM=1 HOME=/nonexistent\n" + script);
  if (std::system(("sh " + folder + "/deed.sh > /dev/null 2>&1").c_str()) != 0) {
    throw std::runtime_error("a deed in Git failed");
  }
}

} // namespace

std::string ForgeWorld::push(const std::string& branch, const std::string& parent, const std::string& text) {
  const auto data = [](const std::string& bytes) {
    return "data " + std::to_string(bytes.size()) + "\n" + bytes + "\n";
  };
  put_file(folder.path() + "/import", "commit refs/heads/" + branch +
                                          "\ncommitter agent <agent@example.org> 1795176000 +0000\n" + data("Work") +
                                          "from " + parent + "\nM 100644 inline file.txt\n" + data(text));
  run_shell(folder.path(), "git -C '" + github.git_folder(work_home) + "' fast-import --quiet --force < '" +
                               folder.path() + "/import'\n");
  return git().branch(branch).value();
}

std::string ForgeWorld::push_from_a_clone(const std::string& branch, const std::string& parent) {
  const std::string clone = folder.path() + "/clone";
  run_shell(folder.path(), "git clone -q --no-local 'file://" + github.git_folder(work_home) + "' '" + clone +
                               "'\ncd '" + clone + "'\ngit checkout -q --detach " + parent +
                               "\ngit -c user.name=agent -c user.email=agent@example.org commit -q --allow-empty "
                               "-m 'Work'\ngit push -q origin HEAD:refs/heads/" +
                               branch + "\n");
  return git().branch(branch).value();
}

std::optional<PullRequestEvidence> ForgeWorld::look(ContractRun& run) {
  clock.advance(std::chrono::seconds(1));
  const auto asked = query();
  auto answers = pull_requests().inspect(std::span(&asked, 1));
  run.require(answers.size() == 1, "one answer");
  run.require_ok(answers.front());
  return answers.front().value();
}

HeadChecks ForgeWorld::look_at_checks(ContractRun& run, const std::string& head) {
  clock.advance(std::chrono::seconds(1));
  const auto asked = check_query(head);
  auto answers = checks().inspect(std::span(&asked, 1));
  run.require(answers.size() == 1, "one answer");
  run.require_ok(answers.front());
  return answers.front().value();
}

DeploymentEvidence ForgeWorld::look_at_deployment(ContractRun& run) {
  clock.advance(std::chrono::seconds(1));
  const DeploymentQuery asked{.repository = work_home, .landed_head = base};
  auto answers = deployments().inspect(std::span(&asked, 1));
  run.require(answers.size() == 1, "one answer");
  run.require_ok(answers.front());
  return answers.front().value();
}

} // namespace afk::test
