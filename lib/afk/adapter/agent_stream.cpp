#include <afk/adapter/agent_stream.hpp>

namespace afk::adapter {

void AgentStream::feed(std::string_view bytes, Timestamp now) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    if (state_ == Line::kept && line_.size() + part.size() > longest_stream_line) {
      state_ = Line::too_long;
      std::string().swap(line_);
    }
    if (state_ == Line::kept) {
      line_ += part;
    }
    if (end == std::string_view::npos) {
      return;
    }
    end_line(now);
    bytes.remove_prefix(end + 1);
  }
}

void AgentStream::finish(Timestamp now) {
  if (!line_.empty() || state_ == Line::too_long) {
    end_line(now);
  }
}

void AgentStream::end_line(Timestamp now) {
  if (state_ == Line::too_long) {
    reader_.note_unreadable_line();
  } else {
    reader_.read_line(line_, now);
  }
  line_.clear();
  state_ = Line::kept;
}

} // namespace afk::adapter
