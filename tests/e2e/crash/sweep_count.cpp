#include <e2e/crash/crash_sweep.hpp>

#include <support/files.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <ostream>

namespace afk::test {

namespace {

template <typename Key>
void add_all(std::map<Key, int>& sum, const std::map<Key, int>& part) {
  for (const auto& [name, count] : part)
    sum[name] += count;
}

} // namespace

void add(SweepCount& sum, const SweepCount& part) {
  add_all(sum.cases, part.cases);
  add_all(sum.equal, part.equal);
  add_all(sum.ticks, part.ticks);
  for (const auto& [name, calls] : part.found) // every worker finds the same ones
    sum.found[name] = std::max(sum.found[name], calls);
  sum.not_reached += part.not_reached;
  sum.failed_ticks += part.failed_ticks;
  sum.turns += part.turns;
  sum.most_starts = std::max(sum.most_starts, part.most_starts);
  sum.two_alive += part.two_alive;
  sum.failures.insert(sum.failures.end(), part.failures.begin(), part.failures.end());
}

void save_count(const SweepCount& count, const std::string& file) {
  put_file(file, nlohmann::json{{"found", count.found},
                                {"cases", count.cases},
                                {"equal", count.equal},
                                {"ticks", count.ticks},
                                {"not_reached", count.not_reached},
                                {"failed_ticks", count.failed_ticks},
                                {"turns", count.turns},
                                {"most_starts", count.most_starts},
                                {"two_alive", count.two_alive},
                                {"failures", count.failures}}
                     .dump());
}

SweepCount load_count(const std::string& file) {
  const auto document = nlohmann::json::parse(get_file(file));
  SweepCount count;
  document.at("found").get_to(count.found);
  document.at("cases").get_to(count.cases);
  document.at("equal").get_to(count.equal);
  document.at("ticks").get_to(count.ticks);
  document.at("not_reached").get_to(count.not_reached);
  document.at("failed_ticks").get_to(count.failed_ticks);
  document.at("turns").get_to(count.turns);
  document.at("most_starts").get_to(count.most_starts);
  document.at("two_alive").get_to(count.two_alive);
  document.at("failures").get_to(count.failures);
  return count;
}

void print_count(const SweepCount& count, std::ostream& out) {
  int calls = 0;
  for (const auto& [name, found] : count.found) {
    out << "calls found, " << name << ": " << found << '\n';
    calls += found;
  }
  int cases = 0;
  int equal = 0;
  for (const auto& [name, run] : count.cases) {
    const auto same = count.equal.find(name);
    const int good = same == count.equal.end() ? 0 : same->second;
    out << name << ": " << run << " cases, " << good << " equal\n";
    cases += run;
    equal += good;
  }
  for (const auto& [ticks, times] : count.ticks)
    out << "equal after at most " << ticks << " clean ticks: " << times << '\n';
  out << "crash sweep: " << calls << " calls found, " << cases << " cases run, " << equal << " equal, "
      << count.not_reached << " not reached; " << count.turns << " turns, at most " << count.most_starts
      << " start of one; " << count.two_alive << " cases with two agents of an arming; " << count.failed_ticks
      << " clean ticks reported a failure\n";
}

} // namespace afk::test
