#include <afk/core/secret.hpp>

#include <atomic>
#include <span>
#include <utility>

namespace afk {

namespace {

// Through a volatile pointer, or the compiler leaves out writes to memory that is about to be given back.
void overwrite(std::span<char> bytes) noexcept {
  for (char& byte : bytes) {
    *static_cast<volatile char*>(&byte) = '\0';
  }
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

} // namespace

Secret::Secret(std::string_view value) : bytes_(value.begin(), value.end()) {}

Secret::Secret(std::string&& value) : Secret(std::string_view(value)) {
  overwrite(value);
  value.clear();
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    overwrite(bytes_);
    bytes_ = std::move(other.bytes_);
  }
  return *this;
}

Secret::~Secret() {
  overwrite(bytes_);
}

} // namespace afk
