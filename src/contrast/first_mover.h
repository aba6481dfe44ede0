// Which metric moved first? Posteriors of the moves around an incident, and who precedes whom.
//
// A series takes part where it moved within half an hour of the errors' onset; what moved hours
// before, does so every day at that time, or only scatters, is left out. P(first) is exact for
// independent onsets: the probability that a series moved before every other mover, summed over
// time, ties shared. Where the logs found no incident, the time at which most series moved is
// taken instead of the errors' onset.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "contrast/metric_onset.h"
#include "contrast/when.h"
#include "event/metric_series.h"

namespace culprit {

// Does one thing for each of many, in any order or at once: threads are the caller's.
using ForEach = std::function<void(std::size_t count, const std::function<void(std::size_t)>& one)>;
void one_by_one(std::size_t count, const std::function<void(std::size_t)>& one);

struct FirstMoverOptions {
  std::optional<OnsetPosterior> errors;       // when the errors began; nothing: not known
  Duration reach = std::chrono::minutes(30);  // of moves before and behind that
  ForEach for_each = one_by_one;              // series
};

struct MetricMove {
  std::size_t series = 0;  // its place in what was given
  double probability = 0;  // that it moved at all
  Time from = no_time;     // 95 % of the onset
  Time at = no_time;
  Time to = no_time;
  bool is_rate = false;  // levels are per second, of a counter
  double before = 0;
  double after = 0;
  double effect = 0;   // change in robust deviations of what was before, within +-1,000
  double p_first = 0;  // that it moved before all other movers
  double ramp = 0;     // that it moved slowly
};

struct FirstMovers {
  std::vector<MetricMove> moves;  // likeliest first of all first; then by time
  std::size_t judged = 0;         // series with enough samples near the incident
  // When the errors began, or where they told nothing, when the metrics began to move.
  std::optional<OnsetPosterior> incident;
};

FirstMovers first_movers(std::span<const MetricSeries> series, const FirstMoverOptions& options);

// P(each moved before all others); their onsets are independent. Sums to one, if there are any.
std::vector<double> precedence(std::span<const MetricOnset> onsets);

}  // namespace culprit
