// Does a condition still separate good from bad when only units of the same moments are compared?
//
// A version that came while the failures were still rising marks late units, and late units fail
// more: without looking at equal times it passes for a part of the cause. Cochran, Mantel and
// Haenszel (1959) add up, over strata of time, the failures beyond those that each stratum's own
// rate would give.
#pragma once

#include <vector>

#include "event/tally.h"

namespace culprit {

struct Stratified {
  double z = 0;         // standard errors above what chance gives; 0 without any overlap
  double variance = 0;  // of the failures inside: small where the two hardly ever met
};

// Two series over the same buckets: the units that meet the condition, and those that do not.
Stratified separation(const std::vector<Counts>& with, const std::vector<Counts>& without,
                      double dispersion);

}  // namespace culprit
