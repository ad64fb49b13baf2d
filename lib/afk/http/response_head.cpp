#include <afk/http/response_head.hpp>

#include <afk/core/text.hpp>
#include <afk/http/header_syntax.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::http {
namespace {

Error malformed(std::string_view what) {
  return Error{.kind = ErrorKind::malformed, .message = fmt::format("answered with {}", what)};
}

// libcurl takes a length beyond its own numbers for none at all.
bool is_length(std::string_view text) {
  constexpr std::size_t most_digits = 18;
  return !text.empty() && text.size() <= most_digits &&
         std::ranges::all_of(text, [](char character) { return character >= '0' && character <= '9'; });
}

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) {
    line.remove_suffix(1);
  }
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

} // namespace

Result<void> ResponseHead::take(std::string_view line) {
  bytes_ += line.size();
  if (bytes_ > limits_.header_bytes || ++lines_ > limits_.header_count) {
    return Error{.kind = ErrorKind::too_large,
                 .message = fmt::format("answered with more than {} bytes or {} lines of headers", limits_.header_bytes,
                                        limits_.header_count)};
  }
  line = without_line_end(line);
  switch (stage_) {
  case Stage::whole: // trailers
    return {};
  case Stage::status: {
    const auto blank = line.find(' ');
    if (!line.starts_with("HTTP/") || blank == std::string_view::npos) {
      return malformed("no status line");
    }
    is_interim_ = line.substr(blank + 1).starts_with('1');
    stage_ = Stage::headers;
    return {};
  }
  case Stage::headers:
    return line.empty() ? finish() : take_header(line);
  }
  return {};
}

Result<void> ResponseHead::take_header(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) {
    return malformed("a header without a colon");
  }
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim_ascii(line.substr(colon + 1));
  if (!is_header_name(name)) { // a folded line begins with a blank, which no name has
    return malformed("a header whose name is none");
  }
  if (!is_header_value(value)) {
    return malformed("control characters in a header");
  }
  headers_.push_back({.name = fold_ascii(name), .value = std::string(value)});
  return {};
}

Result<void> ResponseHead::finish() {
  if (is_interim_) {
    headers_.clear();
    stage_ = Stage::status;
    return {};
  }
  const auto length = std::ranges::find(headers_, "content-length", &Header::name);
  const bool has_coding = std::ranges::find(headers_, "transfer-encoding", &Header::name) != headers_.end();
  const bool differs = std::any_of(length, headers_.end(), [&](const Header& header) {
    return header.name == length->name && (header.value != length->value || !is_length(header.value));
  });
  if (differs || (has_coding && length != headers_.end())) {
    return malformed("a length of its body that is none, or with two");
  }
  stage_ = Stage::whole;
  return {};
}

} // namespace afk::http
