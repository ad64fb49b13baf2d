#include <afk/core/error.hpp>

#include <utility>

namespace afk {

std::string_view render_error_kind(ErrorKind kind) {
  switch (kind) {
  case ErrorKind::usage:
    return "usage";
  case ErrorKind::configuration:
    return "configuration";
  case ErrorKind::unreachable:
    return "unreachable";
  case ErrorKind::rate_limited:
    return "rate-limited";
  case ErrorKind::unauthorized:
    return "unauthorized";
  case ErrorKind::forbidden:
    return "forbidden";
  case ErrorKind::not_found:
    return "not-found";
  case ErrorKind::conflict:
    return "conflict";
  case ErrorKind::malformed:
    return "malformed";
  case ErrorKind::too_large:
    return "too-large";
  case ErrorKind::refused:
    return "refused";
  case ErrorKind::io:
    return "io";
  case ErrorKind::interrupted:
    return "interrupted";
  case ErrorKind::internal:
    return "internal";
  }
  return "internal";
}

bool Error::is_transient() const {
  switch (kind) {
  case ErrorKind::unreachable:
  case ErrorKind::rate_limited:
  case ErrorKind::conflict:
  case ErrorKind::io:
  case ErrorKind::interrupted:
    return true;
  default:
    return false;
  }
}

Error with_context(std::string_view context, Error error) {
  error.message = std::string(context) + ": " + error.message;
  return error;
}

} // namespace afk
