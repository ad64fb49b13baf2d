#pragma once
// What a webhook is sent: one JSON object, all of its values strings.
//
//   kind     "done", "question", "needs-human" and the other kinds of interface names
//   issue    "owner/repo#12"
//   run      "afk-..."; "" where there is none
//   title, message, link
//   key      the same as the Idempotency-Key header

#include <afk/port/notifier.hpp>

#include <string>

namespace afk::adapter {

// Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string render_webhook_body(const Doorbell& doorbell);

} // namespace afk::adapter
