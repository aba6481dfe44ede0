// TwoRates is what trials on two sides say of a lower and a higher failure rate, both unknown.
//
// The rates lie on a grid, evenly spaced in asin(sqrt(rate)), where every rate is known equally
// well from equally many trials; a prior that is flat there is Jeffreys'. The higher rate is above
// the lower by a gap, else nobody could tell them apart in a night. Both are summed out, exactly: a
// told outcome costs one pass over the grid, and so does an answer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "event/event.h"
#include "search/factor_levels.h"

namespace culprit {

// Points of the grid. 64 are 0.025 apart; n trials tell a rate there to within 1 / (2 sqrt(n)),
// which is as much for n = 400.
constexpr std::size_t rate_points = 64;
double rate_at(std::size_t point);

enum class ChangeSide : std::uint8_t { without, with };

class TwoRates {
 public:
  TwoRates(const TrialCounts& lower, const TrialCounts& higher);

  void tell(ChangeSide side, Outcome outcome);

  // Of everything told, with both rates summed out; and the means of both rates after it.
  struct Evidence {
    double log_likelihood = 0;
    double lower = 0;
    double higher = 0;
  };
  Evidence evidence() const;

  // How likely each point of the grid is to be the rate of that side; sums to one.
  std::array<double, rate_points> distribution(ChangeSide side) const;

 private:
  using Weights = std::array<double, rate_points>;
  static void tell(Weights& weights, double& log_scale, Outcome outcome);
  static void tell(Weights& weights, double& log_scale, const TrialCounts& counts);

  Weights lower_;  // the prior and the likelihood of each rate, up to the scale
  Weights higher_;
  double log_scale_ = 0;
};

// The same for one rate on both sides.
class OneRate {
 public:
  explicit OneRate(const TrialCounts& counts);
  void tell(Outcome outcome);
  double log_likelihood() const;
  double mean() const;

 private:
  double bad_;
  double good_;
};

}  // namespace culprit
