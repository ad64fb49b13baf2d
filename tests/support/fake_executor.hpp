#pragma once
// An executor and its landing in memory: runs are created if absent, sealed when concluded, and their commits are
// names. Agents do what the test has them do, and nothing by themselves.

#include <afk/core/landing_plan.hpp>
#include <afk/port/clock.hpp>
#include <afk/port/executor.hpp>
#include <afk/port/landing.hpp>

#include <support/faults.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace afk::test {

inline bool is_live(const TurnView& turn) {
  return turn.state == TurnState::starting || turn.state == TurnState::running || turn.state == TurnState::waiting;
}

class FakeExecutor final : public Executor, public Landing {
 public:
  FakeExecutor(Clock& clock, Faults& faults) : clock_(clock), faults_(faults) {}

  // What agents and people do.

  struct Place {
    AttemptName attempt;
    TurnName turn;
  };

  [[nodiscard]] std::vector<Place> live_turns() const {
    std::vector<Place> places;
    for (const auto& [name, attempt] : attempts_)
      for (const TurnView& turn : attempt.turns)
        if (is_live(turn))
          places.push_back({name, turn.turn});
    return places;
  }

  TurnView& turn(const Place& place) {
    auto& turns = attempts_.at(place.attempt).turns;
    return *std::ranges::find(turns, place.turn, &TurnView::turn);
  }

  [[nodiscard]] const Order& order(const TurnName& turn) const { return orders_.at(turn); }

  void end(const Place& place, TurnOutcome outcome) {
    TurnView& ended = turn(place);
    ended.state = TurnState::ended;
    ended.outcome = outcome;
    ended.ended_at = clock_.now();
    ended.head_after = head_of(place.attempt);
  }

  // Asks in the live turn of an attempt, beside what it asks already; the oldest is shown.
  void ask(const Place& place, const std::string& request, const std::string& question) {
    open_[place.attempt].push_back({request, question});
    show_request(place.attempt);
  }

  // A person answers at the executor itself.
  void withdraw(const Place& place, const std::string& request) {
    std::erase_if(open_[place.attempt], [&](const Request& one) { return one.name == request; });
    show_request(place.attempt);
  }

  // What was answered to which request.
  [[nodiscard]] const std::map<std::string, std::string>& answers() const { return answers_; }

  // An attempt that the executor cannot show, while it shows the others.
  void hide(const RunName& run) { hidden_.insert(run); }

  // Loses everything that it knew of its runs, as a server that was set up anew.
  void forget_everything() { attempts_.clear(); }

  void vanish(const Place& place) { turn(place).state = TurnState::vanished; }

  // A commit of the agent, on top of the base as it is now when `Merges` says so.
  enum class Merges : std::uint8_t { no, base };

  std::string commit(const Place& place, Merges merges) {
    Work& work = work_[place.attempt];
    work.head = "commit-" + std::to_string(++last_commit_);
    work.chain.push_back(work.head);
    ++work.commits;
    if (work.on_base.empty() || merges == Merges::base)
      work.on_base = base(orders_.at(place.turn).issue.repository).back();
    return work.head;
  }

  // Where runs land: on the base, or on their own branches, which a forge merges.
  LandingMode landing = LandingMode::push;

  [[nodiscard]] std::string branch_head(const std::string& branch) const {
    const auto found = branches_.find(branch);
    return found == branches_.end() ? "" : found->second;
  }

  void remove_branch(const std::string& branch) { branches_.erase(branch); }

  // A commit of a person on a run's branch.
  void commit_to_branch(const std::string& branch) { branches_[branch] = "person-" + std::to_string(++last_commit_); }

  [[nodiscard]] bool conflicts(const RepositoryName& repository, const std::string& head) {
    const auto& heads = base(repository);
    return conflicting_.contains(head) && std::ranges::find(heads, head) == heads.end();
  }

  // Answers the merge commit.
  std::string merge_branch(const RepositoryName& repository, const std::string& branch) {
    const std::string head = branch_head(branch);
    base(repository).push_back(head);
    base(repository).push_back("merge-" + head);
    landed_.insert(head);
    return base(repository).back();
  }

  void commit_to_base(const RepositoryName& repository) {
    base(repository).push_back("base-" + std::to_string(++last_commit_));
  }

  void mark_conflict(const std::string& head) { conflicting_.insert(head); }

  [[nodiscard]] std::vector<std::string> base_of(const RepositoryName& repository) { return base(repository); }

  [[nodiscard]] std::size_t starts() const { return orders_.size(); }

  [[nodiscard]] std::size_t pushes() const { return pushes_; }

  [[nodiscard]] bool knows(const RunName& run) const {
    return std::ranges::any_of(attempts_, [&](const auto& one) { return one.first.run == run; });
  }

  // The executor.

