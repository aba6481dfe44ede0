// When did a metric begin to move? A posterior over instants, around a shift that a scan found.
//
// Every instant could be the first, at once or as the beginning of a ramp of one to many samples;
// each is weighed by how well it explains the samples nearby: Student's t (outliers weigh little),
// one level and one scatter on each side, autocorrelation taken out. What a scrape cannot tell is
// not told: of a gauge that stepped, every instant between two scrapes is as likely; the mean that
// a counter's rate is tells a little more.
#pragma once

#include <vector>

#include "contrast/metric_samples.h"
#include "contrast/metric_scan.h"

namespace culprit {

// A piece of time, in seconds since the origin, with the probability that the move began in it.
struct OnsetCell {
  double from = 0;
  double to = 0;
  double mass = 0;
};

struct MetricOnset {
  std::vector<OnsetCell>
      cells;          // in order of time; their masses sum to one or, in company, to less
  double before = 0;  // levels
  double after = 0;
  double scatter = 0;  // robust deviation before
  double ramp = 0;     // probability that it moved slowly
};

// The instant before which that share of all mass lies.
double quantile(const MetricOnset& onset, double share);

// `around`: samples that hold no other move than this one.
MetricOnset locate_shift(const MetricSamples& samples, const MetricShift& shift,
                         SampleRange around);

}  // namespace culprit
