#pragma once
// Small readers that the codecs of GitHub's REST answers share. For codecs alone.

#include <afk/adapter/github_answer.hpp>
#include <afk/adapter/json_guard_codec.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/issue.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace afk::adapter {

// An answer that is an object.
Result<nlohmann::json> parse_rest_object(const http::Response& response, const GithubAsked& asked);

// An account: {"login", "id", "type"}; a ghost where it is null.
Result<Actor> parse_rest_actor(const nlohmann::json& object, std::string_view key);

// A database id in decimal.
Result<std::string> parse_rest_number(const nlohmann::json& object, std::string_view key);

// The repository that "repository_url" names, by its last two parts; nothing else of the address is used.
Result<RepositoryName> parse_repository_url(const nlohmann::json& object);

// "labels" of an issue: objects with a name, or names.
Result<std::vector<std::string>> parse_rest_label_names(const nlohmann::json& object);

} // namespace afk::adapter
