#include "experiment/load/arrivals.h"

#include <cmath>

#include <doctest/doctest.h>

namespace culprit {
namespace {

using namespace std::chrono_literals;

std::vector<Duration> together(const LoadPlan& plan, std::size_t threads, std::size_t each) {
  std::vector<Duration> all;
  for (std::size_t number = 0; number < threads; ++number) {
    ArrivalTimes times(plan, {threads, number});
    for (std::size_t i = 0; i < each; ++i, times.pass()) all.push_back(times.next());
  }
  std::sort(all.begin(), all.end());
  return all;
}

LoadPlan plan_of(LoadPlan::Arrivals kind, double rate, std::uint64_t seed) {
  LoadPlan plan;
  plan.arrivals = kind;
  plan.rate = rate;
  plan.seed = seed;
  return plan;
}

TEST_CASE("parts of an even row are the even row") {
  const LoadPlan plan = plan_of(LoadPlan::Arrivals::constant, 1000, 1);
  const std::vector<Duration> all = together(plan, 3, 4000);
  REQUIRE(all == together(plan, 1, 12000));
  for (std::size_t i = 0; i < all.size(); ++i) {
    REQUIRE(std::abs((all[i] - static_cast<int>(i) * 1ms).count()) <= 1);
  }
}

TEST_CASE("parts of a Poisson process are one of the whole rate") {
  const LoadPlan plan = plan_of(LoadPlan::Arrivals::poisson, 500, 4);
  const std::vector<Duration> all = together(plan, 4, 20000);
  // Gaps of an exponential distribution: their mean and deviation are both one over the rate.
  const std::size_t count = 60000;  // before any part ends
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 1; i < count; ++i) {
    const double gap = seconds(all[i] - all[i - 1]);
    sum += gap;
    squares += gap * gap;
  }
  const double mean = sum / (count - 1);
  CHECK(mean == doctest::Approx(0.002).epsilon(0.02));
  CHECK(std::sqrt(squares / (count - 1) - mean * mean) == doctest::Approx(0.002).epsilon(0.03));
}

TEST_CASE("the seed alone decides about the instants") {
  const auto made = [](std::uint64_t seed) {
    return together(plan_of(LoadPlan::Arrivals::poisson, 100, seed), 2, 100);
  };
  CHECK(made(9) == made(9));
  CHECK(made(9) != made(10));
}

}  // namespace
}  // namespace culprit
