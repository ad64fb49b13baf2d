#pragma once
// Carrying the objects of one commit out of a clone that an agent could write to.
//
// Regular files below <clone>/.git/objects with names that git gives (loose objects, packs and their indexes) are
// copied into a new repository of afk's own: no links are followed, nothing but regular files is opened, and sizes are
// bounded. Configuration, hooks, alternates, grafts, replace refs, shallow marks and commit graphs stay behind. A fetch
// from that copy then recomputes every object's name, checks its format (fsck) and that the history is whole; an object
// that the copy lacks may only come from the mirror.

#include <afk/adapter/git.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace afk::adapter {

struct ImportLimits {
  std::int64_t bytes = std::int64_t{1} << 30; // of all files that are copied
  std::int64_t files = 200'000;
};

struct ImportOrder {
  std::filesystem::path clone;
  std::string head;                     // an object id
  std::filesystem::path mirror_objects; // what the clone borrowed
  std::filesystem::path scratch;        // an empty folder for the copy
  GitPlace into;                        // where the objects go
  ImportLimits limits;
};

// Fails with `malformed` (tampered with, broken objects, missing objects, not a commit), `too_large`, `io`.
Result<void> import_commit(Git& git, const ImportOrder& order);

// The copying half: fills `objects`, which exists. For import_commit and its tests.
struct ObjectCopy {
  std::filesystem::path clone;
  std::filesystem::path objects;
  ImportLimits limits;
};

Result<void> copy_objects(const ObjectCopy& copy);

} // namespace afk::adapter
