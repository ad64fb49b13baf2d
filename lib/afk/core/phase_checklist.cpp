#include <afk/core/message.hpp>
#include <afk/core/phase_checklist.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk {

namespace {

constexpr std::size_t most_links = 8;
constexpr std::size_t longest_target = 500;

// Minutes are enough for people, and the forge shows the comment's own times anyway.
std::string render_moment(Timestamp moment) {
  const std::string text = render_timestamp(moment);
  return fmt::format("{} {} UTC", text.substr(0, 10), text.substr(11, 5));
}

std::string render_code_span(std::string_view text) {
  std::string line = truncate_text(clean_single_line(text), {.max_bytes = longest_target, .note = "…"});
  std::ranges::replace(line, '`', '\'');
  return fmt::format("`{}`", line);
}

bool is_url_character(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || std::string_view("-._~:/?#&=+,;%").contains(character);
}

// Only web addresses become links; everything else is shown as it is.
std::string render_target(std::string_view target) {
  if (!target.starts_with("https://") && !target.starts_with("http://")) {
    return render_code_span(target);
  }
  std::string url;
  for (const char character : target.substr(0, longest_target)) {
    url += is_url_character(character) ? std::string(1, character)
                                       : fmt::format("%{:02X}", static_cast<unsigned char>(character));
  }
  return fmt::format("<{}>", url);
}

std::string_view render_state_word(const CardView& view) {
  switch (view.card.state) {
  case CardState::dispatch_failing:
    return "not started";
  case CardState::starting:
    return "starting";
  case CardState::running:
    return "running";
  case CardState::parked:
    return "waiting for an answer";
  case CardState::ended:
    return "over";
  }
  return "running";
}

std::string render_heading(const CardView& view) {
  return fmt::format("### afk run `{}`: {}\n", derive_run8(view.card.run), render_state_word(view));
}

std::string_view render_work(const RunCard& card) {
  switch (card.turns.empty() ? TurnKind::first : card.turns.back().kind) {
  case TurnKind::first:
    return "An agent is at work.";
  case TurnKind::fix:
    return "An agent repairs what the checks found.";
  case TurnKind::rebase:
    return "An agent brings the work up to the base branch.";
  case TurnKind::finish:
    return "An agent finishes what the last turn left unfinished.";
  case TurnKind::answer:
    return "An agent works with the answer.";
  case TurnKind::redispatch:
    return "An agent was started again, because the one before vanished.";
  case TurnKind::verify:
    return "The checks run on the finished work.";
  }
  return "An agent is at work.";
}

bool is_worth_saying(WaitReason reason) {
  return reason != WaitReason::running && reason != WaitReason::grace;
}

std::string render_running(const CardView& view) {
  if (view.card.interrupt) {
    return fmt::format("The agent is being stopped: {}.", render_interrupt_cause(view.card.interrupt->cause));
  }
  if (!view.waiting || !is_worth_saying(*view.waiting)) {
    return std::string(render_work(view.card));
  }
  std::string line = fmt::format("Waiting: {}.", render_wait_explanation(*view.waiting));
  if (view.waiting == WaitReason::usage_limit && view.card.parked_until) {
    line += fmt::format(" It goes on after {}.", render_moment(*view.card.parked_until));
  }
  return line;
}

std::string render_state_line(const CardView& view) {
  switch (view.card.state) {
  case CardState::dispatch_failing:
    return "No agent could be started yet; every tick tries again.";
  case CardState::starting:
    return "An agent is being started.";
  case CardState::running:
    return render_running(view);
  case CardState::parked:
    return "The agent asks a question. Until it is answered the run waits and holds no slot.";
  case CardState::ended: {
    const Ending ending = view.card.ending.value_or(Ending::needs_human);
    return fmt::format("**{}.** {}", render_ending_title(ending), render_ending_headline(ending));
  }
  }
  return {};
}

std::string render_reason(const CardView& view) {
  const bool is_over = view.card.state == CardState::ended;
  const std::string reason = render_line_for_people(is_over ? view.card.ending_reason : view.waiting_detail);
  return reason.empty() ? "" : fmt::format("Reason: {}\n", reason);
}

std::string_view render_box_title(Phase phase, const LandingPlan& landing) {
  switch (phase) {
  case Phase::claimed:
    return "claimed";
  case Phase::tests_red:
    return "tests red";
  case Phase::tests_green:
    return "tests green";
  case Phase::pushed:
    return landing.landing == LandingMode::push ? "pushed to the base branch" : "pushed";
  case Phase::checks:
    return "checks";
  case Phase::merged:
    return "merged";
  case Phase::deployed:
    return "deployed";
  case Phase::done:
    return landing.last_stage == LastStage::review ? "handed over for review" : "done";
  }
  return "done";
}

std::string render_boxes(const CardView& view) {
  std::string text;
  for (const PhaseBox& box : view.phases.boxes) {
    text +=
        fmt::format("- [{}] {}{}\n", box.mark == PhaseMark::open ? ' ' : 'x', render_box_title(box.phase, view.landing),
                    box.mark == PhaseMark::reported ? " *(reported by the agent)*" : "");
  }
  return text;
}

std::optional<Timestamp> find_start(const RunCard& card) {
  for (const FirstSeen clock : {FirstSeen::run, FirstSeen::dispatch_failing}) {
    if (const auto found = card.first_seen.find(clock); found != card.first_seen.end()) {
      return found->second;
    }
  }
  return card.turns.empty() ? std::nullopt : std::optional(card.turns.front().ordered_at);
}

std::string render_cost(const CardView& view) {
  const std::string budget = view.budget_usd > 0 ? fmt::format(" of ${:.2f}", view.budget_usd) : "";
  return fmt::format("- Cost: ${:.2f}{}, as the agent reports it\n", view.card.cost_usd, budget);
}

std::string render_facts(const CardView& view) {
  const RunCard& card = view.card;
  std::string text;
  if (!card.agent.empty()) {
    text += fmt::format("- Agent: {}", render_code_span(card.agent));
    text += card.model.empty() ? "\n" : fmt::format(", model {}\n", render_code_span(card.model));
  }
  if (const auto start = find_start(card)) {
    text += fmt::format("- Since: {}\n", render_moment(*start));
  }
  text += fmt::format("- Corrective attempts: {} of {}\n", derive_attempts_used(card), view.attempts_allowed);
  if (card.redispatches > 0) {
    text += fmt::format("- Started again after the agent vanished: {}\n", card.redispatches);
  }
  if (card.cost_usd > 0) {
    text += render_cost(view);
  }
  if (const std::string step = render_line_for_people(view.step); !step.empty()) {
    text += fmt::format("- Last step, as the agent reports it: {}\n", step);
  }
  if (view.quiet_since && card.state == CardState::running) {
    text += fmt::format("- No sign of work since {}\n", render_moment(*view.quiet_since));
  }
  if (const std::string answer = render_line_for_people(card.refused_answer); !answer.empty()) {
    text += fmt::format("- Refused: {}\n", answer);
  }
  for (const CardDoorbell& doorbell : card.doorbells) {
    if (doorbell.state == CardDoorbell::State::given_up) {
      text +=
          fmt::format("- The doorbell {} could not be rung and was given up\n", render_code_span(doorbell.notifier));
    }
  }
  const std::size_t shown = std::min(view.links.size(), most_links);
  for (std::size_t index = 0; index < shown; ++index) {
    text += fmt::format("- {}: {}\n", render_line_for_people(view.links[index].name),
                        render_target(view.links[index].target));
  }
  return text;
}

MessageFacts derive_facts(const CardView& view) {
  return {.issue = view.issue,
          .issue_title = {},
          .run = view.card.run,
          .agent = view.card.agent,
          .reason = {},
          .question = {},
          .link = {},
          .labels = view.labels};
}

std::string render_advice(const CardView& view) {
  const std::string stop = fmt::format("To stop it, put the label `{}` on, or run `afk stop {}`.", view.labels.human,
                                       render_issue_ref(view.issue));
  switch (view.card.state) {
  case CardState::dispatch_failing:
    return fmt::format("To take the issue back, take the label `{}` off.\n", view.labels.ready);
  case CardState::starting:
  case CardState::running:
    return fmt::format("{} To hold it back for a while, put `{}` on.\n", stop, view.labels.paused);
  case CardState::parked:
    return fmt::format("{} {}\n", render_next_step(Ending::question, derive_facts(view)), stop);
  case CardState::ended:
    return render_next_step(view.card.ending.value_or(Ending::needs_human), derive_facts(view)) + '\n';
  }
  return {};
}

std::string render_question(const CardView& view) {
  if (view.card.state != CardState::parked) {
    return {};
  }
  const std::string quoted = render_quote_for_people(view.question);
  return quoted.empty() ? "" : quoted + '\n';
}

} // namespace

std::string render_card_comment(const CardView& view, std::string_view machine_line) {
  std::string text = render_heading(view) + '\n';
  text += render_state_line(view) + '\n';
  text += render_reason(view) + '\n';
  text += render_question(view);
  text += render_boxes(view) + '\n';
  text += render_facts(view) + '\n';
  text += render_advice(view) + '\n';
  text += machine_line;
  return text + '\n';
}

} // namespace afk
