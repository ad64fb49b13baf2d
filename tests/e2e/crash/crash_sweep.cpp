#include <e2e/crash/crash_sweep.hpp>

#include <algorithm>
#include <set>

namespace afk::test {

namespace {

using Target = TracedProgram::Target;

std::string name_group(const Story& story, const CrashCase& one) {
  return story.moments[one.moment].name + (one.target == Target::program ? ", the tick" : ", a supervisor");
}

std::string describe_case(const Story& story, const CrashCase& one, const Traced& traced) {
  return name_group(story, one) + ", killed " + (one.kill.moment == Kill::Moment::before ? "before" : "after") +
         " call " + std::to_string(one.kill.call) + ": " + traced.killed_at;
}

void run_clean_tick(const World& world, SweepCount& count) {
  if (world.afk({"tick"}).exit_code != 0)
    ++count.failed_ticks;
}

// What an issue's part of the world should be: as the tick leaves it, or as one of the later ticks does, because clean
// ticks go on with the story. An issue's files are all that a tick knows, so from there the story goes on as it did.
std::string describe_missed(const Story& story, std::size_t moment, const Snapshot& actual) {
  std::string text;
  for (const auto& [issue, files] : actual) {
    const bool is_in_story = std::any_of(story.moments.begin() + static_cast<std::ptrdiff_t>(moment),
                                         story.moments.end(), [&](const Moment& later) {
                                           const auto part = later.after.find(issue);
                                           return part != later.after.end() && part->second == files;
                                         });
    if (!is_in_story)
      text += describe_difference(story.moments[moment].after.at(issue), files);
  }
  return text;
}

// With agents that wait the clean ticks come first; otherwise each finds what the one before it has started at its end.
std::string finish_tick(const World& world, const Story& story, std::size_t place, SweepCount& count) {
  const Moment& moment = story.moments[place];
  if (moment.agents == Moment::Agents::waiting) {
    for (int tick = 0; tick < clean_ticks; ++tick)
      run_clean_tick(world, count);
    const auto gate = world.open_gate();
    world.wait_until_idle();
    ++count.ticks[clean_ticks];
    const Snapshot actual = world.snapshot();
    std::string text;
    for (const auto& [issue, files] : actual)
      text += describe_difference(moment.after.at(issue), files);
    return text;
  }
  const auto gate = world.open_gate();
  std::string missed;
  for (int tick = 1; tick <= clean_ticks; ++tick) {
    world.wait_until_idle();
    run_clean_tick(world, count);
    world.wait_until_idle();
    missed = describe_missed(story, place, world.snapshot());
    if (missed.empty()) {
      ++count.ticks[tick];
      return "";
    }
  }
  return missed;
}

std::size_t count_runs(const Files& files) {
  std::set<std::string> runs;
  for (const auto& [name, content] : files)
    if (name.ends_with("/run.json"))
      runs.insert(name);
  return runs.size();
}

// The killed supervisor's run may have been started once more; its issue and its repository must look the same.
std::string describe_missed_outcome(const World& world, const Story& story) {
  const Snapshot outcome = world.outcome();
  const Snapshot actual = world.snapshot();
  std::string text;
  for (const std::string& repository : world_repositories()) {
    text += describe_difference(story.outcome.at(repository), outcome.at(repository));
    const bool was_hit = repository == world_repositories().front();
    if (!was_hit)
      text += describe_difference(story.end.at(repository), actual.at(repository));
    else if (count_runs(actual.at(repository)) > 2)
      text += "more than one redispatch\n";
  }
  return text;
}

// The rest of the story, and not more than two ticks more than it has.
std::string finish_story(const World& world, const Story& story, std::size_t place, SweepCount& count) {
  const auto gate = world.open_gate();
  const std::size_t most = story.moments.size() - 1 - place + clean_ticks;
  std::string missed;
  for (std::size_t tick = 0; tick <= most; ++tick) {
    if (tick > 0)
      run_clean_tick(world, count);
    world.wait_until_idle();
    missed = describe_missed_outcome(world, story);
    if (missed.empty())
      return "";
  }
  return missed;
}

} // namespace

std::vector<CrashCase> list_cases(const Story& story) {
  std::vector<CrashCase> cases;
  for (std::size_t moment = 0; moment < story.moments.size(); ++moment) {
    const auto add_cases = [&](Target target, std::size_t calls) {
      for (std::size_t call = 0; call < calls; ++call)
        for (const auto when : {Kill::Moment::before, Kill::Moment::after})
          cases.push_back({moment, target, {call, when}});
    };
    add_cases(Target::program, story.moments[moment].calls.size());
    add_cases(Target::supervisor, story.moments[moment].supervisor_calls.size());
  }
  return cases;
}

void count_found(const Story& story, SweepCount& count) {
  for (const Moment& moment : story.moments) {
    for (const TracedCall& call : moment.calls)
      ++count.found[moment.name + ", the tick: " + call.name];
    for (const TracedCall& call : moment.supervisor_calls)
      ++count.found[moment.name + ", a supervisor: " + call.name];
  }
}

void run_case(const World& world, const Story& story, const CrashCase& one, SweepCount& count) {
  const Moment& moment = story.moments[one.moment];
  world.restore(moment.before);
  const Traced traced = trace_tick(world, moment.command, one.target, one.kill);
  const std::string missed = one.target == Target::program ? finish_tick(world, story, one.moment, count)
                                                           : finish_story(world, story, one.moment, count);
  const auto starts = world.starts();
  for (const auto& [turn, times] : starts)
    count.most_starts = std::max(count.most_starts, times);
  count.turns += static_cast<int>(starts.size());
  count.two_alive += world.saw_two_alive() ? 1 : 0;
  if (!traced.killed) {
    ++count.not_reached;
    return;
  }
  const std::string group = name_group(story, one);
  ++count.cases[group];
  count.equal[group] += missed.empty() ? 1 : 0;
  if (!missed.empty())
    count.failures.push_back(describe_case(story, one, traced) + "\n" + missed);
}

} // namespace afk::test
