// Segmentation cuts a series of counts into stretches of constant rate at the least total cost.
//
// Cost is minus twice the log likelihood over the dispersion, plus a penalty for each cut. Exact
// (dynamic programming with PELT's pruning), so it never depends on where a search began.
#pragma once

#include <span>
#include <vector>

#include "contrast/when.h"

namespace culprit {

struct Segmentation {
  std::vector<Stretch> stretches;
  double gain = 0;  // cost of one stretch minus the cost found, penalties included
};

Segmentation segment(std::span<const Counts> counts, double dispersion, double penalty);

}  // namespace culprit
