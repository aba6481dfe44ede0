#include "contrast/metric_scan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>

namespace culprit {
namespace {

constexpr std::size_t samples_least = 8;  // of a range, to say anything
constexpr std::size_t side_least = 2;     // samples on each side of a move: one is an outlier
constexpr double clip = 5;                // robust deviations
constexpr double to_deviation = 1.4826;   // of a median absolute deviation
// Of the best gain among a hundred places and two shapes where nothing moved: 3.6 to 4.4 for 30 to
// 1,000 samples of white noise.
constexpr double gain_by_chance = 4;
// What a move has to gain before it is as likely as none: one for each of some hundred places it
// might have been at, and one of ten series moves at all.
constexpr double gain_due = 9;
constexpr double mean_to_deviation = 1.25;  // of a mean absolute deviation
constexpr double inflation_max = 60;
constexpr std::size_t history_max = 9;  // stretches before the window

struct Gain {
  double gain = 0;
  std::size_t index = 0;
  double change = 0;
};

// A stretch of values without outliers, and its noise from one sample to the next.
struct Stretch {
  std::vector<double> at;     // -1..1
  std::vector<double> value;  // clipped
  double variance = 0;
};

// From the differences of neighbours; where most are zero the others tell, but for the largest
// three, which may be the move itself.
double noise_variance(const std::vector<double>& value, double floor) {
  std::vector<double> steps(value.size() - 1);
  double sum = 0;
  std::array<double, 3> largest{};
  for (std::size_t i = 1; i < value.size(); ++i) {
    steps[i - 1] = std::abs(value[i] - value[i - 1]);
    const double square = steps[i - 1] * steps[i - 1];
    sum += square;
    if (square <= largest[0]) continue;
    largest[0] = square;
    std::sort(largest.begin(), largest.end());
  }
  for (const double square : largest) sum -= square;
  const double rest = std::max(0.0, sum) / (2 * static_cast<double>(value.size()));
  const double usual = to_deviation * median_of(steps) / std::sqrt(2.0);
  return std::max({floor * floor, usual * usual, rest / 9});
}

Stretch stretch_of(const MetricSamples& samples, SampleRange range) {
  const auto begin = samples.value.begin() + static_cast<std::ptrdiff_t>(range.begin);
  const std::size_t count = range.size();
  Stretch stretch;
  stretch.value.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
  std::vector<double> sorted = stretch.value;
  const double middle = median_of(sorted);
  for (double& value : sorted) value = std::abs(value - middle);
  const double scale = scatter_of(sorted);
  for (double& value : stretch.value) {
    value = std::clamp(value - middle, -clip * scale, clip * scale);
  }
  stretch.variance = noise_variance(stretch.value, 1e-3 * scale + 1e-9 * std::abs(middle) + 1e-300);
  const double from = samples.to[range.begin];
  const double half = std::max(1e-9, (samples.to[range.end - 1] - from) / 2);
  stretch.at.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    stretch.at[i] = (samples.to[range.begin + i] - from) / half - 1;
  }
  return stretch;
}

// The sums that remain of a stretch when a straight line is taken out.
struct Line {
  double count = 0;
  double mean_at = 0;
  double spread = 0;  // sum of squares of `at` about its mean
  std::vector<double> rest;
};

Line line_of(const Stretch& stretch) {
  Line line;
  line.count = static_cast<double>(stretch.at.size());
  double at = 0, at_at = 0, value = 0, at_value = 0;
  for (std::size_t i = 0; i < stretch.at.size(); ++i) {
    at += stretch.at[i];
    at_at += stretch.at[i] * stretch.at[i];
    value += stretch.value[i];
    at_value += stretch.at[i] * stretch.value[i];
  }
  line.mean_at = at / line.count;
  line.spread = std::max(1e-12, at_at - at * line.mean_at);
  const double slope = (at_value - value * line.mean_at) / line.spread;
  const double mean = value / line.count;
  line.rest.resize(stretch.at.size());
  for (std::size_t i = 0; i < line.rest.size(); ++i) {
    line.rest[i] = stretch.value[i] - mean - slope * (stretch.at[i] - line.mean_at);
  }
  return line;
}

// The squared length of a shape that a straight line cannot follow, from its sums.
double free_length(const Line& line, double sum, double at_sum, double squares) {
  const double tilt = at_sum - line.mean_at * sum;
  return squares - sum * sum / line.count - tilt * tilt / line.spread;
}

// The value at about `k` of some that lie evenly spread.
double pivot_of(std::span<const double> values, std::size_t k) {
  std::array<double, 9> some{};
  for (std::size_t i = 0; i < some.size(); ++i) {
    some[i] = values[(2 * i + 1) * values.size() / (2 * some.size())];
  }
  const auto at = some.begin() + static_cast<std::ptrdiff_t>(k * some.size() / values.size());
  std::nth_element(some.begin(), at, some.end());
  return *at;
}

// The value that would stand at `k` if the values were sorted; reorders them. A processor guesses
// wrongly every other time on which side of the pivot a noisy sample lies, so that the partition
// swaps without asking: little over half of std::nth_element's time on 1,440 samples.
double kth_of(std::span<double> values, std::size_t k) {
  constexpr std::size_t few = 24;
  while (values.size() > few) {
    const double pivot = pivot_of(values, k);
    std::size_t below = 0;
    for (double& value : values) {
      const double here = value;
      value = values[below];
      values[below] = here;
      below += here < pivot ? 1 : 0;
    }
    if (k < below) {
      values = values.first(below);
      continue;
    }
    values = values.subspan(below);
    k -= below;
    if (below > 0) continue;
    // The pivot is the least of them, and may be all of them.
    const auto others =
        std::partition(values.begin(), values.end(), [&](double value) { return value <= pivot; });
    const auto alike = static_cast<std::size_t>(others - values.begin());
    if (k < alike || alike == 0) return pivot;  // alike == 0: it is no number
    values = values.subspan(alike);
    k -= alike;
  }
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(k), values.end());
  return values[k];
}

