#include "search/two_rates.h"

#include <doctest/doctest.h>

#include <cmath>

#include "base/dice.h"

namespace culprit {

TEST_CASE("two rates that were told much lie where they are") {
  TwoRates rates({10, 90, 0}, {80, 20, 0});
  for (int i = 0; i < 100; ++i) {
    rates.tell(ChangeSide::without, i % 10 == 0 ? Outcome::bad : Outcome::good);
    rates.tell(ChangeSide::with, i % 5 == 0 ? Outcome::good : Outcome::bad);
  }
  const TwoRates::Evidence evidence = rates.evidence();
  CHECK(evidence.lower == doctest::Approx(0.1).epsilon(0.05));
  CHECK(evidence.higher == doctest::Approx(0.8).epsilon(0.05));
}

TEST_CASE("counts told at once weigh as much as outcomes told one by one") {
  Dice dice(3);
  for (int round = 0; round < 50; ++round) {
    TrialCounts lower;
    TrialCounts higher;
    TwoRates told({}, {});
    for (std::size_t left = dice.below(2000); left > 0; --left) {
      const ChangeSide side = dice.below(2) == 0 ? ChangeSide::without : ChangeSide::with;
      const Outcome outcome = dice.below(3) == 0 ? Outcome::bad : Outcome::good;
      TrialCounts& counts = side == ChangeSide::without ? lower : higher;
      (outcome == Outcome::bad ? counts.bad : counts.good) += 1;
      told.tell(side, outcome);
    }
    const auto once = TwoRates(lower, higher).evidence();
    const auto each = told.evidence();
    CHECK(once.log_likelihood == doctest::Approx(each.log_likelihood));
    CHECK(once.lower == doctest::Approx(each.lower));
    CHECK(once.higher == doctest::Approx(each.higher));
  }
}

TEST_CASE("the distribution of a side has the mean that the evidence says") {
  const TwoRates rates({3, 17, 0}, {9, 5, 0});
  for (const ChangeSide side : {ChangeSide::without, ChangeSide::with}) {
    double mean = 0;
    double all = 0;
    const auto mass = rates.distribution(side);
    for (std::size_t i = 0; i < mass.size(); ++i) {
      mean += mass[i] * rate_at(i);
      all += mass[i];
    }
    CHECK(all == doctest::Approx(1));
    const auto evidence = rates.evidence();
    CHECK(mean == doctest::Approx(side == ChangeSide::without ? evidence.lower : evidence.higher));
  }
}

TEST_CASE("outcomes that no two rates can explain leave the likelihood low, not a NaN") {
  TwoRates rates({1e6, 0, 0}, {0, 1e6, 0});
  CHECK(std::isfinite(rates.evidence().log_likelihood));
  CHECK(rates.evidence().log_likelihood < -1e5);
}

}  // namespace culprit
