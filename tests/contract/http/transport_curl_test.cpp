// The real transport against a real server on a loopback port: every way in which an answer can be wrong.

#include <afk/http/transport_curl.hpp>

#include <support/catch.hpp>
#include <support/files.hpp>
#include <support/loopback_server.hpp>
#include <support/temporary_folder.hpp>

#include <array>
#include <atomic>
#include <barrier>
#include <cstdlib>
#include <memory>
#include <thread>

namespace afk::http {
namespace {

using test::LoopbackServer;
using test::ReceivedRequest;
using test::render_answer;
using test::ServerAnswer;
using End = ServerAnswer::End;

Request make_get(const std::string& url) {
  Request request;
  request.url = parse_url(url).value();
  request.limits.total = std::chrono::seconds(20); // a machine that builds beside the tests is slow
  return request;
}

Result<Response> send(Transport& transport, const Request& request) {
  auto answers = transport.exchange(std::array{request});
  REQUIRE(answers.size() == 1);
  return std::move(answers.front());
}

TEST_CASE("a request arrives as it was written, and so does the answer", "[transport]") {
  LoopbackServer server([](const ReceivedRequest&) {
    return ServerAnswer{
        render_answer("201 Created", std::string("body\0\xff", 6), "X-Thing:  one \r\nX-Thing: two\r\n")};
  });
  CurlTransport transport({.user_agent = "afk/test"});
  Request request = make_get(server.url("/a%20b/../c?d=e"));
  request.method = Method::post;
  request.headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}};
  request.body = std::string("{\"a\":\0}", 7);
  const auto answer = send(transport, request);
  REQUIRE(answer.ok());
  CHECK(answer->status == 201);
  CHECK(answer->body == std::string("body\0\xff", 6));
  CHECK(find_header(*answer, "x-thing") == "one");
  CHECK_FALSE(find_header(*answer, "x-other").has_value());

  const auto seen = server.requests();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].method == "POST");
  CHECK(seen[0].target == "/a%20b/../c?d=e");
  CHECK(seen[0].body == request.body);
  CHECK(seen[0].headers.at("content-type") == "application/json");
  CHECK(seen[0].headers.at("x-empty").empty());
  CHECK(seen[0].headers.at("user-agent") == "afk/test");
  CHECK(seen[0].headers.count("expect") == 0);
  CHECK(seen[0].headers.at("accept-encoding") == "gzip");
  CHECK(seen[0].headers.count("authorization") == 0);
}

TEST_CASE("an empty body is sent as one", "[transport]") {
  LoopbackServer server([](const ReceivedRequest&) { return ServerAnswer{render_answer("204 No Content")}; });
  CurlTransport transport;
  Request request = make_get(server.url());
  request.method = Method::post;
  CHECK(send(transport, request)->status == 204);
  CHECK(server.requests().at(0).headers.at("content-length") == "0");
}

TEST_CASE("a credential reaches its origin", "[transport]") {
  LoopbackServer server([](const ReceivedRequest&) { return ServerAnswer{render_answer("200 OK")}; });
  CurlTransport transport;
  Request request = make_get(server.url());
  const Credential credential{
      .origin = request.url.origin, .header = "Authorization", .value = Secret(std::string_view("Bearer canary"))};
  request.credential = &credential;
  REQUIRE(send(transport, request).ok());
  CHECK(server.requests().at(0).headers.at("authorization") == "Bearer canary");
}

TEST_CASE("what may not be sent is not sent", "[transport]") {
  LoopbackServer server([](const ReceivedRequest&) { return ServerAnswer{render_answer("200 OK")}; });
  CurlTransport transport;
  Request evil = make_get(server.url());
  evil.headers = {{"X-Key", "a\r\nX-Evil: 1"}};
  const auto answers = transport.exchange(std::array{evil, make_get(server.url("/fine"))});
  CHECK(answers.at(0).error().kind == ErrorKind::malformed);
  CHECK(answers.at(1).ok());
  CHECK(server.requests().size() == 1);
}

struct AnswerCase {
  const char* name;
  ServerAnswer answer;
  std::optional<ErrorKind> kind; // nothing: a response
};

std::string header_lines(std::size_t count, std::size_t length) {
  std::string lines;
  for (std::size_t index = 0; index < count; ++index) {
    lines += "X: " + std::string(length, 'x') + "\r\n";
  }
  return lines;
}

