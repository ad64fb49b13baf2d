#pragma once
// The two streams of the program: results on stdout, messages on stderr. Everything from outside is cleaned before it
// reaches a terminal, and every known secret is taken out of every line.

#include <afk/cli/arguments.hpp>
#include <afk/core/error.hpp>
#include <afk/core/redactor.hpp>
#include <afk/port/clock.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace afk::cli {

class Console {
 public:
  // `clock` outlives the console.
  Console(const Arguments& arguments, const Clock& clock);

  // From now on the values that the redactor knows appear nowhere.
  void set_redactor(Redactor redactor);

  [[nodiscard]] const Redactor& redactor() const { return redactor_; }

  // Whether a person watches stdout.
  enum class Audience : std::uint8_t { terminal, other };

  [[nodiscard]] Audience audience() const { return audience_; }

  enum class Colors : std::uint8_t { off, on };

  [[nodiscard]] Colors colors() const { return colors_; }

  // A result. Fails when stdout is closed or full: then the command has failed, whatever it did.
  Result<void> print(std::string_view text);

  // The text without any known secret, for what is written beside the two streams.
  [[nodiscard]] std::string redact(std::string_view text) const { return redactor_.redact(text); }

  void say(LogLevel level, std::string_view message);
  void say_error(const std::optional<IssueRef>& issue, const Error& error);

 private:
  void write_message(LogLevel level, std::string_view message, const std::optional<IssueRef>& issue,
                     std::string_view kind);

  const Clock& clock_;
  OutputForm log_format_;
  LogLevel log_level_;
  Audience audience_;
  Colors colors_;
  Redactor redactor_;
};

} // namespace afk::cli
