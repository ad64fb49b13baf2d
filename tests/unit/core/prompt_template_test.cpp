#include <afk/core/prompt_template.hpp>
#include <support/catch.hpp>

#include <string>

using namespace afk;

namespace {

std::string filled(std::string_view text) {
  const auto parsed = parse_prompt_template(text);
  if (!parsed.ok()) {
    CHECK(parsed.error().kind == ErrorKind::configuration);
    return parsed.error().message;
  }
  const PromptValues values{"RULES", "ORDER", "o/r#1", "{{rules}}", "RUN", "BRANCH", "BASE", "KIND"};
  return render_prompt_template(parsed.value(), values);
}

} // namespace

TEST_CASE("A template is filled in one pass") {
  struct Case {
    std::string name;
    std::string text;
    std::string filled;
  };

  const auto test = GENERATE(values<Case>({
      {"all variables", "{{rules}} {{order}} {{issue}} {{run}} {{branch}} {{base}} {{kind}}",
       "RULES ORDER o/r#1 RUN BRANCH BASE KIND"},
      {"blanks inside", "{{ rules }}{{\torder }}", "RULESORDER"},
      {"twice", "{{order}}{{order}}{{rules}}", "ORDERORDERRULES"},
      {"a value with braces is not looked at again", "{{issue_text}}|{{rules}}|{{order}}", "{{rules}}|RULES|ORDER"},
      {"literal braces", "{{rules}}{{order}} {{{{x}} } { }} {a}", "RULESORDER {{x}} } { }} {a}"},
      {"more literal braces", "{{rules}}{{order}}{{{{{{issue}}", "RULESORDER{{o/r#1"},
      {"other scripts", "\xC3\xA4{{rules}}{{order}}\xE6\xBC\xA2", "\xC3\xA4RULESORDER\xE6\xBC\xA2"},
      {"an unknown variable", "one\ntwo {{rules}}\n{{ordre}}",
       "prompt template, line 3: there is no variable \"ordre\"; known are rules, order, issue, issue_text, run, "
       "branch, base, kind"},
      {"an empty variable", "{{}}",
       "prompt template, line 1: there is no variable \"\"; known are rules, order, issue, issue_text, run, branch, "
       "base, kind"},
      {"another case", "{{Rules}}",
       "prompt template, line 1: there is no variable \"Rules\"; known are rules, order, issue, issue_text, run, "
       "branch, "
       "base, kind"},
      {"not closed", "{{rules}}{{order}}\n{{branch",
       "prompt template, line 2: \"{{\" without \"}}\"; two literal braces are written \"{{{{\""},
      {"closed in the next line", "{{rules\n}}{{order}}",
       "prompt template, line 1: \"{{\" without \"}}\"; two literal braces are written \"{{{{\""},
      {"no rules", "{{order}}",
       "prompt template: {{rules}} is missing; without it the agent would not know what holds and what to do"},
      {"no order", "{{rules}}",
       "prompt template: {{order}} is missing; without it the agent would not know what holds and what to do"},
      {"nothing", "",
       "prompt template: {{rules}} is missing; without it the agent would not know what holds and what to do"},
      {"not UTF-8", "{{rules}}{{order}}\xFF", "prompt template: it is not valid UTF-8"},
  }));
  CAPTURE(test.name);
  CHECK(filled(test.text) == test.filled);
}
