#include <support/fake_t3.hpp>

#include <afk/adapter/executor_t3_text.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace afk::test {
namespace {

using nlohmann::json;

json time_or_null(const std::optional<Timestamp>& moment) {
  return moment ? json(render_timestamp(*moment)) : json(nullptr);
}

http::Response empty_answer(int status) {
  return {.status = status, .headers = {}, .body = ""};
}

bool is_live(const std::string& status) {
  return status == "starting" || status == "running";
}

// The fields that the server insists on, all of them strings that are not empty.
std::vector<std::string> required_fields(const std::string& type) {
  if (type == "project.create") {
    return {"projectId", "title", "workspaceRoot", "createdAt"};
  }
  if (type == "thread.create") {
    return {"threadId", "projectId", "title", "runtimeMode", "createdAt"};
  }
  if (type == "thread.turn.start") {
    return {"threadId", "runtimeMode", "interactionMode", "createdAt"};
  }
  if (type == "thread.approval.respond") {
    return {"threadId", "requestId", "decision", "createdAt"};
  }
  if (type == "thread.user-input.respond") {
    return {"threadId", "requestId", "createdAt"};
  }
  if (type == "thread.session.stop" || type == "thread.turn.interrupt") {
    return {"threadId", "createdAt"};
  }
  if (type == "thread.archive" || type == "thread.delete" || type == "thread.meta.update") {
    return {"threadId"};
  }
  return {};
}

bool has_text(const json& object, const std::string& key) {
  return object.contains(key) && object[key].is_string() && !object[key].get<std::string>().empty();
}

bool is_well_formed(const json& command) {
  if (!command.is_object() || !has_text(command, "type") || !has_text(command, "commandId")) {
    return false;
  }
  const std::string type = command["type"];
  const auto fields = required_fields(type);
  const bool complete =
      !fields.empty() && std::ranges::all_of(fields, [&](const std::string& key) { return has_text(command, key); });
  if (type == "thread.turn.start") {
    return complete && command.contains("message") && command["message"].is_object() &&
           has_text(command["message"], "messageId") && command["message"].value("role", "") == "user" &&
           command["message"].contains("text") && command["message"]["attachments"].is_array();
  }
  if (type == "thread.create") {
    return complete && command.contains("branch") && command.contains("worktreePath") &&
           command.contains("modelSelection") && has_text(command["modelSelection"], "instanceId") &&
           has_text(command["modelSelection"], "model");
  }
  return complete;
}

std::string aggregate_of(const json& command) {
  return command.contains("threadId") ? command["threadId"] : command["projectId"];
}

} // namespace

FakeT3::FakeT3(Setup setup) : setup_(std::move(setup)) {}

Timestamp FakeT3::stamp() {
  last_stamp_ = std::max(setup_.now(), last_stamp_ + Duration(1));
  return last_stamp_;
}

http::Response FakeT3::answer(int status, const json& body) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(std::max(setup_.now(), last_stamp_));
  return {.status = status,
          .headers = {{"content-type", "application/json"},
                      {"date", fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT",
                                           fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)))}},
          .body = body.dump()};
}

std::optional<http::Response> FakeT3::handle(const T3CallView& call) {
  const std::lock_guard lock(mutex_);
  if (hanging_ > 0) {
    --hanging_;
    return std::nullopt;
  }
  http::Response response = route(call);
  run_reactor();
  return response;
}

