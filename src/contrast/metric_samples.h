// The samples of a metric as a judgement reads them: gauges as they are, counters as rates.
//
// A counter is one by its TYPE, by the ending of its name (_total, _count, _sum, _bucket), or where
// nothing says what it is and it only grows, but for falls to near zero (its process restarted).
// A rate belongs to the interval between two scrapes; a gauge to the instant of one.
#pragma once

#include <vector>

#include "event/metric_series.h"

namespace culprit {

struct MetricSamples {
  // Seconds since an origin that all series share. Sample i was taken at to[i]; what happened
  // since from[i], the scrape before it, can only show in it.
  std::vector<double> from;
  std::vector<double> to;
  std::vector<double> value;
  bool averaged = false;  // values are means over (from, to]: rates of counters
  double step = 0;        // the usual seconds between two scrapes

  std::size_t size() const { return value.size(); }
  // The first sample taken at or behind that second.
  std::size_t index_at(double second) const;
};

bool is_counter(const MetricSeries& series);
MetricSamples samples_of(const MetricSeries& series, Time origin);

}  // namespace culprit
