#include <afk/http/message.hpp>
#include <afk/http/status.hpp>

#include <support/catch.hpp>

#include <string>

namespace afk::http {
namespace {

Request request_with(const Header& header) {
  Request request;
  request.url = parse_url("https://example.org/").value();
  request.headers.push_back(header);
  return request;
}

TEST_CASE("no header carries a second one", "[message]") {
  CHECK(check_request(request_with({"X-Key", "value; with \"all\" sorts\tof \xc3\xa4"})).ok());
  CHECK(check_request(request_with({"X-Key", ""})).ok());
  for (const std::string value : {"a\r\nX-Evil: 1", "a\n", "a\r", "\x1b[2J", "\x7f"}) {
    CHECK(check_request(request_with({"X-Key", value})).error().kind == ErrorKind::malformed);
  }
  CHECK(check_request(request_with({"X-Key", std::string("a\0b", 3)})).error().kind == ErrorKind::malformed);
  for (const std::string name : {"", "X Key", "X:Key", "X\nKey", "X\xc3\xa4"}) {
    CHECK(check_request(request_with({name, "value"})).error().kind == ErrorKind::malformed);
  }
}

TEST_CASE("a credential goes to its own origin alone", "[message]") {
  struct Case {
    const char* name;
    const char* url;
    bool sent;
  };

  const auto row = GENERATE(values<Case>({{"its origin", "https://example.org/a", true},
                                          {"the usual port written out", "https://example.org:443/b", true},
                                          {"another port", "https://example.org:444/", false},
                                          {"another host", "https://www.example.org/", false},
                                          {"without encryption", "http://localhost/", false}}));
  CAPTURE(row.name);
  const Credential credential{.origin = parse_url("https://example.org/").value().origin,
                              .header = "Authorization",
                              .value = Secret(std::string_view("Bearer canary"))};
  Request request;
  request.url = parse_url(row.url).value();
  request.credential = &credential;
  const auto checked = check_request(request);
  CHECK(checked.ok() == row.sent);
  if (!checked.ok()) {
    CHECK(checked.error().kind == ErrorKind::refused);
    CHECK(checked.error().message.find("canary") == std::string::npos);
  }
}

struct StatusCase {
  int status;
  ErrorKind kind;
};

TEST_CASE("every status has one meaning", "[message]") {
  const auto row = GENERATE(values<StatusCase>({
      {100, ErrorKind::refused},      {301, ErrorKind::refused},     {302, ErrorKind::refused},
      {304, ErrorKind::refused},      {307, ErrorKind::refused},     {400, ErrorKind::refused},
      {401, ErrorKind::unauthorized}, {403, ErrorKind::forbidden},   {404, ErrorKind::not_found},
      {405, ErrorKind::refused},      {408, ErrorKind::unreachable}, {409, ErrorKind::conflict},
      {410, ErrorKind::not_found},    {413, ErrorKind::too_large},   {418, ErrorKind::refused},
      {422, ErrorKind::refused},      {425, ErrorKind::unreachable}, {429, ErrorKind::rate_limited},
      {500, ErrorKind::unreachable},  {502, ErrorKind::unreachable}, {503, ErrorKind::unreachable},
      {504, ErrorKind::unreachable},  {599, ErrorKind::unreachable},
  }));
  CAPTURE(row.status);
  const auto error = derive_status_error({.status = row.status, .headers = {}, .body = {}}, "the service");
  REQUIRE(error.has_value());
  CHECK(error->kind == row.kind);
  CHECK(error->http_status == row.status);
  CHECK(error->message.starts_with("the service answered " + std::to_string(row.status)));
}

TEST_CASE("success is no error", "[message]") {
  for (int status = 200; status < 300; ++status) {
    CHECK_FALSE(derive_status_error({.status = status, .headers = {}, .body = {}}, "the service").has_value());
  }
}

TEST_CASE("a service may say when to come back", "[message]") {
  struct Case {
    const char* text;
    std::optional<std::chrono::seconds> expected;
  };

  using std::chrono::seconds;
  const auto row = GENERATE(values<Case>({{"0", seconds(0)},
                                          {"120", seconds(120)},
                                          {" 7 ", seconds(7)},
                                          {"999999", seconds(86400)},
                                          {"99999999999999999999", std::nullopt},
                                          {"-1", std::nullopt},
                                          {"1.5", std::nullopt},
                                          {"soon", std::nullopt},
                                          {"", std::nullopt}}));
  CAPTURE(row.text);
  const Response response{.status = 503, .headers = {{"retry-after", row.text}}, .body = {}};
  CHECK(derive_status_error(response, "x")->retry_after == row.expected);
  CHECK_FALSE(derive_status_error({.status = 503, .headers = {}, .body = {}}, "x")->retry_after.has_value());
}

} // namespace
} // namespace afk::http
