#include "workbench/learned_seconds.h"

#include <algorithm>
#include <vector>

namespace culprit {
namespace {

constexpr double build_seconds_min = 1;
constexpr std::size_t builds_kept = 5;

}  // namespace

void LearnedSeconds::add_ready(double seconds, Seen seen) {
  if (seen == Seen::again) return restored_.add(seconds);
  builds_.push_back(seconds);
  if (builds_.size() > builds_kept) builds_.pop_front();
}

// Their lower median: one that took much longer is no rule.
double LearnedSeconds::latest_build() const {
  if (builds_.empty()) return 0;
  std::vector<double> sorted(builds_.begin(), builds_.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted[(sorted.size() - 1) / 2];
}

double LearnedSeconds::test() const {
  return (again_.count > 0 ? again_.value() : test_.value()) + restored_.value();
}

double LearnedSeconds::build() const {
  double seconds = latest_build();
  if (first_.count > 0 && again_.count > 0) {
    seconds += std::max(0.0, first_.value() - again_.value());
  }
  return seconds >= build_seconds_min && seconds > test() ? seconds : 0;
}

}  // namespace culprit
