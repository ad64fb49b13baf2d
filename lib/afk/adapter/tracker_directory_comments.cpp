#include <afk/adapter/tracker_directory_comments.hpp>

#include <afk/adapter/file_lock.hpp>
#include <afk/adapter/front_matter_render.hpp>
#include <afk/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace afk::adapter {

namespace {

constexpr std::string_view suffix = ".md";
constexpr std::string_view new_comment = "comment"; // what a new one is staged as: one leftover at most after a crash
constexpr std::size_t random_bytes = 4;
constexpr Duration furthest_ahead = std::chrono::minutes(1); // that a clock may be of another one

// "20261120T143639123Z": sorts as text as it does as time.
std::string render_compact(Timestamp moment) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(moment);
  std::string text;
  for (const char character : render_timestamp(seconds)) {
    if (character != '-' && character != ':' && character != 'Z') {
      text += character;
    }
  }
  return fmt::format("{}{:03}Z", text, (moment - seconds).count());
}

std::optional<Timestamp> try_compact(std::string_view text) {
  constexpr std::size_t length = 19;
  if (text.size() < length || text[8] != 'T' || text[length - 1] != 'Z') {
    return std::nullopt;
  }
  const auto moment =
      parse_timestamp(fmt::format("{}-{}-{}T{}:{}:{}.{}Z", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                                  text.substr(9, 2), text.substr(11, 2), text.substr(13, 2), text.substr(15, 3)));
  return moment ? std::optional(moment.value()) : std::nullopt;
}

// Two comments of one millisecond would have no order, and one after a step back of the clock the wrong one.
Timestamp derive_creation_time(const std::vector<FolderEntry>& entries, Timestamp now) {
  Timestamp time = now;
  for (const FolderEntry& entry : entries) {
    const auto other = try_compact(entry.name);
    if (other && *other >= time && *other <= now + furthest_ahead) {
      time = *other + Duration(1);
    }
  }
  return time;
}

std::string render_file_login(std::string_view login) {
  constexpr std::string_view safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  constexpr std::size_t longest = 64;
  std::string name(login.substr(0, longest));
  std::ranges::replace_if(name, [&](char character) { return safe.find(character) == std::string_view::npos; }, '-');
  return name;
}

Result<void> check_body(std::string_view body) {
  if (!is_valid_utf8(body)) {
    return Error{.kind = ErrorKind::malformed, .message = "the text of a comment must be UTF-8"};
  }
  constexpr std::size_t room_for_front_matter = 4096;
  if (body.size() + room_for_front_matter > most_comment_bytes) {
    return Error{.kind = ErrorKind::too_large,
                 .message = fmt::format("a comment of {} bytes is too long", body.size())};
  }
  return {};
}

// A comment belongs to an issue that is there.
Result<void> check_issue(const OpenRepository& repository, std::int64_t number) {
  const IssueFileNames names = derive_file_names(number);
  const auto kind = repository.folder.try_kind(names.text);
  if (!kind) {
    return kind.error();
  }
  if (!kind->has_value()) {
    return Error{.kind = ErrorKind::not_found,
                 .message = fmt::format("there is no issue {}", repository.folder.path_of(names.text))};
  }
  return {};
}

// The id of the writer's first comment that contains the mark. One that cannot be read is none: it is reported by
// whoever reads the issue.
Result<std::optional<std::string>> try_find_marked(const Folder& folder, const std::vector<FolderEntry>& entries,
                                                   std::string_view mark, std::string_view login) {
  std::optional<std::string> found;
  for (const FolderEntry& entry : entries) {
    const bool is_comment = !entry.name.starts_with('.') && entry.name.ends_with(suffix);
    if (!is_comment || (found && *found <= entry.name)) {
      continue;
    }
    const auto file = folder.try_read(entry.name, most_comment_bytes);
    if (!file) {
      return file.error();
    }
    if (!file->has_value()) {
      continue;
    }
    const auto text = parse_comment_text((*file)->bytes);
    if (text && text->author == login && text->body.find(mark) != std::string::npos) {
      found = entry.name;
    }
  }
  return found ? std::optional(found->substr(0, found->size() - suffix.size())) : found;
}

} // namespace

