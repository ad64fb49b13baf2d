// Answers that send the reader elsewhere or ask it to wait.

#include <support/hostile_answers.hpp>

#include <fmt/format.h>

#include <atomic>

namespace afk::test {
namespace {

std::string redirect(std::string_view location, std::string_view status = "302 Found", std::string_view body = "") {
  return fmt::format("HTTP/1.1 {}\r\nLocation: {}\r\nContent-Length: {}\r\n\r\n{}", status, location, body.size(),
                     body);
}

std::string link(std::string_view body, std::string_view value) {
  return render_json_answer(body, "200 OK", fmt::format("Link: {}\r\n", value));
}

// Each answer leads to a new address.
StreamServer::Session lead_on(std::function<std::string(int count)> answer) {
  auto count = std::make_shared<std::atomic<int>>(0);
  return [answer = std::move(answer), count](Stream& stream) {
    std::string buffer;
    while (read_http_request(stream, buffer) && stream.write(answer((*count)++))) {
    }
  };
}

} // namespace

void add_redirect_cases(HostileCases& cases, const HostileWorld& world) {
  const std::string good = render_json_answer(world.probe.good_body);
  const auto add = [&](std::string name, StreamServer::Session session, std::optional<ErrorKind> kind) {
    cases.push_back({.group = "redirects", .name = std::move(name), .session = std::move(session), .kind = kind});
  };
  using enum ErrorKind;
  for (const char* status : {"301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"}) {
    add(fmt::format("{} to another port", status), answer_all(redirect(world.elsewhere + "/secret", status), End::keep),
        refused);
  }
  const std::string port = world.elsewhere.substr(world.elsewhere.rfind(':') + 1);
  const std::vector<std::pair<std::string, ErrorKind>> targets = {
      {"//127.0.0.1:" + port + "/", refused},
      {"http://localhost:" + port + "/", refused},
      {"http://127.0.0.2:" + port + "/", refused},
      {"http://[::1]:" + port + "/", refused},
      {"https://127.0.0.1:" + port + "/", refused},
      {"https://github.com/login?secret=1", refused},
      {"http://169.254.169.254/latest/meta-data/", malformed},
      {"http://[::ffff:169.254.169.254]/", malformed},
      {"http://example.org/", malformed},
      {"http://user:secret@127.0.0.1:" + port + "/", malformed},
      {"http://127.0.0.1:" + port + "@example.org/", malformed},
      {"file:///etc/passwd", malformed},
      {"gopher://127.0.0.1:70/_secret", malformed},
      {"javascript:alert(document.cookie)", malformed},
      {"data:application/json,[]", malformed},
      {"\\\\127.0.0.1\\secret", malformed},
      {"/a b", malformed},
      {"/\x80\x81", malformed},
      {"relative", malformed},
      {"", malformed},
      {"http://", malformed},
      {"http://127.0.0.1:99999/", malformed},
      {"/" + std::string(10000, 'a'), malformed},
  };
  for (const auto& [target, kind] : targets) {
    add("to " + (target.size() > 60 ? "10,000 letters" : target), answer_all(redirect(target), End::keep), kind);
  }
  add("nowhere", answer_all("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", End::keep), malformed);
  add("to two places",
      answer_all("HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n", End::keep),
      malformed);
  add("to itself", answer_all(redirect("/"), End::keep), refused);
  add("always further", lead_on([](int count) { return redirect(fmt::format("/{}", count)); }), refused);
  add("four times", answer_in_turn({redirect("/1"), redirect("/2"), redirect("/3"), redirect("/4"), good}), refused);
  add("three times", answer_in_turn({redirect("/1"), redirect("/2"), redirect("/3"), good}), std::nullopt);
  add("home first, then elsewhere", answer_in_turn({redirect("/1"), redirect(world.elsewhere + "/")}), refused);
  add("with a list beside it",
      answer_all(redirect(world.elsewhere + "/", "302 Found", world.probe.good_body), End::keep), refused);
  add("to an error", answer_in_turn({redirect("/1"), render_json_answer("", "500 Error")}), unreachable);
}

void add_link_cases(HostileCases& cases, const HostileWorld& world) {
  const std::string& good = world.probe.good_body;
  const auto add = [&](std::string name, StreamServer::Session session, std::optional<ErrorKind> kind) {
    cases.push_back({.group = "next pages", .name = std::move(name), .session = std::move(session), .kind = kind});
  };
  using enum ErrorKind;
  const std::string next = R"(</2>; rel="next")";
  add("elsewhere", answer_all(link(good, "<" + world.elsewhere + "/2>; rel=\"next\""), End::keep), refused);
  add("elsewhere by name", answer_all(link(good, R"(<https://evil.example/2>; rel="next")"), End::keep), refused);
  add("elsewhere on the second page",
      answer_in_turn({link(good, next), link(good, "<" + world.elsewhere + "/3>; rel=\"next\"")}), refused);
  add("in a file", answer_all(link(good, R"(<file:///etc/passwd>; rel="next")"), End::keep), malformed);
  add("at an address that is none", answer_all(link(good, R"(<http://>; rel="next")"), End::keep), malformed);
  add("in a header that is none", answer_all(link(good, R"(/2; rel="next")"), End::keep), malformed);
  add("in brackets without an end", answer_all(link(good, "</2"), End::keep), malformed);
  add("the same again", answer_all(link(good, next), End::keep), too_large);
  add("without end", lead_on([good](int count) { return link(good, fmt::format("</{}>; rel=\"next\"", count)); }),
      too_large);
  add("that is an error", answer_in_turn({link(good, next), render_json_answer("", "500 Error")}), unreachable);
  add("that is not there", answer_in_turn({link(good, next), render_json_answer("", "404 Not Found")}), not_found);
  add("that is a page for people",
      answer_in_turn({link(good, next), "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<p/>"}),
      malformed);
  add("that is no JSON", answer_in_turn({link(good, next), render_json_answer("[{")}), malformed);
  add("that is limited", answer_in_turn({link(good, next), render_json_answer("", "429 Too Many")}), rate_limited);
  add("that redirects elsewhere", answer_in_turn({link(good, next), redirect(world.elsewhere + "/3")}), refused);
  add("of 16 MiB", answer_in_turn({link(good, next), render_json_answer(std::string(std::size_t{16} << 20, ' '))}),
      too_large);
  add("that is none of the links", answer_all(link(good, R"(</2>; rel="prev", </3>; rel="nextish")"), End::keep),
      std::nullopt);
  add("that is empty", answer_in_turn({link(good, next), render_json_answer("[]")}), std::nullopt);
}

void add_rate_limit_cases(HostileCases& cases, const HostileWorld& world) {
  const std::string& good = world.probe.good_body;
  const auto add = [&](std::string name, std::string_view status, std::string_view headers,
                       std::optional<ErrorKind> kind, std::string_view body = "") {
    cases.push_back({.group = "rate limits",
                     .name = std::move(name),
                     .session = answer_all(render_json_answer(kind ? body : good, status, headers), End::keep),
                     .kind = kind});
  };
  using enum ErrorKind;
  add("429 without a word", "429 Too Many", "", rate_limited);
  add("429 for the year 9999", "429 Too Many", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n", rate_limited);
  add("429 for longer than time", "429 Too Many", "Retry-After: 99999999999999999999\r\n", rate_limited);
  add("429 for a negative time", "429 Too Many", "Retry-After: -1\r\n", rate_limited);
  add("429 until long ago", "429 Too Many", "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n", rate_limited);
  add("429 until letters", "429 Too Many", "Retry-After: later\r\n", rate_limited);
  add("429 twice", "429 Too Many", "Retry-After: 1\r\nRetry-After: 99999\r\n", rate_limited);
  add("403 with nothing left", "403 Forbidden", "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1795176060\r\n",
      rate_limited);
  add("403 with nothing left for ever", "403 Forbidden",
      "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 9223372036854775807\r\n", rate_limited);
  add("403 with nothing left since 1970", "403 Forbidden", "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 0\r\n",
      rate_limited);
  add("403 with a time to wait", "403 Forbidden", "Retry-After: 60\r\n", rate_limited);
  add("403 that says it in words", "403 Forbidden", "", rate_limited,
      R"({"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."})");
  add("403 with less than nothing left", "403 Forbidden", "X-RateLimit-Remaining: -5\r\n", forbidden);
  add("403 with much left", "403 Forbidden", "X-RateLimit-Remaining: 4999\r\n", forbidden);
  add("404 with nothing left", "404 Not Found", "X-RateLimit-Remaining: 0\r\n", not_found);
  add("401 with a time to wait", "401 Unauthorized", "Retry-After: 60\r\n", unauthorized);
  add("503 for longer than the tick", "503 Unavailable", "Retry-After: 86400\r\n", unreachable);
  add("503 for longer than time", "503 Unavailable", "Retry-After: 99999999999999999999\r\n", unreachable);
  add("a list with limits of letters", "200 OK",
      "X-RateLimit-Limit: many\r\nX-RateLimit-Remaining: some\r\nX-RateLimit-Reset: soon\r\n", std::nullopt);
  add("a list with limits that contradict each other", "200 OK",
      "X-RateLimit-Limit: 5\r\nX-RateLimit-Remaining: 5000\r\nX-RateLimit-Reset: 1\r\n", std::nullopt);
  add("a list with a policy of noise", "200 OK", "RateLimit: \";;,\"=;r=x;t\r\nRateLimit-Policy: ,,,\r\n",
      std::nullopt);
}

} // namespace afk::test
