#include <afk/config/load_configuration.hpp>

#include <afk/config/guarded_file.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace afk::config {
namespace {

constexpr std::string_view system_wide = "/etc/afk/afk.toml";

Problem file_problem(std::string file, std::string message, std::string hint = {}) {
  return Problem{.file = std::move(file),
                 .position = {.line = 0, .column = 0},
                 .variable = {},
                 .key = {},
                 .message = std::move(message),
                 .hint = std::move(hint)};
}

Problem variable_problem(std::string variable, std::string message, std::string hint) {
  return Problem{.file = {},
                 .position = {},
                 .variable = std::move(variable),
                 .key = {},
                 .message = std::move(message),
                 .hint = std::move(hint)};
}

Problem relative_problem(std::string variable) {
  return variable_problem(std::move(variable),
                          "this is not an absolute path, and the working folder is no place for a configuration",
                          "set it to an absolute path, or name the file with --config");
}

// "" where the variable is not set.
std::string read_variable(const LoadRequest& request, std::string_view name) {
  return std::string(find_variable(request.environment, name).value_or(""));
}

std::expected<std::vector<Candidate>, Problem> list_usual_places(const LoadRequest& request) {
  std::vector<Candidate> candidates;
  for (const auto& [variable, below] :
       {std::pair("XDG_CONFIG_HOME", "/afk/afk.toml"), std::pair("HOME", "/.config/afk/afk.toml")}) {
    const std::string folder = read_variable(request, variable);
    if (folder.empty()) {
      continue;
    }
    if (!folder.starts_with('/')) {
      return std::unexpected(relative_problem(variable));
    }
    candidates.push_back(Candidate{.path = folder + below, .need = Candidate::Need::may_exist, .said_by = {}});
    break; // HOME counts only where XDG_CONFIG_HOME says nothing
  }
  candidates.push_back(Candidate{.path = std::string(system_wide), .need = Candidate::Need::may_exist, .said_by = {}});
  return candidates;
}

struct FoundFile {
  std::string name; // as messages call it
  std::string path; // absolute
  std::string text;
};

std::expected<FoundFile, Problem> read_candidate(const Candidate& candidate) {
  std::error_code failure;
  const std::filesystem::path path = std::filesystem::absolute(candidate.path, failure);
  if (failure) {
    return std::unexpected(file_problem(candidate.path, failure.message()));
  }
  Result<std::string> text =
      read_guarded_file({.path = path.string(), .use = FileUse::trusted, .limit = largest_document});
  if (text.ok()) {
    return FoundFile{.name = candidate.path, .path = path.string(), .text = *std::move(text)};
  }
  // The path stands in front of the message already.
  std::string message = text.error().message;
  if (message.starts_with(path.string() + ": ")) {
    message.erase(0, path.string().size() + 2);
  }
  const std::string origin = candidate.said_by.empty() ? "" : fmt::format("{} names it", candidate.said_by);
  return std::unexpected(file_problem(candidate.path, std::move(message), origin));
}

bool exists(const Candidate& candidate) {
  std::error_code failure;
  const auto status = std::filesystem::symlink_status(candidate.path, failure);
  // What cannot be looked at is there: the error that reading it gives says more than going on to the next place.
  return status.type() != std::filesystem::file_type::not_found;
}

std::expected<FoundFile, Problem> find_file(const LoadRequest& request) {
  const auto candidates = list_candidates(request);
  if (!candidates) {
    return std::unexpected(candidates.error());
  }
  std::string places;
  for (const Candidate& candidate : *candidates) {
    if (candidate.need == Candidate::Need::must_exist || exists(candidate)) {
      return read_candidate(candidate);
    }
    places += fmt::format("{}{}", places.empty() ? "" : ", ", candidate.path);
  }
  return std::unexpected(file_problem("configuration", fmt::format("there is none at {}", places),
                                      "write one with afk init, or name one with --config"));
}

Problem named_file_problem(const Loaded& loaded, const NamedFile& file, const Error& error) {
  const Origin origin = find_origin(loaded.provenance, file.key);
  const bool from_variable = origin.kind == Origin::Kind::environment;
  return Problem{.file = from_variable ? std::string() : loaded.provenance.file,
                 .position = origin.position,
                 .variable = from_variable ? origin.source : std::string(),
                 .key = file.key,
                 .message = error.message,
                 .hint = {}};
}

} // namespace

std::expected<std::vector<Candidate>, Problem> list_candidates(const LoadRequest& request) {
  if (!request.flag.empty()) {
    return std::vector{Candidate{.path = request.flag, .need = Candidate::Need::must_exist, .said_by = "--config"}};
  }
  const auto variable = find_variable(request.environment, "AFK_CONFIG");
  if (!variable) {
    return list_usual_places(request);
  }
  if (variable->empty()) {
    return std::unexpected(
        variable_problem("AFK_CONFIG", "it is set, but to nothing", "unset it, or set it to the path of a file"));
  }
  if (!variable->starts_with('/')) {
    return std::unexpected(relative_problem("AFK_CONFIG"));
  }
  return std::vector{
      Candidate{.path = std::string(*variable), .need = Candidate::Need::must_exist, .said_by = "AFK_CONFIG"}};
}

std::expected<Loaded, Problems> load_configuration(const LoadRequest& request) {
  const auto found = find_file(request);
  if (!found) {
    return std::unexpected(Problems{found.error()});
  }
  Assessment assessment = assess_configuration({.text = found->text,
                                                .file_name = found->name,
                                                .folder = std::filesystem::path(found->path).parent_path().string(),
                                                .environment = request.environment});
  for (const NamedFile& file : assessment.loaded.files) {
    if (const Result<void> checked = check_guarded_file(file.path, file.use); !checked.ok()) {
      assessment.problems.push_back(named_file_problem(assessment.loaded, file, checked.error()));
    }
  }
  if (!assessment.problems.empty()) {
    sort_problems(assessment.problems);
    return std::unexpected(std::move(assessment.problems));
  }
  return std::move(assessment.loaded);
}

} // namespace afk::config
