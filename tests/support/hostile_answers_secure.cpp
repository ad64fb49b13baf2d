// Faults below HTTP/1.1: in TLS and in the frames of HTTP/2.

#include <support/hostile_answers.hpp>
#include <support/http2_frames.hpp>

#include <fmt/format.h>

namespace afk::test {
namespace {

using http2::ErrorCode;
using http2::Frame;
using http2::FrameType;
using http2::Headers;
using http2::Next;
using http2::Reply;

std::shared_ptr<const TlsContext> make_context(TlsOptions options) {
  return std::make_shared<TlsContext>(options);
}

// Answers by frames, after a greeting of its own.
StreamServer::Session frames(std::function<Reply(std::uint32_t stream)> respond,
                             std::string greeting = http2::settings()) {
  return [server = http2::Server{.greeting = std::move(greeting), .respond = std::move(respond)}](Stream& stream) {
    server.serve(stream);
  };
}

std::string headers_frame(std::uint32_t stream, std::string block, std::uint8_t flags = http2::end_headers) {
  return http2::render({.type = FrameType::headers, .flags = flags, .stream = stream, .payload = std::move(block)});
}

std::string data_frame(std::uint32_t stream, std::string bytes, std::uint8_t flags = http2::end_stream) {
  return http2::render({.type = FrameType::data, .flags = flags, .stream = stream, .payload = std::move(bytes)});
}

// What most cases of HTTP/2 differ in.
class Http2Group {
 public:
  Http2Group(HostileCases& cases, const HostileWorld& world) : cases_(cases), world_(world) {}

  void add(std::string name, std::function<Reply(std::uint32_t stream)> respond, std::optional<ErrorKind> kind,
           std::string greeting = http2::settings()) {
    add_session(std::move(name), frames(std::move(respond), std::move(greeting)), kind);
  }

  void add_session(std::string name, StreamServer::Session session, std::optional<ErrorKind> kind) {
    cases_.push_back({.group = "HTTP/2 frames",
                      .name = std::move(name),
                      .session = std::move(session),
                      .kind = kind,
                      .tls = world_.trusted});
  }

  // The last case may be called malformed too.
  void or_malformed() { cases_.back().or_kind = ErrorKind::malformed; }

  // A whole answer with these headers.
  void add_headers(std::string name, const Headers& headers, std::optional<ErrorKind> kind) {
    add(
        std::move(name),
        [headers, good = world_.probe.good_body](std::uint32_t stream) {
          return Reply{.bytes = http2::answer(stream, good, headers)};
        },
        kind);
  }

  // The same bytes for every request, then the connection goes on, closes or whatever is said.
  void add_bytes(std::string name, const std::function<std::string(std::uint32_t)>& bytes,
                 std::optional<ErrorKind> kind, Next next = Next::hang) {
    add(
        std::move(name), [bytes, next](std::uint32_t stream) { return Reply{.bytes = bytes(stream), .next = next}; },
        kind);
  }

