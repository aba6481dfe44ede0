// A Subset says of each of n things whether it is in: differences that are applied, say.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace culprit {

using Subset = std::vector<bool>;

inline std::size_t size_of(const Subset& set) {
  return static_cast<std::size_t>(std::count(set.begin(), set.end(), true));
}

inline std::vector<std::size_t> members_of(const Subset& set) {
  std::vector<std::size_t> members;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (set[i]) members.push_back(i);
  }
  return members;
}

}  // namespace culprit
