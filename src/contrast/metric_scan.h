// A scan finds where a metric moved: one place, or several by cutting it again at each.
//
// At every sample a level that shifts there and a slope that begins there are held against a
// straight line, so that a slow cycle is no move; the sums are taken once, so a scan costs a few
// nanoseconds a sample. Outliers are clipped to five robust deviations before. A gain counts only
// as far as the series does not move like that all the time: it is divided by what its own
// autocorrelation and its own history (stretches as long before the window) would bring.
#pragma once

#include <vector>

#include "contrast/metric_samples.h"

namespace culprit {

// Samples [begin, end) of a series.
struct SampleRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t size() const { return end - begin; }
};

struct MetricShift {
  std::size_t index = 0;  // of the first sample behind it
  double log_odds = 0;    // of a move against none
  double change = 0;      // of the level
  double probability() const;
};

// The moves within `range`, in order of time, at most `shifts_max`.
constexpr std::size_t shifts_max = 8;
std::vector<MetricShift> find_shifts(const MetricSamples& samples, SampleRange range);

// Whether it also moves at that time of the day on the days before: a habit, no move.
bool is_habit(const MetricSamples& samples, const MetricShift& shift);

double median_of(std::vector<double>& values);  // reorders them; of none: 0

// The robust deviation of values with these distances from their median (reorders them). Where more
// than half are at the median, or nearly (small counts), the others tell.
double scatter_of(std::vector<double>& distances);

}  // namespace culprit
