#include <afk/adapter/pod_carrier.hpp>

#include <afk/adapter/agent_report_codec.hpp>
#include <afk/adapter/commands_posix.hpp>
#include <afk/adapter/file_system.hpp>
#include <afk/adapter/git.hpp>
#include <afk/adapter/git_remote.hpp>
#include <afk/adapter/landing_git_import.hpp>
#include <afk/adapter/landing_git_merge.hpp>
#include <afk/adapter/landing_git_push.hpp>
#include <afk/adapter/landing_git_refs.hpp>
#include <afk/adapter/landing_git_scratch.hpp>
#include <afk/adapter/pod_carrier_codec.hpp>
#include <afk/adapter/workspace.hpp>
#include <afk/adapter/workspace_clone.hpp>
#include <afk/adapter/workspace_mirror.hpp>
#include <afk/core/path_pattern.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

namespace afk::adapter {
namespace {

constexpr std::size_t largest_order = std::size_t{1} << 20;
constexpr std::size_t largest_exit_code = 16;
constexpr Duration remote_timeout = std::chrono::minutes(30); // of one fetch or push; the Job has its own deadline
constexpr int usage_code = 2;

struct Places {
  std::string order;
  std::string space;
  std::string out;
  std::string result;
  std::string credential; // "" = the remote is open to everybody
};

enum class Direction : std::uint8_t { clone, push };

// Nothing where the arguments are none of ours.
std::optional<std::pair<Direction, Places>> try_parse(std::span<const std::string> arguments) {
  if (arguments.size() % 2 != 1 || (arguments[0] != "clone" && arguments[0] != "push")) {
    return std::nullopt;
  }
  Places places;
  const std::map<std::string, std::string*> names{{"--order", &places.order},
                                                  {"--space", &places.space},
                                                  {"--out", &places.out},
                                                  {"--result", &places.result},
                                                  {"--credential", &places.credential}};
  for (std::size_t index = 1; index < arguments.size(); index += 2) {
    const auto name = names.find(arguments[index]);
    if (name == names.end()) {
      return std::nullopt;
    }
    *name->second = arguments[index + 1];
  }
  if (places.order.empty() || places.space.empty() || places.out.empty() || places.result.empty()) {
    return std::nullopt;
  }
  return std::pair(arguments[0] == "clone" ? Direction::clone : Direction::push, places);
}

GitSettings derive_settings() {
  GitSettings settings;
  settings.local_timeout = remote_timeout;
  settings.remote_timeout = remote_timeout;
  return settings;
}

class Carrier {
 public:
  Carrier(Places places, CarryOrder order)
      : places_(std::move(places)), order_(std::move(order)), git_(commands_, derive_settings()),
        workspace_(git_, WorkspaceLayout(places_.space)), attempt_{.run = order_.run, .redispatch = order_.redispatch},
        source_{.repository = order_.repository,
                .clone_url = order_.clone_url,
                .base = order_.base,
                .push_credential_file = places_.credential},
        mirror_(derive_mirror(git_, workspace_.layout(), order_.repository)) {}

  CarryReport carry(Direction direction) {
    auto carried = direction == Direction::clone ? clone() : push();
    if (!carried) {
      report_.problem = carried.error().message;
    }
    return report_;
  }

 private:
  [[nodiscard]] TurnKind kind() const { return derive_turn_kind(order_.turn); }

  // What the remote had when this turn began; where a push has to begin.
  [[nodiscard]] std::string seen_ref() const { return derive_attempt_prefix(attempt_) + "seen"; }

  [[nodiscard]] std::string start_ref(const std::string& base) const { return derive_start_prefix(attempt_) + base; }

  Result<void> clone() {
    const auto base = workspace_.fetch_base(source_);
    if (!base) {
      return base.error();
    }
    return kind() == TurnKind::verify ? check_head_out() : clone_branch(*base);
  }

