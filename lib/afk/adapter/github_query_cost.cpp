#include <afk/adapter/github_query_cost.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace afk::adapter {

namespace {

using Tokens = std::vector<std::string_view>;

bool is_name(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || character == '_';
}

// Names, numbers, whole strings, "..." and single marks.
Tokens tokenize(std::string_view text) {
  Tokens tokens;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    if (is_name(text[at])) {
      while (at < text.size() && is_name(text[at])) {
        ++at;
      }
    } else if (text[at] == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        at += text[at] == '\\' ? 1U : 0U;
      }
      at = std::min(at + 1, text.size());
    } else if (text.substr(at).starts_with("...")) {
      at += 3;
    } else {
      ++at;
    }
    const std::string_view token = text.substr(start, at - start);
    if (token != " " && token != "\n" && token != ",") {
      tokens.push_back(token);
    }
  }
  return tokens;
}

std::optional<std::int64_t> try_number(std::string_view text) {
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

class Counter {
 public:
  explicit Counter(const Tokens& tokens) : tokens_(tokens) {}

  Result<GithubQueryCost> count() {
    std::size_t operation = tokens_.size();
    for (std::size_t at = 0; at < tokens_.size();) {
      if (tokens_[at] == "fragment" && at + 4 < tokens_.size()) {
        fragments_[tokens_[at + 1]] = at + 4; // fragment NAME on TYPE {
        at = skip_block(at + 4);
      } else if (tokens_[at] == "{") {
        operation = at;
        at = skip_block(at);
      } else if (tokens_[at] == "(") {
        at = skip_block(at);
      } else {
        ++at;
      }
    }
    if (operation == tokens_.size()) {
      return malformed("no operation");
    }
    walk(operation, 1);
    if (problem_) {
      return *std::move(problem_);
    }
    constexpr std::int64_t requests_per_point = 100;
    cost_.points = std::max<std::int64_t>(1, (cost_.requests + requests_per_point / 2) / requests_per_point);
    return cost_;
  }

 private:
  static Error malformed(std::string_view what) {
    return Error{.kind = ErrorKind::malformed, .message = fmt::format("a GraphQL query with {}", what)};
  }

  // Behind the mark that closes the one at `at`.
  std::size_t skip_block(std::size_t at) {
    int depth = 0;
    for (; at < tokens_.size(); ++at) {
      const std::string_view token = tokens_[at];
      if (token == "{" || token == "(" || token == "[") {
        ++depth;
      } else if (token == "}" || token == ")" || token == "]") {
        if (--depth == 0) {
          return at + 1;
        }
      }
    }
    problem_ = malformed("braces that do not fit");
    return tokens_.size();
  }

  // The first or last argument between the parentheses at `at`; the ones nested deeper are no arguments of the field.
  std::optional<std::int64_t> find_count(std::size_t at, std::size_t end) const {
    int depth = 0;
    for (; at + 2 < end; ++at) {
      const std::string_view token = tokens_[at];
      depth += token == "(" || token == "{" || token == "[" ? 1 : 0;
      depth -= token == ")" || token == "}" || token == "]" ? 1 : 0;
      if (depth == 1 && (token == "first" || token == "last") && tokens_[at + 1] == ":") {
        return try_number(tokens_[at + 2]);
      }
    }
    return std::nullopt;
  }

  // A selection set from its "{" on; `parents` is how many nodes it is evaluated for. Answers where it ends.
  std::size_t walk(std::size_t at, std::int64_t parents) {
    constexpr int deepest = 30;
    if (++depth_ > deepest) {
      problem_ = malformed("fragments that use themselves");
    }
    for (++at; at < tokens_.size() && !problem_ && tokens_[at] != "}";) {
      at = tokens_[at] == "..." ? walk_spread(at + 1, parents) : walk_field(at, parents);
    }
    --depth_;
    if (at >= tokens_.size() && !problem_) {
      problem_ = malformed("braces that do not fit");
    }
    return at + 1;
  }

  std::size_t walk_spread(std::size_t at, std::int64_t parents) {
    if (at < tokens_.size() && tokens_[at] == "on") {
      return walk(at + 2, parents);
    }
    const auto fragment = at < tokens_.size() ? fragments_.find(tokens_[at]) : fragments_.end();
    if (fragment == fragments_.end()) {
      problem_ = malformed("a fragment that it does not define");
      return tokens_.size();
    }
    walk(fragment->second, parents);
    return at + 1;
  }

  std::size_t walk_field(std::size_t at, std::int64_t parents) {
    ++at; // the name, or the alias
    if (at < tokens_.size() && tokens_[at] == ":") {
      at += 2;
    }
    std::int64_t nodes = parents;
    if (at < tokens_.size() && tokens_[at] == "(") {
      const std::size_t end = skip_block(at);
      if (const auto count = find_count(at, end)) {
        cost_.requests += parents;
        nodes = parents * *count;
        cost_.nodes += nodes;
      }
      at = end;
    }
    return at < tokens_.size() && tokens_[at] == "{" ? walk(at, nodes) : at;
  }

  const Tokens& tokens_;
  std::map<std::string_view, std::size_t> fragments_;
  GithubQueryCost cost_{.requests = 0, .points = 1, .nodes = 0};
  std::optional<Error> problem_;
  int depth_ = 0;
};

} // namespace

Result<GithubQueryCost> derive_github_query_cost(std::string_view text) {
  const Tokens tokens = tokenize(text);
  return Counter(tokens).count();
}

} // namespace afk::adapter