http::Response FakeT3::route(const T3CallView& call) {
  const std::string path = call.target.substr(0, call.target.find('?'));
  if (path == "/.well-known/t3/environment") {
    json body = {{"environmentId", setup_.environment},
                 {"label", "vm"},
                 {"platform", {{"os", "linux"}, {"arch", "x64"}}},
                 {"serverVersion", setup_.version},
                 {"capabilities", {{"repositoryIdentity", true}}}};
    if (setup_.protocol) {
      body["orchestrationProtocolVersion"] = *setup_.protocol;
    }
    return answer(200, body);
  }
  const auto given = call.headers.find("authorization");
  const bool known = given != call.headers.end() && given->second == "Bearer " + setup_.token &&
                     (!setup_.token_ends_at || setup_.now() < *setup_.token_ends_at);
  if (path == "/api/auth/session") {
    json body = {{"authenticated", known}, {"auth", {{"policy", "pairing"}}}};
    if (known) {
      body["scopes"] = setup_.scopes;
      body["expiresAt"] = time_or_null(setup_.token_ends_at);
    }
    return answer(200, body);
  }
  const bool is_dispatch = path == "/api/orchestration/dispatch" && call.method == "POST";
  const bool is_read = path.starts_with("/api/orchestration/") && call.method == "GET";
  if (!is_dispatch && !is_read) {
    return call.method == "POST" ? empty_answer(404)
                                 : http::Response{.status = 200,
                                                  .headers = {{"content-type", "text/html"}},
                                                  .body = "<!doctype html><title>T3 Code</title>"};
  }
  if (!known) {
    return answer(401, {{"_tag", "EnvironmentAuthInvalidError"},
                        {"code", "auth_invalid"},
                        {"reason", given == call.headers.end() ? "missing_credential" : "invalid_credential"},
                        {"traceId", "405402222067ec550c6f1e9ea7c70d53"}});
  }
  const std::string scope = is_dispatch ? "orchestration:operate" : "orchestration:read";
  if (!setup_.scopes.contains(scope)) {
    return answer(403, {{"_tag", "EnvironmentScopeRequiredError"},
                        {"code", "insufficient_scope"},
                        {"requiredScope", scope},
                        {"traceId", "405402222067ec550c6f1e9ea7c70d53"}});
  }
  const bool gone_in_protocol_2 =
      setup_.protocol.value_or(1) != 1 && (is_dispatch || path == "/api/orchestration/snapshot");
  if (gone_in_protocol_2) {
    return empty_answer(404);
  }
  if (is_dispatch) {
    return dispatch(call);
  }
  constexpr std::string_view threads = "/api/orchestration/threads/";
  if (path.starts_with(threads)) {
    return render_detail(path.substr(threads.size()),
                         call.target.find("turnLimit=1") != std::string::npos ? Turns::newest : Turns::all);
  }
  return answer(200, render_list(path == "/api/orchestration/snapshot"));
}

http::Response FakeT3::dispatch(const T3CallView& call) {
  const auto type_given = call.headers.find("content-type");
  if (type_given == call.headers.end() || !type_given->second.starts_with("application/json")) {
    return {.status = 415, .headers = {{"content-type", "text/plain"}}, .body = "Unsupported Media Type"};
  }
  const json command = json::parse(call.body, nullptr, false);
  if (command.is_discarded() || !is_well_formed(command)) {
    return empty_answer(400);
  }
  const auto opaque = [this] {
    return answer(500, {{"_tag", "EnvironmentInternalError"},
                        {"code", "internal_error"},
                        {"reason", "orchestration_dispatch_failed"},
                        {"traceId", "405402222067ec550c6f1e9ea7c70d53"}});
  };
  if (database_fails_) {
    database_fails_ = false;
    return opaque();
  }
  const std::string id = command["commandId"];
  const std::string aggregate = aggregate_of(command);
  if (const auto receipt = receipts_.find(id); receipt != receipts_.end()) {
    if (!receipt->second.accepted || receipt->second.aggregate != aggregate) {
      return opaque();
    }
    return answer(200, {{"sequence", receipt->second.sequence}});
  }
  const std::string type = command["type"];
  const bool rejected = rejected_types_.erase(type) > 0;
  if (rejected || refuse(command)) {
    receipts_[id] = {.aggregate = aggregate, .accepted = false, .sequence = 0};
    return opaque();
  }
  receipts_[id] = {.aggregate = aggregate, .accepted = true, .sequence = ++sequence_};
  const std::int64_t sequence = sequence_;
  apply(command);
  return answer(200, {{"sequence", sequence}});
}