  Result<ExecutorLook> look() override {
    return faults_.carry_out("look", [&] {
      ExecutorLook look;
      look.identity = {"executor-1"};
      for (const auto& [name, attempt] : attempts_) {
        if (std::ranges::any_of(attempt.turns, is_live))
          look.live.push_back({name, attempt.issue, attempt.agent, attempt.model});
        if (!attempt.turns.empty() && attempt.turns.front().started_at)
          look.recent_starts.push_back({attempt.issue, *attempt.turns.front().started_at});
      }
      return Result<ExecutorLook>(look);
    });
  }

  std::vector<Result<std::optional<AttemptView>>> observe(std::span<const AttemptName> names) override {
    std::vector<Result<std::optional<AttemptView>>> answers;
    for (const AttemptName& name : names)
      answers.push_back(faults_.carry_out("observe", [&] {
        if (hidden_.contains(name.run))
          return Result<std::optional<AttemptView>>(Error{ErrorKind::too_large, "its conversation is too long"});
        const auto found = attempts_.find(name);
        return Result<std::optional<AttemptView>>(found == attempts_.end() ? std::nullopt
                                                                           : std::optional(found->second));
      }));
    return answers;
  }

  Result<Started> start(const Order& order) override {
    return faults_.carry_out("start", [&] { return begin(order); });
  }

  Result<void> interrupt(const AttemptName& name, Stop stop) override {
    return faults_.carry_out("interrupt", [&] {
      if (stop == Stop::conclude)
        sealed_.insert(name);
      for (const Place& place : live_turns())
        if (place.attempt == name)
          end(place, TurnOutcome::interrupted);
      return Result<void>();
    });
  }

  Result<void> answer(const AttemptName& name, const TurnAnswer& answer) override {
    return faults_.carry_out("answer", [&]() -> Result<void> {
      auto& open = open_[name];
      const auto request = std::ranges::find(open, answer.request, &Request::name);
      if (request == open.end())
        return open.empty() ? Error{ErrorKind::refused, "nothing is asked"} : Error{ErrorKind::conflict, "another one"};
      answers_[answer.request] = answer.text;
      open.erase(request);
      show_request(name);
      return {};
    });
  }

  // The landing.

  std::vector<Result<WorkEvidence>> inspect(std::span<const WorkQuery> queries) override {
    std::vector<Result<WorkEvidence>> answers;
    for (const WorkQuery& query : queries)
      answers.push_back(faults_.carry_out("inspect", [&] { return Result<WorkEvidence>(evidence(query)); }));
    return answers;
  }

  std::vector<Result<Descent>> compare(std::span<const DescentQuery> queries) override {
    std::vector<Result<Descent>> answers;
    for (const DescentQuery& query : queries)
      answers.push_back(faults_.carry_out("compare", [&] { return Result<Descent>(compare_one(query)); }));
    return answers;
  }

  Result<std::string> fetch_base_head(const RepositoryName& repository) override { return base(repository).back(); }

  Result<void> keep_candidate(const WorkQuery& query, const WorkEvidence& kept) override {
    return faults_.carry_out("keep_candidate", [&] {
      kept_[{query.run, query.redispatch}].insert({kept.run_head, kept.candidate_head});
      return Result<void>();
    });
  }

  Result<void> push(const WorkQuery& query, const WorkEvidence& work) override {
    return faults_.carry_out("push", [&]() -> Result<void> {
      if (landing == LandingMode::pull_request)
        return push_branch(query, work);
      auto& heads = base(query.issue.repository);
      if (std::ranges::find(heads, work.candidate_head) != heads.end())
        return {};
      if (heads.back() != work.base_head)
        return Error{ErrorKind::conflict, "the base moved"};
      heads.push_back(work.candidate_head);
      landed_.insert(work.run_head);
      landed_.insert(work.candidate_head);
      ++pushes_;
      return {};
    });
  }

 private:
  struct Request {
    std::string name;
    std::string question;
  };

  void show_request(const AttemptName& name) {
    const auto& open = open_[name];
    for (TurnView& turn : attempts_.at(name).turns)
      if (is_live(turn)) {
        turn.state = open.empty() ? TurnState::running : TurnState::waiting;
        turn.request = open.empty() ? "" : open.front().name;
        turn.question = open.empty() ? "" : open.front().question;
      }
  }

  struct Work {
    std::string head;
    std::vector<std::string> chain; // every commit, oldest first
    std::string on_base;            // the base's head that it contains
    int commits = 0;
  };

  Result<Started> begin(const Order& order) {
    const AttemptName name{order.run, order.redispatch};
    if (sealed_.contains(name))
      return Error{ErrorKind::refused, "the run is concluded"};
    if (orders_.contains(order.turn))
      return Started{StartOutcome::adopted, "log"};
    for (const Place& place : live_turns())
      if (place.attempt.run == order.run)
        return Error{ErrorKind::conflict, "another turn of the run is live"};
    for (int k = 0; k < order.redispatch; ++k)
      sealed_.insert({order.run, k});
    AttemptView& attempt = attempts_[name];
    attempt.attempt = name;
    attempt.issue = order.issue;
    if (!order.agent.empty())
      attempt.agent = order.agent;
    TurnView turn;
    turn.turn = order.turn;
    turn.kind = order.kind;
    turn.state = TurnState::running;
    turn.started_at = clock_.now();
    turn.verify_head = order.verify_head;
    turn.head_before = head_of(name);
    attempt.turns.push_back(turn);
    orders_[order.turn] = order;
    return Started{StartOutcome::created, "log"};
  }

