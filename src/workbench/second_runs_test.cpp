#include "workbench/second_runs.h"

#include <doctest/doctest.h>

#include "base/dice.h"

namespace culprit {
namespace {

using Seen = SecondRuns::Seen;

std::vector<Seen> searched(Dice& dice, double first_rate, double later_rate) {
  std::vector<Seen> runs;
  for (int commit = 0; commit < 12; ++commit) {
    for (int run = 0; run < 6; ++run) {
      const bool first = run < 2;  // it was switched away and back
      const double rate = commit < 6 ? 0 : first ? first_rate : later_rate;
      runs.push_back(
          {std::string(1, static_cast<char>('a' + commit)), first, dice.uniform() < rate});
    }
  }
  return runs;
}

TEST_CASE("a command that passes or fails the second time is found out") {
  Dice dice(1);
  CHECK(SecondRuns::of(searched(dice, 1, 0)).differ());
  CHECK(SecondRuns::of(searched(dice, 0, 1)).differ());
  const SecondRuns seen = SecondRuns::of(
      {{"a", true, true}, {"a", false, false}, {"b", true, true}, {"c", false, true}});
  CHECK(seen.first == 1);
  CHECK(seen.later == 1);
  CHECK(seen.chance == doctest::Approx(1));  // one of two failed: either way alike
}

TEST_CASE("a sure command differs never, a flaky one in one search of a thousand") {
  Dice dice(2);
  CHECK(SecondRuns::of({}).chance == 1);
  CHECK(SecondRuns::of(searched(dice, 1, 1)).chance == 1);
  int alarms = 0;
  for (int i = 0; i < 5000; ++i) {
    const double rate = i % 2 == 0 ? 0.3 : 0.7;
    alarms += SecondRuns::of(searched(dice, rate, rate)).differ() ? 1 : 0;
  }
  CHECK(alarms <= 12);  // 5 expected; more than 12 in 3 of 1,000 tests
}

}  // namespace
}  // namespace culprit
