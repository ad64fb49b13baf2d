#include <afk/loop/counting_labels.hpp>

#include <afk/core/text.hpp>
#include <afk/loop/actor_judge.hpp>

namespace afk::loop {

std::vector<std::string> derive_counting_labels(const TickContext& context, const IssueRecord& record,
                                                const ArmingRecord& arming) {
  std::vector<std::string> counting;
  for (const std::string& label : record.labels) {
    const IssueEvent* put_on = nullptr;
    std::size_t position = 0;
    for (std::size_t i = 0; i < record.events.size(); ++i) {
      if (record.events[i].kind != IssueEventKind::labeled || !equal_ascii_folded(record.events[i].label, label))
        continue;
      put_on = &record.events[i];
      position = i;
    }
    if (put_on == nullptr)
      continue; // nobody is known to have put it on
    if (position < arming.position ||
        judge_actor(context, record.issue.repository, put_on->actor).verdict == ActorVerdict::trusted)
      counting.push_back(label);
  }
  return counting;
}

} // namespace afk::loop
