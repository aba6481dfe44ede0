#include "contrast/metric_onset.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

namespace culprit {
namespace {

constexpr std::size_t before_max = 120;  // samples that tell the level and the scatter before
constexpr std::size_t after_max = 90;    // samples behind the shift that are explained
constexpr std::size_t level_max = 90;    // samples that tell the level behind
constexpr std::size_t early_max = 44;    // a ramp begins that many samples before its middle
constexpr std::size_t late_max = 8;
// Lengths of ramps in samples; 0: a step. So close that the onset of one between two of them is off
// by less than half a sample.
constexpr std::array<double, 17> ramps{0,   1.5, 2,   2.6, 3.3, 4,  4.8, 5.6, 6.4,
                                       7.3, 8.3, 9.4, 11,  14,  18, 26,  40};
constexpr double step_prior = 0.72;  // most moves are at once,
constexpr double ramp_usual = 8;     // and long ramps are rare
// No ramp is quite straight, nor quite as long and begins where it is tried: samples on it lie off
// by this share of what it rises from one to the next.
constexpr double ramp_crooked = 0.08;
constexpr double alike_max = 0.95;
// e^-50 is less than what a double can add to one: such an onset is not looked at any closer.
constexpr double negligible = 50;
constexpr double nothing_told = -std::numeric_limits<double>::infinity();
constexpr double prior_samples = 10;  // that scatter behind as before

double ramp_prior(std::size_t which) {
  const auto weight = [](std::size_t i) {
    const double next = i + 1 < ramps.size() ? ramps[i + 1] : 2 * ramps[i];
    return (next - ramps[i - 1]) * std::exp(-ramps[i] / ramp_usual);
  };
  double sum = 0;
  for (std::size_t i = 1; i < ramps.size(); ++i) sum += weight(i);
  return which == 0 ? step_prior : (1 - step_prior) * weight(which) / sum;
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

// What a sample takes over from those before it, and how what is left of it scatters.
struct Memory {
  std::vector<double> shares;  // of the sample one before, two before...
  double scatter = 1;          // of Student's t
  double freedom = 3;
  std::size_t reach() const { return shares.size(); }
};

// The autoregression that Akaike's criterion prefers, by Levinson and Durbin's recursion.
std::vector<double> shares_of(std::span<const double> distances) {
  constexpr std::size_t reach_max = 6;
  const auto count = static_cast<double>(distances.size());
  std::array<double, reach_max + 1> alike{};
  for (std::size_t lag = 0; lag <= reach_max; ++lag) {
    for (std::size_t i = lag; i < distances.size(); ++i) {
      alike[lag] += distances[i] * distances[i - lag];
    }
  }
  std::vector<double> best;
  std::vector<double> shares;
  double left = alike[0];
  double least = 0;
  for (std::size_t order = 1; order <= std::min(reach_max, distances.size() / 8); ++order) {
    if (left <= 0) break;
    double partial = alike[order];
    for (std::size_t k = 0; k < shares.size(); ++k) partial -= shares[k] * alike[order - 1 - k];
    partial = std::clamp(partial / left, -alike_max, alike_max);
    std::vector<double> longer(order);
    for (std::size_t k = 0; k < shares.size(); ++k) {
      longer[k] = shares[k] - partial * shares[shares.size() - 1 - k];
    }
    longer.back() = partial;
    shares = std::move(longer);
    left *= 1 - partial * partial;
    const double cost = count * std::log(left / alike[0]) + 2 * static_cast<double>(order);
    if (cost >= least) continue;
    least = cost;
    best = shares;
  }
  return best;
}

// The scatter and the freedom of Student's t that explain values best.
void take_tails(std::span<const double> values, double scatter, Memory& memory) {
  constexpr std::array<double, 5> freedoms{2.5, 4, 7, 15, 40};
  const auto count = static_cast<double>(values.size());
  memory.scatter = scatter;
  double best = -1e300;
  for (const double freedom : freedoms) {
    if (freedom > std::max(4.0, count / 3)) break;  // too few to have seen its tails
    double square = scatter * scatter;
    for (int round = 0; round < 8; ++round) {
      double sum = 0;
      for (const double value : values) {
        sum += (freedom + 1) * value * value / (freedom + value * value / square);
      }
      square = std::max(sum / std::max(count, 1.0), 1e-6 * scatter * scatter);
    }
    double told = count * (std::lgamma((freedom + 1) / 2) - std::lgamma(freedom / 2) -
                           std::log(freedom * square) / 2);
    for (const double value : values) {
      told -= (freedom + 1) / 2 * std::log1p(value * value / (square * freedom));
    }
    if (told <= best) continue;
    best = told;
    memory.freedom = freedom;
    memory.scatter = std::sqrt(square);
  }
}

Memory memory_of(std::span<const double> values, const Level& level) {
  const double bound = 4 * level.scatter;
  std::vector<double> distances;
  for (const double value : values) {
    distances.push_back(std::clamp(value - level.value, -bound, bound));
  }
  Memory memory;
  memory.shares = shares_of(distances);
  std::vector<double> left;
  for (std::size_t i = memory.reach(); i < values.size(); ++i) {
    double distance = values[i] - level.value;
    for (std::size_t k = 0; k < memory.reach(); ++k) {
      distance -= memory.shares[k] * (values[i - k - 1] - level.value);
    }
    left.push_back(distance);
  }
  take_tails(left, level.scatter, memory);
  return memory;
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

// The logarithm of a product, taken once for many factors.
class LogProduct {
 public:
  void multiply(double factor) {
    product_ *= factor;
    if (product_ < 1e150 && product_ > 1e-150) return;
    log_ += std::log(product_);
    product_ = 1;
  }
  double log() const { return log_ + std::log(product_); }

 private:
  double product_ = 1;
  double log_ = 0;
};

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
    memory_ = memory_of(quiet, before_);
    told_.assign(value_.size() + 1, 0);
    for (std::size_t i = 0; i < value_.size(); ++i) {
      left_.push_back(value_[i] - before_.value);
      unique_.push_back(1);
      for (std::size_t k = 0; k < std::min(memory_.reach(), i); ++k) {
        left_[i] -= memory_.shares[k] * (value_[i - k - 1] - before_.value);
        unique_[i] -= memory_.shares[k];
      }
      Told one;
      add(one, left_[i], 0);
      told_[i + 1] = told_[i] + log_of(one);
    }
  }

  // Takes a ramp of that many samples; false: too little lies behind it to tell.
  bool take(double ramp) {
    const auto half = static_cast<std::size_t>(ramp / 2 + 0.5);
    const std::size_t from = middle_ + half;
    if (from + 2 > end_) return false;
    length_ = ramp * samples_.step;
    crooked_ = 0;
    after_ = level_of(std::span<const double>(value_)
                          .subspan(from - begin_)
                          .first(std::min(end_ - from, level_max)));
    const auto count = static_cast<double>(after_.count);
    after_.scatter = std::sqrt((count * after_.scatter * after_.scatter +
                                prior_samples * before_.scatter * before_.scatter) /
                               (count + prior_samples));
    if (ramp > 0) {
      crooked_ = ramp_crooked * std::abs(after_.value - before_.value) / ramp / memory_.scatter;
    }
    sample_most_ = std::max(0.0, std::log(before_.scatter / after_.scatter));
    behind_.assign(value_.size() + 1, 0);
    for (std::size_t i = value_.size(); i-- > 0;) {
      Told one;
      add(one, left_[i] - unique_[i] * (after_.value - before_.value), 1);
      behind_[i] = behind_[i + 1] + log_of(one);
    }
    return true;
  }

  // ln of the probability of all samples, if the move began at that second; nothing_told, if that
  // cannot come to `least`.
  double told(double onset, double least) {
    const double change = after_.value - before_.value;
    std::size_t i = place_of(onset);
    const double unmoved = told_[i];
    if (at_most(i, onset) < least) return nothing_told;
    Told part;
    std::size_t whole = 0;  // samples in a row that have moved all the way
    risen_.clear();
    for (; i < value_.size() && whole < std::max<std::size_t>(1, memory_.reach()); ++i) {
      const double here = moved(begin_ + i, onset);
      double distance = left_[i] - here * change;
      for (std::size_t k = 0; k < std::min(memory_.reach(), risen_.size()); ++k) {
        distance += memory_.shares[k] * risen_[risen_.size() - 1 - k] * change;
      }
      risen_.push_back(here);
      add(part, distance, here);
      whole = here >= 1 ? whole + 1 : 0;
    }
    return unmoved + log_of(part) + behind_[i];
  }

  std::size_t first_interval() const {
    return std::max(begin_, middle_ - std::min(middle_, early_max));
  }
  std::size_t last_interval() const { return std::min(end_, middle_ + late_max); }
  const Level& before() const { return before_; }
  const Level& after() const { return after_; }

 private:
  // The place in `value_` of the first sample that ends at that second or later. Samples lie about
  // a step apart, so that a guess is nearer than a search.
  std::size_t place_of(double second) const {
    const double* to = samples_.to.data() + begin_;
    const std::size_t count = value_.size();
    if (count == 0) return 0;
    const double steps =
        std::clamp((second - to[0]) / samples_.step, 0.0, static_cast<double>(count));
    auto place = static_cast<std::size_t>(steps);
    while (place < count && to[place] < second) ++place;
    while (place > 0 && to[place - 1] >= second) --place;
    return place;
  }

  // What told() cannot exceed: from where all has moved, samples tell what they tell anyway, and
  // no sample before tells more than one on its very level.
  double at_most(std::size_t first, double onset) const {
    const std::size_t moved =
        place_of(onset + length_) + 1 + std::max<std::size_t>(1, memory_.reach());
    const std::size_t last = std::min(value_.size(), moved);
    return told_[first] + static_cast<double>(last - first) * sample_most_ + behind_[last];
  }

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

  struct Told {
    LogProduct tails;
    LogProduct scatters;
  };

  // One sample that has moved so far, with what those before it leave of it.
  void add(Told& told, double distance, double here) const {
    constexpr double far = 1e6;  // scatters; farther is as unlikely as can be told
    double wider = here > 0 ? 1 + here * (after_.scatter / before_.scatter - 1) : 1;
    if (here > 0 && here < 1 && crooked_ > 0)
      wider = std::sqrt(wider * wider + crooked_ * crooked_);
    const double x = std::min(far, std::abs(distance) / (memory_.scatter * wider));
    told.tails.multiply(1 + x * x / memory_.freedom);
    told.scatters.multiply(wider);
  }
  // ln of Student's t, but for a constant.
  double log_of(const Told& told) const {
    return -(memory_.freedom + 1) / 2 * told.tails.log() - told.scatters.log();
  }

  const MetricSamples& samples_;
  std::size_t middle_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  Level before_;
  Level after_;
  std::vector<double> value_;  // of the samples [begin_, end_), without their slope
  Memory memory_;
  std::vector<double> left_;    // what the samples before it leave of each, if nothing has moved,
  std::vector<double> unique_;  // and the share of a change of all that it does not take over
  std::vector<double> risen_;   // how far each sample of a rise has moved
  double length_ = 0;           // of the ramp, in seconds
  double sample_most_ = 0;      // ln of the most that one sample can tell
  double crooked_ = 0;          // how far samples on it lie beside a line, in scatters
  std::vector<double> told_;    // sums of what is told up to each sample if nothing has moved,
  std::vector<double> behind_;  // and from each on if all has moved
};

// One cell for each piece of each interval, its mass still a logarithm.
// The larger a move beside the scatter, the more exactly the first mean tells when it began.
std::vector<OnsetCell> empty_cells(const MetricSamples& samples, const Explanation& explained,
                                   std::size_t pieces) {
  std::vector<OnsetCell> cells;
  for (std::size_t i = explained.first_interval(); i < explained.last_interval(); ++i) {
    const double width = (samples.to[i] - samples.from[i]) / static_cast<double>(pieces);
    for (std::size_t piece = 0; piece < pieces; ++piece) {
      const double from = samples.from[i] + static_cast<double>(piece) * width;
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
  const double effect = std::abs(shift.change) / explained.before().scatter;
  const auto pieces = samples.averaged ? static_cast<std::size_t>(std::clamp(effect / 2, 3.0, 16.0))
                      : effect > 6     ? 3
                                       : 1;
  onset.cells = empty_cells(samples, explained, pieces);
  std::vector<double> widths;  // their logarithms
  for (const OnsetCell& cell : onset.cells) widths.push_back(std::log(cell.to - cell.from));
  std::vector<std::vector<double>> told;
  const double widest = widths.empty() ? 0 : *std::max_element(widths.begin(), widths.end());
  double best = -1e300;
  double best_here = -1e300;
  for (std::size_t which = 0; which < ramps.size(); ++which) {
    told.emplace_back();
    if (!explained.take(ramps[which])) continue;
    // The beginning of a ramp shows less exactly: a few places in an interval are enough.
    const std::size_t stride = ramps[which] < 2 ? 1 : std::max<std::size_t>(1, pieces / 3);
    const double prior = std::log(ramp_prior(which));
    for (std::size_t i = 0; i < onset.cells.size(); i += stride) {
      const std::size_t last = std::min(i + stride, onset.cells.size()) - 1;
      const double middle = (onset.cells[i].from + onset.cells[last].to) / 2;
      const double least = best - negligible - prior - widest;
      const double told_here = explained.told(middle, least) + prior;
      for (std::size_t k = i; k <= last; ++k) told.back().push_back(told_here + widths[k]);
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
