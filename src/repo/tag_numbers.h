// TagNumbers finds the tag that a version means: `1.9.0` is `v1.9.0`, `release-1.9.0` or, where no
// other tag ends like it, `payments-v1.9.0`.
//
// The same number with the same prefix first, then with one that says nothing, then the only one
// there is. Two products that share a number are told apart by their prefix or not at all: a guess
// would name a release of the other one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.h"

namespace culprit {

struct Tag {
  std::string name;
  std::string sha;    // of the commit
  Time at = no_time;  // tagged; a lightweight tag has its commit's time
};

class TagNumbers {
 public:
  TagNumbers() = default;
  explicit TagNumbers(const std::vector<Tag>& tags);

  // Of the tags that were given; null: none, or more than one commit.
  const Tag* meant_by(const std::vector<Tag>& tags, std::string_view version) const;

 private:
  std::unordered_map<std::string, std::vector<std::size_t>> by_number_;  // "1.9.0": indices
};

}  // namespace culprit