// The sum of the `count` least of the values; reorders them.
double sum_of_least(std::span<double> values, std::size_t count) {
  if (count == 0) return 0;
  const double last = kth_of(values, count - 1);
  double sum = 0;
  std::size_t below = 0;
  for (const double value : values) {
    sum += value < last ? value : 0;
    below += value < last ? 1 : 0;
  }
  return sum + static_cast<double>(count - below) * last;
}

// The best place for a level that shifts or a slope that begins, by sums over all that lies behind.
Gain best_gain(const Stretch& stretch) {
  const Line line = line_of(stretch);
  Gain best;
  double behind = 0, at = 0, at_at = 0, rest = 0, at_rest = 0;
  for (std::size_t i = stretch.at.size(); i-- > side_least;) {
    const double u = stretch.at[i];
    behind += 1;
    at += u;
    at_at += u * u;
    rest += line.rest[i];
    at_rest += u * line.rest[i];
    if (behind < static_cast<double>(side_least)) continue;
    const double level_length = free_length(line, behind, at, behind);
    const double bent = at - behind * u;
    const double slope_length =
        free_length(line, bent, at_at - u * at, at_at - 2 * u * at + behind * u * u);
    const double slope_rest = at_rest - u * rest;
    if (level_length > 0.3 && rest * rest > best.gain * level_length) {
      best = {rest * rest / level_length, i, rest / level_length};
    }
    if (slope_length > 1e-4 && slope_rest * slope_rest > best.gain * slope_length) {
      best = {slope_rest * slope_rest / slope_length, i, slope_rest / slope_length * (1 - u)};
    }
  }
  best.gain /= 2 * stretch.variance;
  return best;
}

// How much longer a mean takes to settle than one of independent samples: (1 + r) / (1 - r).
double autocorrelation_inflation(const Stretch& stretch, const Gain& gain) {
  double same = 0;
  double next = 0;
  const auto side = [&](std::size_t from, std::size_t to) {
    if (to - from < samples_least) return;
    std::vector<double> part(stretch.value.begin() + static_cast<std::ptrdiff_t>(from),
                             stretch.value.begin() + static_cast<std::ptrdiff_t>(to));
    const double middle = median_of(part);
    for (std::size_t i = from; i + 1 < to; ++i) {
      const double here = stretch.value[i] - middle;
      same += here * here;
      next += here * (stretch.value[i + 1] - middle);
    }
  };
  side(0, gain.index);
  side(gain.index, stretch.value.size());
  const double r = same > 0 ? std::clamp(next / same, 0.0, 0.96) : 0;
  // The noise was taken from differences, which are smaller by 1 - r where neighbours are alike.
  return (1 + r) / ((1 - r) * (1 - r));
}

