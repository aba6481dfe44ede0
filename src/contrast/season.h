// A Season is how a rate comes and goes with the hour of the day, or of the week, as it did before.
//
// Nightly jobs and busy hours fail more often, every day: that is no incident, and it hides one.
// So where the evidence spans days, each hour is compared with the same hour of the other days. A
// season counts only where the other days foretell each day better than no season would, the first
// day above all: bursts that began on the second day are an incident, however punctual.
#pragma once

#include <vector>

#include "base/time.h"
#include "event/tally.h"

namespace culprit {

struct Season {
  Duration period{};            // zero: there is none
  std::vector<double> factors;  // of the usual rate, by equal parts of the period from midnight UTC

  bool empty() const { return factors.empty(); }
  double factor_at(Time time) const;  // 1 where there is none
};

Season season_of(const HistTally& series);

// The series with the totals at which its failures would be as likely at every hour.
HistTally without_season(HistTally series, const Season& season);

}  // namespace culprit
