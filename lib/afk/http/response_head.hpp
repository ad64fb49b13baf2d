#pragma once
// The head of an answer, line by line as it arrives: what a server may put there, and how much of it.
//
// Stricter than libcurl: a folded line, a name that is no token, a control character, two lengths that differ, and a
// length beside a transfer coding are how one answer is made to look like two, or a header like another one. All of
// them are `malformed`.

#include <afk/core/result.hpp>
#include <afk/http/message.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace afk::http {

class ResponseHead {
 public:
  // `limits` outlives it.
  explicit ResponseHead(const Limits& limits) : limits_(limits) {}

  // One line with its end. Interim answers (1xx) are forgotten when the next one begins; what comes behind the final
  // head are trailers, which are counted and dropped. Fails with `malformed` and `too_large`; then no more is taken.
  Result<void> take(std::string_view line);

  // The empty line of the final answer was seen.
  [[nodiscard]] bool is_whole() const { return stage_ == Stage::whole; }

  [[nodiscard]] std::vector<Header> headers() && { return std::move(headers_); }

 private:
  enum class Stage { status, headers, whole };

  Result<void> take_header(std::string_view line);
  Result<void> finish();

  const Limits& limits_;
  Stage stage_ = Stage::status;
  bool is_interim_ = false;
  std::size_t bytes_ = 0;
  std::size_t lines_ = 0;
  std::vector<Header> headers_;
};

} // namespace afk::http
