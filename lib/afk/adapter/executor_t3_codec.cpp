#include <afk/adapter/executor_t3_codec.hpp>

#include <afk/adapter/json_guard_codec.hpp>
#include <afk/core/text.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace afk::adapter {
namespace {

using nlohmann::json;

constexpr JsonLimits listing_limits{.bytes = longest_t3_listing, .depth = 64, .values = 8'000'000};
constexpr JsonLimits detail_limits{.bytes = longest_t3_detail, .depth = 64, .values = 1'000'000};
constexpr JsonLimits small_limits{.bytes = std::size_t{256} << 10, .depth = 16, .values = 10'000};

template <typename Value, std::size_t count>
using Names = std::array<std::pair<std::string_view, Value>, count>;

constexpr Names<T3SessionStatus, 7> session_statuses{{{"idle", T3SessionStatus::idle},
                                                      {"starting", T3SessionStatus::starting},
                                                      {"running", T3SessionStatus::running},
                                                      {"ready", T3SessionStatus::ready},
                                                      {"interrupted", T3SessionStatus::interrupted},
                                                      {"stopped", T3SessionStatus::stopped},
                                                      {"error", T3SessionStatus::error}}};

constexpr Names<T3TurnState, 4> turn_states{{{"running", T3TurnState::running},
                                             {"interrupted", T3TurnState::interrupted},
                                             {"completed", T3TurnState::completed},
                                             {"error", T3TurnState::error}}};

constexpr Names<T3Activity::Kind, 5> activity_kinds{{{"approval.requested", T3Activity::Kind::approval_requested},
                                                     {"approval.resolved", T3Activity::Kind::approval_resolved},
                                                     {"user-input.requested", T3Activity::Kind::input_requested},
                                                     {"user-input.resolved", T3Activity::Kind::input_resolved},
                                                     {"provider.turn.start.failed", T3Activity::Kind::start_failed}}};

constexpr Names<T3Message::Role, 2> roles{{{"user", T3Message::Role::user}, {"assistant", T3Message::Role::assistant}}};

template <typename Value, std::size_t count>
Value find_name(const Names<Value, count>& names, std::string_view text, Value unknown) {
  const auto found = std::ranges::find(names, text, &std::pair<std::string_view, Value>::first);
  return found == names.end() ? unknown : found->second;
}

// Reads the fields of one object and remembers the first that is wrong.
class Fields {
 public:
  explicit Fields(const json& object) : object_(object) {}

  std::string text(std::string_view key) { return take(find_string(object_, key)).value_or(""); }

  std::string required_text(std::string_view key) {
    auto value = require_string(object_, key);
    if (!value) {
      note(std::move(value).error());
      return "";
    }
    return std::move(value).value();
  }

  std::optional<Timestamp> time(std::string_view key) { return take(find_timestamp(object_, key)); }

  std::optional<std::int64_t> number(std::string_view key) { return take(find_int64(object_, key)); }

  T3Flag flag(std::string_view key) { return take(find_bool(object_, key)).value_or(false) ? T3Flag::on : T3Flag::off; }

  const json* object(std::string_view key) { return take_pointer(find_object(object_, key)); }

  const json* array(std::string_view key) { return take_pointer(find_array(object_, key)); }

  [[nodiscard]] const std::optional<Error>& problem() const { return problem_; }

  template <typename Value>
  Result<Value> finish(Value value) const {
    return problem_ ? Result<Value>(*problem_) : Result<Value>(std::move(value));
  }

 private:
  template <typename Value>
  std::optional<Value> take(Result<std::optional<Value>> found) {
    if (!found) {
      note(std::move(found).error());
      return std::nullopt;
    }
    return std::move(found).value();
  }

  const json* take_pointer(Result<const json*> found) {
    if (!found) {
      note(std::move(found).error());
      return nullptr;
    }
    return *found;
  }

  void note(Error problem) {
    if (!problem_) {
      problem_ = std::move(problem);
    }
  }

  const json& object_;
  std::optional<Error> problem_;
};

Result<T3Model> parse_model(const json& object) {
  Fields fields(object);
  T3Model model{.instance = fields.text("instanceId"), .model = fields.text("model")};
  if (model.instance.empty()) {
    model.instance = fields.text("provider"); // what older servers wrote
  }
  return fields.finish(std::move(model));
}

Result<T3Session> parse_session(const json& object) {
  Fields fields(object);
  T3Session session{.status = find_name(session_statuses, fields.text("status"), T3SessionStatus::unknown),
                    .last_error = fields.text("lastError"),
                    .updated_at = fields.time("updatedAt")};
  return fields.finish(std::move(session));
}

Result<T3LatestTurn> parse_latest_turn(const json& object) {
  Fields fields(object);
  T3LatestTurn turn{.state = find_name(turn_states, fields.text("state"), T3TurnState::unknown),
                    .requested_at = fields.time("requestedAt"),
                    .started_at = fields.time("startedAt"),
                    .completed_at = fields.time("completedAt")};
  return fields.finish(turn);
}

template <typename Value, typename Parse>
std::optional<Error> read_part(const json* object, std::optional<Value>& into, Parse parse) {
  if (object == nullptr) {
    return std::nullopt;
  }
  auto value = parse(*object);
  if (!value) {
    return std::move(value).error();
  }
  into = std::move(value).value();
  return std::nullopt;
}

T3Thread::Shelf derive_shelf(const std::optional<Timestamp>& archived, const std::optional<Timestamp>& deleted) {
  if (deleted) {
    return T3Thread::Shelf::deleted;
  }
  return archived ? T3Thread::Shelf::archived : T3Thread::Shelf::active;
}

Result<T3Thread> parse_thread(const json& object, const AttemptName& attempt) {
  Fields fields(object);
  T3Thread thread;
  thread.attempt = attempt;
  thread.project_id = fields.text("projectId");
  thread.title = fields.text("title");
  thread.branch = fields.text("branch");
  thread.created_at = fields.time("createdAt");
  thread.updated_at = fields.time("updatedAt");
  thread.latest_user_message_at = fields.time("latestUserMessageAt");
  thread.pending_approvals = fields.flag("hasPendingApprovals");
  thread.pending_user_input = fields.flag("hasPendingUserInput");
  thread.background_work = fields.text("backgroundLiveness") == "working" ? T3Flag::on : T3Flag::off;
  thread.shelf = derive_shelf(fields.time("archivedAt"), fields.time("deletedAt"));
  std::optional<T3Model> model;
  for (auto problem : {read_part(fields.object("session"), thread.session, parse_session),
                       read_part(fields.object("latestTurn"), thread.latest_turn, parse_latest_turn),
                       read_part(fields.object("modelSelection"), model, parse_model)}) {
    if (problem) {
      return std::move(*problem);
    }
  }
  thread.model = std::move(model).value_or(T3Model{});
  return fields.finish(std::move(thread));
}

Result<T3Project> parse_project(const json& object) {
  Fields fields(object);
  T3Project project{.id = fields.required_text("id"),
                    .title = fields.text("title"),
                    .workspace_root = fields.text("workspaceRoot"),
                    .default_model = std::nullopt,
                    .presence = fields.time("deletedAt") ? T3Project::Presence::deleted : T3Project::Presence::active};
  if (auto problem = read_part(fields.object("defaultModelSelection"), project.default_model, parse_model)) {
    return std::move(*problem);
  }
  return fields.finish(std::move(project));
}

void add_thread(const json& row, T3Listing& listing) {
  const auto id = find_string(row, "id");
  if (!id || !id->has_value()) {
    return; // somebody else's, as far as anyone can tell
  }
  const auto attempt = parse_attempt_name(**id);
  if (!attempt) {
    return;
  }
  auto thread = parse_thread(row, *attempt);
  if (!thread) {
    listing.threads.insert_or_assign(*attempt, with_context("thread " + **id, std::move(thread).error()));
    return;
  }
  listing.threads.insert_or_assign(*attempt, std::move(thread));
}

std::vector<std::string> parse_options(const json* options) {
  std::vector<std::string> labels;
  if (options == nullptr) {
    return labels;
  }
  for (const json& option : *options) {
    if (option.is_string()) {
      labels.push_back(option.get<std::string>());
    } else if (const auto label = find_string(option, "label"); label.ok() && label->has_value()) {
      labels.push_back(**label);
    }
  }
  return labels;
}

std::vector<T3Question> parse_questions(const json* rows) {
  std::vector<T3Question> questions;
  if (rows == nullptr) {
    return questions;
  }
  for (const json& row : *rows) {
    Fields fields(row);
    T3Question question{.id = fields.text("id"), .text = fields.text("question"), .options = {}};
    if (question.text.empty()) {
      question.text = fields.text("header");
    }
    question.options = parse_options(fields.array("options"));
    if (!question.id.empty()) {
      questions.push_back(std::move(question));
    }
  }
  return questions;
}

// A payload is the provider's own: what of it is not as expected is left out.
T3Activity parse_activity(const json& row) {
  Fields fields(row);
  T3Activity activity;
  activity.kind = find_name(activity_kinds, fields.text("kind"), T3Activity::Kind::other);
  activity.summary = fields.text("summary");
  activity.created_at = fields.time("createdAt");
  if (const json* const payload = fields.object("payload")) {
    Fields inner(*payload);
    activity.request_id = inner.text("requestId");
    activity.request_kind = inner.text("requestKind");
    activity.detail = inner.text("detail");
    activity.questions = parse_questions(inner.array("questions"));
  }
  return activity;
}

Result<T3Message> parse_message(const json& row) {
  Fields fields(row);
  T3Message message{.id = fields.required_text("id"),
                    .role = find_name(roles, fields.text("role"), T3Message::Role::other),
                    .text = fields.text("text"),
                    .created_at = fields.time("createdAt"),
                    .updated_at = fields.time("updatedAt")};
  return fields.finish(std::move(message));
}

} // namespace

Result<T3Environment> parse_t3_environment(const http::Response& response) {
  const auto body = parse_json_body(response, small_limits);
  if (!body) {
    return body.error();
  }
  Fields fields(*body);
  T3Environment environment{.id = fields.required_text("environmentId"),
                            .label = clean_single_line(fields.text("label")),
                            .version = clean_single_line(fields.text("serverVersion")),
                            .protocol = fields.number("orchestrationProtocolVersion")};
  return fields.finish(std::move(environment));
}

Result<T3Access> parse_t3_access(const http::Response& response) {
  const auto body = parse_json_body(response, small_limits);
  if (!body) {
    return body.error();
  }
  Fields fields(*body);
  T3Access access;
  access.state =
      fields.flag("authenticated") == T3Flag::on ? T3Access::State::authenticated : T3Access::State::anonymous;
  access.expires_at = fields.time("expiresAt");
  if (const json* const scopes = fields.array("scopes")) {
    for (const json& scope : *scopes) {
      if (scope.is_string()) {
        access.scopes.push_back(clean_single_line(scope.get<std::string>()));
      }
    }
  }
  return fields.finish(std::move(access));
}

Result<T3Listing> parse_t3_listing(const http::Response& response) {
  const auto body = parse_json_body(response, listing_limits);
  if (!body) {
    return body.error();
  }
  T3Listing listing;
  const auto sequence = require_int64(*body, "snapshotSequence");
  const auto projects = require_array(*body, "projects");
  const auto threads = require_array(*body, "threads");
  if (!sequence || !projects || !threads) {
    return !sequence ? sequence.error() : !projects ? projects.error() : threads.error();
  }
  listing.sequence = *sequence;
  for (const json& row : **projects) {
    auto project = parse_project(row);
    if (!project) {
      return with_context("a project", std::move(project).error());
    }
    listing.projects.push_back(std::move(project).value());
  }
  for (const json& row : **threads) {
    add_thread(row, listing);
  }
  return listing;
}

Result<T3Detail> parse_t3_detail(const http::Response& response) {
  const auto body = parse_json_body(response, detail_limits);
  if (!body) {
    return body.error();
  }
  const auto thread = require_object(*body, "thread");
  if (!thread) {
    return thread.error();
  }
  const auto messages = require_array(**thread, "messages");
  const auto activities = find_array(**thread, "activities");
  if (!messages || !activities) {
    return !messages ? messages.error() : activities.error();
  }
  T3Detail detail;
  for (const json& row : **messages) {
    auto message = parse_message(row);
    if (!message) {
      return with_context("a message", std::move(message).error());
    }
    detail.messages.push_back(std::move(message).value());
  }
  if (*activities != nullptr) {
    for (const json& row : **activities) {
      detail.activities.push_back(parse_activity(row));
    }
  }
  return detail;
}

Result<std::int64_t> parse_t3_sequence(const http::Response& response) {
  const auto body = parse_json_body(response, small_limits);
  return body ? require_int64(*body, "sequence") : Result<std::int64_t>(body.error());
}

T3Refusal parse_t3_refusal(const http::Response& response) {
  constexpr std::size_t longest_shown = 100;
  const auto body = parse_json_body(response, small_limits);
  if (!body) {
    return {};
  }
  Fields fields(*body);
  const auto shown = [](const std::string& text) {
    return truncate_text(clean_single_line(text), {.max_bytes = longest_shown, .note = "..."});
  };
  return {.reason = shown(fields.text("reason")), .required_scope = shown(fields.text("requiredScope"))};
}

namespace {

// base64url without padding (RFC 4648, 5); absent for anything else.
std::optional<std::string> try_base64url(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string bytes;
  unsigned buffer = 0;
  int bits = 0;
  for (const char character : text) {
    const std::size_t value = alphabet.find(character);
    if (value == std::string_view::npos) {
      return std::nullopt;
    }
    buffer = (buffer << 6U) | static_cast<unsigned>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>((buffer >> static_cast<unsigned>(bits)) & 0xFFU);
      buffer &= (1U << static_cast<unsigned>(bits)) - 1U;
    }
  }
  return bytes;
}

} // namespace

std::optional<Timestamp> find_t3_token_expiry(std::string_view token) {
  const std::size_t dot = token.find('.');
  const auto claims = dot == std::string_view::npos ? std::nullopt : try_base64url(token.substr(0, dot));
  if (!claims) {
    return std::nullopt;
  }
  const auto body = parse_json(*claims, small_limits);
  if (!body) {
    return std::nullopt;
  }
  const auto expiry = find_int64(*body, "exp");
  constexpr std::int64_t furthest = 253'402'300'799'000; // the end of the year 9999
  if (!expiry || !expiry->has_value() || **expiry < 0 || **expiry > furthest) {
    return std::nullopt;
  }
  return Timestamp(Duration(**expiry));
}

} // namespace afk::adapter
