#include "search/sprt.h"

#include <doctest/doctest.h>

#include "base/dice.h"

namespace culprit {
namespace {

struct Decisions {
  double yes = 0;     // share of runs that said "at least"
  double trials = 0;  // on average
};

Decisions decide(const Sprt::Options& options, double rate) {
  constexpr int runs = 4000;
  constexpr int trials_max = 10'000;
  Decisions sum;
  for (int run = 0; run < runs; ++run) {
    Dice dice(static_cast<std::uint64_t>(run));
    Sprt test(options);
    for (int i = 0; i < trials_max && !test.decided(); ++i) {
      test.tell(dice.uniform() < rate ? Outcome::bad : Outcome::good);
    }
    REQUIRE(test.decided());
    sum.yes += *test.decided() == Sprt::Verdict::at_least ? 1.0 / runs : 0;
    sum.trials += static_cast<double>(test.trials()) / runs;
  }
  return sum;
}

}  // namespace

TEST_CASE("a rate of one half against one twentieth takes a handful of trials") {
  // Wald's approximation: 3.2 trials where it fails, 5.4 where it does not; the last step
  // overshoots.
  const Sprt::Options options{.at_least = 0.5, .at_most = 0.05};
  const Decisions failing = decide(options, 0.5);
  const Decisions passing = decide(options, 0.05);
  CHECK(failing.trials == doctest::Approx(3.2).epsilon(0.35));
  CHECK(passing.trials == doctest::Approx(5.4).epsilon(0.35));
}

TEST_CASE("both errors are as rare as promised") {
  for (const double rate : {0.9, 0.5, 0.1}) {
    CAPTURE(rate);
    const Sprt::Options options{.at_least = rate, .at_most = rate / 2};
    CHECK(1 - decide(options, rate).yes <= 0.06);  // 0.05 and what 4000 runs scatter
    CHECK(decide(options, rate / 2).yes <= 0.06);
  }
}

TEST_CASE("rates beyond the two are decided faster, and surer") {
  const Sprt::Options options{.at_least = 0.4, .at_most = 0.2};
  CHECK(decide(options, 0.8).trials < decide(options, 0.4).trials);
  CHECK(decide(options, 0.8).yes > 0.999);
  CHECK(decide(options, 0.0).yes == 0);
}

TEST_CASE("what is told after the decision changes nothing") {
  Sprt test = Sprt::of_rate(0.8);
  for (int i = 0; i < 50 && !test.decided(); ++i) test.tell(Outcome::bad);
  REQUIRE(test.decided());
  const std::size_t trials = test.trials();
  for (int i = 0; i < 50; ++i) test.tell(Outcome::good);
  CHECK(*test.decided() == Sprt::Verdict::at_least);
  CHECK(test.trials() == trials);
}

TEST_CASE("a rate of one is decided against by one pass, not by none") {
  Sprt test = Sprt::of_rate(1);
  CHECK(!test.decided());
  test.tell(Outcome::good);
  REQUIRE(test.decided());
  CHECK(*test.decided() == Sprt::Verdict::at_most);
}

TEST_CASE("a rate between the two at which it was to be a toss is one") {
  for (const double toss : {0.1, 0.3, 0.5}) {
    CAPTURE(toss);
    const Sprt::Options options = Sprt::around(toss, 0.9, 0.05);
    CHECK(options.at_least == 0.9);
    CHECK(options.at_most < toss);
    CHECK(decide(options, toss).yes == doctest::Approx(0.5).epsilon(0.35));
  }
}

}  // namespace culprit
