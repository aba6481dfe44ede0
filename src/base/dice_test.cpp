#include "base/dice.h"

#include <cmath>

#include <doctest/doctest.h>

namespace culprit {

TEST_CASE("the same seed throws the same, and as published") {
  Dice dice(1234567);
  // The first numbers of SplitMix64's reference for this seed.
  CHECK(dice.bits() == 6457827717110365317ULL);
  CHECK(dice.bits() == 3203168211198807973ULL);
  CHECK(dice.bits() == 9817491932198370423ULL);
  Dice again(1234567);
  CHECK(again.bits() == 6457827717110365317ULL);
}

TEST_CASE("throws are even") {
  Dice dice(7);
  std::size_t seen[6] = {};
  double sum = 0;
  for (int i = 0; i < 60'000; ++i) {
    ++seen[dice.below(6)];
    sum += dice.uniform();
  }
  // Standard errors: 91 and 71.
  for (const std::size_t count : seen) CHECK(std::abs(static_cast<double>(count) - 10'000) < 400);
  CHECK(std::abs(sum - 30'000) < 300);
}

}  // namespace culprit
