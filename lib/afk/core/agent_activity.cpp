#include <afk/core/agent_activity.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

namespace afk {

namespace {

constexpr auto outputs = std::to_array<std::pair<AgentOutput, std::string_view>>({
    {AgentOutput::text, "text"},
    {AgentOutput::claude_stream, "claude-stream"},
    {AgentOutput::codex_jsonl, "codex-jsonl"},
    {AgentOutput::gemini_stream, "gemini-stream"},
});

constexpr std::size_t longest_shown_problem = 300;

// A provider's limit never lasts longer; whatever says so is misread.
constexpr Duration longest_limit = std::chrono::hours(40 * 24);

constexpr auto months = std::to_array<std::string_view>(
    {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"});

std::string derive_words(std::string_view message) {
  return fold_ascii(clean_single_line(message));
}

// Reads words and numbers from the left; what does not fit leaves it where it was.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  void skip_blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == ',')) {
      rest_.remove_prefix(1);
    }
  }

  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) {
      return false;
    }
    rest_.remove_prefix(word.size());
    return true;
  }

  std::optional<int> take_number() {
    int number = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (error != std::errc{} || number < 0 || number > 100'000) {
      return std::nullopt;
    }
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return number;
  }

  std::string_view take_letters() {
    std::size_t length = 0;
    while (length < rest_.size() && rest_[length] >= 'a' && rest_[length] <= 'z') {
      ++length;
    }
    const std::string_view word = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return word;
  }

  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

std::optional<Duration> find_unit(std::string_view word) {
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  static const std::map<std::string_view, Duration> units{
      {"d", hours(24)},     {"day", hours(24)},     {"days", hours(24)},     {"h", hours(1)},   {"hr", hours(1)},
      {"hrs", hours(1)},    {"hour", hours(1)},     {"hours", hours(1)},     {"m", minutes(1)}, {"min", minutes(1)},
      {"mins", minutes(1)}, {"minute", minutes(1)}, {"minutes", minutes(1)}, {"s", seconds(1)}, {"sec", seconds(1)},
      {"secs", seconds(1)}, {"second", seconds(1)}, {"seconds", seconds(1)}};
  const auto found = units.find(word);
  return found == units.end() ? std::nullopt : std::optional(found->second);
}

// "2 days 3 hours", "2h3m4s"
std::optional<Duration> read_span(std::string_view text) {
  Scanner scanner(text);
  Duration span{0};
  bool any = false;
  while (true) {
    scanner.skip_blanks();
    Scanner ahead = scanner;
    const auto number = ahead.take_number();
    ahead.skip_blanks();
    const auto unit = number ? find_unit(ahead.take_letters()) : std::nullopt;
    if (!unit) {
      return any ? std::optional(span) : std::nullopt;
    }
    span += *number * *unit;
    any = true;
    scanner = ahead;
  }
}

// "7:58 pm"; since midnight
std::optional<Duration> read_clock(Scanner& scanner) {
  const auto hour = scanner.take_number();
  if (!hour || *hour > 12 || *hour == 0 || !scanner.take(":")) {
    return std::nullopt;
  }
  const auto minute = scanner.take_number();
  scanner.skip_blanks();
  const bool afternoon = scanner.take("pm");
  if (!minute || *minute > 59 || (!afternoon && !scanner.take("am"))) {
    return std::nullopt;
  }
  return std::chrono::hours((*hour % 12) + (afternoon ? 12 : 0)) + std::chrono::minutes(*minute);
}

// "nov 22nd, 2026 "
std::optional<std::chrono::sys_days> read_day(Scanner& scanner) {
  Scanner ahead = scanner;
  const std::string_view word = ahead.take_letters();
  const auto month = std::ranges::find(months, word.substr(0, 3));
  ahead.skip_blanks();
  const auto day = ahead.take_number();
  ahead.take_letters();
  ahead.skip_blanks();
  const auto year = ahead.take_number();
  ahead.skip_blanks();
  if (word.size() < 3 || month == months.end() || !day || !year) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(month - months.begin()) + 1),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) {
    return std::nullopt;
  }
  scanner = ahead;
  return std::chrono::sys_days(date);
}

std::optional<Timestamp> read_moment(std::string_view text, Timestamp now) {
  Scanner scanner(text);
  const auto day = read_day(scanner);
  const auto clock = read_clock(scanner);
  if (!clock) {
    return std::nullopt;
  }
  if (day) {
    return Timestamp(*day) + *clock;
  }
  const Timestamp today = Timestamp(std::chrono::floor<std::chrono::days>(now)) + *clock;
  return today > now ? today : today + std::chrono::days(1);
}

std::string describe_problem(const AgentActivity& activity) {
  const std::string shown =
      truncate_text(clean_single_line(activity.problem), {.max_bytes = longest_shown_problem, .note = "..."});
  return shown.empty() ? "" : ": " + shown;
}

