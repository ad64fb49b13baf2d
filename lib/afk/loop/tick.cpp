#include <afk/loop/tick.hpp>

#include <afk/loop/poller.hpp>
#include <afk/loop/watcher.hpp>

namespace afk::loop {

TickReport whole_tick(const TickContext& context) {
  TickReport watched = watch_tick(context);
  return merge_reports(std::move(watched), poll_tick(context));
}

} // namespace afk::loop
