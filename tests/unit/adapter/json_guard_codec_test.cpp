#include <afk/adapter/json_guard_codec.hpp>

#include <support/catch.hpp>

#include <nlohmann/json.hpp>

#include <limits>
#include <random>
#include <string>

namespace afk::adapter {
namespace {

using nlohmann::json;

std::string repeat(std::string_view text, std::size_t count) {
  std::string all;
  for (std::size_t index = 0; index < count; ++index) {
    all += text;
  }
  return all;
}

TEST_CASE("JSON is read as it is written", "[json_guard]") {
  const auto value = parse_json(R"( {"a":[1,-2,3.5,1e3,true,false,null,"\u00e4\ud83d\ude00\n"],"b":{},"c":[]} )");
  REQUIRE(value.ok());
  CHECK(*value == json{{"a", {1, -2, 3.5, 1000.0, true, false, nullptr, "\xc3\xa4\xf0\x9f\x98\x80\n"}},
                       {"b", json::object()},
                       {"c", json::array()}});
  CHECK(value->at("a").at(0).is_number_integer());
  CHECK(*parse_json("\"alone\"") == json("alone"));
  CHECK(parse_json("9223372036854775807")->get<std::int64_t>() == std::numeric_limits<std::int64_t>::max());
  CHECK(parse_json("-9223372036854775808")->get<std::int64_t>() == std::numeric_limits<std::int64_t>::min());
  CHECK(*parse_json(R"({"a":{"a":1},"b":{"a":2}})") == json{{"a", {{"a", 1}}}, {"b", {{"a", 2}}}});
}

TEST_CASE("what is not JSON says where and not what", "[json_guard]") {
  const auto error = parse_json("[1, secret]").error();
  CHECK(error.kind == ErrorKind::malformed);
  CHECK(error.message.find("byte") != std::string::npos);
  CHECK(error.message.find("secret") == std::string::npos);
  for (const std::string text : {"", " ", "[1", "[1]]", "{\"a\":1,\"a\":1}", "[9223372036854775808]", "[1e999]",
                                 "\"\xff\"", "\"\\ud800\"", "nan", "[1,]", "'a'", "/**/1"}) {
    CAPTURE(text);
    CHECK(parse_json(text).error().kind == ErrorKind::malformed);
  }
  CHECK(parse_json(std::string("[]\0[", 4)).error().kind == ErrorKind::malformed);
  CHECK(parse_json(R"({"secret":1,"secret":2})").error().message.find("secret") == std::string::npos);
}

TEST_CASE("JSON is bounded", "[json_guard]") {
  CHECK(parse_json(repeat("[", 64) + repeat("]", 64)).ok());
  CHECK(parse_json(repeat("[", 65) + repeat("]", 65)).error().kind == ErrorKind::too_large);
  CHECK(parse_json(repeat("[", 5'000'000)).error().kind == ErrorKind::too_large);
  CHECK(parse_json("[1,2,3]", {.bytes = 7}).ok());
  CHECK(parse_json("[1,2,3]", {.bytes = 6}).error().kind == ErrorKind::too_large);
  CHECK(parse_json("[1,2,3]", {.values = 4}).ok());
  CHECK(parse_json("[1,2,3]", {.values = 3}).error().kind == ErrorKind::too_large);
  CHECK(parse_json("1", {.depth = 0}).ok());
  CHECK(parse_json("[]", {.depth = 0}).error().kind == ErrorKind::too_large);
}

TEST_CASE("noise is refused or read as one thing", "[json_guard]") {
  const std::string whole =
      R"([{"number":12,"title":"a\u00e4\"","body":null,"labels":[{"name":"x"},{}],"n":-1.5e3,"t":true},[[]],"",0])";
  std::mt19937 random(1);
  int read = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = whole;
    for (auto count = random() % 3; count > 0; --count) {
      const std::size_t place = random() % text.size();
      switch (random() % 3) {
      case 0:
        text[place] = static_cast<char>(random() % 256);
        break;
      case 1:
        text.erase(place, 1 + random() % 4);
        break;
      default:
        text.insert(place, text.substr(random() % text.size(), random() % 12));
      }
    }
    const auto value = parse_json(text);
    if (value.ok()) {
      ++read;
      REQUIRE(parse_json(value->dump()).value() == *value);
    } else {
      REQUIRE((value.error().kind == ErrorKind::malformed || value.error().kind == ErrorKind::too_large));
    }
  }
  CHECK(read > 1000);
  CHECK(read < 19'000);
}

