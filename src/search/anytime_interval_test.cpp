#include "search/anytime_interval.h"

#include <map>
#include <utility>

#include <doctest/doctest.h>

#include "base/dice.h"

namespace culprit {
namespace {

constexpr int series = 2000;
constexpr int trials = 300;

bool holds(const Interval& interval, double rate) {
  return interval.low <= rate && rate <= interval.high;
}

// In how many of `series` the interval held the rate at every single look.
template <typename OfCounts>
double coverage_while_peeking(double rate, const OfCounts& interval_of) {
  std::map<std::pair<int, int>, bool> known;  // whether it holds, by failures and trials
  int covered = 0;
  for (int i = 0; i < series; ++i) {
    Dice dice(static_cast<std::uint64_t>(i));
    int bad = 0;
    bool always = true;
    for (int n = 1; n <= trials && always; ++n) {
      bad += dice.uniform() < rate ? 1 : 0;
      const auto [at, unknown] = known.try_emplace({bad, n}, false);
      if (unknown) at->second = holds(interval_of(bad, n), rate);
      always = at->second;
    }
    covered += always ? 1 : 0;
  }
  return static_cast<double>(covered) / series;
}

double width(const Interval& interval) { return interval.high - interval.low; }

}  // namespace

TEST_CASE("looking after every trial does not cost the promised confidence") {
  for (const double rate : {0.01, 0.1, 0.3, 0.5, 0.9}) {
    CAPTURE(rate);
    CHECK(coverage_while_peeking(
              rate, [](int bad, int n) { return anytime_interval(bad, n, 0.95); }) >= 0.95);
  }
}

TEST_CASE("an interval for a fixed number of trials does lose it: the reason for the other") {
  CHECK(coverage_while_peeking(0.3, [](int bad, int n) { return clopper_pearson(bad, n, 0.95); }) <
        0.9);
}

TEST_CASE("what looking at all times costs in width") {
  struct Row {
    double bad, total, times_max;
  };
  for (const Row& row : {Row{0, 20, 1.4}, Row{1, 20, 1.6}, Row{10, 20, 1.6}, Row{45, 50, 1.7},
                         Row{0, 150, 1.9}, Row{75, 150, 1.8}, Row{500, 1000, 2.0}}) {
    CAPTURE(row.bad);
    CAPTURE(row.total);
    const double fixed = width(clopper_pearson(row.bad, row.total));
    const double any = width(anytime_interval(row.bad, row.total));
    CHECK(any >= fixed);
    CHECK(any <= row.times_max * fixed);
  }
}

TEST_CASE("it is total: of nothing everything is possible, and the ends are reached") {
  CHECK(anytime_interval(0, 0).low == 0);
  CHECK(anytime_interval(0, 0).high == 1);
  CHECK(anytime_interval(0, 50).low == 0);
  CHECK(anytime_interval(50, 50).high == 1);
  CHECK(anytime_interval(0, 50).high == doctest::Approx(1 - anytime_interval(50, 50).low));
}

}  // namespace culprit
