// A Fate is what becomes of a request: the planted failure where its cause is met, the background
// of failures that every shop has, a rejection that is the client's own fault, an error from which
// the request recovers, or nothing at all.
#pragma once

#include <string>

#include "plan.h"

namespace shop {

enum class Outcome { fine, recovered, rejected, failed };
enum class Origin { ordinary, planted };

struct Fate {
  Outcome outcome = Outcome::fine;
  Origin origin = Origin::ordinary;  // planted also for slow and wrong requests
  int status = 200;
  int duration = 0;          // milliseconds
  bool loses_value = false;  // the total or the currency, without an error: kind wrong only
  std::string_view logger;   // of the service that complains, if one does
  std::string trouble;       // what it says; empty where nothing went wrong
};

// Decides fates; holds views of the plan and the population, which must outlive it.
class Judge {
 public:
  Judge(const Plan& plan, const Population& population)
      : plan_(plan), population_(population), spread_(0.45) {}
  Fate decide(const Request& request, Dice& dice) const;

 private:
  double planted_probability(const Request& request) const;
  Fate planted_failure(const Request& request, Dice& dice) const;
  Fate ordinary(const Request& request, Dice& dice) const;

  const Plan& plan_;
  const Population& population_;
  Spread spread_;
};

}  // namespace shop
