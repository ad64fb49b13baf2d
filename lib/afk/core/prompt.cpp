#include <afk/core/check.hpp>
#include <afk/core/prompt.hpp>
#include <afk/core/prompt_rules.hpp>
#include <afk/core/prompt_template.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace afk {

namespace {

enum class Keep : std::uint8_t { beginning, end };

// One piece of untrusted text. Pieces share what the limit leaves, in the order of this enum: the shorter and the more
// decisive first.
enum class Piece : std::uint8_t { title, answer, question, conflicts, failure, issue_text, comments };

constexpr std::size_t piece_count = 7;

struct PieceView {
  std::string_view label;
  Keep keep = Keep::beginning;
  std::string_view file; // where the whole of it lies; "" for none
};

constexpr std::array<PieceView, piece_count> piece_views = {{
    {"title of the issue", Keep::beginning, issue_file_name},
    {"answer of a person", Keep::beginning, answer_file_name},
    {"question that was asked", Keep::beginning, question_file_name},
    {"paths in conflict", Keep::beginning, {}},
    {"what failed", Keep::end, failure_file_name},
    {"the issue", Keep::beginning, issue_file_name},
    {"comments of trusted people", Keep::end, comments_file_name},
}};

using PieceTexts = std::array<std::string, piece_count>;
using PieceSizes = std::array<std::size_t, piece_count>;

std::size_t index_of(Piece piece) {
  return static_cast<std::size_t>(piece);
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  std::size_t position = text.find(from);
  if (position == std::string::npos) {
    return;
  }
  std::string replaced;
  std::size_t start = 0;
  for (; position != std::string::npos; position = text.find(from, start)) {
    replaced.append(text, start, position - start).append(to);
    start = position + from.size();
  }
  text = replaced.append(text, start);
}

// Cleaned of what nobody sees, and unable to close or to imitate its fence: what cleaning takes out could have hidden
// inside the boundary, so the boundary is looked for last.
std::string tame(std::string_view text, std::string_view boundary) {
  std::string tamed = clean_for_terminal(text);
  replace_all(tamed, "UNTRUSTED TEXT", "untrusted text");
  replace_all(tamed, boundary, "[boundary]");
  return tamed;
}

std::string keep_part(std::string_view text, std::size_t max_bytes, Keep keep) {
  if (text.size() <= max_bytes || keep == Keep::beginning) {
    return truncate_text(text, {.max_bytes = max_bytes, .note = {}});
  }
  std::size_t start = text.size() - max_bytes;
  // A code point has at most three bytes after its first.
  for (int steps = 0; steps < 3 && start < text.size() && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U;
       ++steps) {
    ++start;
  }
  return std::string(text.substr(start));
}

std::string join_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += clean_single_line(line) + '\n';
  }
  return text;
}

std::string render_issue_file(const PromptInput& input) {
  std::string title = input.issue_title;
  std::ranges::replace_if(title, [](char character) { return character == '\n' || character == '\r'; }, ' ');
  return fmt::format("# {}\n\n{}", title, input.issue_body);
}

bool is_embedded(const PromptInput& input) {
  return input.issue_form == PromptSettings::IssueForm::embed;
}

// Builds one prompt; each part knows how much of each piece it may show.
class PromptBuilder {
 public:
  PromptBuilder(const PromptInput& input, PromptTemplate prompt_template)
      : input_(input), template_(std::move(prompt_template)) {
    pieces_[index_of(Piece::title)] = is_embedded(input) ? clean_single_line(input.issue_title) : "";
    pieces_[index_of(Piece::answer)] = input.answer;
    pieces_[index_of(Piece::question)] = input.question;
    pieces_[index_of(Piece::conflicts)] = join_lines(input.conflicting_paths);
    pieces_[index_of(Piece::failure)] = input.failure;
    pieces_[index_of(Piece::issue_text)] =
        is_embedded(input) && template_.count(PromptVariable::issue_text) > 0 ? render_issue_file(input) : "";
    pieces_[index_of(Piece::comments)] = input.comments;
    for (std::string& piece : pieces_) {
      piece = tame(piece, input.boundary);
    }
    add_file(issue_file_name, is_embedded(input) ? render_issue_file(input) : "", Keep::beginning);
    add_file(failure_file_name, input.failure, Keep::end);
    add_file(question_file_name, input.question, Keep::beginning);
    add_file(answer_file_name, input.answer, Keep::beginning);
    add_file(comments_file_name, input.comments, Keep::end);
  }

