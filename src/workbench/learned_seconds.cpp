#include "workbench/learned_seconds.h"

#include <algorithm>

namespace culprit {
namespace {

constexpr double build_seconds_min = 1;

}  // namespace

double LearnedSeconds::test() const { return again_.count > 0 ? again_.value() : test_.value(); }

double LearnedSeconds::build() const {
  double seconds = ready_.value();
  if (first_.count > 0 && again_.count > 0) {
    seconds += std::max(0.0, first_.value() - again_.value());
  }
  return seconds >= build_seconds_min && seconds > again_.value() ? seconds : 0;
}

}  // namespace culprit
