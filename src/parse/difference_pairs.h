// Which of two lists' members belong together where they have no name that tells, or have the same.
//
// Each has signs, the strictest first: all that it says, its name, that it is there at all. Those
// of the same first sign are pairs, in order; of what is left those of the same second one, and so
// on. An empty sign is none. It takes time linear in the members, but for the signs' sizes.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace culprit {

using Signs = std::vector<std::string>;  // as many of each member

// For each of `bad` the place of its partner in `good`; no_item: it has none.
std::vector<std::size_t> partners_of(const std::vector<Signs>& good, const std::vector<Signs>& bad);

}  // namespace culprit
