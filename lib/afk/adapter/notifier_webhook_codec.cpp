#include <afk/adapter/notifier_webhook_codec.hpp>

#include <nlohmann/json.hpp>

namespace afk::adapter {

std::string render_webhook_body(const Doorbell& doorbell) {
  const nlohmann::ordered_json body = {{"kind", render_ending(doorbell.kind)},
                                       {"issue", render_issue_ref(doorbell.issue)},
                                       {"run", doorbell.run.text},
                                       {"title", doorbell.title},
                                       {"message", doorbell.message},
                                       {"link", doorbell.link},
                                       {"key", doorbell.key}};
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace afk::adapter
