#pragma once
// A configuration that is being put together: what has been read so far, where it stood, and what was wrong.

#include <afk/config/environment.hpp>
#include <afk/config/origin.hpp>
#include <afk/config/problem.hpp>
#include <afk/config/value_context.hpp>
#include <afk/core/config.hpp>

#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace afk::config {

class Assembly {
 public:
  struct Source {
    std::string file;   // as the caller named it
    std::string folder; // what relative paths are relative to
    Environment environment;
  };

  explicit Assembly(Source source);

  Config config;
  Provenance provenance;
  Problems problems;

  [[nodiscard]] const Environment& environment() const { return source_.environment; }

  // How the file's value of a key is read.
  [[nodiscard]] ValueContext file_context(const std::string& key);
  // How a variable's value of a key is read.
  [[nodiscard]] ValueContext variable_context(const std::string& key, std::string_view variable);

  void note_table(const std::string& path, Position position) { tables_.emplace(path, position); }

  [[nodiscard]] bool has_table(const std::string& path) const { return tables_.contains(path); }

  void note_file_value(const std::string& key, Position position);
  void note_variable_value(const std::string& key, std::string_view variable);
  void note_derived_value(const std::string& key, std::string_view source);

  // A key whose value was refused: what holds for it now is not what somebody wrote, so that no conclusion is drawn
  // from it.
  void note_broken(const std::string& key) { broken_.insert(key); }

  [[nodiscard]] bool are_sound(std::initializer_list<std::string> keys) const;

  // Whether file or environment say something about the key.
  [[nodiscard]] bool is_written(const std::string& key) const { return provenance.origins.contains(key); }

  // A problem of a key, at its value; where nothing is written, at its table, else at the beginning of the file.
  void refuse(const std::string& key, std::string message, std::string hint = {});
  // A problem at one place of the file.
  void refuse_at(Position position, std::string key, std::string message, std::string hint = {});

 private:
  [[nodiscard]] Position find_table_position(std::string_view key) const;

  Source source_;
  std::map<std::string, Position> tables_;
  std::set<std::string> broken_;
};

// A part of a key as it is written in TOML: bare where that is allowed, else quoted.
[[nodiscard]] std::string render_key_part(std::string_view part);
[[nodiscard]] std::string join_key(std::string_view table, std::string_view key);

} // namespace afk::config
