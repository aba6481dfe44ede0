#include "contrast/metric_onset.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace culprit {
namespace {

constexpr std::size_t before_max = 120;  // samples that tell the level and the scatter before
constexpr std::size_t after_max = 90;    // samples behind the shift that are explained
constexpr std::size_t level_max = 45;    // samples that tell the level behind
constexpr std::size_t early_max = 44;    // a ramp begins that many samples before its middle
constexpr std::size_t late_max = 8;
constexpr int cells_of_rate = 4;                                  // of one interval
constexpr std::array<double, 7> ramps{0, 1.5, 3, 6, 12, 24, 48};  // in samples; 0: a step
// Of each of them: most moves are at once, and long ramps are rare.
constexpr std::array<double, 7> ramp_priors{0.72, 0.08, 0.08, 0.06, 0.04, 0.015, 0.005};
constexpr double alike_max = 0.9;
constexpr double freedom = 3;         // of Student's t
constexpr double prior_samples = 10;  // that scatter behind as before

// ln of a Student's t density, but for a constant.
double log_density(double distance, double scatter) {
  const double x = distance / scatter;
  return -(freedom + 1) / 2 * std::log1p(x * x / freedom) - std::log(scatter);
}

struct Level {
  double value = 0;
  double scatter = 0;
  std::size_t count = 0;
};

Level level_of(std::span<const double> values) {
  Level level;
  if (values.empty()) return level;
  std::vector<double> part(values.begin(), values.end());
  level.count = part.size();
  level.value = median_of(part);
  for (double& value : part) value = std::abs(value - level.value);
  level.scatter = scatter_of(part);
  return level;
}

// Of a sample with the one `lag` before it.
double correlation(std::span<const double> values, std::size_t lag) {
  double same = 0;
  double next = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    same += values[i] * values[i];
    if (i >= lag) next += values[i] * values[i - lag];
  }
  return same > 0 ? next / same : 0;
}

// What is left when each sample is told by the one before it; without outliers.
std::vector<double> innovations(std::span<const double> values, const Level& level, double alike) {
  const double bound = 3 * level.scatter;
  std::vector<double> left;
  double last = 0;
  for (const double value : values) {
    const double here = std::clamp(value - level.value, -bound, bound);
    left.push_back(here - alike * last);
    last = here;
  }
  return left;
}

// Slow waves are no news at each sample: by how much their sum scatters more than it should.
double slow_inflation(std::span<const double> left) {
  constexpr std::size_t lags_max = 20;
  double inflation = 1;
  for (std::size_t lag = 1; lag <= std::min(lags_max, left.size() / 4); ++lag) {
    inflation += 2 * correlation(left, lag);
  }
  return std::clamp(inflation, 1.0, 20.0);
}

// Of a straight line through the medians of both halves; none, if chance may have made it.
double slope_of(std::span<const double> values, const Level& level) {
  const std::size_t half = values.size() / 2;
  if (half < 12) return 0;
  const Level early = level_of(values.first(half));
  const Level late = level_of(values.last(half));
  const double rise = late.value - early.value;
  const double error = 1.25 * level.scatter * std::sqrt(2 / static_cast<double>(half));
  return std::abs(rise) > 3 * error ? rise / static_cast<double>(values.size() - half) : 0;
}

// The mean of a ramp from 0 to 1 over (from, to], or its height at `to`.
double height(double at, double length) {
  if (length <= 0) return at >= 0 ? 1 : 0;
  return std::clamp(at / length, 0.0, 1.0);
}
double area(double at, double length) {
  if (at <= 0) return 0;
  if (length <= 0) return at;
  return at < length ? at * at / (2 * length) : at - length / 2;
}

// Explains the samples of one neighbourhood by an onset and a length of its ramp.
class Explanation {
 public:
  Explanation(const MetricSamples& samples, const MetricShift& shift, SampleRange around)
      : samples_(samples), middle_(shift.index) {
    begin_ = std::max(around.begin, middle_ - std::min(middle_, before_max));
    end_ = std::min({around.end, samples.size(), middle_ + after_max});
    value_.assign(samples.value.begin() + static_cast<std::ptrdiff_t>(begin_),
                  samples.value.begin() + static_cast<std::ptrdiff_t>(end_));
    // The beginning of a ramp is left out of the level before it, where there is enough else.
    const std::size_t clear = middle_ - begin_ >= 24 ? 4 : 0;
    const auto quiet = std::span<const double>(value_).first(middle_ - begin_ - clear);
    take_slope_out(quiet);
    before_ = level_of(quiet);
    const double least = 1e-3 * std::abs(shift.change) + 1e-9 * std::abs(before_.value) + 1e-300;
    before_.scatter = std::max(before_.scatter, least);
    const double count = static_cast<double>(quiet.size());
    alike_ = std::clamp(correlation(innovations(quiet, before_, 0), 1) * count / (count + 10), 0.0,
                        alike_max);
    inflation_ = slow_inflation(innovations(quiet, before_, alike_));
    told_.assign(value_.size() + 1, 0);
    for (std::size_t i = begin_; i < end_; ++i) {
      told_[i - begin_ + 1] = told_[i - begin_] + told_at(i, 0, 0);
    }
  }

