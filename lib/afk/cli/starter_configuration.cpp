#include <afk/cli/starter_configuration.hpp>

namespace afk::cli {

std::string render_starter_configuration() {
  return R"(# afk starts nothing with this file as it is. To let it work:
#   1. list a repository in `allowlist` and give its clone_url below,
#   2. choose commands that must pass before work lands ([checks]),
#   3. try `afk doctor` and `afk poll --dry-run`,
#   4. set kill_switch = false.
# Every key and its meaning: `afk config show`, and the example that is installed beside the documentation.

kill_switch = true
allowlist = []                    # ["me/project"]

[tracker]
kind = "directory"
url = "tracker"                   # the folder of the issues, beside this file

[trust]
labelers = ["hand"]               # whoever may edit an issue's file may arm it

[agents.claude]
command = "claude"                # or argv = ["my-agent", "{prompt_file}"]

[executors.local]
kind = "process"
sandbox = "bubblewrap"

[checks]
mode = "commands"
commands = ["false"]              # replace: what must pass, as "make test"; nothing lands before it does

# [repositories."me/project"]
# clone_url = "/home/me/src/project"
)";
}

} // namespace afk::cli