  Result<void> check_head_out() {
    if (auto fetched = fetch(order_.verify_head); !fetched) {
      return fetched;
    }
    report_.head_before = order_.verify_head;
    const auto folder = workspace_.layout().run_folder(attempt_);
    if (auto created = create_folders(folder.string(), private_folder); !created) {
      return created;
    }
    return workspace_.prepare_checkout(
        {.repository = order_.repository, .head = order_.verify_head, .destination = folder / "checkout"});
  }

  Result<void> clone_branch(const FetchedBase& base) {
    const auto remote = derive_remote(source_);
    if (!remote) {
      return remote.error();
    }
    const auto branches = look_at_remote(git_, *remote, std::array{order_.branch});
    if (!branches) {
      return branches.error();
    }
    const auto seen = branches->heads.find(order_.branch);
    const bool begins_anew = kind() == TurnKind::first || kind() == TurnKind::redispatch;
    const std::string start = begins_anew || seen == branches->heads.end() ? base.head : seen->second;
    std::vector<MirrorRef> refs{{.name = start_ref(base.branch), .head = start}};
    if (seen != branches->heads.end()) {
      if (auto fetched = fetch(seen->second); !fetched) {
        return fetched;
      }
      refs.push_back({.name = seen_ref(), .head = seen->second});
    }
    {
      const auto lock = mirror_.lock();
      if (!lock) {
        return lock.error();
      }
      if (auto set = mirror_.set_refs(refs); !set) {
        return set;
      }
    }
    report_.head_before = start;
    const auto clone = workspace_.layout().clone(attempt_);
    if (auto built = build_clone(git_, {.mirror = mirror_.folder(),
                                        .destination = clone,
                                        .head = start,
                                        .branch = order_.branch,
                                        .base_branch = base.branch});
        !built) {
      return built;
    }
    GitCall call;
    call.place.git_dir = clone / ".git";
    call.arguments = {"update-ref", fmt::format("refs/remotes/origin/{}", base.branch), base.head};
    const auto done = git_.read(call);
    return done ? Result<void>() : Result<void>(done.error());
  }

  Result<void> fetch(const std::string& head) {
    auto remote = derive_remote(source_);
    if (!remote) {
      return std::move(remote).error();
    }
    const auto lock = mirror_.lock();
    return lock ? mirror_.fetch({.remote = std::move(remote).value(), .head = head}) : Result<void>(lock.error());
  }

  // After checks it runs only where all of them passed: their container's end is the verdict.
  Result<void> push() {
    report_.head_before = order_.verify_head;
    report_.head_after = order_.verify_head;
    if (kind() == TurnKind::verify) {
      return {};
    }
    read_report();
    if (auto read = read_exit_code(); !read) {
      return read;
    }
    return push_branch();
  }

  void read_report() {
    const auto text = try_read_file(places_.out + "/report.json", longest_agent_report);
    if (text && !text->has_value()) {
      return;
    }
    auto parsed = text ? parse_agent_report(**text) : Result<AgentReport>(text.error());
    if (parsed) {
      report_.report = std::move(parsed).value();
    } else {
      report_.report_problem = parsed.error().message;
    }
  }

  // The agent could write it: what it says of itself is what an exit code is.
  Result<void> read_exit_code() {
    const auto text = try_read_file(places_.out + "/exit-code", largest_exit_code);
    if (!text) {
      return text.error();
    }
    const std::string_view digits = text->has_value() ? trim_ascii(**text) : "";
    if (digits == "timeout") {
      report_.timed_out = CarryReport::TimedOut::yes;
      return {};
    }
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), report_.exit_code);
    if (parsed.ec != std::errc{} || parsed.ptr != digits.data() + digits.size()) {
      return Error{.kind = ErrorKind::malformed, .message = "the agent's container left no exit code"};
    }
    return {};
  }

