#include <support/fake_github_query.hpp>

#include <cctype>
#include <charconv>

namespace afk::test::github {

namespace {

struct Token {
  enum class Kind : std::uint8_t { punctuation, name, number, text, end } kind = Kind::end;
  std::string text = {};
  Position position = {};
};

bool is_name_letter(char letter) {
  return letter == '_' || std::isalnum(static_cast<unsigned char>(letter)) != 0;
}

void append_utf8(std::string& text, unsigned code) {
  if (code < 0x80U) {
    text += static_cast<char>(code);
  } else if (code < 0x800U) {
    text += static_cast<char>(0xC0U | (code >> 6U));
    text += static_cast<char>(0x80U | (code & 0x3FU));
  } else {
    text += static_cast<char>(0xE0U | (code >> 12U));
    text += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    text += static_cast<char>(0x80U | (code & 0x3FU));
  }
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Token next() {
    skip_ignored();
    Token token{.position = position_};
    if (index_ == text_.size()) {
      return token;
    }
    const char first = text_[index_];
    if (text_.substr(index_, 3) == "...") {
      token.kind = Token::Kind::punctuation;
      token.text = "...";
      advance(3);
    } else if (std::string_view("!$():=@[]{}|&").find(first) != std::string_view::npos) {
      token.kind = Token::Kind::punctuation;
      token.text = std::string(1, first);
      advance(1);
    } else if (first == '"') {
      token.kind = Token::Kind::text;
      token.text = read_string();
    } else if (first == '-' || std::isdigit(static_cast<unsigned char>(first)) != 0) {
      token.kind = Token::Kind::number;
      while (index_ < text_.size() &&
             (is_name_letter(text_[index_]) || std::string_view("+-.").find(text_[index_]) != std::string_view::npos)) {
        token.text += text_[index_];
        advance(1);
      }
    } else if (is_name_letter(first)) {
      token.kind = Token::Kind::name;
      while (index_ < text_.size() && is_name_letter(text_[index_])) {
        token.text += text_[index_];
        advance(1);
      }
    } else {
      throw SyntaxError{"Expected a token, actual: UNKNOWN_CHAR (\"" + std::string(1, first) + "\")", position_};
    }
    return token;
  }

 private:
  void advance(std::size_t count) {
    for (; count > 0; --count, ++index_) {
      if (text_[index_] == '\n') {
        ++position_.line;
        position_.column = 1;
      } else {
        ++position_.column;
      }
    }
  }

  void skip_ignored() {
    while (index_ < text_.size()) {
      if (text_[index_] == '#') {
        while (index_ < text_.size() && text_[index_] != '\n') {
          advance(1);
        }
      } else if (std::string_view(" \t\r\n,").find(text_[index_]) != std::string_view::npos) {
        advance(1);
      } else {
        return;
      }
    }
  }

  std::string read_string() {
    const Position start = position_;
    if (text_.substr(index_, 3) == "\"\"\"") {
      throw SyntaxError{"block strings are not read by this fake", start};
    }
    std::string read;
    for (advance(1); index_ < text_.size() && text_[index_] != '"' && text_[index_] != '\n'; advance(1)) {
      if (text_[index_] != '\\') {
        read += text_[index_];
        continue;
      }
      advance(1);
      const char kind = index_ < text_.size() ? text_[index_] : '"';
      static constexpr std::string_view kinds = "\"\\/bfnrt";
      static constexpr std::string_view letters = "\"\\/\b\f\n\r\t";
      unsigned code = 0;
      if (const std::size_t known = kinds.find(kind); known != std::string_view::npos) {
        read += letters[known];
      } else if (kind == 'u' && index_ + 4 < text_.size() &&
                 std::from_chars(text_.data() + index_ + 1, text_.data() + index_ + 5, code, 16).ptr ==
                     text_.data() + index_ + 5) {
        append_utf8(read, code);
        advance(4);
      } else {
        throw SyntaxError{"Expected a string, actual: a bad escape", start};
      }
    }
    if (index_ == text_.size() || text_[index_] != '"') {
      throw SyntaxError{"Expected a string, actual: its end is missing", start};
    }
    advance(1);
    return read;
  }

  std::string_view text_;
  std::size_t index_ = 0;
  Position position_;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) { advance(); }

  Document parse() {
    Document document;
    while (token_.kind != Token::Kind::end) {
      if (is_name("fragment")) {
        advance();
        const std::string name = take_name();
        expect_name("on");
        const std::string condition = take_name();
        document.fragments[name] = {.condition = condition, .selections = parse_selections()};
      } else {
        document.operations.push_back(parse_operation());
      }
    }
    if (document.operations.empty()) {
      fail("an operation");
    }
    return document;
  }

