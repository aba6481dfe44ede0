#include "experiment/stall_plan.h"

#include <cmath>

#include <doctest/doctest.h>

namespace culprit {
namespace {

using Place = StallPlan::Candidate::Place;

double share_until(StallPlan plan, Duration end) {
  Duration still{};
  for (;;) {
    const StallPlan::Interval interval = plan.next();
    if (interval.from >= end) return seconds(still) / seconds(end);
    still += std::min(interval.until, end) - interval.from;
  }
}

// How often `low` comes out of 10,000 draws among `count` threads.
std::vector<double> low_shares(std::size_t count) {
  StallPlan plan(0.2, 7);
  std::vector<StallPlan::Candidate> threads(count);
  threads[0].place = Place::first_of_process;
  std::vector<StallPlan::Candidate*> views;
  for (StallPlan::Candidate& thread : threads) views.push_back(&thread);
  std::vector<double> shares(count, 0.0);
  for (int round = 0; round < 10'000; ++round) {
    plan.draw(views);
    std::size_t low = 0;
    for (std::size_t i = 0; i < count; ++i) {
      shares[i] += threads[i].low ? 1e-4 : 0;
      low += threads[i].low ? 1 : 0;
    }
    REQUIRE(low >= 1);
    REQUIRE((low < count || count == 1));
  }
  return shares;
}

}  // namespace

TEST_CASE("intervals fill their share of a run, long or short") {
  for (const double share : {0.01, 0.05, 0.2, 0.5}) {
    CAPTURE(share);
    CHECK(std::abs(share_until({share, 1}, std::chrono::hours(10)) - share) < 0.02 * share + 0.005);
    double mean = 0;
    for (std::uint64_t seed = 0; seed < 4000; ++seed) {
      mean += share_until({share, seed}, std::chrono::milliseconds(100)) / 4000;
    }
    CHECK(std::abs(mean - share) < 0.03);  // four standard errors of a share that is 0 or 1
  }
}

TEST_CASE("intervals follow each other, and none is longer than 2 s") {
  StallPlan plan(0.2, 3);
  Duration former{};
  for (int i = 0; i < 100'000; ++i) {
    const StallPlan::Interval interval = plan.next();
    REQUIRE(interval.from >= former);
    REQUIRE(interval.until > interval.from);
    REQUIRE(interval.until - interval.from <= StallPlan::interval_max);
    former = interval.until;
  }
}

TEST_CASE("half of the lengths are below the middle of their logarithms") {
  int below = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    StallPlan plan(0.2, seed);
    plan.next();  // the phase may have cut it
    const StallPlan::Interval whole = plan.next();
    below += whole.until - whole.from < std::chrono::microseconds(44'721) ? 1 : 0;
  }
  CHECK(below > 900);  // sqrt(1 ms x 2 s) is 44.7 ms; four standard errors are 90
  CHECK(below < 1100);
}

TEST_CASE("the same seed stalls at the same times, another at others") {
  StallPlan one(0.2, 5);
  StallPlan same(0.2, 5);
  StallPlan other(0.2, 6);
  int differ = 0;
  for (int i = 0; i < 100; ++i) {
    const Duration from = one.next().from;
    CHECK(same.next().from == from);
    differ += other.next().from == from ? 0 : 1;
  }
  CHECK(differ > 90);
}

TEST_CASE("one thread is always held and, of several, one always runs") {
  CHECK(low_shares(1)[0] == doctest::Approx(1));
  const std::vector<double> two = low_shares(2);
  CHECK(two[0] > two[1]);
  const std::vector<double> many = low_shares(40);
  CHECK(many[0] == doctest::Approx(0.3).epsilon(0.05));
  CHECK(many[20] == doctest::Approx(0.1).epsilon(0.15));
}

}  // namespace culprit
