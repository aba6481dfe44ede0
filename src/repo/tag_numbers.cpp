#include "repo/tag_numbers.h"

#include <algorithm>

#include "contrast/versions.h"

namespace culprit {

TagNumbers::TagNumbers(const std::vector<Tag>& tags) {
  for (std::size_t index = 0; index < tags.size(); ++index) {
    const std::string_view number = version_number(tags[index].name);
    if (!number.empty()) by_number_[std::string(number)].push_back(index);
  }
}

const Tag* TagNumbers::meant_by(const std::vector<Tag>& tags, std::string_view version) const {
  const auto found = by_number_.find(std::string(version_number(version)));
  if (version_number(version).empty() || found == by_number_.end()) return nullptr;
  const std::string_view prefix = version_prefix(version);
  const Tag* generic = nullptr;
  for (const std::size_t index : found->second) {
    const Tag& tag = tags[index];
    if (version_prefix(tag.name) == prefix) return &tag;
    if (is_generic_prefix(version_prefix(tag.name)) && generic == nullptr) generic = &tag;
  }
  if (generic != nullptr) return generic;
  const Tag& first = tags[found->second.front()];
  const bool one = std::all_of(found->second.begin(), found->second.end(),
                               [&](std::size_t index) { return tags[index].sha == first.sha; });
  return one && is_generic_prefix(prefix) ? &first : nullptr;
}

}  // namespace culprit
