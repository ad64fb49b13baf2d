#include <support/gzip.hpp>

#include <algorithm>
#include <cstdint>

namespace afk::test {
namespace {

const std::string gzip_head("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);

std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t sum = 0xffffffffU;
  for (const char byte : bytes) {
    sum ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      sum = (sum >> 1U) ^ ((sum & 1U) != 0 ? 0xedb88320U : 0U);
    }
  }
  return ~sum;
}

std::string little_endian(std::uint32_t value, int bytes) {
  std::string text;
  for (int index = 0; index < bytes; ++index) {
    text += static_cast<char>(value >> (8U * static_cast<unsigned>(index)));
  }
  return text;
}

class Bits {
 public:
  // Codes of Huffman come with their highest bit first.
  void add(unsigned code, int length) {
    for (int bit = length - 1; bit >= 0; --bit) {
      current_ |= ((code >> static_cast<unsigned>(bit)) & 1U) << used_;
      if (++used_ == 8) {
        bytes_ += static_cast<char>(current_);
        current_ = 0;
        used_ = 0;
      }
    }
  }

  [[nodiscard]] std::string finish() {
    while (used_ != 0) {
      add(0, 1);
    }
    return bytes_;
  }

 private:
  std::string bytes_;
  unsigned current_ = 0;
  unsigned used_ = 0;
};

} // namespace

std::string gzip_stored(std::string_view bytes) {
  std::string stream = gzip_head;
  std::string_view left = bytes;
  do {
    const std::string_view block = left.substr(0, 65535);
    left.remove_prefix(block.size());
    stream += left.empty() ? '\1' : '\0';
    const auto length = static_cast<std::uint32_t>(block.size());
    stream += little_endian(length, 2) + little_endian(~length, 2);
    stream += block;
  } while (!left.empty());
  return stream + little_endian(checksum(bytes), 4) + little_endian(static_cast<std::uint32_t>(bytes.size()), 4);
}

std::string gzip_bomb(std::size_t size) {
  Bits bits;
  bits.add(1, 1);    // the last block
  bits.add(0b10, 2); // with the fixed codes; the number 1, lowest bit first
  bits.add(0x30 + 'x', 8);
  constexpr std::size_t longest_copy = 258;
  for (std::size_t made = 1; made < size; made += longest_copy) {
    bits.add(0b11000101, 8); // a copy of 258 bytes
    bits.add(0, 5);          // of the byte before
  }
  bits.add(0, 7); // the end
  return gzip_head + bits.finish() + std::string(8, '\0');
}

} // namespace afk::test
