#include "search/two_rates.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/statistics.h"

namespace culprit {
namespace {

// Good code mostly never fails in this very way, and a failure is mostly there for good. Stronger
// beliefs (0.3 and 0.2) save a third of the tests where they are right, and named the wrong change
// in 14 % of searches at rates of 0.05 and 0.3 (bench/accuracy_bisect.cpp, "unseeded").
constexpr double never_fails = 0.1;
constexpr double always_fails = 0.1;
// And mostly the test is one that never errs at all: believed in one piece, one flake ends it. (As
// a belief about each side by itself it would survive on the other.)
constexpr double never_errs = 1;  // beside all other pairs together
// The least by which the rates differ. With 1.1 and 0.02 a rate of 0 against 0.5 took twice as many
// tests, and no search was more often right.
constexpr double ratio_min = 1.5;
constexpr double gap_min = 0.04;
constexpr double scale_min = 1e-60;  // far above the smallest double, far below any weight

struct Grid {
  std::array<double, rate_points> rate{};
  std::array<double, rate_points> log_rate{};
  std::array<double, rate_points> log_rest{};
  std::array<std::size_t, rate_points> first_higher{};  // that goes with this one as lower

  Grid() {
    for (std::size_t i = 0; i < rate_points; ++i) {
      const double angle = (static_cast<double>(i) + 0.5) * std::numbers::pi / (2.0 * rate_points);
      rate[i] = std::pow(std::sin(angle), 2);
      log_rate[i] = std::log(rate[i]);
      log_rest[i] = std::log1p(-rate[i]);
    }
    for (std::size_t i = 0; i < rate_points; ++i) {
      const double least = std::max(rate[i] * ratio_min, rate[i] + gap_min);
      first_higher[i] = static_cast<std::size_t>(std::lower_bound(rate.begin(), rate.end(), least) -
                                                 rate.begin());
    }
  }
};

const Grid& grid() {
  static const Grid made;
  return made;
}

// Of the corner of the grid in which the test never errs, on top of what both sides give it.
double certain_weight() {
  const double each = 1.0 / rate_points;
  return never_errs /
         (((1 - never_fails) * each + never_fails) * ((1 - always_fails) * each + always_fails));
}

}  // namespace

double rate_at(std::size_t point) { return grid().rate[point]; }

TwoRates::TwoRates(const TrialCounts& lower, const TrialCounts& higher) {
  lower_.fill((1 - never_fails) / rate_points);
  lower_.front() += never_fails;
  higher_.fill((1 - always_fails) / rate_points);
  higher_.back() += always_fails;
  tell(lower_, log_scale_, lower);
  tell(higher_, log_scale_, higher);
}

void TwoRates::tell(ChangeSide side, Outcome outcome) {
  tell(side == ChangeSide::without ? lower_ : higher_, log_scale_, outcome);
}

void TwoRates::tell(Weights& weights, double& log_scale, Outcome outcome) {
  const auto& rate = grid().rate;
  double most = 0;
  for (std::size_t i = 0; i < rate_points; ++i) {
    weights[i] *= outcome == Outcome::bad ? rate[i] : 1 - rate[i];
    most = std::max(most, weights[i]);
  }
  if (most > scale_min) return;
  for (double& weight : weights) weight /= most;
  log_scale += std::log(most);
}

void TwoRates::tell(Weights& weights, double& log_scale, const TrialCounts& counts) {
  std::array<double, rate_points> logs{};
  for (std::size_t i = 0; i < rate_points; ++i) {
    logs[i] = counts.bad * grid().log_rate[i] + counts.good * grid().log_rest[i];
  }
  const double most = *std::max_element(logs.begin(), logs.end());
  for (std::size_t i = 0; i < rate_points; ++i) weights[i] *= std::exp(logs[i] - most);
  log_scale += most;
}

TwoRates::Evidence TwoRates::evidence() const {
  const Grid& known = grid();
  // From the top: all higher rates that go with a lower one, and their mean.
  std::array<double, rate_points + 1> above{};
  std::array<double, rate_points + 1> mean_above{};
  for (std::size_t j = rate_points; j-- > 0;) {
    above[j] = above[j + 1] + higher_[j];
    mean_above[j] = mean_above[j + 1] + higher_[j] * known.rate[j];
  }
  double all = 0;
  double lower = 0;
  double higher = 0;
  for (std::size_t i = 0; i < rate_points; ++i) {
    const double pairs = lower_[i] * above[known.first_higher[i]];
    all += pairs;
    lower += pairs * known.rate[i];
    higher += lower_[i] * mean_above[known.first_higher[i]];
  }
  const double certain = lower_.front() * higher_.back() * certain_weight();
  all += certain;
  lower += certain * known.rate.front();
  higher += certain * known.rate.back();
  if (all <= 0) return {-1e300, 0, 1};  // no pair of the grid is left that far apart
  return {std::log(all) + log_scale_, lower / all, higher / all};
}

std::array<double, rate_points> TwoRates::distribution(ChangeSide side) const {
  std::array<double, rate_points> mass{};
  double all = 0;
  for (std::size_t i = 0; i < rate_points; ++i) {
    for (std::size_t j = grid().first_higher[i]; j < rate_points; ++j) {
      const bool certain = i == 0 && j + 1 == rate_points;
      const double pair = lower_[i] * higher_[j] * (certain ? 1 + certain_weight() : 1);
      mass[side == ChangeSide::without ? i : j] += pair;
      all += pair;
    }
  }
  for (double& one : mass) one /= std::max(all, 1e-300);
  return mass;
}

OneRate::OneRate(const TrialCounts& counts) : bad_(counts.bad), good_(counts.good) {}

void OneRate::tell(Outcome outcome) { (outcome == Outcome::bad ? bad_ : good_) += 1; }

double OneRate::log_likelihood() const { return log_marginal(bad_, bad_ + good_); }

double OneRate::mean() const { return (bad_ + 0.5) / (bad_ + good_ + 1); }

}  // namespace culprit