Result<std::string> commit_new_comment(const OpenRepository& repository, std::int64_t number, const NewComment& comment,
                                       const WriterContext& context) {
  const std::string_view body = comment.body;
  if (auto checked = check_body(body); !checked) {
    return std::move(checked).error();
  }
  const auto lock = FileLock::acquire_folder(repository.folder, context.lock_patience);
  if (!lock) {
    return lock.error();
  }
  if (auto checked = check_issue(repository, number); !checked) {
    return std::move(checked).error();
  }
  const auto folder = repository.folder.open_or_create_folder(derive_file_names(number).comments);
  if (!folder) {
    return folder.error();
  }
  const auto entries = folder->list(most_comments - 1);
  if (!entries) {
    return entries.error();
  }
  if (!comment.mark.empty()) {
    auto marked = try_find_marked(*folder, *entries, comment.mark, context.login);
    if (!marked) {
      return std::move(marked).error();
    }
    if (marked->has_value()) {
      return std::move(**marked);
    }
  }
  const Timestamp created_at = derive_creation_time(*entries, context.clock.now());
  const std::string id = fmt::format("{}-{}-{}", render_compact(created_at), context.random.hex(random_bytes),
                                     render_file_login(context.login));
  const std::string text = render_comment_text({.author = context.login,
                                                .created_at = created_at,
                                                .edited_at = std::nullopt,
                                                .edited_by = {},
                                                .body_sha256 = derive_text_hash(body, context.digest),
                                                .body = std::string(body)});
  if (auto staged = folder->stage(new_comment, text); !staged) {
    return std::move(staged).error();
  }
  const std::string staged_name = derive_staged_name(new_comment);
  if (auto published = folder->rename({.from = staged_name, .to = fmt::format("{}{}", id, suffix)}); !published) {
    return std::move(published).error();
  }
  return id;
}

Result<void> commit_comment_edit(const OpenRepository& repository, std::int64_t number, const CommentEdit& edit,
                                 const WriterContext& context) {
  if (auto checked = check_body(edit.body); !checked) {
    return checked;
  }
  const auto lock = FileLock::acquire_folder(repository.folder, context.lock_patience);
  if (!lock) {
    return lock.error();
  }
  const std::string comments = derive_file_names(number).comments;
  const Error absent{.kind = ErrorKind::not_found,
                     .message = fmt::format("there is no comment {} in {}", quote_for_display(edit.id),
                                            repository.folder.path_of(comments))};
  const auto folder = repository.folder.try_open_folder(comments);
  if (!folder) {
    return folder.error();
  }
  if (!folder->has_value() || edit.id.empty() || edit.id.starts_with('.') ||
      edit.id.find_first_of(std::string_view("/\0", 2)) != std::string_view::npos) {
    return absent;
  }
  const std::string name = fmt::format("{}{}", edit.id, suffix);
  const auto file = (*folder)->try_read(name, most_comment_bytes);
  if (!file) {
    return file.error();
  }
  if (!file->has_value()) {
    return absent;
  }
  auto text = parse_comment_text((*file)->bytes);
  if (!text) {
    return in_file((*folder)->path_of(name), std::move(text).error());
  }
  if (text->body == edit.body) {
    return {};
  }
  // What the file left open is settled now: its own time will be that of this edit.
  const Comment before = derive_comment(std::string(edit.id), *text, (*file)->modified_at(), context.digest);
  return (*folder)->write_atomic(name,
                                 render_comment_text({.author = before.author.login,
                                                      .created_at = before.created_at,
                                                      .edited_at = std::max(context.clock.now(), before.created_at),
                                                      .edited_by = context.login,
                                                      .body_sha256 = derive_text_hash(edit.body, context.digest),
                                                      .body = std::string(edit.body)}));
}

} // namespace afk::adapter
