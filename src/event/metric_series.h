// A MetricSeries is one metric with one set of labels: values at instants, as they were scraped.
//
// Times ascend and values are finite once a book has given the series out (parse/metrics.h).
// A counter is kept as it was counted; contrast/metric_samples.h turns it into a rate.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"

namespace culprit {

enum class MetricKind : std::uint8_t { unknown, gauge, counter };

struct MetricSeries {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;  // sorted by name
  MetricKind kind = MetricKind::unknown;
  std::vector<Time> times;
  std::vector<double> values;
};

}  // namespace culprit
