#pragma once
// What one case of a contract found wrong in one column: cases run many times over, so that their findings are values
// and become assertions where the table is printed.

#include <afk/core/result.hpp>

#include <filesystem>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace afk::test {

struct ContractStop {}; // thrown by ContractRun::require

// A case goes on after a failed expectation and stops at a failed requirement.
class ContractRun {
 public:
  using Where = std::source_location;

  void expect(bool holds, std::string_view what, Where where = Where::current()) {
    if (!holds) {
      failures_.push_back(std::filesystem::path(where.file_name()).filename().string() + ":" +
                          std::to_string(where.line()) + ": expected " + std::string(what));
    }
  }

  void require(bool holds, std::string_view what, Where where = Where::current()) {
    expect(holds, what, where);
    if (!holds) {
      throw ContractStop{};
    }
  }

  template <typename T>
  void require_ok(const Result<T>& result, Where where = Where::current()) {
    require(result.ok(), result.ok() ? "an answer" : "an answer instead of: " + result.error().message, where);
  }

  template <typename T>
  void expect_error(const Result<T>& result, ErrorKind kind, Where where = Where::current()) {
    expect(!result.ok() && result.error().kind == kind,
           "an error of kind " + std::string(render_error_kind(kind)) +
               (result.ok() ? ", not an answer" : ", not: " + result.error().message),
           where);
  }

  [[nodiscard]] const std::vector<std::string>& failures() const { return failures_; }

 private:
  std::vector<std::string> failures_;
};

} // namespace afk::test