  Result<void> push_branch(const WorkQuery& query, const WorkEvidence& work) {
    std::string& head = branches_[query.branch];
    if (head == work.candidate_head)
      return {};
    if (head != work.branch_head)
      return Error{ErrorKind::conflict, "the branch moved"};
    if (!head.empty() && !pushed_.contains(head))
      return Error{ErrorKind::refused, "somebody else put commits onto the branch"};
    head = work.candidate_head;
    pushed_.insert(head);
    ++pushes_;
    return {};
  }

  // What the forge lands: the branch as it is published, and what of the workspace it lacks.
  void add_branch(const WorkQuery& query, WorkEvidence& answer) {
    answer.branch_head = branch_head(query.branch);
    answer.merge_base = "begin";
    if (pushed_.contains(answer.run_head))
      answer.delivery = WorkEvidence::Delivery::pushed;
    answer.candidate_head = answer.run_head;
    if (answer.branch_head.empty())
      return;
    answer.published_paths = {"greeting.txt"};
    const auto on_base = answer.published.state == PublishedState::on_base;
    if (!on_base)
      answer.published = {PublishedState::branch, answer.branch_head, "", "", {}, {}};
    const auto& chain = work_[{query.run, query.redispatch}].chain;
    const auto published = std::ranges::find(chain, answer.branch_head);
    if (published != chain.end())
      answer.unpublished = answer.commits == 0 ? 0 : static_cast<int>(std::distance(published, chain.end())) - 1;
  }

  // The base is one line of commits.
  Descent compare_one(const DescentQuery& query) {
    const auto& heads = base(query.repository);
    const auto ancestor = std::ranges::find(heads, query.ancestor);
    return ancestor != heads.end() && std::find(ancestor, heads.end(), query.descendant) != heads.end() ? Descent::yes
                                                                                                        : Descent::no;
  }

  WorkEvidence evidence(const WorkQuery& query) {
    const auto& heads = base(query.issue.repository);
    WorkEvidence answer;
    answer.base_branch = "main";
    answer.base_head = heads.back();
    const AttemptName name{query.run, query.redispatch};
    for (const auto& [head, candidate] : kept_[name])
      if (landed_.contains(candidate)) {
        answer.published.state = PublishedState::on_base;
        answer.published.head = answer.published.landed = candidate;
        answer.merge_base = "begin";
      }
    const auto found = work_.find(name);
    if (found != work_.end())
      add_work(found->second, heads, answer);
    if (landing == LandingMode::pull_request)
      add_branch(query, answer);
    return answer;
  }

  void add_work(const Work& work, const std::vector<std::string>& heads, WorkEvidence& answer) {
    answer.run_head = work.head;
    answer.commits = landed_.contains(work.head) ? 0 : work.commits;
    answer.unpublished = answer.commits;
    answer.changed_paths = {"greeting.txt"};
    if (landed_.contains(work.head) || work.on_base == heads.back())
      answer.candidate_head = landed_.contains(work.head) ? answer.published.head : work.head;
    else if (conflicting_.contains(work.head))
      answer.conflicts = {"greeting.txt"};
    else
      answer.candidate_head = "merge of " + work.head + " into " + heads.back();
  }

  [[nodiscard]] std::string head_of(const AttemptName& name) const {
    const auto found = work_.find(name);
    return found == work_.end() ? "" : found->second.head;
  }

  std::vector<std::string>& base(const RepositoryName& repository) {
    auto& heads = bases_[repository];
    if (heads.empty())
      heads.emplace_back("begin");
    return heads;
  }

  Clock& clock_;
  Faults& faults_;
  std::map<AttemptName, AttemptView> attempts_;
  std::map<TurnName, Order> orders_;
  std::set<AttemptName> sealed_;
  std::map<AttemptName, Work> work_;
  std::map<AttemptName, std::vector<Request>> open_;
  std::map<std::string, std::string> answers_;
  std::set<RunName> hidden_;
  std::map<RepositoryName, std::vector<std::string>> bases_;
  std::map<AttemptName, std::set<std::pair<std::string, std::string>>> kept_;
  std::set<std::string> landed_;
  std::map<std::string, std::string> branches_; // the runs' branches at the remote
  std::set<std::string> pushed_;                // by afk, to one of them
  std::set<std::string> conflicting_;
  std::size_t pushes_ = 0;
  int last_commit_ = 0;
};

} // namespace afk::test
