#include <afk/core/prompt_template.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace afk {

namespace {

constexpr std::string_view opener = "{{";
constexpr std::string_view closer = "}}";
constexpr std::string_view literal_opener = "{{{{";

std::optional<PromptVariable> try_variable(std::string_view name) {
  for (std::uint8_t number = 0; number < prompt_variable_count; ++number) {
    const auto variable = static_cast<PromptVariable>(number);
    if (render_prompt_variable(variable) == name) {
      return variable;
    }
  }
  return std::nullopt;
}

Error template_error(std::string_view text, std::size_t position, std::string_view problem) {
  const auto line = 1 + std::ranges::count(text.substr(0, position), '\n');
  return Error{.kind = ErrorKind::configuration, .message = fmt::format("prompt template, line {}: {}", line, problem)};
}

std::string known_variables() {
  std::string names;
  for (std::uint8_t number = 0; number < prompt_variable_count; ++number) {
    names +=
        fmt::format("{}{}", names.empty() ? "" : ", ", render_prompt_variable(static_cast<PromptVariable>(number)));
  }
  return names;
}

Result<void> check_required(const PromptTemplate& prompt_template) {
  for (const PromptVariable variable : {PromptVariable::rules, PromptVariable::order}) {
    if (prompt_template.count(variable) == 0) {
      return Error{.kind = ErrorKind::configuration,
                   .message = fmt::format("prompt template: {{{{{}}}}} is missing; without it the agent would not know "
                                          "what holds and what to do",
                                          render_prompt_variable(variable))};
    }
  }
  return {};
}

} // namespace

std::string_view render_prompt_variable(PromptVariable variable) {
  switch (variable) {
  case PromptVariable::rules:
    return "rules";
  case PromptVariable::order:
    return "order";
  case PromptVariable::issue:
    return "issue";
  case PromptVariable::issue_text:
    return "issue_text";
  case PromptVariable::run:
    return "run";
  case PromptVariable::branch:
    return "branch";
  case PromptVariable::base:
    return "base";
  case PromptVariable::kind:
    return "kind";
  }
  return "";
}

std::size_t PromptTemplate::count(PromptVariable variable) const {
  return static_cast<std::size_t>(std::ranges::count(parts, std::optional(variable), &TemplatePart::variable));
}

Result<PromptTemplate> parse_prompt_template(std::string_view text) {
  if (!is_valid_utf8(text)) {
    return Error{.kind = ErrorKind::configuration, .message = "prompt template: it is not valid UTF-8"};
  }
  PromptTemplate prompt_template;
  TemplatePart part;
  std::size_t position = 0;
  while (position < text.size()) {
    const std::string_view rest = text.substr(position);
    if (rest.starts_with(literal_opener)) {
      part.text += opener;
      position += literal_opener.size();
      continue;
    }
    if (!rest.starts_with(opener)) {
      part.text.push_back(rest.front());
      ++position;
      continue;
    }
    const std::size_t end = rest.find(closer);
    if (end == std::string_view::npos || rest.substr(0, end).contains('\n')) {
      return template_error(text, position, "\"{{\" without \"}}\"; two literal braces are written \"{{{{\"");
    }
    const std::string_view name = trim_ascii(rest.substr(opener.size(), end - opener.size()));
    part.variable = try_variable(name);
    if (!part.variable) {
      return template_error(
          text, position,
          fmt::format("there is no variable {}; known are {}", quote_for_display(name), known_variables()));
    }
    prompt_template.parts.push_back(std::move(part));
    part = {};
    position += end + closer.size();
  }
  prompt_template.parts.push_back(std::move(part));
  if (auto required = check_required(prompt_template); !required.ok()) {
    return std::move(required).error();
  }
  return prompt_template;
}

std::string render_prompt_template(const PromptTemplate& prompt_template, const PromptValues& values) {
  std::string text;
  for (const TemplatePart& part : prompt_template.parts) {
    text += part.text;
    if (part.variable) {
      text += values.at(static_cast<std::size_t>(*part.variable));
    }
  }
  return text;
}

} // namespace afk
