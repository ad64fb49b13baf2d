// The scanner behind the rules: what is code, and where functions begin and end.
#include <support/catch.hpp>

#include <tidy/code_view.hpp>
#include <tidy/function_scan.hpp>

namespace afk::tidy {
namespace {

struct Blanked {
  const char* name;
  const char* text;
  const char* expected;
};

struct Scanned {
  const char* name;
  const char* text;
  std::vector<std::string> heads; // the functions that are found, in order
};

std::vector<std::string> heads_of(const FunctionScan& scan) {
  std::vector<std::string> heads;
  for (const Function& function : scan.functions) {
    heads.push_back(function.head);
  }
  return heads;
}

} // namespace

TEST_CASE("comments and literals are blanked in place") {
  const auto sample = GENERATE(values<Blanked>({
      {"line comment", "a // {\nb", "a     \nb"},
      {"block comment", "a /* {\n} */ b", "a     \n     b"},
      {"string", "f(\"{ \\\" }\")", "f(\"      \")"},
      {"character", "f('{', '\\'')", "f(' ', '  ')"},
      {"digit separators", "1'000'000 + '{'", "1'000'000 + ' '"},
      {"raw string", "R\"x({ \" )\" )x\" {", "R\"           \" {"},
      {"comment signs in a string", "\"//\" {", "\"  \" {"},
      {"quote in a comment", "// it's\n{", "       \n{"},
      {"comment that is not closed", "a /* {", "a     "},
  }));
  INFO(sample.name);
  CHECK(blank_comments_and_literals(sample.text) == sample.expected);
}

TEST_CASE("functions are found in every form that the code uses") {
  const auto sample = GENERATE(values<Scanned>({
      {"free function", "int f(int a) {\n  if (a) {\n  }\n  return a;\n}\n", {"int f(int a)"}},
      {"declaration", "int f(int a);\nvoid g() {}\n", {"void g()"}},
      {"nested namespaces", "namespace a::b {\nnamespace {\nvoid f() {}\n}\n}\n", {"void f()"}},
      {"members",
       "class A {\npublic:\n  int f() const { return 1; }\n\nprivate:\n  int a_ = 0;\n};\n",
       {"int f() const"}},
      {"constructor with a list", "A::A(int a) : a_(a), b_{a}, c_{} {\n}\n", {"A::A(int a) : a_(a), b_{a}, c_{}"}},
      {"list without parentheses",
       "A::A(int a) : a_{a} {\n}\nint b{1};\nvoid f() {}\n",
       {"A::A(int a) : a_{a}", "void f()"}},
      {"qualified return type",
       "std::map<a::B, int> A::f(c::D d) noexcept {\n}\n",
       {"std::map<a::B, int> A::f(c::D d) noexcept"}},
      {"operators",
       "bool operator==(A a, B b) {\n}\nA& A::operator=(A a) {\n}\n",
       {"bool operator==(A a, B b)", "A& A::operator=(A a)"}},
      {"template",
       "template <class T = int, int N = 3>\nT f(T a) {\n}\n",
       {"template <class T = int, int N = 3> T f(T a)"}},
      {"template class", "template <class T>\nclass A final : public B<T> {\n  void f() {}\n};\n", {"void f()"}},
      {"aligned structure", "struct alignas(16) A {\n  void f() {}\n};\n", {"void f()"}},
      {"enumeration", "enum class A : int { a, b };\nvoid f() {}\n", {"void f()"}},
      {"tables", "const A a[] = {{1, 2}, {3, 4}};\nint b{3};\nA c{f(1), {2}};\nvoid f() {}\n", {"void f()"}},
      {"default argument", "void f(A a = {}, B b = {1}) {\n}\n", {"void f(A a = {}, B b = {1})"}},
      {"lambda at namespace scope",
       "const auto f = [](int a) { return a; };\nvoid g() {}\n",
       {"const auto f = [](int a)", "void g()"}},
      {"lambda inside", "void f() {\n  g([&] { h(); });\n}\n", {"void f()"}},
      {"trailing return type", "auto f(int a) -> std::vector<int> {\n}\n", {"auto f(int a) -> std::vector<int>"}},
      {"language linkage",
       "extern \"C\" {\nvoid f(int) {}\n}\nextern \"C\" void g(int) {}\n",
       {"void f(int)", "extern \" \" void g(int)"}},
      {"structure as return type", "struct stat f(int a) {\n}\n", {"struct stat f(int a)"}},
  }));
  INFO(sample.name);
  const FunctionScan scan = scan_functions(sample.text);
  CHECK(!scan.problem);
  CHECK(heads_of(scan) == sample.heads);
}

TEST_CASE("a function's lines are counted from its signature to its last brace") {
  const FunctionScan scan = scan_functions("// f\n\nint f(int a,\n      int b) {\n  return a;\n}\n");
  REQUIRE(scan.functions.size() == 1);
  CHECK(scan.functions[0].first_line == 3);
  CHECK(scan.functions[0].last_line == 6);
  CHECK(scan.functions[0].lines() == 4);
}

TEST_CASE("braces that do not match are reported") {
  CHECK(scan_functions("void f() {\n").problem);
  CHECK(scan_functions("namespace a {\nvoid f() {}\n").problem);
  CHECK(scan_functions("void f() {}\n}\n").problem);
}

} // namespace afk::tidy
