// A StallPlan says when threads of a command stand still, and which: the distribution of rr's
// chaos mode, by which a bug that no run of thousands had shown failed in some of a thousand.
//
// Method (rr, Scheduler.cc, "chaos mode"): a bug shows when some thread does not run for a duration
// D that nobody knows, at a moment that nobody knows. So a run is cut into eras; each draws one
// length D', log-uniform from 1 ms to 2 s, and repeats an interval of it so often that intervals
// fill `share` of the time. During an interval threads of low priority do not run at all. A
// thread is of low priority with a chance of 0.1 (the first of a process: 0.3), drawn for each
// interval anew, so that one is always held and, among several, one always runs.
//
// The phase is uniform: at each instant, from the first on, the chance that an interval holds is
// exactly `share`. The same seed gives the same intervals.
#pragma once

#include <cstdint>
#include <span>

#include "base/dice.h"
#include "base/time.h"

namespace culprit {

class StallPlan {
 public:
  static constexpr Duration interval_min = std::chrono::milliseconds(1);
  static constexpr Duration interval_max = std::chrono::seconds(2);

  // 0 < share < 1.
  StallPlan(double share, std::uint64_t seed);

  struct Interval {
    Duration from;  // since the run began
    Duration until;
  };
  // Each begins behind the end of the one before.
  Interval next();

  struct Candidate {
    enum class Place : std::uint8_t { first_of_process, other };
    Place place = Place::other;
    bool low = false;
  };
  // Draws who is low: at least one, and never all of several.
  void draw(std::span<Candidate*> threads);
  // For one that is born during an interval.
  bool draws_low(Candidate::Place place);

 private:
  void begin_era();

  double share_;
  Dice dice_;
  Duration era_begin_{};
  Duration era_end_{};
  Duration length_{};  // of the intervals of this era
  Duration period_{};  // from one's beginning to the next one's
  Duration from_{};    // of the next one; before the era's beginning where the phase says so
};

}  // namespace culprit
