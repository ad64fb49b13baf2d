#include <afk/adapter/crypto.hpp>
#include <afk/core/check.hpp>

#include <openssl/evp.h>

namespace afk::adapter {

namespace {

// Never null, which libcrypto would read as "no key given".
const unsigned char* bytes_of(std::string_view text) {
  const char* const start = text.data() == nullptr ? "" : text.data();
  return reinterpret_cast<const unsigned char*>(start); // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

unsigned char* bytes_of(Sha256& digest) {
  return reinterpret_cast<unsigned char*>(digest.data()); // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

Sha256 compute_sha256(std::string_view bytes) {
  Sha256 digest{};
  unsigned int length = 0;
  const int outcome = EVP_Digest(bytes_of(bytes), bytes.size(), bytes_of(digest), &length, EVP_sha256(), nullptr);
  check(outcome == 1 && length == digest.size(), "libcrypto computes SHA-256");
  return digest;
}

Sha256 compute_hmac_sha256(std::string_view key, std::string_view bytes) {
  Sha256 digest{};
  std::size_t length = 0;
  const unsigned char* const made = EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, bytes_of(key), key.size(),
                                              bytes_of(bytes), bytes.size(), bytes_of(digest), digest.size(), &length);
  check(made != nullptr && length == digest.size(), "libcrypto computes HMAC-SHA-256");
  return digest;
}

} // namespace

Digest make_digest() {
  return Digest{.sha256 = compute_sha256, .hmac_sha256 = compute_hmac_sha256};
}

} // namespace afk::adapter
