#include "search/anytime_interval.h"

#include <algorithm>
#include <cmath>

namespace culprit {
namespace {

constexpr int halvings = 60;  // beyond the resolution of a double between 0 and 1

// What a bet against any rate has grown to, as logarithms.
struct Wealth {
  double bad;
  double good;
  double mixed;  // the likelihood of the trials under the mixture

  double against(double rate) const {
    return mixed - (bad > 0 ? bad * std::log(rate) : 0) - (good > 0 ? good * std::log1p(-rate) : 0);
  }
};

// Between a rate that is still possible and one that is not: where it turns.
double edge(const Wealth& wealth, double possible, double refuted, double limit) {
  for (int i = 0; i < halvings; ++i) {
    const double middle = (possible + refuted) / 2;
    (wealth.against(middle) < limit ? possible : refuted) = middle;
  }
  return possible;
}

}  // namespace

Interval anytime_interval(double bad, double total, double confidence) {
  if (total <= 0) return {0, 1};
  const double limit = -std::log1p(-confidence);
  const Wealth wealth{bad, total - bad, log_marginal(bad, total)};
  const double rate = std::clamp(bad / total, 0.0, 1.0);  // where the wealth is least
  Interval interval{0, 1};
  if (bad > 0) interval.low = edge(wealth, rate, 0, limit);
  if (bad < total) interval.high = edge(wealth, rate, 1, limit);
  return interval;
}

}  // namespace culprit