  Result<void> push_branch() {
    const auto refs = mirror_.list_refs(derive_attempt_prefix(attempt_));
    if (!refs) {
      return refs.error();
    }
    std::string seen;
    std::string base_branch;
    const std::string start_prefix = derive_start_prefix(attempt_);
    for (const MirrorRef& ref : *refs) {
      if (ref.name == seen_ref()) {
        seen = ref.head;
      } else if (ref.name.starts_with(start_prefix)) {
        base_branch = ref.name.substr(start_prefix.size());
        report_.head_before = ref.head;
        report_.head_after = ref.head;
      }
    }
    const auto head = read_branch_head(workspace_.layout().clone(attempt_), order_.branch);
    if (!head) {
      return head.error();
    }
    if (!head->has_value()) {
      return Error{.kind = ErrorKind::malformed, .message = fmt::format("the agent removed {}", order_.branch)};
    }
    if (**head == report_.head_before) {
      return {};
    }
    if (auto judged = import_and_judge(**head, base_branch); !judged) {
      return judged;
    }
    auto remote = derive_remote(source_);
    if (!remote) {
      return std::move(remote).error();
    }
    if (auto pushed = push_commit(git_, {.mirror = mirror_.folder(),
                                         .remote = std::move(remote).value(),
                                         .branch = order_.branch,
                                         .expected = seen,
                                         .head = **head});
        !pushed) {
      return pushed;
    }
    report_.head_after = **head;
    return {};
  }

  // Pushing a changed CI definition would run it with the repository's secrets.
  Result<void> import_and_judge(const std::string& head, const std::string& base_branch) {
    auto scratch = ScratchFolder::create(std::filesystem::temp_directory_path());
    if (!scratch) {
      return std::move(scratch).error();
    }
    auto folder = scratch->create_folder("import");
    if (!folder) {
      return std::move(folder).error();
    }
    if (auto imported = import_commit(git_, {.clone = workspace_.layout().clone(attempt_),
                                             .head = head,
                                             .mirror_objects = mirror_.objects(),
                                             .scratch = std::move(folder).value(),
                                             .into = mirror_.place(),
                                             .limits = {}});
        !imported) {
      return imported;
    }
    const auto base = mirror_.list_refs(derive_mirror_base_ref(base_branch));
    if (!base || base->empty()) {
      return base ? Error{.kind = ErrorKind::io, .message = "the mirror lost the base"} : base.error();
    }
    const auto merged = derive_merge(git_, {.place = mirror_.place(),
                                            .base_head = base->front().head,
                                            .base_branch = base_branch,
                                            .run_head = head,
                                            .run_branch = order_.branch,
                                            .run = order_.run});
    if (!merged) {
      return merged.error();
    }
    for (const std::string& path : merged->changed_paths) {
      if (matches_any_path_pattern(order_.protected_paths, path)) {
        return Error{.kind = ErrorKind::refused,
                     .message = fmt::format("the branch changes {}, which is a protected path: it was not pushed",
                                            quote_for_display(path))};
      }
    }
    return {};
  }

  Places places_;
  CarryOrder order_;
  PosixCommands commands_;
  Git git_;
  Workspace workspace_;
  AttemptName attempt_;
  RepositorySource source_;
  Mirror mirror_;
  CarryReport report_;
};

CarryReport carry(const Places& places, Direction direction) {
  const auto bytes = try_read_file(places.order, largest_order);
  if (!bytes || !bytes->has_value()) {
    return {.problem = bytes ? places.order + " is not there" : bytes.error().message};
  }
  auto order = parse_carry_order(**bytes);
  return order ? Carrier(places, std::move(order).value()).carry(direction)
               : CarryReport{.problem = order.error().message};
}

} // namespace

int run_carry_command(std::span<const std::string> arguments) {
  const auto parsed = try_parse(arguments);
  if (!parsed) {
    std::fputs("afk carry is started by the pods of the Kubernetes executor alone\n", stderr);
    return usage_code;
  }
  const auto& [direction, places] = *parsed;
  CarryReport report = carry(places, direction);
  report.problem = clean_for_terminal(report.problem);
  if (!report.problem.empty()) {
    std::fputs(fmt::format("afk carry: {}\n", report.problem).c_str(), stderr);
  }
  std::ofstream result(places.result, std::ios::binary);
  result << render_carry_report(report);
  result.close();
  const bool is_good = report.problem.empty() && report.exit_code == 0 && report.timed_out == CarryReport::TimedOut::no;
  return result && is_good ? 0 : 1;
}

} // namespace afk::adapter
