#pragma once
// A token by a helper: a program that prints it, as password managers do. Files are config/guarded_file.hpp's,
// variables the environment's.
//
// The program gets the environment that it is handed and nothing on its standard input; what it says on its standard
// error is never shown, because helpers echo.

#include <afk/core/result.hpp>
#include <afk/core/secret.hpp>
#include <afk/port/commands.hpp>

#include <string>
#include <utility>
#include <vector>

namespace afk::adapter {

struct TokenCommand {
  std::vector<std::string> argv;
  std::vector<std::pair<std::string, std::string>> environment;
  Duration timeout = std::chrono::seconds(20);
};

// The first line of what it prints, without blanks around it. Fails with `configuration`: no such program, a status
// that is not 0, nothing printed, more than one line or something that no header can hold; `unreachable` when it takes
// too long.
Result<Secret> fetch_token(Commands& commands, const TokenCommand& command);

// What may stand in a header: 1 to 4096 printable characters of ASCII without blanks. Fails with `configuration`,
// without repeating it.
Result<void> check_token(const Secret& token);

} // namespace afk::adapter
