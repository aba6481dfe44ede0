// shrink() in rounds, where there are more differences than one search is made for.
//
// Neighbours go together at first, in so many runs of them as a search takes; what is left is
// broken up into smaller ones and searched again, until each stands for itself. Lines of an input
// that belong together mostly stand together, so that a round leaves few groups. Each round runs
// its ends: what GOOD and BAD are is known from all of them.
#pragma once

#include "workbench/shrink.h"

namespace culprit {

// Of one search: its questions are as many flags, of which it keeps each one's answer.
constexpr std::size_t differences_at_once = 100'000;

// Errors: as of shrink().
Result<Shrunk> shrink_in_rounds(World& world, const ShrinkOptions& options,
                                std::size_t at_once = differences_at_once);

}  // namespace culprit
