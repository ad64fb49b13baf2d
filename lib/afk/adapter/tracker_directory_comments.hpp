#pragma once
// Comments of an issue in the directory tracker: one file each, so that one can be replaced without touching another.
//
// `<number>.comments/<moment>-<random>-<author>.md`; the name without the suffix is the comment's id, and names sort by
// time. Errors as in tracker_directory_commit.hpp.

#include <afk/adapter/tracker_directory_commit.hpp>

namespace afk::adapter {

struct NewComment {
  std::string_view body;
  std::string_view mark = {}; // not empty: at most one comment of the writer contains it
};

// Answers the id of the new comment, or of the one that has the mark already.
Result<std::string> commit_new_comment(const OpenRepository& repository, std::int64_t number, const NewComment& comment,
                                       const WriterContext& context);

struct CommentEdit {
  std::string_view id;
  std::string_view body;
};

// A comment that says so already is left alone. `not_found` when there is no such comment.
Result<void> commit_comment_edit(const OpenRepository& repository, std::int64_t number, const CommentEdit& edit,
                                 const WriterContext& context);

} // namespace afk::adapter