std::optional<std::string> FakeT3::refuse(const json& command) {
  const std::string type = command["type"];
  if (type == "project.create") {
    for (const Project& project : projects_) {
      if (project.id == command["projectId"] ||
          (project.workspace_root == command["workspaceRoot"] && !project.deleted)) {
        return "the project exists";
      }
    }
    return std::nullopt;
  }
  const auto thread = threads_.find(command["threadId"]);
  if (type == "thread.create") {
    const bool known =
        std::ranges::any_of(projects_, [&](const Project& project) { return project.id == command["projectId"]; });
    return thread != threads_.end() || !known ? std::optional<std::string>("exists, or has no project") : std::nullopt;
  }
  if (thread == threads_.end()) {
    return "no such thread";
  }
  if (type == "thread.archive" && thread->second.archived) {
    return "archived already";
  }
  return std::nullopt;
}

void FakeT3::apply(const json& command) {
  const std::string type = command["type"];
  if (type == "project.create") {
    projects_.push_back({.id = command["projectId"],
                         .title = command["title"],
                         .workspace_root = command["workspaceRoot"],
                         .deleted = std::nullopt});
    return;
  }
  if (type == "thread.create") {
    Thread thread;
    thread.id = command["threadId"];
    thread.project = command["projectId"];
    thread.title = command["title"];
    thread.model = command["modelSelection"];
    thread.runtime_mode = command["runtimeMode"];
    thread.branch = command["branch"];
    thread.worktree = command["worktreePath"];
    thread.created = thread.updated = stamp();
    threads_.emplace(thread.id, thread);
    return;
  }
  apply_to_thread(command, threads_.at(command["threadId"]));
}

void FakeT3::apply_to_thread(const json& command, Thread& thread) {
  const std::string type = command["type"];
  if (type == "thread.turn.start") {
    accept_message(command, thread);
  } else if (type == "thread.session.stop") {
    if (thread.session && is_live(thread.session->status) && thread.latest_turn) {
      thread.latest_turn->state = "interrupted";
      thread.latest_turn->completed = stamp();
    }
    if (thread.session) {
      set_session(thread, "stopped");
    }
  } else if (type == "thread.turn.interrupt") {
    interrupt(thread.id);
  } else if (type == "thread.archive") {
    thread.archived = stamp();
  } else if (type == "thread.delete") {
    thread.deleted = stamp();
  } else if (type == "thread.meta.update") {
    thread.title = command.value("title", thread.title);
    thread.updated = stamp();
  } else {
    respond(command, thread);
  }
}

void FakeT3::accept_message(const json& command, Thread& thread) {
  const json& given = command["message"];
  const Timestamp moment = stamp();
  const auto same =
      std::ranges::find_if(thread.messages, [&](const json& message) { return message["id"] == given["messageId"]; });
  if (same != thread.messages.end()) { // no key of anything: the text is overwritten, and the agent runs again
    (*same)["text"] = given["text"];
  } else {
    thread.messages.push_back({{"id", given["messageId"]},
                               {"role", "user"},
                               {"text", given["text"]},
                               {"attachments", json::array()},
                               {"turnId", nullptr},
                               {"streaming", false},
                               {"createdAt", render_timestamp(moment)},
                               {"updatedAt", render_timestamp(moment)}});
  }
  thread.latest_message = moment;
  thread.updated = moment;
  pending_.push_back({.thread = thread.id, .message = given["messageId"], .text = given["text"], .requested = moment});
}

void FakeT3::respond(const json& command, Thread& thread) {
  const bool approval = command["type"] == "thread.approval.respond";
  const std::string request = command["requestId"];
  const bool open = std::ranges::any_of(thread.activities, [&](const json& activity) {
    return activity["kind"] == (approval ? "approval.requested" : "user-input.requested") &&
           activity["payload"]["requestId"] == request;
  });
  if (!open || !thread.session || !is_live(thread.session->status)) {
    return; // accepted all the same; the provider knows of nothing
  }
  add_activity(thread, approval ? "approval.resolved" : "user-input.resolved", {{"requestId", request}});
  const auto count = [&](std::string_view kind) {
    return std::ranges::count(thread.activities, kind, [](const json& one) { return one["kind"].get<std::string>(); });
  };
  (approval ? thread.pending_approvals : thread.pending_input) =
      count(approval ? "approval.requested" : "user-input.requested") >
      count(approval ? "approval.resolved" : "user-input.resolved");
  const std::string heard = approval ? command["decision"].get<std::string>() : command["answers"].dump();
  if (setup_.hear) {
    setup_.hear(*this, thread.id, heard);
  }
}

