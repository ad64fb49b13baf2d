#include <support/fake_github_call.hpp>

#include <algorithm>
#include <charconv>

namespace afk::test::github {

namespace {

std::vector<std::string_view> split_pattern(std::string_view pattern) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t slash = pattern.find('/');
    parts.push_back(pattern.substr(0, slash));
    if (slash == std::string_view::npos) {
      return parts;
    }
    pattern.remove_prefix(slash + 1);
  }
}

bool fits(const std::vector<std::string>& path, std::string_view pattern) {
  if (pattern.empty()) {
    return path.empty();
  }
  const auto parts = split_pattern(pattern);
  for (std::size_t index = 0; index < parts.size(); ++index) {
    if (parts[index] == "**") {
      return path.size() > index;
    }
    if (index >= path.size() || (parts[index] != "*" && parts[index] != path[index])) {
      return false;
    }
  }
  return path.size() == parts.size();
}

std::string_view default_message(int status) {
  switch (status) {
  case 400:
    return "Bad Request";
  case 401:
    return "Bad credentials";
  case 403:
    return "Resource not accessible by personal access token";
  case 404:
    return "Not Found";
  case 410:
    return "This issue was deleted";
  default:
    return "Server Error";
  }
}

} // namespace

std::optional<Answer> try_routes(Call& call, std::span<const Route> routes) {
  for (const Route& route : routes) {
    if (route.method == call.method && fits(call.path, route.pattern)) {
      return route.handle(call);
    }
  }
  return std::nullopt;
}

Answer fail(int status, std::string_view message) {
  return {.status = status,
          .body = {{"message", message.empty() ? default_message(status) : message},
                   {"documentation_url", "https://docs.github.com/rest"},
                   {"status", std::to_string(status)}}};
}

Answer fail_validation(std::string_view resource, std::string_view field, std::string_view code,
                       std::string_view message) {
  Json error{{"resource", resource}, {"field", field}, {"code", code}};
  if (!message.empty()) {
    error["message"] = message;
  }
  return {.status = 422,
          .body = {{"message", "Validation Failed"},
                   {"errors", Json::array({error})},
                   {"documentation_url", "https://docs.github.com/rest"},
                   {"status", "422"}}};
}

// Pages name the repository by its id, as the real ones do.
Answer answer_page(const Call& call, const std::vector<Json>& all) {
  const auto parameter = [&](const std::string& name, std::int64_t otherwise) {
    const auto found = call.query.find(name);
    const std::int64_t value = found == call.query.end() ? 0 : number_of(found->second);
    return value < 1 ? otherwise : value;
  };
  const std::int64_t size = std::min<std::int64_t>(parameter("per_page", 30), 100);
  const std::int64_t page = parameter("page", 1);
  const std::int64_t count = static_cast<std::int64_t>(all.size());
  const std::int64_t pages = std::max<std::int64_t>(1, (count + size - 1) / size);
  Answer answer{.body = Json::array()};
  for (std::int64_t index = (page - 1) * size; index < std::min(count, page * size); ++index) {
    answer.body.push_back(all[static_cast<std::size_t>(index)]);
  }
  std::string url = call.base_url;
  if (call.repository != nullptr) {
    url += "/repositories/" + std::to_string(call.repository->id);
  }
  for (const std::string& segment : call.path) {
    url += "/" + percent_encode(segment);
  }
  url += "?";
  for (const auto& [name, value] : call.query) {
    if (name != "page") {
      url += name + "=" + percent_encode(value) + "&";
    }
  }
  std::string links;
  const auto add = [&](std::int64_t to, std::string_view relation) {
    links +=
        (links.empty() ? "<" : ", <") + url + "page=" + std::to_string(to) + ">; rel=\"" + std::string(relation) + "\"";
  };
  if (page > 1) {
    add(page - 1, "prev");
  }
  if (page < pages) {
    add(page + 1, "next");
    add(pages, "last");
  }
  if (page > 1) {
    add(1, "first");
  }
  if (!links.empty()) {
    answer.headers.emplace_back("Link", links);
  }
  return answer;
}

std::int64_t number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  return problem == std::errc() && end == text.data() + text.size() ? number : 0;
}

std::string text_of(const Json& object, std::string_view key, std::string_view otherwise) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string(otherwise);
}

bool viewer_may(const Call& call, std::string_view least) {
  static constexpr std::string_view roles[] = {"none", "read", "triage", "write", "maintain", "admin"};
  const std::string role = role_of(call.state, *call.repository, call.state.viewer);
  return std::ranges::find(roles, role) >= std::ranges::find(roles, least);
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t index = 0; index < text.size(); ++index) {
    unsigned value = 0;
    if (text[index] == '%' && index + 2 < text.size() &&
        std::from_chars(text.data() + index + 1, text.data() + index + 3, value, 16).ptr == text.data() + index + 3) {
      decoded += static_cast<char>(value);
      index += 2;
    } else {
      decoded += text[index];
    }
  }
  return decoded;
}

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if ((byte < 0x80 && std::isalnum(byte) != 0) || letter == '-' || letter == '.' || letter == '_' || letter == '~') {
      encoded += letter;
    } else {
      encoded += '%';
      encoded += digits[byte >> 4U];
      encoded += digits[byte & 15U];
    }
  }
  return encoded;
}

Json render_time(const std::optional<Timestamp>& moment) {
  return moment ? Json(render_timestamp(std::chrono::floor<std::chrono::seconds>(*moment))) : Json(nullptr);
}

} // namespace afk::test::github
