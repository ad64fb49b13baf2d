#pragma once
// Part of an exchange: for transports that send some of the requests now and others later or never.

#include <afk/http/transport.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace afk::http {

// Requests picked out of a longer list, with the places of their answers in it.
struct Subset {
  std::vector<Request> requests;
  std::vector<std::size_t> places;

  void add(const Request& request, std::size_t place) {
    requests.push_back(request);
    places.push_back(place);
  }

  // Nothing is exchanged where nothing was picked.
  void exchange(Transport& transport, std::vector<Result<Response>>& results) const;
};

// One error for each request, for a list that is then filled.
[[nodiscard]] std::vector<Result<Response>> make_unsent(std::size_t count);

} // namespace afk::http
