#pragma once
// A transport without a network: what each request gets is written down beforehand, in the order in which the same
// request comes again. A request that nobody expected and an answer that nobody fetched fail the test.

#include <afk/http/transport.hpp>

#include <support/catch.hpp>

#include <deque>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace afk::test {

class ScriptedTransport final : public http::Transport {
 public:
  // "GET https://forge.example/path"
  static std::string render(const http::Request& request) {
    return std::string(http::render_method(request.method)) + " " + http::render_url(request.url);
  }

  void expect(const std::string& request, Result<http::Response> answer) {
    script_[request].push_back(std::move(answer));
  }

  std::vector<Result<http::Response>> exchange(std::span<const http::Request> requests) override {
    std::vector<std::string> batch;
    std::vector<Result<http::Response>> answers;
    for (const http::Request& request : requests) {
      batch.push_back(render(request));
      auto& left = script_[batch.back()];
      if (left.empty()) {
        throw std::logic_error("nobody expected " + batch.back());
      }
      answers.push_back(std::move(left.front()));
      left.pop_front();
      sent.push_back(request);
    }
    batches.push_back(std::move(batch));
    return answers;
  }

  void check_all_used() const {
    for (const auto& [request, left] : script_) {
      CAPTURE(request);
      CHECK(left.empty());
    }
  }

  std::vector<std::vector<std::string>> batches;
  std::vector<http::Request> sent;

 private:
  std::map<std::string, std::deque<Result<http::Response>>> script_;
};

[[nodiscard]] inline http::Request make_request(const std::string& url, http::Method method = http::Method::get) {
  http::Request request;
  request.method = method;
  request.url = http::parse_url(url).value();
  return request;
}

[[nodiscard]] inline http::Response make_response(int status, std::vector<http::Header> headers = {},
                                                  std::string body = "") {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

[[nodiscard]] inline Error make_unreachable() {
  return Error{.kind = ErrorKind::unreachable, .message = "the connection closed"};
}

} // namespace afk::test
