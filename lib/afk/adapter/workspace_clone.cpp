#include <afk/adapter/workspace_clone.hpp>

#include <afk/adapter/file_system.hpp>
#include <afk/adapter/workspace_mirror.hpp>

#include <fmt/format.h>

#include <fstream>

namespace afk::adapter {
namespace {

// A value of a git configuration file.
std::string quote_setting(std::string_view value) {
  std::string quoted = "\"";
  for (const char character : value) {
    if (character == '"' || character == '\\') {
      quoted += '\\';
    }
    if (character == '\n') {
      quoted += "\\n";
    } else {
      quoted += character;
    }
  }
  return quoted + "\"";
}

// The agent commits under afk's neutral name, fetches the base from the mirror and cannot push: afk publishes.
std::string render_clone_settings(const ClonePlan& plan) {
  std::string text = fmt::format("[user]\n\tname = {}\n\temail = {}\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n",
                                 git_identity_name, git_identity_email);
  if (!plan.base_branch.empty()) {
    text += fmt::format("[remote \"origin\"]\n\turl = {}\n\tpushurl = afk-publishes-this-branch-nothing-to-push\n"
                        "\tfetch = +refs/heads/*:refs/remotes/origin/*\n",
                        quote_setting(plan.mirror.string()));
    text += fmt::format("[branch {}]\n\tremote = origin\n\tmerge = {}\n", quote_setting(plan.branch),
                        quote_setting(derive_mirror_base_ref(plan.base_branch)));
  }
  return text;
}

struct TextFile {
  std::filesystem::path path;
  std::string text;
  std::ios::openmode mode = std::ios::trunc;
};

Result<void> write_text(const TextFile& file) {
  std::ofstream stream(file.path, file.mode | std::ios::out | std::ios::binary);
  stream << file.text;
  stream.close();
  if (!stream) {
    return Error{.kind = ErrorKind::io, .message = fmt::format("cannot write {}", file.path.string())};
  }
  return {};
}

Result<void> succeed(Git& git, const GitCall& call) {
  const auto done = git.read(call);
  return done.ok() ? Result<void>() : Result<void>(done.error());
}

Result<void> check_head(Git& git, const ClonePlan& plan) {
  GitCall call;
  call.place.git_dir = plan.mirror;
  call.arguments = {"cat-file", "-e", fmt::format("{}^{{commit}}", plan.head)};
  const auto output = git.run(call);
  if (!output.ok()) {
    return output.error();
  }
  if (output->exit_code != 0) {
    return Error{.kind = ErrorKind::conflict,
                 .message = fmt::format("{} does not hold the commit {}", plan.mirror.string(), plan.head)};
  }
  return {};
}

Result<void> initialise(Git& git, const ClonePlan& plan, const std::filesystem::path& folder) {
  GitCall call;
  call.arguments = {
      "init",
      "--quiet",
      "--template=",
      fmt::format("--object-format={}", derive_object_format(plan.head) == ObjectFormat::sha1 ? "sha1" : "sha256"),
      fmt::format("--initial-branch={}", plan.branch.empty() ? "none" : plan.branch),
      "--end-of-options",
      folder.string()};
  if (auto done = succeed(git, call); !done.ok()) {
    return done;
  }
  const auto git_dir = folder / ".git";
  if (auto created = create_folders((git_dir / "objects" / "info").string()); !created.ok()) {
    return created;
  }
  if (auto done = write_text({.path = git_dir / "objects" / "info" / "alternates",
                              .text = fmt::format("{}\n", (plan.mirror / "objects").string())});
      !done.ok()) {
    return done;
  }
  return write_text({.path = git_dir / "config", .text = render_clone_settings(plan), .mode = std::ios::app});
}

Result<void> check_out(Git& git, const ClonePlan& plan, const std::filesystem::path& folder) {
  GitCall call;
  call.place.git_dir = folder / ".git";
  if (!plan.base_branch.empty()) {
    call.arguments = {"update-ref", fmt::format("refs/remotes/origin/{}", plan.base_branch), plan.head};
    if (auto done = succeed(git, call); !done.ok()) {
      return done;
    }
    call.arguments = {"symbolic-ref", "refs/remotes/origin/HEAD",
                      fmt::format("refs/remotes/origin/{}", plan.base_branch)};
    if (auto done = succeed(git, call); !done.ok()) {
      return done;
    }
  }
  call.place.work_tree = folder;
  call.commit_time = 0; // the reflog wants a name; its time is nobody's business
  if (plan.branch.empty()) {
    call.arguments = {"checkout", "--quiet", "--force", "--detach", plan.head};
  } else {
    call.arguments = {"checkout", "--quiet", "--force", "--no-track", "-B", plan.branch, plan.head};
  }
  return succeed(git, call);
}

} // namespace

Result<void> build_clone(Git& git, const ClonePlan& plan) {
  if (auto held = check_head(git, plan); !held.ok()) {
    return held;
  }
  if (auto created = create_folders(plan.destination.parent_path().string(), private_folder); !created.ok()) {
    return created;
  }
  const auto folder = create_sibling(plan.destination);
  if (!folder.ok()) {
    return folder.error();
  }
  if (auto done = initialise(git, plan, *folder); !done.ok()) {
    return done;
  }
  if (auto done = check_out(git, plan, *folder); !done.ok()) {
    return done;
  }
  return publish_sibling({.sibling = *folder, .path = plan.destination, .synced = *folder / ".git"});
}

} // namespace afk::adapter
