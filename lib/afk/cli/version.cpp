#include <afk/cli/version.hpp>

namespace afk::cli {

const std::string_view version = AFK_VERSION;

} // namespace afk::cli
