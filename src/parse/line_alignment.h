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

}  // namespace culprit