// The gains that stretches as long as the window, before it, have by chance or habit; their median,
// so that one move is no habit.
double history_inflation(const MetricSamples& samples, SampleRange range) {
  const std::size_t length = range.size();
  std::vector<double> gains;
  for (std::size_t end = range.begin; end >= length && gains.size() < history_max;
       end -= std::max<std::size_t>(1, length / 2)) {
    gains.push_back(best_gain(stretch_of(samples, {end - length, end})).gain);
  }
  if (gains.empty()) return 1;
  if (gains.size() == 2) return std::min(gains[0], gains[1]) / gain_by_chance;
  return median_of(gains) / gain_by_chance;
}

// Cuts a window at its moves. How restless the series is, is asked once, and only if it moves.
class Scan {
 public:
  Scan(const MetricSamples& samples, SampleRange window) : samples_(samples), window_(window) {}

  MetricShift best_of(SampleRange range) {
    MetricShift shift;
    shift.log_odds = -gain_due;
    if (range.size() < samples_least) return shift;
    const Stretch stretch = stretch_of(samples_, range);
    const Gain gain = best_gain(stretch);
    shift.index = range.begin + gain.index;
    shift.change = gain.change;
    shift.log_odds = gain.gain - gain_due;
    if (shift.log_odds <= 0) return shift;
    const double inflation = std::max(
        {1.0, std::min(autocorrelation_inflation(stretch, gain), inflation_max), restless()});
    shift.log_odds = gain.gain / inflation - gain_due;
    return shift;
  }

 private:
  double restless() {
    if (restless_ == 0) restless_ = std::max(1.0, history_inflation(samples_, window_));
    return restless_;
  }

  const MetricSamples& samples_;
  SampleRange window_;
  double restless_ = 0;  // not asked yet
};

}  // namespace

double MetricShift::probability() const { return 1 / (1 + std::exp(-log_odds)); }

double median_of(std::vector<double>& values) {
  return values.empty() ? 0 : kth_of(values, values.size() / 2);
}

double scatter_of(std::vector<double>& distances) {
  if (distances.empty()) return 0;
  const double usual = to_deviation * median_of(distances);
  double sum = 0;
  for (const double distance : distances) sum += distance;
  const double untrimmed = mean_to_deviation * sum / static_cast<double>(distances.size());
  // A half of it, and without the farthest twentieth: of a normal distribution it never counts.
  const double trimmed = sum_of_least(distances, distances.size() * 19 / 20);
  const double told = mean_to_deviation / 2 * trimmed / static_cast<double>(distances.size());
  const double scatter = std::max(usual, told);
  return scatter > 1e-6 * untrimmed ? scatter : untrimmed;
}

std::vector<MetricShift> find_shifts(const MetricSamples& samples, SampleRange range) {
  std::vector<MetricShift> found;
  Scan scan(samples, range);
  std::vector<SampleRange> open = {range};
  while (!open.empty() && found.size() < shifts_max) {
    const SampleRange part = open.back();
    open.pop_back();
    const MetricShift shift = scan.best_of(part);
    if (shift.log_odds <= 0) continue;
    found.push_back(shift);
    open.push_back({part.begin, shift.index});
    open.push_back({shift.index, part.end});
  }
  std::sort(found.begin(), found.end(),
            [](const MetricShift& a, const MetricShift& b) { return a.index < b.index; });
  return found;
}

bool is_habit(const MetricSamples& samples, const MetricShift& shift) {
  constexpr double day = 86'400;
  constexpr double reach = 3'600;
  const double at = samples.to[shift.index];
  std::size_t days = 0;
  std::size_t alike = 0;
  for (int back = 1; back <= 3; ++back) {
    const double then = at - back * day;
    const SampleRange range{samples.index_at(then - reach), samples.index_at(then + reach)};
    if (then - reach < samples.to.front() || range.size() < samples_least) break;
    ++days;
    for (const MetricShift& other : find_shifts(samples, range)) {
      const bool near = std::abs(samples.to[other.index] - then) < reach / 4;
      if (near && other.change * shift.change > 0 &&
          std::abs(other.change) > std::abs(shift.change) / 2) {
        ++alike;
        break;
      }
    }
  }
  return days > 0 && alike * 2 > days;
}

}  // namespace culprit
