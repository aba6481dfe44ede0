#include "search/rate_comparison.h"

#include <cmath>
#include <map>
#include <string>
#include <tuple>

#include <doctest/doctest.h>

#include "base/dice.h"

namespace culprit {
namespace {

using Prediction = RateComparison::Prediction;
using Side = RateComparison::Side;
using Verdict = RateComparison::Verdict;

struct Rates {
  double without = 0;
  double with = 0;
};

struct Compared {
  RateComparison comparison;
  int trials = 0;
};

// Trials by turns until it is decided.
Compared compared(Rates rates, RateComparison::Options options, std::uint64_t seed,
                  int trials_max) {
  Compared ran{RateComparison(options)};
  Dice dice(seed);
  while (ran.trials < trials_max && ran.comparison.verdict() == Verdict::undecided) {
    const Side side = ran.trials++ % 2 == 0 ? Side::without : Side::with;
    const double rate = side == Side::with ? rates.with : rates.without;
    ran.comparison.tell(side, dice.uniform() < rate ? Outcome::bad : Outcome::good);
  }
  return ran;
}

// The same interval the slow way: every pair of rates on a grid, every bet's likelihood multiplied
// out, with the integral over Jeffreys' prior taken by a sum.
struct Grid {
  static constexpr int steps = 400;

