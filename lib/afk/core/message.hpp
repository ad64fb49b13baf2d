#pragma once
// Every text that people read from the loop, in one place: what a doorbell says, why a run waits, what a look did, how
// a run ended and what to do next. The kinds and actions themselves are names for programs; these are the words.
//
// Text from outside is cleaned here (one line, no pings, no closing words) and bounded; each sink still has its own
// escaper.

#include <afk/core/action.hpp>
#include <afk/core/config.hpp>
#include <afk/core/ending.hpp>
#include <afk/core/ids.hpp>

#include <string>
#include <string_view>

namespace afk {

inline constexpr std::size_t longest_shown_title = 80; // bytes

// A title for people: one clean line, shortened. "(no title)" where nothing is left of it.
[[nodiscard]] std::string render_title_for_people(std::string_view title);

// Why a look did nothing: "checks are running".
[[nodiscard]] std::string_view render_wait_explanation(WaitReason reason);

// What a look does, in a few words: "orders a fix turn", "waits: checks are running". For reports and `status`.
[[nodiscard]] std::string render_action_explanation(const Action& action);

// The kind of an ending or a doorbell in a few words: "Budget used up".
[[nodiscard]] std::string_view render_ending_title(Ending ending);

// How a run ended, or why a doorbell rings, as one sentence without its details: "The checks stayed red and the budget
// is used up; the broken commit stays."
[[nodiscard]] std::string_view render_ending_headline(Ending ending);

// A text of one line, cleaned and bounded; of several lines, cleaned, bounded and quoted with "> ", a line feed at its
// end. "" where nothing is left.
[[nodiscard]] std::string render_line_for_people(std::string_view text);
[[nodiscard]] std::string render_quote_for_people(std::string_view text);

// What a message is about. Every text may be hostile.
struct MessageFacts {
  IssueRef issue;
  std::string issue_title;
  RunName run; // empty where there is no run
  std::string agent;
  std::string reason;   // what was seen, where more is known than the kind says
  std::string question; // of Ending::question
  std::string link;     // to the work: pull request, commit or log; not to the issue
  LabelSettings labels;
};

// What a person can do now: one or two sentences.
[[nodiscard]] std::string render_next_step(Ending ending, const MessageFacts& facts);

struct Message {
  std::string title; // one line
  std::string text;  // lines: what happened, why, what to do next

  friend bool operator==(const Message&, const Message&) = default;
};

// For every kind, `stood_down` too, which rings nowhere but is reported.
[[nodiscard]] Message derive_message(Ending ending, const MessageFacts& facts);

} // namespace afk
