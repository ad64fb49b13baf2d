#include <afk/http/date.hpp>

#include <support/catch.hpp>

namespace afk::http {
namespace {

TEST_CASE("dates of headers", "[date]") {
  CHECK(render_timestamp(try_date("Sun, 06 Nov 1994 08:49:37 GMT").value()) == "1994-11-06T08:49:37Z");
  CHECK(render_timestamp(try_date("  Thu, 29 Feb 2024 23:59:60 GMT ").value()) == "2024-03-01T00:00:00Z");
  for (const char* text :
       {"", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 29 Feb 2023 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT", "Xxx, 06 Nov 1994 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT",
        "1994-11-06T08:49:37Z", "120"}) {
    CAPTURE(text);
    CHECK_FALSE(try_date(text).has_value());
  }
}

} // namespace
} // namespace afk::http