TEST_CASE("every kind of answer has its kind of error", "[transport]") {
  const std::string redirect = render_answer("302 Found", "", "Location: http://127.0.0.1:9/elsewhere\r\n");
  const auto row = GENERATE_COPY(values<AnswerCase>({
      {"fine", {render_answer("200 OK", "{}")}, std::nullopt},
      {"an error of the service", {render_answer("500 Internal Server Error", "oops")}, std::nullopt},
      {"a redirect", {redirect}, std::nullopt},
      {"an interim answer first", {"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" + render_answer("200 OK")}, std::nullopt},
      {"until the end of the connection", {"HTTP/1.1 200 OK\r\n\r\nbody"}, std::nullopt},
      {"in chunks", {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"}, std::nullopt},
      {"as large as allowed", {render_answer("200 OK", std::string(2000, 'x'))}, std::nullopt},
      {"closed without a word", {""}, ErrorKind::unreachable},
      {"reset without a word", {"", End::reset}, ErrorKind::unreachable},
      {"garbage", {"\x16\x03\x01 this is no HTTP\r\n\r\n"}, ErrorKind::malformed},
      {"an older protocol", {"<html>hello</html>"}, ErrorKind::malformed},
      {"closed inside the status", {"HTTP/1.1 20"}, ErrorKind::unreachable},
      {"closed inside the headers", {"HTTP/1.1 200 OK\r\nContent-Le"}, ErrorKind::unreachable},
      {"closed inside the body", {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"}, ErrorKind::unreachable},
      {"reset inside the body",
       {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", End::reset},
       ErrorKind::unreachable},
      {"closed inside a chunk",
       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok"},
       ErrorKind::unreachable},
      {"a chunk that is none", {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}, ErrorKind::unreachable},
      {"nothing ever", {"", End::hang}, ErrorKind::unreachable},
      {"half and then nothing",
       {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", End::hang},
       ErrorKind::unreachable},
      {"too large", {render_answer("200 OK", std::string(2001, 'x'))}, ErrorKind::too_large},
      {"too large without saying so", {"HTTP/1.1 200 OK\r\n\r\n" + std::string(100000, 'x')}, ErrorKind::too_large},
      {"too many headers", {render_answer("200 OK", "", header_lines(60, 1))}, ErrorKind::too_large},
      {"too long headers", {render_answer("200 OK", "", header_lines(5, 1000))}, ErrorKind::too_large},
  }));
  CAPTURE(row.name);
  LoopbackServer server([&row](const ReceivedRequest&) { return row.answer; });
  CurlTransport transport;
  Request request = make_get(server.url("/secret-path?secret=query"));
  request.limits.body_bytes = 2000;
  request.limits.header_bytes = 3000;
  request.limits.header_count = 50;
  if (row.answer.end == End::hang) {
    request.limits.total = std::chrono::milliseconds(300);
  }
  const auto answer = send(transport, request);
  if (!row.kind) {
    REQUIRE(answer.ok());
    CHECK(answer->status >= 200);
    CHECK_FALSE(find_header(*answer, "x").has_value());
    return;
  }
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().kind == *row.kind);
  CHECK(answer.error().message.starts_with("http://127.0.0.1:" + std::to_string(server.port()) + ": "));
  CHECK(answer.error().message.find("secret") == std::string::npos);
}

TEST_CASE("a server that is not there", "[transport]") {
  CurlTransport transport;
  const auto answer = send(transport, make_get(LoopbackServer::dead_url("/secret")));
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().kind == ErrorKind::unreachable);
  CHECK(answer.error().message.find("secret") == std::string::npos);
}

TEST_CASE("a name that nobody has", "[transport]") {
  CurlTransport transport;
  Request request = make_get("https://afk-test.invalid/secret");
  request.limits.total = std::chrono::seconds(2);
  const auto answer = send(transport, request);
  REQUIRE_FALSE(answer.ok());
  CHECK(answer.error().kind == ErrorKind::unreachable);
}

TEST_CASE("a redirect is an answer, and nobody else hears of the request", "[transport]") {
  LoopbackServer elsewhere([](const ReceivedRequest&) { return ServerAnswer{render_answer("200 OK")}; });
  CurlTransport transport;
  for (const char* status : {"301", "302", "303", "307", "308"}) {
    LoopbackServer one([&, status](const ReceivedRequest&) {
      return ServerAnswer{
          render_answer(std::string(status) + " Moved", "", "Location: " + elsewhere.url("/stolen") + "\r\n")};
    });
    Request request = make_get(one.url());
    const Credential credential{
        .origin = request.url.origin, .header = "Authorization", .value = Secret(std::string_view("Bearer canary"))};
    request.credential = &credential;
    CHECK(send(transport, request)->status == std::stoi(status));
  }
  CHECK(elsewhere.connections() == 0);
}

TEST_CASE("requests of one exchange travel together", "[transport]") {
  // Nobody is answered before all have asked.
  constexpr std::ptrdiff_t count = 8;
  std::barrier everybody(count);
  LoopbackServer server([&](const ReceivedRequest& request) {
    everybody.arrive_and_wait();
    return ServerAnswer{render_answer("200 OK", request.target)};
  });
  CurlTransport transport;
  std::vector<Request> requests;
  for (int index = 0; index < count; ++index) {
    requests.push_back(make_get(server.url("/" + std::to_string(index))));
  }
  const auto answers = transport.exchange(requests);
  REQUIRE(answers.size() == count);
  for (std::size_t index = 0; index < answers.size(); ++index) {
    REQUIRE(answers[index].ok());
    CHECK(answers[index]->body == "/" + std::to_string(index));
  }
}

TEST_CASE("one bad answer spoils no other", "[transport]") {
  LoopbackServer server([](const ReceivedRequest& request) {
    return request.target == "/slow" ? ServerAnswer{"", End::hang} : ServerAnswer{render_answer("200 OK", "fine")};
  });
  CurlTransport transport;
  Request slow = make_get(server.url("/slow"));
  slow.limits.total = std::chrono::milliseconds(300);
  const auto answers =
      transport.exchange(std::array{make_get(LoopbackServer::dead_url()), slow, make_get(server.url("/"))});
  REQUIRE(answers.size() == 3);
  CHECK_FALSE(answers[0].ok());
  CHECK(answers[1].error().kind == ErrorKind::unreachable);
  REQUIRE(answers[2].ok());
  CHECK(answers[2]->body == "fine");
}

TEST_CASE("connections are used again", "[transport]") {
  LoopbackServer server([](const ReceivedRequest&) { return ServerAnswer{render_answer("200 OK"), End::keep}; });
  CurlTransport transport;
  for (int round = 0; round < 3; ++round) {
    REQUIRE(send(transport, make_get(server.url())).ok());
  }
  CHECK(server.connections() == 1);
  CHECK(server.requests().size() == 3);
}

TEST_CASE("a write is sent once, even behind a kept connection", "[transport]") {
  const auto method = GENERATE(Method::post, Method::put, Method::patch, Method::delete_, Method::get);
  const auto end = GENERATE(End::close, End::reset);
  CAPTURE(render_method(method));
  std::atomic<int> seen = 0;
  LoopbackServer server([&](const ReceivedRequest& request) {
    if (request.target != "/ends") {
      return ServerAnswer{render_answer("200 OK"), End::keep};
    }
    ++seen;
    return ServerAnswer{"", end};
  });
  CurlTransport transport;
  REQUIRE(send(transport, make_get(server.url())).ok());
  Request request = make_get(server.url("/ends"));
  request.method = method;
  CHECK(send(transport, request).error().kind == ErrorKind::unreachable);
  CHECK(seen == (method == Method::get ? 2 : 1)); // a read is sent again by libcurl
}

TEST_CASE("methods, lengths and types are as they were written", "[transport]") {
  LoopbackServer server([](const ReceivedRequest&) { return ServerAnswer{render_answer("200 OK"), End::keep}; });
  CurlTransport transport;
  for (const auto& [method, body] : std::vector<std::pair<Method, std::string>>{{Method::get, ""},
                                                                                {Method::post, ""},
                                                                                {Method::put, ""},
                                                                                {Method::put, "{}"},
                                                                                {Method::patch, "{}"},
                                                                                {Method::delete_, ""},
                                                                                {Method::delete_, "{}"}}) {
    Request request = make_get(server.url());
    request.method = method;
    request.body = body;
    REQUIRE(send(transport, request).ok());
    const auto seen = server.requests().back();
    CAPTURE(render_method(method), body);
    CHECK(seen.method == render_method(method));
    CHECK(seen.body == body);
    CHECK(seen.headers.count("content-type") == 0);
    CHECK(seen.headers.count("transfer-encoding") == 0);
    const bool has_no_length = method == Method::get || (method == Method::delete_ && body.empty());
    CHECK(seen.headers.count("content-length") == (has_no_length ? 0 : 1));
  }
  LoopbackServer quiet([](const ReceivedRequest&) {
    return ServerAnswer{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nX-Total: 7\r\n\r\n", End::keep};
  });
  Request head = make_get(quiet.url());
  head.method = Method::head;
  const auto answer = send(transport, head);
  REQUIRE(answer.ok());
  CHECK(find_header(*answer, "x-total") == "7");
  CHECK(answer->body.empty());
}

// How many are at it, and how many were at most.
struct Gauge {
  std::atomic<int> now = 0;
  std::atomic<int> most = 0;

  void enter() {
    const int current = ++now;
    for (int seen = most; current > seen && !most.compare_exchange_weak(seen, current);) {
    }
  }
};

TEST_CASE("at most twenty requests are on their way, and no host has all of them", "[transport]") {
  constexpr std::size_t server_count = 5;
  Gauge all;
  std::array<Gauge, server_count> of_server;
  std::vector<std::unique_ptr<LoopbackServer>> servers;
  for (Gauge& one : of_server) {
    servers.push_back(std::make_unique<LoopbackServer>([&all, &one](const ReceivedRequest&) {
      all.enter();
      one.enter();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      --one.now;
      --all.now;
      return ServerAnswer{render_answer("200 OK"), End::keep};
    }));
  }
  std::vector<Request> requests;
  for (std::size_t index = 0; index < 100; ++index) {
    requests.push_back(make_get(servers[index % server_count]->url()));
  }
  CurlTransport transport;
  for (const auto& answer : transport.exchange(requests)) {
    CHECK(answer.ok());
  }
  CHECK(all.most <= 20);
  CHECK(all.most > 8);
  for (const Gauge& one : of_server) {
    CHECK(one.most <= 8);
  }
}

TEST_CASE("whoever waits for its turn waits no longer than its deadline", "[transport]") {
  LoopbackServer hanging([](const ReceivedRequest&) { return ServerAnswer{"", End::hang}; });
  LoopbackServer server([](const ReceivedRequest&) { return ServerAnswer{render_answer("200 OK"), End::keep}; });
  std::vector<Request> requests(50, make_get(hanging.url("/secret")));
  for (Request& request : requests) {
    request.limits.total = std::chrono::milliseconds(1000);
  }
  requests.push_back(make_get(server.url()));
  requests.back().limits.total = std::chrono::milliseconds(800);
  CurlTransport transport;
  const auto started = std::chrono::steady_clock::now();
  const auto answers = transport.exchange(requests);
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(10));
  CHECK(answers.back().ok()); // a slow host is late for its own requests alone
  for (std::size_t index = 0; index + 1 < answers.size(); ++index) {
    CHECK(answers[index].error().kind == ErrorKind::unreachable);
    CHECK(answers[index].error().message.find("secret") == std::string::npos);
  }
}

TEST_CASE("nothing to send is nothing to do", "[transport]") {
  CurlTransport transport;
  CHECK(transport.exchange({}).empty());
}

TEST_CASE("neither proxies nor passwords come from the environment", "[transport]") {
  const test::TemporaryFolder home;
  test::put_file(home / ".netrc", "machine 127.0.0.1 login me password canary\n");
  LoopbackServer proxy([](const ReceivedRequest&) { return ServerAnswer{render_answer("200 OK", "proxy")}; });
  LoopbackServer server([](const ReceivedRequest&) { return ServerAnswer{render_answer("200 OK", "server")}; });
  const std::string before = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");
  for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) {
    ::setenv(name, proxy.url().c_str(), 1);
  }
  ::setenv("HOME", home.path().c_str(), 1);
  CurlTransport transport;
  const auto answer = send(transport, make_get(server.url()));
  for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) {
    ::unsetenv(name);
  }
  ::setenv("HOME", before.c_str(), 1);
  REQUIRE(answer.ok());
  CHECK(answer->body == "server");
  CHECK(server.requests().at(0).headers.count("authorization") == 0);
  CHECK(proxy.connections() == 0);
}

} // namespace
} // namespace afk::http
