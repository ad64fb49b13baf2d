#include <e2e/crash/story.hpp>

#include <cstdlib>
#include <stdexcept>

namespace afk::test {

namespace {

constexpr int most_ticks = 8;

void run_clean_tick(const World& world) {
  const ProgramOutcome outcome = world.afk({"tick"});
  if (outcome.exit_code != 0)
    throw std::runtime_error("a clean tick left with " + std::to_string(outcome.exit_code) + ": " + outcome.output);
}

Traced trace_undisturbed(const World& world, const std::string& command, TracedProgram::Target target) {
  Traced traced = trace_tick(world, command, target);
  if (traced.exit_code != 0)
    throw std::runtime_error("the undisturbed " + command + " left with " + std::to_string(traced.exit_code));
  return traced;
}

Moment tell_moment(const World& world, const std::string& command, const std::string& before) {
  Moment moment;
  moment.command = command;
  moment.agents = command == "poll" ? Moment::Agents::waiting : Moment::Agents::released;
  moment.before = before;
  world.save(before);
  {
    moment.supervisor_calls = trace_undisturbed(world, command, TracedProgram::Target::supervisor).calls;
    const auto gate = world.open_gate();
    world.wait_until_idle();
  }
  world.restore(before);
  moment.calls = trace_undisturbed(world, command, TracedProgram::Target::program).calls;
  if (moment.agents == Moment::Agents::waiting)
    for (int tick = 0; tick < clean_ticks; ++tick)
      run_clean_tick(world);
  const auto gate = world.open_gate();
  world.wait_until_idle();
  moment.after = world.snapshot();
  return moment;
}

} // namespace

Traced trace_tick(const World& world, const std::string& command, TracedProgram::Target target,
                  std::optional<Kill> kill) {
  TracedProgram program;
  program.argv = {std::getenv("AFK_PROGRAM"), command, "--config", world.configuration()};
  program.environment = world.environment();
  program.working_folder = world.root();
  program.output_file = world.root() + "/output.log";
  program.target = target;
  if (target == TracedProgram::Target::program)
    program.counts_from = world.tracker(); // the configuration is loaded by then
  Tracer tracer(std::move(program));
  std::optional<World::OpenGate> gate;
  if (target == TracedProgram::Target::supervisor)
    tracer.on_program_exit([&] { gate.emplace(world.open_gate()); });
  return tracer.run(kill);
}

Story tell_story(const World& world, const std::string& saved_root) {
  Story story;
  story.moments.push_back(tell_moment(world, "poll", saved_root + "/poll"));
  story.moments.back().name = "poll";
  for (int tick = 1; tick <= most_ticks; ++tick) {
    const std::string name = "watch " + std::to_string(tick);
    Moment moment = tell_moment(world, "watch", saved_root + "/watch-" + std::to_string(tick));
    moment.name = name;
    if (moment.after == story.moments.back().after) {
      story.end = std::move(moment.after);
      story.outcome = world.outcome();
      return story;
    }
    story.moments.push_back(std::move(moment));
  }
  throw std::runtime_error("the undisturbed story has no end");
}

} // namespace afk::test
