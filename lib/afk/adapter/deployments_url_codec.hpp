#pragma once
// What a service answers when it is asked which revision it runs: a line of text, or a field of a JSON object.

#include <afk/http/message.hpp>

#include <string>
#include <string_view>

namespace afk::adapter {

// 7 to 64 hexadecimal digits, answered in lower case; fails with `malformed`. `who` answered it.
Result<std::string> parse_revision(std::string_view text, std::string_view who);

// `field`: "" for plain text, whose first word counts; else keys of nested objects, split by ".". A revision is 7 to 64
// lower or upper case hexadecimal digits, answered in lower case. Fails with `malformed`, as json_guard_codec.hpp does.
Result<std::string> parse_deployed_revision(const http::Response& response, std::string_view field);

} // namespace afk::adapter
