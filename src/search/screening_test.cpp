#include "search/screening.h"

#include <bit>

#include <doctest/doctest.h>

namespace culprit {
namespace {

std::size_t rows_with(const std::vector<FactorSet>& rows, FactorSet all_of) {
  std::size_t with = 0;
  for (const FactorSet row : rows) with += (row & all_of) == all_of ? 1 : 0;
  return with;
}

}  // namespace

TEST_CASE("every factor is on in half of the rows, and every two together in a quarter") {
  for (std::size_t factors = 1; factors <= factors_max; ++factors) {
    CAPTURE(factors);
    const std::vector<FactorSet> rows = plackett_burman(factors);
    const std::size_t size = rows.size() + 1;  // with the row of all off
    CHECK(size % 4 == 0);
    CHECK(size > factors);
    for (std::size_t a = 0; a < factors; ++a) {
      REQUIRE(rows_with(rows, set_of(a)) == size / 2);
      for (std::size_t b = a + 1; b < factors; ++b) {
        REQUIRE(rows_with(rows, set_of(a) | set_of(b)) == size / 4);
      }
    }
  }
}

TEST_CASE("twelve factors take twenty trials, their row of none counted") {
  CHECK(plackett_burman(12).size() + 1 == 20);
  CHECK(plackett_burman(11).size() + 1 == 12);
}

TEST_CASE("a factor that alone makes it fail has the odds, the others have not") {
  ConditionCounts counts;
  for (const FactorSet row : plackett_burman(7)) {
    FactorLevels condition{std::vector<std::size_t>(7, 0)};
    for (std::size_t i = 0; i < 7; ++i) condition.levels[i] = (row & set_of(i)) != 0 ? 1 : 0;
    count(counts, condition, condition.levels[3] > 0 ? Outcome::bad : Outcome::good);
  }
  const std::vector<MainEffect> effects = main_effects(counts, 7);
  for (std::size_t i = 0; i < 7; ++i) {
    CAPTURE(i);
    if (i == 3) CHECK(effects[i].log_odds > 1.5 * effects[i].error);
    if (i != 3) CHECK(effects[i].log_odds < effects[i].error);
  }
}

}  // namespace culprit
