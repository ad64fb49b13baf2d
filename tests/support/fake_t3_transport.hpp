#pragma once
// The way to a T3 Code server in memory, and what can go wrong on it. May be used by several threads at once.

#include <afk/http/transport.hpp>

#include <support/fake_t3.hpp>

#include <algorithm>
#include <cctype>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace afk::test {

enum class T3Fate : std::uint8_t {
  works,
  killed_before, // the server dies before the request reaches it, and comes back
  killed_after,  // it dies when it has taken the request and done nothing of what follows from it
  answer_lost,   // everything is done, and nobody hears of it
  delayed,       // the request arrives, but long after everybody has given up
  wrong_server,  // another server answers
  hangs,         // neither is it done nor answered
};

class FakeT3Transport final : public http::Transport {
 public:
  explicit FakeT3Transport(FakeT3& server, FakeT3* other = nullptr) : server_(server), other_(other) {}

  // Decides for each request, with its number from 1.
  std::function<T3Fate(int number, const http::Request& request)> judge = [](int, const http::Request&) {
    return T3Fate::works;
  };

  std::vector<Result<http::Response>> exchange(std::span<const http::Request> requests) override {
    std::vector<Result<http::Response>> answers;
    for (const http::Request& request : requests)
      answers.push_back(carry_out(request));
    return answers;
  }

  // What was delayed arrives now.
  void deliver_delayed() {
    std::vector<T3CallView> calls;
    {
      const std::lock_guard lock(mutex_);
      calls.swap(delayed_);
    }
    for (const T3CallView& call : calls)
      static_cast<void>(server_.handle(call));
  }

  [[nodiscard]] int requests() const {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(seen_.size());
  }

  // "GET /api/orchestration/shell", in order.
  [[nodiscard]] std::vector<std::string> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  Result<http::Response> carry_out(const http::Request& request) {
    if (auto legal = http::check_request(request); !legal)
      return std::move(legal).error();
    T3CallView call = view(request);
    int number = 0;
    {
      const std::lock_guard lock(mutex_);
      seen_.push_back(call.method + " " + call.target);
      number = static_cast<int>(seen_.size());
    }
    const T3Fate fate = judge(number, request);
    switch (fate) {
    case T3Fate::works: {
      auto answer = answer_of(server_, call);
      if (answer && answer->body.size() > request.limits.body_bytes)
        return Error{ErrorKind::too_large, "the answer is too large"};
      return answer;
    }
    case T3Fate::wrong_server:
      return answer_of(*other_, call);
    case T3Fate::killed_before:
      server_.restart();
      break;
    case T3Fate::killed_after:
      server_.pause_reactor(true);
      static_cast<void>(server_.handle(call));
      server_.restart();
      break;
    case T3Fate::answer_lost:
      static_cast<void>(server_.handle(call));
      break;
    case T3Fate::delayed: {
      const std::lock_guard lock(mutex_);
      delayed_.push_back(std::move(call));
      break;
    }
    case T3Fate::hangs:
      break;
    }
    return silence();
  }

  static Result<http::Response> answer_of(FakeT3& server, const T3CallView& call) {
    auto answer = server.handle(call);
    return answer ? Result<http::Response>(std::move(*answer)) : silence();
  }

  static Result<http::Response> silence() { return Error{ErrorKind::unreachable, "no answer in time"}; }

  static T3CallView view(const http::Request& request) {
    T3CallView call{std::string(http::render_method(request.method)), request.url.target, {}, request.body};
    const auto add = [&](std::string name, std::string_view value) {
      std::ranges::transform(name, name.begin(),
                             [](unsigned char one) { return static_cast<char>(std::tolower(one)); });
      call.headers[name] = value;
    };
    for (const http::Header& header : request.headers)
      add(header.name, header.value);
    if (request.credential != nullptr)
      add(request.credential->header, request.credential->value.reveal());
    return call;
  }

  FakeT3& server_;
  FakeT3* other_;
  mutable std::mutex mutex_;
  std::vector<std::string> seen_;
  std::vector<T3CallView> delayed_;
};

} // namespace afk::test
