#include <support/hostile_answers.hpp>

#include <afk/http/transport_curl.hpp>
#include <afk/http/transport_stack.hpp>

#include <support/fake_clock.hpp>
#include <support/files.hpp>
#include <support/temporary_folder.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <memory>

namespace afk::test {
namespace {

// No machine is so slow that a case which ends by itself takes this long.
constexpr Duration patience = std::chrono::seconds(15);
constexpr Duration slow_deadline = std::chrono::milliseconds(150);

http::Limits make_limits(const HostileCase& one) {
  http::Limits limits;
  limits.total = one.is_slow ? slow_deadline : patience;
  limits.connect = limits.total;
  limits.body_bytes = std::size_t{64} << 10;
  return limits;
}

std::string judge(const HostileCase& one, const Result<std::size_t>& result) {
  if (!one.kind) {
    if (!result.ok()) {
      return fmt::format("{}: {}", render_error_kind(result.error().kind), result.error().message);
    }
    return *result == 1 ? "" : fmt::format("{} entries", *result);
  }
  if (result.ok()) {
    return "a list was read";
  }
  const Error& error = result.error();
  if (error.kind != *one.kind && error.kind != one.or_kind) {
    return fmt::format("{} instead of {}: {}", render_error_kind(error.kind), render_error_kind(*one.kind),
                       error.message);
  }
  const bool is_clean = std::ranges::all_of(
      error.message, [](unsigned char character) { return character >= 0x20 && character != 0x7f; });
  if (!is_clean || error.message.size() > 1000 || error.message.find("secret") != std::string::npos) {
    return "a message that shows too much";
  }
  if (error.retry_after &&
      (*error.retry_after < std::chrono::seconds(0) || *error.retry_after > std::chrono::hours(24))) {
    return "a wait of no sense";
  }
  return "";
}

HostileOutcome run_case(const HostileCase& one, const HostileWorld& world, const HostileProbe& probe) {
  const TemporaryFolder folder;
  put_file(folder / "authorities", world.authority);
  const StreamServer server(one.session, one.tls);
  http::CurlTransport curl(
      {.user_agent = "afk/test", .certificate_folder = "", .certificate_file = folder / "authorities"});
  FakeClock clock; // nobody waits between two attempts
  FakeRandom random;
  http::TransportStack stack({.inner = curl, .clock = clock, .random = random}, {});
  const auto started = std::chrono::steady_clock::now();
  http::Url base = http::parse_url(server.url()).value();
  base.origin.scheme = one.speaks_tls ? "https" : base.origin.scheme;
  const auto result = probe.fetch(stack, base, make_limits(one));
  const auto passed = std::chrono::steady_clock::now() - started;
  std::string said = judge(one, result);
  if (said.empty() && passed > 3 * patience) { // three attempts
    said = "it took too long";
  }
  return {.group = one.group, .name = one.name, .passed = said.empty(), .said = said};
}

std::vector<HostileOutcome> run_group(const HostileCases& cases, const HostileWorld& world, const HostileProbe& probe) {
  std::vector<HostileOutcome> outcomes;
  for (const HostileCase& one : cases) {
    outcomes.push_back(run_case(one, world, probe));
  }
  return outcomes;
}

} // namespace

StreamServer::Session answer_all(std::string bytes, End end) {
  return [bytes = std::move(bytes), end](Stream& stream) {
    std::string buffer;
    while (read_http_request(stream, buffer) && stream.write(bytes)) {
      if (end == End::hang) {
        stream.hang();
      } else if (end == End::reset) {
        stream.reset();
      }
      if (end != End::keep) {
        return;
      }
    }
  };
}

StreamServer::Session answer_in_turn(std::vector<std::string> answers) {
  auto next = std::make_shared<std::atomic<std::size_t>>(0); // also over several connections
  return [answers = std::move(answers), next](Stream& stream) {
    std::string buffer;
    while (read_http_request(stream, buffer) && stream.write(answers[std::min((*next)++, answers.size() - 1)])) {
    }
  };
}

std::string render_json_answer(std::string_view body, std::string_view status, std::string_view headers) {
  return fmt::format("HTTP/1.1 {}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n{}\r\n{}",
                     status, body.size(), headers, body);
}

std::string render_raw_answer(std::string_view headers, std::string_view rest) {
  return fmt::format("HTTP/1.1 200 OK\r\n{}\r\n{}", headers, rest);
}

std::vector<HostileOutcome> run_hostile_answers(const HostileProbe& probe) {
  StreamServer elsewhere(answer_all(render_json_answer(probe.good_body)));
  const std::string authority = make_certificate({.common_name = "authority", .is_authority = true});
  const std::string certificate = make_certificate({.signer = authority});
  const HostileWorld world{.probe = probe,
                           .elsewhere = elsewhere.url(""),
                           .authority = authority,
                           .certificate = certificate,
                           .trusted = std::make_shared<TlsContext>(TlsOptions{.certificate = certificate})};
  HostileCases cases;
  for (const auto add :
       {add_status_cases, add_framing_cases, add_header_cases, add_size_cases, add_encoding_cases, add_truncated_cases,
        add_slow_cases, add_redirect_cases, add_link_cases, add_rate_limit_cases, add_not_json_cases,
        add_json_text_cases, add_depth_cases, add_wrong_type_cases, add_tls_cases, add_http2_cases}) {
    add(cases, world);
  }
  std::map<std::string, HostileCases> groups;
  for (HostileCase& one : cases) {
    groups[one.group].push_back(std::move(one));
  }
  std::vector<std::future<std::vector<HostileOutcome>>> running;
  running.reserve(groups.size());
  for (const auto& [name, group] : groups) {
    running.push_back(
        std::async(std::launch::async, [&group, &world, &probe] { return run_group(group, world, probe); }));
  }
  std::vector<HostileOutcome> outcomes;
  for (auto& group : running) {
    std::ranges::move(group.get(), std::back_inserter(outcomes));
  }
  outcomes.push_back({.group = "redirects",
                      .name = "nobody else heard of any request",
                      .passed = elsewhere.connections() == 0,
                      .said = fmt::format("{} connections elsewhere", elsewhere.connections())});
  return outcomes;
}

std::string render_hostile_table(const std::vector<HostileOutcome>& outcomes) {
  struct Sum {
    int cases = 0;
    int passed = 0;
  };

  std::map<std::string, Sum> sums;
  Sum all;
  for (const HostileOutcome& one : outcomes) {
    for (Sum* sum : {&sums[one.group], &all}) {
      ++sum->cases;
      sum->passed += one.passed ? 1 : 0;
    }
  }
  std::string table = fmt::format("{:<24} {:>6} {:>7}\n", "hostile answers", "cases", "passed");
  for (const auto& [group, sum] : sums) {
    table += fmt::format("{:<24} {:>6} {:>7}\n", group, sum.cases, sum.passed);
  }
  return table + fmt::format("{:<24} {:>6} {:>7}\n", fmt::format("{} classes", sums.size()), all.cases, all.passed);
}

} // namespace afk::test
