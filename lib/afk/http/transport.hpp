#pragma once
// Sending requests: the one interface between what afk says and the library that carries it.

#include <afk/http/message.hpp>

#include <span>
#include <vector>

namespace afk::http {

class Transport {
 public:
  virtual ~Transport() = default;

  // All of them at once; answers in the order asked, each failing for itself: a slow host is late for its own requests
  // alone, and the whole takes no longer than the longest deadline. Redirects are answers and are not followed.
  //
  // Errors: `unreachable` (no connection, no valid certificate, no whole answer in time: whether the request was acted
  // upon is not known), `malformed` (what came is not HTTP, or the request may not be sent), `too_large` (a limit was
  // passed), `refused` (check_request). Messages name the origin and nothing else of the address.
  virtual std::vector<Result<Response>> exchange(std::span<const Request> requests) = 0;
};

} // namespace afk::http
