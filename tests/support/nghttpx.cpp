#include <support/nghttpx.hpp>

#include <support/child_process.hpp>
#include <support/files.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace afk::test {
namespace {

constexpr const char* program = "/usr/sbin/nghttpx";

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

int find_free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  ::bind(socket, reinterpret_cast<sockaddr*>(&address), length);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length);
  ::close(socket);
  return ntohs(address.sin_port);
}

bool is_listening(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool answered = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return answered;
}

} // namespace

std::optional<std::string> Nghttpx::find_program() {
  return ::access(program, X_OK) == 0 ? std::optional<std::string>(program) : std::nullopt;
}

std::string Nghttpx::only_http_1_1() {
  FILE* const help = ::popen("/usr/sbin/nghttpx --help", "r");
  std::string said;
  std::array<char, 4096> bytes{};
  while (const std::size_t got = std::fread(bytes.data(), 1, bytes.size(), help)) {
    said.append(bytes.data(), got);
  }
  ::pclose(help);
  return said.find("--alpn-list=") != std::string::npos ? "--alpn-list=http/1.1" : "--npn-list=http/1.1";
}

Nghttpx::Nghttpx(int backend_port, const std::string& certificate, const std::vector<std::string>& options)
    : port_(find_free_port()) {
  const std::string pem = folder_ / "pem";
  put_file(pem, certificate);
  std::vector<std::string> words = {program,
                                    "--conf=/dev/null",
                                    "--frontend=127.0.0.1," + std::to_string(port_),
                                    "--backend=127.0.0.1," + std::to_string(backend_port),
                                    "--workers=1",
                                    "--no-ocsp",
                                    "--errorlog-file=" + folder_ / "errors",
                                    "--accesslog-file=" + folder_ / "log",
                                    "--accesslog-format=$remote_port $alpn $status"};
  words.insert(words.end(), options.begin(), options.end());
  words.insert(words.end(), {pem, pem});
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  child_ = start_child([&arguments] {
    ::setpgid(0, 0);
    const int nowhere = ::open("/dev/null", O_RDWR);
    ::dup2(nowhere, STDIN_FILENO);
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
    ::execv(program, arguments.data());
    return 1;
  });
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!is_listening(port_)) {
    if (::waitpid(child_, nullptr, WNOHANG) != 0 || std::chrono::steady_clock::now() > patience) {
      std::ifstream errors(folder_ / "errors");
      std::stringstream said;
      said << errors.rdbuf();
      throw std::runtime_error("nghttpx does not come up: " + said.str());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

Nghttpx::~Nghttpx() {
  ::kill(-child_, SIGKILL); // its workers too
  ::waitpid(child_, nullptr, 0);
}

std::string Nghttpx::url(const std::string& target) const {
  return "https://127.0.0.1:" + std::to_string(port_) + target;
}

void Nghttpx::reload() const {
  ::kill(child_, SIGHUP);
}

std::vector<Nghttpx::LogEntry> Nghttpx::log() const {
  std::vector<LogEntry> entries;
  std::ifstream file(folder_ / "log");
  for (LogEntry entry; file >> entry.client_port >> entry.protocol >> entry.status;) {
    entries.push_back(entry);
  }
  return entries;
}

} // namespace afk::test
