#include <afk/core/content_pin.hpp>
#include <support/catch.hpp>
#include <support/digest.hpp>

#include <string>

using namespace afk;

namespace {

std::string hash(std::string_view title, std::string_view body) {
  return derive_content_hash({.title = title, .body = body}, test::make_reference_digest());
}

} // namespace

TEST_CASE("The content pin is SHA-256 over length and bytes of title and body") {
  // Computed by Python: sha256(b"\0"*7 + b"\x05" + b"Title" + b"\0"*7 + b"\x05" + b"Body\n"), and of sixteen zeros.
  CHECK(hash("Title", "Body\n") == "b8a87210154508c83ea30bd22daadb8a88cd75a5225430ca5f3b4f00831f119f");
  CHECK(hash("", "") == "374708fff7719dd5979ec875d56cd2286f6d3cf7ec317a3b25632aab28ec37bb");
}

TEST_CASE("Every difference in title or body is another pin") {
  const std::string pin = hash("Title", "Body");
  CHECK(hash("Title", "Body") == pin);
  CHECK(hash("TitleB", "ody") != pin);
  CHECK(hash("Titl", "eBody") != pin);
  CHECK(hash("Title", "Body\n") != pin);
  CHECK(hash("Title", "Body\r\n") != hash("Title", "Body\n"));
  CHECK(hash("Title", "body") != pin);
  CHECK(hash("Title", std::string("Body\0", 5)) != pin);
  CHECK(hash("Body", "Title") != pin);
}
