#pragma once
// The one place that knows which Catch2 the distribution ships: version 2 (Debian 12) or version 3 (Debian 13).
//
// Use only what both have: TEST_CASE, SECTION, DYNAMIC_SECTION, GENERATE(values<Case>({...})), CHECK, REQUIRE, INFO,
// CAPTURE, and afk::test::skip from skip.hpp instead of SKIP.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
