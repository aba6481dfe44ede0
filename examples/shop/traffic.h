// Traffic is the requests in the order of their arrival: a Poisson process whose rate drifts with
// the time of day and swells in the benign wave, and the users who try again after a failure.
#pragma once

#include <optional>
#include <queue>
#include <vector>

#include "plan.h"

namespace shop {

class Traffic {
 public:
  // Holds views of the plan and the population, which must outlive it.
  Traffic(const Plan& plan, const Population& population, double rate, uint64_t seed);

  // The next request, or nothing at the end of the log.
  std::optional<Request> next(Dice& dice);
  // A failed request's user may try again in some seconds.
  void may_repeat(const Request& failed, bool planted, Dice& dice);

 private:
  struct Later {
    bool operator()(const Request& a, const Request& b) const { return a.at > b.at; }
  };
  double relative_rate(double at) const;
  void draw_arrival(Dice& dice);

  const Plan& plan_;
  const Population& population_;
  double rate_;   // requests per millisecond, on average
  double phase_;  // of the drift
  double arrival_;
  std::priority_queue<Request, std::vector<Request>, Later> repeats_;
};

}  // namespace shop
