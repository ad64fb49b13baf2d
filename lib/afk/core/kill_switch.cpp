#include <afk/core/kill_switch.hpp>

#include <afk/core/text.hpp>

#include <algorithm>
#include <array>

namespace afk {

Result<KillSwitch> parse_switch(std::string_view text) {
  constexpr std::array<std::string_view, 4> on{"true", "1", "yes", "on"};
  constexpr std::array<std::string_view, 4> off{"false", "0", "no", "off"};
  const std::string_view word = trim_ascii(text);
  if (std::ranges::find(on, word) != on.end()) {
    return KillSwitch::on;
  }
  if (std::ranges::find(off, word) != off.end()) {
    return KillSwitch::off;
  }
  return Error{.kind = ErrorKind::configuration,
               .message = "a switch is one of true, false, 1, 0, yes, no, on, off, in lower case"};
}

KillSwitch derive_kill_switch(std::optional<std::string_view> file_content) {
  if (!file_content) {
    return KillSwitch::on;
  }
  const Result<KillSwitch> parsed = parse_switch(*file_content);
  return parsed.ok() ? *parsed : KillSwitch::on;
}

std::string_view render_kill_switch(KillSwitch kill_switch) {
  return kill_switch == KillSwitch::off ? "off" : "on";
}

} // namespace afk