  // Measured with every piece cut to nothing, which is when the notes about it are longest.
  Result<std::string> render() {
    const std::size_t frame = render_with({}).size();
    if (frame > input_.limits.text_bytes) {
      return Error{.kind = ErrorKind::too_large,
                   .message = fmt::format("rules and order of the prompt take {} bytes; at most {} are allowed", frame,
                                          input_.limits.text_bytes)};
    }
    std::size_t left = input_.limits.text_bytes - frame;
    PieceSizes allowed{};
    for (std::size_t index = 0; index < piece_count; ++index) {
      const std::size_t uses = count_uses(static_cast<Piece>(index));
      if (uses == 0) {
        continue;
      }
      allowed[index] = std::min(pieces_[index].size(), left / uses);
      left -= allowed[index] * uses;
      if (allowed[index] < pieces_[index].size()) {
        dropped_.push_back(describe_cut(index, pieces_[index].size() - allowed[index]));
      }
    }
    return render_with(allowed);
  }

  std::vector<PromptFile> take_files() { return std::move(files_); }

  std::vector<std::string> take_dropped() { return std::move(dropped_); }

 private:
  void add_file(std::string_view name, const std::string& bytes, Keep keep) {
    if (bytes.empty()) {
      return;
    }
    const std::size_t limit = input_.limits.file_bytes;
    files_.push_back({.name = std::string(name), .bytes = keep_part(bytes, limit, keep)});
    if (bytes.size() > limit) {
      const std::string_view kept = keep == Keep::beginning ? "only its first" : "only its last";
      dropped_.push_back(
          fmt::format("{} has {} bytes, {} {} are there", name, bytes.size(), kept, files_.back().bytes.size()));
      file_notes_ += fmt::format("Note: {}.\n", dropped_.back());
    }
  }

  [[nodiscard]] std::size_t count_uses(Piece piece) const {
    return template_.count(piece == Piece::issue_text ? PromptVariable::issue_text : PromptVariable::order);
  }

  [[nodiscard]] static std::string describe_cut(std::size_t index, std::size_t bytes) {
    const PieceView& view = piece_views.at(index);
    const std::string_view end = view.keep == Keep::beginning ? "end" : "beginning";
    const std::string whole = view.file.empty() ? "" : fmt::format("; see {}", view.file);
    return fmt::format("{}: {} bytes of its {} are left out{}", view.label, bytes, end, whole);
  }

  [[nodiscard]] std::string render_fenced(Piece piece, const PieceSizes& allowed) const {
    const std::size_t index = index_of(piece);
    const std::string& text = pieces_.at(index);
    if (text.empty()) {
      return {};
    }
    const std::string kept = keep_part(text, allowed.at(index), piece_views.at(index).keep);
    std::string fenced =
        fmt::format("-----BEGIN UNTRUSTED TEXT {} ({})-----\n{}", input_.boundary, piece_views.at(index).label, kept);
    fenced += kept.ends_with('\n') ? "" : "\n";
    fenced += fmt::format("-----END UNTRUSTED TEXT {}-----\n", input_.boundary);
    if (kept.size() < text.size()) {
      fenced += fmt::format("Note: {}.\n", describe_cut(index, text.size() - allowed.at(index)));
    }
    return fenced;
  }

  [[nodiscard]] std::string render_issue_pointer(const PieceSizes& allowed) const {
    if (!is_embedded(input_)) {
      const std::string url = clean_single_line(input_.issue_url);
      return fmt::format("The issue is {} in the tracker; read it there before anything else{}{}.\n",
                         render_issue_ref(input_.issue), url.empty() ? "" : ": ", url);
    }
    std::string text = fmt::format("The issue is {}. Its text is the file {} (the environment variable AFK_ISSUE_FILE "
                                   "holds the path); read it before anything else.\n",
                                   render_issue_ref(input_.issue), issue_file_name);
    const bool hides = contains_hidden_characters(input_.issue_title) == HiddenCharacters::present ||
                       contains_hidden_characters(input_.issue_body) == HiddenCharacters::present ||
                       input_.issue_body.contains("<!--");
    if (hides) {
      text += "Note: it holds text or characters that people do not see when they read it on a page.\n";
    }
    return text + render_fenced(Piece::title, allowed);
  }

