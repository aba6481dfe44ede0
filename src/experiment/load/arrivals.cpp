#include "experiment/load/arrivals.h"

#include <cmath>

#include "experiment/chance.h"

namespace culprit {
namespace {

constexpr std::uint64_t stream_arrivals = 3;

}  // namespace

ArrivalTimes::ArrivalTimes(const LoadPlan& plan, Part part)
    : kind_(plan.arrivals),
      rate_(plan.rate),
      part_(part),
      dice_(dice_at({plan.seed, part.number, stream_arrivals, 0})) {
  if (kind_ == LoadPlan::Arrivals::poisson)
    pass();
  else
    next_ = from_seconds(static_cast<double>(part.number) / rate_);
}

void ArrivalTimes::pass() {
  ++passed_;
  if (kind_ == LoadPlan::Arrivals::poisson) {
    const double rate = rate_ / static_cast<double>(part_.of);
    since_start_ += -std::log1p(-dice_.uniform()) / rate;
  } else {
    const double place = static_cast<double>(part_.number) +
                         static_cast<double>(passed_) * static_cast<double>(part_.of);
    since_start_ = place / rate_;  // not added up: rounding would shift a long run
  }
  next_ = from_seconds(since_start_);
}

}  // namespace culprit
