#pragma once
// The kill switch as a value. There are two of them, one in the configuration and one in a file of its own; the work is
// stopped as soon as either says so.

#include <afk/core/result.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace afk {

enum class KillSwitch : std::uint8_t { off, on };

// Exactly true, 1, yes, on or false, 0, no, off, in lower case, blanks and line ends around it apart. Everything else
// fails with `configuration`: a switch is never guessed.
Result<KillSwitch> parse_switch(std::string_view text);

// What the content of kill_switch_file says; nothing stands for a file that is missing or cannot be read. Whatever does
// not clearly say "off" is on: the file is read in the middle of a tick, where stopping is the safe answer.
[[nodiscard]] KillSwitch derive_kill_switch(std::optional<std::string_view> file_content);

[[nodiscard]] std::string_view render_kill_switch(KillSwitch kill_switch); // "on", "off"

} // namespace afk
