// An anytime interval holds a failure rate however often one looks and whenever one stops.
//
// Clopper and Pearson's is right for a number of trials that was fixed before; whoever watches it
// and stops when it pleases is wrong far oftener than it says. This one is the set of rates that a
// gambler betting against them, with a stake spread over all rates, could not yet have made
// 1 / (1 - confidence) of: Ville's inequality holds for all times at once (Robbins, "Statistical
// methods related to the law of the iterated logarithm", 1970, with a Beta(1/2, 1/2) mixture).
// It is about half as wide again. Refuses nothing: of no trials it is 0..1.
#pragma once

#include "base/statistics.h"

namespace culprit {

Interval anytime_interval(double bad, double total, double confidence = 0.95);

}  // namespace culprit
