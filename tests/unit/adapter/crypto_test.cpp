#include <afk/adapter/crypto.hpp>
#include <support/catch.hpp>
#include <support/digest.hpp>

#include <random>
#include <string>

using namespace afk;

// FIPS 180-4 examples and RFC 4231.
TEST_CASE("The digest gives the published vectors") {
  const Digest digest = adapter::make_digest();
  CHECK(render_hex(digest.sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(render_hex(digest.sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(render_hex(digest.hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(render_hex(digest.hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

TEST_CASE("The digest agrees with one that was written from the standard") {
  const Digest digest = adapter::make_digest();
  std::mt19937 random(1120);
  CHECK(digest.hmac_sha256("", "") == test::hmac_sha256("", ""));
  CHECK(digest.sha256(std::string_view{}) == test::sha256(""));
  for (std::size_t length = 0; length < 200; ++length) {
    std::string key;
    std::string bytes;
    for (std::size_t index = 0; index < length; ++index) {
      key.push_back(static_cast<char>(random() & 0xFFU));
      bytes.push_back(static_cast<char>(random() & 0xFFU));
    }
    REQUIRE(digest.sha256(bytes) == test::sha256(bytes));
    REQUIRE(digest.hmac_sha256(key, bytes) == test::hmac_sha256(key, bytes));
  }
}
