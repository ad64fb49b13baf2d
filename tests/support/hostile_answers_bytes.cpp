// Encodings, answers that break off and answers that take their time.

#include <support/gzip.hpp>
#include <support/hostile_answers.hpp>

#include <fmt/format.h>

namespace afk::test {
namespace {

using std::chrono::milliseconds;

std::string with_coding(std::string_view coding, std::string_view body) {
  return render_json_answer(body, "200 OK", fmt::format("Content-Encoding: {}\r\n", coding));
}

// Byte after byte, for longer than anybody waits.
StreamServer::Session trickle(std::string bytes, std::string forever) {
  return [bytes = std::move(bytes), forever = std::move(forever)](Stream& stream) {
    std::string buffer;
    if (!read_http_request(stream, buffer)) {
      return;
    }
    for (const char byte : bytes) {
      if (!stream.write({&byte, 1}) || !stream.pause(milliseconds(20))) {
        return;
      }
    }
    while (stream.write(forever) && stream.pause(milliseconds(10))) {
    }
  };
}

} // namespace

void add_encoding_cases(HostileCases& cases, const HostileWorld& world) {
  const std::string& good = world.probe.good_body;
  const std::string packed = gzip_stored(good);
  std::string wrong_sum = packed;
  wrong_sum[wrong_sum.size() - 6] = static_cast<char>(wrong_sum[wrong_sum.size() - 6] ^ 1);
  const auto add = [&](std::string name, std::string bytes, std::optional<ErrorKind> kind) {
    cases.push_back(
        {.group = "encoding", .name = std::move(name), .session = answer_all(std::move(bytes)), .kind = kind});
  };
  using enum ErrorKind;
  add("gzip", with_coding("gzip", packed), std::nullopt);
  add("no coding at all", with_coding("identity", good), std::nullopt);
  add("gzip of nothing", with_coding("gzip", gzip_stored("")), malformed);
  add("a bomb of 8 MiB", with_coding("gzip", gzip_bomb(std::size_t{8} << 20)), too_large);
  add("a bomb of 1 GiB", with_coding("gzip", gzip_bomb(std::size_t{1} << 30)), too_large);
  add("a bomb inside a wrapping", with_coding("gzip, gzip", gzip_stored(gzip_bomb(std::size_t{8} << 20))), too_large);
  add("twice", with_coding("gzip, gzip", gzip_stored(packed)), std::nullopt);
  std::string wrapped = good;
  std::string codings;
  for (int layer = 0; layer < 12; ++layer) {
    wrapped = gzip_stored(wrapped);
    codings += layer == 0 ? "gzip" : ", gzip";
  }
  add("twelve times", with_coding(codings, wrapped), malformed);
  add("broken off", with_coding("gzip", packed.substr(0, packed.size() / 2)), malformed);
  add("with a wrong sum", with_coding("gzip", wrong_sum), malformed);
  add("not packed at all", with_coding("gzip", good), malformed);
  add("noise", with_coding("gzip", "\x1f\x8b\x08\xff noise noise noise"), malformed);
  add("a coding that nobody knows", with_coding("mystery", good), malformed);
  add("a coding that nobody asked for", with_coding("br", "\xff\xff\xff\xff"), malformed);
  add("raw deflate that is none", with_coding("deflate", "\xff\xff\xff\xff"), malformed);
  add("packed and not said", render_json_answer(packed), malformed);
  add("UTF-16",
      fmt::format("HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-16\r\nContent-Length: {}\r\n\r\n{}",
                  good.size(), good),
      malformed);
  add("Latin-1",
      fmt::format("HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=\"ISO-8859-1\"\r\n\r\n{}", good),
      malformed);
}

void add_truncated_cases(HostileCases& cases, const HostileWorld& world) {
  const std::string whole = render_json_answer(world.probe.good_body);
  const auto add = [&](std::string name, std::string bytes, End end, ErrorKind kind = ErrorKind::unreachable) {
    cases.push_back(
        {.group = "truncated", .name = std::move(name), .session = answer_all(std::move(bytes), end), .kind = kind});
  };
  const std::size_t body = whole.find("\r\n\r\n") + 4;
  const std::vector<std::pair<const char*, std::size_t>> places = {{"before anything", 0},
                                                                   {"inside the protocol", 4},
                                                                   {"inside the status", 10},
                                                                   {"behind the status line", 17},
                                                                   {"inside a header's name", 22},
                                                                   {"inside a header's value", 40},
                                                                   {"before the empty line", body - 2},
                                                                   {"before the body", body},
                                                                   {"inside the body", body + 5},
                                                                   {"before the last byte", whole.size() - 1}};
  for (const auto& [name, length] : places) {
    add(fmt::format("{}, closed", name), whole.substr(0, length), End::close);
    add(fmt::format("{}, reset", name), whole.substr(0, length), End::reset);
  }
  const std::string chunked = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  add("inside the size of a chunk", chunked + "1", End::close);
  add("inside a chunk", chunked + "ff\r\n[", End::close);
  add("behind a chunk", chunked + fmt::format("{:x}\r\n{}\r\n", world.probe.good_body.size(), world.probe.good_body),
      End::close);
  add("inside the trailers", chunked + "2\r\n[]\r\n0\r\nX-Trailer: a", End::close);
  // Nothing but the text itself tells where it ends.
  add("inside a body without a length",
      render_raw_answer("Content-Type: application/json\r\n", whole.substr(body, whole.size() - body - 1)), End::close,
      ErrorKind::malformed);
}

void add_slow_cases(HostileCases& cases, const HostileWorld& world) {
  const std::string whole = render_json_answer(world.probe.good_body);
  const auto add = [&](std::string name, StreamServer::Session session,
                       std::shared_ptr<const TlsContext> tls = nullptr) {
    cases.push_back({.group = "slow",
                     .name = std::move(name),
                     .session = std::move(session),
                     .kind = ErrorKind::unreachable,
                     .tls = std::move(tls),
                     .is_slow = true});
  };
  add("nothing ever", answer_all("", End::hang));
  add("not even read", [](Stream& stream) { stream.hang(); });
  add("the status alone", answer_all("HTTP/1.1 200 OK\r\n", End::hang));
  add("half of the headers", answer_all(whole.substr(0, 40), End::hang));
  add("the headers alone", answer_all(whole.substr(0, whole.find("\r\n\r\n") + 4), End::hang));
  add("all but a byte", answer_all(whole.substr(0, whole.size() - 1), End::hang));
  add("an interim answer alone", answer_all("HTTP/1.1 100 Continue\r\n\r\n", End::hang));
  add("a chunk that never ends", answer_all("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[", End::hang));
  add("a body until the end, which never comes",
      answer_all(render_raw_answer("Content-Type: application/json\r\n", world.probe.good_body), End::hang));
  add("a byte now and then", trickle(whole, " "));
  add("headers now and then", trickle("HTTP/1.1 200 OK\r\n", "X: y\r\n"));
  add("interim answers now and then", trickle("", "HTTP/1.1 103 Early\r\n\r\n"));
  add("chunks now and then", trickle("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"));
  add("no answer over TLS", [](Stream& stream) { stream.hang(); }, world.trusted);
  add("HTTP/2 without a word", [](Stream& stream) { stream.hang(); }, world.trusted);
}

} // namespace afk::test
