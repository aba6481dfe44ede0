#include "workbench/learned_seconds.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

using Seen = LearnedSeconds::Seen;

TEST_CASE("nothing is known before the first run") {
  const LearnedSeconds none;
  CHECK(none.test() == 0);
  CHECK(none.build() == 0);
}

TEST_CASE("a build is what makes a commit ready, and what a first run takes more than others") {
  LearnedSeconds stated;
  stated.add_ready(60);
  stated.add_test(2, Seen::first);
  CHECK(stated.build() == doctest::Approx(60));
  LearnedSeconds within;
  within.add_test(62, Seen::first);
  CHECK(within.build() == 0);  // or each run takes as long
  within.add_test(2, Seen::again);
  CHECK(within.build() == doctest::Approx(60));
  CHECK(within.test() == doctest::Approx(2));
}

TEST_CASE("a checkout that takes a moment, or less than a test, is no build") {
  LearnedSeconds quick;
  quick.add_ready(0.2);
  quick.add_test(0.1, Seen::again);
  CHECK(quick.build() == 0);
  LearnedSeconds slow;
  slow.add_ready(5);
  slow.add_test(60, Seen::again);
  CHECK(slow.build() == 0);
}

}  // namespace
}  // namespace culprit
