#pragma once
// SHA-256 and HMAC-SHA-256 of OpenSSL's libcrypto for everything in `core` that is handed a Digest.

#include <afk/core/digest.hpp>

namespace afk::adapter {

// Safe to call from several threads. Aborts where libcrypto can not compute at all, which no input can bring about.
[[nodiscard]] Digest make_digest();

} // namespace afk::adapter
