#pragma once
// What an answer of GitHub was asked under: for messages and for waiting times.

#include <afk/core/time.hpp>

#include <string>

namespace afk::adapter {

struct GithubAsked {
  std::string who; // "github.com"
  Timestamp now;   // this machine's clock
};

} // namespace afk::adapter
