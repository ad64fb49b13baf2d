// Certificates, with a real TLS server on a loopback port: openssl's own.

#include <afk/adapter/commands_posix.hpp>
#include <afk/adapter/spawn.hpp>
#include <afk/http/transport_curl.hpp>

#include <support/catch.hpp>
#include <support/skip.hpp>
#include <support/temporary_folder.hpp>

#include <array>
#include <csignal>
#include <filesystem>
#include <stdexcept>

#include <sys/wait.h>
#include <unistd.h>

namespace afk::http {
namespace {

const adapter::EnvironmentVariables environment{{"PATH", "/usr/bin:/bin"}, {"HOME", "/nonexistent"}};

std::string run_openssl(std::vector<std::string> arguments) {
  CommandLine command;
  arguments.insert(arguments.begin(), "openssl");
  command.argv = std::move(arguments);
  command.environment = environment;
  adapter::PosixCommands commands;
  const auto output = commands.run(command);
  if (!output.ok() || output->exit_code != 0) {
    throw std::runtime_error(output.ok() ? output->standard_error : output.error().message);
  }
  return output->standard_output;
}

// `openssl s_server -www` with a certificate of its own for the name localhost and for no address.
class TlsServer {
 public:
  explicit TlsServer(const std::vector<std::string>& options = {}) {
    run_openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                 "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", folder_ / "key",
                 "-out", folder_ / "certificate"});
    auto pipe = adapter::create_pipe();
    if (!pipe.ok()) {
      throw std::runtime_error(pipe.error().message);
    }
    adapter::SpawnRequest request;
    request.program = "/usr/bin/openssl";
    request.argv = {"openssl",       "s_server",    "-www",
                    "-accept",       "127.0.0.1:0", "-key",
                    folder_ / "key", "-cert",       folder_ / "certificate"};
    request.argv.insert(request.argv.end(), options.begin(), options.end());
    request.environment = environment;
    request.standard_output = pipe->write_end.get();
    request.standard_error = pipe->write_end.get();
    const auto child = adapter::spawn(request);
    if (!child.ok()) {
      throw std::runtime_error(child.error().message);
    }
    child_ = *child;
    pipe->write_end.reset();
    output_ = std::move(pipe->read_end);
    read_port();
  }

  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  ~TlsServer() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }

  [[nodiscard]] std::string url(const std::string& host) const { return "https://" + host + ":" + port_ + "/"; }

  // A folder as OpenSSL wants it, with this certificate in it.
  [[nodiscard]] std::string trusting_folder() const {
    std::string hash = run_openssl({"x509", "-hash", "-noout", "-in", folder_ / "certificate"});
    hash.erase(hash.find('\n'));
    const std::string folder = folder_ / "trusted";
    std::filesystem::create_directories(folder);
    std::filesystem::copy_file(folder_ / "certificate", folder + "/" + hash + ".0");
    return folder;
  }

 private:
  // "ACCEPT 127.0.0.1:41234"
  void read_port() {
    std::string said;
    std::array<char, 256> bytes{};
    while (said.find("ACCEPT") == std::string::npos || said.find('\n', said.find("ACCEPT")) == std::string::npos) {
      const ssize_t got = ::read(output_.get(), bytes.data(), bytes.size());
      if (got <= 0) {
        throw std::runtime_error("openssl s_server: " + said);
      }
      said.append(bytes.data(), static_cast<std::size_t>(got));
    }
    const std::size_t start = said.find("ACCEPT");
    const std::string line = said.substr(start, said.find('\n', start) - start);
    port_ = line.substr(line.rfind(':') + 1);
  }

  test::TemporaryFolder folder_;
  adapter::UniqueFd output_;
  pid_t child_ = -1;
  std::string port_;
};

struct TlsCase {
  const char* name;
  const char* host;
  enum class Trust { bundle, folder } trust;
  std::vector<std::string> server;
  bool right;
};

TEST_CASE("only a server that proves its name is talked to", "[tls]") {
  if (!std::filesystem::exists("/usr/bin/openssl")) {
    test::skip("the openssl program is not installed");
    return;
  }
  const auto row = GENERATE(values<TlsCase>({
      {"known, by the hashed folder", "localhost", TlsCase::Trust::folder, {}, true},
      {"not known", "localhost", TlsCase::Trust::bundle, {}, false},
      {"known under another name", "127.0.0.1", TlsCase::Trust::folder, {}, false},
      {"known, TLS 1.2", "localhost", TlsCase::Trust::folder, {"-tls1_2"}, true},
      {"known, TLS 1.1", "localhost", TlsCase::Trust::folder, {"-tls1_1", "-cipher", "ALL:@SECLEVEL=0"}, false},
  }));
  CAPTURE(row.name);
  const TlsServer server(row.server);
  const test::TemporaryFolder empty;
  CurlTransport transport(
      {.certificate_folder = row.trust == TlsCase::Trust::folder ? server.trusting_folder() : empty.path()});
  Request request;
  request.url = parse_url(server.url(row.host)).value();
  const auto answers = transport.exchange(std::array{request});
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].ok() == row.right);
  if (row.right) {
    CHECK(answers[0]->status == 200);
  } else {
    CHECK(answers[0].error().kind == ErrorKind::unreachable);
  }
}

} // namespace
} // namespace afk::http
