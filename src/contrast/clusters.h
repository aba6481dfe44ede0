// Clusters are failures that come together: a request tried again and again, one user's bad minute.
//
// Sixty failures of one burst prove as little about a part as a single one. How much less is
// measured in two ways. `shared_dispersion` asks of every field how far its values' shares of the
// failures change from window to window, beyond what chance gives: what is bad for everyone at once
// (a bad minute) changes no shares, so it costs no evidence. `own_dispersion` looks at one part's
// failures over time. `flipped_p` is distribution-free: a part that is no worse than others has as
// much reason to lie below its due in a block of time as above it (a permutation of signs by
// block).
//
// Time is told by two clocks (`course_of`): that on the wall, and the traffic's, which ticks once a
// unit that succeeded. Requests that come in bursts fail in bursts, and prove no less for that: by
// the traffic's clock, failures that lie among the successes of every burst come evenly. A burst
// that fails as a whole comes at once by both, whatever it is named by, and so does a request tried
// again and again, as only others' successes tick. Strata of one burst each would ask for bursts to
// be found first, and three that fail at once would look as sure in them as thirty requests.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "event/tally.h"

namespace culprit {

// What failures are held against: the units of each window, or its length where only failures were
// logged.
enum class Against : std::uint8_t { units, time };

// Of tallies over several windows, of which those before the onset, [0, befores), are of one
// length, and those after it. Before and after are not compared. 0: too few failures to tell.
double shared_dispersion(std::span<const FacetTally> tallies, std::size_t befores, Against against);

// Of a part's failures by bucket of time; `shared` is believed where the part tells little.
double own_dispersion(std::span<const Counts> part, double shared);

// A part's failures and the whole's, in buckets of the clock by which the part's come most evenly.
struct Course {
  std::vector<Counts> part;
  std::vector<Counts> whole;  // failures only
  double dispersion = 1;      // the part's own
};
// Of both over the same buckets of time, the whole with its totals. Where hardly anything succeeded
// there is no clock but the wall's.
Course course_of(std::span<const Counts> part, std::span<const Counts> whole, double shared);

// P-value of the part's failures beyond `due_share` of the whole's, by flipping whole blocks of
// time. At least 1 / (flips + 1).
double flipped_p(std::span<const Counts> part, std::span<const Counts> whole, double due_share,
                 std::uint64_t seed);

}  // namespace culprit
