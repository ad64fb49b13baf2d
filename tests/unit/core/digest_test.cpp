#include <afk/core/digest.hpp>
#include <support/catch.hpp>
#include <support/digest.hpp>

using namespace afk;

TEST_CASE("Digests are rendered in hexadecimal and base32") {
  Sha256 digest{};
  SECTION("all zero") {
    CHECK(render_hex(digest) == std::string(64, '0'));
    CHECK(render_base32(digest, 52) == std::string(52, 'a'));
  }
  SECTION("all one: the last of 52 characters has one bit only") {
    digest.fill(std::byte{0xFF});
    CHECK(render_hex(digest) == std::string(64, 'f'));
    CHECK(render_base32(digest, 52) == std::string(51, '7') + "q");
  }
  SECTION("the alphabet in its order, from `base32` of coreutils") {
    // 20 bytes that hold the numbers 0 to 31 in five bits each, then zeros.
    const std::string bytes("\x00\x44\x32\x14\xC7\x42\x54\xB6\x35\xCF\x84\x65\x3A\x56\xD7\xC6\x75\xBE\x77\xDF", 20);
    for (std::size_t index = 0; index < bytes.size(); ++index) {
      digest[index] = static_cast<std::byte>(bytes[index]);
    }
    CHECK(render_base32(digest, 32) == "abcdefghijklmnopqrstuvwxyz234567");
    CHECK(render_base32(digest, 5) == "abcde");
    CHECK(render_base32(digest, 0).empty());
    CHECK(render_hex(digest).starts_with("00443214c74254b635cf84653a56d7c675be77df00"));
  }
}

// NIST's example vectors and RFC 4231's, so that the digest which the other suites build on is itself proven.
TEST_CASE("The reference digest is SHA-256") {
  CHECK(render_hex(test::sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(render_hex(test::sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(render_hex(test::sha256(std::string(1'000'000, 'a'))) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  CHECK(render_hex(test::hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(render_hex(
            test::hmac_sha256(std::string(131, '\xAA'), "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}
