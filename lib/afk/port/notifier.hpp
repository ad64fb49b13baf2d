#pragma once
// Doorbells: how a person hears that an issue needs them or is done.

#include <afk/core/ending.hpp>
#include <afk/core/ids.hpp>
#include <afk/core/result.hpp>

#include <string>

namespace afk {

struct Doorbell {
  std::string key; // run + transition: the idempotency key of the ring
  IssueRef issue;
  RunName run;
  Ending kind = Ending::question;
  std::string title;   // already cleaned for people
  std::string message; // what happened and what to do next; already cleaned
  std::string link;    // to the issue; empty where the tracker has no pages
};

class Notifier {
 public:
  virtual ~Notifier() = default;

  // The table's name in the configuration: what the card records.
  [[nodiscard]] virtual std::string name() const = 0;

  // Whether this doorbell is for this notifier (its `on` list).
  enum class Interest : std::uint8_t { none, wanted };
  [[nodiscard]] virtual Interest interest(Ending kind) const = 0;

  // Transient errors are tried again on the next tick; rings carry their key, so that a receiver can drop a repeat.
  virtual Result<void> ring(const Doorbell& doorbell) = 0;
};

} // namespace afk
