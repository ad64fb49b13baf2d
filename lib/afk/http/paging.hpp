#pragma once
// Lists that come in pages, all of them at once: the n-th pages of all lists travel in one exchange.

#include <afk/http/transport.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace afk::http {

// The target of rel="next" in a Link header (RFC 8288), resolved against the address that was asked; absent where there
// is none. Fails with `refused` where it leads to another origin, and with `malformed` where it is no address.
Result<std::optional<Url>> find_next_page(const Url& asked, const Response& response);

// An address as a Location or a Link gives it: absolute, or beginning with "/" or "//" or "?". A fragment is dropped.
// Fails with `malformed`, without repeating the text; the origin may be any that parse_url allows.
Result<Url> resolve_reference(const Url& base, std::string_view reference);

struct PagingRules {
  std::size_t most_pages = 100; // of one list
  std::string_view who = {};    // for messages: "github.com"

  // What an answer says instead of a page; absent for a page. Unset: derive_status_error (status.hpp).
  std::function<std::optional<Error>(const Response& answer)> derive_error = nullptr;

  // Where the next page is. Services without a Link count, or look into the body. Of another origin: `refused`.
  std::function<Result<std::optional<Url>>(const Url& asked, const Response& page)> find_next = find_next_page;
};

// The pages of each list in order, answers aligned with what was asked: all of its pages or an error, never some. A
// page that failed or has an error's status fails its list; a list with more pages than allowed, or whose next page is
// one that it gave already, fails with `too_large`: whoever asked sees no truncated list as a whole one.
std::vector<Result<std::vector<Response>>> fetch_all_pages(Transport& transport, std::span<const Request> first_pages,
                                                           const PagingRules& rules);

} // namespace afk::http
