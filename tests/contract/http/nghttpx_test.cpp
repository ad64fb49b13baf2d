// The transport against HTTP/2 by somebody else's hand, and what its server counts.

#include <afk/http/transport_curl.hpp>
#include <afk/http/transport_stack.hpp>

#include <support/catch.hpp>
#include <support/fake_clock.hpp>
#include <support/files.hpp>
#include <support/loopback_server.hpp>
#include <support/nghttpx.hpp>
#include <support/skip.hpp>
#include <support/tls_context.hpp>

#include <array>
#include <atomic>
#include <set>
#include <thread>

namespace afk::http {
namespace {

using test::LoopbackServer;
using test::Nghttpx;
using test::ReceivedRequest;
using test::render_answer;
using test::ServerAnswer;

constexpr int many = 60;

// A backend that takes a moment for each answer and counts how many it is at.
class Backend {
 public:
  [[nodiscard]] int port() const { return server_.port(); }

  [[nodiscard]] int most_at_once() const { return most_; }

  [[nodiscard]] std::vector<ReceivedRequest> requests() const { return server_.requests(); }

 private:
  ServerAnswer answer(const ReceivedRequest& request) {
    const int now = ++current_;
    for (int most = most_; now > most && !most_.compare_exchange_weak(most, now);) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    --current_;
    if (request.target == "/broken") {
      return {"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf", ServerAnswer::End::close};
    }
    return {render_answer("200 OK", request.target), ServerAnswer::End::keep};
  }

  std::atomic<int> current_ = 0;
  std::atomic<int> most_ = 0;
  LoopbackServer server_{[this](const ReceivedRequest& request) { return answer(request); }};
};

// The whole way: transports, proxy, backend.
struct World {
  explicit World(const std::vector<std::string>& options = {}) : proxy(backend.port(), certificate, options) {
    test::put_file(folder / "authorities", certificate);
  }

  [[nodiscard]] std::vector<Request> make_requests(int count, const std::string& prefix = "/") const {
    std::vector<Request> requests;
    for (int index = 0; index < count; ++index) {
      Request request;
      request.url = parse_url(proxy.url(prefix + std::to_string(index))).value();
      requests.push_back(request);
    }
    return requests;
  }

  [[nodiscard]] std::set<std::string> connections() const {
    std::set<std::string> ports;
    for (const auto& entry : proxy.log()) {
      ports.insert(entry.client_port);
    }
    return ports;
  }

  void check_all_answered(const std::vector<Request>& requests) {
    const auto answers = stack.exchange(requests);
    REQUIRE(answers.size() == requests.size());
    for (std::size_t index = 0; index < answers.size(); ++index) {
      CAPTURE(index, answers[index].ok() ? std::string() : answers[index].error().message);
      REQUIRE(answers[index].ok());
      CHECK(answers[index]->status == 200);
      CHECK(answers[index]->body == requests[index].url.target);
    }
  }

  std::string certificate = test::make_certificate();
  test::TemporaryFolder folder;
  Backend backend;
  Nghttpx proxy;
  CurlTransport curl{{.user_agent = "afk/test", .certificate_folder = "", .certificate_file = folder / "authorities"}};
  test::FakeClock clock;
  test::FakeRandom random;
  TransportStack stack{{.inner = curl, .clock = clock, .random = random}, {}};
};

bool is_missing() {
  if (Nghttpx::find_program()) {
    return false;
  }
  test::skip("nghttpx is not installed (Debian package nghttp2-proxy)");
  return true;
}

TEST_CASE("sixty requests share one connection, twenty at a time", "[nghttpx]") {
  if (is_missing()) {
    return;
  }
  World world;
  world.check_all_answered(world.make_requests(many));
  CHECK(world.backend.most_at_once() <= 20);
  CHECK(world.backend.most_at_once() > 8);
  CHECK(world.connections().size() == 1);
  world.check_all_answered(world.make_requests(many, "/again"));
  CHECK(world.backend.most_at_once() <= 20);
  CHECK(world.connections().size() == 1);
  for (const auto& entry : world.proxy.log()) {
    CHECK(entry.protocol == "h2");
  }
  CHECK(world.stack.counts().round_trips() == 2);
}

TEST_CASE("a server of HTTP/1.1 alone gets few connections", "[nghttpx]") {
  if (is_missing()) {
    return;
  }
  World world({Nghttpx::only_http_1_1()});
  world.check_all_answered(world.make_requests(many));
  world.check_all_answered(world.make_requests(many, "/again"));
  CHECK(world.backend.most_at_once() <= 8);
  CHECK(world.connections().size() <= 8);
  for (const auto& entry : world.proxy.log()) {
    CHECK(entry.protocol == "http/1.1");
  }
}

TEST_CASE("a server of one stream at a time is asked one thing at a time", "[nghttpx]") {
  if (is_missing()) {
    return;
  }
  World world({"--frontend-http2-max-concurrent-streams=1"});
  world.check_all_answered(world.make_requests(many));
  CHECK(world.backend.most_at_once() <= 8);
}

TEST_CASE("a server that says goodbye after every few requests", "[nghttpx]") {
  if (is_missing()) {
    return;
  }
  World world({"--frontend-max-requests=5"});
  world.check_all_answered(world.make_requests(many));
  world.check_all_answered(world.make_requests(many, "/again"));
  CHECK(world.connections().size() >= 2);
}

TEST_CASE("a server that goes away between two exchanges", "[nghttpx]") {
  if (is_missing()) {
    return;
  }
  World world;
  world.check_all_answered(world.make_requests(5));
  world.proxy.reload();
  world.check_all_answered(world.make_requests(20, "/at-once"));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  world.check_all_answered(world.make_requests(20, "/later"));
}

TEST_CASE("a stream that is reset spoils no other", "[nghttpx]") {
  if (is_missing()) {
    return;
  }
  World world;
  auto requests = world.make_requests(10);
  requests[4].url.target = "/broken";
  const auto answers = world.stack.exchange(requests);
  for (std::size_t index = 0; index < answers.size(); ++index) {
    CAPTURE(index);
    CHECK(answers[index].ok() == (index != 4));
  }
  CHECK(answers[4].error().kind == ErrorKind::unreachable);
}

TEST_CASE("every method arrives over HTTP/2 as it was written", "[nghttpx]") {
  if (is_missing()) {
    return;
  }
  World world;
  auto requests = world.make_requests(6);
  constexpr std::array methods{Method::get, Method::head, Method::post, Method::put, Method::patch, Method::delete_};
  for (std::size_t index = 0; index < methods.size(); ++index) {
    requests[index].method = methods[index];
    if (index >= 2) {
      requests[index].body = std::string(100'000, static_cast<char>('a' + index));
      requests[index].headers = {{"Content-Type", "application/json"}};
    }
  }
  const auto answers = world.stack.exchange(requests);
  for (const auto& answer : answers) {
    REQUIRE(answer.ok());
    CHECK(answer->status == 200);
  }
  std::set<std::string> seen;
  for (const auto& request : world.backend.requests()) {
    seen.insert(request.method + " " + request.target + " " + std::to_string(request.body.size()));
  }
  CHECK(seen == std::set<std::string>{"GET /0 0", "HEAD /1 0", "POST /2 100000", "PUT /3 100000", "PATCH /4 100000",
                                      "DELETE /5 100000"});
}

} // namespace
} // namespace afk::http