void FakeT3::run_reactor() {
  while (!paused_ && !pending_.empty()) {
    const Pending pending = pending_.front();
    pending_.erase(pending_.begin());
    begin(pending);
  }
}

void FakeT3::begin(const Pending& pending) {
  Thread& thread = threads_.at(pending.thread);
  if (thread.archived || thread.deleted) {
    return;
  }
  if (thread.session && is_live(thread.session->status)) {
    ++steers_; // goes into the turn that runs
    return;
  }
  const std::string instance = thread.model.value("instanceId", "");
  if (!setup_.instances.contains(instance)) {
    set_session(thread, "error", "Provider instance '" + instance + "' is not there.\n    at start (provider.ts:1)\n");
    return;
  }
  if (thread.worktree.is_string() && !std::filesystem::is_directory(thread.worktree.get<std::string>())) {
    set_session(thread, "error", "spawn ENOENT: the worktree is not there\n    at spawn (node:internal)\n");
    return;
  }
  if (pending.text.empty() || adapter::count_utf16_units(pending.text) > 120'000) {
    set_session(thread, "ready");
    add_activity(thread, "provider.turn.start.failed", {{"detail", "The prompt is too long.\nat validate"}});
    return;
  }
  begin_turn(thread, pending);
}

void FakeT3::begin_turn(Thread& thread, const Pending& pending) {
  ++starts_[pending.message];
  set_session(thread, "running");
  thread.latest_turn = {.state = "running", .requested = pending.requested, .completed = std::nullopt};
  if (setup_.agent) {
    setup_.agent(*this, {.thread = thread.id,
                         .message = pending.message,
                         .text = pending.text,
                         .worktree = thread.worktree.is_string() ? thread.worktree.get<std::string>() : ""});
  }
}

void FakeT3::set_session(Thread& thread, const std::string& status, const std::string& error) {
  const Timestamp moment = stamp();
  thread.session = Session{.status = status, .last_error = error, .updated = moment};
  thread.updated = moment;
  ++sequence_;
}

void FakeT3::add_activity(Thread& thread, const std::string& kind, json payload) {
  const Timestamp moment = stamp();
  thread.activities.push_back({{"id", fmt::format("activity-{}", thread.activities.size() + 1)},
                               {"tone", "info"},
                               {"kind", kind},
                               {"summary", kind},
                               {"payload", std::move(payload)},
                               {"turnId", nullptr},
                               {"createdAt", render_timestamp(moment)}});
  thread.updated = moment;
  ++sequence_;
}

json FakeT3::render_row(const Thread& thread) const {
  json session = nullptr;
  if (thread.session) {
    session = {{"threadId", thread.id},
               {"status", thread.session->status},
               {"providerName", "codex"},
               {"providerInstanceId", "codex"},
               {"runtimeMode", thread.runtime_mode},
               {"activeTurnId", nullptr},
               {"lastError", thread.session->last_error.empty() ? json(nullptr) : json(thread.session->last_error)},
               {"updatedAt", render_timestamp(thread.session->updated)}};
  }
  json turn = nullptr;
  if (thread.latest_turn) {
    turn = {{"turnId", "turn-" + thread.id},
            {"state", thread.latest_turn->state},
            {"requestedAt", render_timestamp(thread.latest_turn->requested)},
            {"startedAt", render_timestamp(thread.latest_turn->requested)},
            {"completedAt", time_or_null(thread.latest_turn->completed)},
            {"assistantMessageId", nullptr}};
  }
  return {{"id", thread.id},
          {"projectId", thread.project},
          {"title", thread.title},
          {"modelSelection", thread.model},
          {"runtimeMode", thread.runtime_mode},
          {"interactionMode", "default"},
          {"branch", thread.branch},
          {"worktreePath", thread.worktree},
          {"latestTurn", turn},
          {"createdAt", render_timestamp(thread.created)},
          {"updatedAt", render_timestamp(thread.updated)},
          {"archivedAt", time_or_null(thread.archived)},
          {"settledOverride", nullptr},
          {"session", session}};
}