  // Takes a ramp of that many samples; false: too little lies behind it to tell.
  bool take(double ramp) {
    const auto half = static_cast<std::size_t>(ramp / 2 + 0.5);
    const std::size_t from = middle_ + half;
    if (from + 2 > end_) return false;
    length_ = ramp * samples_.step;
    after_ = level_of(std::span<const double>(value_)
                          .subspan(from - begin_)
                          .first(std::min(end_ - from, level_max)));
    const auto count = static_cast<double>(after_.count);
    after_.scatter = std::sqrt((count * after_.scatter * after_.scatter +
                                prior_samples * before_.scatter * before_.scatter) /
                               (count + prior_samples));
    behind_.assign(end_ - begin_ + 1, 0);
    for (std::size_t i = end_; i-- > begin_;) {
      behind_[i - begin_] = behind_[i - begin_ + 1] + told_at(i, 1, 1);
    }
    return true;
  }

  // ln of the probability of all samples, if the move began at that second.
  double told(double onset) const {
    std::size_t i = std::max(begin_, samples_.index_at(onset));
    double sum = told_[std::min(i, end_) - begin_];
    double last = 0;
    for (; i < end_ && last < 1; ++i) {
      const double here = moved(i, onset);
      sum += told_at(i, here, last);
      last = here;
    }
    return (sum + behind_[i - begin_]) / inflation_;
  }

  std::size_t first_interval() const {
    return std::max(begin_, middle_ - std::min(middle_, early_max));
  }
  std::size_t last_interval() const { return std::min(end_, middle_ + late_max); }
  const Level& before() const { return before_; }
  const Level& after() const { return after_; }

 private:
  // So that levels are those at the shift.
  void take_slope_out(std::span<const double> quiet) {
    const double slope = slope_of(quiet, level_of(quiet));
    const auto middle = static_cast<double>(middle_ - begin_);
    for (std::size_t i = 0; slope != 0 && i < value_.size(); ++i) {
      value_[i] -= slope * (static_cast<double>(i) - middle);
    }
  }

  double moved(std::size_t i, double onset) const {
    const double to = samples_.to[i] - onset;
    if (!samples_.averaged) return height(to, length_);
    const double from = samples_.from[i] - onset;
    return (area(to, length_) - area(from, length_)) / (to - from);
  }

  double told_at(std::size_t i, double here, double last) const {
    const double change = after_.value - before_.value;
    double distance = value_[i - begin_] - before_.value - here * change;
    double scatter = before_.scatter + here * (after_.scatter - before_.scatter);
    if (here == 0) scatter = before_.scatter;
    if (alike_ > 0 && i > begin_) {
      distance -= alike_ * (value_[i - begin_ - 1] - before_.value - last * change);
      scatter *= std::sqrt(1 - alike_ * alike_);
    }
    return log_density(distance, scatter);
  }

  const MetricSamples& samples_;
  std::size_t middle_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  Level before_;
  Level after_;
  std::vector<double> value_;   // of the samples [begin_, end_), without their slope
  double inflation_ = 1;        // of what slow waves seem to tell
  double alike_ = 0;            // correlation of a sample with the one before it
  double length_ = 0;           // of the ramp, in seconds
  std::vector<double> told_;    // sums of what is told up to each sample if nothing has moved,
  std::vector<double> behind_;  // and from each on if all has moved
};

// One cell for each piece of each interval, its mass still a logarithm.
std::vector<OnsetCell> empty_cells(const MetricSamples& samples, const Explanation& explained) {
  std::vector<OnsetCell> cells;
  const int pieces = samples.averaged ? cells_of_rate : 1;
  for (std::size_t i = explained.first_interval(); i < explained.last_interval(); ++i) {
    const double width = (samples.to[i] - samples.from[i]) / pieces;
    for (int piece = 0; piece < pieces; ++piece) {
      const double from = samples.from[i] + piece * width;
      cells.push_back({from, from + width, 0});
    }
  }
  return cells;
}

}  // namespace

double quantile(const MetricOnset& onset, double share) {
  double share_of_all = 0;
  for (const OnsetCell& cell : onset.cells) share_of_all += cell.mass;
  share *= share_of_all;
  double sum = 0;
  for (const OnsetCell& cell : onset.cells) {
    if (cell.mass > 0 && sum + cell.mass >= share) {
      return cell.from + (cell.to - cell.from) * (share - sum) / cell.mass;
    }
    sum += cell.mass;
  }
  return onset.cells.empty() ? 0 : onset.cells.back().to;
}

MetricOnset locate_shift(const MetricSamples& samples, const MetricShift& shift,
                         SampleRange around) {
  Explanation explained(samples, shift, around);
  MetricOnset onset;
  onset.cells = empty_cells(samples, explained);
  std::vector<std::vector<double>> told;
  double best = -1e300;
  double best_here = -1e300;
  for (std::size_t which = 0; which < ramps.size(); ++which) {
    told.emplace_back();
    if (!explained.take(ramps[which])) continue;
    const double prior = ramp_priors[which];
    for (const OnsetCell& cell : onset.cells) {
      const double middle = (cell.from + cell.to) / 2;
      told.back().push_back(explained.told(middle) + std::log(prior * (cell.to - cell.from)));
      best = std::max(best, told.back().back());
    }
    if (best > best_here) {
      best_here = best;
      onset.after = explained.after().value;
    }
  }
  double sum = 0;
  double slow = 0;
  for (std::size_t ramp = 0; ramp < told.size(); ++ramp) {
    for (std::size_t i = 0; i < told[ramp].size(); ++i) {
      const double mass = std::exp(told[ramp][i] - best);
      onset.cells[i].mass += mass;
      sum += mass;
      slow += ramp > 0 ? mass : 0;
    }
  }
  for (OnsetCell& cell : onset.cells) cell.mass /= sum > 0 ? sum : 1;
  onset.ramp = sum > 0 ? slow / sum : 0;
  onset.before = explained.before().value;
  onset.scatter = explained.before().scatter;
  return onset;
}

}  // namespace culprit
