#pragma once
// How a table of keys is put together from the members of a section, and how the keys of a section become keys of
// something larger. For the files that describe keys.

#include <afk/config/keys.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace afk::config {

template <typename Section>
class KeyList {
 public:
  struct Words {
    std::string path;
    std::string documentation;
    FileUse file_use = FileUse::none;
  };

  template <typename T>
  KeyList& add(Words words, T Section::* member, ValueType<T> type) {
    Key<Section> key;
    key.path = std::move(words.path);
    key.documentation = std::move(words.documentation);
    key.file_use = words.file_use;
    key.form = type.form;
    key.read = [member, read = std::move(type.read)](Section& section, const Node& node, const ValueContext& context) {
      auto value = read(node, context);
      if (!value) {
        return Reading::refused;
      }
      section.*member = *std::move(value);
      return Reading::accepted;
    };
    key.show = [member, show = std::move(type.show)](const Section& section) { return show(section.*member); };
    keys_.push_back(std::move(key));
    return *this;
  }

  // The keys of a part, under "<prefix>.<path>". `part` gives the part of a section, mutable or not.
  template <typename Inner, typename Part>
  KeyList& add_part(std::string_view prefix, const Keys<Inner>& inner, Part part) {
    for (const Key<Inner>& source : inner) {
      Key<Section> key;
      key.path = prefix.empty() ? source.path : std::string(prefix) + "." + source.path;
      key.documentation = source.documentation;
      key.file_use = source.file_use;
      key.form = source.form;
      key.read = [part, read = source.read](Section& section, const Node& node, const ValueContext& context) {
        return read(part(section), node, context);
      };
      key.show = [part, show = source.show](const Section& section) { return show(part(section)); };
      keys_.push_back(std::move(key));
    }
    return *this;
  }

  template <typename Inner>
  KeyList& add_part(std::string_view prefix, const Keys<Inner>& inner, Inner Section::* member) {
    return add_part(prefix, inner, [member](auto& section) -> auto& { return section.*member; });
  }

  [[nodiscard]] Keys<Section> take() && { return std::move(keys_); }

 private:
  Keys<Section> keys_;
};

[[nodiscard]] Keys<PolicySettings> policy_keys();
[[nodiscard]] Keys<LifecycleSettings> lifecycle_keys();
[[nodiscard]] Keys<CheckSettings> check_keys();
[[nodiscard]] Keys<QaSettings> qa_keys();

} // namespace afk::config
