// Dispersion is how much more a series of counts scatters than independent failures would.
//
// 1 is binomial noise; retries, noisy users and bursts give 2 to 20. It divides likelihoods
// (quasi-likelihood, McCullagh and Nelder, 1989), so that clusters do not pass for evidence.
#pragma once

#include <span>

#include "contrast/when.h"
#include "event/tally.h"

namespace culprit {

// Pearson's statistic per degree of freedom around the stretches' rates, the largest over bucket
// widths of 1, 4 and 16, at least 1.
double dispersion_of(std::span<const Counts> counts, std::span<const Stretch> stretches);

// n log(scatter around the stretches), with the n cells that one rate for all would give: compares
// ways to cut the same series, the less the better.
double log_scatter(std::span<const Counts> counts, std::span<const Stretch> stretches);

}  // namespace culprit