 private:
  HostileCases& cases_;
  const HostileWorld& world_;
};

const Headers json_headers = {{":status", "200"}, {"content-type", "application/json"}};

Headers with(Headers more) {
  Headers all = json_headers;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

void add_reset_cases(Http2Group& group, const std::string& good) {
  using enum ErrorKind;
  for (const auto& [name, code] :
       std::vector<std::pair<const char*, ErrorCode>>{{"no error", ErrorCode::no_error},
                                                      {"a protocol error", ErrorCode::protocol_error},
                                                      {"an internal error", ErrorCode::internal_error},
                                                      {"refused", ErrorCode::refused_stream},
                                                      {"cancelled", ErrorCode::cancel},
                                                      {"be calm", ErrorCode::enhance_your_calm}}) {
    group.add_bytes(
        fmt::format("RST_STREAM: {}", name), [code](std::uint32_t id) { return http2::reset(id, code); }, unreachable,
        Next::go_on);
    group.add_bytes(
        fmt::format("GOAWAY: {}", name), [code](std::uint32_t) { return http2::goaway(0, code); }, unreachable,
        Next::close);
  }
  group.add_bytes(
      "RST_STREAM inside the body",
      [good](std::uint32_t id) {
        return headers_frame(id, http2::encode(json_headers)) + data_frame(id, good, 0) +
               http2::reset(id, ErrorCode::internal_error);
      },
      unreachable, Next::go_on);
  group.add_bytes(
      "GOAWAY behind the answer",
      [good](std::uint32_t id) {
        return http2::answer(id, good, json_headers) + http2::goaway(id, ErrorCode::no_error);
      },
      std::nullopt, Next::close);
  group.add_bytes(
      "closed inside the body",
      [good](std::uint32_t id) { return headers_frame(id, http2::encode(json_headers)) + data_frame(id, good, 0); },
      unreachable, Next::close);
  group.add_bytes(
      "closed behind the headers", [](std::uint32_t id) { return headers_frame(id, http2::encode(json_headers)); },
      unreachable, Next::close);
  group.add_bytes("closed before anything", [](std::uint32_t) { return std::string(); }, unreachable, Next::close);
  group.add_bytes("reset before anything", [](std::uint32_t) { return std::string(); }, unreachable, Next::reset);
}

void add_frame_cases(Http2Group& group, const std::string& good) {
  using enum ErrorKind;
  group.add_bytes(
      "a frame of 16 MiB", [](std::uint32_t) { return std::string("\xff\xff\xff\0\0\0\0\0\1", 9); }, unreachable);
  group.add_bytes("DATA before HEADERS", [good](std::uint32_t id) { return data_frame(id, good); }, unreachable);
  group.add_bytes("DATA of no stream", [good](std::uint32_t) { return data_frame(0, good); }, unreachable);
  group.add_bytes(
      "DATA of a stream that nobody opened", [good](std::uint32_t) { return data_frame(99, good); }, unreachable);
  group.add_bytes(
      "HEADERS of the server's own", [](std::uint32_t) { return headers_frame(2, http2::encode(json_headers)); },
      unreachable);
  group.add_bytes(
      "a promise that nobody wanted",
      [](std::uint32_t id) {
        return http2::render({.type = FrameType::push_promise,
                              .flags = http2::end_headers,
                              .stream = id,
                              .payload = http2::number32(2) + http2::encode(json_headers)});
      },
      unreachable);
  group.add_bytes(
      "a window that grows by nothing",
      [](std::uint32_t) {
        return http2::render(
            {.type = FrameType::window_update, .flags = 0, .stream = 0, .payload = http2::number32(0)});
      },
      unreachable);
  group.add_bytes(
      "a window beyond its limit",
      [](std::uint32_t) {
        return http2::render(
            {.type = FrameType::window_update, .flags = 0, .stream = 0, .payload = http2::number32(0x7fffffff)});
      },
      unreachable);
  group.add_bytes(
      "settings of five bytes",
      [](std::uint32_t) {
        return http2::render({.type = FrameType::settings, .flags = 0, .stream = 0, .payload = "12345"});
      },
      unreachable);
  group.add_bytes(
      "a ping of three bytes",
      [](std::uint32_t) { return http2::render({.type = FrameType::ping, .flags = 0, .stream = 0, .payload = "123"}); },
      unreachable);
  group.add_bytes(
      "a continuation of nothing",
      [](std::uint32_t id) {
        return http2::render({.type = FrameType::continuation, .flags = 0, .stream = id, .payload = "x"});
      },
      unreachable);
  group.add_bytes(
      "headers that cannot be unpacked", [](std::uint32_t id) { return headers_frame(id, "\xff\xff\xff\xff\xff"); },
      unreachable);
  group.add_bytes(
      "HTTP/1.1 behind the agreement", [good](std::uint32_t) { return render_json_answer(good); }, unreachable);
}

void add_message_cases(Http2Group& group, const std::string& good) {
  using enum ErrorKind;
  group.add_headers("no status", {{"content-type", "application/json"}}, unreachable);
  group.or_malformed();
  group.add_headers("a status of letters", {{":status", "abc"}}, unreachable);
  group.add_headers("a status behind the headers", {{"content-type", "application/json"}, {":status", "200"}},
                    unreachable);
  group.or_malformed();
  group.add_headers("capitals in a name", with({{"X-One", "a"}}), unreachable);
  group.add_headers("a header of the connection", with({{"connection", "keep-alive"}}), unreachable);
  group.add_headers("a coding of HTTP/1.1", with({{"transfer-encoding", "chunked"}}), unreachable);
  group.add_headers("a line end in a value", with({{"x-one", "a\r\nx-two: b"}}), unreachable);
  group.add_headers("a NUL in a value", with({{"x-one", std::string("a\0b", 3)}}), unreachable);
  group.add_headers("a blank in a name", with({{"x one", "a"}}), unreachable);
  group.add_headers("more than its length says", with({{"content-length", "1"}}), unreachable);
  group.add_headers("less than its length says", with({{"content-length", "60000"}}), unreachable);
  group.add_headers("400 KiB of headers", with({{"x-one", std::string(400000, 'x')}}), unreachable);
  group.add_headers("500", {{":status", "500"}}, unreachable);
  group.add_headers("600", {{":status", "600"}}, malformed);
  group.add_headers("a list", json_headers, std::nullopt);
  group.add_bytes(
      "a body of 1 MiB",
      [](std::uint32_t id) { return http2::answer(id, std::string(std::size_t{1} << 20, ' '), json_headers); },
      too_large);
  group.add_bytes(
      "trailers of another type",
      [good](std::uint32_t id) {
        return headers_frame(id, http2::encode(json_headers)) + data_frame(id, good, 0) +
               headers_frame(id, http2::encode({{"content-type", "text/html"}}),
                             http2::end_headers | http2::end_stream);
      },
      std::nullopt, Next::go_on);
}

void add_greeting_cases(Http2Group& group, const std::string& good) {
  using enum ErrorKind;
  const auto answer_right = [good](std::uint32_t stream) {
    return Reply{.bytes = http2::answer(stream, good, json_headers)};
  };
  group.add("noise for a greeting", answer_right, unreachable, "this is noise and no frame of any kind at all");
  group.add("HTTP/1.1 for a greeting", answer_right, unreachable, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  group.add("no greeting", answer_right, unreachable, "");
  group.add("settings out of range", answer_right, unreachable, http2::settings({{2, 7}}));
  group.add("a window out of range", answer_right, unreachable, http2::settings({{4, 0xffffffffU}}));
  group.add("GOAWAY for a greeting", answer_right, unreachable,
            http2::settings() + http2::goaway(0, ErrorCode::enhance_your_calm));
  group.add("settings that nobody knows", answer_right, std::nullopt, http2::settings({{0x4242, 1}}));
  group.add("one stream at a time", answer_right, std::nullopt, http2::settings({{3, 1}}));
  group.add_session("closed behind the agreement", [](Stream&) {}, unreachable);
}

} // namespace

void add_tls_cases(HostileCases& cases, const HostileWorld& world) {
  const auto right = answer_all(render_json_answer(world.probe.good_body));
  const auto add = [&](std::string name, TlsOptions options, std::optional<ErrorKind> kind = ErrorKind::unreachable) {
    options.protocols = {"http/1.1"};
    cases.push_back({.group = "TLS",
                     .name = std::move(name),
                     .session = right,
                     .kind = kind,
                     .tls = make_context(std::move(options))});
  };
  const auto add_plain = [&](std::string name, StreamServer::Session session, bool is_slow = false) {
    cases.push_back({.group = "TLS",
                     .name = std::move(name),
                     .session = std::move(session),
                     .kind = ErrorKind::unreachable,
                     .tls = nullptr,
                     .is_slow = is_slow,
                     .speaks_tls = true});
  };
  const std::string stranger = make_certificate({.common_name = "stranger", .is_authority = true});
  add("the right certificate", {.certificate = world.certificate}, std::nullopt);
  add("a certificate that nobody signed", {.certificate = make_certificate()});
  add("a certificate of a strange authority", {.certificate = make_certificate({.signer = stranger})});
  add("no certificate", {});
  add("TLS 1.1", {.certificate = world.certificate, .highest_version = 0x0302});
  add("TLS 1.0", {.certificate = world.certificate, .highest_version = 0x0301});
  add("ciphers without encryption", {.certificate = world.certificate, .ciphers = "eNULL"});
  add("ciphers without a certificate", {.certificate = world.certificate, .ciphers = "aNULL"});
  add("asks who we are", {.certificate = world.certificate, .client_authority = stranger});
  const auto add_signed = [&](std::string name, CertificateOptions options) {
    options.signer = world.authority;
    add(std::move(name), {.certificate = make_certificate(options)});
  };
  add_signed("another name", {.names = {"DNS:other.example"}});
  add_signed("another address", {.names = {"IP:127.0.0.2"}});
  add_signed("the address as a name", {.names = {"DNS:127.0.0.1"}});
  add_signed("a wildcard", {.names = {"DNS:*"}});
  add_signed("run out", {.valid_from = -7200, .valid_until = -3600});
  add_signed("not yet valid", {.valid_from = 3600});
  add_signed("for clients", {.for_clients = true});
  add_plain("HTTP in plain text", answer_all(render_json_answer(world.probe.good_body)), true);
  add_plain("an answer to the greeting in plain text", [](Stream& stream) {
    stream.read();
    stream.write("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  add_plain("noise", [](Stream& stream) {
    stream.read();
    stream.write("\x16\x03\x03\xff\xff noise noise noise");
  });
  add_plain("closed at once", [](Stream&) {});
  add_plain("closed behind the greeting", [](Stream& stream) { stream.read(); });
  add_plain("reset behind the greeting", [](Stream& stream) {
    stream.read();
    stream.reset();
  });
  add_plain("an alert", [](Stream& stream) {
    stream.read();
    stream.write({"\x15\x03\x03\x00\x02\x02\x28", 7});
  });
  add_plain("no word", [](Stream& stream) { stream.hang(); }, true);
  add_plain(
      "a record now and then",
      [](Stream& stream) {
        stream.read();
        while (stream.write({"\x16", 1}) && stream.pause(std::chrono::milliseconds(20))) {
        }
      },
      true);
  // Not every version of libcurl reports a cut: where no length is said, the text has to tell that it is whole.
  const auto add_cut = [&](std::string name, std::string bytes, ErrorKind kind) {
    cases.push_back({.group = "TLS",
                     .name = std::move(name),
                     .session =
                         [bytes = std::move(bytes)](Stream& stream) {
                           std::string buffer;
                           if (read_http_request(stream, buffer)) {
                             stream.write(bytes);
                             stream.cut();
                           }
                         },
                     .kind = kind,
                     .tls = make_context({.certificate = world.certificate, .protocols = {"http/1.1"}})});
  };
  const std::string whole = render_json_answer(world.probe.good_body);
  const std::string& good = world.probe.good_body;
  add_cut("cut inside the headers", whole.substr(0, 30), ErrorKind::unreachable);
  add_cut("cut inside the body", whole.substr(0, whole.size() - 1), ErrorKind::unreachable);
  add_cut("cut inside a body without a length",
          render_raw_answer("Content-Type: application/json\r\n", good.substr(0, good.size() - 1)),
          ErrorKind::malformed);
  cases.back().or_kind = ErrorKind::unreachable; // newer versions report the cut
}

void add_http2_cases(HostileCases& cases, const HostileWorld& world) {
  Http2Group group(cases, world);
  const std::string& good = world.probe.good_body;
  add_greeting_cases(group, good);
  add_reset_cases(group, good);
  add_frame_cases(group, good);
  add_message_cases(group, good);
}

} // namespace afk::test
