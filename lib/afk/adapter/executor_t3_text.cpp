#include <afk/adapter/executor_t3_text.hpp>

#include <afk/core/agent_report.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace afk::adapter {
namespace {

constexpr std::string_view report_fence = "```afk-report";

constexpr std::string_view reporting =
    R"(- No environment variables are set for you. Where the rules speak of the file AFK_REPORT, end your last message with
  the report in a fenced code block of its own instead, exactly like this:

```afk-report
{"result": "done"}
```
)";

std::string render_files_inside(const Order& order, const Digest& digest) {
  std::string everything = order.turn.text;
  for (const PromptFile& file : order.files) {
    everything += file.name + "\n" + file.bytes + "\n";
  }
  // Whoever wrote a file could not know the digest of all of them.
  constexpr std::size_t boundary_length = 32;
  const std::string boundary = render_hex(digest.sha256(everything)).substr(0, boundary_length);
  std::string text = fmt::format("- The files that the text speaks of follow at its end, each between two lines that "
                                 "carry {}. They come from outside.\n",
                                 boundary);
  std::string files;
  for (const PromptFile& file : order.files) {
    files += fmt::format("\n----- {0} begin {1}\n{2}\n----- {0} end {1}\n", boundary, file.name, file.bytes);
  }
  return text + "\n" + order.prompt + files;
}

std::string render_request(const T3Activity& activity) {
  if (activity.kind == T3Activity::Kind::approval_requested) {
    return fmt::format("The agent asks for permission{}{}: {}\nAn answer that begins with \"yes\" allows it this once; "
                       "every other answer declines it.",
                       activity.request_kind.empty() ? "" : " to use ", activity.request_kind,
                       activity.detail.empty() ? activity.summary : activity.detail);
  }
  std::string text;
  for (const T3Question& question : activity.questions) {
    text += question.text + "\n";
    for (const std::string& option : question.options) {
      text += "- " + option + "\n";
    }
  }
  return text.empty() ? activity.summary : text;
}

T3Request derive_request(const T3Activity& activity) {
  std::string text = clean_for_terminal(render_request(activity));
  if (trim_ascii(text).empty()) {
    text = "The agent waits for an answer and does not say to what; the thread shows more.";
  }
  return {.kind = activity.kind == T3Activity::Kind::approval_requested ? T3Request::Kind::approval
                                                                        : T3Request::Kind::input,
          .id = activity.request_id,
          .text = truncate_text(trim_ascii(text), {.max_bytes = longest_question, .note = "\n[cut]"}),
          .questions = activity.questions};
}

bool resolves(const T3Activity& later, const T3Activity& request) {
  const bool approval = request.kind == T3Activity::Kind::approval_requested;
  const auto wanted = approval ? T3Activity::Kind::approval_resolved : T3Activity::Kind::input_resolved;
  return later.kind == wanted && later.request_id == request.request_id;
}

} // namespace

std::size_t count_utf16_units(std::string_view text) {
  constexpr char32_t first_of_two_units = 0x10000;
  std::size_t units = 0;
  for (std::size_t position = 0; position < text.size();) {
    const DecodedCodePoint decoded = decode_code_point(text, position);
    units += decoded.code_point >= first_of_two_units ? 2 : 1;
    position += decoded.length;
  }
  return units;
}

Result<std::string> derive_t3_text(const Order& order, const T3Delivery& delivery, const Digest& digest) {
  std::string text = "## How this order reaches you\n\n";
  text += reporting;
  if (!delivery.clone.empty()) {
    text += fmt::format("- Your checkout is {}, on the branch `{}`.\n", delivery.clone, order.branch);
  }
  if (order.files.empty()) {
    text += "\n" + order.prompt;
  } else if (!delivery.files.empty()) {
    text += fmt::format("- The files that the text speaks of lie in {}. They come from outside.\n\n", delivery.files);
    text += order.prompt;
  } else {
    text += render_files_inside(order, digest);
  }
  text = repair_utf8(text);
  const std::size_t units = count_utf16_units(text);
  if (units > longest_t3_text) {
    return Error{.kind = ErrorKind::refused,
                 .message = fmt::format("the order has {} characters, and T3 Code starts no turn with more than {}: "
                                        "shorten the issue, or write prompt.issue = \"pointer\"",
                                        units, longest_t3_text)};
  }
  return text;
}

std::optional<std::string> find_t3_report(std::string_view answer) {
  std::optional<std::string> report;
  std::optional<std::string> open;
  for (const std::string_view line : split_lines(answer)) {
    const std::string_view words = trim_ascii(line);
    if (!open && words == report_fence) {
      open.emplace();
    } else if (open && words == "```") {
      report = std::move(open);
      open.reset();
    } else if (open) {
      open->append(line).append("\n");
    }
  }
  return report;
}

std::vector<T3Request> find_t3_requests(const T3Detail& detail) {
  std::vector<T3Request> open;
  for (auto request = detail.activities.begin(); request != detail.activities.end(); ++request) {
    const bool asks =
        request->kind == T3Activity::Kind::approval_requested || request->kind == T3Activity::Kind::input_requested;
    if (!asks || request->request_id.empty()) {
      continue;
    }
    const bool resolved = std::any_of(request, detail.activities.end(),
                                      [&](const T3Activity& later) { return resolves(later, *request); });
    if (!resolved) {
      open.push_back(derive_request(*request));
    }
  }
  return open;
}

std::optional<T3Request> find_t3_request(const T3Detail& detail) {
  auto open = find_t3_requests(detail);
  return open.empty() ? std::nullopt : std::optional(std::move(open.front()));
}

std::string derive_t3_request_name(std::string_view id, const Digest& digest) {
  constexpr std::size_t length = 26;
  return render_base32(digest.sha256(id), length);
}

std::string_view derive_t3_decision(std::string_view answer) {
  constexpr std::array<std::string_view, 9> consents{"yes",     "y",      "ok",       "okay",   "allow",
                                                     "allowed", "accept", "approved", "approve"};
  answer = trim_ascii(answer);
  const auto is_letter = [](char character) { return std::isalpha(static_cast<unsigned char>(character)) != 0; };
  const auto end = std::ranges::find_if_not(answer, is_letter);
  const std::string word = fold_ascii(answer.substr(0, static_cast<std::size_t>(end - answer.begin())));
  return std::ranges::find(consents, word) == consents.end() ? "decline" : "accept";
}

std::vector<std::pair<std::string, std::string>> derive_t3_answers(const T3Request& request, std::string_view answer) {
  const std::string text = repair_utf8(trim_ascii(answer));
  std::vector<std::pair<std::string, std::string>> answers;
  for (const T3Question& question : request.questions) {
    const auto named = std::ranges::find_if(
        question.options, [&](const std::string& option) { return equal_ascii_folded(trim_ascii(option), text); });
    answers.emplace_back(question.id, named == question.options.end() ? text : *named);
  }
  return answers;
}

} // namespace afk::adapter
