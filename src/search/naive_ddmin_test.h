// Delta debugging as it was published, told by an oracle: what set searches are held against.
//
// Written to be read, not to be fast. Answers are kept, so that `tests` counts sets, not questions.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <vector>

#include "search/subset.h"

namespace culprit {

// Whether a set fails; asked once for each set.
class KeptOracle {
 public:
  explicit KeptOracle(std::function<bool(const Subset&)> fails) : fails_(std::move(fails)) {}

  bool fails(const Subset& set) {
    const auto known = answers_.find(set);
    if (known != answers_.end()) return known->second;
    return answers_[set] = fails_(set);
  }
  // Without the empty set and the whole one, whose answers are given.
  std::size_t tests() const {
    std::size_t count = 0;
    for (const auto& [set, answer] : answers_) {
      const std::size_t size = size_of(set);
      count += size > 0 && size < set.size() ? 1 : 0;
    }
    return count;
  }

 private:
  std::function<bool(const Subset&)> fails_;
  std::map<Subset, bool> answers_;
};

inline Subset set_of_members(std::size_t count, const std::vector<std::size_t>& members) {
  Subset set(count, false);
  for (const std::size_t member : members) set[member] = true;
  return set;
}

inline Subset naive_ddmin(std::size_t count, KeptOracle& oracle) {
  Subset kept(count, true);
  for (std::size_t parts = 2; size_of(kept) >= 2;) {
    const std::vector<std::size_t> members = members_of(kept);
    parts = std::min(parts, members.size());
    bool smaller = false;
    for (int rest = 0; rest < 2 && !smaller; ++rest) {
      for (std::size_t part = 0; part < parts && !smaller; ++part) {
        Subset tried = rest == 1 ? kept : Subset(count, false);
        for (std::size_t i = part * members.size() / parts; i < (part + 1) * members.size() / parts;
             ++i) {
          tried[members[i]] = rest == 0;
        }
        if (!oracle.fails(tried)) continue;
        kept = tried;
        parts = rest == 0 ? 2 : std::max<std::size_t>(2, parts - 1);
        smaller = true;
      }
    }
    if (smaller) continue;
    if (parts == members.size()) break;
    parts *= 2;
  }
  return kept;
}

inline bool is_minimal(const Subset& set, const std::function<bool(const Subset&)>& fails) {
  if (!fails(set)) return false;
  for (const std::size_t member : members_of(set)) {
    Subset less = set;
    less[member] = false;
    if (fails(less)) return false;
  }
  return true;
}

}  // namespace culprit
