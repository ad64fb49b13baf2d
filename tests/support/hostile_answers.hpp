#pragma once
// What servers may answer and a reader has to survive: each case over a real socket, through the real transport and
// everything around it, with the kind of error that it has to end in. Whoever reads a list of a service is held to it
// by a probe.

#include <afk/core/result.hpp>
#include <afk/http/transport.hpp>

#include <support/stream_server.hpp>
#include <support/tls_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace afk::test {

struct HostileProbe {
  // Reads a whole list from the service at `base`, with these limits for each request, and says how many entries it
  // has. Reads that fail are to be unreachable, malformed and so on as lib/afk/http says it.
  std::function<Result<std::size_t>(http::Transport& transport, const http::Url& base, const http::Limits& limits)>
      fetch;

  std::string good_body; // the JSON of a list with one entry

  // JSON that is no such list, each with its name: `malformed`.
  std::vector<std::pair<std::string, std::string>> wrong_bodies;
};

struct HostileCase {
  std::string group;
  std::string name;
  StreamServer::Session session;
  std::optional<ErrorKind> kind; // nothing: it is odd, and a whole list with one entry all the same
  std::shared_ptr<const TlsContext> tls = nullptr;
  std::optional<ErrorKind> or_kind = std::nullopt; // libcurl's versions differ in what they call it
  bool is_slow = false;                            // ends by its deadline, which is short then
  bool speaks_tls = false;                         // the reader does, and the server has no context to answer with
};

// What the cases have in common.
struct HostileWorld {
  const HostileProbe& probe;
  std::string elsewhere;                     // the origin of a server that nobody is to talk to
  std::string authority;                     // that is believed, with its key
  std::string certificate;                   // of it
  std::shared_ptr<const TlsContext> trusted; // with that certificate, both protocols
};

using HostileCases = std::vector<HostileCase>;

void add_status_cases(HostileCases& cases, const HostileWorld& world);
void add_framing_cases(HostileCases& cases, const HostileWorld& world);
void add_header_cases(HostileCases& cases, const HostileWorld& world);
void add_size_cases(HostileCases& cases, const HostileWorld& world);
void add_encoding_cases(HostileCases& cases, const HostileWorld& world);
void add_truncated_cases(HostileCases& cases, const HostileWorld& world);
void add_slow_cases(HostileCases& cases, const HostileWorld& world);
void add_redirect_cases(HostileCases& cases, const HostileWorld& world);
void add_link_cases(HostileCases& cases, const HostileWorld& world);
void add_rate_limit_cases(HostileCases& cases, const HostileWorld& world);
void add_not_json_cases(HostileCases& cases, const HostileWorld& world);
void add_json_text_cases(HostileCases& cases, const HostileWorld& world);
void add_depth_cases(HostileCases& cases, const HostileWorld& world);
void add_wrong_type_cases(HostileCases& cases, const HostileWorld& world);
void add_tls_cases(HostileCases& cases, const HostileWorld& world);
void add_http2_cases(HostileCases& cases, const HostileWorld& world);

// How an answer over HTTP/1.1 ends.
enum class End : std::uint8_t {
  keep,  // the connection stays open for the next request
  close, // orderly
  reset, // as if the machine had gone
  hang,  // nothing more comes, and nothing is closed
};

// Answers every request with the same bytes.
[[nodiscard]] StreamServer::Session answer_all(std::string bytes, End end = End::close);

// Answers the first request with the first, and so on; the last one again and again.
[[nodiscard]] StreamServer::Session answer_in_turn(std::vector<std::string> answers);

// "HTTP/1.1 <status>" with its length, JSON, and further header lines, each with its end.
[[nodiscard]] std::string render_json_answer(std::string_view body, std::string_view status = "200 OK",
                                             std::string_view headers = "");

// "HTTP/1.1 200 OK" with header lines and what follows them, and no more.
[[nodiscard]] std::string render_raw_answer(std::string_view headers, std::string_view rest);

struct HostileOutcome {
  std::string group;
  std::string name;
  bool passed = false;
  std::string said; // what came instead
};

// All cases, the groups beside each other.
[[nodiscard]] std::vector<HostileOutcome> run_hostile_answers(const HostileProbe& probe);

// "class, cases, passed" for people.
[[nodiscard]] std::string render_hostile_table(const std::vector<HostileOutcome>& outcomes);

} // namespace afk::test
