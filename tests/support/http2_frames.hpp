#pragma once
// HTTP/2 by hand (RFC 9113, and 7541 for headers): frames as bytes, right ones and wrong ones, and a server's side of a
// connection that answers each request with whatever bytes the test writes.

#include <support/stream_server.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace afk::test::http2 {

enum class FrameType : std::uint8_t {
  data = 0,
  headers = 1,
  rst_stream = 3,
  settings = 4,
  push_promise = 5,
  ping = 6,
  goaway = 7,
  window_update = 8,
  continuation = 9,
};

constexpr std::uint8_t end_stream = 0x1; // of data and headers; of settings and ping: an acknowledgement
constexpr std::uint8_t end_headers = 0x4;

enum class ErrorCode : std::uint32_t {
  no_error = 0,
  protocol_error = 1,
  internal_error = 2,
  refused_stream = 7,
  cancel = 8,
  enhance_your_calm = 11,
  http_1_1_required = 13,
};

struct Frame {
  FrameType type = FrameType::data;
  std::uint8_t flags = 0;
  std::uint32_t stream = 0;
  std::string payload;
};

[[nodiscard]] std::string render(const Frame& frame);

[[nodiscard]] std::string number32(std::uint32_t value); // four bytes, the highest first

using Headers = std::vector<std::pair<std::string, std::string>>;

// Headers as literals that are not indexed, without compression.
[[nodiscard]] std::string encode(const Headers& headers);

[[nodiscard]] std::string settings(const std::vector<std::pair<std::uint16_t, std::uint32_t>>& values = {});
[[nodiscard]] std::string reset(std::uint32_t stream, ErrorCode code);
[[nodiscard]] std::string goaway(std::uint32_t last_stream, ErrorCode code);

// HEADERS and DATA of a whole answer.
[[nodiscard]] std::string answer(std::uint32_t stream, std::string_view body, const Headers& headers);

// The server's side. `respond` gets the stream of each request as it ends and gives the bytes to write; nothing more is
// read once it gives the connection up.
enum class Next : std::uint8_t { go_on, close, cut, hang, reset };

struct Reply {
  std::string bytes;
  Next next = Next::go_on;
};

struct Server {
  std::string greeting = settings();
  std::function<Reply(std::uint32_t stream)> respond;

  void serve(Stream& stream) const;
};

} // namespace afk::test::http2
