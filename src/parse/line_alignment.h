// An alignment of two sequences: which members of both are the same, in order, as many as possible.
//
// Equal beginnings and ends are taken first, then members that each side has once (patience), and
// what is left between those is solved by a table where it is small; else it counts as different.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace culprit {

// Pairs of places, rising in both.
using Alignment = std::vector<std::pair<std::size_t, std::size_t>>;
Alignment aligned(const std::vector<std::string_view>& before,
                  const std::vector<std::string_view>& after);

// Members of a sequence: from the one to before the other.
struct Slice {
  std::size_t from = 0;
  std::size_t to = 0;
};

// All of two stretches in order, where `pairs` counts from their beginnings: gap(Slice, Slice)
// of what lies before, between and behind the pairs, pair(before, after) of each.
template <typename Gap, typename Pair>
void walk(const Alignment& pairs, Slice before, Slice after, Gap gap, Pair pair) {
  const Slice begin{before.from, after.from};
  for (const auto& [i, j] : pairs) {
    const std::size_t old_at = begin.from + i;
    const std::size_t new_at = begin.to + j;
    gap(Slice{before.from, old_at}, Slice{after.from, new_at});
    pair(old_at, new_at);
    before.from = old_at + 1;
    after.from = new_at + 1;
  }
  gap(before, after);
}

}  // namespace culprit
