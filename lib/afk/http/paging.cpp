#include <afk/http/paging.hpp>

#include <afk/core/text.hpp>
#include <afk/http/status.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::http {
namespace {

struct Link {
  std::string_view target;
  std::string relations; // lower case, between blanks
};

Error malformed_link() {
  return Error{.kind = ErrorKind::malformed, .message = "answered with a Link header that is none"};
}

// From behind '>' to the comma that ends this link; quoted text may hold commas and semicolons.
std::size_t find_link_end(std::string_view text, std::size_t start) {
  bool quoted = false;
  std::size_t index = start;
  for (; index < text.size() && (quoted || text[index] != ','); ++index) {
    if (text[index] == '"') {
      quoted = !quoted;
    } else if (quoted && text[index] == '\\') {
      ++index;
    }
  }
  return std::min(index, text.size());
}

// The first rel among "; rel="next"; title=..." counts, as the RFC has it.
std::string read_relations(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto start = parameters.find(';');
    if (start == std::string_view::npos) {
      return {};
    }
    parameters.remove_prefix(start + 1);
    const auto equals = parameters.find('=');
    if (equals == std::string_view::npos) {
      return {};
    }
    const std::string name = fold_ascii(trim_ascii(parameters.substr(0, equals)));
    parameters = trim_ascii(parameters.substr(equals + 1));
    std::string_view value;
    if (parameters.starts_with('"')) {
      const auto end = parameters.find('"', 1);
      value = parameters.substr(1, end == std::string_view::npos ? end : end - 1);
      parameters.remove_prefix(end == std::string_view::npos ? parameters.size() : end + 1);
    } else {
      value = parameters.substr(0, parameters.find(';'));
      parameters.remove_prefix(value.size());
    }
    if (name == "rel") {
      return fmt::format(" {} ", fold_ascii(trim_ascii(value)));
    }
  }
  return {};
}

Result<std::vector<Link>> parse_links(std::string_view text) {
  std::vector<Link> links;
  for (text = trim_ascii(text); !text.empty(); text = trim_ascii(text)) {
    if (text.starts_with(',')) {
      text.remove_prefix(1);
      continue;
    }
    const auto close = text.find('>');
    if (!text.starts_with('<') || close == std::string_view::npos) {
      return malformed_link();
    }
    const std::size_t end = find_link_end(text, close + 1);
    links.push_back(
        {.target = text.substr(1, close - 1), .relations = read_relations(text.substr(close + 1, end - close - 1))});
    text.remove_prefix(end);
  }
  return links;
}

// One list on its way.
struct Walk {
  Request next;
  std::vector<Url> asked;
  std::vector<Response> pages;
  std::optional<Error> failed;
  bool done = false;
};

void take_page(Walk& walk, Result<Response> answer, const PagingRules& rules) {
  walk.done = true;
  if (!answer.ok()) {
    walk.failed = std::move(answer).error();
    return;
  }
  walk.failed = rules.derive_error ? rules.derive_error(*answer) : derive_status_error(*answer, rules.who);
  if (walk.failed) {
    return;
  }
  const Url& asked = answer->moved_to ? *answer->moved_to : walk.next.url;
  auto next = rules.find_next(asked, *answer);
  walk.asked.push_back(walk.next.url);
  walk.pages.push_back(std::move(answer).value());
  if (!next.ok()) {
    walk.failed = with_context(rules.who, std::move(next).error());
    return;
  }
  if (!*next) {
    return;
  }
  Url address = **std::move(next);
  if (address.origin != walk.next.url.origin) {
    walk.failed = Error{.kind = ErrorKind::refused,
                        .message = fmt::format("{}: the next page is at {}, which nobody configured", rules.who,
                                               render_origin(address.origin))};
    return;
  }
  if (walk.pages.size() >= rules.most_pages || std::ranges::find(walk.asked, address) != walk.asked.end()) {
    walk.failed = Error{.kind = ErrorKind::too_large,
                        .message = fmt::format("{}: a list of more than {} pages, or one that runs in a circle",
                                               rules.who, walk.pages.size())};
    return;
  }
  walk.next.url = std::move(address);
  walk.done = false;
}

} // namespace

Result<Url> resolve_reference(const Url& base, std::string_view reference) {
  reference = trim_ascii(reference.substr(0, reference.find('#')));
  std::string whole(reference);
  if (reference.starts_with("//")) {
    whole = base.origin.scheme + ":" + whole;
  } else if (reference.starts_with('/')) {
    whole = render_origin(base.origin) + whole;
  } else if (reference.starts_with('?')) {
    whole = render_origin(base.origin) + base.target.substr(0, base.target.find('?')) + whole;
  }
  auto url = parse_url(whole);
  if (!url.ok()) {
    return Error{.kind = ErrorKind::malformed, .message = "answered with an address that is none, or not encrypted"};
  }
  return url;
}

Result<std::optional<Url>> find_next_page(const Url& asked, const Response& response) {
  const auto header = find_header(response, "link");
  if (!header) {
    return std::optional<Url>();
  }
  auto links = parse_links(*header);
  if (!links.ok()) {
    return std::move(links).error();
  }
  const auto next =
      std::ranges::find_if(*links, [](const Link& link) { return link.relations.find(" next ") != std::string::npos; });
  if (next == links->end()) {
    return std::optional<Url>();
  }
  auto url = resolve_reference(asked, next->target);
  if (!url.ok()) {
    return std::move(url).error();
  }
  if (url->origin != asked.origin) {
    return Error{.kind = ErrorKind::refused,
                 .message = fmt::format("the next page is at {}, which nobody configured", render_origin(url->origin))};
  }
  return std::optional(std::move(url).value());
}

std::vector<Result<std::vector<Response>>> fetch_all_pages(Transport& transport, std::span<const Request> first_pages,
                                                           const PagingRules& rules) {
  std::vector<Walk> walks;
  walks.reserve(first_pages.size());
  for (const Request& request : first_pages) {
    walks.push_back({.next = request, .asked = {}, .pages = {}, .failed = std::nullopt, .done = false});
  }
  while (true) {
    std::vector<Walk*> open;
    std::vector<Request> requests;
    for (Walk& walk : walks) {
      if (!walk.done) {
        open.push_back(&walk);
        requests.push_back(walk.next);
      }
    }
    if (open.empty()) {
      break;
    }
    auto answers = transport.exchange(requests);
    for (std::size_t index = 0; index < open.size(); ++index) {
      take_page(*open[index], std::move(answers[index]), rules);
    }
  }
  std::vector<Result<std::vector<Response>>> lists;
  lists.reserve(walks.size());
  for (Walk& walk : walks) {
    if (walk.failed) {
      lists.emplace_back(*std::move(walk.failed));
    } else {
      lists.emplace_back(std::move(walk.pages));
    }
  }
  return lists;
}

} // namespace afk::http
