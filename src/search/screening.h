// Screening tries many factors at once in few trials, and says which seem to matter.
//
// A Plackett-Burman design (1946) of n trials varies up to n - 1 factors: each is on in half of the
// trials, and any two of them are on together in a quarter, so that what needs two factors shows
// too. Trying one factor at a time would show no such pair at all.
#pragma once

#include <cstddef>
#include <vector>

#include "search/factor_levels.h"

namespace culprit {

// The rows of the smallest design by Paley's construction (quadratic residues of a prime) that has
// a column for each factor, without its row of all factors off. At least 7 rows, so that a pair
// is on together more than once.
std::vector<FactorSet> plackett_burman(std::size_t factor_count);

// By how much a factor changes the odds of failing, over all that else was on or off.
struct MainEffect {
  double log_odds = 0;
  double error = 0;  // its standard error
};
// One for each factor: rates on Beta(1/2, 1/2), off against any other level.
std::vector<MainEffect> main_effects(const ConditionCounts& counts, std::size_t factor_count);

}  // namespace culprit
