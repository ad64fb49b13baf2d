// Statuses, framing, headers and sizes: what is wrong with the message itself.

#include <support/hostile_answers.hpp>

#include <fmt/format.h>

namespace afk::test {
namespace {

constexpr std::string_view json = "Content-Type: application/json\r\n";

std::string repeat(std::string_view text, std::size_t count) {
  std::string all;
  for (std::size_t index = 0; index < count; ++index) {
    all += text;
  }
  return all;
}

std::string chunk(std::string_view bytes) {
  return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes);
}

// Adds cases of one group over plain HTTP/1.1.
class Group {
 public:
  Group(HostileCases& cases, std::string name) : cases_(cases), name_(std::move(name)) {}

  void add(std::string name, std::string bytes, std::optional<ErrorKind> kind, End end = End::close) {
    cases_.push_back(
        {.group = name_, .name = std::move(name), .session = answer_all(std::move(bytes), end), .kind = kind});
  }

 private:
  HostileCases& cases_;
  std::string name_;
};

} // namespace

void add_status_cases(HostileCases& cases, const HostileWorld& world) {
  Group group(cases, "status");
  const std::string& good = world.probe.good_body;
  using enum ErrorKind;
  const std::vector<std::pair<const char*, ErrorKind>> statuses = {{"300 Multiple Choices", refused},
                                                                   {"304 Not Modified", refused},
                                                                   {"305 Use Proxy", refused},
                                                                   {"306 Unused", refused},
                                                                   {"400 Bad Request", refused},
                                                                   {"401 Unauthorized", unauthorized},
                                                                   {"402 Payment Required", refused},
                                                                   {"403 Forbidden", forbidden},
                                                                   {"404 Not Found", not_found},
                                                                   {"405 Method Not Allowed", refused},
                                                                   {"407 Proxy Authentication", refused},
                                                                   {"408 Timeout", unreachable},
                                                                   {"409 Conflict", conflict},
                                                                   {"410 Gone", not_found},
                                                                   {"413 Too Large", too_large},
                                                                   {"418 Teapot", refused},
                                                                   {"422 Unprocessable", refused},
                                                                   {"425 Too Early", unreachable},
                                                                   {"429 Too Many", rate_limited},
                                                                   {"451 Legal Reasons", refused},
                                                                   {"499 Odd", refused},
                                                                   {"500 Error", unreachable},
                                                                   {"501 Not Implemented", unreachable},
                                                                   {"502 Bad Gateway", unreachable},
                                                                   {"503 Unavailable", unreachable},
                                                                   {"504 Timeout", unreachable},
                                                                   {"511 Network Login", unreachable},
                                                                   {"599 Last", unreachable}};
  for (const auto& [status, kind] : statuses) {
    group.add(fmt::format("{} with a list", status), render_json_answer(good, status), kind);
  }
  group.add("600", render_json_answer(good, "600 Beyond"), malformed);
  group.add("999", render_json_answer(good, "999 Denied"), malformed);
  group.add("099", render_json_answer(good, "099 Below"), malformed);
  group.add("101 that nobody asked for", render_json_answer(good, "101 Switching Protocols"), unreachable);
  group.add("204 instead of a list", "HTTP/1.1 204 No Content\r\n\r\n", malformed);
  group.add("201 with a list", render_json_answer(good, "201 Created"), std::nullopt);
  group.add("404 without a word", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", not_found);
  group.add("a reason that a terminal would obey", render_json_answer("", "403 \x1b[2Jsecret"), forbidden);
}

void add_framing_cases(HostileCases& cases, const HostileWorld& world) {
  Group group(cases, "framing");
  const std::string& good = world.probe.good_body;
  using enum ErrorKind;
  const auto with = [&](std::string_view headers, std::string_view rest) {
    return render_raw_answer(std::string(json) + std::string(headers), rest);
  };
  const auto in_chunks = [&](std::string_view rest) { return with("Transfer-Encoding: chunked\r\n", rest); };
  group.add("TLS in plain text", "\x16\x03\x01\x02\x00 hello\r\n\r\n", malformed);
  group.add("HTTP/0.9", good, malformed);
  group.add("another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n", malformed);
  group.add("lower case", "http/1.1 200 OK\r\n\r\n" + good, malformed);
  group.add("a version that nobody knows", "HTTP/9.9 200 OK\r\n" + std::string(json) + "\r\n" + good, malformed);
  group.add("a status of two digits", "HTTP/1.1 20 OK\r\n" + std::string(json) + "\r\n" + good, malformed);
  group.add("a status of letters", "HTTP/1.1 abc OK\r\n" + std::string(json) + "\r\n" + good, malformed);
  group.add("a negative length", with("Content-Length: -5\r\n", good), malformed);
  group.add("a length of letters", with("Content-Length: ten\r\n", good), malformed);
  group.add("a length in hexadecimal", with("Content-Length: 0x10\r\n", good), malformed);
  group.add("a length beyond 64 bits", with("Content-Length: 99999999999999999999\r\n", good), malformed);
  group.add("a length of 8 EiB", with("Content-Length: 9223372036854775807\r\n", good), malformed);
  group.add("two lengths", with("Content-Length: 5\r\nContent-Length: 6\r\n", good), malformed);
  group.add("two lengths in one line", with("Content-Length: 5, 6\r\n", good), malformed);
  group.add(
      "a length and chunks",
      with(fmt::format("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", good.size()), chunk(good) + "0\r\n\r\n"),
      malformed);
  group.add("a coding that nobody knows", with("Transfer-Encoding: mystery\r\n", good), malformed);
  group.add("more than its length says", render_json_answer(good) + render_json_answer("[]"), std::nullopt);
  group.add("a second answer that nobody asked for", render_json_answer(good) + render_json_answer("[]"), std::nullopt,
            End::keep);
  group.add("a chunk whose size is none", in_chunks("zz\r\n" + good), unreachable);
  group.add("a negative chunk", in_chunks("-5\r\n" + good), unreachable);
  group.add("a chunk beyond 64 bits", in_chunks("fffffffffffffffff\r\n" + good), unreachable);
  group.add("a chunk of 8 EiB", in_chunks("7fffffffffffffff\r\n" + good), unreachable);
  group.add("a chunk longer than it says", in_chunks(fmt::format("{:x}\r\n{}xx\r\n0\r\n\r\n", good.size(), good)),
            unreachable);
  group.add(
      "chunks of one byte",
      [&] {
        std::string all;
        for (const char byte : good) {
          all += chunk({&byte, 1});
        }
        return in_chunks(all + "0\r\n\r\n");
      }(),
      std::nullopt);
  group.add("chunks with trailers", in_chunks(chunk(good) + "0\r\nContent-Type: text/html\r\n\r\n"), std::nullopt);
  group.add("until the end of the connection", with("", good), std::nullopt);
  group.add("line feeds alone", "HTTP/1.1 200 OK\nContent-Type: application/json\n\n" + good, std::nullopt);
}

void add_header_cases(HostileCases& cases, const HostileWorld& world) {
  Group group(cases, "headers");
  const std::string& good = world.probe.good_body;
  using enum ErrorKind;
  const auto with = [&](std::string_view headers) { return render_json_answer(good, "200 OK", headers); };
  using namespace std::string_view_literals;
  group.add("a folded line", with("X-One: a\r\n Content-Type: text/html\r\n"), malformed);
  group.add("a line folded by a tab", with("X-One: a\r\n\tb\r\n"), malformed);
  group.add("no colon", with("this is no header\r\n"), malformed);
  group.add("no name", with(": value\r\n"), malformed);
  group.add("a blank before the colon", with("X-One : a\r\n"), malformed);
  group.add("a name with a blank", with("X One: a\r\n"), malformed);
  group.add("a name beyond ASCII", with("X-\xc3\x84: a\r\n"), malformed);
  group.add("a carriage return inside", with("X-One: a\rX-Two: b\r\n"), malformed);
  group.add("a NUL inside", with("X-One: a\0b\r\n"sv), malformed);
  group.add("an escape inside", with("X-One: \x1b[2J\r\n"), malformed);
  group.add("a backspace inside", with("X-One: a\b\r\n"), malformed);
  group.add("a status line among the headers", with("HTTP/1.1 404 Not Found\r\n"), malformed);
  group.add("bytes that are no UTF-8", with("X-One: \xff\xfe\r\n"), std::nullopt);
  group.add("an empty value", with("X-One:\r\n"), std::nullopt);
  group.add("the same name often", with(repeat("X-One: a\r\n", 200)), std::nullopt);
  group.add("cookies", with("Set-Cookie: secret=1; Domain=.example; Path=/\r\n"), std::nullopt);
  group.add("an interim answer with another type",
            "HTTP/1.1 103 Early Hints\r\nContent-Type: text/html\r\n\r\n" + render_json_answer(good), std::nullopt);
  group.add("an offer of another protocol", with("Upgrade: h2c\r\nConnection: Upgrade\r\nAlt-Svc: h3=\":1\"\r\n"),
            std::nullopt);
  group.add("a refresh to elsewhere", with(fmt::format("Refresh: 0; url={}/\r\n", world.elsewhere)), std::nullopt);
  group.add("a policy that would last", with("Strict-Transport-Security: max-age=31536000\r\n"), std::nullopt);
}

void add_size_cases(HostileCases& cases, const HostileWorld& world) {
  Group group(cases, "size");
  using enum ErrorKind;
  constexpr std::size_t limit = std::size_t{64} << 10;
  const std::string much(limit + 1, ' ');
  const std::string& good = world.probe.good_body;
  const auto with = [&](std::string_view headers) { return render_json_answer(good, "200 OK", headers); };
  group.add("a body just too large", render_json_answer(much), too_large);
  group.add("a body that does not say how large", render_raw_answer(json, much), too_large);
  group.add(
      "a body in chunks",
      render_raw_answer(std::string(json) + "Transfer-Encoding: chunked\r\n", repeat(chunk(much.substr(0, 4096)), 20)),
      too_large);
  group.add(
      "a chunk with a long extension",
      render_raw_answer(std::string(json) + "Transfer-Encoding: chunked\r\n", "5;" + std::string(400000, 'x') + "\r\n"),
      unreachable);
  group.add("a body of 16 MiB", render_json_answer(std::string(std::size_t{16} << 20, '[')), too_large);
  group.add("an error of 16 MiB", render_json_answer(std::string(std::size_t{16} << 20, 'x'), "500 Error"), too_large);
  group.add("6,000 headers", with(repeat("X: y\r\n", 6000)), too_large);
  group.add("400 KiB of headers", with(repeat("X: " + std::string(1000, 'y') + "\r\n", 400)), too_large);
  group.add("one header of 400 KiB", with("X: " + std::string(400000, 'y') + "\r\n"), too_large);
  group.add("a name of 400 KiB", with(std::string(400000, 'x') + ": y\r\n"), too_large);
  group.add("a reason of 400 KiB", render_json_answer(good, "200 " + std::string(400000, 'x')), too_large);
  group.add("interim answers without end", repeat("HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n", 20000), too_large);
  group.add("6,000 trailers",
            render_raw_answer(std::string(json) + "Transfer-Encoding: chunked\r\n",
                              chunk(good) + "0\r\n" + repeat("X: y\r\n", 6000) + "\r\n"),
            too_large);
  group.add("as large as allowed", render_json_answer(std::string(limit - good.size(), ' ') + good), std::nullopt);
  group.add("4,000 headers", with(repeat("X: y\r\n", 4000)), std::nullopt);
}

} // namespace afk::test
