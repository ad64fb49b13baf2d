#pragma once
// Where a value that is being read stands, and where its problems go. One per key and reading.

#include <afk/config/node.hpp>
#include <afk/config/problem.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace afk::config {

class ValueContext {
 public:
  enum class Source : std::uint8_t { file, environment };

  struct Place {
    std::string key;      // the full key, for messages
    std::string file;     // as the caller named it
    std::string folder;   // what relative paths of the file are relative to
    std::string variable; // empty: the value stands in the file
  };

  ValueContext(Place place, Problems& problems) : place_(std::move(place)), problems_(problems) {}

  // Says what is wrong with this node, which is the value itself or a part of it.
  void refuse(const Node& node, std::string message, std::string hint = {}) const;

  [[nodiscard]] Source source() const { return place_.variable.empty() ? Source::file : Source::environment; }

  [[nodiscard]] std::string_view folder() const { return place_.folder; }

 private:
  Place place_;
  Problems& problems_;
};

} // namespace afk::config
