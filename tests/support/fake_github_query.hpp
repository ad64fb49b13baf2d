#pragma once
// The text of a GraphQL request, parsed: what the fake GitHub executes. Descriptions of schemas are no requests and are
// not read.

#include <support/fake_github_call.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace afk::test::github {

struct Position {
  int line = 1;
  int column = 1;
};

// A value as it stands in the text: variables and enums are marked, {"$variable": "name"} and {"$enum": "OPEN"}.
struct Selection {
  enum class Kind : std::uint8_t { field, spread, inline_fragment } kind = Kind::field;
  std::string name = {};      // of a field; of the fragment that a spread names
  std::string key = {};       // under which the answer shows a field: its alias or its name
  std::string condition = {}; // the type of an inline fragment, "" = any
  std::map<std::string, Json> arguments = {};
  std::map<std::string, Json> directives = {}; // @include and @skip: the value of "if"
  std::vector<Selection> selections = {};
  Position position = {};
};

struct VariableDefinition {
  std::string name = {};
  std::string type = {}; // "[String!]!"
  Json otherwise = {};   // absent: null
  bool has_default = false;
};

struct Fragment {
  std::string condition = {};
  std::vector<Selection> selections = {};
};

struct Operation {
  std::string kind = "query";
  std::string name = {};
  std::vector<VariableDefinition> variables = {};
  std::vector<Selection> selections = {};
};

struct Document {
  std::vector<Operation> operations = {};
  std::map<std::string, Fragment> fragments = {};
};

struct SyntaxError {
  std::string message = {};
  Position position = {};
};

// Throws SyntaxError.
Document parse_document(std::string_view text);

} // namespace afk::test::github