AgentJudgement judge_exit(std::optional<int> exit_code) {
  if (!exit_code) {
    return {TurnOutcome::failed, "the agent was ended by a signal"};
  }
  return *exit_code == 0
             ? AgentJudgement{TurnOutcome::succeeded, "the agent ended with exit code 0"}
             : AgentJudgement{TurnOutcome::failed, fmt::format("the agent ended with exit code {}", *exit_code)};
}

} // namespace

std::string_view render_agent_output(AgentOutput output) {
  for (const auto& [value, name] : outputs) {
    if (value == output) {
      return name;
    }
  }
  return "text";
}

Result<AgentOutput> parse_agent_output(std::string_view text) {
  for (const auto& [value, name] : outputs) {
    if (name == text) {
      return value;
    }
  }
  return Error{.kind = ErrorKind::malformed, .message = "there is no such form of an agent's output"};
}

std::optional<double> derive_token_cost(const TokenCount& tokens, const TokenPrices& prices) {
  if (prices == TokenPrices{}) {
    return std::nullopt;
  }
  constexpr double million = 1e6;
  const auto cached = static_cast<double>(tokens.cached_input);
  const auto fresh = std::max(0.0, static_cast<double>(tokens.input) - cached);
  return (fresh * prices.input + cached * prices.cached_input + static_cast<double>(tokens.output) * prices.output) /
         million;
}

AgentJudgement judge_agent(AgentOutput output, const AgentActivity& activity, std::optional<int> exit_code) {
  using Result = AgentActivity::Result;
  if (output == AgentOutput::text) {
    return judge_exit(exit_code);
  }
  const bool succeeded = exit_code == 0 && activity.result == Result::success && activity.denials == 0;
  // A limit that the agent waited out is none.
  if (!succeeded && activity.limit == AgentActivity::Limit::reached) {
    return {TurnOutcome::usage_limited, "the provider's usage limit is reached" + describe_problem(activity)};
  }
  if (exit_code != 0) {
    AgentJudgement judgement = judge_exit(exit_code);
    judgement.reason += describe_problem(activity);
    return judgement;
  }
  switch (activity.result) {
  case Result::none:
    return {TurnOutcome::failed, "the agent ended without saying how it went: there is no result in its output"};
  case Result::error:
    return {TurnOutcome::failed, "the agent says that it failed" + describe_problem(activity)};
  case Result::success:
    break;
  }
  if (activity.denials > 0) {
    return {TurnOutcome::failed, fmt::format("the agent was denied {} tool call{}: it can not have done all that it "
                                             "wanted to do",
                                             activity.denials, activity.denials == 1 ? "" : "s")};
  }
  return {TurnOutcome::succeeded, "the agent ended with exit code 0 and says that it succeeded"};
}

bool speaks_of_usage_limit(std::string_view message) {
  const std::string words = derive_words(message);
  constexpr auto signs = std::to_array<std::string_view>(
      {"usage limit", "hit your limit", "5-hour limit", "weekly limit", "exhausted your daily quota",
       "exhausted your capacity", "quota exceeded", "quota will reset", "rate limit reached", "rejected (429)"});
  return std::ranges::any_of(signs, [&](std::string_view sign) { return words.contains(sign); });
}

bool is_credible_limit_end(Timestamp end, Timestamp now) {
  return end > now && end - now <= longest_limit;
}

std::optional<Timestamp> find_limit_end(std::string_view message, Timestamp now) {
  const std::string words = derive_words(message);
  std::optional<Timestamp> end;
  for (const std::string_view sign : {" at ", "resets "}) {
    for (std::size_t at = words.find(sign); at != std::string::npos && !end; at = words.find(sign, at + 1)) {
      end = read_moment(std::string_view(words).substr(at + sign.size()), now);
    }
  }
  for (const std::string_view sign : {" in ", " after "}) {
    for (std::size_t at = words.find(sign); at != std::string::npos && !end; at = words.find(sign, at + 1)) {
      if (const auto span = read_span(std::string_view(words).substr(at + sign.size()))) {
        end = now + *span;
      }
    }
  }
  return end && is_credible_limit_end(*end, now) ? end : std::nullopt;
}

bool is_session_id(std::string_view text) {
  constexpr std::string_view legal = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !text.empty() && text.size() <= longest_session && text.front() != '-' && text.front() != '.' &&
         text.find_first_not_of(legal) == std::string_view::npos;
}

double derive_cost(std::span<const TurnView> turns) {
  std::map<std::string_view, double> counted; // by session
  double sum = 0;
  for (const TurnView& turn : turns) {
    double measured = 0;
    if (turn.activity && turn.activity->cost_usd) {
      measured = *turn.activity->cost_usd;
      const std::string_view session = turn.activity->session;
      if (turn.activity->counted == AgentActivity::Counted::session && !session.empty()) {
        double& before = counted[session];
        const double total = measured;
        measured -= total >= before ? before : 0; // less than before: it counts anew
        before = total;
      }
    }
    const double claimed = turn.report && turn.report->cost_usd ? *turn.report->cost_usd : 0;
    sum += std::max(measured, claimed);
  }
  return sum;
}

} // namespace afk
