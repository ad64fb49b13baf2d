#pragma once
// Which redirects are followed: a pure table.
//
//   status              GET, HEAD     another read (a query by POST)   write
//   307, 308            followed      sent again as it was             sent again as it was: it was not done
//   301, 302, 303       followed      the answer stands                the answer stands
//
// A GET that says it is a write is one here: whoever wants the address of a redirect, and not what is there, asks so.
//
// Only to the same scheme, host and port, because anything else would tell a stranger what was asked, and a redirect of
// a renamed repository stays on its host (docs.github.com, "Best practices for using the REST API").

#include <afk/http/message.hpp>

#include <optional>

namespace afk::http {

// Where the request goes next; absent where the answer stands as it is. Fails with `refused` for another origin, named
// in the message, and with `malformed` for an answer that names no address or two.
Result<std::optional<Url>> derive_redirect(const Request& request, const Response& response);

} // namespace afk::http
