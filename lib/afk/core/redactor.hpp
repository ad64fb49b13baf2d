#pragma once
// Takes secrets out of text at the sinks: logs, cards, reports, messages of errors, excerpts of what agents print.
//
// It knows the values that it was given, in the shapes in which they travel: as they are, in base64 (both alphabets, at
// every alignment, so that a header's "user:token" is found too), percent-encoded and escaped for JSON; each long line
// of a value of several lines; the well-known forms of tokens that it was never given; and passwords in URLs.
//
// One call sees one text: a secret that is cut in two by its writer is not found.

#include <afk/core/secret.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace afk {

class Redactor {
 public:
  static constexpr std::size_t shortest_secret = 4; // bytes; a shorter one would blank out ordinary words
  static constexpr std::string_view mark = "[redacted]";

  // Blanks and line feeds at both ends do not belong to the value: a file ends with one.
  void add(const Secret& secret);

  // The same text, with one mark for each stretch that is secret.
  [[nodiscard]] std::string redact(std::string_view text) const;

 private:
  void add_shapes(std::string_view value);
  void add_pattern(std::string pattern);

  std::vector<Secret> patterns_;
};

} // namespace afk
