// Slices are the time before the onset and the time after it, each cut into windows of one length.
//
// Counts by slice tell failures that cluster from failures that go on; their sums are before and
// after.
#pragma once

#include <vector>

#include "event/query.h"
#include "event/tally.h"

namespace culprit {

struct Slices {
  std::vector<Window> windows;
  std::size_t befores = 0;  // so many of them lie before the onset
};

// Of one window (after) or two (before, after) with finite ends; none: none.
Slices slices_of(const std::vector<Window>& spans);

// What a tally over slices says of before and after.
FacetTally joined(FacetTally tally, const Slices& slices);

}  // namespace culprit
