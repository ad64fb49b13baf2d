#include <afk/core/issue_history.hpp>

#include <support/catch.hpp>

#include <string>
#include <vector>

using namespace afk;
using namespace std::chrono_literals;

namespace {

using Target = CardLabelChange::Target;

constexpr const char* label = "agent-in-progress";

Timestamp at(std::chrono::milliseconds since) {
  return Timestamp{} + since;
}

IssueEvent put_on(const std::string& name, Timestamp time) {
  IssueEvent event;
  event.kind = IssueEventKind::labeled;
  event.label = name;
  event.time = time;
  return event;
}

struct Case {
  std::string name;
  std::vector<CardLabelChange> announced;
  std::vector<IssueEvent> events;
  AnnouncedLabel expected;
};

} // namespace

TEST_CASE("A label that a card announces is open until the log shows it") {
  constexpr auto nothing = AnnouncedLabel::nothing_open;
  constexpr auto open = AnnouncedLabel::still_to_be_put_on;
  const std::vector<Case> cases{
      {"nothing announced", {}, {}, nothing},
      {"announced, the tick was cut off", {{label, Target::on, at(10s)}}, {}, open},
      {"announced and made", {{label, Target::on, at(10s)}}, {put_on(label, at(11s))}, nothing},
      {"made in another case", {{label, Target::on, at(10s)}}, {put_on("Agent-In-Progress", at(11s))}, nothing},
      {"the log counts whole seconds", {{label, Target::on, at(10700ms)}}, {put_on(label, at(10s))}, nothing},
      {"an earlier stamp is another one", {{label, Target::on, at(10s)}}, {put_on(label, at(5s))}, open},
      {"another label", {{label, Target::on, at(10s)}}, {put_on("needs-info", at(11s))}, open},
      {"taken off since", {{label, Target::on, at(10s)}, {label, Target::off, at(12s)}}, {}, nothing},
      {"put on again", {{label, Target::off, at(10s)}, {label, Target::on, at(12s)}}, {put_on(label, at(11s))}, open},
  };
  for (const Case& one : cases) {
    DYNAMIC_SECTION(one.name) {
      IssueRecord record;
      record.events = one.events;
      RunCard card;
      card.label_changes = one.announced;
      CHECK(derive_announced_label(record, card, label) == one.expected);
    }
  }
}
