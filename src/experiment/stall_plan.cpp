#include "experiment/stall_plan.h"

#include <algorithm>
#include <cmath>

#include "base/verify.h"

namespace culprit {
namespace {

// rr 5.6, Scheduler.cc.
constexpr double low_chance = 0.1;
constexpr double low_chance_of_first = 0.3;

Duration scaled(Duration duration, double factor) {
  return from_seconds(seconds(duration) * factor);
}

}  // namespace

StallPlan::StallPlan(double share, std::uint64_t seed) : share_(share), dice_(seed) {
  VERIFY(share > 0 && share < 1);
  begin_era();
}

// An era is as long as the longest interval needs for its one period.
void StallPlan::begin_era() {
  era_begin_ = era_end_;
  era_end_ = era_begin_ + scaled(interval_max, 1 / share_);
  const double span = seconds(interval_max) / seconds(interval_min);
  length_ = scaled(interval_min, std::pow(span, dice_.uniform()));
  period_ = scaled(length_, 1 / share_);
  from_ = era_begin_ - length_ + scaled(period_, dice_.uniform());
}

StallPlan::Interval StallPlan::next() {
  if (from_ >= era_end_) begin_era();
  const Interval interval{std::max(from_, era_begin_), std::min(from_ + length_, era_end_)};
  from_ += period_;
  return interval;
}

bool StallPlan::draws_low(Candidate::Place place) {
  return dice_.uniform() <
         (place == Candidate::Place::first_of_process ? low_chance_of_first : low_chance);
}

void StallPlan::draw(std::span<Candidate*> threads) {
  if (threads.empty()) return;
  std::size_t low = 0;
  for (Candidate* thread : threads) {
    thread->low = draws_low(thread->place);
    low += thread->low ? 1 : 0;
  }
  Candidate& chosen = *threads[dice_.below(threads.size())];
  if (low == 0) chosen.low = true;
  if (low == threads.size() && low > 1) chosen.low = false;
}

}  // namespace culprit
