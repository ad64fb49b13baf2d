#include <afk/adapter/supervisor_activity.hpp>

#include <afk/adapter/agent_activity_codec.hpp>
#include <afk/adapter/run_folder.hpp>

namespace afk::adapter {
namespace {

// People look at a card every few minutes at most, and each writing waits for the disk.
constexpr Duration pause_between_savings = std::chrono::seconds(5);

} // namespace

void ActivityLog::save_at_times() {
  const Duration now = clock_.monotonic();
  if (now < next_save_) {
    return;
  }
  next_save_ = now + pause_between_savings;
  save();
}

const AgentActivity& ActivityLog::finish() {
  stream_.finish(clock_.now());
  save();
  return stream_.activity();
}

void ActivityLog::save() {
  std::string document = render_agent_activity(stream_.activity());
  if (document == saved_) {
    return;
  }
  if (turn_folder_.write_atomic(turn_entry::activity, document, private_file)) {
    saved_ = std::move(document);
  }
}

} // namespace afk::adapter
