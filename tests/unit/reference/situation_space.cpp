#include "situation_space.hpp"

namespace reference {

namespace {

using afk::Situation;

void add_inputs_of_the_issue(Space<Situation>& space) {
  using S = Situation;
  space.add("issue", &S::issue,
            {{"open", S::Issue::open},
             {"closed", S::Issue::closed},
             {"closed_after_landing", S::Issue::closed_after_landing},
             {"gone", S::Issue::gone}});
  space.add("person", &S::person, {{"absent", S::Person::absent}, {"took_over", S::Person::took_over}});
  space.add("lock", &S::lock, {{"ours", S::Lock::ours}, {"foreign", S::Lock::foreign}});
  space.add("arming", &S::arming, {{"valid", S::Arming::valid}, {"voided", S::Arming::voided}});
  space.add("turn", &S::turn,
            {{"unknown", S::Turn::unknown},
             {"running", S::Turn::running},
             {"waiting", S::Turn::waiting},
             {"blocked", S::Turn::blocked},
             {"clean", S::Turn::clean},
             {"failed", S::Turn::failed},
             {"limited", S::Turn::limited},
             {"limit_over", S::Turn::limit_over},
             {"vanishing", S::Turn::vanishing},
             {"vanished", S::Turn::vanished},
             {"vanished_for_good", S::Turn::vanished_for_good}});
  space.add("overrun", &S::overrun,
            {{"none", S::Overrun::none},
             {"stalled", S::Overrun::stalled},
             {"run_limit", S::Overrun::run_limit},
             {"budget", S::Overrun::budget}});
  space.add("interrupt", &S::interrupt,
            {{"not_ordered", S::Interrupt::not_ordered},
             {"ordered", S::Interrupt::ordered},
             {"overdue", S::Interrupt::overdue}});
  space.add("question_label", &S::question_label, {{"off", S::Label::off}, {"on", S::Label::on}});
  space.add("answer", &S::answer, {{"none", S::Answer::none}, {"trusted", S::Answer::trusted}});
  space.add("reach", &S::reach,
            {{"everything", S::Reach::everything},
             {"something_missing", S::Reach::something_missing},
             {"missing_too_long", S::Reach::missing_too_long}});
}

void add_inputs_of_the_landing(Space<Situation>& space) {
  using S = Situation;
  space.add("landing", &S::landing, {{"pull_request", S::Landing::pull_request}, {"push", S::Landing::push}});
  space.add("last_stage", &S::last_stage,
            {{"review", S::LastStage::review},
             {"checks", S::LastStage::checks},
             {"merged", S::LastStage::merged},
             {"deployed", S::LastStage::deployed}});
  space.add("auto_merge", &S::auto_merge, {{"off", S::AutoMerge::off}, {"on", S::AutoMerge::on}});
  space.add("published", &S::published,
            {{"nothing", S::Published::nothing},
             {"branch", S::Published::branch},
             {"draft", S::Published::draft},
             {"open", S::Published::open},
             {"merged", S::Published::merged},
             {"on_base", S::Published::on_base}});
  space.add("stage", &S::stage,
            {{"before", S::Stage::before},
             {"reached", S::Stage::reached},
             {"reached_uncleanly", S::Stage::reached_uncleanly}});
  space.add("local", &S::local,
            {{"none", S::Local::none}, {"unfinished", S::Local::unfinished}, {"finished", S::Local::finished}});
}

void add_inputs_of_the_work(Space<Situation>& space) {
  using S = Situation;
  space.add("conflict", &S::conflict, {{"none", S::Conflict::none}, {"conflicting", S::Conflict::conflicting}});
  space.add("verdict", &S::verdict,
            {{"missing", S::Verdict::missing},
             {"pending", S::Verdict::pending},
             {"green", S::Verdict::green},
             {"red", S::Verdict::red}});
  space.add("base_red", &S::base_red,
            {{"no", S::BaseRed::no},
             {"at_merge_base", S::BaseRed::at_merge_base},
             {"at_head", S::BaseRed::at_head},
             {"at_head_too_long", S::BaseRed::at_head_too_long}});
  space.add("rerun", &S::rerun, {{"not_possible", S::Rerun::not_possible}, {"possible", S::Rerun::possible}});
  space.add("budget", &S::budget, {{"left", S::Budget::left}, {"out", S::Budget::out}});
  space.add("grace", &S::grace, {{"over", S::Grace::over}, {"running", S::Grace::running}});
  space.add("patience", &S::patience, {{"left", S::Patience::left}, {"out", S::Patience::out}});
  space.add("declared", &S::declared,
            {{"nothing", S::Declared::nothing}, {"nothing_to_do", S::Declared::nothing_to_do}});
  space.add("protected_paths", &S::protected_paths,
            {{"untouched", S::Protected::untouched}, {"touched", S::Protected::touched}});
  space.add("gates", &S::gates, {{"pass", S::Gates::pass}, {"fail", S::Gates::fail}});
  space.add("hold", &S::hold, {{"none", S::Hold::none}, {"held", S::Hold::held}});
}

} // namespace

Space<Situation> make_situation_space() {
  Space<Situation> space;
  add_inputs_of_the_issue(space);
  add_inputs_of_the_landing(space);
  add_inputs_of_the_work(space);
  return space;
}

} // namespace reference
