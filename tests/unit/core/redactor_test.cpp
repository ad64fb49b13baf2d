#include <afk/core/redactor.hpp>
#include <support/catch.hpp>

#include <random>
#include <string>

using namespace afk;

namespace {

constexpr std::string_view known_value = "s3cr3t-Tok_en/42";

Redactor a_redactor() {
  Redactor redactor;
  redactor.add(Secret(known_value));
  return redactor;
}

// Plain, slow and written for this test alone.
std::string base64(std::string_view bytes) {
  const std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t start = 0; start < bytes.size(); start += 3) {
    unsigned group = 0;
    for (std::size_t offset = 0; offset < 3; ++offset) {
      const unsigned byte = start + offset < bytes.size() ? static_cast<unsigned char>(bytes[start + offset]) : 0;
      group = (group << 8U) | byte;
    }
    for (unsigned shift = 24; shift > 0; shift -= 6) {
      text.push_back(alphabet[(group >> (shift - 6)) & 63U]);
    }
  }
  const std::size_t padding = (3 - bytes.size() % 3) % 3;
  return text.replace(text.size() - padding, padding, std::string(padding, '='));
}

} // namespace

// The base64 forms come from coreutils.
TEST_CASE("A secret is found in every shape") {
  struct Case {
    std::string name;
    std::string text;
    std::string redacted;
  };

  const auto test = GENERATE(values<Case>({
      {"nothing secret", "the cart is empty", "the cart is empty"},
      {"as it is", "token=s3cr3t-Tok_en/42.", "token=[redacted]."},
      {"twice and side by side", "s3cr3t-Tok_en/42s3cr3t-Tok_en/42 s3cr3t-Tok_en/42", "[redacted] [redacted]"},
      {"base64 alone", "czNjcjN0LVRva19lbi80Mg==", "[redacted]g=="},
      {"base64 behind a user name, first alignment",
       "eC1hY2Nlc3MtdG9rZW46czNjcjN0LVRva19lbi80Mg==", "eC1hY2Nlc3MtdG9rZW46[redacted]g=="},
      {"base64, second alignment", "YTpzM2NyM3QtVG9rX2VuLzQy", "YTp[redacted]"},
      {"base64, third alignment", "YWI6czNjcjN0LVRva19lbi80Mgo=", "YWI6[redacted]go="},
      {"percent-encoded", "?token=s3cr3t-Tok_en%2F42&x", "?token=[redacted]&x"},
      {"percent-encoded in lower case", "s3cr3t-Tok_en%2f42", "[redacted]"},
      {"half of it is no secret", "s3cr3t-Tok_", "s3cr3t-Tok_"},
  }));
  DYNAMIC_SECTION(test.name) {
    CHECK(a_redactor().redact(test.text) == test.redacted);
  }
}

TEST_CASE("No alignment and no neighbour hides a secret in base64") {
  const std::string secret = GENERATE(values<std::string>({"s3cr3t-Tok_en/42", "k\xFF\xFE\xFD>>>???ab\xFB\xEF"}));
  Redactor redactor;
  redactor.add(Secret(std::string_view(secret)));
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes;
    for (auto count = random() % 10; count > 0; --count) {
      bytes.push_back(static_cast<char>(random() & 0xFFU));
    }
    bytes += secret;
    for (auto count = random() % 10; count > 0; --count) {
      bytes.push_back(static_cast<char>(random() & 0xFFU));
    }
    std::string text = base64(bytes);
    if (round % 2 == 1) {
      for (char& character : text) {
        character = character == '+' ? '-' : character == '/' ? '_' : character;
      }
    }
    REQUIRE(redactor.redact(text).find(Redactor::mark) != std::string::npos);
    // At most two characters of base64 on each side hold bits of the value.
    REQUIRE(redactor.redact(text).size() <= text.size() - (secret.size() * 8 - 10) / 6 + Redactor::mark.size());
  }
}

TEST_CASE("A value's edges and lines") {
  Redactor redactor;
  SECTION("line feeds at the end of a file are no part of it") {
    redactor.add(Secret(std::string_view("  hunter22\n")));
    CHECK(redactor.redact("<hunter22>") == "<[redacted]>");
  }
  SECTION("quotes and line feeds as JSON writes them") {
    redactor.add(Secret(std::string_view("a\"b\\c\nd\te")));
    CHECK(redactor.redact(R"({"x":"a\"b\\c\nd\te"})") == R"({"x":"[redacted]"})");
  }
  SECTION("long lines of a key count alone, short ones do not") {
    redactor.add(Secret(std::string_view("-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nab\n-----END KEY-----\n")));
    CHECK(redactor.redact("x MIIEvQIBADANBgkqhkiG9w0 y ab") == "x [redacted] y ab");
  }
  SECTION("short values would blank out words") {
    redactor.add(Secret(std::string_view("the")));
    redactor.add(Secret());
    CHECK(redactor.redact("the cart") == "the cart");
    redactor.add(Secret(std::string_view("cart")));
    CHECK(redactor.redact("the cart") == "the [redacted]");
  }
  SECTION("finds that overlap are one") {
    redactor.add(Secret(std::string_view("abab")));
    CHECK(redactor.redact("xababababx") == "x[redacted]x");
  }
}

TEST_CASE("Tokens of a well-known form are found without being told") {
  struct Case {
    std::string text;
    std::string redacted;
  };

  const auto test = GENERATE(values<Case>({
      {"ghp_0123456789abcdefABCDEF0123456789abcd", "[redacted]"},
      {"gho_0123456789abcdef, ghu_0123456789abcdef", "[redacted], [redacted]"},
      {"ghs_eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJnaCJ9.c2ln-nature_", "[redacted]"},
      {"ghr_0123456789abcdef\n", "[redacted]\n"},
      {"github_pat_11ABCDEFG0123456789_abcdefghij", "[redacted]"},
      {"Bearer glpat-0123456789abcdefghij", "Bearer [redacted]"},
      {"xoxb-0123456789-0123456789-abc", "[redacted]"},
      {"sk-ant-api03-0123456789abcdef", "[redacted]"},
      {"ghp_short and ghp_", "ghp_short and ghp_"},
      {"ghx_0123456789abcdefABCDEF", "ghx_0123456789abcdefABCDEF"},
  }));
  CHECK(Redactor().redact(test.text) == test.redacted);
}

TEST_CASE("Passwords in URLs are found without being told") {
  struct Case {
    std::string text;
    std::string redacted;
  };

  const auto test = GENERATE(values<Case>({
      {"fatal: https://user:pa55@forge.example/o/r", "fatal: https://[redacted]@forge.example/o/r"},
      {"https://x-access-token:a@b@forge.example", "https://[redacted]@forge.example"},
      {"ssh://git@forge.example:22/o/r", "ssh://git@forge.example:22/o/r"},
      {"https://forge.example:3000/@user:name", "https://forge.example:3000/@user:name"},
      {"https://a:b@c 'http://d:e@f'", "https://[redacted]@c 'http://[redacted]@f'"},
      {"://", "://"},
  }));
  CHECK(Redactor().redact(test.text) == test.redacted);
}