  static double power(double rate, int count) { return std::pow(rate, count); }
  static double likelihood(double rate, int bad, int total) {
    return power(rate, bad) * power(1 - rate, total - bad);
  }
  // Substituted by rate = sin^2, the prior is flat.
  static double mixed(int bad_a, int total_a, int bad_b, int total_b) {
    constexpr int parts = 4000;
    double sum = 0;
    for (int i = 0; i < parts; ++i) {
      const double angle = (i + 0.5) / parts * std::acos(0.0);
      const double rate = std::sin(angle) * std::sin(angle);
      sum += likelihood(rate, bad_a, total_a) * likelihood(rate, bad_b, total_b);
    }
    return sum / parts;
  }
  static double stake(int bad_a, int total_a, int bad_b, int total_b) {
    double sum = 0.4 * mixed(bad_a, total_a, 0, 0) * mixed(bad_b, total_b, 0, 0) +
                 0.25 * mixed(bad_a, total_a, bad_b, total_b);
    for (const double a : {0.0, 1.0}) {
      for (const double b : {0.0, 1.0}) {
        sum +=
            (a == b ? 0.125 : 0.05) * likelihood(a, bad_a, total_a) * likelihood(b, bad_b, total_b);
      }
    }
    return sum;
  }
  static Interval difference(int bad_a, int total_a, int bad_b, int total_b, double confidence) {
    const double limit = stake(bad_a, total_a, bad_b, total_b) * (1 - confidence);
    Interval found{1, -1};
    for (int a = 0; a <= steps; ++a) {
      for (int b = 0; b <= steps; ++b) {
        const double likely = likelihood(static_cast<double>(a) / steps, bad_a, total_a) *
                              likelihood(static_cast<double>(b) / steps, bad_b, total_b);
        if (likely <= limit) continue;
        found.low = std::min(found.low, static_cast<double>(b - a) / steps);
        found.high = std::max(found.high, static_cast<double>(b - a) / steps);
      }
    }
    return found;
  }
};

}  // namespace

TEST_CASE("a reliable test takes few trials either way") {
  const RateComparison::Options lower{.prediction = Prediction::lower};
  const Compared mended = compared({1, 0}, lower, 1, 100);
  CHECK(mended.comparison.verdict() == Verdict::supported);
  CHECK(mended.trials == 8);
  CHECK(mended.comparison.difference().high < 0);
  const Compared nothing = compared({1, 1}, lower, 1, 100);
  CHECK(nothing.comparison.verdict() == Verdict::refuted);
  CHECK(nothing.trials == 14);
  const Compared worse = compared({0, 1}, lower, 1, 100);
  CHECK(worse.comparison.verdict() == Verdict::refuted);
  CHECK(worse.trials <= 8);
  const Compared provoked = compared({0, 1}, {.prediction = Prediction::higher}, 1, 100);
  CHECK(provoked.comparison.verdict() == Verdict::supported);
  CHECK(provoked.trials == 8);
  const Compared same = compared({0, 0}, {.prediction = Prediction::same}, 1, 100);
  CHECK(same.comparison.verdict() == Verdict::supported);
  CHECK(same.trials <= 50);
}

TEST_CASE("what never fails without the change cannot fail less often with it") {
  const Compared ran = compared({0, 0}, {.prediction = Prediction::lower}, 1, 400);
  CHECK(ran.comparison.verdict() == Verdict::undecided);
}

TEST_CASE("the interval is that of all bets multiplied out") {
  struct Row {
    int bad_without, without, bad_with, with;
  };
  constexpr double confidence = 0.95;
  for (const Row& row : {Row{4, 4, 0, 4}, Row{7, 7, 7, 7}, Row{0, 10, 0, 9}, Row{5, 12, 1, 12},
                         Row{20, 40, 18, 40}, Row{0, 1, 1, 1}, Row{12, 30, 3, 29}}) {
    CAPTURE(row.bad_without);
    CAPTURE(row.bad_with);
    const auto counts = [](int bad, int total) {
      return SideCounts{static_cast<double>(bad), static_cast<double>(total)};
    };
    const Interval quick =
        RateComparison::of(counts(row.bad_without, row.without), counts(row.bad_with, row.with), {})
            .difference();
    const Interval slow =
        Grid::difference(row.bad_without, row.without, row.bad_with, row.with, confidence);
    CHECK(quick.low == doctest::Approx(slow.low).epsilon(0.006));
    CHECK(quick.high == doctest::Approx(slow.high).epsilon(0.006));
  }
}

namespace {

// Failures among so many trials of either side.
using Looked = std::tuple<int, int, int, int>;

bool holds(const Looked& at, double truth) {
  const auto [bad_without, without, bad_with, with] = at;
  const Interval held =
      RateComparison::of({static_cast<double>(bad_without), static_cast<double>(without)},
                         {static_cast<double>(bad_with), static_cast<double>(with)}, {})
          .difference();
  return held.low <= truth && truth <= held.high;
}

// In how many of `series` the interval held the difference at every look.
int covered_while_peeking(const Rates& rates, int series, int trials) {
  std::map<Looked, bool> known;
  int covered = 0;
  for (int i = 0; i < series; ++i) {
    Dice dice(static_cast<std::uint64_t>(i));
    int bad[2] = {0, 0};
    bool always = true;
    for (int n = 1; n <= trials && always; ++n) {
      const bool with = n % 2 == 0;
      bad[with ? 1 : 0] += dice.uniform() < (with ? rates.with : rates.without) ? 1 : 0;
      if (n % 4 != 0) continue;  // a look takes a millisecond
      const auto [at, unknown] = known.try_emplace({bad[0], n / 2, bad[1], n / 2}, true);
      if (unknown) at->second = holds(at->first, rates.with - rates.without);
      always = at->second;
    }
    covered += always ? 1 : 0;
  }
  return covered;
}

}  // namespace

TEST_CASE("looking again and again does not cost the promised confidence") {
  constexpr int series = 1000;
  for (const Rates& rates : {Rates{1, 0}, Rates{0.5, 0.5}, Rates{0.3, 0.05}, Rates{0.9, 0.6}}) {
    CAPTURE(rates.without);
    CAPTURE(rates.with);
    CHECK(covered_while_peeking(rates, series, 80) >= 0.95 * series);
  }
}

TEST_CASE("wrong verdicts are rarer than promised") {
  struct Row {
    Prediction prediction;
    Rates rates;
    Verdict wrong;
  };
  constexpr int runs = 300;
  constexpr int trials_max = 100;
  for (const Row& row : {Row{Prediction::lower, {0.5, 0.5}, Verdict::supported},
                         Row{Prediction::lower, {0.1, 0.1}, Verdict::supported},
                         Row{Prediction::lower, {0.9, 0.9}, Verdict::supported},
                         Row{Prediction::lower, {0.3, 0.5}, Verdict::supported},
                         Row{Prediction::lower, {0.8, 0.4}, Verdict::refuted},
                         Row{Prediction::lower, {0.5, 0.2}, Verdict::refuted},
                         Row{Prediction::lower, {1.0, 0.5}, Verdict::refuted},
                         Row{Prediction::higher, {0.3, 0.3}, Verdict::supported},
                         Row{Prediction::higher, {0.1, 0.3}, Verdict::refuted},
                         Row{Prediction::same, {0.5, 0.5}, Verdict::refuted},
                         Row{Prediction::same, {0.2, 0.4}, Verdict::supported}}) {
    CAPTURE(static_cast<int>(row.prediction));
    CAPTURE(row.rates.without);
    CAPTURE(row.rates.with);
    int wrong = 0;
    for (int i = 0; i < runs; ++i) {
      const Compared ran = compared(row.rates, {.prediction = row.prediction},
                                    static_cast<std::uint64_t>(i), trials_max);
      wrong += ran.comparison.verdict() == row.wrong ? 1 : 0;
    }
    CHECK(wrong <= 0.05 * runs);
  }
}

TEST_CASE("a flaky test that is mended is supported within a hundred trials") {
  constexpr int runs = 200;
  int right = 0;
  for (int i = 0; i < runs; ++i) {
    const Compared ran = compared({0.4, 0}, {}, static_cast<std::uint64_t>(i), 100);
    right += ran.comparison.verdict() == Verdict::supported ? 1 : 0;
  }
  CHECK(right >= 0.95 * runs);
}

TEST_CASE("once decided it stays so") {
  RateComparison decided = compared({1, 0}, {}, 1, 100).comparison;
  REQUIRE(decided.verdict() == Verdict::supported);
  const SideCounts before = decided.counts(Side::with);
  for (int i = 0; i < 50; ++i) decided.tell(Side::with, Outcome::bad);
  CHECK(decided.verdict() == Verdict::supported);
  CHECK(decided.counts(Side::with).total == before.total);
}

TEST_CASE("what was not seen may have been either, and is counted as whichever is against it") {
  // A run that passes takes long and is cut off, one that fails is quick: 9 of 10 against 1 of 2.
  const SideCounts without{9, 9, 1};
  CHECK(RateComparison::of({9, 9}, {9, 9}, {}).verdict() == Verdict::refuted);
  CHECK(RateComparison::of(without, {9, 9, 9}, {}).verdict() == Verdict::undecided);
  const Interval difference = RateComparison::of(without, {9, 9, 9}, {}).difference();
  CHECK(difference.low < -0.4);
  CHECK(difference.high > 0.1);
  // Where it fails by hanging, a pass may be what is seen.
  CHECK(RateComparison::of({4, 4}, {0, 4}, {}).verdict() == Verdict::supported);
  CHECK(RateComparison::of({4, 4}, {0, 4, 8}, {}).verdict() == Verdict::undecided);
  // `same` is refuted by a difference of which it is known which way it goes.
  const RateComparison::Options same{.prediction = Prediction::same};
  CHECK(RateComparison::of({4, 8, 40}, {4, 8, 40}, same).verdict() == Verdict::undecided);
}

TEST_CASE("one that was not seen takes some more trials, not the verdict") {
  RateComparison told;
  told.tell_unseen(Side::with);
  int pairs = 0;
  while (told.verdict() == Verdict::undecided && pairs < 30) {
    told.tell(Side::without, Outcome::bad);
    told.tell(Side::with, Outcome::good);
    ++pairs;
  }
  CHECK(told.verdict() == Verdict::supported);
  CHECK(pairs > 4);
  CHECK(pairs < 12);
}

TEST_CASE("of nothing every difference is possible") {
  CHECK(RateComparison().difference().low == -1);
  CHECK(RateComparison().difference().high == 1);
}

}  // namespace culprit
