// beta_draw throws a rate from a Beta distribution: what a failure rate may be, after its trials.
#pragma once

#include "base/dice.h"

namespace culprit {

// Both more than 0. From two Gamma draws (Marsaglia and Tsang, "A simple method for generating
// gamma variables", 2000); the standard library has none for Beta, and its Gamma differs between
// libraries.
double beta_draw(double bad, double good, Dice& dice);

}  // namespace culprit
