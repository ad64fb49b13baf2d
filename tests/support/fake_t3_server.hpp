#pragma once
// The T3 Code server of the tests at a loopback port, for the program itself.

#include <support/fake_t3.hpp>
#include <support/loopback_server.hpp>

#include <fmt/format.h>

#include <string>

namespace afk::test {

// What a loopback server says for the one in memory, which outlives it.
inline LoopbackServer::Script serve_t3(FakeT3& server) {
  return [&server](const ReceivedRequest& request) -> ServerAnswer {
    const auto answer = server.handle({request.method, request.target, request.headers, request.body});
    if (!answer)
      return {"", ServerAnswer::End::hang};
    std::string headers;
    for (const http::Header& header : answer->headers)
      headers += header.name + ": " + header.value + "\r\n";
    return {render_answer(fmt::format("{} Answer", answer->status), answer->body, headers), ServerAnswer::End::keep};
  };
}

} // namespace afk::test
