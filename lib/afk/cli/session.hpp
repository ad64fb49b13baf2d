#pragma once
// A configuration put to work: the adapters that it names, wired up behind the ports that the loop knows. The only
// place that names concrete adapters.

#include <afk/cli/commands.hpp>
#include <afk/config/parse_configuration.hpp>
#include <afk/loop/tick_context.hpp>

#include <memory>
#include <vector>

namespace afk::adapter {
class GithubClient;
} // namespace afk::adapter

namespace afk::cli {

class Session {
 public:
  // Fails with `configuration` where an adapter is asked for that this afk does not have, or a file that it names
  // cannot be used. Opens no connection and touches no tracker.
  static Result<std::unique_ptr<Session>> open(Invocation& invocation, Config config, loop::TickReport::Mode mode);

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  // Lives as long as the session.
  [[nodiscard]] loop::TickContext context() const;
  [[nodiscard]] const Config& config() const;

  // The deadline of a tick starts now; the last resort is armed with it.
  void start_tick();

  // Between two ticks no deadline runs.
  void rest();

  // What went over the network so far.
  [[nodiscard]] loop::RequestCount requests() const;

  // The client of a GitHub that is the tracker; for `doctor`.
  [[nodiscard]] adapter::GithubClient* github() const;

  // After a tick: clones of runs that ended long ago are removed. What fails is tried again after the next tick.
  std::vector<Error> prune();

 private:
  struct Parts;
  explicit Session(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

// Loads the configuration and opens the session: what most commands begin with. In a dry run nothing that the session
// reaches is written to.
Result<std::unique_ptr<Session>> open_session(Invocation& invocation, loop::TickReport::Mode mode);

} // namespace afk::cli
