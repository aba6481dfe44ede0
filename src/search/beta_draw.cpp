#include "search/beta_draw.h"

#include <cmath>

#include "base/verify.h"

namespace culprit {
namespace {

constexpr double pi = 3.14159265358979323846;

double above_zero(Dice& dice) { return 1 - dice.uniform(); }

// Box and Muller, one of the two.
double normal_draw(Dice& dice) {
  return std::sqrt(-2 * std::log(above_zero(dice))) * std::cos(2 * pi * dice.uniform());
}

double gamma_draw(double shape, Dice& dice) {
  if (shape < 1) {
    return gamma_draw(shape + 1, dice) * std::pow(above_zero(dice), 1 / shape);
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {  // accepts more than 95 % of its throws (same paper, table 1)
    const double x = normal_draw(dice);
    const double cubed = std::pow(1 + c * x, 3);
    if (cubed <= 0) continue;
    if (std::log(above_zero(dice)) < x * x / 2 + d - d * cubed + d * std::log(cubed)) {
      return d * cubed;
    }
  }
}

}  // namespace

double beta_draw(double bad, double good, Dice& dice) {
  VERIFY(bad > 0 && good > 0);
  const double one = gamma_draw(bad, dice);
  const double other = gamma_draw(good, dice);
  return one + other > 0 ? one / (one + other) : bad / (bad + good);
}

}  // namespace culprit
