// Bytes through the relay, there and back.
#include <afk/adapter/relay.hpp>

#include <support/catch.hpp>
#include <support/temporary_folder.hpp>

#include <array>
#include <cerrno>
#include <string>

#include <sys/socket.h>
#include <unistd.h>

namespace afk::adapter {
namespace {

// A relay between two sockets of a folder, moved by hand until nothing moves any more.
struct World {
  test::TemporaryFolder folder;
  Folder open = Folder::open(folder.path()).value();
  UniqueFd far_listener = listen_at_path(open, "far").value();
  Relay relay{listen_at_path(open, "near").value(), connect_to_path(folder / "far")};

  UniqueFd connect() {
    UniqueFd client = connect_to_path(folder / "near")();
    REQUIRE(client.valid());
    relay.step();
    return client;
  }

  UniqueFd accept_far() {
    return UniqueFd(accept4(far_listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  }

  // Everything that arrives while `bytes` are sent; both ends are non-blocking.
  std::string pass(const UniqueFd& from, const UniqueFd& to, const std::string& bytes) {
    std::string arrived;
    std::size_t sent = 0;
    std::array<char, 4096> buffer;
    for (int quiet = 0; quiet < 3;) {
      const ssize_t put = sent < bytes.size() ? send(from.get(), bytes.data() + sent, bytes.size() - sent, 0) : 0;
      sent += put > 0 ? static_cast<std::size_t>(put) : 0;
      relay.step();
      const ssize_t got = read(to.get(), buffer.data(), buffer.size());
      if (got > 0) {
        arrived.append(buffer.data(), static_cast<std::size_t>(got));
      }
      quiet = put > 0 || got > 0 ? 0 : quiet + 1;
    }
    return arrived;
  }
};

TEST_CASE("what goes in comes out, both ways, however much it is") {
  World world;
  const UniqueFd near = world.connect();
  const UniqueFd far = world.accept_far();
  REQUIRE(far.valid());
  std::string much;
  for (int number = 0; much.size() < 1'000'000; ++number) {
    much += std::to_string(number) + ",";
  }
  CHECK(world.pass(near, far, much) == much);
  CHECK(world.pass(far, near, much + "back") == much + "back");
}

TEST_CASE("an end that closes its side is heard at the other, which may still answer") {
  World world;
  const UniqueFd near = world.connect();
  const UniqueFd far = world.accept_far();
  REQUIRE(far.valid());
  CHECK(world.pass(near, far, "the question") == "the question");
  shutdown(near.get(), SHUT_WR);
  world.relay.step();
  char byte = 0;
  CHECK(read(far.get(), &byte, 1) == 0);
  CHECK(world.pass(far, near, "the answer") == "the answer");
}

TEST_CASE("nobody at the other end closes the connection") {
  World world;
  world.far_listener.reset();
  const UniqueFd near = world.connect();
  char byte = 0;
  CHECK(read(near.get(), &byte, 1) == 0);
}

TEST_CASE("there is a bound on connections; who comes later waits") {
  World world;
  std::vector<UniqueFd> clients;
  std::vector<UniqueFd> accepted;
  for (int count = 0; count < 150; ++count) {
    clients.push_back(connect_to_path(world.folder / "near")());
    world.relay.step();
    accepted.push_back(world.accept_far());
  }
  std::vector<pollfd> watched;
  world.relay.watch(watched);
  CHECK(watched.size() == 256); // both ends of 128 and no listener
}

TEST_CASE("an address that nobody can find is an error at the start") {
  CHECK(connect_to_address("127.0.0.1:9").ok());
  const auto unknown = connect_to_address("no-such-host.invalid:80");
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().kind == ErrorKind::unreachable);
}

} // namespace
} // namespace afk::adapter
