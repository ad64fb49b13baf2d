// What stands in a body: pages for people, JSON that is none, and JSON of another shape.

#include <support/hostile_answers.hpp>

#include <fmt/format.h>

namespace afk::test {
namespace {

std::string repeat(std::string_view text, std::size_t count) {
  std::string all;
  for (std::size_t index = 0; index < count; ++index) {
    all += text;
  }
  return all;
}

std::string typed(std::string_view type, std::string_view body) {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}", type, body.size(), body);
}

// A list whose first entry has one value more.
std::string with_value(const HostileWorld& world, std::string_view value) {
  std::string body = world.probe.good_body;
  body.insert(body.find('{') + 1, fmt::format("\"odd\":{},", value));
  return body;
}

void add_bodies(HostileCases& cases, const std::string& group, ErrorKind kind,
                std::vector<std::pair<std::string, std::string>> bodies) {
  for (auto& [name, body] : bodies) {
    cases.push_back({.group = group, .name = name, .session = answer_all(render_json_answer(body)), .kind = kind});
  }
}

} // namespace

void add_not_json_cases(HostileCases& cases, const HostileWorld& world) {
  const std::string& good = world.probe.good_body;
  const std::string page = "<!DOCTYPE html><html><body>Sign in</body></html>";
  const auto add = [&](std::string name, std::string answer, std::optional<ErrorKind> kind = ErrorKind::malformed) {
    cases.push_back(
        {.group = "HTML with 200", .name = std::move(name), .session = answer_all(std::move(answer)), .kind = kind});
  };
  add("a page", typed("text/html; charset=utf-8", page));
  add("a page that is called JSON", typed("application/json", page));
  add("a list that is called a page", typed("text/html", good));
  add("XHTML", typed("application/xhtml+xml", page));
  add("plain text", typed("text/plain", good));
  add("text/json", typed("text/json", good));
  add("a script", typed("application/javascript", "callback(" + good + ")"));
  add("a script that is called JSON", typed("application/json", "callback(" + good + ")"));
  add("a guard in front of a list", typed("application/json", ")]}',\n" + good));
  add("bytes", typed("application/octet-stream", good));
  add("a form", typed("multipart/form-data; boundary=x", "--x\r\n\r\n" + good + "\r\n--x--"));
  add("lines of JSON", typed("application/x-ndjson", good));
  add("a stream of events", typed("text/event-stream", "data: " + good + "\n\n"));
  add("no type", "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(good.size()) + "\r\n\r\n" + good);
  add("an empty type", typed("", good));
  add("a type of noise", typed(";;;=\"", good));
  add("a type that only begins so", typed("application/jsonp", good));
  add("a type that only ends so", typed("text/x+json", good));
  add("no body", typed("application/json", ""));
  add("blanks", typed("application/json", "  \r\n\t "));
  add("JSON of a vendor", typed("application/vnd.github+json; charset=UTF-8", good), std::nullopt);
  add("JSON in capitals", typed("Application/JSON", good), std::nullopt);
}

void add_json_text_cases(HostileCases& cases, const HostileWorld& world) {
  const std::string& good = world.probe.good_body;
  const auto odd = [&](std::string_view value) { return with_value(world, value); };
  using namespace std::string_literals;
  add_bodies(cases, "JSON text", ErrorKind::malformed,
             {{"broken off", good.substr(0, good.size() - 1)},
              {"two values", good + good},
              {"something behind it", good + "x"},
              {"a NUL behind it", good + "\0"s},
              {"a comma too many", "[" + good.substr(1, good.size() - 2) + ",]"},
              {"a comment", "/* secret */" + good},
              {"single quotes", odd("'a'")},
              {"a name without quotes", "[{a:1}]"},
              {"NaN", odd("NaN")},
              {"infinity", odd("-Infinity")},
              {"a number in hexadecimal", odd("0x10")},
              {"a number with a zero in front", odd("01")},
              {"a number with a plus", odd("+1")},
              {"a number without an end", odd("1.")},
              {"a number beyond a double", odd("1e999")},
              {"a whole number beyond 64 bits", odd("99999999999999999999")},
              {"a whole number below 64 bits", odd("-9223372036854775809")},
              {"a whole number without a sign", odd("18446744073709551615")},
              {"a control character", odd("\"\x01\"")},
              {"a line end in a text", odd("\"a\nb\"")},
              {"a NUL in a text", odd("\"a\0b\""s)},
              {"an escape that is none", odd(R"("\x41")")},
              {"half of a pair", odd(R"("\ud800")")},
              {"the other half", odd(R"("\udc00")")},
              {"a byte of nothing", odd("\"\xff\"")},
              {"a letter broken off", odd("\"\xe2\x82\"")},
              {"an overlong letter", odd("\"\xc0\xaf\"")},
              {"half of a pair in bytes", odd("\"\xed\xa0\x80\"")},
              {"beyond Unicode", odd("\"\xf4\x90\x80\x80\"")},
              {"the same key twice", R"([{"a":1,"a":2}])"},
              {"the same key twice, deeper", odd(R"({"a":{"b":1,"c":2,"b":3}})")},
              {"the same key twice, escaped", odd(R"({"a":1,"\u0061":2})")},
              {"capitals in a word", odd("TRUE")}});
}

void add_depth_cases(HostileCases& cases, const HostileWorld& world) {
  const auto nested = [&](std::size_t depth) { return with_value(world, repeat("[", depth) + repeat("]", depth)); };
  add_bodies(cases, "depth", ErrorKind::too_large,
             {{"65 levels", nested(65)},
              {"1,000 levels", nested(1000)},
              {"30,000 levels", nested(30000)},
              {"30,000 levels that never close", repeat("[", 30000)},
              {"10,000 objects that never close", repeat("{\"a\":", 10000)},
              {"arrays and objects in turn", repeat("[{\"a\":", 5000)},
              {"at the end of a list", "[1,2,3," + repeat("[", 200) + "]"},
              {"behind a whole list", "[[]," + repeat("[", 64) + repeat("]", 65)},
              {"with blanks between", repeat("[ \n", 10000)},
              {"200 levels of keys", repeat("{\"secret\":", 200) + "1" + repeat("}", 200)}});
  // The list and its entry are two of the 64.
  cases.push_back({.group = "depth",
                   .name = "64 levels",
                   .session = answer_all(render_json_answer(nested(62))),
                   .kind = std::nullopt});
}

void add_wrong_type_cases(HostileCases& cases, const HostileWorld& world) {
  add_bodies(cases, "wrong types", ErrorKind::malformed, world.probe.wrong_bodies);
}

} // namespace afk::test