json FakeT3::render_list(bool history) const {
  json threads = json::array();
  for (const auto& [id, thread] : threads_) {
    if (!history && (thread.archived || thread.deleted)) {
      continue;
    }
    json row = render_row(thread);
    if (history) {
      row["deletedAt"] = time_or_null(thread.deleted);
      row["messages"] = row["activities"] = row["checkpoints"] = row["proposedPlans"] = json::array();
    } else {
      row["latestUserMessageAt"] = time_or_null(thread.latest_message);
      row["hasPendingApprovals"] = thread.pending_approvals;
      row["hasPendingUserInput"] = thread.pending_input;
      row["hasActionableProposedPlan"] = false;
      row["backgroundLiveness"] = nullptr;
      row["planProgress"] = nullptr;
    }
    threads.push_back(std::move(row));
  }
  json projects = json::array();
  for (const Project& project : projects_) {
    if (history || !project.deleted) {
      projects.push_back({{"id", project.id},
                          {"title", project.title},
                          {"workspaceRoot", project.workspace_root},
                          {"defaultModelSelection", nullptr},
                          {"deletedAt", time_or_null(project.deleted)}});
    }
  }
  return {{"snapshotSequence", sequence_},
          {"projects", projects},
          {"threads", threads},
          {"updatedAt", render_timestamp(last_stamp_)}};
}

http::Response FakeT3::render_detail(const std::string& id, Turns turns) const {
  const auto thread = threads_.find(id);
  if (thread == threads_.end() || thread->second.archived || thread->second.deleted) {
    return answer(404, {{"_tag", "EnvironmentResourceNotFoundError"}, {"reason", "thread_not_found"}});
  }
  json row = render_row(thread->second);
  json messages = thread->second.messages;
  const auto newest =
      std::find_if(messages.rbegin(), messages.rend(), [](const json& message) { return message["role"] == "user"; });
  if (turns == Turns::newest && newest != messages.rend()) {
    messages.erase(messages.begin(), std::prev(newest.base()));
  }
  row["messages"] = std::move(messages);
  row["activities"] = thread->second.activities;
  row["checkpoints"] = row["proposedPlans"] = json::array();
  return answer(200, {{"snapshotSequence", sequence_}, {"thread", row}});
}

// --- what happens to the server ---

void FakeT3::restart() {
  const std::lock_guard lock(mutex_);
  pending_.clear();
  paused_ = false;
  for (auto& [id, thread] : threads_) {
    if (!thread.session || !is_live(thread.session->status)) {
      continue;
    }
    set_session(thread, "error", "Provider session did not survive a server restart. Send a new message to continue.");
    if (thread.latest_turn) {
      thread.latest_turn->state = "error";
      thread.latest_turn->completed = stamp();
    }
  }
}

void FakeT3::pause_reactor(bool paused) {
  const std::lock_guard lock(mutex_);
  paused_ = paused;
  run_reactor();
}

void FakeT3::hang_next(int requests) {
  const std::lock_guard lock(mutex_);
  hanging_ = requests;
}

void FakeT3::fail_next_command() {
  const std::lock_guard lock(mutex_);
  database_fails_ = true;
}

void FakeT3::reject(const std::string& type) {
  const std::lock_guard lock(mutex_);
  rejected_types_.insert(type);
}

// --- what agents and providers do ---

void FakeT3::say(const std::string& id, const std::string& text) {
  const std::lock_guard lock(mutex_);
  Thread& thread = threads_.at(id);
  const Timestamp moment = stamp();
  thread.messages.push_back({{"id", fmt::format("assistant:{}-{}", id, thread.messages.size())},
                             {"role", "assistant"},
                             {"text", text},
                             {"attachments", json::array()},
                             {"turnId", "turn-" + id},
                             {"streaming", false},
                             {"createdAt", render_timestamp(moment)},
                             {"updatedAt", render_timestamp(moment)}});
  thread.updated = moment;
  ++sequence_;
}