 private:
  [[noreturn]] void fail(const std::string& expected) const {
    throw SyntaxError{
        "Expected " + expected +
            ", actual: " + (token_.kind == Token::Kind::end ? "(end of the text)" : "(\"" + token_.text + "\")") +
            " at [" + std::to_string(token_.position.line) + ", " + std::to_string(token_.position.column) + "]",
        token_.position};
  }

  void advance() { token_ = lexer_.next(); }

  [[nodiscard]] bool is(std::string_view punctuation) const {
    return token_.kind == Token::Kind::punctuation && token_.text == punctuation;
  }

  [[nodiscard]] bool is_name(std::string_view name) const {
    return token_.kind == Token::Kind::name && token_.text == name;
  }

  void expect(std::string_view punctuation) {
    if (!is(punctuation)) {
      fail(std::string(punctuation));
    }
    advance();
  }

  void expect_name(std::string_view name) {
    if (!is_name(name)) {
      fail(std::string(name));
    }
    advance();
  }

  std::string take_name() {
    if (token_.kind != Token::Kind::name) {
      fail("a name");
    }
    std::string name = token_.text;
    advance();
    return name;
  }

  Operation parse_operation() {
    Operation operation;
    if (is("{")) {
      operation.selections = parse_selections();
      return operation;
    }
    operation.kind = take_name();
    if (operation.kind != "query" && operation.kind != "mutation") {
      fail("query or mutation");
    }
    if (token_.kind == Token::Kind::name) {
      operation.name = take_name();
    }
    if (is("(")) {
      for (advance(); !is(")");) {
        operation.variables.push_back(parse_variable());
      }
      advance();
    }
    operation.selections = parse_selections();
    return operation;
  }

  VariableDefinition parse_variable() {
    VariableDefinition variable;
    expect("$");
    variable.name = take_name();
    expect(":");
    variable.type = parse_type();
    if (is("=")) {
      advance();
      variable.otherwise = parse_value();
      variable.has_default = true;
    }
    return variable;
  }

  std::string parse_type() {
    std::string type;
    if (is("[")) {
      advance();
      type = "[" + parse_type() + "]";
      expect("]");
    } else {
      type = take_name();
    }
    if (is("!")) {
      advance();
      type += "!";
    }
    return type;
  }

  std::vector<Selection> parse_selections() {
    std::vector<Selection> selections;
    expect("{");
    while (!is("}")) {
      selections.push_back(parse_selection());
    }
    if (selections.empty()) {
      fail("a field");
    }
    advance();
    return selections;
  }

  Selection parse_selection() {
    Selection selection{.position = token_.position};
    if (is("...")) {
      advance();
      if (token_.kind == Token::Kind::name && token_.text != "on") {
        selection.kind = Selection::Kind::spread;
        selection.name = take_name();
        selection.directives = parse_directives();
        return selection;
      }
      selection.kind = Selection::Kind::inline_fragment;
      if (is_name("on")) {
        advance();
        selection.condition = take_name();
      }
      selection.directives = parse_directives();
      selection.selections = parse_selections();
      return selection;
    }
    selection.key = selection.name = take_name();
    if (is(":")) {
      advance();
      selection.name = take_name();
    }
    selection.arguments = parse_arguments();
    selection.directives = parse_directives();
    if (is("{")) {
      selection.selections = parse_selections();
    }
    return selection;
  }

  std::map<std::string, Json> parse_arguments() {
    std::map<std::string, Json> arguments;
    if (!is("(")) {
      return arguments;
    }
    for (advance(); !is(")");) {
      const std::string name = take_name();
      expect(":");
      arguments[name] = parse_value();
    }
    advance();
    return arguments;
  }

  std::map<std::string, Json> parse_directives() {
    std::map<std::string, Json> directives;
    while (is("@")) {
      advance();
      const std::string name = take_name();
      directives[name] = parse_arguments()["if"];
    }
    return directives;
  }

  Json parse_value() {
    if (is("$")) {
      advance();
      return {{"$variable", take_name()}};
    }
    if (is("[")) {
      Json list = Json::array();
      for (advance(); !is("]");) {
        list.push_back(parse_value());
      }
      advance();
      return list;
    }
    if (is("{")) {
      Json object = Json::object();
      for (advance(); !is("}");) {
        const std::string name = take_name();
        expect(":");
        object[name] = parse_value();
      }
      advance();
      return object;
    }
    const Token token = token_;
    if (token.kind != Token::Kind::name && token.kind != Token::Kind::number && token.kind != Token::Kind::text) {
      fail("a value");
    }
    advance();
    if (token.kind == Token::Kind::text) {
      return token.text;
    }
    if (token.kind == Token::Kind::number) {
      return Json::parse(token.text);
    }
    if (token.text == "true" || token.text == "false" || token.text == "null") {
      return Json::parse(token.text);
    }
    return {{"$enum", token.text}};
  }

  Lexer lexer_;
  Token token_;
};

} // namespace

Document parse_document(std::string_view text) {
  return Parser(text).parse();
}

} // namespace afk::test::github
