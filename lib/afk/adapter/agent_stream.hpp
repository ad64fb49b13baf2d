#pragma once
// An agent's output as it comes, cut into lines: what a supervisor feeds while a turn runs. Memory is bounded whatever
// comes: of a line that is too long nothing is kept.

#include <afk/adapter/agent_stream_codec.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace afk::adapter {

// An answer with a whole file in it is one line.
inline constexpr std::size_t longest_stream_line = std::size_t{4} << 20;

class AgentStream {
 public:
  AgentStream(AgentOutput output, TokenPrices prices) : reader_(output, prices) {}

  void feed(std::string_view bytes, Timestamp now);

  // The last line may have no line feed.
  void finish(Timestamp now);

  [[nodiscard]] const AgentActivity& activity() const { return reader_.activity(); }

 private:
  void end_line(Timestamp now);

  AgentStreamReader reader_;
  std::string line_;
  enum class Line : unsigned char { kept, too_long } state_ = Line::kept;
};

} // namespace afk::adapter
