#include <afk/config/value_context.hpp>

namespace afk::config {

void ValueContext::refuse(const Node& node, std::string message, std::string hint) const {
  problems_.push_back(Problem{.file = place_.variable.empty() ? place_.file : std::string(),
                              .position = place_.variable.empty() ? node.position : Position{},
                              .variable = place_.variable,
                              .key = place_.key,
                              .message = std::move(message),
                              .hint = std::move(hint)});
}

} // namespace afk::config
