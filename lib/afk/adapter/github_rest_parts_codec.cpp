#include <afk/adapter/github_rest_parts_codec.hpp>

#include <afk/adapter/github_issue.hpp>
#include <afk/adapter/github_rest_codec.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace afk::adapter {

using nlohmann::json;

namespace {

constexpr std::size_t longest_message = 300;

Error malformed(std::string message) {
  return Error{.kind = ErrorKind::malformed, .message = std::move(message)};
}

std::string shorten(std::string_view text) {
  return clean_single_line(truncate_text(text, {.max_bytes = longest_message, .note = "..."}));
}

// "admin", "write", "read", "none": what GitHub calls the permission; role_name is finer, and may be an organisation's
// own.
Permission derive_permission(std::string_view permission, std::string_view role) {
  if (permission == "admin") {
    return Permission::admin;
  }
  if (permission == "write") {
    return role == "maintain" ? Permission::maintain : Permission::write;
  }
  if (permission == "read") {
    return role == "triage" ? Permission::triage : Permission::read;
  }
  return permission == "none" ? Permission::none : Permission::unknown;
}

} // namespace

std::string parse_rest_message(const http::Response& response) {
  const auto body = parse_json_body(response);
  if (!body.ok()) {
    return "";
  }
  const auto message = find_string(*body, "message");
  std::string said = message.ok() ? message->value_or("") : "";
  const auto errors = find_array(*body, "errors");
  if (errors.ok() && *errors != nullptr) {
    for (const json& error : **errors) {
      const auto code =
          error.is_object() ? find_string(error, "code") : Result<std::optional<std::string>>(std::nullopt);
      const auto text =
          error.is_object() ? find_string(error, "message") : Result<std::optional<std::string>>(std::nullopt);
      const auto field =
          error.is_object() ? find_string(error, "field") : Result<std::optional<std::string>>(std::nullopt);
      for (const auto* part : {&field, &code, &text}) {
        if (part->ok() && **part && said.size() < longest_message) {
          said += "; " + ***part;
        }
      }
    }
  }
  return shorten(said);
}

GithubCode find_rest_code(const http::Response& response, std::string_view code) {
  const auto body = parse_json_body(response);
  const auto errors = body.ok() ? find_array(*body, "errors") : Result<const json*>(body.error());
  if (!errors.ok() || *errors == nullptr) {
    return GithubCode::absent;
  }
  const bool found = std::ranges::any_of(**errors, [&](const json& error) {
    const auto found_code =
        error.is_object() ? find_string(error, "code") : Result<std::optional<std::string>>(std::nullopt);
    return found_code.ok() && *found_code == code;
  });
  return found ? GithubCode::present : GithubCode::absent;
}

Result<json> parse_rest_object(const http::Response& response, const GithubAsked& asked) {
  auto body = parse_json_body(response);
  if (!body.ok()) {
    return with_context(asked.who, std::move(body).error());
  }
  if (!body->is_object()) {
    return malformed(asked.who + ": no object where one belongs");
  }
  return body;
}

Result<Actor> parse_rest_actor(const json& object, std::string_view key) {
  const auto account = find_object(object, key);
  if (!account.ok()) {
    return account.error();
  }
  if (*account == nullptr) {
    return Actor{};
  }
  const auto login = find_string(**account, "login");
  const auto type = find_string(**account, "type");
  const auto id = find_int64(**account, "id");
  if (!login.ok() || !type.ok() || !id.ok()) {
    return malformed(fmt::format("\"{}\" is no account", key));
  }
  return derive_github_actor({.login = login->value_or(""), .id = *id, .type = type->value_or("")});
}

Result<std::string> parse_rest_number(const json& object, std::string_view key) {
  const auto number = require_int64(object, key);
  if (!number.ok()) {
    return number.error();
  }
  if (*number <= 0) {
    return malformed(fmt::format("\"{}\" is no id", key));
  }
  return fmt::format("{}", *number);
}

