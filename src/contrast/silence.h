// A Silence is a message, source or service that was regular and then was not heard.
//
// It is judged by how many events its own past led to expect in the gap, over their dispersion: a
// message seen twice an hour may well be absent for an hour, a heartbeat may not.
#pragma once

#include <string>
#include <vector>

#include "event/tally.h"

namespace culprit {

struct Silence {
  std::string key;
  std::size_t from = 0;  // buckets without it: [from, to)
  std::size_t to = 0;
  bool lasts = false;     // until the newest event
  double per_bucket = 0;  // its rate before
  double expected = 0;    // events in the gap, had it gone on
  double dispersion = 1;
  double strength() const { return expected / dispersion; }
};

// The strongest first; only those that chance does not explain over all keys together.
std::vector<Silence> find_silences(const SeriesTally& series);

}  // namespace culprit
