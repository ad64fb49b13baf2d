#pragma once
// One POST of a doorbell, and what its answer means: the same for every receiver that is rung over HTTP.
//
// Any 2xx is a ring. 4xx is `refused`: the receiver will say so again until a person changes something; but 408 and 429
// pass, and so do no answer, 5xx and what is no HTTP: `unreachable` or `rate_limited`, tried again on the next tick.
// Redirects are `refused`, because the body would go to an address that nobody configured. Messages name the receiver's
// origin alone: the address of a doorbell is its password.

#include <afk/core/ending.hpp>
#include <afk/http/transport.hpp>
#include <afk/port/notifier.hpp>

#include <string>
#include <vector>

namespace afk::adapter {

// What every table of [notify] has.
struct ReceiverSettings {
  std::string name;       // of its table
  std::vector<Ending> on; // empty = every kind
  http::Url url;
  Duration timeout = std::chrono::seconds(10);
};

[[nodiscard]] Notifier::Interest derive_interest(const std::vector<Ending>& on, Ending kind);

struct DoorbellPost {
  http::Url url;
  std::vector<http::Header> headers; // beside Content-Type: application/json
  std::string body;
  Duration timeout = std::chrono::seconds(10);
  // Whether the first words of a refusal are known to be harmless and worth telling ("no_service").
  enum class Reason : std::uint8_t { hidden, shown } reason = Reason::hidden;
};

Result<void> post_doorbell(http::Transport& transport, const DoorbellPost& post);

} // namespace afk::adapter
