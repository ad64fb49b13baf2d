#include <afk/adapter/system_tick_gate.hpp>

#include <afk/adapter/file_system.hpp>

#include <filesystem>
#include <optional>
#include <utility>

namespace afk::adapter {

namespace {

constexpr std::size_t longest_switch_file = 4096;

// Links are the operator's (Kubernetes mounts a ConfigMap as one), so this file is read through them.
std::optional<std::string> try_read_switch(const std::string& path) {
  std::error_code error;
  const auto real = std::filesystem::canonical(path, error);
  if (error)
    return std::nullopt;
  auto folder = Folder::open(real.parent_path().string());
  if (!folder)
    return std::nullopt;
  auto bytes = folder->try_read(real.filename().string(), longest_switch_file);
  if (!bytes || !bytes->has_value())
    return std::nullopt;
  return std::move((*bytes)->bytes);
}

} // namespace

SystemTickGate::SystemTickGate(TickGateSettings settings, const Clock& clock, std::function<Stop()> read_stop)
    : settings_(std::move(settings)), clock_(clock), read_stop_(std::move(read_stop)) {
  start_tick();
}

void SystemTickGate::start_tick() {
  ends_at_ = clock_.monotonic() + settings_.deadline;
}

TickGate::KillSwitch SystemTickGate::read_kill_switch() {
  if (settings_.configured == afk::KillSwitch::on)
    return KillSwitch::on;
  if (settings_.kill_switch_file.empty())
    return KillSwitch::off;
  const auto content = try_read_switch(settings_.kill_switch_file);
  const auto state = derive_kill_switch(content ? std::optional<std::string_view>(*content) : std::nullopt);
  return state == afk::KillSwitch::on ? KillSwitch::on : KillSwitch::off;
}

TickGate::Time SystemTickGate::read_time() {
  if (read_stop_() == Stop::requested)
    return Time::stop_requested;
  return clock_.monotonic() + settings_.needed > ends_at_ ? Time::short_of_time : Time::left;
}

} // namespace afk::adapter
