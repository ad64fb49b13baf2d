#pragma once
// The doorbells of the [notify] tables.

#include <afk/core/config.hpp>
#include <afk/core/secret.hpp>
#include <afk/http/transport.hpp>
#include <afk/port/notifier.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace afk::cli {

// `addresses` by the table's name; `transport` outlives the doorbells. Fails with `configuration` for an address that
// cannot be rung.
Result<std::vector<std::unique_ptr<Notifier>>> open_notifiers(const Config& config,
                                                              const std::map<std::string, Secret>& addresses,
                                                              http::Transport& transport, Duration timeout);

} // namespace afk::cli
