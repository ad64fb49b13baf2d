#include <support/http2_frames.hpp>

#include <optional>

namespace afk::test::http2 {
namespace {

constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::size_t frame_header_size = 9;

unsigned byte_at(std::string_view bytes, std::size_t index) {
  return static_cast<unsigned char>(bytes[index]);
}

// An integer of RFC 7541, 5.1 with a prefix of seven bits, the eighth being 0.
std::string encode_length(std::size_t length) {
  constexpr std::size_t largest_prefix = 127;
  if (length < largest_prefix) {
    return {static_cast<char>(length)};
  }
  std::string bytes{static_cast<char>(largest_prefix)};
  for (length -= largest_prefix; length >= 128; length /= 128) {
    bytes += static_cast<char>(128 + length % 128);
  }
  return bytes + static_cast<char>(length);
}

class Connection {
 public:
  explicit Connection(Stream& stream) : stream_(stream) {}

  bool read_preface() { return fill_to(preface.size()) && take(preface.size()) == preface; }

  std::optional<Frame> read_frame() {
    if (!fill_to(frame_header_size)) {
      return std::nullopt;
    }
    const std::size_t length = (byte_at(buffer_, 0) << 16U) + (byte_at(buffer_, 1) << 8U) + byte_at(buffer_, 2);
    if (!fill_to(frame_header_size + length)) {
      return std::nullopt;
    }
    Frame frame{.type = static_cast<FrameType>(byte_at(buffer_, 3)),
                .flags = static_cast<std::uint8_t>(byte_at(buffer_, 4)),
                .stream = (byte_at(buffer_, 5) << 24U) + (byte_at(buffer_, 6) << 16U) + (byte_at(buffer_, 7) << 8U) +
                          byte_at(buffer_, 8),
                .payload = {}};
    take(frame_header_size);
    frame.payload = take(length);
    return frame;
  }

 private:
  bool fill_to(std::size_t size) {
    while (buffer_.size() < size) {
      const std::string more = stream_.read();
      if (more.empty()) {
        return false;
      }
      buffer_ += more;
    }
    return true;
  }

  std::string take(std::size_t size) {
    std::string bytes = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return bytes;
  }

  Stream& stream_;
  std::string buffer_;
};

// Whether the connection goes on.
bool carry_out(Stream& stream, const Reply& reply) {
  if (!stream.write(reply.bytes)) {
    return false;
  }
  switch (reply.next) {
  case Next::go_on:
    return true;
  case Next::close:
    break;
  case Next::cut:
    stream.cut();
    break;
  case Next::hang:
    stream.hang();
    break;
  case Next::reset:
    stream.reset();
    break;
  }
  return false;
}

} // namespace

std::string number32(std::uint32_t value) {
  return {static_cast<char>(value >> 24U), static_cast<char>(value >> 16U), static_cast<char>(value >> 8U),
          static_cast<char>(value)};
}

std::string render(const Frame& frame) {
  const auto length = static_cast<std::uint32_t>(frame.payload.size());
  std::string bytes = number32(length).substr(1);
  bytes += static_cast<char>(frame.type);
  bytes += static_cast<char>(frame.flags);
  return bytes + number32(frame.stream) + frame.payload;
}

std::string encode(const Headers& headers) {
  std::string block;
  for (const auto& [name, value] : headers) {
    block += '\0';
    block += encode_length(name.size()) + name + encode_length(value.size()) + value;
  }
  return block;
}

std::string settings(const std::vector<std::pair<std::uint16_t, std::uint32_t>>& values) {
  Frame frame{.type = FrameType::settings, .flags = 0, .stream = 0, .payload = {}};
  for (const auto& [name, value] : values) {
    frame.payload += number32(name).substr(2) + number32(value);
  }
  return render(frame);
}

std::string reset(std::uint32_t stream, ErrorCode code) {
  return render({.type = FrameType::rst_stream,
                 .flags = 0,
                 .stream = stream,
                 .payload = number32(static_cast<std::uint32_t>(code))});
}

std::string goaway(std::uint32_t last_stream, ErrorCode code) {
  return render({.type = FrameType::goaway,
                 .flags = 0,
                 .stream = 0,
                 .payload = number32(last_stream) + number32(static_cast<std::uint32_t>(code))});
}

std::string answer(std::uint32_t stream, std::string_view body, const Headers& headers) {
  constexpr std::size_t largest_frame = 16384;
  std::string bytes =
      render({.type = FrameType::headers, .flags = end_headers, .stream = stream, .payload = encode(headers)});
  while (body.size() > largest_frame) {
    bytes += render(
        {.type = FrameType::data, .flags = 0, .stream = stream, .payload = std::string(body.substr(0, largest_frame))});
    body.remove_prefix(largest_frame);
  }
  return bytes + render({.type = FrameType::data, .flags = end_stream, .stream = stream, .payload = std::string(body)});
}

void Server::serve(Stream& stream) const {
  Connection connection(stream);
  if (!connection.read_preface() || !stream.write(greeting)) {
    return;
  }
  while (const auto frame = connection.read_frame()) {
    if (frame->type == FrameType::settings && (frame->flags & end_stream) == 0) {
      stream.write(render({.type = FrameType::settings, .flags = end_stream, .stream = 0, .payload = {}}));
    }
    const bool ends =
        (frame->type == FrameType::headers || frame->type == FrameType::data) && (frame->flags & end_stream) != 0;
    if (ends && !carry_out(stream, respond(frame->stream))) {
      return;
    }
  }
}

} // namespace afk::test::http2
