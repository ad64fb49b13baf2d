#pragma once
// Result<T>: a value or an Error, and never silently neither.
//
// It holds a std::expected instead of deriving from it: with inherited constructors a failed Result<int> would convert
// to a Result<bool> that holds `false`, so that an unreadable kill switch would read as "off". There is no conversion
// across T, and Result<bool> does not compile: use an enum.

#include <afk/core/error.hpp>

#include <concepts>
#include <expected>
#include <type_traits>
#include <utility>

namespace afk {

template <typename T>
class [[nodiscard]] Result {
  static_assert(!std::is_same_v<T, bool>, "Result<bool> invites mistakes: use an enum");
  static_assert(!std::is_same_v<T, Error>, "an Error is not a value");

 public:
  using value_type = T;

  Result(T value) : state_(std::move(value)) {}

  Result(Error error) : state_(std::unexpect, std::move(error)) {}

  [[nodiscard]] bool ok() const { return state_.has_value(); }

  [[nodiscard]] explicit operator bool() const { return ok(); }

  [[nodiscard]] const T& value() const& { return state_.value(); }

  [[nodiscard]] T& value() & { return state_.value(); }

  [[nodiscard]] T&& value() && { return std::move(state_).value(); }

  [[nodiscard]] const Error& error() const& { return state_.error(); }

  [[nodiscard]] Error&& error() && { return std::move(state_).error(); }

  [[nodiscard]] const T& operator*() const& { return value(); }

  [[nodiscard]] T& operator*() & { return value(); }

  [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }

  [[nodiscard]] const T* operator->() const { return &value(); }

  [[nodiscard]] T* operator->() { return &value(); }

 private:
  std::expected<T, Error> state_;
};

// The outcome of an effect that has no value to give.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;

  Result(Error error) : state_(std::unexpect, std::move(error)) {}

  [[nodiscard]] bool ok() const { return state_.has_value(); }

  [[nodiscard]] explicit operator bool() const { return ok(); }

  [[nodiscard]] const Error& error() const& { return state_.error(); }

  [[nodiscard]] Error&& error() && { return std::move(state_).error(); }

 private:
  std::expected<void, Error> state_;
};

} // namespace afk
