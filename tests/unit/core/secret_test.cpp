#include <afk/core/secret.hpp>
#include <support/catch.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <concepts>
#include <ostream>
#include <string>

using namespace afk;

namespace {

template <typename T>
concept Printable = requires(std::ostream& stream, const T& value) { stream << value; };

static_assert(!Printable<Secret>);
static_assert(!fmt::is_formattable<Secret>::value);
static_assert(!std::is_copy_constructible_v<Secret>);
static_assert(!std::is_copy_assignable_v<Secret>);
static_assert(!std::equality_comparable<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<std::string, Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret>);

} // namespace

TEST_CASE("A secret is handed on and leaves nothing behind") {
  std::string source = "hunter2hunter2";
  const char* const bytes = source.data();
  Secret first(std::move(source));
  CHECK(std::all_of(bytes, bytes + 14, [](char byte) { return byte == 0; }));
  CHECK(first.reveal() == "hunter2hunter2");

  Secret second(std::move(first));
  CHECK(second.reveal() == "hunter2hunter2");
  CHECK(first.empty()); // NOLINT(bugprone-use-after-move)

  Secret third(std::string_view("another"));
  third = std::move(second);
  CHECK(third.reveal() == "hunter2hunter2");
  CHECK(second.empty()); // NOLINT(bugprone-use-after-move)

  const Secret fourth = third.copy();
  CHECK(fourth.reveal() == third.reveal());
  CHECK(fourth.reveal().data() != third.reveal().data());
  CHECK(Secret().empty());
}