  [[nodiscard]] std::string render_order(const PieceSizes& allowed) const {
    std::string text = render_turn_order(input_) + '\n' + render_issue_pointer(allowed);
    for (const Piece piece : {Piece::question, Piece::answer, Piece::conflicts, Piece::failure, Piece::comments}) {
      const std::string fenced = render_fenced(piece, allowed);
      text += fenced.empty() ? "" : '\n' + fenced;
    }
    std::string names;
    for (const PromptFile& file : files_) {
      names += file.name == issue_file_name ? "" : ' ' + file.name;
    }
    if (!names.empty()) {
      text += fmt::format("\nThe raw bytes of these texts are files in the folder of the file that AFK_PROMPT_FILE "
                          "names:{}\n",
                          names);
    }
    return text + file_notes_;
  }

  [[nodiscard]] std::string render_with(const PieceSizes& allowed) const {
    PromptValues values;
    const auto set = [&](PromptVariable variable, std::string value) {
      values.at(static_cast<std::size_t>(variable)) = std::move(value);
    };
    set(PromptVariable::rules, render_standing_rules(input_));
    set(PromptVariable::order, render_order(allowed));
    set(PromptVariable::issue, render_issue_ref(input_.issue));
    set(PromptVariable::issue_text, render_fenced(Piece::issue_text, allowed));
    set(PromptVariable::run, input_.run.text);
    set(PromptVariable::branch, input_.branch);
    set(PromptVariable::base, input_.base_branch);
    set(PromptVariable::kind, std::string(render_turn_kind(input_.kind)));
    return render_prompt_template(template_, values);
  }

  const PromptInput& input_;
  PromptTemplate template_;
  PieceTexts pieces_;
  std::vector<PromptFile> files_;
  std::vector<std::string> dropped_;
  std::string file_notes_;
};

bool is_boundary(std::string_view text) {
  return text.size() >= 16 && text.size() <= 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string derive_template_version(const PromptInput& input, const Digest& digest) {
  if (!input.template_text) {
    return std::string(builtin_prompt_version);
  }
  return "file/" + render_hex(digest.sha256(*input.template_text)).substr(0, 12);
}

} // namespace

Result<Prompt> derive_prompt(const PromptInput& input, const Digest& digest) {
  check(is_boundary(input.boundary), "the boundary of a prompt is 16 to 64 lower-case hex characters");
  auto prompt_template = parse_prompt_template(input.template_text ? *input.template_text : builtin_prompt_template);
  if (!prompt_template.ok()) {
    return std::move(prompt_template).error();
  }
  PromptBuilder builder(input, std::move(prompt_template).value());
  auto text = builder.render();
  if (!text.ok()) {
    return std::move(text).error();
  }
  Prompt prompt;
  prompt.text = std::move(text).value();
  prompt.files = builder.take_files();
  prompt.dropped = builder.take_dropped();
  prompt.template_version = derive_template_version(input, digest);
  std::string without_boundary = prompt.text;
  replace_all(without_boundary, input.boundary, "");
  prompt.hash = render_hex(digest.sha256(without_boundary));
  return prompt;
}

std::vector<std::string_view> prompt_variables() {
  std::vector<std::string_view> names;
  names.reserve(prompt_variable_count);
  for (std::uint8_t number = 0; number < prompt_variable_count; ++number) {
    names.push_back(render_prompt_variable(static_cast<PromptVariable>(number)));
  }
  return names;
}

Result<void> check_prompt_template(std::string_view template_text) {
  auto prompt_template = parse_prompt_template(template_text);
  return prompt_template.ok() ? Result<void>() : Result<void>(std::move(prompt_template).error());
}

} // namespace afk
