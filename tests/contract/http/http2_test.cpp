// The transport against frames of HTTP/2 written by hand: what no decent server does at the right moment.

#include <afk/http/transport_curl.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/http2_frames.hpp>
#include <support/temporary_folder.hpp>
#include <support/tls_context.hpp>

#include <array>
#include <atomic>

namespace afk::http {
namespace {

namespace http2 = test::http2;
using http2::Next;
using http2::Reply;

// A server of frames, and a transport that believes its certificate.
struct World {
  explicit World(std::function<Reply(std::uint32_t stream, int request)> respond)
      : server(
            [this, respond = std::move(respond)](test::Stream& stream) {
              http2::Server{.respond = [this, &respond](std::uint32_t id) { return respond(id, requests++); }}.serve(
                  stream);
            },
            std::make_shared<test::TlsContext>(test::TlsOptions{.certificate = certificate})) {
    test::put_file(folder / "authorities", certificate);
  }

  [[nodiscard]] Request make_request(Method method = Method::get) const {
    Request request;
    request.method = method;
    request.url = parse_url(server.url("/secret")).value();
    request.limits.total = std::chrono::seconds(15);
    return request;
  }

  Result<Response> send(const Request& request) {
    auto answers = transport.exchange(std::array{request});
    return std::move(answers.front());
  }

  std::string certificate = test::make_certificate();
  test::TemporaryFolder folder;
  std::atomic<int> requests = 0;
  test::StreamServer server;
  CurlTransport transport{
      {.user_agent = "afk/test", .certificate_folder = "", .certificate_file = folder / "authorities"}};
};

std::string answer(std::uint32_t stream) {
  return http2::answer(stream, "fine", {{":status", "200"}});
}

TEST_CASE("a connection is kept from one exchange to the next", "[http2]") {
  World world([](std::uint32_t stream, int) { return Reply{.bytes = answer(stream)}; });
  for (int round = 0; round < 3; ++round) {
    CHECK(world.send(world.make_request())->body == "fine");
  }
  CHECK(world.server.connections() == 1);
}

TEST_CASE("a connection that went silent is not used again", "[http2]") {
  World world(
      [](std::uint32_t stream, int request) { return request == 0 ? Reply{} : Reply{.bytes = answer(stream)}; });
  Request request = world.make_request();
  request.limits.total = std::chrono::milliseconds(200);
  CHECK(world.send(request).error().kind == ErrorKind::unreachable);
  CHECK(world.send(world.make_request())->body == "fine");
  CHECK(world.server.connections() == 2);
}

TEST_CASE("a read is sent again by itself where the server says that it did nothing", "[http2]") {
  World world([](std::uint32_t stream, int request) {
    return request == 0 ? Reply{.bytes = http2::reset(stream, http2::ErrorCode::refused_stream)}
                        : Reply{.bytes = answer(stream)};
  });
  CHECK(world.send(world.make_request())->body == "fine");
  CHECK(world.requests == 2);
}

TEST_CASE("a write is sent once, whatever becomes of its connection", "[http2]") {
  struct Case {
    const char* name;
    Reply reply;
    bool kept; // the connection had answered something before
  };

  const auto row = GENERATE(values<Case>({
      {"refused", {http2::reset(1, http2::ErrorCode::refused_stream)}, false},
      {"refused on a kept connection", {http2::reset(3, http2::ErrorCode::refused_stream)}, true},
      {"closed", {"", Next::close}, false},
      {"closed on a kept connection", {"", Next::close}, true},
      {"cut on a kept connection", {"", Next::cut}, true},
      {"reset on a kept connection", {"", Next::reset}, true},
      {"a goodbye on a kept connection", {http2::goaway(1, http2::ErrorCode::no_error), Next::close}, true},
  }));
  const auto method = GENERATE(Method::post, Method::put, Method::patch, Method::delete_);
  CAPTURE(row.name, render_method(method));
  const int write = row.kept ? 1 : 0;
  World world(
      [&](std::uint32_t stream, int request) { return request == write ? row.reply : Reply{.bytes = answer(stream)}; });
  if (row.kept) {
    REQUIRE(world.send(world.make_request()).ok());
  }
  Request request = world.make_request(method);
  request.body = method == Method::delete_ ? "" : "{}";
  const auto result = world.send(request);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == ErrorKind::unreachable);
  CHECK(result.error().message.find("secret") == std::string::npos);
  CHECK(world.requests == write + 1);
}

struct IdentityCase {
  const char* name;
  bool shows_certificate;
  bool believes_authority;
  bool right;
};

TEST_CASE("an origin may have an authority of its own and ask who we are", "[http2]") {
  const auto row = GENERATE(values<IdentityCase>({{"both", true, true, true},
                                                  {"no certificate", false, true, false},
                                                  {"the system's authorities", true, false, false}}));
  CAPTURE(row.name);
  const std::string authority = test::make_certificate({.common_name = "authority", .is_authority = true});
  const test::StreamServer server(
      [](test::Stream& stream) {
        http2::Server{.respond = [](std::uint32_t id) { return Reply{.bytes = answer(id)}; }}.serve(stream);
      },
      std::make_shared<test::TlsContext>(test::TlsOptions{.certificate = test::make_certificate({.signer = authority}),
                                                          .client_authority = authority}));
  const std::string client = test::make_certificate({.for_clients = true, .signer = authority});
  Request request;
  request.url = parse_url(server.url("/")).value();
  TlsIdentity identity{.origin = request.url.origin};
  if (row.believes_authority) {
    identity.authorities = authority;
  }
  if (row.shows_certificate) {
    const auto key = client.find("-----BEGIN PRIVATE KEY");
    identity.certificate = client.substr(0, key);
    identity.key = Secret(std::string_view(client).substr(key));
  }
  request.tls = &identity;
  CurlTransport transport;
  const auto answers = transport.exchange(std::array{request});
  CAPTURE(answers.front().ok() ? std::string() : answers.front().error().message);
  CHECK(answers.front().ok() == row.right);
  if (!row.right) {
    CHECK(answers.front().error().kind == ErrorKind::unreachable);
  }

  SECTION("and no other origin sees it") {
    identity.origin.port += 1;
    CHECK(transport.exchange(std::array{request}).front().error().kind == ErrorKind::refused);
  }
}

} // namespace
} // namespace afk::http