Result<RepositoryName> parse_repository_url(const json& object) {
  const auto url = require_string(object, "repository_url");
  if (!url.ok()) {
    return url.error();
  }
  const auto last = url->rfind('/');
  const auto before = last == std::string::npos || last == 0 ? std::string::npos : url->rfind('/', last - 1);
  if (before == std::string::npos) {
    return malformed("\"repository_url\" names no repository");
  }
  return parse_repository_name(url->substr(before + 1));
}

Result<std::vector<std::string>> parse_rest_label_names(const json& object) {
  const auto labels = require_array(object, "labels");
  if (!labels.ok()) {
    return labels.error();
  }
  std::vector<std::string> names;
  for (const json& label : **labels) {
    auto name = label.is_string() ? Result<std::string>(label.get<std::string>()) : require_string(label, "name");
    if (!name.ok()) {
      return std::move(name).error();
    }
    names.push_back(std::move(*name));
  }
  return names;
}

Result<Permission> parse_rest_permission(const http::Response& response, const Actor& asked_for,
                                         const GithubAsked& asked) {
  const auto body = parse_rest_object(response, asked);
  if (!body.ok()) {
    return body.error();
  }
  const auto permission = find_string(*body, "permission");
  const auto role = find_string(*body, "role_name");
  const auto user = find_object(*body, "user");
  if (!permission.ok() || !role.ok() || !user.ok() || *user == nullptr) {
    return Permission::unknown;
  }
  const auto id = find_int64(**user, "id");
  if (!id.ok() || !*id || fmt::format("{}", **id) != asked_for.id) {
    return Permission::unknown; // the login belongs to somebody else by now
  }
  return derive_permission(permission->value_or(""), role->value_or(""));
}

Permission parse_rest_own_permission(const http::Response& response) {
  constexpr std::array<std::pair<std::string_view, Permission>, 5> rights{{{"admin", Permission::admin},
                                                                           {"maintain", Permission::maintain},
                                                                           {"push", Permission::write},
                                                                           {"triage", Permission::triage},
                                                                           {"pull", Permission::read}}};
  const auto body = parse_json_body(response);
  const auto told = body.ok() ? find_object(*body, "permissions") : Result<const json*>(body.error());
  if (!told.ok() || *told == nullptr) {
    return Permission::unknown;
  }
  for (const auto& [key, permission] : rights) {
    const auto has = find_bool(**told, key);
    if (has.ok() && has->value_or(false)) {
      return permission;
    }
  }
  return Permission::none;
}

Result<std::vector<std::string>> parse_rest_labels(const http::Response& response, const GithubAsked& asked) {
  auto body = parse_json_body(response);
  if (!body.ok()) {
    return with_context(asked.who, std::move(body).error());
  }
  const json wrapped = {{"labels", std::move(*body)}};
  return parse_rest_label_names(wrapped);
}

Result<std::string> parse_rest_id(const http::Response& response, const GithubAsked& asked) {
  const auto body = parse_rest_object(response, asked);
  return body.ok() ? parse_rest_number(*body, "id") : Result<std::string>(body.error());
}

Result<std::string> parse_rest_body(const http::Response& response, const GithubAsked& asked) {
  const auto body = parse_rest_object(response, asked);
  return body.ok() ? require_string(*body, "body") : Result<std::string>(body.error());
}

namespace {

std::string dump(const json& body) {
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

} // namespace

std::string render_rest_comment(std::string_view body) {
  return dump({{"body", body}});
}

std::string render_rest_labels(std::string_view label) {
  return dump({{"labels", json::array({label})}});
}

std::string render_rest_new_label(std::string_view label) {
  return dump({{"name", label}, {"color", "ededed"}, {"description", "Set and read by afk"}});
}

std::string render_rest_close() {
  return dump({{"state", "closed"}, {"state_reason", "completed"}});
}

} // namespace afk::adapter
