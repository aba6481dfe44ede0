// Arrivals are the instants at which an open loop starts runs, whatever the server does: evenly, or
// as a Poisson process, in which the gaps are exponential and independent.
//
// Each of several threads takes its part: every n-th of an even row, or a Poisson process of an
// n-th of the rate. Together they are the whole. The same seed gives the same instants.
#pragma once

#include <cstdint>

#include "base/dice.h"
#include "experiment/load_plan.h"

namespace culprit {

class ArrivalTimes {
 public:
  struct Part {
    std::size_t of = 1;
    std::size_t number = 0;
  };
  ArrivalTimes(const LoadPlan& plan, Part part);

  Duration next() const { return next_; }  // since the start of the load
  void pass();                             // the next one comes after it

 private:
  LoadPlan::Arrivals kind_;
  double rate_;  // of the whole
  Part part_;
  Dice dice_;
  std::uint64_t passed_ = 0;
  double since_start_ = 0;  // seconds
  Duration next_{};
};

}  // namespace culprit
