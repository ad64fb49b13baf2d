#include <afk/http/message.hpp>

#include <afk/core/text.hpp>
#include <afk/http/header_syntax.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk::http {
namespace {

Result<void> check_header(std::string_view name, std::string_view value) {
  if (!is_header_name(name)) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("{} is not the name of a header", quote_for_display(name.substr(0, 100)))};
  }
  if (!is_header_value(value)) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("the header {} would carry control characters", name)};
  }
  return {};
}

} // namespace

std::string_view render_method(Method method) {
  switch (method) {
  case Method::get:
    return "GET";
  case Method::head:
    return "HEAD";
  case Method::post:
    return "POST";
  case Method::put:
    return "PUT";
  case Method::patch:
    return "PATCH";
  case Method::delete_:
    return "DELETE";
  }
  return "GET";
}

Effect derive_effect(const Request& request) {
  const bool looks_only = request.method == Method::get || request.method == Method::head;
  return request.effect.value_or(looks_only ? Effect::read : Effect::write);
}

std::optional<std::string_view> find_header(const Response& response, std::string_view name) {
  const auto found = std::ranges::find(response.headers, name, &Header::name);
  return found == response.headers.end() ? std::nullopt : std::optional<std::string_view>(found->value);
}

Result<void> check_request(const Request& request) {
  for (const auto& header : request.headers) {
    if (auto checked = check_header(header.name, header.value); !checked.ok()) {
      return checked;
    }
  }
  if ((request.method == Method::get || request.method == Method::head) && !request.body.empty()) {
    return Error{.kind = ErrorKind::malformed,
                 .message = fmt::format("a {} carries no body", render_method(request.method))};
  }
  if (request.tls != nullptr && request.tls->origin != request.url.origin) {
    return Error{.kind = ErrorKind::refused,
                 .message = fmt::format("certificates for {} are not used for {}", render_origin(request.tls->origin),
                                        render_origin(request.url.origin))};
  }
  if (request.credential == nullptr) {
    return {};
  }
  if (request.credential->origin != request.url.origin) {
    return Error{.kind = ErrorKind::refused,
                 .message = fmt::format("a credential for {} is not sent to {}",
                                        render_origin(request.credential->origin), render_origin(request.url.origin))};
  }
  return check_header(request.credential->header, request.credential->value.reveal());
}

} // namespace afk::http