void FakeT3::finish(const std::string& id) {
  const std::lock_guard lock(mutex_);
  Thread& thread = threads_.at(id);
  if (thread.session && is_live(thread.session->status)) {
    set_session(thread, "ready");
    thread.latest_turn->state = "completed";
    thread.latest_turn->completed = stamp();
  }
}

void FakeT3::fail(const std::string& id, const std::string& error) {
  const std::lock_guard lock(mutex_);
  Thread& thread = threads_.at(id);
  set_session(thread, "error", error);
  thread.latest_turn->state = "error";
  thread.latest_turn->completed = stamp();
}

void FakeT3::crash(const std::string& id) {
  const std::lock_guard lock(mutex_);
  Thread& thread = threads_.at(id);
  set_session(thread, "stopped");
  thread.latest_turn->state = "interrupted";
  thread.latest_turn->completed = stamp();
}

std::string FakeT3::ask_approval(const std::string& id, const std::string& kind, const std::string& detail) {
  const std::lock_guard lock(mutex_);
  Thread& thread = threads_.at(id);
  const std::string request = fmt::format("request-{}", ++requests_of_agents_);
  thread.pending_approvals = true;
  add_activity(thread, "approval.requested", {{"requestId", request}, {"requestKind", kind}, {"detail", detail}});
  return request;
}

std::string FakeT3::ask_input(const std::string& id, const json& questions) {
  const std::lock_guard lock(mutex_);
  Thread& thread = threads_.at(id);
  const std::string request = fmt::format("request-{}", ++requests_of_agents_);
  thread.pending_input = true;
  add_activity(thread, "user-input.requested", {{"requestId", request}, {"questions", questions}});
  return request;
}

// --- what people do in its page ---

void FakeT3::archive(const std::string& id) {
  const std::lock_guard lock(mutex_);
  threads_.at(id).archived = stamp();
  ++sequence_;
}

void FakeT3::remove(const std::string& id) {
  const std::lock_guard lock(mutex_);
  threads_.at(id).deleted = stamp();
  ++sequence_;
}

void FakeT3::rename(const std::string& id, const std::string& title) {
  const std::lock_guard lock(mutex_);
  threads_.at(id).title = title;
  ++sequence_;
}

void FakeT3::interrupt(const std::string& id) {
  finish(id); // not a word of an interrupt
}

void FakeT3::remove_project(const std::string& workspace_root) {
  const std::lock_guard lock(mutex_);
  for (Project& project : projects_) {
    if (project.workspace_root == workspace_root) {
      project.deleted = stamp();
    }
  }
  ++sequence_;
}

// --- what there is to see ---

int FakeT3::starts(const std::string& message) const {
  const std::lock_guard lock(mutex_);
  const auto found = starts_.find(message);
  return found == starts_.end() ? 0 : found->second;
}

int FakeT3::all_starts() const {
  const std::lock_guard lock(mutex_);
  int count = 0;
  for (const auto& [message, times] : starts_) {
    count += times;
  }
  return count;
}

int FakeT3::steers() const {
  const std::lock_guard lock(mutex_);
  return steers_;
}

std::set<std::string> FakeT3::live_threads() const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> live;
  for (const auto& [id, thread] : threads_) {
    if (thread.session && is_live(thread.session->status)) {
      live.insert(id);
    }
  }
  return live;
}

std::vector<std::string> FakeT3::threads() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> ids;
  for (const auto& [id, thread] : threads_) {
    ids.push_back(id);
  }
  return ids;
}

bool FakeT3::is_archived(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  return threads_.at(id).archived.has_value();
}

json FakeT3::row(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  json row = render_row(threads_.at(id));
  row["hasPendingApprovals"] = threads_.at(id).pending_approvals;
  return row;
}

std::vector<std::string> FakeT3::messages(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> ids;
  for (const json& message : threads_.at(id).messages) {
    if (message["role"] == "user") {
      ids.push_back(message["id"]);
    }
  }
  return ids;
}

int FakeT3::projects() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(projects_.size());
}

} // namespace afk::test
