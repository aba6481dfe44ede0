#include "base/bits.h"

#include <vector>

#include <doctest/doctest.h>

#include "base/dice.h"

namespace culprit {

TEST_CASE("members of both sets are counted, whatever the machine") {
  CHECK(ones_in({}) == 0);
  Dice dice(1);
  for (std::size_t words = 1; words < 20; ++words) {
    std::vector<std::uint64_t> a;
    std::vector<std::uint64_t> b;
    std::uint64_t both = 0;
    std::uint64_t alone = 0;
    for (std::size_t i = 0; i < words; ++i) {
      a.push_back(dice.bits());
      b.push_back(dice.bits() | 1ULL << 63);
      for (int bit = 0; bit < 64; ++bit) {
        alone += a.back() >> bit & 1;
        both += a.back() >> bit & b.back() >> bit & 1;
      }
    }
    CHECK(ones_in(a) == alone);
    CHECK(ones_in_both(a, b) == both);
    CHECK(ones_in_both_plainly(a, b) == both);
  }
}

}  // namespace culprit
