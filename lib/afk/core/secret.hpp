#pragma once
// A value that must not be seen: it can be handed on, but neither printed, compared nor copied by accident.

#include <string>
#include <string_view>
#include <vector>

namespace afk {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view value);
  explicit Secret(std::string&& value); // overwrites what it was handed
  Secret(Secret&& other) noexcept = default;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret(); // overwrites the value

  // For the one place that hands the value to a library. The view dies with the Secret.
  [[nodiscard]] std::string_view reveal() const { return {bytes_.data(), bytes_.size()}; }

  [[nodiscard]] bool empty() const { return bytes_.empty(); }

  // For a second owner, on purpose.
  [[nodiscard]] Secret copy() const { return Secret(reveal()); }

 private:
  // Not a std::string: a short one lives inside the object, and its bytes stay behind when that is moved.
  std::vector<char> bytes_;
};

} // namespace afk
