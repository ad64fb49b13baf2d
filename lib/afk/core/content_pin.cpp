#include <afk/core/content_pin.hpp>

#include <cstdint>

namespace afk {

namespace {

void append_part(std::string& bytes, std::string_view part) {
  const auto length = static_cast<std::uint64_t>(part.size());
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((length >> static_cast<unsigned>(shift)) & 0xFFU));
  }
  bytes.append(part);
}

} // namespace

std::string derive_content_hash(const PinnedContent& content, const Digest& digest) {
  std::string bytes;
  bytes.reserve(content.title.size() + content.body.size() + 16);
  append_part(bytes, content.title);
  append_part(bytes, content.body);
  return render_hex(digest.sha256(bytes));
}

} // namespace afk
