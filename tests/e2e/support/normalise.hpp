#pragma once
// What differs between two runs of one story although nothing went differently: times, process numbers, random ids and
// the hashes of such. Replaced, so that everything else can be compared byte by byte.

#include <string>
#include <string_view>

namespace afk::test {

[[nodiscard]] std::string normalise(std::string_view text);

} // namespace afk::test
