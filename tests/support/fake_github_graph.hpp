#pragma once
// The object graph that the fake GitHub answers GraphQL from: objects with the fields that they have, made when they
// are asked for. A field that an object has not got makes the whole query invalid, as it would be there.

#include <support/fake_github_query.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace afk::test::github {

// A field that failed: its value is null, and the errors of the answer say why.
struct FieldError {
  std::string type; // NOT_FOUND, FORBIDDEN, UNPROCESSABLE
  std::string message;
};

// A query that is not executed at all.
struct QueryError {
  Json error;
};

// Variables are replaced and enums are plain strings in these.
class Arguments {
 public:
  explicit Arguments(Json values) : values_(std::move(values)) {}

  [[nodiscard]] bool has(std::string_view name) const { return values_.contains(name) && !values_.at(name).is_null(); }

  [[nodiscard]] std::string text(std::string_view name, std::string_view otherwise = "") const {
    return text_of(values_, name, otherwise);
  }

  [[nodiscard]] std::int64_t number(std::string_view name, std::int64_t otherwise = 0) const {
    return has(name) && values_.at(name).is_number_integer() ? values_.at(name).get<std::int64_t>() : otherwise;
  }

  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;

  [[nodiscard]] Json object(std::string_view name) const { return has(name) ? values_.at(name) : Json::object(); }

 private:
  Json values_;
};

struct Object;

struct Value {
  Json leaf = nullptr;
  std::shared_ptr<Object> object = nullptr;
  std::vector<Value> list = {};
  enum class Kind : std::uint8_t { leaf, object, list } kind = Kind::leaf;

  static Value of(Json leaf) { return {.leaf = std::move(leaf)}; }

  static Value of(std::shared_ptr<Object> object) {
    return object == nullptr ? Value{} : Value{.object = std::move(object), .kind = Kind::object};
  }

  static Value of(std::vector<Value> list) { return {.list = std::move(list), .kind = Kind::list}; }
};

using Resolve = std::function<Value(const Arguments&)>;

struct Object {
  std::string type;
  std::map<std::string, Resolve> fields = {};

  void leaf(const std::string& name, Json value) {
    fields[name] = [value = std::move(value)](const Arguments&) { return Value::of(value); };
  }
};

using ObjectPointer = std::shared_ptr<Object>;

inline ObjectPointer make_object(std::string type) {
  return std::make_shared<Object>(Object{.type = std::move(type)});
}

// A connection over `nodes`: first or last with 1 to 100 are demanded as GitHub does; after and before are places in
// this list. `edge` adds fields to the edge of the node at that place.
using MakeNode = std::function<Value()>;
using FillEdge = std::function<void(Object& edge, std::size_t index)>;
Value make_connection(const std::string& name, const Arguments& arguments, std::vector<MakeNode> nodes,
                      const FillEdge& edge = {});

// Objects of the graph. A null pointer is null.
ObjectPointer graph_actor(const Call& call, std::int64_t account);
ObjectPointer graph_repository(Call& call, Repository& repository);
ObjectPointer graph_issue(Call& call, Issue& issue);
ObjectPointer graph_comment(Call& call, Issue& issue, Comment& comment);
ObjectPointer graph_label(const Call& call, const Label& label);
ObjectPointer graph_pull(Call& call, Issue& issue);
ObjectPointer graph_ref(Call& call, Repository& repository, const std::string& name, const std::string& sha);
ObjectPointer graph_commit(Call& call, Repository& repository, const std::string& sha);
ObjectPointer graph_deployment(Call& call, Repository& repository, const Deployment& deployment);

// What issues and pull requests have in common.
void fill_conversation(Object& object, Call& call, Issue& issue);

// The thing that a node id names.
ObjectPointer graph_node(Call& call, const std::string& id);

ObjectPointer graph_query(Call& call, std::int64_t cost, std::int64_t nodes);
ObjectPointer graph_mutation(Call& call);

} // namespace afk::test::github