struct TypeCase {
  const char* type;
  bool right;
};

TEST_CASE("an answer has to be JSON by its type too", "[json_guard]") {
  const auto row = GENERATE(values<TypeCase>({{"application/json", true},
                                              {"Application/JSON; charset=UTF-8", true},
                                              {"application/json;charset=\"utf-8\"", true},
                                              {"application/vnd.github+json", true},
                                              {"application/problem+json; charset=utf-8; profile=x", true},
                                              {"application/json; charset=utf-16", false},
                                              {"application/json; charset=iso-8859-1", false},
                                              {"application/jsonp", false},
                                              {"text/json", false},
                                              {"text/html", false},
                                              {"image/svg+json", false},
                                              {"", false}}));
  CAPTURE(row.type);
  const http::Response response{.status = 200, .headers = {{"content-type", row.type}}, .body = "[]"};
  CHECK(parse_json_body(response).ok() == row.right);
  CHECK_FALSE(parse_json_body({.status = 200, .headers = {}, .body = "[]"}).ok());
}

TEST_CASE("absent, null and mistyped are three things", "[json_guard]") {
  const json object = {{"null", nullptr},
                       {"text", "a"},
                       {"number", 12},
                       {"fraction", 1.5},
                       {"flag", true},
                       {"list", {1}},
                       {"time", "2026-11-20T12:00:00Z"},
                       {"object", {{"a", 1}}}};
  CHECK(inspect_json(object, "absent") == JsonPresence::absent);
  CHECK(inspect_json(object, "null") == JsonPresence::null);
  CHECK(inspect_json(object, "text") == JsonPresence::present);

  CHECK(find_string(object, "text")->value() == "a");
  CHECK(find_int64(object, "number")->value() == 12);
  CHECK(find_number(object, "number")->value() == 12.0);
  CHECK(find_number(object, "fraction")->value() == 1.5);
  CHECK(find_bool(object, "flag")->value());
  CHECK(render_timestamp(find_timestamp(object, "time")->value()) == "2026-11-20T12:00:00Z");
  CHECK((*find_object(object, "object"))->at("a") == 1);
  CHECK((*find_array(object, "list"))->size() == 1);

  for (const char* key : {"absent", "null"}) {
    CAPTURE(key);
    CHECK_FALSE(find_string(object, key)->has_value());
    CHECK_FALSE(find_int64(object, key)->has_value());
    CHECK_FALSE(find_number(object, key)->has_value());
    CHECK_FALSE(find_bool(object, key)->has_value());
    CHECK_FALSE(find_timestamp(object, key)->has_value());
    CHECK(*find_object(object, key) == nullptr);
    CHECK(*find_array(object, key) == nullptr);
    const std::string word = key == std::string("null") ? "null" : "missing";
    for (const Error& error : {require_string(object, key).error(), require_int64(object, key).error(),
                               require_timestamp(object, key).error(), require_object(object, key).error(),
                               require_array(object, key).error()}) {
      CHECK(error.kind == ErrorKind::malformed);
      CHECK(error.message == "\"" + std::string(key) + "\" is " + word);
    }
  }

  CHECK(find_string(object, "number").error().message == "\"number\" is a whole number where a text belongs");
  CHECK(require_int64(object, "fraction").error().kind == ErrorKind::malformed);
  CHECK(find_number(object, "text").error().kind == ErrorKind::malformed);
  CHECK(find_bool(object, "number").error().kind == ErrorKind::malformed);
  CHECK(find_timestamp(object, "text").error().kind == ErrorKind::malformed);
  CHECK(find_timestamp(object, "number").error().kind == ErrorKind::malformed);
  CHECK(require_object(object, "list").error().kind == ErrorKind::malformed);
  CHECK(require_array(object, "object").error().kind == ErrorKind::malformed);
}

TEST_CASE("what is no object has no keys", "[json_guard]") {
  for (const json& value : {json(nullptr), json(1), json("a"), json::array({1})}) {
    CHECK(find_string(value, "a").error().kind == ErrorKind::malformed);
    CHECK(require_int64(value, "a").error().kind == ErrorKind::malformed);
    CHECK(require_object(value, "a").error().kind == ErrorKind::malformed);
    CHECK(find_number(value, "a").error().kind == ErrorKind::malformed);
    CHECK(inspect_json(value, "a") == JsonPresence::absent);
  }
}

} // namespace
} // namespace afk::adapter
