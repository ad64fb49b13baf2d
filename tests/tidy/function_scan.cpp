#include <tidy/function_scan.hpp>

#include <tidy/code_view.hpp>

#include <algorithm>
#include <regex>

namespace afk::tidy {
namespace {

enum class Brace { scope, function, initializer };

std::string one_line(std::string_view text) {
  std::string result;
  for (const char character : text) {
    const bool is_space = character == ' ' || character == '\n' || character == '\t' || character == '\r';
    if (!is_space) {
      result += character;
    } else if (!result.empty() && result.back() != ' ') {
      result += ' ';
    }
  }
  if (!result.empty() && result.back() == ' ') {
    result.pop_back();
  }
  return result;
}

// The same text with everything inside round and square brackets, and operators' names, replaced by blanks.
std::string top_level(std::string_view head) {
  static const std::regex operator_name(R"(operator\s*[^\s\w(]+)");
  static const std::regex alignment(R"(alignas\([^)]*\))");
  std::string result = std::regex_replace(std::string(head), operator_name, "operator_");
  result = std::regex_replace(result, alignment, "");
  int depth = 0;
  for (char& character : result) {
    if (character == ')' || character == ']') {
      --depth;
    }
    const bool is_inside = depth > 0;
    if (character == '(' || character == '[') {
      ++depth;
    }
    if (is_inside) {
      character = ' ';
    }
  }
  return result;
}

// The ':' behind a parameter list, not one of a '::'.
bool has_initializer_list(std::string_view top) {
  const std::size_t parameters = top.find(')');
  for (std::size_t at = parameters; at < top.size(); ++at) {
    const bool is_double = (at + 1 < top.size() && top[at + 1] == ':') || (at > 0 && top[at - 1] == ':');
    if (top[at] == ':' && !is_double) {
      return true;
    }
  }
  return false;
}

std::string_view without_template(std::string_view head) {
  while (head.starts_with("template")) {
    int depth = 0;
    std::size_t at = head.find('<');
    for (; at < head.size(); ++at) {
      depth += head[at] == '<' ? 1 : 0;
      depth -= head[at] == '>' && head[at - 1] != '-' ? 1 : 0;
      if (depth == 0) {
        break;
      }
    }
    head.remove_prefix(std::min(at, head.size() - 1) + 1);
    head.remove_prefix(std::min(head.find_first_not_of(' '), head.size()));
  }
  return head;
}

Brace classify(const std::string& full_head) {
  static const std::regex scope_word(R"(\b(namespace|class|struct|union|enum|extern)\b)");
  const std::string head(without_template(full_head));
  const std::string top = top_level(head);
  const bool has_parameters = top.find('(') != std::string::npos;
  if (!has_parameters && std::regex_search(top, scope_word)) {
    return Brace::scope;
  }
  if (const std::size_t equals = top.find('='); equals != std::string::npos) {
    const std::size_t value = top.find_first_not_of(' ', equals + 1);
    return value != std::string::npos && top[value] == '[' ? Brace::function : Brace::initializer;
  }
  if (has_parameters && has_initializer_list(top)) {
    return top.back() == ')' || top.back() == '}' ? Brace::function : Brace::initializer;
  }
  return has_parameters ? Brace::function : Brace::initializer;
}

bool is_access_specifier(const std::string& head) {
  return head == "public" || head == "private" || head == "protected";
}

class Scanner {
 public:
  explicit Scanner(std::string code) : code_(std::move(code)) {}

  FunctionScan run() {
    for (at_ = 0; at_ < code_.size() && !result_.problem; ++at_) {
      step();
    }
    if (!result_.problem && (scopes_ != 0 || body_depth_ != 0)) {
      result_.problem = "a brace is not closed";
    }
    return std::move(result_);
  }

 private:
  void step() {
    if (body_depth_ > 0) {
      step_in_body();
      return;
    }
    switch (code_[at_]) {
    case '(':
    case '[':
      ++brackets_;
      break;
    case ')':
    case ']':
      --brackets_;
      break;
    case '{':
      open();
      break;
    case '}':
      close_scope();
      break;
    case ';':
      if (brackets_ == 0) {
        start_head();
      }
      break;
    case ':':
      if (is_access_specifier(head(at_))) {
        start_head();
      }
      break;
    default:
      break;
    }
  }

  void open() {
    kind_ = brackets_ > 0 ? Brace::initializer : classify(head(at_));
    if (kind_ == Brace::scope) {
      ++scopes_;
      start_head();
    } else {
      body_depth_ = 1;
      body_ = at_;
    }
  }

  void close_scope() {
    if (scopes_ == 0) {
      result_.problem = "line " + std::to_string(line_of(code_, at_)) + ": a brace is closed that was not opened";
      return;
    }
    --scopes_;
    start_head();
  }

  void step_in_body() {
    body_depth_ += code_[at_] == '{' ? 1 : 0;
    body_depth_ -= code_[at_] == '}' ? 1 : 0;
    if (body_depth_ == 0 && kind_ == Brace::function) {
      const std::size_t first = std::min(code_.find_first_not_of(" \t\r\n", head_), at_);
      result_.functions.push_back({head(body_), line_of(code_, first), line_of(code_, at_)});
      start_head();
    }
  }

  void start_head() {
    head_ = at_ + 1;
    brackets_ = 0;
  }

  // What stands between the last statement and `end`, in one line.
  [[nodiscard]] std::string head(std::size_t end) const {
    return one_line(std::string_view(code_).substr(head_, end - head_));
  }

  std::string code_;
  std::size_t at_ = 0;
  std::size_t head_ = 0;
  std::size_t body_ = 0;
  int brackets_ = 0;
  int scopes_ = 0;
  int body_depth_ = 0;
  Brace kind_ = Brace::scope;
  FunctionScan result_;
};

} // namespace

FunctionScan scan_functions(std::string_view text) {
  return Scanner(blank_directives(blank_comments_and_literals(text))).run();
}

} // namespace afk::tidy
