#include <afk/loop/turn_orders.hpp>

#include <afk/core/text.hpp>
#include <afk/loop/actor_judge.hpp>
#include <afk/loop/counting_labels.hpp>

#include <algorithm>

namespace afk::loop {

namespace {

constexpr std::size_t boundary_bytes = 16;

// Why the fix is ordered: the output of the verify turn that failed, what the forge shows, else the last turn's output.
std::string derive_failure(const RunLook& look, const Observation& observation, const TurnRequest& request) {
  const HeadVerdict verdict = derive_head_verdict(observation, look.settings, observation.landing.work.candidate_head);
  if (verdict.turn != nullptr && verdict.verdict == Situation::Verdict::red)
    return verdict.turn->output_excerpt;
  if (!request.failure.empty())
    return request.failure;
  const PublishedVerdict published = derive_published_verdict(observation, look.settings);
  if (published.turn != nullptr)
    return published.turn->output_excerpt;
  if (!published.deployment_problem.empty())
    return "The deployment failed:\n" + published.deployment_problem;
  const TurnView* last = find_last_agent_turn(observation);
  return last == nullptr ? "" : last->output_excerpt;
}

const CardTurn* find_card_turn(const TickContext& context, const RunCard& card, const TurnName& name) {
  const auto found = std::ranges::find_if(card.turns, [&](const CardTurn& turn) {
    return derive_turn_name({card.run, turn.kind, turn.cause, turn.ordinal}, context.digest) == name;
  });
  return found == card.turns.end() ? nullptr : &*found;
}

// What makes the turn the same turn again when another tick orders it.
std::string derive_cause(const Observation& observation, TurnKind kind) {
  const WorkEvidence& work = observation.landing.work;
  switch (kind) {
  case TurnKind::first:
    return "";
  case TurnKind::verify:
    return work.candidate_head;
  case TurnKind::redispatch:
    return "r" + std::to_string(derive_newest_redispatch(observation) + 1);
  case TurnKind::answer: {
    const TurnView* last = find_last_agent_turn(observation);
    return last == nullptr ? "" : last->turn.text;
  }
  case TurnKind::rebase:
    return work.run_head + ":" + work.base_head;
  case TurnKind::fix:
  case TurnKind::finish:
    return work.run_head;
  }
  return "";
}

// The number of earlier starts of this turn that came to nothing.
int derive_ordinal(const TickContext& context, const Observation& observation, TurnIdentity identity) {
  const auto is_known = [&](const TurnName& name) {
    return std::ranges::any_of(observation.executor.attempts, [&](const AttemptView& attempt) {
      return std::ranges::any_of(attempt.turns, [&](const TurnView& turn) { return turn.turn == name; });
    });
  };
  identity.ordinal = 0;
  while (is_known(derive_turn_name(identity, context.digest)))
    ++identity.ordinal;
  return identity.ordinal;
}

Result<Prompt> prompt_for(const TickContext& context, PromptInput input) {
  if (!context.prompt_template.empty())
    input.template_text = context.prompt_template;
  input.issue_form = context.config.prompt.issue;
  input.boundary = context.random.hex(boundary_bytes);
  return derive_prompt(input, context.digest);
}

// The first label that names a role of the configuration; what others mean by such a label is theirs.
void add_role(const TickContext& context, const IssueRecord& record, const ArmingRecord& arming, PromptInput& input) {
  constexpr std::string_view prefix = "role:";
  if (context.config.roles.empty())
    return;
  for (const std::string& label : derive_counting_labels(context, record, arming)) {
    const std::string folded = fold_ascii(label);
    const auto role = folded.starts_with(prefix) ? context.config.roles.find(folded.substr(prefix.size()))
                                                 : context.config.roles.end();
    if (role == context.config.roles.end())
      continue;
    input.role = role->first;
    input.role_instructions = role->second.instructions;
    return;
  }
}

Publisher derive_publisher(const TickContext& context, const std::string& executor) {
  const auto found = context.publishers.find(executor);
  return found == context.publishers.end() ? Publisher::afk : found->second;
}

PromptInput derive_prompt_input(const TickContext& context, const IssueRecord& record,
                                const RepositorySettings& settings, const ArmingRecord& arming,
                                const std::string& agent) {
  PromptInput input;
  if (const AgentSettings* known = find_agent(context, agent)) {
    input.persona = known->persona;
    input.publisher = derive_publisher(context, known->executor);
  }
  add_role(context, record, arming, input);
  input.issue = record.issue;
  input.run = arming.run;
  input.branch = derive_branch_name(record.issue.number, arming.run);
  input.comments = gather_comments(context, record, arming);
  input.landing = settings.landing.landing;
  input.issue_title = record.title;
  input.issue_body = record.body;
  input.issue_url = record.url;
  input.check_commands = derive_verify_commands(settings);
  return input;
}

void take_prompt(OrderedTurn& turn, Prompt prompt) {
  turn.order.prompt = std::move(prompt.text);
  turn.order.files = std::move(prompt.files);
  turn.prompt_hash = std::move(prompt.hash);
  turn.template_version = std::move(prompt.template_version);
}

PromptInput derive_turn_prompt(const TickContext& context, const RunLook& look, const Observation& observation,
                               const TurnRequest& request, TurnKind kind) {
  PromptInput input = derive_prompt_input(context, look.record, look.settings, look.arming, look.card.agent);
  const WorkEvidence& work = observation.landing.work;
  input.kind = kind;
  input.base_branch = work.base_branch;
  if (!work.root_entries.empty())
    input.root_entries = work.root_entries;
  if (kind == TurnKind::fix || kind == TurnKind::finish)
    input.failure = derive_failure(look, observation, request);
  if (kind == TurnKind::rebase)
    input.conflicting_paths = work.conflicts;
  if (kind == TurnKind::answer) {
    input.question = derive_question(observation);
    input.answer = request.answer;
  }
  return input;
}

} // namespace

Result<OrderedTurn> order_first_turn(const TickContext& context, const DispatchFacts& facts) {
  PromptInput input = derive_prompt_input(context, facts.record, facts.settings, facts.arming, facts.agent);
  input.kind = TurnKind::first;
  input.base_branch = facts.base_branch;
  auto prompt = prompt_for(context, std::move(input));
  if (!prompt)
    return std::move(prompt).error();

  OrderedTurn turn;
  turn.on_card = {TurnKind::first, "", 0, Attempt::free, facts.now};
  turn.order.issue = facts.record.issue;
  turn.order.run = facts.arming.run;
  turn.order.turn = derive_turn_name({facts.arming.run, TurnKind::first, "", 0}, context.digest);
  turn.order.kind = TurnKind::first;
  turn.order.agent = facts.agent;
  turn.order.model = facts.model;
  turn.order.branch = derive_branch_name(facts.record.issue.number, facts.arming.run);
  take_prompt(turn, std::move(*prompt));
  return turn;
}

Result<OrderedTurn> order_turn(const TickContext& context, const RunLook& look, const Observation& observation,
                               const TurnRequest& request) {
  TurnKind kind = request.kind;
  std::string cause = derive_cause(observation, kind);
  if (request.again == TurnRequest::Again::last_turn) {
    const TurnView* last = find_last_agent_turn(observation);
    const CardTurn* known = last == nullptr ? nullptr : find_card_turn(context, look.card, last->turn);
    kind = known == nullptr ? TurnKind::first : known->kind;
    cause = known == nullptr ? "" : known->cause;
  }
  const RunName& run = look.arming.run;
  const int ordinal = derive_ordinal(context, observation, {run, kind, cause, 0});
  const int newest = derive_newest_redispatch(observation);

  OrderedTurn turn;
  turn.on_card = {kind, cause, ordinal, request.attempt, observation.now};
  turn.order.issue = look.record.issue;
  turn.order.run = run;
  turn.order.redispatch = kind == TurnKind::redispatch ? newest + 1 : newest;
  turn.order.turn = derive_turn_name({run, kind, cause, ordinal}, context.digest);
  turn.order.kind = kind;
  turn.order.branch = derive_branch_name(look.record.issue.number, run);
  if (kind == TurnKind::verify) {
    turn.order.verify_head = observation.landing.work.candidate_head;
    auto commands = derive_gate_commands(look.settings, observation.landing.work.root_entries);
    if (!commands)
      return std::move(commands).error();
    turn.order.verify_commands = std::move(*commands);
    return turn;
  }
  turn.order.agent = look.card.agent;
  turn.order.model = look.card.model;
  auto prompt = prompt_for(context, derive_turn_prompt(context, look, observation, request, kind));
  if (!prompt)
    return std::move(prompt).error();
  take_prompt(turn, std::move(*prompt));
  return turn;
}

} // namespace afk::loop
