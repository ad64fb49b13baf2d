#pragma once
// The lock that a supervisor holds as long as it lives: who finds it held knows that the supervisor is there, whatever
// its number, its namespace or the boot says.
//
// It is an open file description lock, because it can be asked about without being taken: a look that took the lock for
// a moment would send a supervisor away that comes in that moment. It is close-on-exec, so that no agent carries it on.
//
// Errors: as in file_system.hpp; `configuration` where the file system has no such locks.

#include <afk/adapter/file_system.hpp>
#include <afk/core/result.hpp>
#include <afk/core/time.hpp>

#include <optional>
#include <string_view>

namespace afk::adapter {

class SupervisorLock {
 public:
  // `name` is created empty where it is absent. Absent: another holder had it for all of `patience`.
  static Result<std::optional<SupervisorLock>> try_acquire(const Folder& folder, std::string_view name,
                                                           Duration patience);

  enum class Holder : std::uint8_t { never_came, present, gone };

  // `never_came`: the file is absent.
  static Result<Holder> probe(const Folder& folder, std::string_view name);

 private:
  explicit SupervisorLock(UniqueFd descriptor) : descriptor_(std::move(descriptor)) {}

  UniqueFd descriptor_;
};

} // namespace afk::adapter
