// What moved in an incident moved together: the other movers and the errors tell where to look.
//
// A posterior that is wide (a slow ramp, a restless series) would reach far before the incident and
// win every race by its tail. So the company is its prior: the density of all other movers and of
// the errors' onset, with a part that is uniform, for what leads far ahead. A sharp posterior stays
// as it is; one that is alone loses some weight, since it may have moved for a reason of its own.
#pragma once

#include <span>
#include <vector>

#include "contrast/metric_onset.h"

namespace culprit {

struct Mover {
  MetricOnset onset;
  double probability = 1;  // that it moved
};

// `errors`: their onset, as one more of the company; `span`: seconds within which moves count.
// The masses of each posterior returned sum to the probability that it moved and takes part.
std::vector<MetricOnset> in_company(std::span<const Mover> movers, const OnsetCell& errors,
                                    double span);

}  // namespace culprit
