#include "search/ddmin.h"

#include <doctest/doctest.h>

#include "base/dice.h"
#include "search/naive_ddmin_test.h"

namespace culprit {

TEST_CASE("step by step it is the algorithm as it was published") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::size_t count = 1 + seed % 30;
    // Fails as chance has it, the same way each time; the whole set does.
    const auto fails = [&](const Subset& set) {
      std::uint64_t mixed = seed;
      for (const bool in : set) mixed = Dice(mixed * 2 + (in ? 1 : 0)).bits();
      return size_of(set) == count || mixed % 4 == 0;
    };
    KeptOracle naive(fails);
    const Subset expected = naive_ddmin(count, naive);
    KeptOracle asked(fails);
    Ddmin ddmin(Subset(count, true));
    while (ddmin.ask()) ddmin.tell(asked.fails(*ddmin.ask()) ? Outcome::bad : Outcome::good);
    REQUIRE(ddmin.kept() == expected);
    REQUIRE(asked.tests() == naive.tests());
  }
}

TEST_CASE("what cannot be judged does not fail") {
  Ddmin ddmin(Subset(8, true));
  while (ddmin.ask()) ddmin.tell(std::nullopt);
  CHECK(size_of(ddmin.kept()) == 8);
}

}  // namespace culprit
